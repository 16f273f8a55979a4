//! Health, checks, backup and closing of SQLite.

use super::{Sqlite, connection, dir, schema};
use crate::{Health, StoreError, Upkeep};
use async_trait::async_trait;
use std::path::Path;
use std::sync::PoisonError;

#[async_trait]
impl Upkeep for Sqlite {
    async fn health(&self) -> Result<Health, StoreError> {
        if self.fault().is_some() {
            // Writes the newest seq over itself: says whether there is room again.
            let probe = |tx: &mut super::writer::Tx<'_>| {
                tx.db.execute("UPDATE head SET seq = seq", [])?;
                Ok(())
            };
            match self.engine.write(probe).await {
                Err(StoreError::Closed) => return Err(StoreError::Closed),
                // The writer noted how it went.
                Err(_) | Ok(()) => {}
            }
        }
        let bytes = self
            .engine
            .read(|db| {
                let page: i64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
                let pages: i64 = db.pragma_query_value(None, "page_count", |row| row.get(0))?;
                Ok((page * pages) as u64)
            })
            .await?;
        let fault = self.fault();
        Ok(Health {
            writable: fault.is_none(),
            fault: fault.map(|fault| fault.to_string()),
            queued: self.engine.queue.len(),
            bytes,
            schema: schema::VERSION,
        })
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.engine.read(connection::check).await
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::Conflict { what: "backup" });
        }
        let (from, to) = (self.engine.path.clone(), to.to_owned());
        let copy = move || {
            // SQLite writes into an empty file that is there, so its mode is ours to choose.
            dir::open_private(&to)?;
            // Not inside a transaction, so not on a pooled connection; it reads one snapshot.
            let db = connection::reader(&from)?;
            db.pragma_update(None, "query_only", false)?;
            db.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
            Ok(())
        };
        tokio::task::spawn_blocking(copy)
            .await
            .map_err(|error| StoreError::failed("finish a backup", error))?
    }

    async fn close(&self) -> Result<(), StoreError> {
        let engine = self.engine.clone();
        tokio::task::spawn_blocking(move || engine.shut())
            .await
            .map_err(|error| StoreError::failed("close the store", error))
    }
}

impl Sqlite {
    fn fault(&self) -> Option<StoreError> {
        self.engine
            .fault
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
