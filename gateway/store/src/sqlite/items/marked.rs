//! Pages of what a reader marked (pinned, done, snoozed, muted, seen): read from their marks, which
//! are few, and sorted here.

use super::filter::Sieve;
use super::load::{self, Stored};
use super::merge::{Candidate, Place};
use super::page::{position, stretches};
use super::readers::Known;
use crate::{Order, PageQuery, Position, StateFilter, StoreError};
use rusqlite::Connection;

/// Returns the page's candidates and where to go on.
pub(crate) fn take(
    db: &Connection,
    reader: &Known,
    sieve: &Sieve<'_>,
    query: &PageQuery,
    limit: usize,
) -> Result<(Vec<Candidate>, Option<Position>), StoreError> {
    let stretches = stretches(query.order, query.after.as_ref());
    let mut found: Vec<(usize, Place, Candidate)> = Vec::new();
    for stored in marked(db, reader, &query.filter.marks)? {
        if !reader.sees(&stored) {
            continue;
        }
        let mut candidate = candidate(&stored, query.order);
        let (due, recency, number) = candidate.place;
        let backward = query.order == Order::Seq;
        let inside = stretches.iter().position(|stretch| {
            let beyond = if backward {
                candidate.place < stretch.after
            } else {
                candidate.place > stretch.after
            };
            stretch.level == candidate.level && beyond && due < stretch.before
        });
        let Some(index) = inside else {
            continue;
        };
        candidate.part = stretches[index].part;
        if sieve.takes(&candidate)? {
            let sort = if backward {
                (0, -recency, -number)
            } else {
                candidate.place
            };
            found.push((index, sort, candidate));
        }
    }
    found.sort_unstable_by_key(|(index, sort, _)| (*index, *sort));
    let more = found.len() > limit;
    let taken: Vec<_> = found.into_iter().take(limit).map(|(.., one)| one).collect();
    let next = taken
        .last()
        .filter(|_| more)
        .map(|one| position(query, one));
    Ok((taken, next))
}

fn candidate(stored: &Stored, order: Order) -> Candidate {
    let facts = &stored.facts;
    let (level, place) = match order {
        Order::Rank { .. } => (facts.level, (facts.due, facts.recency, facts.number)),
        Order::Newest => (0, (0, facts.recency, facts.number)),
        Order::Seq => (0, (0, facts.seq, facts.number)),
    };
    Candidate {
        part: 0,
        level,
        place,
        app: facts.app,
        unit: facts.unit,
        bits: facts.bits,
    }
}

fn marked(db: &Connection, reader: &Known, marks: &StateFilter) -> Result<Vec<Stored>, StoreError> {
    let mark = if marks.pinned == Some(true) {
        "pinned_at IS NOT NULL"
    } else if marks.snoozed == Some(true) {
        "snoozed_until IS NOT NULL"
    } else if marks.done == Some(true) {
        "done_at IS NOT NULL"
    } else if marks.muted == Some(true) {
        "muted"
    } else {
        "seen_version IS NOT NULL"
    };
    let sql = format!(
        "SELECT {} FROM item WHERE number IN \
         (SELECT number FROM reader_mark WHERE person = ?1 AND {mark})",
        load::COLUMNS
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map([reader.person.uuid().as_bytes()], load::stored)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
