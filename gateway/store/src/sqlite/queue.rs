//! The writer's queue: two lanes, so that a sign-in never waits behind a city's worth of items.

use super::writer::Job;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// At most this many swift jobs share a transaction.
const SWIFT_GROUP: usize = 256;

/// Bulk jobs join a transaction until it holds this many rows.
const BULK_GROUP: usize = 5_000;

/// Which lane a job takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A person waits for it.
    Swift,
    /// It writes about this many rows.
    Bulk(usize),
}

/// What the writer has to do next.
pub(crate) enum Next {
    /// These jobs, in one transaction.
    Group(Vec<Box<dyn Job>>),
    /// Nothing came for a while.
    Idle,
    /// The queue is closed and empty.
    Closed,
}

/// Jobs that wait for the writer. Its size is bounded by the permits that callers hold.
#[derive(Default)]
pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    ready: Condvar,
}

#[derive(Default)]
struct Lanes {
    swift: VecDeque<Box<dyn Job>>,
    bulk: VecDeque<(usize, Box<dyn Job>)>,
    closed: bool,
}

impl Queue {
    /// Hands a job in. Gives it back where the queue is closed.
    pub(crate) fn push(&self, lane: Lane, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        let mut lanes = self.lock();
        if lanes.closed {
            return Err(job);
        }
        match lane {
            Lane::Swift => lanes.swift.push_back(job),
            Lane::Bulk(rows) => lanes.bulk.push_back((rows, job)),
        }
        drop(lanes);
        self.ready.notify_one();
        Ok(())
    }

    /// Waits for jobs and returns those that shall share a transaction, swift ones first. With a
    /// `patience`, gives up waiting after that long.
    pub(crate) fn next_group(&self, patience: Option<Duration>) -> Next {
        let mut lanes = self.lock();
        while lanes.swift.is_empty() && lanes.bulk.is_empty() {
            if lanes.closed {
                return Next::Closed;
            }
            let (back, waited) = match patience {
                None => {
                    let back = self.ready.wait(lanes);
                    (back.unwrap_or_else(PoisonError::into_inner), false)
                }
                Some(patience) => {
                    let back = self.ready.wait_timeout(lanes, patience);
                    let (back, timeout) = back.unwrap_or_else(PoisonError::into_inner);
                    (back, timeout.timed_out())
                }
            };
            lanes = back;
            if waited && lanes.swift.is_empty() && lanes.bulk.is_empty() && !lanes.closed {
                return Next::Idle;
            }
        }
        let swift = lanes.swift.len().min(SWIFT_GROUP);
        let mut group: Vec<_> = lanes.swift.drain(..swift).collect();
        let mut rows = 0;
        while rows < BULK_GROUP {
            let Some((more, job)) = lanes.bulk.pop_front() else {
                break;
            };
            rows += more.max(1);
            group.push(job);
        }
        Next::Group(group)
    }

    /// Takes no more jobs; those that wait are still done.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.ready.notify_all();
    }

    /// Returns how many jobs wait.
    pub(crate) fn len(&self) -> usize {
        let lanes = self.lock();
        lanes.swift.len() + lanes.bulk.len()
    }

    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
