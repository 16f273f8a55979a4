//! Importing persons: all good rows in one transaction, each faulty one named.

use super::persons::{self, kind_word};
use super::standing;
use crate::sqlite::writer::Tx;
use crate::{Assignment, IdentifierKind, ImportFault, Imported, PersonRecord, StoreError};
use divos_model::PersonId;
use rusqlite::Connection;
use secrecy::ExposeSecret;
use std::collections::HashMap;

/// What became of a row.
enum Outcome {
    Added,
    Changed,
    Unchanged,
}

/// Imports records at a time in milliseconds.
pub(crate) fn import(
    tx: &mut Tx<'_>,
    records: &[PersonRecord],
    dry_run: bool,
    at: i64,
) -> Result<Imported, StoreError> {
    let mut done = Imported::default();
    tx.db.execute_batch("SAVEPOINT import")?;
    let mut rows: HashMap<PersonId, usize> = HashMap::new();
    for record in records {
        let (id, is_new) = match check(tx.db, record)? {
            Ok(found) => found,
            Err(fault) => {
                done.faults.push(fault);
                continue;
            }
        };
        if rows.insert(id, record.row).is_some() {
            done.faults.push(fault(record, "identifiers", TWICE));
            continue;
        }
        match write(tx.db, record, id, is_new, at)? {
            Outcome::Added => done.added += 1,
            Outcome::Changed => done.changed += 1,
            Outcome::Unchanged => done.unchanged += 1,
        }
        done.persons.push((record.row, id));
    }
    if dry_run {
        tx.db.execute_batch("ROLLBACK TO import")?;
    }
    tx.db.execute_batch("RELEASE import")?;
    Ok(done)
}

const TWICE: (&str, &str) = (
    "orang ini sudah ada di baris sebelumnya",
    "this person is in an earlier row already",
);
const NO_NAME: (&str, &str) = ("nama masih kosong", "the name is empty");
const NO_IDENTIFIER: (&str, &str) = (
    "perlu paling sedikit satu NIP, surel, atau nama pengguna",
    "at least one NIP, e-mail address or user name is needed",
);
const NOT_A_NIP: (&str, &str) = ("NIP harus 18 angka", "a NIP has 18 digits");
const NOT_AN_EMAIL: (&str, &str) = (
    "alamat surel tidak lengkap",
    "the e-mail address is not complete",
);
const NOT_A_USERNAME: (&str, &str) = (
    "nama pengguna tidak boleh kosong, tidak boleh hanya angka, dan tidak boleh memuat @",
    "a user name is not empty, not digits alone, and holds no @",
);
const TWO_PERSONS: (&str, &str) = (
    "NIP, surel, atau nama pengguna ini sudah dipakai orang lain",
    "this NIP, e-mail address or user name belongs to somebody else",
);
const NO_POST: (&str, &str) = ("jabatan tidak dikenal", "the post is not known");
const BACKWARD: (&str, &str) = (
    "tanggal selesai lebih awal daripada tanggal mulai",
    "the last day is before the first",
);

fn fault(
    record: &PersonRecord,
    field: &'static str,
    (indonesian, english): (&str, &str),
) -> ImportFault {
    ImportFault {
        row: record.row,
        field,
        message_id: indonesian.to_owned(),
        message_en: english.to_owned(),
    }
}

type Checked = Result<(PersonId, bool), ImportFault>;

/// Finds whom a record means and whether they are new, or says what is wrong with it.
fn check(db: &Connection, record: &PersonRecord) -> Result<Checked, StoreError> {
    if record.name.trim().is_empty() {
        return Ok(Err(fault(record, "name", NO_NAME)));
    }
    if record.identifiers.is_empty() {
        return Ok(Err(fault(record, "identifiers", NO_IDENTIFIER)));
    }
    let mut found = record.id;
    for identifier in &record.identifiers {
        if let Some(wrong) = malformed(identifier.kind, &identifier.value) {
            return Ok(Err(fault(record, "identifiers", wrong)));
        }
        match (found, persons::holder(db, identifier)?) {
            (Some(person), Some(holder)) if person != holder => {
                return Ok(Err(fault(record, "identifiers", TWO_PERSONS)));
            }
            (_, holder) => found = found.or(holder),
        }
    }
    for assignment in record.assignments.iter().flatten() {
        let post = assignment.post.uuid();
        let mut known = db.prepare_cached("SELECT 1 FROM post WHERE id = ?1")?;
        if !known.exists([post.as_bytes()])? {
            return Ok(Err(fault(record, "assignments.post", NO_POST)));
        }
        if assignment.to.is_some_and(|to| to < assignment.from) {
            return Ok(Err(fault(record, "assignments.to", BACKWARD)));
        }
    }
    let id = found.unwrap_or_else(PersonId::random);
    let mut known = db.prepare_cached("SELECT 1 FROM person WHERE id = ?1")?;
    Ok(Ok((id, !known.exists([id.uuid().as_bytes()])?)))
}

