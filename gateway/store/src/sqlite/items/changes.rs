//! What changed for a reader: the merge of their keys' lists by `seq`.

use super::index::{List, NO_DUE};
use super::load;
use super::merge::{Merge, Stretch, Walk};
use super::page;
use super::readers::Known;
use crate::{Change, Changes, ChangesQuery, StoreError};
use divos_model::DeletedReason;
use rusqlite::Connection;
use std::collections::HashSet;

/// How many rows are looked at in one call.
const SCAN: usize = 20_000;

/// Reads what changed from one snapshot.
pub(crate) fn changes(db: &Connection, query: &ChangesQuery) -> Result<Changes, StoreError> {
    let (seq, floor): (i64, i64) = db
        .prepare_cached("SELECT seq, floor FROM head")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let limit = query.limit.clamp(1, 1_000);
    let after = i64::try_from(query.after).unwrap_or(i64::MAX);
    let reader = Known::find(db, &query.reader)?;
    let lists = reader.keys.iter().map(|key| List::by_seq(key.word));
    let mut merge = Merge::new(db, lists.collect(), Walk::Seq)?;
    merge.enter(Stretch {
        part: 0,
        level: 0,
        after: (0, after, i64::MAX),
        before: NO_DUE,
    })?;
    let mut answer = Changes {
        changes: Vec::new(),
        next: seq.max(after) as u64,
        more: false,
        expired: after > 0 && after < floor,
    };
    let mut told = HashSet::new();
    let mut looked = 0;
    let mut last = after;
    while let Some(candidate) = merge.next()? {
        if answer.changes.len() == limit || looked == SCAN {
            answer.more = true;
            answer.next = last as u64;
            break;
        }
        looked += 1;
        last = candidate.place.1;
        if let Some(change) = change(db, &reader, candidate.number(), last)?
            && (told.insert(candidate.number()) || matches!(change, Change::Item(_)))
        {
            answer.changes.push(change);
        }
    }
    Ok(answer)
}

/// Returns what a row at a `seq` means to the reader; `None` where it means nothing (any more).
fn change(
    db: &Connection,
    reader: &Known,
    number: i64,
    seq: i64,
) -> Result<Option<Change>, StoreError> {
    let Some(stored) = load::by_number(db, number)? else {
        return Ok(None);
    };
    let gone = |reason, at| Change::Gone {
        id: stored.id,
        seq: seq as u64,
        reason,
        at,
    };
    if reader.sees(&stored) {
        if stored.facts.seq != seq {
            return Ok(None);
        }
        let row = page::shown(db, reader, number, stored.facts.bits)?;
        return Ok(Some(Change::Item(Box::new(row))));
    }
    let own = |word| reader.keys.iter().any(|key| key.word == word);
    let revoked = &stored.facts.revoked;
    if let Some(one) = revoked.iter().find(|one| one.seq == seq && own(one.word)) {
        return Ok(Some(gone(
            DeletedReason::AccessRevoked,
            super::codec::time(one.at)?,
        )));
    }
    Ok(match stored.deleted {
        Some((at, reason)) if stored.facts.seq == seq => Some(gone(reason, at)),
        // Excluded from the start: there is nothing they ever saw.
        _ => None,
    })
}
