//! Items that go: tombstones, which keep what a sync needs and nothing of what the item said, and
//! their end.

use super::admit::{forget_beside, reindex};
use super::codec;
use super::index::Facts;
use super::load::{self, Stored};
use super::prepare::Apps;
use crate::sqlite::error::unreadable;
use crate::sqlite::writer::Tx;
use crate::{StoreError, Tombstones};
use chrono::{DateTime, Utc};
use divos_model::{Body, Deleted, DeletedReason, Item, Links};

/// How many tombstones one transaction forgets.
const PURGED_AT_ONCE: usize = 1_000;

/// Marks items as gone. Returns how many were alive.
pub(crate) fn bury(
    tx: &mut Tx<'_>,
    gone: &Tombstones,
    at: DateTime<Utc>,
) -> Result<u32, StoreError> {
    // Where the law says that data ends, not even a free page may keep it.
    let for_good = gone.reason == DeletedReason::Retention;
    if for_good {
        tx.db.pragma_update(None, "secure_delete", true)?;
    }
    let buried = bury_all(tx, gone, at);
    if for_good {
        tx.db.pragma_update(None, "secure_delete", "fast")?;
    }
    buried
}

fn bury_all(tx: &mut Tx<'_>, gone: &Tombstones, at: DateTime<Utc>) -> Result<u32, StoreError> {
    let mut buried = 0;
    let mut apps = Apps::default();
    for &id in &gone.ids {
        let Some(known) = apps
            .known_anywhere(tx.db, id)?
            .filter(|known| known.is_alive())
        else {
            continue;
        };
        let old = load::by_number(tx.db, known.number)?.ok_or_else(|| unreadable("item"))?;
        let deleted = Deleted {
            at: at.fixed_offset(),
            reason: gone.reason,
        };
        bury_one(tx, &old, deleted)?;
        buried += 1;
    }
    Ok(buried)
}

fn bury_one(tx: &mut Tx<'_>, old: &Stored, deleted: Deleted) -> Result<(), StoreError> {
    let number = old.facts.number;
    forget_beside(tx, &old.facts)?;
    let retired = deleted.reason == DeletedReason::Retention;
    let (at, why) = (deleted.at.timestamp_millis(), deleted.reason);
    let stone = stone(load::item(tx.db, number)?, deleted);
    let json = serde_json::to_string(&stone)
        .map_err(|error| StoreError::failed("write an item as JSON", error))?;
    let new = Facts {
        seq: tx.next_seq() as i64,
        bits: old.facts.bits.gone(),
        ..old.facts.clone()
    };
    tx.db
        .prepare_cached(
            "UPDATE item SET seq = ?2, bits = ?3, deleted_at = ?4, deleted_why = ?5, json = ?6 \
             WHERE number = ?1",
        )?
        .execute((number, new.seq, new.bits.0, at, why.as_str(), json))?;
    tx.db
        .prepare_cached("UPDATE item_id SET mark = 0 WHERE app = ?1 AND id = ?2")?
        .execute((new.app, old.id.uuid().as_bytes()))?;
    if retired {
        forget_hash(tx, &new, old)?;
    }
    reindex(tx.db, &old.facts, &new)
}

/// From a hash what an item said could be guessed.
fn forget_hash(tx: &Tx<'_>, facts: &Facts, old: &Stored) -> Result<(), StoreError> {
    tx.db
        .prepare_cached("UPDATE item SET hash = zeroblob(32) WHERE number = ?1")?
        .execute([facts.number])?;
    tx.db
        .prepare_cached("UPDATE item_id SET hash = zeroblob(32) WHERE app = ?1 AND id = ?2")?
        .execute((facts.app, old.id.uuid().as_bytes()))?;
    Ok(())
}

