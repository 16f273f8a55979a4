//! What an item says to those who have a need to know, where others read it masked. The item itself is always the
//! masked one: a way out that knows nothing of this shows nothing.

use super::codec;
use super::index::{Bits, KeyCode};
use super::load;
use super::readers::Known;
use crate::StoreError;
use crate::sqlite::error::unreadable;
use crate::sqlite::writer::Tx;
use divos_model::{ContentHash, Item};
use rusqlite::{Connection, OptionalExtension};

/// Keeps what an item says whole, and the keys of those who may read that.
pub(crate) fn put(
    tx: &Tx<'_>,
    number: i64,
    need: &[KeyCode],
    json: &str,
) -> Result<(), StoreError> {
    tx.db
        .prepare_cached("INSERT INTO item_whole VALUES (?1, ?2, ?3)")?
        .execute((number, codec::write_keys(need), json))?;
    Ok(())
}

/// Forgets what an item said whole.
pub(crate) fn forget(tx: &Tx<'_>, number: i64, bits: Bits) -> Result<(), StoreError> {
    if bits.has_whole() {
        tx.db
            .prepare_cached("DELETE FROM item_whole WHERE number = ?1")?
            .execute([number])?;
    }
    Ok(())
}

/// Returns an item as a reader may read it, and whether it is masked for them.
pub(crate) fn item_for(
    db: &Connection,
    reader: &Known,
    number: i64,
    bits: Bits,
) -> Result<(Item, bool), StoreError> {
    let item = load::item(db, number)?;
    if !bits.has_whole() {
        return Ok((item, false));
    }
    let (seq, hash): (u64, ContentHash) = (item.seq, item.hash);
    match read(db, reader, number)? {
        Some(whole) => Ok((Item { seq, hash, ..whole }, false)),
        None => Ok((item, true)),
    }
}

/// Reads what an item says whole, where the reader holds one of the keys.
fn read(db: &Connection, reader: &Known, number: i64) -> Result<Option<Item>, StoreError> {
    let json = json_for(db, reader, number)?;
    let read = json.map(|json| serde_json::from_str(&json));
    read.transpose().map_err(|_| unreadable("item"))
}

/// Returns the same as JSON.
pub(crate) fn json_for(
    db: &Connection,
    reader: &Known,
    number: i64,
) -> Result<Option<String>, StoreError> {
    let mut statement = db.prepare_cached("SELECT need, json FROM item_whole WHERE number = ?1")?;
    let row = statement.query_row([number], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, String>(1)?))
    });
    let Some((need, json)) = row.optional()? else {
        return Ok(None);
    };
    let need = codec::read_keys(&need);
    let needs = |key: &KeyCode| reader.keys.iter().any(|own| own.word == key.word);
    Ok(need.iter().any(needs).then_some(json))
}
