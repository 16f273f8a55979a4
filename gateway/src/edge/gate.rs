//! When a connection must have said what: the deadline for a request header, and the wait between requests.
//!
//! Owns the clockwork of one connection, shared by its reader ([`super::conn`]) and by the hooks that know when a
//! header is complete. Lock-free; it must never know what the bytes mean.

use std::io;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const OFF: u8 = 0;
const HEADER: u8 = 1;
const BETWEEN: u8 = 2;
const PREFACE: u8 = 3;

/// Bytes of the HTTP/2 client preface (RFC 9113 §3.4); after it the connection's own idle timeout takes over.
const H2_PREFACE: usize = 24;
/// Body bytes that may come along with a header in one read.
const SLACK: usize = 64 << 10;

/// The deadlines of one connection.
#[derive(Debug)]
pub(super) struct Gate {
    born: Instant,
    header: Duration,
    between: Duration,
    max_header: usize,
    mode: AtomicU8,
    deadline_ms: AtomicU64,
    received: AtomicUsize,
}

impl Gate {
    /// Waits for a first request, on HTTP/2 only for its preface.
    pub(super) fn new(limits: &super::Limits, h2: bool) -> Self {
        let gate = Self {
            born: Instant::now(),
            header: limits.header_deadline,
            between: limits.keep_alive,
            max_header: limits.header_bytes,
            mode: AtomicU8::new(if h2 { PREFACE } else { HEADER }),
            deadline_ms: AtomicU64::new(0),
            received: AtomicUsize::new(0),
        };
        gate.arm(limits.header_deadline);
        gate
    }

    fn arm(&self, wait: Duration) {
        let at = self.born.elapsed().saturating_add(wait).as_millis();
        self.deadline_ms
            .store(u64::try_from(at).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// The header is complete.
    pub(super) fn open(&self) {
        if self.mode.load(Ordering::Relaxed) != OFF {
            self.mode.store(OFF, Ordering::Relaxed);
        }
    }

    /// The response is complete; the next request may come.
    pub(super) fn close(&self) {
        self.received.store(0, Ordering::Relaxed);
        self.arm(self.between);
        self.mode.store(BETWEEN, Ordering::Relaxed);
    }

    /// Bytes arrived.
    ///
    /// # Errors
    /// When they are too late or too many for a header.
    pub(super) fn received(&self, count: usize) -> io::Result<()> {
        let mode = self.mode.load(Ordering::Relaxed);
        if mode == OFF || count == 0 {
            return Ok(());
        }
        if self.remaining() == Some(Duration::ZERO) {
            return Err(late());
        }
        let total = self.received.fetch_add(count, Ordering::Relaxed) + count;
        if mode == PREFACE && total >= H2_PREFACE {
            self.open();
        } else if mode == BETWEEN {
            self.arm(self.header);
            self.mode.store(HEADER, Ordering::Relaxed);
        }
        if mode == HEADER && total > self.max_header + SLACK {
            return Err(io::Error::other("request header too large"));
        }
        Ok(())
    }

    /// How long the visitor may still wait; `None` when nothing is due.
    pub(super) fn remaining(&self) -> Option<Duration> {
        if self.mode.load(Ordering::Relaxed) == OFF {
            return None;
        }
        let deadline = Duration::from_millis(self.deadline_ms.load(Ordering::Relaxed));
        Some(deadline.saturating_sub(self.born.elapsed()))
    }
}

pub(super) fn late() -> io::Error {
    io::Error::new(
        io::ErrorKind::TimedOut,
        "request header not complete in time",
    )
}
