//! A reader inside the store: the numbers of their keys, what they may see, what they marked.

use super::codec;
use super::index::{self, KeyCode};
use super::load::Stored;
use crate::sqlite::words::{self, Class};
use crate::{Reader, ReaderState, StoreError};
use chrono::{DateTime, Utc};
use divos_model::{ContentHash, PersonId};
use rusqlite::{Connection, OptionalExtension, Row};
use std::collections::HashMap;

/// A reader with the keys under which there is anything at all.
pub(crate) struct Known {
    pub(crate) person: PersonId,
    pub(crate) keys: Vec<KeyCode>,
}

impl Known {
    /// Looks up the numbers of the reader's keys.
    pub(crate) fn find(db: &Connection, reader: &Reader) -> Result<Self, StoreError> {
        let mut keys = Vec::with_capacity(reader.keys().len());
        for key in reader.keys() {
            if let Some(word) = words::find(db, Class::Key, &key.to_string())? {
                let shared = index::is_shared(key);
                keys.push(KeyCode { word, shared });
            }
        }
        Ok(Self {
            person: reader.person,
            keys,
        })
    }

    /// Tells whether the reader may see an item: it lives, one of its keys is theirs, and it does not
    /// exclude them.
    pub(crate) fn sees(&self, stored: &Stored) -> bool {
        stored.deleted.is_none()
            && !codec::has_person(stored.excluded.as_deref(), self.person)
            && stored
                .facts
                .keys
                .iter()
                .any(|key| self.keys.iter().any(|own| own.word == key.word))
    }
}

/// A reader's marks on an item, as kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) seen_version: Option<i64>,
    pub(crate) state: ReaderState,
}

impl Marks {
    /// Tells whether the reader has not seen what the item says at a version.
    pub(crate) fn is_unread(&self, version: i64) -> bool {
        self.seen_version != Some(version)
    }

    /// Tells whether the item is out of the reader's sight now.
    pub(crate) fn is_snoozed(&self, now: DateTime<Utc>) -> bool {
        self.state.snoozed_until.is_some_and(|until| until > now)
    }
}

const COLUMNS: &str = "number, seen_version, seen_hash, done_at, pinned_at, snoozed_until, muted";

/// Returns a reader's marks on an item.
pub(crate) fn marks(db: &Connection, person: PersonId, number: i64) -> Result<Marks, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM reader_mark WHERE person = ?1 AND number = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let found = statement.query_row((person.uuid().as_bytes(), number), read);
    Ok(found.optional()?.unwrap_or_default())
}

/// Returns all of a reader's marks by the item's number, unless there are more than `most`.
pub(crate) fn all_marks(
    db: &Connection,
    person: PersonId,
    most: usize,
) -> Result<Option<HashMap<i64, Marks>>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM reader_mark WHERE person = ?1 LIMIT ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query((person.uuid().as_bytes(), most as i64 + 1))?;
    let mut marks = HashMap::new();
    while let Some(row) = rows.next()? {
        marks.insert(row.get(0)?, read(row)?);
    }
    Ok((marks.len() <= most).then_some(marks))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Marks> {
    let time = |column| -> rusqlite::Result<Option<DateTime<Utc>>> {
        let millis: Option<i64> = row.get(column)?;
        Ok(millis.and_then(DateTime::from_timestamp_millis))
    };
    let seen: Option<[u8; 32]> = row.get(2)?;
    Ok(Marks {
        seen_version: row.get(1)?,
        state: ReaderState {
            seen: seen.map(ContentHash::from_bytes),
            done_at: time(3)?,
            pinned_at: time(4)?,
            snoozed_until: time(5)?,
            muted: row.get(6)?,
        },
    })
}

/// Tells whether a person marked anything.
pub(crate) fn has_marks(db: &Connection, person: PersonId) -> Result<bool, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT EXISTS (SELECT 1 FROM reader_mark WHERE person = ?1)")?;
    Ok(statement.query_row([person.uuid().as_bytes()], |row| row.get(0))?)
}
