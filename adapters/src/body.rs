//! The body of an answer or of a file: in memory while it is small, in an unnamed file where it is not.
//!
//! Owns where bytes are kept. It must never know what they mean.

use crate::Trouble;
use bytes::{Bytes, BytesMut};
use divos_formats::Input;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// The largest body that is kept in memory where it can be read piece by piece, in bytes.
pub(crate) const SMALL: u64 = 1024 * 1024;

/// A body, decompressed. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Body {
    /// In memory.
    Memory(Bytes),
    /// In a file.
    File(Stored),
}

/// A body that lies in a file, without a name unless it came from a watched folder.
#[derive(Debug, Clone)]
pub struct Stored {
    file: Arc<File>,
    len: u64,
}

impl Body {
    /// Takes a file of this many bytes.
    pub(crate) fn of_file(file: File, len: u64) -> Self {
        let file = Arc::new(file);
        Self::File(Stored { file, len })
    }

    /// Returns its length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(stored) => stored.len,
        }
    }

    /// Tells whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the bytes where they are in memory.
    #[must_use]
    pub fn in_memory(&self) -> Option<&Bytes> {
        match self {
            Self::Memory(bytes) => Some(bytes),
            Self::File(_) => None,
        }
    }

    /// Returns its first bytes, at most so many; nothing where the file cannot be read.
    pub(crate) fn head(&self, most: usize) -> Vec<u8> {
        self.part(0, self.len().min(most as u64))
    }

    /// Returns its last bytes, at most so many; nothing where the file cannot be read.
    pub(crate) fn tail(&self, most: usize) -> Vec<u8> {
        self.part(self.len().saturating_sub(most as u64), self.len())
    }

    fn part(&self, start: u64, end: u64) -> Vec<u8> {
        match self {
            Self::Memory(bytes) => bytes[start as usize..end as usize].to_vec(),
            Self::File(stored) => {
                let mut part = vec![0; (end - start) as usize];
                let read = stored.file.read_exact_at(&mut part, start);
                read.map(|()| part).unwrap_or_default()
            }
        }
    }

    /// Reads all of it into memory.
    ///
    /// # Errors
    /// [`Trouble::Disk`] where the file cannot be read.
    pub async fn whole(&self) -> Result<Bytes, Trouble> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::File(stored) => {
                let mut input = At::new(stored);
                let read = tokio::task::spawn_blocking(move || {
                    let mut bytes = Vec::new();
                    input.read_to_end(&mut bytes).map(|_| Bytes::from(bytes))
                });
                read.await.map_err(|_| gone())?.map_err(disk)
            }
        }
    }

    /// Returns a reader from its beginning, apart from every other one.
    pub(crate) fn input(&self) -> Box<dyn Input> {
        match self {
            Self::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
            Self::File(stored) => Box::new(At::new(stored)),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Memory(bytes)
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes.into())
    }
}

/// Reads a shared file with a place of its own.
struct At {
    stored: Stored,
    at: u64,
}

impl At {
    fn new(stored: &Stored) -> Self {
        let stored = stored.clone();
        Self { stored, at: 0 }
    }
}

impl Read for At {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = self.stored.len.saturating_sub(self.at);
        let most = room.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.stored.file.read_at(&mut room[..most], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for At {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let wanted = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.stored.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = wanted.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Takes a body in, chunk by chunk; what grows beyond [`SMALL`] goes to a file.
pub(crate) struct Spool {
    memory: BytesMut,
    file: Option<tokio::fs::File>,
    len: u64,
    /// Whether a file may be made at all.
    to_disk: bool,
}

impl Spool {
    /// Sets this much aside at first.
    pub(crate) fn new(room: usize, to_disk: bool) -> Self {
        Self {
            memory: BytesMut::with_capacity(room),
            file: None,
            len: 0,
            to_disk,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Takes one chunk.
    ///
    /// # Errors
    /// [`Trouble::Disk`] where there is no room for it.
    pub(crate) async fn push(&mut self, chunk: &[u8]) -> Result<(), Trouble> {
        self.len += chunk.len() as u64;
        if let Some(file) = &mut self.file {
            return file.write_all(chunk).await.map_err(disk);
        }
        self.memory.extend_from_slice(chunk);
        if self.to_disk && self.len > SMALL {
            let made = tokio::task::spawn_blocking(tempfile::tempfile);
            let made = made.await.map_err(|_| gone())?.map_err(disk)?;
            let mut file = tokio::fs::File::from_std(made);
            file.write_all(&self.memory).await.map_err(disk)?;
            self.memory = BytesMut::new();
            self.file = Some(file);
        }
        Ok(())
    }

    /// Returns what was taken.
    ///
    /// # Errors
    /// [`Trouble::Disk`] where the last of it could not be written.
    pub(crate) async fn finish(self) -> Result<Body, Trouble> {
        let Some(mut file) = self.file else {
            return Ok(Body::Memory(self.memory.freeze()));
        };
        file.flush().await.map_err(disk)?;
        Ok(Body::of_file(file.into_std().await, self.len))
    }
}

fn disk(error: io::Error) -> Trouble {
    Trouble::Disk {
        why: error.kind().to_string(),
    }
}

fn gone() -> Trouble {
    Trouble::Disk {
        why: "the reading was stopped".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_large_body_goes_to_a_file_and_comes_back_whole_twice() {
        for (chunks, to_disk, file) in [(2_u64, true, true), (1, true, false), (2, false, false)] {
            let chunk = vec![7_u8; 700_000];
            let mut spool = Spool::new(0, to_disk);
            for _ in 0..chunks {
                spool.push(&chunk).await.expect("room");
            }
            let body = spool.finish().await.expect("kept");
            assert_eq!(body.in_memory().is_none(), file, "{chunks} {to_disk}");
            for _ in 0..2 {
                let whole = body.whole().await.expect("read");
                assert_eq!(whole.len() as u64, chunks * 700_000);
                assert!(whole.iter().all(|byte| *byte == 7));
            }
        }
    }
}
