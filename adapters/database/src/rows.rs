//! Rows that come one at a time, only as fast as they are taken.
//!
//! Owns the bounded room between a server and whoever reads. It must never hold more than a few rows.

use crate::fault::{DatabaseFault, FaultKind};
use crate::row::{Quirk, Quirks};
use futures::Stream;
use futures::future::BoxFuture;
use serde_json::Value as Json;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// How many rows may wait.
const ROOM: usize = 8;

/// The rows of one query: JSON objects, and at most one fault, which is the last.
///
/// Nothing is asked of the server before the first poll. Dropped before its end, the connection is given up.
pub struct Rows<'a> {
    work: Option<BoxFuture<'a, Result<(), DatabaseFault>>>,
    waiting: mpsc::Receiver<Json>,
    fault: Option<DatabaseFault>,
    quirks: Quirks,
}

/// Why rows stop coming: the server's error, or that nobody takes more.
pub(crate) enum Stop<E> {
    /// The server, or the way to it.
    Server(E),
    /// The gate.
    Gate(DatabaseFault),
}

impl<E> From<E> for Stop<E> {
    fn from(error: E) -> Self {
        Self::Server(error)
    }
}

impl Rows<'_> {
    /// What was odd so far: column, quirk, how often.
    #[must_use]
    pub fn quirks(&self) -> Vec<(String, Quirk, u64)> {
        self.quirks.all()
    }
}

impl<'a> Rows<'a> {
    /// Wires work that puts rows through a gate to whoever takes them.
    pub(crate) fn new(
        limit: u64,
        work: impl FnOnce(Gate, Quirks) -> BoxFuture<'a, Result<(), DatabaseFault>>,
    ) -> Self {
        let (sender, waiting) = mpsc::channel(ROOM);
        let quirks = Quirks::default();
        let gate = Gate {
            sender,
            limit,
            given: 0,
        };
        Self {
            work: Some(work(gate, quirks.clone())),
            waiting,
            fault: None,
            quirks,
        }
    }
}

impl Stream for Rows<'_> {
    type Item = Result<Json, DatabaseFault>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Ok(row) = this.waiting.try_recv() {
            return Poll::Ready(Some(Ok(row)));
        }
        if let Some(work) = &mut this.work
            && let Poll::Ready(done) = work.as_mut().poll(cx)
        {
            this.work = None;
            this.fault = done.err();
        }
        match this.waiting.poll_recv(cx) {
            Poll::Ready(Some(row)) => Poll::Ready(Some(Ok(row))),
            // Its senders are gone; work that still runs is polled again by its own waker.
            Poll::Ready(None) if this.work.is_none() => Poll::Ready(this.fault.take().map(Err)),
            _ => Poll::Pending,
        }
    }
}

/// Where rows are put.
pub(crate) struct Gate {
    sender: mpsc::Sender<Json>,
    limit: u64,
    given: u64,
}

impl Gate {
    /// Waits until there is room.
    pub(crate) async fn put(&mut self, row: Json) -> Result<(), DatabaseFault> {
        self.count()?;
        self.sender
            .send(row)
            .await
            .map_err(|_| DatabaseFault::lost())
    }

    /// The same from a thread that may block.
    pub(crate) fn put_blocking(&mut self, row: Json) -> Result<(), DatabaseFault> {
        self.count()?;
        self.sender
            .blocking_send(row)
            .map_err(|_| DatabaseFault::lost())
    }

    fn count(&mut self) -> Result<(), DatabaseFault> {
        if self.given == self.limit {
            let words = format!(
                "the query has more than {} rows; page it with LIMIT :size, or raise limits.rows",
                self.limit
            );
            return Err(DatabaseFault::new(FaultKind::TooManyRows, words));
        }
        self.given += 1;
        Ok(())
    }
}
