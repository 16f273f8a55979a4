//! The engine: one writer, several readers, one data directory.

use super::dir::DataDir;
use super::pool::Pool;
use super::queue::{Lane, Queue};
use super::writer::{LastFault, Task, Tx, Writer};
use super::{Options, connection};
use crate::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::{Semaphore, oneshot, watch};

/// How many swift writes may wait.
const SWIFT_WAITING: usize = 1_024;

/// How many rows may wait in bulk writes: bounds the memory of a flood.
const BULK_WAITING: usize = 20_000;

/// SQLite with everything around it.
pub(crate) struct Engine {
    pub(crate) path: PathBuf,
    pub(crate) pool: Pool,
    pub(crate) queue: Arc<Queue>,
    pub(crate) head: watch::Receiver<u64>,
    pub(crate) fault: LastFault,
    swift: Arc<Semaphore>,
    bulk: Arc<Semaphore>,
    thread: Mutex<Option<JoinHandle<()>>>,
    // Last, so that the lock outlives every connection.
    dir: Mutex<Option<DataDir>>,
}

impl Engine {
    /// Takes the directory, checks and migrates the database, starts the writer.
    pub(crate) fn open(options: &Options) -> Result<Self, StoreError> {
        let dir = if options.alone {
            DataDir::take(&options.dir)?
        } else {
            DataDir::share(&options.dir)?
        };
        let path = dir.database()?;
        let queue = Arc::new(Queue::default());
        let fault = LastFault::default();
        let log = path.with_extension("db-wal");
        let db = connection::writer(&path, options.max_bytes)?;
        let writer = Writer::new(db, log, queue.clone(), fault.clone())?;
        let head = writer.head.subscribe();
        let thread = std::thread::Builder::new()
            .name("divos-store".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| StoreError::failed("start the writer", error))?;
        Ok(Self {
            pool: Pool::new(path.clone(), options.readers),
            path,
            queue,
            head,
            fault,
            swift: Arc::new(Semaphore::new(SWIFT_WAITING)),
            bulk: Arc::new(Semaphore::new(BULK_WAITING)),
            thread: Mutex::new(Some(thread)),
            dir: Mutex::new(Some(dir)),
        })
    }

    /// Reads from one snapshot.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.pool.read(read).await
    }

    /// Writes what a person waits for. Returns once it is on the disk.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.submit(Lane::Swift, work).await
    }

    /// Writes about `rows` rows that nobody waits for. Returns once they are on the disk.
    pub(crate) async fn write_bulk<T, F>(&self, rows: usize, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.submit(Lane::Bulk(rows), work).await
    }

    async fn submit<T, F>(&self, lane: Lane, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (turns, weight) = match lane {
            Lane::Swift => (&self.swift, 1),
            Lane::Bulk(rows) => (&self.bulk, rows.clamp(1, BULK_WAITING) as u32),
        };
        let permit = turns.clone().acquire_many_owned(weight).await;
        let permit = permit.map_err(|_| StoreError::Closed)?;
        let (reply, answer) = oneshot::channel();
        let task = Task {
            work,
            lane,
            value: None,
            reply,
            permit,
        };
        self.queue
            .push(lane, Box::new(task))
            .map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Finishes what waits and lets go of everything. Blocks; may be called twice.
    pub(crate) fn shut(&self) {
        self.swift.close();
        self.bulk.close();
        self.queue.close();
        self.pool.close();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the store's writer panicked");
        }
        self.dir
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.shut();
    }
}