fn malformed(kind: IdentifierKind, value: &str) -> Option<(&'static str, &'static str)> {
    let digits = value.bytes().all(|c| c.is_ascii_digit());
    match kind {
        IdentifierKind::Nip => (value.len() != 18 || !digits).then_some(NOT_A_NIP),
        IdentifierKind::Email => {
            let complete = value.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && !host.is_empty() && !host.contains('@')
            });
            (!complete).then_some(NOT_AN_EMAIL)
        }
        IdentifierKind::Username => (digits || value.contains('@')).then_some(NOT_A_USERNAME),
    }
}

fn write(
    db: &Connection,
    record: &PersonRecord,
    id: PersonId,
    is_new: bool,
    at: i64,
) -> Result<Outcome, StoreError> {
    let key = id.uuid().into_bytes();
    if is_new {
        db.prepare_cached("INSERT INTO person VALUES (?1, '', NULL, 0, 1, NULL, ?2)")?
            .execute((key, at))?;
    }
    let named = db
        .prepare_cached(
            "UPDATE person SET name = ?2, status = ?3 WHERE id = ?1 \
             AND (name COLLATE BINARY IS NOT ?2 OR status IS NOT ?3)",
        )?
        .execute((key, record.name.trim(), &record.status))?;
    let password = record.password.as_ref().map(ExposeSecret::expose_secret);
    // Each of these ends what was issued before.
    let guarded = db
        .prepare_cached(
            "UPDATE person SET password = coalesce(?2, password), \
             disabled = coalesce(?3, disabled) WHERE id = ?1 \
             AND ((?2 IS NOT NULL AND password IS NOT ?2) \
             OR (?3 IS NOT NULL AND disabled IS NOT ?3))",
        )?
        .execute((key, password, record.disabled))?;
    let roles = put_roles(db, record, id)?;
    let identifiers = put_identifiers(db, record, id)?;
    let assignments = put_assignments(db, record, id)?;
    if is_new {
        return Ok(Outcome::Added);
    }
    if guarded > 0 || roles {
        persons::raise_epoch(db, id)?;
    }
    if named > 0 || guarded > 0 || roles || identifiers || assignments {
        Ok(Outcome::Changed)
    } else {
        Ok(Outcome::Unchanged)
    }
}

fn put_roles(db: &Connection, record: &PersonRecord, id: PersonId) -> Result<bool, StoreError> {
    let Some(mut roles) = record.roles.clone() else {
        return Ok(false);
    };
    roles.sort();
    roles.dedup();
    if roles == persons::roles(db, id)? {
        return Ok(false);
    }
    let key = id.uuid().into_bytes();
    db.prepare_cached("DELETE FROM person_role WHERE person = ?1")?
        .execute([key])?;
    let mut add = db.prepare_cached("INSERT INTO person_role VALUES (?1, ?2)")?;
    for role in roles {
        add.execute((key, role))?;
    }
    Ok(true)
}

fn put_identifiers(
    db: &Connection,
    record: &PersonRecord,
    id: PersonId,
) -> Result<bool, StoreError> {
    let mut identifiers = record.identifiers.clone();
    identifiers.sort();
    identifiers.dedup();
    if identifiers == persons::identifiers(db, id)? {
        return Ok(false);
    }
    let key = id.uuid().into_bytes();
    db.prepare_cached("DELETE FROM identifier WHERE person = ?1")?
        .execute([key])?;
    let mut add = db.prepare_cached("INSERT INTO identifier VALUES (?1, ?2, ?3)")?;
    for identifier in identifiers {
        add.execute((kind_word(identifier.kind), identifier.value, key))?;
    }
    Ok(true)
}

fn put_assignments(
    db: &Connection,
    record: &PersonRecord,
    id: PersonId,
) -> Result<bool, StoreError> {
    let Some(mut assignments) = record.assignments.clone() else {
        return Ok(false);
    };
    assignments.sort();
    assignments.dedup_by_key(|one: &mut Assignment| (one.post, one.kind, one.from));
    if assignments == standing::assignments(db, id)? {
        return Ok(false);
    }
    let key = id.uuid().into_bytes();
    db.prepare_cached("DELETE FROM assignment WHERE person = ?1")?
        .execute([key])?;
    let mut add = db.prepare_cached("INSERT INTO assignment VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for one in assignments {
        add.execute((
            key,
            one.post.uuid().into_bytes(),
            standing::kind_word(one.kind),
            one.from.to_string(),
            one.to.map(|to| to.to_string()),
        ))?;
    }
    Ok(true)
}
