//! Writing items: new ones, changed ones, and the index rows that follow from them.

use super::codec;
use super::index::{self, Facts, IxRow, KeyCode, Revocation};
use super::load::{self, Stored};
use super::prepare::{Known, Prepared, known};
use super::{same, whole};
use crate::sqlite::error::unreadable;
use crate::sqlite::words::Class;
use crate::sqlite::writer::Tx;
use crate::{StoreError, Upserted};
use divos_model::AudienceKey;
use rusqlite::{CachedStatement, Connection};
use std::cmp::Ordering;

const INSERT: &str = "INSERT INTO item(number, id, seq, hash, version, app, source, unit, bits, \
     level, due, recency, deleted_at, deleted_why, keys, revoked, excluded, json) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL, NULL, ?13, ?14, ?15, ?16)";

const UPDATE: &str = "UPDATE item SET seq = ?3, hash = ?4, version = ?5, app = ?6, source = ?7, \
     unit = ?8, bits = ?9, level = ?10, due = ?11, recency = ?12, deleted_at = NULL, \
     deleted_why = NULL, keys = ?13, revoked = ?14, excluded = ?15, json = ?16 \
     WHERE number = ?1 AND id = ?2";

/// Writes prepared entries, at a time in milliseconds. What another writer brought meanwhile is
/// looked at again.
pub(crate) fn write(
    tx: &mut Tx<'_>,
    prepared: &[Prepared],
    at: i64,
    done: &mut Upserted,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for entry in prepared {
        if entry.is_new && insert(tx, entry, &mut rows)? {
            done.new += 1;
            continue;
        }
        let app = tx.words.number(tx.db, Class::App, &entry.app)?;
        match known(tx.db, app, entry.id)? {
            None => {
                insert(tx, entry, &mut rows)?;
                done.new += 1;
            }
            Some(known) if known.says(entry.hash, entry.mark) => done.unchanged += 1,
            Some(known) => {
                update(tx, entry, &known, at)?;
                if known.is_alive() {
                    done.changed += 1;
                } else {
                    done.new += 1;
                }
            }
        }
    }
    add_sorted(tx.db, &mut rows)
}

/// Writes an item that is not there, all but its index rows, which it adds to `rows`. Tells whether
/// that was so.
fn insert(tx: &mut Tx<'_>, entry: &Prepared, rows: &mut Vec<IxRow>) -> Result<bool, StoreError> {
    let app = tx.words.number(tx.db, Class::App, &entry.app)?;
    let seq = tx.seq() as i64 + 1;
    let inserted = tx
        .db
        .prepare_cached(
            "INSERT OR IGNORE INTO item_id(app, id, number, hash, mark) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            app,
            entry.id.uuid().as_bytes(),
            seq,
            entry.hash.bytes(),
            entry.mark,
        ))?;
    if inserted == 0 {
        return Ok(false);
    }
    tx.next_seq();
    let facts = facts(tx, entry, seq, seq, 1)?;
    save(tx, INSERT, entry, &facts)?;
    beside(tx, entry, &facts)?;
    index::rows_into(&facts, rows);
    Ok(true)
}

fn update(tx: &mut Tx<'_>, entry: &Prepared, known: &Known, at: i64) -> Result<(), StoreError> {
    let old = load::by_number(tx.db, known.number)?.ok_or_else(|| unreadable("item"))?;
    let version = old.facts.bits.version() + i64::from(old.hash != entry.hash);
    let seq = tx.next_seq() as i64;
    let mut new = facts(tx, entry, known.number, seq, version)?;
    new.revoked = revocations(tx, entry, &old, &new, at)?;
    save(tx, UPDATE, entry, &new)?;
    forget_beside(tx, &old.facts)?;
    beside(tx, entry, &new)?;
    tx.db
        .prepare_cached("UPDATE item_id SET hash = ?3, mark = ?4 WHERE app = ?1 AND id = ?2")?
        .execute((
            new.app,
            entry.id.uuid().as_bytes(),
            entry.hash.bytes(),
            entry.mark,
        ))?;
    reindex(tx.db, &old.facts, &new)
}

fn save(tx: &Tx<'_>, sql: &str, entry: &Prepared, facts: &Facts) -> Result<(), StoreError> {
    let mut statement = tx.db.prepare_cached(sql)?;
    statement.execute(rusqlite::params![
        facts.number,
        entry.id.uuid().as_bytes(),
        facts.seq,
        entry.hash.bytes(),
        facts.bits.version(),
        facts.app,
        facts.source,
        facts.unit,
        facts.bits.0,
        facts.level,
        facts.due,
        facts.recency,
        codec::write_keys(&facts.keys),
        codec::write_revoked(&facts.revoked),
        entry.excluded,
        entry.json,
    ])?;
    Ok(())
}

fn facts(
    tx: &mut Tx<'_>,
    entry: &Prepared,
    number: i64,
    seq: i64,
    version: i64,
) -> Result<Facts, StoreError> {
    let keys = key_codes(tx, &entry.keys)?;
    let app = tx.words.number(tx.db, Class::App, &entry.app)?;
    // So that a page of one kind knows in which apps' lists to look.
    let kind_of_app = format!("{}/{app}", entry.bits.kind());
    tx.words.number(tx.db, Class::KindOfApp, &kind_of_app)?;
    Ok(Facts {
        number,
        seq,
        app,
        source: tx.words.number(tx.db, Class::Source, &entry.source)?,
        unit: match &entry.unit {
            Some(unit) => tx.words.number(tx.db, Class::Unit, unit)?,
            None => 0,
        },
        bits: entry.bits.with_version(version),
        level: entry.level,
        due: entry.due,
        recency: entry.recency,
        keys,
        revoked: Vec::new(),
    })
}

