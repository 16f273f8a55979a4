//! Words that index rows name by number. A word is kept for ever: there are as many as there are
//! persons, posts, units, roles, apps and sources.

use crate::StoreError;
use rusqlite::{Connection, OptionalExtension};
use std::collections::HashMap;

/// The cache starts over beyond this many words of a class.
const CACHED: usize = 100_000;

/// What a word names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// An audience key.
    Key = 0,
    /// An app.
    App = 1,
    /// A source, written `app/source`.
    Source = 2,
    /// A unit's code.
    Unit = 3,
    /// That an app has items of a kind, written `kind/app` in numbers.
    KindOfApp = 4,
}

/// The writer's cache of numbers.
#[derive(Debug, Default)]
pub(crate) struct Words {
    known: [HashMap<String, i64>; 5],
}

impl Words {
    /// Returns a word's number, giving it one where it has none.
    pub(crate) fn number(
        &mut self,
        db: &Connection,
        class: Class,
        text: &str,
    ) -> Result<i64, StoreError> {
        let known = &mut self.known[class as usize];
        if let Some(&number) = known.get(text) {
            return Ok(number);
        }
        let number = match find(db, class, text)? {
            Some(number) => number,
            None => db
                .prepare_cached("INSERT INTO word(class, text) VALUES (?1, ?2)")?
                .insert((class as i64, text))?,
        };
        if known.len() >= CACHED {
            known.clear();
        }
        known.insert(text.to_owned(), number);
        Ok(number)
    }

    /// Forgets all: the transaction that gave the numbers was undone.
    pub(crate) fn forget(&mut self) {
        self.known.iter_mut().for_each(HashMap::clear);
    }
}

/// Returns a word's number where it has one.
pub(crate) fn find(db: &Connection, class: Class, text: &str) -> Result<Option<i64>, StoreError> {
    Ok(db
        .prepare_cached("SELECT number FROM word WHERE class = ?1 AND text = ?2")?
        .query_row((class as i64, text), |row| row.get(0))
        .optional()?)
}

/// Returns the text of a word.
pub(crate) fn text(db: &Connection, number: i64) -> Result<Option<String>, StoreError> {
    Ok(db
        .prepare_cached("SELECT text FROM word WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?)
}

/// Returns every word of a class with its number.
pub(crate) fn all(db: &Connection, class: Class) -> Result<Vec<(i64, String)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT number, text FROM word WHERE class = ?1")?;
    let rows = statement.query_map([class as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
