//! How a session lies in its row.

use crate::sqlite::items::time;
use crate::{Revoked, Session, StoreError, TokenHash};
use divos_model::{PersonId, PostId};
use rusqlite::{Connection, Row};
use uuid::Uuid;

/// The columns, in the order in which [`session`] reads them.
pub(crate) const COLUMNS: &str = "session.hash, session.person, session.parent, session.host, \
     session.created_at, session.seen_at, session.expires_at, session.proved_at, session.methods, \
     session.acting, session.label, session.epoch";

pub(crate) fn insert(db: &Connection, new: &Session) -> Result<(), StoreError> {
    let added = db
        .prepare_cached(
            "INSERT OR IGNORE INTO session \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(rusqlite::params![
            new.hash.bytes(),
            new.person.uuid().as_bytes(),
            new.parent.as_ref().map(TokenHash::bytes),
            new.host,
            new.created_at.timestamp_millis(),
            new.seen_at.timestamp_millis(),
            new.expires_at.timestamp_millis(),
            new.proved_at.timestamp_millis(),
            new.methods.join(" "),
            new.acting.map(|post| post.uuid().into_bytes()),
            new.label,
            new.epoch as i64,
        ])?;
    if added == 0 {
        return Err(StoreError::Conflict { what: "session" });
    }
    Ok(())
}

pub(crate) fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    let parent: Option<[u8; 32]> = row.get(2)?;
    let methods: String = row.get(8)?;
    let acting: Option<[u8; 16]> = row.get(9)?;
    Ok(Session {
        hash: TokenHash::from_bytes(row.get(0)?),
        person: PersonId::from_uuid(Uuid::from_bytes(row.get(1)?)),
        parent: parent.map(TokenHash::from_bytes),
        host: row.get(3)?,
        created_at: time(row.get(4)?)?,
        seen_at: time(row.get(5)?)?,
        expires_at: time(row.get(6)?)?,
        proved_at: time(row.get(7)?)?,
        methods: methods.split_whitespace().map(str::to_owned).collect(),
        acting: acting.map(|bytes| PostId::from_uuid(Uuid::from_bytes(bytes))),
        label: row.get(10)?,
        epoch: row.get::<_, i64>(11)? as u64,
    })
}

pub(crate) fn revoked(row: &Row<'_>) -> rusqlite::Result<Revoked> {
    Ok(Revoked {
        hash: TokenHash::from_bytes(row.get(0)?),
        host: row.get(1)?,
    })
}
