//! What can go wrong with the hub's memory, and whose fault it is. Never holds a secret or a row.

use std::path::PathBuf;

/// Whose fault an error is: decides the status, the retry and who is woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The caller asked for something that is not there or may not be.
    Client,
    /// The hub or the machine under it.
    Hub,
}

/// Why the store could not do what it was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The disk is full. Reads go on; writes work again once there is room.
    #[error("the disk that holds the store is full")]
    Full,
    /// Somebody else holds the database for too long.
    #[error("the store is busy")]
    Busy,
    /// The database file is damaged.
    #[error("the store is damaged: {detail}")]
    Corrupt {
        /// What the engine says about it.
        detail: String,
    },
    /// The database or its directory cannot be written.
    #[error("the store is read-only")]
    ReadOnly,
    /// What was asked for is not there.
    #[error("no such {what}")]
    NotFound {
        /// What was looked for, for example `person`.
        what: &'static str,
    },
    /// Something of that name is already there.
    #[error("{what} already exists")]
    Conflict {
        /// What clashes, for example `identifier`.
        what: &'static str,
    },
    /// What was handed in makes no sense.
    #[error("{what} is not valid")]
    Invalid {
        /// What it was.
        what: &'static str,
    },
    /// Another hub runs on this data directory.
    #[error("another hub{} already runs on {path}", pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    Locked {
        /// The data directory.
        path: PathBuf,
        /// The other hub's process id, where its lock names it.
        pid: Option<u32>,
    },
    /// The database was written by a newer hub.
    #[error("the store has schema {found}, this hub knows up to {known}")]
    TooNew {
        /// The schema's version in the file.
        found: u32,
        /// The newest version this hub knows.
        known: u32,
    },
    /// The store is closed.
    #[error("the store is closed")]
    Closed,
    /// The engine failed in another way.
    #[error("the store failed to {what}")]
    Failed {
        /// What was tried, for example `open the database`.
        what: &'static str,
        /// What the engine says about it.
        #[source]
        source: std::sync::Arc<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Returns whose fault it is.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::NotFound { .. } | Self::Conflict { .. } | Self::Invalid { .. } => Blame::Client,
            _ => Blame::Hub,
        }
    }

    /// Tells whether the same call may work later without anybody changing what is asked.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Full | Self::Busy)
    }

    /// Wraps an engine's or the machine's error.
    pub fn failed(
        what: &'static str,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> Self {
        Self::Failed {
            what,
            source: std::sync::Arc::new(source),
        }
    }
}
