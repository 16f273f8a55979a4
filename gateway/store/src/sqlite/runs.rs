//! How sources fare, in SQLite.

use super::Sqlite;
use super::error::unreadable;
use crate::{Run, RunStore, SourceCursor, SourceStatus, StoreError, Validators};
use async_trait::async_trait;
use divos_model::AppId;
use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How many runs of a source are kept.
const KEPT_RUNS: i64 = 50;

/// How many faulty rows of a run are kept.
const KEPT_FAULTS: usize = 100;

/// Puts a source at a place.
pub(crate) fn put_cursor(
    db: &Connection,
    app: &AppId,
    source: &str,
    cursor: &SourceCursor,
) -> Result<(), StoreError> {
    let value = cursor.value.as_ref().map(ToString::to_string);
    let Validators {
        etag,
        last_modified,
    } = &cursor.validators;
    db.prepare_cached("INSERT OR REPLACE INTO source_cursor VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((app.as_str(), source, value, etag, last_modified))?;
    match &cursor.place {
        Some(place) => put_place(db, app, source, place),
        None => {
            db.prepare_cached("DELETE FROM source_place WHERE app = ?1 AND source = ?2")?
                .execute((app.as_str(), source))?;
            Ok(())
        }
    }
}

/// Notes where a first load stands; the source's cursor stays where it is.
pub(crate) fn put_place(
    db: &Connection,
    app: &AppId,
    source: &str,
    place: &Value,
) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR REPLACE INTO source_place VALUES (?1, ?2, ?3)")?
        .execute((app.as_str(), source, place.to_string()))?;
    Ok(())
}

#[async_trait]
impl RunStore for Sqlite {
    async fn status(&self, app: &AppId, source: &str) -> Result<Option<SourceStatus>, StoreError> {
        let (app, source) = (app.clone(), source.to_owned());
        self.engine
            .read(move |db| {
                let json: Option<String> = db
                    .prepare_cached(
                        "SELECT status FROM source_status WHERE app = ?1 AND source = ?2",
                    )?
                    .query_row((app.as_str(), source), |row| row.get(0))
                    .optional()?;
                json.map(|json| from_json(&json)).transpose()
            })
            .await
    }

    async fn statuses(&self) -> Result<Vec<SourceStatus>, StoreError> {
        self.engine
            .read(|db| {
                let mut statement =
                    db.prepare_cached("SELECT status FROM source_status ORDER BY app, source")?;
                let mut rows = statement.query([])?;
                let mut statuses = Vec::new();
                while let Some(row) = rows.next()? {
                    statuses.push(from_json(&row.get::<_, String>(0)?)?);
                }
                Ok(statuses)
            })
            .await
    }

    async fn save(&self, mut status: SourceStatus, run: Option<Run>) -> Result<(), StoreError> {
        status.faults.truncate(KEPT_FAULTS);
        let json = to_json(&status)?;
        let run = run.as_ref().map(to_json).transpose()?;
        self.engine
            .write(move |tx| {
                let key = (status.app.as_str(), status.source.as_str());
                tx.db
                    .prepare_cached("INSERT OR REPLACE INTO source_status VALUES (?1, ?2, ?3)")?
                    .execute((key.0, key.1, &json))?;
                if let Some(run) = &run {
                    add_run(tx.db, key, run)?;
                }
                Ok(())
            })
            .await
    }

    async fn runs(&self, app: &AppId, source: &str, limit: usize) -> Result<Vec<Run>, StoreError> {
        let (app, source) = (app.clone(), source.to_owned());
        self.engine
            .read(move |db| {
                let mut statement = db.prepare_cached(
                    "SELECT run FROM run WHERE app = ?1 AND source = ?2 \
                     ORDER BY number DESC LIMIT ?3",
                )?;
                let mut rows = statement.query((app.as_str(), source, limit as i64))?;
                let mut runs = Vec::new();
                while let Some(row) = rows.next()? {
                    runs.push(from_json(&row.get::<_, String>(0)?)?);
                }
                Ok(runs)
            })
            .await
    }

    async fn cursor(&self, app: &AppId, source: &str) -> Result<SourceCursor, StoreError> {
        let (app, source) = (app.clone(), source.to_owned());
        self.engine
            .read(move |db| {
                let key = (app.as_str(), source.as_str());
                let found = db
                    .prepare_cached(
                        "SELECT value, etag, last_modified FROM source_cursor \
                         WHERE app = ?1 AND source = ?2",
                    )?
                    .query_row(key, |row| {
                        let validators = Validators {
                            etag: row.get(1)?,
                            last_modified: row.get(2)?,
                        };
                        Ok((row.get::<_, Option<String>>(0)?, validators))
                    })
                    .optional()?;
                let place: Option<String> = db
                    .prepare_cached(
                        "SELECT place FROM source_place WHERE app = ?1 AND source = ?2",
                    )?
                    .query_row(key, |row| row.get(0))
                    .optional()?;
                let (value, validators) = found.unwrap_or_default();
                Ok(SourceCursor {
                    value: value.map(|json| from_json(&json)).transpose()?,
                    validators,
                    place: place.map(|json| from_json(&json)).transpose()?,
                })
            })
            .await
    }

    async fn set_cursor(
        &self,
        app: &AppId,
        source: &str,
        cursor: SourceCursor,
    ) -> Result<(), StoreError> {
        let (app, source) = (app.clone(), source.to_owned());
        self.engine
            .write(move |tx| put_cursor(tx.db, &app, &source, &cursor))
            .await
    }

    async fn forget(&self, app: &AppId) -> Result<(), StoreError> {
        let app = app.clone();
        self.engine
            .write(move |tx| {
                for table in ["source_status", "source_cursor", "source_place", "run"] {
                    tx.db
                        .prepare_cached(&format!("DELETE FROM {table} WHERE app = ?1"))?
                        .execute([app.as_str()])?;
                }
                Ok(())
            })
            .await
    }
}

fn add_run(db: &Connection, (app, source): (&str, &str), run: &str) -> Result<(), StoreError> {
    db.prepare_cached("INSERT INTO run(app, source, run) VALUES (?1, ?2, ?3)")?
        .execute((app, source, run))?;
    db.prepare_cached(
        "DELETE FROM run WHERE app = ?1 AND source = ?2 AND number <= \
         (SELECT number FROM run WHERE app = ?1 AND source = ?2 \
          ORDER BY number DESC LIMIT 1 OFFSET ?3)",
    )?
    .execute((app, source, KEPT_RUNS))?;
    Ok(())
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::failed("write a run as JSON", error))
}

fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| unreadable("run"))
}
