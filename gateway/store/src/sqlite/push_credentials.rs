//! Push credentials in SQLite.

use super::Sqlite;
use super::error::unreadable;
use super::items::{maybe_time, time};
use crate::{
    PUSH_CREDENTIALS_MOST, PushCredential, PushCredentialStore, PushProof, StoreError, TokenHash,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, PersonId};
use rusqlite::Row;
use uuid::Uuid;

/// The columns of a credential, in the order in which [`credential`] reads them.
pub(crate) const COLUMNS: &str = "id, hash, label, made_by, created_at, used_at, app";

#[async_trait]
impl PushCredentialStore for Sqlite {
    async fn add_push_credential(&self, credential: PushCredential) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                let app = credential.app.as_str();
                let hash = match &credential.proof {
                    PushProof::Token(hash) => Some(hash.bytes()),
                    PushProof::Hmac => None,
                };
                let there: usize = tx
                    .db
                    .prepare_cached(
                        "SELECT count(*) FROM push_credential WHERE app = ?1 AND (hash IS NULL) = ?2",
                    )?
                    .query_row((app, hash.is_none()), |row| row.get(0))?;
                if there >= PUSH_CREDENTIALS_MOST {
                    return Err(StoreError::Conflict {
                        what: "push credential",
                    });
                }
                tx.db
                    .prepare_cached(
                        "INSERT INTO push_credential VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL)",
                    )?
                    .execute(rusqlite::params![
                        app,
                        credential.id.as_bytes(),
                        hash,
                        credential.label,
                        credential.made_by.map(|person| person.uuid().into_bytes()),
                        credential.created_at.timestamp_millis(),
                    ])?;
                Ok(())
            })
            .await
    }

    async fn push_credentials(&self, app: &AppId) -> Result<Vec<PushCredential>, StoreError> {
        let app = app.clone();
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM push_credential WHERE app = ?1 ORDER BY created_at DESC, id"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let rows = statement.query_map([app.as_str()], |row| Ok(credential(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    async fn revoke_push_credential(&self, app: &AppId, id: Uuid) -> Result<bool, StoreError> {
        let app = app.clone();
        self.engine
            .write(move |tx| {
                let gone = tx
                    .db
                    .prepare_cached("DELETE FROM push_credential WHERE app = ?1 AND id = ?2")?
                    .execute((app.as_str(), id.as_bytes()))?;
                Ok(gone > 0)
            })
            .await
    }

    async fn touch_push_credential(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                tx.db
                    .prepare_cached(
                        "UPDATE push_credential SET used_at = max(coalesce(used_at, 0), ?2) WHERE id = ?1",
                    )?
                    .execute((id.as_bytes(), at.timestamp_millis()))?;
                Ok(())
            })
            .await
    }
}

/// Reads a row of [`COLUMNS`].
pub(crate) fn credential(row: &Row<'_>) -> Result<PushCredential, StoreError> {
    let app: String = row.get(6)?;
    let hash: Option<[u8; 32]> = row.get(1).map_err(|_| unreadable("push credential"))?;
    let made_by: Option<[u8; 16]> = row.get(3)?;
    Ok(PushCredential {
        id: Uuid::from_bytes(row.get(0)?),
        app: app.parse().map_err(|_| unreadable("push credential"))?,
        proof: match hash {
            Some(bytes) => PushProof::Token(TokenHash::from_bytes(bytes)),
            None => PushProof::Hmac,
        },
        label: row.get(2)?,
        made_by: made_by.map(|bytes| PersonId::from_uuid(Uuid::from_bytes(bytes))),
        created_at: time(row.get(4)?)?,
        used_at: maybe_time(row.get(5)?)?,
    })
}
