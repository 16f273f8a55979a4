//! What the left side of `map:` may name: the fields of the model.

use crate::similar::similar;
use divos_model::{Body, Kind, Priority, State};

/// The fields of the envelope that a mapping may set.
pub(crate) const ENVELOPE: &[&str] = &[
    "id",
    "title",
    "summary",
    "lang",
    "state",
    "state_label",
    "priority",
    "sensitivity",
    "personal_data",
    "created_at",
    "updated_at",
    "due_at",
    "starts_at",
    "ends_at",
    "expires_at",
    "owner_unit",
    "web",
    "api",
    "dedupe",
    "attachments",
];

/// The roles of actors that may be named without `actors.`.
pub(crate) const ACTORS: &[&str] = &[
    "author",
    "signer",
    "reporter",
    "assignee",
    "editor",
    "recipient",
];

/// The keys of an audience that a mapping may set.
pub(crate) const AUDIENCE: &[&str] = &[
    "everyone", "persons", "units", "under", "posts", "roles", "exclude",
];

/// What a mapping must set.
pub(crate) const REQUIRED: &[&str] = &["id", "title"];

/// Gives a written target its full name: `title`, `actors.author`, `audience.units`, `body.number`,
/// `ext.anything`; or the nearest known one, where it is unknown.
pub(crate) fn target(kind: Kind, written: &str) -> Result<String, Option<String>> {
    let body = |name: &str| Body::fields(kind).iter().any(|known| plain(known) == name);
    let first = written.split('.').next().unwrap_or_default();
    let rest = written.split_once('.').map(|(_, rest)| rest);
    let words = |text: &str| !text.is_empty() && text.split('.').all(word);
    match (first, rest) {
        (name, None) if ENVELOPE.contains(&name) => Ok(name.to_owned()),
        ("actors", Some(role)) if word(role) => Ok(written.to_owned()),
        ("audience", Some(key)) if AUDIENCE.contains(&key) => Ok(written.to_owned()),
        ("ext", Some(name)) if word(name) => Ok(written.to_owned()),
        ("body", Some(rest)) if words(rest) && body(rest.split('.').next().unwrap_or_default()) => {
            Ok(written.to_owned())
        }
        (name, rest) if body(name) && rest.is_none_or(words) => Ok(format!("body.{written}")),
        (role, None) if ACTORS.contains(&role) => Ok(format!("actors.{role}")),
        _ => Err(similar(written, known(kind).iter().map(String::as_str))),
    }
}

fn word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

/// A field's name without Rust's mark for reserved words.
fn plain(name: &str) -> &str {
    name.trim_start_matches("r#")
}

/// Lists every target of a kind by the name it is written with.
pub(crate) fn known(kind: Kind) -> Vec<String> {
    let body = Body::fields(kind).iter().map(|name| plain(name).to_owned());
    let envelope = ENVELOPE.iter().chain(ACTORS).map(|name| (*name).to_owned());
    let audience = AUDIENCE.iter().map(|name| format!("audience.{name}"));
    envelope.chain(body).chain(audience).collect()
}

/// Returns the closed vocabulary of a target, where it has one.
pub(crate) fn vocabulary(target: &str) -> Option<(&'static str, Vec<&'static str>)> {
    match target {
        "state" => Some((
            "state",
            State::ALL.iter().map(|word| word.as_str()).collect(),
        )),
        "priority" => Some((
            "priority",
            Priority::ALL.iter().map(|word| word.as_str()).collect(),
        )),
        "sensitivity" => Some(("sensitivity", crate::keys::CLASSES.to_vec())),
        "personal_data" => Some(("personal_data", crate::keys::PERSONAL.to_vec())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_targets_in_full() {
        for (kind, written, full) in [
            (Kind::Letter, "title", "title"),
            (Kind::Letter, "number", "body.number"),
            (Kind::Letter, "body.number", "body.number"),
            (Kind::Letter, "type", "body.type"),
            (Kind::Attendance, "in", "body.in"),
            (Kind::Ticket, "reporter", "body.reporter"),
            (Kind::Letter, "author", "actors.author"),
            (Kind::Letter, "actors.drafter", "actors.drafter"),
            (Kind::Letter, "audience.units", "audience.units"),
            (Kind::Letter, "ext.anything", "ext.anything"),
            (Kind::Report, "period.from", "body.period.from"),
        ] {
            assert_eq!(
                target(kind, written).as_deref(),
                Ok(full),
                "{kind} {written}"
            );
        }
    }

    #[test]
    fn suggests_what_is_near() {
        assert_eq!(target(Kind::Letter, "titel"), Err(Some("title".to_owned())));
        assert_eq!(
            target(Kind::Letter, "nubmer"),
            Err(Some("number".to_owned()))
        );
        assert_eq!(target(Kind::Task, "number"), Err(None));
        assert_eq!(
            target(Kind::Task, "audience.unit"),
            Err(Some("audience.units".to_owned()))
        );
    }

    #[test]
    fn no_body_field_hides_an_envelope_field() {
        for &kind in Kind::ALL {
            for name in Body::fields(kind) {
                assert!(!ENVELOPE.contains(&plain(name)), "{kind}: {name}");
            }
        }
    }

    #[test]
    fn the_grammar_knows_the_kinds_and_words_of_the_model() {
        let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(kinds, crate::keys::KINDS);
        let classes: Vec<&str> = divos_model::Sensitivity::ALL
            .iter()
            .map(|word| word.as_str())
            .collect();
        assert_eq!(classes, crate::keys::CLASSES);
        let personal: Vec<&str> = divos_model::PersonalData::ALL
            .iter()
            .map(|word| word.as_str())
            .collect();
        assert_eq!(personal, crate::keys::PERSONAL);
        let attributes: Vec<&str> = crate::Attribute::ALL
            .iter()
            .map(|(word, _)| *word)
            .collect();
        assert_eq!(attributes, crate::keys::ATTRIBUTES);
        let pii: Vec<&str> = crate::Pii::ALL.iter().map(|(word, _)| *word).collect();
        assert_eq!(pii, crate::keys::PII_WORDS);
    }
}
