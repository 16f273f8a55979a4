//! The port of upkeep: health, checks, backup, closing.

use super::StoreError;
use async_trait::async_trait;
use std::path::Path;

/// How the store fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether the last write went through.
    pub writable: bool,
    /// What people have to know where it did not: the disk is full, damaged …
    pub fault: Option<String>,
    /// Writes that wait.
    pub queued: usize,
    /// The size of what is stored, bytes.
    pub bytes: u64,
    /// The schema's version.
    pub schema: u32,
}

/// Keeps the store itself in order.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Returns how the store fares, and tries to write a little where the last write failed.
    async fn health(&self) -> Result<Health, StoreError>;

    /// Reads the whole database and checks it. Takes seconds per gigabyte.
    ///
    /// # Errors
    /// `Corrupt` where it is damaged.
    async fn check(&self) -> Result<(), StoreError>;

    /// Writes a consistent copy to a new file while the hub runs.
    ///
    /// # Errors
    /// `Conflict` where the file is already there.
    async fn backup(&self, to: &Path) -> Result<(), StoreError>;

    /// Waits for the writes that were handed in and closes. Later calls get `Closed`.
    async fn close(&self) -> Result<(), StoreError>;
}
