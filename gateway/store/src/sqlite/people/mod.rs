//! People in SQLite.

mod import;
mod persons;
mod standing;
mod units;

use super::Sqlite;
use crate::{
    Identifier, Imported, PeopleStore, Person, PersonQuery, PersonRecord, Post, Standing,
    StoreError, Unit,
};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use divos_model::{PersonId, UnitCode};
use rusqlite::OptionalExtension;
use secrecy::{ExposeSecret, SecretString};

pub(crate) use standing::tenures;

const NOBODY: StoreError = StoreError::NotFound { what: "person" };

#[async_trait]
impl PeopleStore for Sqlite {
    async fn import(
        &self,
        records: Vec<PersonRecord>,
        dry_run: bool,
        at: DateTime<Utc>,
    ) -> Result<Imported, StoreError> {
        let at = at.timestamp_millis();
        self.engine
            .write_bulk(records.len(), move |tx| {
                import::import(tx, &records, dry_run, at)
            })
            .await
    }

    async fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        self.engine.read(move |db| persons::by_id(db, id)).await
    }

    async fn by_identifier(&self, identifier: &Identifier) -> Result<Option<Person>, StoreError> {
        let identifier = identifier.clone();
        self.engine
            .read(move |db| match persons::holder(db, &identifier)? {
                Some(id) => persons::by_id(db, id),
                None => Ok(None),
            })
            .await
    }

    async fn persons(&self, query: PersonQuery) -> Result<Vec<Person>, StoreError> {
        self.engine.read(move |db| persons::list(db, &query)).await
    }

    async fn password(&self, id: PersonId) -> Result<Option<SecretString>, StoreError> {
        self.engine
            .read(move |db| {
                let hash: Option<Option<String>> = db
                    .prepare_cached("SELECT password FROM person WHERE id = ?1")?
                    .query_row([id.uuid().as_bytes()], |row| row.get(0))
                    .optional()?;
                Ok(hash.flatten().map(SecretString::from))
            })
            .await
    }

    async fn set_password(
        &self,
        id: PersonId,
        hash: SecretString,
        rehash: bool,
    ) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                let changed = tx
                    .db
                    .prepare_cached(
                        "UPDATE person SET password = ?2, epoch = epoch + ?3 WHERE id = ?1",
                    )?
                    .execute((id.uuid().as_bytes(), hash.expose_secret(), !rehash))?;
                if changed == 0 { Err(NOBODY) } else { Ok(()) }
            })
            .await
    }

    async fn set_disabled(&self, id: PersonId, disabled: bool) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                let changed = tx
                    .db
                    .prepare_cached(
                        "UPDATE person SET disabled = ?2, epoch = epoch + 1 WHERE id = ?1",
                    )?
                    .execute((id.uuid().as_bytes(), disabled))?;
                if changed == 0 { Err(NOBODY) } else { Ok(()) }
            })
            .await
    }

    async fn raise_epoch(&self, id: PersonId) -> Result<u64, StoreError> {
        self.engine
            .write(move |tx| {
                persons::raise_epoch(tx.db, id)?;
                let epoch: Option<i64> = tx
                    .db
                    .prepare_cached("SELECT epoch FROM person WHERE id = ?1")?
                    .query_row([id.uuid().as_bytes()], |row| row.get(0))
                    .optional()?;
                epoch.map(|epoch| epoch as u64).ok_or(NOBODY)
            })
            .await
    }

    async fn standing(&self, id: PersonId, on: NaiveDate) -> Result<Option<Standing>, StoreError> {
        self.engine
            .read(move |db| standing::standing(db, id, on))
            .await
    }

    async fn put_units(&self, units: Vec<Unit>) -> Result<(), StoreError> {
        self.engine
            .write_bulk(units.len(), move |tx| units::put(tx.db, &units))
            .await
    }

    async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        self.engine.read(units::all).await
    }

    async fn lineage(&self, code: &UnitCode) -> Result<Vec<UnitCode>, StoreError> {
        let code = code.clone();
        self.engine
            .read(move |db| units::lineage(db, code.as_str()))
            .await
    }

    async fn subtree(&self, code: &UnitCode) -> Result<Vec<UnitCode>, StoreError> {
        let code = code.clone();
        self.engine
            .read(move |db| units::subtree(db, code.as_str()))
            .await
    }

    async fn put_posts(&self, posts: Vec<Post>) -> Result<(), StoreError> {
        self.engine
            .write_bulk(posts.len(), move |tx| units::put_posts(tx.db, &posts))
            .await
    }

    async fn posts(&self, unit: Option<&UnitCode>) -> Result<Vec<Post>, StoreError> {
        let unit = unit.map(ToString::to_string);
        self.engine
            .read(move |db| units::posts(db, unit.as_deref()))
            .await
    }
}
