//! Health, checks, backup and closing of SQLite.

use super::{Sqlite, connection, dir, schema};
use crate::{Health, StoreError, Upkeep};
use async_trait::async_trait;
use std::io::Write;
use std::path::Path;
use std::sync::PoisonError;

/// Room for so many bytes is room enough to write again.
const PROBE: usize = 256 << 10;

#[async_trait]
impl Upkeep for Sqlite {
    async fn health(&self) -> Result<Health, StoreError> {
        if self.fault().is_some() {
            self.try_again().await?;
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

    /// Finds out whether what kept the store from writing is over: whether the disk has room for a
    /// file, and the database for some pages.
    async fn try_again(&self) -> Result<(), StoreError> {
        let file = self.engine.path.with_extension("probe");
        let room = tokio::task::spawn_blocking(move || {
            let written = dir::open_private(&file).and_then(|mut probe| {
                probe
                    .write_all(&[0; PROBE])
                    .and_then(|()| probe.sync_all())
                    .map_err(|_| StoreError::Full)
            });
            let _ = std::fs::remove_file(&file);
            written
        });
        if !matches!(room.await, Ok(Ok(()))) {
            return Ok(());
        }
        let pages = |tx: &mut super::writer::Tx<'_>| {
            tx.db.execute(
                "INSERT OR REPLACE INTO meta VALUES ('store.probe', zeroblob(?1))",
                [PROBE as i64],
            )?;
            tx.db
                .execute("DELETE FROM meta WHERE name = 'store.probe'", [])?;
            Ok(())
        };
        match self.engine.write(pages).await {
            Err(StoreError::Closed) => return Err(StoreError::Closed),
            Err(_) => {}
            Ok(()) => {
                let fault = &self.engine.fault;
                *fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
        }
        Ok(())
    }
}
