//! A reader's page.

use super::filter::Sieve;
use super::index::{Bits, KeyCode, List, NO_DUE};
use super::merge::{Candidate, END, Merge, START, Stretch, Walk};
use super::readers::{self, Known};
use super::{marked, same, whole};
use crate::sqlite::words::{self, Class};
use crate::{Filter, Order, Page, PageQuery, Position, Row, StateFilter, StoreError};
use divos_model::Kind;
use rusqlite::Connection;

/// How many candidates are looked at where the query does not say.
const SCAN: usize = 20_000;

/// With more lists than these, looking into each costs more than passing over what is not asked for.
const MANY_LISTS: usize = 120;

/// The due time after which no row has one.
const LAST: i64 = NO_DUE + 1;

/// Reads one page from one snapshot.
pub(crate) fn page(db: &Connection, query: &PageQuery) -> Result<Page, StoreError> {
    let seq: i64 = db
        .prepare_cached("SELECT seq FROM head")?
        .query_row([], |row| row.get(0))?;
    let limit = query.limit.clamp(1, 500);
    let reader = Known::find(db, &query.reader)?;
    let timed = query.order != Order::Seq;
    let sieve = Sieve::new(db, &reader, &query.filter, query.now, timed)?;
    let (taken, next) = if sieve.is_hopeless() {
        (Vec::new(), None)
    } else if by_marks(&query.filter.marks) {
        marked::take(db, &reader, &sieve, query, limit)?
    } else {
        let walk = match query.order {
            Order::Rank { .. } => Walk::Rank,
            Order::Newest => Walk::Newest,
            Order::Seq => Walk::SeqBack,
        };
        let lists = lists(db, &reader, &query.filter, &sieve, walk)?;
        let sieve = sieve.one_face();
        let mut merge = Merge::new(db, lists, walk)?;
        take(&mut merge, &sieve, query, limit)?
    };
    let rows: Result<_, StoreError> = taken
        .iter()
        .map(|one| shown(db, &reader, one.number(), one.bits))
        .collect();
    Ok(Page {
        rows: rows?,
        next,
        seq: seq as u64,
    })
}

/// Tells whether the reader's marks, which are few, are the shortest way to what is asked for.
fn by_marks(marks: &StateFilter) -> bool {
    let StateFilter {
        unread,
        done,
        pinned,
        snoozed,
        muted,
    } = *marks;
    unread == Some(false) || [done, pinned, snoozed, muted].contains(&Some(true))
}

/// Returns the lists to merge: those of the apps that are asked for, or that have the kinds that are,
/// as long as there are few; else the whole ones, which the sieve cuts.
fn lists(
    db: &Connection,
    reader: &Known,
    filter: &Filter,
    sieve: &Sieve<'_>,
    walk: Walk,
) -> Result<Vec<List>, StoreError> {
    if walk == Walk::SeqBack {
        let list = |key: &KeyCode| List::by_seq(key.word);
        return Ok(reader.keys.iter().map(list).collect());
    }
    let apps = match &sieve.apps {
        Some(apps) => Some(apps.clone()),
        None if filter.kinds.is_empty() => None,
        None => Some(apps_of(db, &filter.kinds)?),
    };
    let shared = reader.keys.iter().filter(|key| key.shared).count();
    let apps = apps.filter(|apps| apps.len() * shared <= MANY_LISTS);
    let mut lists = Vec::new();
    for key in &reader.keys {
        match &apps {
            Some(apps) if key.shared => {
                lists.extend(apps.iter().map(|&app| List::of_app(app, key.word)));
            }
            _ => lists.push(List::live(key.word)),
        }
    }
    lists.sort_unstable();
    lists.dedup();
    Ok(lists)
}

