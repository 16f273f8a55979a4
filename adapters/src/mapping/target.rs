//! What a mapped value sets: a field of the envelope, of the body, or of `ext`.

use super::plan::Plan;
use super::shape::Shape;
use divos_manifest::{Pii, Privacy};
use divos_model::{Body, Kind};

/// A target with the plan of its value.
#[derive(Debug)]
pub(crate) struct Field {
    /// The target's full name, for faults.
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) plan: Plan,
    /// What happens to personal data in it.
    pub(crate) pii: Option<Pii>,
}

/// What a mapped value sets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Target {
    Title,
    Summary,
    Lang,
    State,
    StateLabel,
    Priority,
    Sensitivity,
    PersonalData,
    CreatedAt,
    UpdatedAt,
    DueAt,
    StartsAt,
    EndsAt,
    ExpiresAt,
    OwnerUnit,
    Web,
    Api,
    Dedupe,
    Attachments,
    /// `actors.<role>`.
    Actor(String),
    /// `audience.<key>`.
    Audience(String),
    /// `body.<field>`, with deeper steps where the field is an object.
    Body(Vec<String>, Shape),
    /// `ext.<name>`.
    Ext(String),
}

impl Field {
    /// Gives a target its meaning; `None` where the model has no such field.
    pub(crate) fn new(kind: Kind, name: &str, plan: Plan, privacy: &Privacy) -> Option<Self> {
        Some(Self {
            name: name.to_owned(),
            target: target(kind, name)?,
            plan,
            pii: privacy.pii_of(name),
        })
    }
}

impl Field {
    /// Tells whether the field is a time of the envelope.
    pub(crate) fn is_time(&self) -> bool {
        matches!(
            self.target,
            Target::CreatedAt
                | Target::UpdatedAt
                | Target::DueAt
                | Target::StartsAt
                | Target::EndsAt
                | Target::ExpiresAt
        )
    }
}

fn target(kind: Kind, name: &str) -> Option<Target> {
    let simple = match name {
        "title" => Target::Title,
        "summary" => Target::Summary,
        "lang" => Target::Lang,
        "state" => Target::State,
        "state_label" => Target::StateLabel,
        "priority" => Target::Priority,
        "sensitivity" => Target::Sensitivity,
        "personal_data" => Target::PersonalData,
        "created_at" => Target::CreatedAt,
        "updated_at" => Target::UpdatedAt,
        "due_at" => Target::DueAt,
        "starts_at" => Target::StartsAt,
        "ends_at" => Target::EndsAt,
        "expires_at" => Target::ExpiresAt,
        "owner_unit" => Target::OwnerUnit,
        "web" | "links.web" => Target::Web,
        "api" | "links.api" => Target::Api,
        "dedupe" => Target::Dedupe,
        "attachments" => Target::Attachments,
        dotted => return deeper(kind, dotted),
    };
    Some(simple)
}

fn deeper(kind: Kind, name: &str) -> Option<Target> {
    let (first, rest) = name.split_once('.')?;
    match first {
        "actors" => Some(Target::Actor(rest.to_owned())),
        "audience" => Some(Target::Audience(rest.to_owned())),
        "ext" => Some(Target::Ext(rest.to_owned())),
        "body" => {
            let steps: Vec<String> = rest.split('.').map(str::to_owned).collect();
            let known = Body::fields(kind)
                .iter()
                .any(|known| known.trim_start_matches("r#") == steps[0]);
            let shape = if steps.len() == 1 {
                Shape::of(kind, &steps[0])
            } else {
                Shape::Any
            };
            // A field that the model does not know is kept beside the body.
            Some(if known {
                Target::Body(steps, shape)
            } else {
                Target::Ext(rest.to_owned())
            })
        }
        _ => None,
    }
}
