//! Connections that only read. Each call sees one snapshot of the database.

use super::connection;
use crate::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// A bounded set of connections, opened when they are first needed.
pub(crate) struct Pool {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

/// A connection on loan; it goes back even where its user panics.
struct Loan {
    db: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Drop for Loan {
    fn drop(&mut self) {
        // A transaction that a panic left open would pin an old snapshot for ever.
        if let Some(db) = self.db.take()
            && db.is_autocommit()
        {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(db);
        }
    }
}

impl Pool {
    pub(crate) fn new(path: PathBuf, size: usize) -> Self {
        Self {
            path,
            idle: Arc::default(),
            turns: Arc::new(Semaphore::new(size.max(1))),
        }
    }

    /// Runs `read` on a thread that may block, inside a read transaction.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Closed)?;
        let (idle, path) = (self.idle.clone(), self.path.clone());
        let work = move || {
            let _turn = turn;
            let spare = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let db = match spare {
                Some(db) => db,
                None => connection::reader(&path)?,
            };
            let loan = Loan { db: Some(db), idle };
            let db = loan.db.as_ref().ok_or(StoreError::Closed)?;
            let snapshot = db.unchecked_transaction()?;
            let answer = read(&snapshot);
            snapshot.finish()?;
            answer
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(answer) => answer,
            Err(error) => Err(StoreError::failed("finish a read", error)),
        }
    }

    /// Lends no more connections and closes those that are idle.
    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
