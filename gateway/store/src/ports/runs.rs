//! The port of runs: how each source of each connector fares.

use super::{SourceCursor, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, RowFault};
use serde::{Deserialize, Serialize};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Everything was read.
    Ok,
    /// The source said that nothing changed (304).
    NotModified,
    /// Some rows were faulty; the others were admitted.
    Partial,
    /// The run failed.
    Failed,
}

/// Why a run failed, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// A stable word, for example `unauthorized`.
    pub code: String,
    /// Whose fault: `upstream`, `operator` or `hub`.
    pub blame: String,
    /// The sentence in Indonesian.
    pub sentence_id: String,
    /// The sentence in English.
    pub sentence_en: String,
}

/// One run of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The app.
    pub app: AppId,
    /// The source.
    pub source: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// How it ended.
    pub outcome: RunOutcome,
    /// Documents fetched.
    pub pages: u32,
    /// Bytes fetched, after decompression.
    pub bytes: u64,
    /// Items that were new.
    pub new: u32,
    /// Items that changed.
    pub changed: u32,
    /// Items that did not.
    pub unchanged: u32,
    /// Items that are gone.
    pub gone: u32,
    /// Rows that were faulty.
    pub faults: u32,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RunError>,
}

/// How a source fares now. Saved whole; its cursor is written by [`super::ItemStore::commit`] or
/// [`RunStore::set_cursor`] and never through here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceStatus {
    /// The app.
    pub app: AppId,
    /// The source.
    pub source: String,
    /// When its last run began.
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    /// When its last run ended.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// When it last went well: how fresh its items are.
    #[serde(default)]
    pub fresh_at: Option<DateTime<Utc>>,
    /// When it is due again.
    #[serde(default)]
    pub next_at: Option<DateTime<Utc>>,
    /// How many live items there were of it when its last run ended.
    #[serde(default)]
    pub items: u64,
    /// The last run's faulty rows, at most 100 are kept.
    #[serde(default)]
    pub faults: Vec<RowFault>,
    /// How many there were.
    #[serde(default)]
    pub fault_count: u32,
    /// Why its last run failed.
    #[serde(default)]
    pub error: Option<RunError>,
    /// How many runs failed since the last one that did not.
    #[serde(default)]
    pub failures: u32,
    /// The circuit breaker: `closed`, `open`, `half_open`.
    #[serde(default)]
    pub breaker: String,
    /// A notice for the operator, for example that a sweep was held back.
    #[serde(default)]
    pub notice: Option<String>,
}

impl SourceStatus {
    /// Begins the status of a source that never ran.
    #[must_use]
    pub fn new(app: AppId, source: &str) -> Self {
        Self {
            app,
            source: source.to_owned(),
            started_at: None,
            ended_at: None,
            fresh_at: None,
            next_at: None,
            items: 0,
            faults: Vec::new(),
            fault_count: 0,
            error: None,
            failures: 0,
            breaker: "closed".to_owned(),
            notice: None,
        }
    }
}

/// Keeps how the sources fare, where each of them stands, and their last runs.
#[async_trait]
pub trait RunStore: Send + Sync {
    /// Returns how a source fares; `None` where it never ran.
    async fn status(&self, app: &AppId, source: &str) -> Result<Option<SourceStatus>, StoreError>;

    /// Returns how every source fares, by app and source.
    async fn statuses(&self) -> Result<Vec<SourceStatus>, StoreError>;

    /// Saves how a source fares and, where a run just ended, adds it to the history; in one
    /// transaction.
    async fn save(&self, status: SourceStatus, run: Option<Run>) -> Result<(), StoreError>;

    /// Returns a source's last runs, newest first; 50 are kept.
    async fn runs(&self, app: &AppId, source: &str, limit: usize) -> Result<Vec<Run>, StoreError>;

    /// Returns where a source stands; the default where it was never read.
    async fn cursor(&self, app: &AppId, source: &str) -> Result<SourceCursor, StoreError>;

    /// Puts a source at a place, for example back to the start.
    async fn set_cursor(
        &self,
        app: &AppId,
        source: &str,
        cursor: SourceCursor,
    ) -> Result<(), StoreError>;

    /// Forgets status, cursor and runs of an app that was removed. Its items stay.
    async fn forget(&self, app: &AppId) -> Result<(), StoreError>;
}
