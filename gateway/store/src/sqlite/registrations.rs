//! Registrations in SQLite.

use super::Sqlite;
use super::error::unreadable;
use super::items::time;
use crate::{REGISTRATIONS_OPEN, Registration, RegistrationStore, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::PersonId;
use rusqlite::{OptionalExtension, Row};
use std::collections::BTreeMap;
use uuid::Uuid;

const COLUMNS: &str = "number, person, typed, proposal, created_at, changed_at";
const MISSING: StoreError = StoreError::NotFound {
    what: "registration",
};

#[async_trait]
impl RegistrationStore for Sqlite {
    async fn begin_registration(
        &self,
        person: PersonId,
        typed: BTreeMap<String, String>,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let typed = written(&typed)?;
        self.engine
            .write(move |tx| {
                let bytes = person.uuid().into_bytes();
                let open: usize = tx
                    .db
                    .prepare_cached(
                        "SELECT count(*) FROM registration WHERE person = ?1 AND proposal IS NULL",
                    )?
                    .query_row([bytes], |row| row.get(0))?;
                if open >= REGISTRATIONS_OPEN {
                    return Err(StoreError::Conflict {
                        what: "registration",
                    });
                }
                tx.db
                    .prepare_cached(
                        "INSERT INTO registration(person, typed, created_at, changed_at) VALUES (?1, ?2, ?3, ?3)",
                    )?
                    .execute((bytes, &typed, at.timestamp_millis()))?;
                Ok(tx.db.last_insert_rowid() as u64)
            })
            .await
    }

    async fn keep_registration(
        &self,
        number: u64,
        person: PersonId,
        typed: BTreeMap<String, String>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let typed = written(&typed)?;
        self.engine
            .write(move |tx| {
                let kept = tx
                    .db
                    .prepare_cached(
                        "UPDATE registration SET typed = ?3, changed_at = ?4 \
                         WHERE number = ?1 AND person = ?2 AND proposal IS NULL",
                    )?
                    .execute((
                        number as i64,
                        person.uuid().into_bytes(),
                        &typed,
                        at.timestamp_millis(),
                    ))?;
                (kept > 0).then_some(()).ok_or(MISSING)
            })
            .await
    }

    async fn bind_registration(
        &self,
        number: u64,
        proposal: Option<u64>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                let bound = tx
                    .db
                    .prepare_cached(
                        "UPDATE registration SET proposal = ?2, changed_at = ?3 WHERE number = ?1",
                    )?
                    .execute((
                        number as i64,
                        proposal.map(|proposal| proposal as i64),
                        at.timestamp_millis(),
                    ))?;
                (bound > 0).then_some(()).ok_or(MISSING)
            })
            .await
    }

    async fn drop_registration(&self, number: u64, person: PersonId) -> Result<bool, StoreError> {
        self.engine
            .write(move |tx| {
                let gone = tx
                    .db
                    .prepare_cached(
                        "DELETE FROM registration WHERE number = ?1 AND person = ?2 AND proposal IS NULL",
                    )?
                    .execute((number as i64, person.uuid().into_bytes()))?;
                Ok(gone > 0)
            })
            .await
    }

    async fn registration(&self, number: u64) -> Result<Option<Registration>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!("SELECT {COLUMNS} FROM registration WHERE number = ?1");
                let mut statement = db.prepare_cached(&sql)?;
                let found = statement
                    .query_row([number as i64], |row| Ok(registration(row)))
                    .optional()?;
                found.transpose()
            })
            .await
    }

    async fn registrations(
        &self,
        person: Option<PersonId>,
    ) -> Result<Vec<Registration>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM registration \
                     WHERE CASE WHEN ?1 IS NULL THEN proposal IS NOT NULL ELSE person = ?1 END \
                     ORDER BY number DESC LIMIT 200"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let person = person.map(|person| person.uuid().into_bytes());
                let rows = statement.query_map([person], |row| Ok(registration(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }
}

fn written(typed: &BTreeMap<String, String>) -> Result<String, StoreError> {
    serde_json::to_string(typed).map_err(|_| StoreError::Invalid {
        what: "registration",
    })
}

fn registration(row: &Row<'_>) -> Result<Registration, StoreError> {
    let typed: String = row.get(2)?;
    let proposal: Option<i64> = row.get(3)?;
    Ok(Registration {
        number: row.get::<_, i64>(0)? as u64,
        person: PersonId::from_uuid(Uuid::from_bytes(row.get(1)?)),
        typed: serde_json::from_str(&typed).map_err(|_| unreadable("registration"))?,
        proposal: proposal.map(|number| number as u64),
        created_at: time(row.get(4)?)?,
        changed_at: time(row.get(5)?)?,
    })
}
