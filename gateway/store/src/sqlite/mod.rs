//! The SQLite engine behind the ports. SQL lives here and nowhere else in the hub.

mod audit;
mod connection;
mod definitions;
mod dir;
mod engine;
mod error;
mod items;
mod meta;
mod own;
mod people;
mod pool;
mod push_credentials;
mod queue;
mod registrations;
mod runs;
mod schema;
mod sessions;
mod tokens;
mod upkeep;
mod usage;
mod words;
mod writer;

use crate::{Store, StoreError};
use engine::Engine;
use std::path::PathBuf;
use std::sync::Arc;

/// How to open a store.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data directory; made with mode 0700 where it is missing.
    pub dir: PathBuf,
    /// How many connections read at once.
    pub readers: usize,
    /// The database may grow to about this many bytes; `None` = as the disk allows.
    pub max_bytes: Option<u64>,
    /// Whether to take the directory's lock, as a hub does.
    pub alone: bool,
}

impl Options {
    /// Opens `dir` with four readers and no limit.
    #[must_use]
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            readers: 4,
            max_bytes: None,
            alone: true,
        }
    }

    /// Opens `dir` beside a hub that may be running on it: for the command line, which changes people
    /// and tokens and leaves items alone. SQLite keeps the two writers apart.
    #[must_use]
    pub fn beside(dir: impl Into<PathBuf>) -> Self {
        Self {
            readers: 1,
            alone: false,
            ..Self::at(dir)
        }
    }
}

/// All ports on one engine.
pub(crate) struct Sqlite {
    pub(crate) engine: Arc<Engine>,
}

/// Opens the store in a data directory and takes the directory's lock, until [`crate::Upkeep::close`]
/// or until the last part of the store is dropped. Blocks for a moment; its methods need a tokio
/// runtime.
///
/// # Errors
/// `Locked` where another hub runs on it; `TooNew`, `Corrupt`, `ReadOnly`, `Full` as they say.
pub fn open(options: Options) -> Result<Store, StoreError> {
    let sqlite = Arc::new(Sqlite {
        engine: Arc::new(Engine::open(&options)?),
    });
    Ok(Store {
        items: sqlite.clone(),
        runs: sqlite.clone(),
        people: sqlite.clone(),
        sessions: sqlite.clone(),
        tokens: sqlite.clone(),
        push_credentials: sqlite.clone(),
        registrations: sqlite.clone(),
        usage: sqlite.clone(),
        audit: sqlite.clone(),
        definitions: sqlite.clone(),
        own: sqlite.clone(),
        meta: sqlite.clone(),
        upkeep: sqlite,
    })
}
