//! Reading items back: what the index knows of one, and the item itself.

use super::codec;
use super::index::{Bits, Facts};
use crate::StoreError;
use crate::sqlite::error::unreadable;
use chrono::{DateTime, Utc};
use divos_model::{ContentHash, DeletedReason, Item, ItemId};
use rusqlite::{Connection, OptionalExtension, Row};
use uuid::Uuid;

/// An item's columns, without what it says.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: ItemId,
    pub(crate) facts: Facts,
    pub(crate) hash: ContentHash,
    pub(crate) excluded: Option<Vec<u8>>,
    pub(crate) deleted: Option<(DateTime<Utc>, DeletedReason)>,
}

/// The columns of [`Stored`], in the order in which [`stored`] reads them.
pub(crate) const COLUMNS: &str = "number, id, seq, hash, app, unit, bits, level, due, recency, \
     keys, revoked, excluded, deleted_at, deleted_why, source";

/// Reads a row of [`COLUMNS`].
pub(crate) fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let keys = row.get_ref(10)?.as_blob()?;
    let revoked = row.get_ref(11)?.as_blob_or_null()?;
    let at: Option<i64> = row.get(13)?;
    let why: Option<String> = row.get(14)?;
    let why = why.and_then(|why| why.parse().ok());
    Ok(Stored {
        id: ItemId::from_uuid(Uuid::from_bytes(row.get(1)?)),
        hash: ContentHash::from_bytes(row.get(3)?),
        excluded: row.get(12)?,
        deleted: at
            .and_then(DateTime::from_timestamp_millis)
            .zip(why.or(Some(DeletedReason::Removed))),
        facts: Facts {
            number: row.get(0)?,
            seq: row.get(2)?,
            app: row.get(4)?,
            source: row.get(15)?,
            unit: row.get(5)?,
            bits: Bits(row.get(6)?),
            level: row.get(7)?,
            due: row.get(8)?,
            recency: row.get(9)?,
            keys: codec::read_keys(keys),
            revoked: codec::read_revoked(revoked),
        },
    })
}

/// Returns an item's columns by its number.
pub(crate) fn by_number(db: &Connection, number: i64) -> Result<Option<Stored>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM item WHERE number = ?1");
    Ok(db
        .prepare_cached(&sql)?
        .query_row([number], stored)
        .optional()?)
}

/// Returns an item by its number, `seq` and `hash` set.
pub(crate) fn item(db: &Connection, number: i64) -> Result<Item, StoreError> {
    let mut statement = db.prepare_cached("SELECT seq, hash, json FROM item WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    let row = rows.next()?.ok_or_else(|| unreadable("item"))?;
    let json = row.get_ref(2)?.as_str().map_err(|_| unreadable("item"))?;
    let mut item: Item = serde_json::from_str(json).map_err(|_| unreadable("item"))?;
    item.seq = row.get::<_, i64>(0)? as u64;
    item.hash = ContentHash::from_bytes(row.get(1)?);
    Ok(item)
}
