//! Reading persons.

use crate::sqlite::error::unreadable;
use crate::{Identifier, IdentifierKind, Person, PersonQuery, StoreError};
use divos_model::PersonId;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// Returns the word under which a kind of identifier is kept.
pub(crate) fn kind_word(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Nip => "nip",
        IdentifierKind::Email => "email",
        IdentifierKind::Username => "username",
    }
}

fn kind(word: &str) -> Result<IdentifierKind, StoreError> {
    [
        IdentifierKind::Nip,
        IdentifierKind::Email,
        IdentifierKind::Username,
    ]
    .into_iter()
    .find(|kind| kind_word(*kind) == word)
    .ok_or_else(|| unreadable("identifier"))
}

/// Returns a person.
pub(crate) fn by_id(db: &Connection, id: PersonId) -> Result<Option<Person>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT name, status, disabled, epoch, password IS NOT NULL FROM person WHERE id = ?1",
    )?;
    let found = statement
        .query_row([id.uuid().as_bytes()], |row| {
            Ok(Person {
                id,
                name: row.get(0)?,
                status: row.get(1)?,
                disabled: row.get(2)?,
                epoch: row.get::<_, i64>(3)? as u64,
                roles: Vec::new(),
                identifiers: Vec::new(),
                has_password: row.get(4)?,
            })
        })
        .optional()?;
    let Some(mut person) = found else {
        return Ok(None);
    };
    person.roles = roles(db, id)?;
    person.identifiers = identifiers(db, id)?;
    Ok(Some(person))
}

/// Returns who holds an identifier.
pub(crate) fn holder(
    db: &Connection,
    identifier: &Identifier,
) -> Result<Option<PersonId>, StoreError> {
    Ok(db
        .prepare_cached("SELECT person FROM identifier WHERE kind = ?1 AND value = ?2")?
        .query_row((kind_word(identifier.kind), &identifier.value), |row| {
            Ok(PersonId::from_uuid(Uuid::from_bytes(row.get(0)?)))
        })
        .optional()?)
}

/// Returns a person's roles, sorted.
pub(crate) fn roles(db: &Connection, id: PersonId) -> Result<Vec<String>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT role FROM person_role WHERE person = ?1 ORDER BY role")?;
    let rows = statement.query_map([id.uuid().as_bytes()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns a person's identifiers, sorted.
pub(crate) fn identifiers(db: &Connection, id: PersonId) -> Result<Vec<Identifier>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT kind, value FROM identifier WHERE person = ?1")?;
    let mut rows = statement.query([id.uuid().as_bytes()])?;
    let mut identifiers = Vec::new();
    while let Some(row) = rows.next()? {
        identifiers.push(Identifier {
            kind: kind(&row.get::<_, String>(0)?)?,
            value: row.get(1)?,
        });
    }
    identifiers.sort();
    Ok(identifiers)
}

/// Returns people by name, then id.
pub(crate) fn list(db: &Connection, query: &PersonQuery) -> Result<Vec<Person>, StoreError> {
    let (name, id) = match &query.after {
        Some((name, id)) => (name.as_str(), id.uuid().into_bytes()),
        None => ("", [0; 16]),
    };
    let text = query.text.as_deref().map(|text| text.trim().to_lowercase());
    let mut statement = db.prepare_cached(
        "SELECT id FROM person WHERE (name, id) > (?1, ?2) AND (?3 IS NULL \
         OR instr(lower(name), ?3) > 0 OR EXISTS (SELECT 1 FROM identifier \
         WHERE identifier.person = person.id AND substr(value, 1, length(?3)) = ?3)) \
         ORDER BY name, id LIMIT ?4",
    )?;
    let limit = query.limit.clamp(1, 1_000) as i64;
    let ids: Vec<[u8; 16]> = statement
        .query_map((name, id, text, limit), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        people.extend(by_id(db, PersonId::from_uuid(Uuid::from_bytes(id)))?);
    }
    Ok(people)
}

/// Raises a person's epoch.
pub(crate) fn raise_epoch(db: &Connection, id: PersonId) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE person SET epoch = epoch + 1 WHERE id = ?1")?
        .execute([id.uuid().as_bytes()])?;
    Ok(())
}
