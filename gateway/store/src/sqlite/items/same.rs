//! Items of several apps that are one thing: an exact dedupe key in common. Nothing is merged; where a list shows
//! things once, the face stands for the others.
//!
//! Every look is bounded: so many keys of an item, so many items of a key. What lies beyond stands for itself.

use super::index::{Bits, Facts};
use super::load::{self, Stored};
use super::readers::Known;
use crate::sqlite::error::unreadable;
use crate::sqlite::words::{self, Class};
use crate::sqlite::writer::Tx;
use crate::{StoreError, Twin};
use divos_model::AppId;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Keys of an item that are looked at.
const KEYS: i64 = 8;

/// Items of a key that are looked at.
const OF_KEY: i64 = 16;

/// Items that are told with a face.
const TWINS: usize = 16;

/// Notes the keys of an item.
pub(crate) fn put(
    tx: &Tx<'_>,
    facts: &Facts,
    keys: &[String],
    leads: bool,
) -> Result<(), StoreError> {
    let mut add = tx
        .db
        .prepare_cached("INSERT OR IGNORE INTO same VALUES (?1, ?2, ?3, ?4)")?;
    for key in keys {
        add.execute((key, i64::from(!leads), facts.number, facts.app))?;
    }
    Ok(())
}

/// Forgets the keys of an item that had some.
pub(crate) fn forget(tx: &Tx<'_>, number: i64, bits: Bits) -> Result<(), StoreError> {
    if bits.has_twins() {
        tx.db
            .prepare_cached("DELETE FROM same WHERE number = ?1")?
            .execute([number])?;
    }
    Ok(())
}

/// Tells whether an item of another app that comes before this one is the same thing and passes `stands`.
pub(crate) fn is_behind(
    db: &Connection,
    number: i64,
    app: i64,
    stands: impl Fn(&Stored) -> Result<bool, StoreError>,
) -> Result<bool, StoreError> {
    let mut before = db.prepare_cached(
        "SELECT number FROM same WHERE key = ?1 AND (follows, number) < (?2, ?3) AND app <> ?4 \
         ORDER BY follows, number LIMIT ?5",
    )?;
    for (key, follows) in keys_of(db, number)? {
        let mut rows = before.query((&key, follows, number, app, OF_KEY))?;
        while let Some(row) = rows.next()? {
            if let Some(stored) = load::by_number(db, row.get(0)?)?
                && stands(&stored)?
            {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Returns the other apps' items that are the same thing and that the reader sees, those before others first. Found
/// from key to key, so that whoever stands behind another is found from its face.
pub(crate) fn twins(
    db: &Connection,
    reader: &Known,
    number: i64,
    bits: Bits,
) -> Result<Vec<Twin>, StoreError> {
    if !bits.has_twins() {
        return Ok(Vec::new());
    }
    let mut of_key = db.prepare_cached(
        "SELECT follows, number FROM same WHERE key = ?1 ORDER BY follows, number LIMIT ?2",
    )?;
    let mut met = BTreeSet::from([number]);
    let mut open = VecDeque::from([number]);
    let mut found = BTreeMap::new();
    while let Some(next) = open.pop_front() {
        for (key, _) in keys_of(db, next)? {
            let mut rows = of_key.query((&key, OF_KEY))?;
            while let Some(row) = rows.next()? {
                let (follows, other): (i64, i64) = (row.get(0)?, row.get(1)?);
                if found.len() == TWINS || !met.insert(other) {
                    continue;
                }
                if let Some(stored) = load::by_number(db, other)?
                    && reader.sees(&stored)
                {
                    found.insert((follows, other), stored);
                    open.push_back(other);
                }
            }
        }
    }
    let own = load::by_number(db, number)?.map(|stored| stored.facts.app);
    let others = found.into_values().filter(|s| Some(s.facts.app) != own);
    others.map(|stored| twin(db, &stored)).collect()
}

fn twin(db: &Connection, stored: &Stored) -> Result<Twin, StoreError> {
    let app = words::text(db, stored.facts.app)?;
    Ok(Twin {
        id: stored.id,
        app: app
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| unreadable("app"))?,
    })
}

fn keys_of(db: &Connection, number: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT key, follows FROM same WHERE number = ?1 ORDER BY key LIMIT ?2")?;
    let keys = statement.query_map((number, KEYS), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Counts for every two apps the keys that both have, the lesser id first.
pub(crate) fn shared(db: &Connection) -> Result<BTreeMap<(AppId, AppId), u64>, StoreError> {
    let apps: BTreeMap<i64, String> = words::all(db, Class::App)?.into_iter().collect();
    let mut statement = db.prepare_cached(
        "WITH held AS MATERIALIZED (SELECT DISTINCT key, app FROM same) \
         SELECT a.app, b.app, count(*) FROM held a JOIN held b ON a.key = b.key AND a.app < b.app \
         GROUP BY a.app, b.app",
    )?;
    let mut rows = statement.query([])?;
    let mut counted = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let id = |number: i64| -> Result<AppId, StoreError> {
            let text = apps.get(&number).ok_or_else(|| unreadable("app"))?;
            text.parse().map_err(|_| unreadable("app"))
        };
        let (one, other) = (id(row.get(0)?)?, id(row.get(1)?)?);
        let pair = if one < other {
            (one, other)
        } else {
            (other, one)
        };
        counted.insert(pair, row.get::<_, i64>(2)?.unsigned_abs());
    }
    Ok(counted)
}