/// Numbers keys, sorted.
fn key_codes(tx: &mut Tx<'_>, words: &[(String, bool)]) -> Result<Vec<KeyCode>, StoreError> {
    let mut keys = Vec::with_capacity(words.len());
    for (text, shared) in words {
        let word = tx.words.number(tx.db, Class::Key, text)?;
        keys.push(KeyCode {
            word,
            shared: *shared,
        });
    }
    keys.sort_unstable();
    Ok(keys)
}

/// Writes what lies beside an item: most have nothing.
fn beside(tx: &mut Tx<'_>, entry: &Prepared, facts: &Facts) -> Result<(), StoreError> {
    if let Some((json, need)) = &entry.whole {
        let need = key_codes(tx, need)?;
        whole::put(tx, facts.number, &need, json)?;
    }
    same::put(tx, facts, &entry.dedupe, entry.leads)
}

/// Forgets what lies beside an item.
pub(crate) fn forget_beside(tx: &Tx<'_>, facts: &Facts) -> Result<(), StoreError> {
    whole::forget(tx, facts.number, facts.bits)?;
    same::forget(tx, facts.number, facts.bits)
}

/// Returns under which keys readers have to be told that the item is gone for them: keys that it had
/// and has no more, and the own keys of persons that it excludes since. Reading checks again whether
/// the reader sees it by another way, so that a row too many tells nobody anything.
fn revocations(
    tx: &mut Tx<'_>,
    entry: &Prepared,
    old: &Stored,
    new: &Facts,
    at: i64,
) -> Result<Vec<Revocation>, StoreError> {
    let before = codec::read_persons(old.excluded.as_deref());
    let mut excluded = Vec::new();
    let mut lost: Vec<i64> = old.facts.keys.iter().map(|key| key.word).collect();
    lost.retain(|&word| !has_key(new, word));
    for person in codec::read_persons(entry.excluded.as_deref()) {
        let key = AudienceKey::Person(person).to_string();
        let word = tx.words.number(tx.db, Class::Key, &key)?;
        excluded.push(word);
        if !before.contains(&person) {
            lost.push(word);
        }
    }
    let mut revoked = old.facts.revoked.clone();
    revoked.retain(|one| {
        let regained = has_key(new, one.word) && !excluded.contains(&one.word);
        !regained && !lost.contains(&one.word)
    });
    lost.sort_unstable();
    lost.dedup();
    revoked.extend(lost.into_iter().map(|word| Revocation {
        word,
        seq: new.seq,
        at,
    }));
    Ok(revoked)
}

fn has_key(facts: &Facts, word: i64) -> bool {
    facts.keys.iter().any(|key| key.word == word)
}

/// Brings the index from what it held of an item to what it shall hold.
pub(crate) fn reindex(db: &Connection, old: &Facts, new: &Facts) -> Result<(), StoreError> {
    let (old, new) = (index::rows(old), index::rows(new));
    let mut remove = db.prepare_cached(
        "DELETE FROM ix WHERE list = ?1 AND sub = ?2 AND level = ?3 AND due = ?4 \
         AND recency = ?5 AND number = ?6",
    )?;
    let mut add = adder(db)?;
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.place().cmp(&new.place()),
        };
        match order {
            Ordering::Less => {
                if let Some(row) = old.next() {
                    remove.execute(row.place())?;
                }
            }
            Ordering::Greater => {
                if let Some(row) = new.next() {
                    add_row(&mut add, row)?;
                }
            }
            Ordering::Equal => {
                if let (Some(before), Some(row)) = (old.next(), new.next())
                    && before != row
                {
                    add_row(&mut add, row)?;
                }
            }
        }
    }
}

/// Rows that go into the index by one statement.
const TOGETHER: usize = 16;

/// Adds rows of new items, which none can stand in the way of. In order, so that rows of one page of
/// the disk follow each other.
fn add_sorted(db: &Connection, rows: &mut [IxRow]) -> Result<(), StoreError> {
    rows.sort_unstable();
    let (groups, rest) = rows.as_chunks::<TOGETHER>();
    if !groups.is_empty() {
        let row = "(?,?,?,?,?,?,?,?,?)";
        let sql = format!("INSERT INTO ix VALUES {}", [row; TOGETHER].join(","));
        let mut add = db.prepare_cached(&sql)?;
        for group in groups {
            let numbers = group.iter().flat_map(IxRow::columns);
            add.execute(rusqlite::params_from_iter(numbers))?;
        }
    }
    let mut add = db.prepare_cached("INSERT INTO ix VALUES (?,?,?,?,?,?,?,?,?)")?;
    for row in rest {
        add.execute(row.columns())?;
    }
    Ok(())
}

fn adder(db: &Connection) -> Result<CachedStatement<'_>, StoreError> {
    Ok(db.prepare_cached("INSERT OR REPLACE INTO ix VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?)
}

fn add_row(add: &mut CachedStatement<'_>, row: &IxRow) -> Result<(), StoreError> {
    add.execute(row.columns())?;
    Ok(())
}
