//! The one thread that writes. Jobs that wait together share a transaction (group commit), each in a
//! savepoint of its own, so that one that fails takes no other with it.

use super::queue::{Lane, Next, Queue};
use super::words::Words;
use crate::StoreError;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, oneshot, watch};

/// A log longer than this is folded back even where readers are busy.
const LONG_LOG: u64 = 192 << 20;

/// After so long without a write the writer tidies up.
const IDLE: Duration = Duration::from_secs(5);

/// What a job may touch.
pub(crate) struct Tx<'a> {
    /// The connection, inside a transaction.
    pub(crate) db: &'a Connection,
    /// The numbers of words.
    pub(crate) words: &'a mut Words,
    seq: &'a mut u64,
}

impl Tx<'_> {
    /// Returns the next `seq`. A job that fails leaves a gap, which is harmless.
    pub(crate) fn next_seq(&mut self) -> u64 {
        *self.seq += 1;
        *self.seq
    }

    /// Returns the `seq` of the last change.
    pub(crate) fn seq(&self) -> u64 {
        *self.seq
    }
}

/// Work for the writer. It may be run more than once; only the last run counts.
pub(crate) trait Job: Send {
    /// Tells whether the work writes much.
    fn is_bulk(&self) -> bool;
    /// Does the work inside a transaction.
    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError>;
    /// Tells the caller how it went, after the commit.
    fn finish(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A job made of a closure.
pub(crate) struct Task<F, T> {
    pub(crate) work: F,
    pub(crate) lane: Lane,
    pub(crate) value: Option<T>,
    pub(crate) reply: oneshot::Sender<Result<T, StoreError>>,
    /// The caller's place in the queue, given back when the job is over.
    pub(crate) permit: OwnedSemaphorePermit,
}

impl<F, T> Job for Task<F, T>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, StoreError> + Send,
    T: Send,
{
    fn is_bulk(&self) -> bool {
        self.lane != Lane::Swift
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        self.value = None;
        self.value = Some((self.work)(tx)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self {
            value,
            reply,
            permit,
            ..
        } = *self;
        drop(permit);
        let answer = outcome.and_then(|()| value.ok_or(StoreError::Closed));
        // A caller that went away does not want to know.
        let _ = reply.send(answer);
    }
}

/// The fault of the last write, if it failed on the store's account.
pub(crate) type LastFault = Arc<Mutex<Option<StoreError>>>;

/// The thread's own state.
pub(crate) struct Writer {
    pub(crate) db: Connection,
    pub(crate) log: PathBuf,
    pub(crate) queue: Arc<Queue>,
    pub(crate) head: watch::Sender<u64>,
    pub(crate) fault: LastFault,
    words: Words,
    seq: u64,
}

impl Writer {
    pub(crate) fn new(
        db: Connection,
        log: PathBuf,
        queue: Arc<Queue>,
        fault: LastFault,
    ) -> Result<Self, StoreError> {
        let seq: i64 = db.query_row("SELECT seq FROM head", [], |row| row.get(0))?;
        Ok(Self {
            db,
            log,
            queue,
            head: watch::Sender::new(seq as u64),
            fault,
            words: Words::default(),
            seq: seq as u64,
        })
    }

    /// Works until the queue is closed and empty.
    pub(crate) fn run(mut self) {
        let mut patience = None;
        loop {
            match self.queue.clone().next_group(patience) {
                Next::Group(group) => {
                    self.commit(group);
                    self.shorten_log();
                    patience = Some(IDLE);
                }
                Next::Idle => {
                    self.rest();
                    patience = None;
                }
                Next::Closed => break,
            }
        }
        if let Err(error) = fold_log(&self.db, "TRUNCATE") {
            tracing::debug!(%error, "the log was not folded back at the end");
        }
    }

    /// Gives back what the last flood of writes took: the log and the memory.
    fn rest(&self) {
        let rested = fold_log(&self.db, "TRUNCATE").and_then(|()| {
            self.db.execute_batch("PRAGMA shrink_memory")?;
            Ok(())
        });
        if let Err(error) = rested {
            tracing::debug!(%error, "the store could not tidy up");
        }
    }

    fn commit(&mut self, mut group: Vec<Box<dyn Job>>) {
        match self.attempt(&mut group) {
            Ok(outcomes) => {
                self.head.send_if_modified(|head| {
                    let moved = *head != self.seq;
                    *head = self.seq;
                    moved
                });
                for (job, outcome) in group.into_iter().zip(outcomes) {
                    job.finish(outcome);
                }
            }
            Err(error) => {
                self.undo();
                if group.len() == 1 {
                    self.note(&error);
                    group
                        .into_iter()
                        .for_each(|job| job.finish(Err(error.clone())));
                    return;
                }
                // The transaction is lost as a whole: do each alone, so that only the one at fault fails.
                for job in group {
                    self.commit(vec![job]);
                }
            }
        }
    }

    /// Runs a group in one transaction. An error means that nothing of it was written.
    fn attempt(
        &mut self,
        group: &mut [Box<dyn Job>],
    ) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let before = self.seq;
        let mut outcomes = Vec::with_capacity(group.len());
        let bulk = group.iter().any(|job| job.is_bulk());
        for job in group {
            self.db.execute_batch("SAVEPOINT job")?;
            let outcome = self.run_one(job.as_mut());
            if let Err(error) = &outcome {
                self.words.forget();
                if self.db.is_autocommit() || is_engine_fault(error) {
                    return Err(error.clone());
                }
                self.db.execute_batch("ROLLBACK TO job")?;
            }
            self.db.execute_batch("RELEASE job")?;
            outcomes.push(outcome);
        }
        if self.seq != before {
            self.db
                .prepare_cached("UPDATE head SET seq = ?1")?
                .execute([self.seq as i64])?;
        }
        self.db.execute_batch("COMMIT")?;
        self.note_success(bulk);
        Ok(outcomes)
    }

    fn run_one(&mut self, job: &mut dyn Job) -> Result<(), StoreError> {
        let mut tx = Tx {
            db: &self.db,
            words: &mut self.words,
            seq: &mut self.seq,
        };
        catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))).unwrap_or_else(|_| {
            Err(StoreError::failed(
                "finish a write",
                std::io::Error::other("the job panicked"),
            ))
        })
    }

    fn undo(&mut self) {
        self.words.forget();
        self.seq = *self.head.borrow();
        if !self.db.is_autocommit()
            && let Err(error) = self.db.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
        }
    }

    fn note(&self, error: &StoreError) {
        if !is_engine_fault(error) {
            return;
        }
        let mut last = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if last.replace(error.clone()).is_none() {
            tracing::error!(%error, "the store cannot be written");
        }
    }

    /// On a full disk small writes still find a gap now and then; only a large one says that there is
    /// room again.
    fn note_success(&self, bulk: bool) {
        let mut last = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_some() && (bulk || !matches!(*last, Some(StoreError::Full))) {
            *last = None;
            tracing::info!("the store can be written again");
        }
    }

    fn shorten_log(&self) {
        let length = std::fs::metadata(&self.log).map_or(0, |meta| meta.len());
        if length > LONG_LOG
            && let Err(error) = fold_log(&self.db, "RESTART")
        {
            tracing::warn!(%error, "the store's log cannot be folded back");
        }
    }
}

fn fold_log(db: &Connection, how: &str) -> Result<(), StoreError> {
    db.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()))?;
    Ok(())
}

/// Tells whether an error says something about the store rather than about the job.
fn is_engine_fault(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Full
            | StoreError::Busy
            | StoreError::Corrupt { .. }
            | StoreError::ReadOnly
            | StoreError::Failed {
                what: "use the disk" | "open the database",
                ..
            }
    )
}
