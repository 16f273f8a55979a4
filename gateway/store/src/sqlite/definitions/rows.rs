//! Rows of proposals and versions, read by the names of their columns.

use crate::sqlite::error::unreadable;
use crate::sqlite::items::time;
use crate::{Proposal, ProposalKind, ProposalState, StoreError, Texts, Version};
use divos_model::{AppId, PersonId};
use rusqlite::Row;
use uuid::Uuid;

/// The columns of a proposal, without the texts.
pub(super) const PROPOSAL: &str =
    "number, kind, app, author, reason, state, restores, created_at, changed_at, decided_by, note";

/// The columns of a version, without the text.
pub(super) const VERSION: &str =
    "app, number, hash, at, author, decided_by, reason, proposal, restores";

const STATES: [(ProposalState, &str); 6] = [
    (ProposalState::Draft, "draft"),
    (ProposalState::Waiting, "waiting"),
    (ProposalState::Applying, "applying"),
    (ProposalState::InForce, "in_force"),
    (ProposalState::Rejected, "rejected"),
    (ProposalState::Withdrawn, "withdrawn"),
];

pub(super) fn state_word(state: ProposalState) -> &'static str {
    let found = STATES.iter().find(|(known, _)| *known == state);
    found.map_or("draft", |(_, word)| word)
}

const KINDS: [(ProposalKind, &str); 4] = [
    (ProposalKind::Change, "change"),
    (ProposalKind::Removal, "removal"),
    (ProposalKind::Restoration, "restoration"),
    (ProposalKind::Registration, "registration"),
];

pub(super) fn kind_word(kind: ProposalKind) -> &'static str {
    let found = KINDS.iter().find(|(known, _)| *known == kind);
    found.map_or("change", |(_, word)| word)
}

pub(super) fn proposal(row: &Row<'_>) -> Result<Proposal, StoreError> {
    let state: String = row.get("state")?;
    let state = STATES.iter().find(|(_, word)| *word == state);
    let kind: String = row.get("kind")?;
    let kind = KINDS.iter().find(|(_, word)| *word == kind);
    Ok(Proposal {
        number: row.get::<_, i64>("number")? as u64,
        kind: kind.ok_or_else(|| unreadable("proposal"))?.0,
        app: app(row)?,
        author: PersonId::from_uuid(Uuid::from_bytes(row.get("author")?)),
        reason: row.get("reason")?,
        state: state.ok_or_else(|| unreadable("proposal"))?.0,
        restores: number(row, "restores")?,
        created_at: time(row.get("created_at")?)?,
        changed_at: time(row.get("changed_at")?)?,
        decided_by: person(row, "decided_by")?,
        note: row.get("note")?,
    })
}

pub(super) fn texts(row: &Row<'_>) -> Result<Texts, rusqlite::Error> {
    Ok(Texts {
        base: row.get("base")?,
        text: row.get("text")?,
    })
}

pub(super) fn version(row: &Row<'_>) -> Result<Version, StoreError> {
    Ok(Version {
        app: app(row)?,
        number: row.get::<_, i64>("number")? as u64,
        hash: row.get("hash")?,
        at: time(row.get("at")?)?,
        author: person(row, "author")?,
        decided_by: person(row, "decided_by")?,
        reason: row.get("reason")?,
        proposal: number(row, "proposal")?,
        restores: number(row, "restores")?,
    })
}

fn app(row: &Row<'_>) -> Result<AppId, StoreError> {
    let slug: String = row.get("app")?;
    slug.parse().map_err(|_| unreadable("app"))
}

fn person(row: &Row<'_>, column: &str) -> Result<Option<PersonId>, StoreError> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(|bytes| PersonId::from_uuid(Uuid::from_bytes(bytes))))
}

fn number(row: &Row<'_>, column: &str) -> Result<Option<u64>, StoreError> {
    let number: Option<i64> = row.get(column)?;
    Ok(number.map(|number| number as u64))
}