/// Returns what is kept of an item that is gone: who it was, not what it said. Where its retention ended, that
/// it was: nothing that came from its app.
fn stone(item: Item, deleted: Deleted) -> Item {
    let kind = item.kind();
    if deleted.reason == DeletedReason::Retention {
        return Item {
            id: item.id,
            deleted: Some(deleted.clone()),
            ..Item::new(item.app, "", "", deleted.at, Body::empty(kind))
        };
    }
    Item {
        title: String::new(),
        summary: None,
        state_label: None,
        actors: Vec::new(),
        links: Links::default(),
        attachments: Vec::new(),
        actions: Vec::new(),
        relations: Vec::new(),
        dedupe: Vec::new(),
        ext: Default::default(),
        body: Body::empty(kind),
        deleted: Some(deleted),
        ..item
    }
}

/// Forgets some tombstones and revocations from before a time. Returns how many, and whether there
/// may be more.
pub(crate) fn purge(tx: &mut Tx<'_>, before: DateTime<Utc>) -> Result<(u64, bool), StoreError> {
    let before = before.timestamp_millis();
    let old = select(
        tx,
        "deleted_at < ?1 ORDER BY deleted_at, number LIMIT ?2",
        before,
    )?;
    let mut floor = 0;
    for stored in &old {
        floor = floor.max(stored.facts.seq);
        forget(tx, stored)?;
    }
    let mut forgotten = old.len();
    let mut more = forgotten == PURGED_AT_ONCE;
    if !more {
        let (count, newest) = forget_revocations(tx, before)?;
        forgotten += count;
        floor = floor.max(newest);
        more = count >= PURGED_AT_ONCE;
    }
    tx.db
        .prepare_cached("UPDATE head SET floor = max(floor, ?1)")?
        .execute([floor])?;
    Ok((forgotten as u64, more))
}

fn select(tx: &Tx<'_>, filter: &str, before: i64) -> Result<Vec<Stored>, StoreError> {
    let sql = format!("SELECT {} FROM item WHERE {filter}", load::COLUMNS);
    let mut statement = tx.db.prepare_cached(&sql)?;
    let rows = statement.query_map((before, PURGED_AT_ONCE as i64), load::stored)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn forget(tx: &Tx<'_>, stored: &Stored) -> Result<(), StoreError> {
    let number = stored.facts.number;
    let nothing = Facts {
        keys: Vec::new(),
        revoked: Vec::new(),
        ..stored.facts.clone()
    };
    reindex(tx.db, &stored.facts, &nothing)?;
    for sql in [
        "DELETE FROM reader_mark WHERE number = ?1",
        "DELETE FROM item WHERE number = ?1",
    ] {
        tx.db.prepare_cached(sql)?.execute([number])?;
    }
    tx.db
        .prepare_cached("DELETE FROM item_id WHERE app = ?1 AND id = ?2")?
        .execute((stored.facts.app, stored.id.uuid().as_bytes()))?;
    Ok(())
}

/// Drops old revocations of items that live on. Returns how many, and the newest one's `seq`.
fn forget_revocations(tx: &Tx<'_>, before: i64) -> Result<(usize, i64), StoreError> {
    let filter = "revoked IS NOT NULL AND ?1 IS NOT NULL ORDER BY number";
    let sql = format!("SELECT {} FROM item WHERE {filter}", load::COLUMNS);
    let mut statement = tx.db.prepare_cached(&sql)?;
    let rows = statement.query_map([before], load::stored)?;
    let (mut count, mut newest) = (0, 0);
    let mut changed = Vec::new();
    for stored in rows {
        let stored = stored?;
        let (old, kept): (Vec<_>, Vec<_>) = stored
            .facts
            .revoked
            .iter()
            .copied()
            .partition(|one| one.at < before);
        if old.is_empty() {
            continue;
        }
        count += old.len();
        newest = old.iter().map(|one| one.seq).fold(newest, i64::max);
        changed.push((stored, kept));
        if count >= PURGED_AT_ONCE {
            break;
        }
    }
    drop(statement);
    for (stored, kept) in changed {
        let new = Facts {
            revoked: kept,
            ..stored.facts.clone()
        };
        tx.db
            .prepare_cached("UPDATE item SET revoked = ?2 WHERE number = ?1")?
            .execute((new.number, codec::write_revoked(&new.revoked)))?;
        reindex(tx.db, &stored.facts, &new)?;
    }
    Ok((count, newest))
}
