//! No step of a parser longer than its bound, though the parser would take in one without end.
//!
//! Owns how far a parser may read. Knows no format: a step is a row, or an event of XML.

use std::io::{Error, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Says how far the parser may read; the other end is a [`Bounded`].
pub(crate) struct Gate(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// The byte up to which may be read.
    until: AtomicU64,
    shut: AtomicBool,
    exhausted: AtomicBool,
}

impl Gate {
    /// Lets a step through that begins at `byte` and takes `most` bytes, or a buffer more.
    pub(crate) fn open_from(&self, byte: u64, most: u64) {
        let until = byte.saturating_add(most);
        self.0.until.store(until, Ordering::Relaxed);
    }

    /// Whether a step came to its bound.
    pub(crate) fn was_shut(&self) -> bool {
        self.0.shut.load(Ordering::Relaxed)
    }

    /// Whether the parser has come to the end of the bytes.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.0.exhausted.load(Ordering::Relaxed)
    }
}

/// Gives bytes on until the gate is shut.
pub(crate) struct Bounded<R> {
    input: R,
    given: u64,
    gate: Arc<Shared>,
}

impl<R> Bounded<R> {
    pub(crate) fn new(input: R) -> (Self, Gate) {
        let shared = Arc::new(Shared::default());
        let bounded = Self {
            input,
            given: 0,
            gate: Arc::clone(&shared),
        };
        (bounded, Gate(shared))
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.given >= self.gate.until.load(Ordering::Relaxed) {
            self.gate.shut.store(true, Ordering::Relaxed);
            return Err(Error::other("a step is too long"));
        }
        let read = self.input.read(buffer)?;
        self.given += read as u64;
        if read == 0 {
            self.gate.exhausted.store(true, Ordering::Relaxed);
        }
        Ok(read)
    }
}
