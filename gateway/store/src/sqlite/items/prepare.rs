//! An entry on its way in: what can be worked out before the writer is asked, and whether it has to
//! be asked at all.

use super::codec;
use super::index::{self, Bits};
use crate::sqlite::words::{self, Class};
use crate::{Entry, StoreError};
use divos_model::{AppId, AudienceKey, ContentHash, Item, ItemId};
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;

/// An entry, ready to be written.
pub(crate) struct Prepared {
    pub(crate) id: ItemId,
    pub(crate) hash: ContentHash,
    pub(crate) mark: i64,
    /// Whether the store did not know the id; another writer may have brought it since.
    pub(crate) is_new: bool,
    pub(crate) app: String,
    pub(crate) source: String,
    pub(crate) unit: Option<String>,
    pub(crate) bits: Bits,
    pub(crate) level: i64,
    pub(crate) due: i64,
    pub(crate) recency: i64,
    /// The keys' words, and whether each is shared.
    pub(crate) keys: Vec<(String, bool)>,
    pub(crate) excluded: Option<Vec<u8>>,
    pub(crate) json: String,
    /// What readers with a need to know read instead, and their keys.
    pub(crate) whole: Option<(String, Vec<(String, bool)>)>,
    /// The keys that other apps' items may share.
    pub(crate) dedupe: Vec<String>,
    /// Whether the app is the authority for one of them.
    pub(crate) leads: bool,
}

impl Prepared {
    fn new(entry: &Entry, mark: i64, is_new: bool) -> Result<Self, StoreError> {
        let item = &entry.item;
        let (level, due) = index::rank(item);
        let whole = match &entry.whole {
            Some(whole) => Some((written(&whole.item)?, key_words(&whole.need))),
            None => None,
        };
        Ok(Self {
            id: item.id,
            hash: item.hash,
            mark,
            is_new,
            app: item.app.to_string(),
            source: source_word(item.app.as_str(), &entry.source),
            unit: item.owner_unit.as_ref().map(ToString::to_string),
            bits: Bits::of(item, entry.must_show).with_whole(whole.is_some()),
            level,
            due,
            recency: -item.updated_at.timestamp_millis(),
            keys: key_words(&entry.keys),
            excluded: codec::write_persons(&item.audience.exclude),
            json: written(item)?,
            whole,
            dedupe: item.dedupe.clone(),
            leads: entry.leads,
        })
    }
}

fn written(item: &Item) -> Result<String, StoreError> {
    serde_json::to_string(item).map_err(|error| StoreError::failed("write an item as JSON", error))
}

/// Returns the word under which a source is kept. A slug holds no slash.
pub(crate) fn source_word(app: &str, source: &str) -> String {
    format!("{app}/{source}")
}

/// Returns the word of each key, and whether it is shared; sorted, without repeats.
fn key_words(keys: &[AudienceKey]) -> Vec<(String, bool)> {
    let word = |key| (format!("{key}"), index::is_shared(key));
    let mut words: Vec<_> = keys.iter().map(word).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Keeps the last of each id, leaves out what the store holds already, and prepares the rest.
/// Returns that, and how many were left out.
pub(crate) fn prepare(
    db: &Connection,
    entries: &[Entry],
) -> Result<(Vec<Prepared>, u32), StoreError> {
    let last: HashMap<ItemId, usize> = entries
        .iter()
        .enumerate()
        .map(|(place, entry)| (entry.item.id, place))
        .collect();
    let mut apps = Apps::default();
    let mut prepared = Vec::new();
    let mut unchanged = 0;
    for (place, entry) in entries.iter().enumerate() {
        if last.get(&entry.item.id) != Some(&place) {
            continue;
        }
        let mark = fingerprint(entry);
        match apps.known(db, &entry.item.app, entry.item.id)? {
            Some(known) if known.says(entry.item.hash, mark) => unchanged += 1,
            known => prepared.push(Prepared::new(entry, mark, known.is_none())?),
        }
    }
    Ok((prepared, unchanged))
}

/// What the store knows of an id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) number: i64,
    pub(crate) hash: [u8; 32],
    pub(crate) mark: i64,
}

impl Known {
    /// Tells whether the store holds exactly that, alive.
    pub(crate) fn says(&self, hash: ContentHash, mark: i64) -> bool {
        self.hash == *hash.bytes() && self.mark == mark
    }

    /// Tells whether the item is there; a tombstone has no mark.
    pub(crate) fn is_alive(&self) -> bool {
        self.mark != 0
    }
}

/// Looks an id up within an app, by the app's number.
pub(crate) fn known(db: &Connection, app: i64, id: ItemId) -> Result<Option<Known>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT number, hash, mark FROM item_id WHERE app = ?1 AND id = ?2")?;
    let known = statement.query_row((app, id.uuid().as_bytes()), |row| {
        Ok(Known {
            number: row.get(0)?,
            hash: row.get(1)?,
            mark: row.get(2)?,
        })
    });
    Ok(known.optional()?)
}

/// The numbers of the apps met so far. What is looked up together is mostly of one app.
#[derive(Debug, Default)]
pub(crate) struct Apps {
    last: Option<(AppId, Option<i64>)>,
    all: Vec<i64>,
}

impl Apps {
    /// Looks an id up within an app.
    pub(crate) fn known(
        &mut self,
        db: &Connection,
        app: &AppId,
        id: ItemId,
    ) -> Result<Option<Known>, StoreError> {
        if self.last.as_ref().is_none_or(|(last, _)| last != app) {
            self.last = Some((app.clone(), words::find(db, Class::App, app.as_str())?));
        }
        match self.last {
            Some((_, Some(number))) => known(db, number, id),
            _ => Ok(None),
        }
    }

    /// Looks an id up in every app, that of the last hit first.
    pub(crate) fn known_anywhere(
        &mut self,
        db: &Connection,
        id: ItemId,
    ) -> Result<Option<Known>, StoreError> {
        if self.all.is_empty() {
            self.all = words::all(db, Class::App)?
                .into_iter()
                .map(|(number, _)| number)
                .collect();
        }
        for place in 0..self.all.len() {
            if let Some(known) = known(db, self.all[place], id)? {
                self.all.swap(0, place);
                return Ok(Some(known));
            }
        }
        Ok(None)
    }
}

/// A number for all that an entry says beside its content: source, keys, whether it must show.
/// FNV-1a, 64 bits; never 0, which marks a tombstone.
fn fingerprint(entry: &Entry) -> i64 {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    hash.eat(entry.source.as_bytes());
    hash.eat(&[0, u8::from(entry.must_show)]);
    hash.eat_keys(&entry.keys);
    if let Some(whole) = &entry.whole {
        hash.eat(b"whole");
        hash.eat_keys(&whole.need);
    }
    if entry.leads {
        hash.eat(b"leads");
    }
    if hash.0 == 0 { 1 } else { hash.0 as i64 }
}

struct Fnv(u64);

impl Fnv {
    /// Takes keys in, in whatever order and however often they come.
    fn eat_keys(&mut self, keys: &[AudienceKey]) {
        let mut sorted: Vec<_> = keys.iter().collect();
        if !sorted.is_sorted() {
            sorted.sort_unstable();
        }
        sorted.dedup();
        for key in sorted {
            // Writing to a number cannot fail.
            let _ = std::fmt::Write::write_fmt(self, format_args!("{key}\0"));
        }
    }

    fn eat(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl std::fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.eat(text.as_bytes());
        Ok(())
    }
}
