//! A person's own data, as their page shows it.

use super::registry::records;
use super::visitor::{unavailable, unit_names};
use crate::definitions::Definitions;
use crate::own_data::{Look, Overview, OwnData};
use async_trait::async_trait;
use chrono::TimeDelta;
use divos_model::{PersonId, PersonalData};
use divos_portal::ports::{
    OwnDataSheet, OwnEvent, OwnMarks, OwnSession, OwnToken, PortError, PostHeld, Visitor,
};
use divos_store::{AssignmentKind, AuditRow, IdentifierKind, PeopleStore, Tenure};
use std::sync::Arc;

/// How many entries of the log the page shows.
const LOG: usize = 20;

/// What is held about somebody, for their page.
pub struct OwnDataDesk {
    /// What is held.
    pub own_data: Arc<OwnData>,
    /// The connectors, for the record of processing.
    pub definitions: Arc<Definitions>,
    /// The names of units.
    pub people: Arc<dyn PeopleStore>,
    /// How long a session lives at most.
    pub lives: TimeDelta,
}

#[async_trait]
impl divos_portal::ports::OwnData for OwnDataDesk {
    async fn sheet(&self, visitor: &Visitor) -> Result<OwnDataSheet, PortError> {
        let (own, id) = (&self.own_data, visitor.person);
        let overview = own.overview(id).await.map_err(|e| unavailable(&e))?;
        let overview = overview.ok_or(PortError::Missing)?;
        let log = own.log(&overview, None, LOG + 1).await;
        let log = log.map_err(|e| unavailable(&e))?;
        own.note(id, Look::Page)
            .await
            .map_err(|e| unavailable(&e))?;
        let units = unit_names(&*self.people).await?;
        let mut apps = records(&self.definitions.in_force().connectors);
        apps.retain(|app| app.personal_data != PersonalData::None);
        for app in &mut apps {
            if let Some(owner) = &mut app.owner
                && let Some(name) = units.get(owner)
            {
                *owner = name.to_owned();
            }
        }
        Ok(OwnDataSheet {
            apps,
            more_log: log.len() > LOG,
            log: log.iter().take(LOG).map(|row| event(row, id)).collect(),
            lives: self.lives,
            ..sheet(&overview, own.now())
        })
    }
}

fn sheet(overview: &Overview, now: chrono::DateTime<chrono::Utc>) -> OwnDataSheet {
    let (person, counts) = (&overview.person, &overview.counts);
    let identifiers = person.identifiers.iter().map(|one| {
        let kind = match one.kind {
            IdentifierKind::Nip => "nip",
            IdentifierKind::Email => "email",
            IdentifierKind::Username => "username",
        };
        (kind, one.value.clone())
    });
    let sessions = overview.sessions.iter().map(|session| OwnSession {
        host: session.host.clone(),
        device: session.label.clone(),
        since: session.created_at,
        last_seen: session.seen_at,
    });
    let tokens = overview.tokens.iter().map(|token| OwnToken {
        label: token.label.clone(),
        since: token.created_at,
        last_used: token.used_at,
        ended: token.has_ended(person.epoch, now),
    });
    OwnDataSheet {
        id: person.id.to_string(),
        name: person.name.clone(),
        status: person.status.clone(),
        identifiers: identifiers.collect(),
        roles: person.roles.clone(),
        has_password: person.has_password,
        since: overview.account.since,
        posts: overview.account.tenures.iter().map(post).collect(),
        sessions: sessions.collect(),
        tokens: tokens.collect(),
        marks: OwnMarks {
            seen: counts.seen,
            done: counts.done,
            pinned: counts.pinned,
            snoozed: counts.snoozed,
            muted: counts.muted,
        },
        addressed: counts.addressed,
        work: [counts.registrations, counts.proposals, counts.credentials],
        ..OwnDataSheet::default()
    }
}

fn post(tenure: &Tenure) -> (chrono::NaiveDate, PostHeld) {
    let held = &tenure.held;
    let assignment = match held.kind {
        AssignmentKind::Definitif => "definitif",
        AssignmentKind::Plt => "plt",
        AssignmentKind::Plh => "plh",
        AssignmentKind::Pj => "pj",
    };
    let post = PostHeld {
        title: held.post.title.clone(),
        unit: held.unit_name.clone(),
        assignment: assignment.to_owned(),
        until: held.to,
    };
    (tenure.from, post)
}

fn event(row: &AuditRow, person: PersonId) -> OwnEvent {
    let draft = &row.draft;
    OwnEvent {
        at: draft.at,
        event: draft.event.clone(),
        by_self: draft.actor.map(|actor| actor == person),
        address: draft.details["address"].as_str().map(str::to_owned),
    }
}
