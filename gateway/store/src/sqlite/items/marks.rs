//! Changing what a reader marked on an item.

use super::load;
use super::prepare::Apps;
use super::readers::{self, Known, Marks};
use crate::sqlite::writer::Tx;
use crate::{Reader, ReaderState, StateChange, StoreError};
use chrono::{DateTime, SubsecRound, Utc};
use divos_model::ItemId;

const GONE: StoreError = StoreError::NotFound { what: "item" };

/// Applies a change to an item that the reader may see. A row without any mark is removed.
pub(crate) fn change(
    tx: &Tx<'_>,
    reader: &Reader,
    id: ItemId,
    change: &StateChange,
    at: DateTime<Utc>,
) -> Result<ReaderState, StoreError> {
    let known = Apps::default().known_anywhere(tx.db, id)?;
    let number = known.ok_or(GONE)?.number;
    let stored = load::by_number(tx.db, number)?.ok_or(GONE)?;
    let reader = Known::find(tx.db, reader)?;
    if !reader.sees(&stored) {
        return Err(GONE);
    }
    let mut marks = readers::marks(tx.db, reader.person, number)?;
    match change.seen {
        Some(Some(hash)) if hash == stored.hash => {
            marks.seen_version = Some(stored.facts.bits.version());
            marks.state.seen = Some(hash);
        }
        // What they saw is no longer what it says: a newer glance counts more than this one.
        Some(Some(hash)) if marks.seen_version.is_none() => marks.state.seen = Some(hash),
        Some(Some(_)) | None => {}
        Some(None) => {
            marks.seen_version = None;
            marks.state.seen = None;
        }
    }
    // As it will be read back: to the millisecond.
    let at = at.trunc_subsecs(3);
    let state = &mut marks.state;
    stamp(&mut state.done_at, change.done, at);
    stamp(&mut state.pinned_at, change.pinned, at);
    if let Some(until) = change.snoozed_until {
        state.snoozed_until = until.map(|until| until.trunc_subsecs(3));
    }
    state.muted = change.muted.unwrap_or(state.muted);
    save(tx, &reader, number, &marks)?;
    Ok(marks.state)
}

/// Sets a mark's time, keeps the one it has, or takes it away.
fn stamp(mark: &mut Option<DateTime<Utc>>, set: Option<bool>, at: DateTime<Utc>) {
    match set {
        Some(true) => *mark = mark.or(Some(at)),
        Some(false) => *mark = None,
        None => {}
    }
}

fn save(tx: &Tx<'_>, reader: &Known, number: i64, marks: &Marks) -> Result<(), StoreError> {
    let person = reader.person.uuid();
    let state = &marks.state;
    if *state == ReaderState::default() {
        tx.db
            .prepare_cached("DELETE FROM reader_mark WHERE person = ?1 AND number = ?2")?
            .execute((person.as_bytes(), number))?;
        return Ok(());
    }
    let millis = |time: Option<DateTime<Utc>>| time.map(|time| time.timestamp_millis());
    tx.db
        .prepare_cached(
            "INSERT OR REPLACE INTO reader_mark VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(rusqlite::params![
            person.as_bytes(),
            number,
            marks.seen_version,
            state.seen.as_ref().map(divos_model::ContentHash::bytes),
            millis(state.done_at),
            millis(state.pinned_at),
            millis(state.snoozed_until),
            state.muted,
        ])?;
    Ok(())
}
