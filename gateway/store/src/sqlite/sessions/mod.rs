//! Sessions, tickets and throttles in SQLite.

mod rows;
mod throttles;
mod tickets;

use super::Sqlite;
use crate::{
    KnownSession, Revoked, Session, SessionStore, StoreError, Throttle, Ticket, TokenHash, Touch,
};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use divos_model::PersonId;
use rows::{COLUMNS, insert, session};
use rusqlite::{Connection, OptionalExtension};

#[async_trait]
impl SessionStore for Sqlite {
    async fn begin(&self, new: Session) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                if let Some(parent) = new.parent
                    && !exists(tx.db, parent)?
                {
                    return Err(StoreError::NotFound { what: "session" });
                }
                let mut person = tx.db.prepare_cached("SELECT 1 FROM person WHERE id = ?1")?;
                if !person.exists([new.person.uuid().as_bytes()])? {
                    return Err(StoreError::NotFound { what: "person" });
                }
                insert(tx.db, &new)
            })
            .await
    }

    async fn session(&self, hash: TokenHash) -> Result<Option<KnownSession>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS}, person.epoch, person.disabled FROM session \
                     JOIN person ON person.id = session.person WHERE session.hash = ?1"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let mut found = statement.query([hash.bytes()])?;
                let Some(row) = found.next()? else {
                    return Ok(None);
                };
                Ok(Some(KnownSession {
                    session: session(row)?,
                    epoch: row.get::<_, i64>(12)? as u64,
                    disabled: row.get(13)?,
                }))
            })
            .await
    }

    async fn touch(&self, touches: Vec<Touch>) -> Result<(), StoreError> {
        if touches.is_empty() {
            return Ok(());
        }
        self.engine
            .write(move |tx| {
                let mut statement = tx.db.prepare_cached(
                    "UPDATE session SET seen_at = ?2 WHERE hash = ?1 AND seen_at < ?2",
                )?;
                for touch in &touches {
                    statement.execute((touch.hash.bytes(), touch.at.timestamp_millis()))?;
                }
                Ok(())
            })
            .await
    }

    async fn rotate(&self, old: TokenHash, new: Session) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                let gone = tx
                    .db
                    .prepare_cached("DELETE FROM session WHERE hash = ?1")?
                    .execute([old.bytes()])?;
                if gone == 0 {
                    return Err(StoreError::NotFound { what: "session" });
                }
                insert(tx.db, &new)?;
                for sql in [
                    "UPDATE session SET parent = ?2 WHERE parent = ?1",
                    "UPDATE ticket SET session = ?2 WHERE session = ?1",
                ] {
                    tx.db
                        .prepare_cached(sql)?
                        .execute((old.bytes(), new.hash.bytes()))?;
                }
                Ok(())
            })
            .await
    }

    async fn revoke(&self, hash: TokenHash) -> Result<Vec<Revoked>, StoreError> {
        self.engine
            .write(move |tx| {
                tx.db
                    .prepare_cached("DELETE FROM ticket WHERE session = ?1")?
                    .execute([hash.bytes()])?;
                let sql = "DELETE FROM session WHERE hash = ?1 OR parent = ?1 RETURNING hash, host";
                let mut statement = tx.db.prepare_cached(sql)?;
                let rows = statement.query_map([hash.bytes()], rows::revoked)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn revoke_person(
        &self,
        person: PersonId,
        except: Option<TokenHash>,
    ) -> Result<Vec<Revoked>, StoreError> {
        let except = except.map(|hash| *hash.bytes());
        self.engine
            .write(move |tx| {
                let person = person.uuid();
                tx.db
                    .prepare_cached(
                        "DELETE FROM ticket WHERE session IS NOT ?2 AND session IN \
                         (SELECT hash FROM session WHERE person = ?1)",
                    )?
                    .execute((person.as_bytes(), except))?;
                let mut statement = tx.db.prepare_cached(
                    "DELETE FROM session WHERE person = ?1 AND hash IS NOT ?2 \
                     AND (?2 IS NULL OR parent IS NOT ?2) RETURNING hash, host",
                )?;
                let rows = statement.query_map((person.as_bytes(), except), rows::revoked)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    async fn sessions_of(
        &self,
        person: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Session>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM session WHERE person = ?1 AND expires_at > ?2 \
                     ORDER BY seen_at DESC, created_at DESC, hash"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let bounds = (person.uuid().into_bytes(), now.timestamp_millis());
                let rows = statement.query_map(bounds, |row| Ok(session(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    async fn issue_ticket(&self, ticket: Ticket) -> Result<(), StoreError> {
        self.engine
            .write(move |tx| {
                if !exists(tx.db, ticket.session)? {
                    return Err(StoreError::NotFound { what: "session" });
                }
                tickets::insert(tx.db, &ticket)
            })
            .await
    }

    async fn take_ticket(
        &self,
        hash: TokenHash,
        host: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Ticket>, StoreError> {
        let host = host.to_owned();
        self.engine
            .write(move |tx| {
                let taken = tickets::take(tx.db, hash)?;
                Ok(taken.filter(|ticket| ticket.host == host && ticket.expires_at > now))
            })
            .await
    }

    async fn strike(
        &self,
        key: &str,
        window: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Throttle, StoreError> {
        let key = key.to_owned();
        self.engine
            .write(move |tx| throttles::strike(tx.db, &key, window, now))
            .await
    }

    async fn throttle(
        &self,
        key: &str,
        window: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<Throttle>, StoreError> {
        let key = key.to_owned();
        self.engine
            .read(move |db| throttles::get(db, &key, window, now))
            .await
    }

    async fn clear_throttle(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.engine
            .write(move |tx| {
                tx.db
                    .prepare_cached("DELETE FROM throttle WHERE key = ?1")?
                    .execute([&key])?;
                Ok(())
            })
            .await
    }

    async fn purge_expired(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.engine
            .write(move |tx| {
                let now = now.timestamp_millis();
                let day = TimeDelta::days(1).num_milliseconds();
                let mut purged = 0;
                for (sql, before) in [
                    ("DELETE FROM session WHERE expires_at <= ?1", now),
                    ("DELETE FROM ticket WHERE expires_at <= ?1", now),
                    ("DELETE FROM throttle WHERE since <= ?1", now - day),
                ] {
                    purged += tx.db.prepare_cached(sql)?.execute([before])?;
                }
                Ok(purged as u64)
            })
            .await
    }
}

fn exists(db: &Connection, hash: TokenHash) -> Result<bool, StoreError> {
    let found: Option<i64> = db
        .prepare_cached("SELECT 1 FROM session WHERE hash = ?1")?
        .query_row([hash.bytes()], |row| row.get(0))
        .optional()?;
    Ok(found.is_some())
}
