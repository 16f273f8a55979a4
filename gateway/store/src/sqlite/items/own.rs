//! What items say of one person, as that person may read it, and what they marked.

use super::index::{DATED, List};
use super::load::{self, Stored};
use super::page;
use super::readers::{self, Known};
use super::whole;
use crate::sqlite::error::unreadable;
use crate::sqlite::words::{self, Class};
use crate::{Holding, HoldingQuery, Marked, OwnCounts, OwnPlace, Reader, StoreError};
use divos_model::{AudienceKey, PersonId};
use rusqlite::Connection;
use serde_json::Value;

/// The most items that one part looks at.
const LOOKS: usize = 5_000;
/// The most items that one part returns: each may take a quarter of a megabyte.
const ROWS: usize = 50;

/// Counts what somebody marked, and the live items whose audience names them.
pub(crate) fn count_marks(db: &Connection, person: PersonId) -> Result<OwnCounts, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT count(*), count(seen_version), count(done_at), count(pinned_at), \
         count(snoozed_until), coalesce(sum(muted), 0) FROM reader_mark WHERE person = ?1",
    )?;
    let mut counts = statement.query_row([person.uuid().as_bytes()], |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(OwnCounts {
            marked: count(0)?,
            seen: count(1)?,
            done: count(2)?,
            pinned: count(3)?,
            snoozed: count(4)?,
            muted: count(5)?,
            ..OwnCounts::default()
        })
    })?;
    let key = AudienceKey::Person(person).to_string();
    if let Some(word) = words::find(db, Class::Key, &key)? {
        let List { list, sub } = List::live(word);
        // An item with a due time has a second row.
        let addressed: i64 = db
            .prepare_cached("SELECT count(*) FROM ix WHERE list = ?1 AND sub = ?2 AND level < ?3")?
            .query_row((list, sub, DATED), |row| row.get(0))?;
        counts.addressed = addressed.unsigned_abs();
    }
    Ok(counts)
}

/// Returns what somebody marked.
pub(crate) fn own_marks(
    db: &Connection,
    reader: &Reader,
    after: Option<OwnPlace>,
    limit: usize,
) -> Result<Vec<Marked>, StoreError> {
    let reader = Known::find(db, reader)?;
    let mut statement = db.prepare_cached(
        "SELECT number FROM reader_mark WHERE person = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let place = after.map_or(0, |place| place.0);
    let bytes = reader.person.uuid().into_bytes();
    let numbers = statement.query_map((bytes, place, limit as i64), |row| row.get(0))?;
    let mut marked = Vec::new();
    for number in numbers {
        if let Some(stored) = load::by_number(db, number?)? {
            marked.push(one_marked(db, &reader, &stored)?);
        }
    }
    Ok(marked)
}

fn one_marked(db: &Connection, reader: &Known, stored: &Stored) -> Result<Marked, StoreError> {
    let (number, bits) = (stored.facts.number, stored.facts.bits);
    let marks = readers::marks(db, reader.person, number)?;
    let title = match reader.sees(stored) {
        true => Some(whole::item_for(db, reader, number, bits)?.0.title),
        false => None,
    };
    let app = words::text(db, stored.facts.app)?.and_then(|text| text.parse().ok());
    Ok(Marked {
        id: stored.id,
        app: app.ok_or_else(|| unreadable("app"))?,
        title,
        seen: !marks.is_unread(bits.version()),
        state: marks.state,
        place: OwnPlace(number),
    })
}

/// Looks through one part of the live items.
pub(crate) fn holding(db: &Connection, query: &HoldingQuery) -> Result<Holding, StoreError> {
    let reader = Known::find(db, &query.reader)?;
    let looks = query.looks.clamp(1, LOOKS);
    let limit = query.limit.clamp(1, ROWS);
    let sql = format!(
        "SELECT {} FROM item WHERE number > ?1 AND deleted_at IS NULL ORDER BY number LIMIT ?2",
        load::COLUMNS
    );
    let mut statement = db.prepare_cached(&sql)?;
    let place = query.after.map_or(0, |place| place.0);
    let part = statement.query_map((place, looks as i64), load::stored)?;
    let (mut found, mut looked) = (Holding::default(), 0);
    for stored in part {
        let stored = stored?;
        looked += 1;
        let (number, bits) = (stored.facts.number, stored.facts.bits);
        if reader.sees(&stored) && says(db, &reader, &stored, &query.words)? {
            found.rows.push(page::shown(db, &reader, number, bits)?);
        }
        if looked == looks || found.rows.len() == limit {
            found.next = Some(OwnPlace(number));
            break;
        }
    }
    Ok(found)
}

/// Tells whether one of the words stands in what the reader may read of an item.
fn says(
    db: &Connection,
    reader: &Known,
    stored: &Stored,
    words: &[String],
) -> Result<bool, StoreError> {
    let number = stored.facts.number;
    let plain = match stored.facts.bits.has_whole() {
        true => whole::json_for(db, reader, number)?,
        false => None,
    };
    let json: String = match plain {
        Some(json) => json,
        None => db
            .prepare_cached("SELECT json FROM item WHERE number = ?1")?
            .query_row([number], |row| row.get(0))?,
    };
    let lower = json.to_ascii_lowercase();
    if !words.iter().any(|word| lower.contains(word.as_str())) {
        return Ok(false);
    }
    // In the text of JSON an escape may stand right before a word.
    let tree: Value = serde_json::from_str(&json).map_err(|_| unreadable("item"))?;
    Ok(any_text(&tree, &|text| {
        let lower = text.to_ascii_lowercase();
        words.iter().any(|word| stands_in(word, &lower))
    }))
}

fn any_text(tree: &Value, is: &impl Fn(&str) -> bool) -> bool {
    match tree {
        Value::String(text) => is(text),
        Value::Array(values) => values.iter().any(|value| any_text(value, is)),
        Value::Object(fields) => fields.values().any(|value| any_text(value, is)),
        _ => false,
    }
}

/// Tells whether a word stands in a text, and not as a part of a longer one.
fn stands_in(word: &str, text: &str) -> bool {
    let bytes = text.as_bytes();
    let part = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at));
        byte.is_some_and(u8::is_ascii_alphanumeric)
    };
    text.match_indices(word)
        .any(|(at, _)| !part(at.checked_sub(1)) && !part(Some(at + word.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_part_of_a_longer_one() {
        for (text, stands) in [
            ("990001012026011001", true),
            ("nip 990001012026011001, hadir", true),
            ("(990001012026011001)", true),
            ("1990001012026011001", false),
            ("9900010120260110015", false),
            ("9900010120260110015 990001012026011001", true),
            ("x990001012026011001", false),
            ("é990001012026011001é", true),
            ("", false),
        ] {
            assert_eq!(stands_in("990001012026011001", text), stands, "{text}");
        }
    }
}
