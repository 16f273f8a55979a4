//! Items by age, for retention: the live items of an app, source by source in the order in which they were admitted,
//! part by part, so that no part holds the database for long.

use super::prepare::source_word;
use crate::sqlite::words::{self, Class};
use crate::{Aged, AgedPlace, AgedQuery, StoreError};
use divos_model::ItemId;
use rusqlite::Connection;
use uuid::Uuid;

/// The most items that one part looks at.
const MOST: usize = 10_000;

const LIVE: &str = "SELECT number, id, -recency FROM item WHERE source = ?1 AND deleted_at IS NULL \
     AND number > ?2 ORDER BY number LIMIT ?3";

/// Reads one part.
pub(crate) fn aged(db: &Connection, query: &AgedQuery) -> Result<Aged, StoreError> {
    let start = query.after.unwrap_or(AgedPlace {
        source: 0,
        number: 0,
    });
    let before = query.before.timestamp_millis();
    let mut room = query.limit.clamp(1, MOST);
    let mut part = Aged::default();
    let mut statement = db.prepare_cached(LIVE)?;
    for source in sources(db, query)? {
        let after = if source == start.source {
            start.number
        } else {
            0
        };
        let mut rows = statement.query((source, after, room as i64))?;
        while let Some(row) = rows.next()? {
            room -= 1;
            let number = row.get(0)?;
            if row.get::<_, i64>(2)? < before {
                let id = Uuid::from_bytes(row.get(1)?);
                part.ids.push(ItemId::from_uuid(id));
            }
            if room == 0 {
                part.next = Some(AgedPlace { source, number });
                return Ok(part);
            }
        }
    }
    Ok(part)
}

/// Returns the numbers of the sources that are asked for from a place on, sorted.
fn sources(db: &Connection, query: &AgedQuery) -> Result<Vec<i64>, StoreError> {
    let word = source_word(query.app.as_str(), query.source.as_deref().unwrap_or(""));
    let from = query.after.map_or(0, |place| place.source);
    let is_meant = |text: &str| match query.source {
        Some(_) => text == word,
        None => text.starts_with(&word),
    };
    let meant = words::all(db, Class::Source)?
        .into_iter()
        .filter(|(number, text)| *number >= from && is_meant(text))
        .map(|(number, _)| number);
    let mut numbers: Vec<i64> = meant.collect();
    numbers.sort_unstable();
    Ok(numbers)
}
