//! The audit log in SQLite. Triggers refuse every change of a row that is there.

use super::Sqlite;
use super::error::unreadable;
use crate::{AuditDraft, AuditLog, AuditRow, AuditVerdict, StoreError};
use async_trait::async_trait;
use chrono::SubsecRound;
use rusqlite::{Connection, OptionalExtension};

#[async_trait]
impl AuditLog for Sqlite {
    async fn append(&self, mut draft: AuditDraft) -> Result<AuditRow, StoreError> {
        draft.at = draft.at.trunc_subsecs(3);
        self.engine
            .write(move |tx| {
                let (number, previous) = match last(tx.db)? {
                    Some(row) => (row.number + 1, row.hash),
                    None => (1, AuditRow::origin()),
                };
                let row = AuditRow::seal(number, draft.clone(), &previous);
                let json = serde_json::to_string(&row)
                    .map_err(|error| StoreError::failed("write an audit row as JSON", error))?;
                tx.db
                    .prepare_cached("INSERT INTO audit(number, row) VALUES (?1, ?2)")?
                    .execute((number as i64, json))?;
                Ok(row)
            })
            .await
    }

    async fn rows(&self, after: u64, limit: usize) -> Result<Vec<AuditRow>, StoreError> {
        let limit = limit.clamp(1, 1_000) as i64;
        self.engine
            .read(move |db| {
                let mut statement = db.prepare_cached(
                    "SELECT row FROM audit WHERE number > ?1 ORDER BY number LIMIT ?2",
                )?;
                let mut rows = statement.query((after as i64, limit))?;
                let mut read = Vec::new();
                while let Some(row) = rows.next()? {
                    read.push(parse(&row.get::<_, String>(0)?)?);
                }
                Ok(read)
            })
            .await
    }

    async fn verify(&self) -> Result<AuditVerdict, StoreError> {
        self.engine.read(verify).await
    }
}

fn last(db: &Connection) -> Result<Option<AuditRow>, StoreError> {
    let json: Option<String> = db
        .prepare_cached("SELECT row FROM audit ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    json.map(|json| parse(&json)).transpose()
}

fn verify(db: &Connection) -> Result<AuditVerdict, StoreError> {
    let mut statement = db.prepare_cached("SELECT number, row FROM audit ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut verdict = AuditVerdict {
        rows: 0,
        broken_at: None,
        head: AuditRow::origin(),
    };
    while let Some(row) = rows.next()? {
        verdict.rows += 1;
        let number = row.get::<_, i64>(0)? as u64;
        let sealed = parse(&row.get::<_, String>(1)?).ok();
        let fits = sealed.as_ref().is_some_and(|sealed| {
            number == verdict.rows
                && sealed.number == number
                && sealed.previous == verdict.head
                && sealed.hash == sealed.expected()
        });
        if !fits && verdict.broken_at.is_none() {
            verdict.broken_at = Some(verdict.rows);
        }
        verdict.head = sealed.map(|sealed| sealed.hash).unwrap_or_default();
    }
    Ok(verdict)
}

/// Reads a row.
pub(crate) fn parse(json: &str) -> Result<AuditRow, StoreError> {
    serde_json::from_str(json).map_err(|_| unreadable("audit row"))
}
