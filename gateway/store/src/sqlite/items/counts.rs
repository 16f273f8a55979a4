//! How many items of each app a reader sees, up to a cap.

use super::filter::Sieve;
use super::index::{Bits, DATED, KeyCode, List};
use super::merge::{Candidate, START};
use super::readers::Known;
use crate::sqlite::error::unreadable;
use crate::sqlite::words::{self, Class};
use crate::{AppCount, CountsQuery, Filter, StoreError};
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};

/// How many candidates of each app are looked at.
const SCAN_APP: usize = 2_000;

/// How many candidates of the reader's own lists are looked at.
const SCAN_OWN: usize = 20_000;

#[derive(Default)]
struct Tally {
    numbers: HashSet<i64>,
    more: bool,
}

/// Counts from one snapshot.
pub(crate) fn counts(db: &Connection, query: &CountsQuery) -> Result<Vec<AppCount>, StoreError> {
    let cap = query.cap.clamp(1, 1_000) as usize;
    let reader = Known::find(db, &query.reader)?;
    let filter = Filter {
        marks: query.marks,
        ..Filter::default()
    };
    let sieve = Sieve::new(db, &reader, &filter, query.now, true)?.read_ahead()?;
    let (shared, own): (Vec<KeyCode>, Vec<KeyCode>) =
        reader.keys.iter().partition(|key| key.shared);
    let mut tallies: HashMap<i64, Tally> = HashMap::new();
    count_own(db, &own, &sieve, cap, &mut tallies)?;
    let apps = words::all(db, Class::App)?;
    for (app, _) in &apps {
        let tally = tallies.entry(*app).or_default();
        count_app(db, &shared, *app, &sieve, cap, tally)?;
    }
    let mut counts = Vec::new();
    for (number, text) in apps {
        if let Some(tally) = tallies
            .remove(&number)
            .filter(|one| !one.numbers.is_empty())
        {
            counts.push(AppCount {
                app: text.parse().map_err(|_| unreadable("app"))?,
                count: tally.numbers.len() as u32,
                more: tally.more,
            });
        }
    }
    counts.sort_unstable_by(|a, b| a.app.cmp(&b.app));
    Ok(counts)
}

/// Counts what is in the lists of the reader's own keys; each is read once for all apps.
fn count_own(
    db: &Connection,
    keys: &[KeyCode],
    sieve: &Sieve<'_>,
    cap: usize,
    tallies: &mut HashMap<i64, Tally>,
) -> Result<(), StoreError> {
    for key in keys {
        each(db, List::live(key.word), SCAN_OWN, |candidate| {
            let tally = tallies.entry(candidate.app).or_default();
            if !tally.more && sieve.takes(candidate)? {
                tally.add(candidate.number(), cap);
            }
            Ok(true)
        })?;
    }
    Ok(())
}

fn count_app(
    db: &Connection,
    keys: &[KeyCode],
    app: i64,
    sieve: &Sieve<'_>,
    cap: usize,
    tally: &mut Tally,
) -> Result<(), StoreError> {
    for key in keys {
        each(db, List::of_app(app, key.word), SCAN_APP, |candidate| {
            if !tally.more
                && !tally.numbers.contains(&candidate.number())
                && sieve.takes(candidate)?
            {
                tally.add(candidate.number(), cap);
            }
            Ok(!tally.more)
        })?;
    }
    Ok(())
}

/// Hands the live items of a list to `visit`, in no order that matters, until it has enough.
fn each(
    db: &Connection,
    list: List,
    limit: usize,
    mut visit: impl FnMut(&Candidate) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT number, app, unit, bits FROM ix \
         WHERE list = ?1 AND sub = ?2 AND level < ?3 LIMIT ?4",
    )?;
    let mut rows = statement.query([list.list, list.sub, DATED, limit as i64])?;
    while let Some(row) = rows.next()? {
        let (due, recency, _) = START;
        let candidate = Candidate {
            part: 0,
            level: 0,
            place: (due, recency, row.get(0)?),
            app: row.get(1)?,
            unit: row.get(2)?,
            bits: Bits(row.get(3)?),
        };
        if !visit(&candidate)? {
            break;
        }
    }
    Ok(())
}

impl Tally {
    fn add(&mut self, number: i64, cap: usize) {
        if self.numbers.len() < cap {
            self.numbers.insert(number);
        } else if !self.numbers.contains(&number) {
            self.more = true;
        }
    }
}
