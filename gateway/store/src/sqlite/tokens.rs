//! Long-lived tokens in SQLite.

use super::Sqlite;
use super::error::unreadable;
use super::items::{maybe_time, time};
use crate::{StoreError, Token, TokenHash, TokenKind, TokenStore};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::PersonId;
use rusqlite::{OptionalExtension, Row};
use uuid::Uuid;

const COLUMNS: &str =
    "id, hash, kind, person, label, scopes, epoch, created_at, expires_at, used_at";

#[async_trait]
impl TokenStore for Sqlite {
    async fn add_token(&self, token: Token) -> Result<(), StoreError> {
        let mut scopes = token.scopes.clone();
        scopes.sort();
        scopes.dedup();
        self.engine
            .write(move |tx| {
                let millis = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_millis());
                let added = tx
                    .db
                    .prepare_cached(
                        "INSERT OR IGNORE INTO token VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    )?
                    .execute(rusqlite::params![
                        token.id.as_bytes(),
                        token.hash.bytes(),
                        word(token.kind),
                        token.person.map(|person| person.uuid().into_bytes()),
                        token.label,
                        scopes.join(" "),
                        token.epoch as i64,
                        token.created_at.timestamp_millis(),
                        millis(token.expires_at),
                        millis(token.used_at),
                    ])?;
                if added == 0 {
                    return Err(StoreError::Conflict { what: "token" });
                }
                Ok(())
            })
            .await
    }

    async fn token(&self, hash: TokenHash) -> Result<Option<Token>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!("SELECT {COLUMNS} FROM token WHERE hash = ?1");
                let mut statement = db.prepare_cached(&sql)?;
                let found = statement
                    .query_row([hash.bytes()], |row| Ok(token(row)))
                    .optional()?;
                found.transpose()
            })
            .await
    }

    async fn tokens(&self, person: Option<PersonId>) -> Result<Vec<Token>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM token WHERE person IS ?1 ORDER BY created_at DESC, id"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let person = person.map(|person| person.uuid().into_bytes());
                let rows = statement.query_map([person], |row| Ok(token(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    async fn revoke_token(&self, id: Uuid) -> Result<bool, StoreError> {
        self.engine
            .write(move |tx| {
                let gone = tx
                    .db
                    .prepare_cached("DELETE FROM token WHERE id = ?1")?
                    .execute([id.as_bytes()])?;
                Ok(gone > 0)
            })
            .await
    }

    async fn touch_tokens(&self, touches: Vec<(Uuid, DateTime<Utc>)>) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                let mut statement = tx.db.prepare_cached(
                    "UPDATE token SET used_at = max(coalesce(used_at, 0), ?2) WHERE id = ?1",
                )?;
                for (id, at) in &touches {
                    statement.execute((id.as_bytes(), at.timestamp_millis()))?;
                }
                Ok(())
            })
            .await
    }
}

fn word(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Feed => "feed",
        TokenKind::Api => "api",
    }
}

fn token(row: &Row<'_>) -> Result<Token, StoreError> {
    let person: Option<[u8; 16]> = row.get(3)?;
    let scopes: String = row.get(5)?;
    Ok(Token {
        id: Uuid::from_bytes(row.get(0)?),
        hash: TokenHash::from_bytes(row.get(1)?),
        kind: match row.get::<_, String>(2)?.as_str() {
            "feed" => TokenKind::Feed,
            "api" => TokenKind::Api,
            _ => return Err(unreadable("token")),
        },
        person: person.map(|bytes| PersonId::from_uuid(Uuid::from_bytes(bytes))),
        label: row.get(4)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        epoch: row.get::<_, i64>(6)? as u64,
        created_at: time(row.get(7)?)?,
        expires_at: maybe_time(row.get(8)?)?,
        used_at: maybe_time(row.get(9)?)?,
    })
}