/// Returns the numbers of the apps that have items of some kinds.
fn apps_of(db: &Connection, kinds: &[Kind]) -> Result<Vec<i64>, StoreError> {
    let mut apps: Vec<i64> = words::all(db, Class::KindOfApp)?
        .iter()
        .filter_map(|(_, text)| {
            let (kind, app) = text.split_once('/')?;
            let kind: i64 = kind.parse().ok()?;
            let asked = kinds.iter().any(|one| *one as i64 == kind);
            asked.then(|| app.parse().ok()).flatten()
        })
        .collect();
    apps.sort_unstable();
    apps.dedup();
    Ok(apps)
}

/// Returns the stretches of a list from a position on, in their order.
pub(crate) fn stretches(order: Order, after: Option<&Position>) -> Vec<Stretch> {
    let Order::Rank { now } = order else {
        let place = match (order, after) {
            (Order::Seq, None) => END,
            (Order::Seq, Some(at)) => (0, -at.recency, at.number),
            (_, None) => START,
            (_, Some(at)) => (0, at.recency, at.number),
        };
        return vec![Stretch {
            part: 0,
            level: 0,
            after: place,
            before: LAST,
        }];
    };
    let now = after.map_or(now.timestamp_millis(), |at| at.now);
    let now = now.clamp(-NO_DUE, NO_DUE - 1);
    let mut stretches = Vec::with_capacity(8);
    for part in 0..2 {
        for level in 0..4 {
            let (from, before) = if part == 0 {
                (START, now)
            } else {
                ((now, i64::MIN, i64::MIN), LAST)
            };
            stretches.push(Stretch {
                part,
                level,
                after: from,
                before,
            });
        }
    }
    if let Some(at) = after {
        let here = (at.part, i64::from(at.level));
        stretches.retain(|stretch| (stretch.part, stretch.level) >= here);
        if let Some(first) = stretches.first_mut()
            && (first.part, first.level) == here
        {
            first.after = first.after.max((at.due, at.recency, at.number));
        }
    }
    stretches
}

/// Returns the position of a candidate.
pub(crate) fn position(query: &PageQuery, candidate: &Candidate) -> Position {
    let (due, recency, number) = candidate.place;
    let now = match (&query.after, query.order) {
        (Some(at), _) => at.now,
        (None, Order::Rank { now }) => now.timestamp_millis(),
        (None, _) => 0,
    };
    Position {
        now,
        part: candidate.part,
        level: candidate.level as u8,
        due,
        recency: if query.order == Order::Seq {
            -recency
        } else {
            recency
        },
        number,
    }
}

type Taken = (Vec<Candidate>, Option<Position>);

fn take(
    merge: &mut Merge<'_>,
    sieve: &Sieve<'_>,
    query: &PageQuery,
    limit: usize,
) -> Result<Taken, StoreError> {
    let scan = if query.scan == 0 { SCAN } else { query.scan };
    let mut taken: Vec<Candidate> = Vec::with_capacity(limit);
    let mut looked = 0;
    for stretch in stretches(query.order, query.after.as_ref()) {
        merge.enter(stretch)?;
        while let Some(candidate) = merge.next()? {
            looked += sieve.cost();
            if sieve.takes(&candidate)? {
                if taken.len() == limit {
                    // There is one more, so the page ends after the last that is on it.
                    let next = taken.last().map(|last| position(query, last));
                    return Ok((taken, next));
                }
                taken.push(candidate);
            }
            if looked >= scan {
                return Ok((taken, Some(position(query, &candidate))));
            }
        }
    }
    Ok((taken, None))
}

/// Loads what a reader is shown of an item that they see.
pub(crate) fn shown(
    db: &Connection,
    reader: &Known,
    number: i64,
    bits: Bits,
) -> Result<Row, StoreError> {
    let marks = readers::marks(db, reader.person, number)?;
    let (item, masked) = whole::item_for(db, reader, number, bits)?;
    Ok(Row {
        item,
        masked,
        twins: same::twins(db, reader, number, bits)?,
        unread: marks.is_unread(bits.version()),
        marks: marks.state,
    })
}
