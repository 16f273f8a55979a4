//! Usage in SQLite.

use super::Sqlite;
use super::error::unreadable;
use crate::{OpenUsage, StoreError, UsageDay, UsageStore};
use async_trait::async_trait;
use chrono::NaiveDate;
use divos_model::AppId;
use rusqlite::Row;

const COLUMNS: &str = "app, day, opens, people, pushed, refused";

#[async_trait]
impl UsageStore for Sqlite {
    async fn save_usage(
        &self,
        day: NaiveDate,
        rows: Vec<OpenUsage>,
        keep_from: NaiveDate,
    ) -> Result<(), StoreError> {
        self.engine
            .write_bulk(rows.len(), move |tx| {
                let mut save = tx.db.prepare_cached(
                    "INSERT OR REPLACE INTO usage VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?;
                for OpenUsage { so_far, sketch } in &rows {
                    save.execute(rusqlite::params![
                        so_far.app.as_str(),
                        so_far.day.to_string(),
                        so_far.opens as i64,
                        so_far.people as i64,
                        so_far.pushed as i64,
                        so_far.refused as i64,
                        sketch,
                    ])?;
                }
                tx.db
                    .prepare_cached(
                        "UPDATE usage SET sketch = NULL WHERE sketch IS NOT NULL AND day <> ?1",
                    )?
                    .execute([day.to_string()])?;
                tx.db
                    .prepare_cached("DELETE FROM usage WHERE day < ?1")?
                    .execute([keep_from.to_string()])?;
                Ok(())
            })
            .await
    }

    async fn open_usage(&self, day: NaiveDate) -> Result<Vec<OpenUsage>, StoreError> {
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS}, sketch FROM usage WHERE day = ?1 AND sketch IS NOT NULL"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let rows = statement.query_map([day.to_string()], |row| {
                    Ok(usage_day(row).and_then(|so_far| {
                        let sketch = row.get(6)?;
                        Ok(OpenUsage { so_far, sketch })
                    }))
                })?;
                rows.map(|row| row?).collect()
            })
            .await
    }

    async fn usage(&self, app: &AppId, from: NaiveDate) -> Result<Vec<UsageDay>, StoreError> {
        let app = app.clone();
        self.engine
            .read(move |db| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM usage WHERE app = ?1 AND day >= ?2 ORDER BY day DESC"
                );
                let mut statement = db.prepare_cached(&sql)?;
                let rows = statement
                    .query_map((app.as_str(), from.to_string()), |row| Ok(usage_day(row)))?;
                rows.map(|row| row?).collect()
            })
            .await
    }
}

fn usage_day(row: &Row<'_>) -> Result<UsageDay, StoreError> {
    let text = |at| row.get::<_, String>(at);
    let count = |at| row.get::<_, i64>(at).map(|count| count as u64);
    Ok(UsageDay {
        app: text(0)?.parse().map_err(|_| unreadable("usage"))?,
        day: text(1)?.parse().map_err(|_| unreadable("usage"))?,
        opens: count(2)?,
        people: count(3)?,
        pushed: count(4)?,
        refused: count(5)?,
    })
}
