//! Small values in SQLite.

use super::Sqlite;
use crate::{MetaStore, StoreError};
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};
use secrecy::{ExposeSecret, SecretSlice};

/// The longest value, bytes.
const LONGEST: usize = 64 << 10;

#[async_trait]
impl MetaStore for Sqlite {
    async fn value(&self, name: &str) -> Result<Option<SecretSlice<u8>>, StoreError> {
        let name = name.to_owned();
        self.engine.read(move |db| get(db, &name)).await
    }

    async fn set_value(&self, name: &str, value: SecretSlice<u8>) -> Result<(), StoreError> {
        let name = checked(name, &value)?;
        self.engine
            .write(move |tx| {
                tx.db
                    .prepare_cached("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?
                    .execute((&name, value.expose_secret()))?;
                Ok(())
            })
            .await
    }

    async fn value_or(
        &self,
        name: &str,
        value: SecretSlice<u8>,
    ) -> Result<SecretSlice<u8>, StoreError> {
        let name = checked(name, &value)?;
        self.engine
            .write(move |tx| {
                tx.db
                    .prepare_cached("INSERT OR IGNORE INTO meta VALUES (?1, ?2)")?
                    .execute((&name, value.expose_secret()))?;
                get(tx.db, &name)?.ok_or(StoreError::NotFound { what: "value" })
            })
            .await
    }

    async fn remove_value(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.engine
            .write(move |tx| {
                let gone = tx
                    .db
                    .prepare_cached("DELETE FROM meta WHERE name = ?1")?
                    .execute([&name])?;
                Ok(gone > 0)
            })
            .await
    }
}

fn checked(name: &str, value: &SecretSlice<u8>) -> Result<String, StoreError> {
    if name.is_empty() || value.expose_secret().len() > LONGEST {
        return Err(StoreError::Invalid { what: "value" });
    }
    Ok(name.to_owned())
}

fn get(db: &Connection, name: &str) -> Result<Option<SecretSlice<u8>>, StoreError> {
    let value: Option<Vec<u8>> = db
        .prepare_cached("SELECT value FROM meta WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(value.map(SecretSlice::from))
}
