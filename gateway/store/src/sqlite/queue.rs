//! The writer's queue: two lanes, so that a sign-in never waits behind a city's worth of items.

use super::writer::Job;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// At most this many swift jobs share a transaction.
const SWIFT_GROUP: usize = 256;

/// Bulk jobs join a transaction until it holds this many rows.
const BULK_GROUP: usize = 2_000;

/// Which lane a job takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A person waits for it.
    Swift,
    /// It writes about this many rows.
    Bulk(usize),
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

    /// Waits for jobs and returns those that shall share a transaction, swift ones first; `None` once
    /// the queue is closed and empty.
    pub(crate) fn next_group(&self) -> Option<Vec<Box<dyn Job>>> {
        let mut lanes = self.lock();
        while lanes.swift.is_empty() && lanes.bulk.is_empty() {
            if lanes.closed {
                return None;
            }
            lanes = self
                .ready
                .wait(lanes)
                .unwrap_or_else(PoisonError::into_inner);
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
        Some(group)
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
