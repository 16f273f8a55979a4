//! Counters of tries.

use crate::sqlite::items::time;
use crate::{StoreError, Throttle};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension};

pub(crate) fn get(
    db: &Connection,
    key: &str,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Option<Throttle>, StoreError> {
    let found: Option<(u32, i64)> = db
        .prepare_cached("SELECT count, since FROM throttle WHERE key = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((count, since)) = found else {
        return Ok(None);
    };
    let since = time(since)?;
    Ok((since + window > now).then_some(Throttle { count, since }))
}

pub(crate) fn strike(
    db: &Connection,
    key: &str,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<Throttle, StoreError> {
    let throttle = match get(db, key, window, now)? {
        Some(Throttle { count, since }) => Throttle {
            count: count.saturating_add(1),
            since,
        },
        None => Throttle {
            count: 1,
            since: now.trunc_subsecs(3),
        },
    };
    db.prepare_cached("INSERT OR REPLACE INTO throttle VALUES (?1, ?2, ?3)")?
        .execute((key, throttle.count, throttle.since.timestamp_millis()))?;
    Ok(throttle)
}
