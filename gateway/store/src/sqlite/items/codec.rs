//! How lists of keys, revocations and persons lie in a blob. Little-endian, no header.

use super::index::{KeyCode, Revocation};
use crate::StoreError;
use crate::sqlite::error::unreadable;
use chrono::{DateTime, Utc};
use divos_model::PersonId;
use uuid::Uuid;

/// Four bytes a key: the word's number, doubled, plus one where it is shared.
pub(crate) fn write_keys(keys: &[KeyCode]) -> Vec<u8> {
    let code = |key: &KeyCode| ((key.word as u32) << 1 | u32::from(key.shared)).to_le_bytes();
    keys.iter().flat_map(code).collect()
}

pub(crate) fn read_keys(blob: &[u8]) -> Vec<KeyCode> {
    let key = |code: u32| KeyCode {
        word: i64::from(code >> 1),
        shared: code & 1 == 1,
    };
    let (codes, _) = blob.as_chunks::<4>();
    codes
        .iter()
        .map(|code| key(u32::from_le_bytes(*code)))
        .collect()
}

/// Three numbers of eight bytes for each revocation; `None` for none.
pub(crate) fn write_revoked(revoked: &[Revocation]) -> Option<Vec<u8>> {
    let numbers = |one: &Revocation| [one.word, one.seq, one.at].map(i64::to_le_bytes).concat();
    (!revoked.is_empty()).then(|| revoked.iter().flat_map(numbers).collect())
}

pub(crate) fn read_revoked(blob: Option<&[u8]>) -> Vec<Revocation> {
    let (numbers, _) = blob.unwrap_or_default().as_chunks::<8>();
    let (triples, _) = numbers.as_chunks::<3>();
    let revocation = |&[word, seq, at]: &[[u8; 8]; 3]| Revocation {
        word: i64::from_le_bytes(word),
        seq: i64::from_le_bytes(seq),
        at: i64::from_le_bytes(at),
    };
    triples.iter().map(revocation).collect()
}

/// Sixteen bytes a person; `None` for none.
pub(crate) fn write_persons(persons: &[PersonId]) -> Option<Vec<u8>> {
    let bytes = |person: &PersonId| person.uuid().into_bytes();
    (!persons.is_empty()).then(|| persons.iter().flat_map(bytes).collect())
}

pub(crate) fn has_person(blob: Option<&[u8]>, person: PersonId) -> bool {
    let (persons, _) = blob.unwrap_or_default().as_chunks::<16>();
    persons.contains(person.uuid().as_bytes())
}

pub(crate) fn read_persons(blob: Option<&[u8]>) -> Vec<PersonId> {
    let (persons, _) = blob.unwrap_or_default().as_chunks::<16>();
    let person = |bytes: &[u8; 16]| PersonId::from_uuid(Uuid::from_bytes(*bytes));
    persons.iter().map(person).collect()
}

/// Reads a time that is kept as milliseconds since 1970.
pub(crate) fn time(millis: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| unreadable("time"))
}

/// Reads a time that may be missing.
pub(crate) fn maybe_time(millis: Option<i64>) -> Result<Option<DateTime<Utc>>, StoreError> {
    millis.map(time).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_survive_their_blobs() {
        let keys = [(1, true), (70_000, false)].map(|(word, shared)| KeyCode { word, shared });
        assert_eq!(read_keys(&write_keys(&keys)), keys);
        let revoked = [Revocation {
            word: 3,
            seq: 1 << 40,
            at: -5,
        }];
        assert_eq!(read_revoked(write_revoked(&revoked).as_deref()), revoked);
        assert_eq!(write_revoked(&[]), None);
        let persons = [PersonId::random(), PersonId::random()];
        let blob = write_persons(&persons);
        assert_eq!(read_persons(blob.as_deref()), persons);
        assert!(has_person(blob.as_deref(), persons[1]));
        assert!(!has_person(blob.as_deref(), PersonId::random()));
    }
}
