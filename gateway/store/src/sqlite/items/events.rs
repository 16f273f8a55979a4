//! Pushed events that were taken.

use crate::sqlite::writer::Tx;
use crate::{EventKey, StoreError};
use chrono::{DateTime, Utc};
use rusqlite::Connection;

/// Notes that these events were taken.
pub(crate) fn note(tx: &Tx<'_>, events: &[EventKey], at: DateTime<Utc>) -> Result<(), StoreError> {
    let mut statement = tx
        .db
        .prepare_cached("INSERT OR IGNORE INTO pushed(key, at) VALUES (?1, ?2)")?;
    for EventKey(key) in events {
        statement.execute((key, at.timestamp_millis()))?;
    }
    Ok(())
}

/// Tells for each event whether it was taken.
pub(crate) fn taken(db: &Connection, events: &[EventKey]) -> Result<Vec<bool>, StoreError> {
    let mut statement = db.prepare_cached("SELECT 1 FROM pushed WHERE key = ?1")?;
    let one = |EventKey(key): &EventKey| statement.exists([key]).map_err(StoreError::from);
    events.iter().map(one).collect()
}

/// Forgets at most `most` events from before a time. Tells whether there may be more.
pub(crate) fn forget(tx: &Tx<'_>, before: DateTime<Utc>, most: usize) -> Result<bool, StoreError> {
    let count = tx
        .db
        .prepare_cached(
            "DELETE FROM pushed WHERE key IN (SELECT key FROM pushed WHERE at < ?1 LIMIT ?2)",
        )?
        .execute((before.timestamp_millis(), most as i64))?;
    Ok(count == most)
}
