//! A person's own data in SQLite. What their items say is read in `items/own.rs`.

use super::items::{self, time};
use super::people::tenures;
use super::push_credentials::{self, credential};
use super::{Sqlite, audit};
use crate::{
    AuditRow, AuditedQuery, Holding, HoldingQuery, Marked, OWN_PART, OwnAccount, OwnCounts,
    OwnDataStore, OwnPlace, PushCredential, Reader, StoreError,
};
use async_trait::async_trait;
use divos_model::PersonId;
use rusqlite::{Connection, OptionalExtension};

/// One kind of row, newest first. The text of each condition has to be that of its index.
const BY_ACTOR: &str = "SELECT number, row FROM audit WHERE json_extract(row, '$.actor') = ?1 \
     AND number < ?2 ORDER BY number DESC LIMIT ?3";
const BY_SUBJECT: &str = "SELECT number, row FROM audit WHERE json_extract(row, '$.subject') = ?1 \
     AND number < ?2 ORDER BY number DESC LIMIT ?3";

#[async_trait]
impl OwnDataStore for Sqlite {
    async fn own_account(&self, person: PersonId) -> Result<Option<OwnAccount>, StoreError> {
        self.engine.read(move |db| account(db, person)).await
    }

    async fn own_counts(&self, person: PersonId) -> Result<OwnCounts, StoreError> {
        self.engine.read(move |db| counts(db, person)).await
    }

    async fn own_marks(
        &self,
        reader: &Reader,
        after: Option<OwnPlace>,
        limit: usize,
    ) -> Result<Vec<Marked>, StoreError> {
        let reader = reader.clone();
        let limit = limit.clamp(1, OWN_PART);
        self.engine
            .read(move |db| items::own_marks(db, &reader, after, limit))
            .await
    }

    async fn holding(&self, query: HoldingQuery) -> Result<Holding, StoreError> {
        self.engine.read(move |db| items::holding(db, &query)).await
    }

    async fn audited(&self, query: AuditedQuery) -> Result<Vec<AuditRow>, StoreError> {
        self.engine.read(move |db| audited(db, &query)).await
    }

    async fn own_push_credentials(
        &self,
        person: PersonId,
    ) -> Result<Vec<PushCredential>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {} FROM push_credential WHERE made_by = ?1 ORDER BY created_at DESC, id",
                    push_credentials::COLUMNS
                );
                let mut statement = db.prepare_cached(&sql)?;
                let rows =
                    statement.query_map([person.uuid().as_bytes()], |row| Ok(credential(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }
}

fn account(db: &Connection, person: PersonId) -> Result<Option<OwnAccount>, StoreError> {
    let since: Option<i64> = db
        .prepare_cached("SELECT created_at FROM person WHERE id = ?1")?
        .query_row([person.uuid().as_bytes()], |row| row.get(0))
        .optional()?;
    let Some(since) = since else {
        return Ok(None);
    };
    Ok(Some(OwnAccount {
        since: time(since)?,
        tenures: tenures(db, person)?,
    }))
}

fn counts(db: &Connection, person: PersonId) -> Result<OwnCounts, StoreError> {
    let count = |sql: &str| -> Result<u64, StoreError> {
        let mut statement = db.prepare_cached(sql)?;
        let count: i64 = statement.query_row([person.uuid().as_bytes()], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    };
    Ok(OwnCounts {
        registrations: count("SELECT count(*) FROM registration WHERE person = ?1")?,
        proposals: count("SELECT count(*) FROM proposal WHERE author = ?1")?,
        credentials: count("SELECT count(*) FROM push_credential WHERE made_by = ?1")?,
        ..items::count_marks(db, person)?
    })
}

/// Merges what they did and what was done to them. A row that is both comes once.
fn audited(db: &Connection, query: &AuditedQuery) -> Result<Vec<AuditRow>, StoreError> {
    let limit = query.limit.clamp(1, OWN_PART);
    let before = query.before.map_or(i64::MAX, |number| number as i64);
    let person = query.person.to_string();
    let subjects = query.subjects.iter().map(|subject| (BY_SUBJECT, subject));
    let asked = [(BY_ACTOR, &person), (BY_SUBJECT, &person)]
        .into_iter()
        .chain(subjects);
    let mut found = Vec::new();
    for (sql, word) in asked {
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map((word, before, limit as i64), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })?;
        for row in rows {
            found.push(row?);
        }
    }
    found.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.dedup_by_key(|(number, _)| *number);
    found.truncate(limit);
    found.iter().map(|(_, row)| audit::parse(row)).collect()
}
