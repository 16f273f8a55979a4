//! What the operator sees of each source.

use crate::Trouble;
use chrono::{DateTime, Utc};
use divos_model::{AppId, RowFault};
use serde::Serialize;
use std::time::Duration;

/// One source of one app, as the operator's page and the admin API show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceStatus {
    /// The app.
    pub app: AppId,
    /// The app's title.
    pub title: String,
    /// The source's name in its connector.
    pub source: String,
    /// The connector's version: a hash of its meaning.
    pub version: String,
    /// Where the definition was read from, without folders.
    pub file: String,
    /// What it is doing.
    pub state: SourceState,
    /// How often it is read, in seconds.
    #[serde(rename = "every_s", serialize_with = "seconds")]
    pub every: Duration,
    /// How old its data may be, in seconds; `None` where it is pushed: silence is no old data.
    #[serde(rename = "fresh_s", serialize_with = "maybe_seconds")]
    pub fresh: Option<Duration>,
    /// When the last run began.
    pub last_run: Option<DateTime<Utc>>,
    /// When a run last succeeded.
    pub last_ok: Option<DateTime<Utc>>,
    /// When a full pass last succeeded.
    pub last_full: Option<DateTime<Utc>>,
    /// How long the last run took, in milliseconds.
    pub took_ms: Option<u64>,
    /// When it is read next; `None` while it runs.
    pub next_run: Option<DateTime<Utc>>,
    /// Runs that failed one after another.
    pub failures: u32,
    /// How many items the hub holds of it, those of earlier passes too.
    pub items: u64,
    /// Rows of the last run that could not become items.
    pub row_faults: u32,
    /// A sample of them, at most 100; never a row's own data.
    pub faults: Vec<RowFault>,
    /// The circuit breaker of its app: `closed`, `open` or `half_open`.
    pub breaker: String,
    /// Whether `last_ok` is older than the app promises; `true` where nothing was ever read.
    pub stale: bool,
    /// How far its first load is; `None` where there is none, or it has ended.
    pub progress: Option<Progress>,
    /// What is wrong, worst first; empty where nothing is.
    pub troubles: Vec<Trouble>,
}

/// How far a first load is. It is kept over restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// When it began.
    pub since: DateTime<Utc>,
    /// Pages read so far.
    pub pages: u32,
    /// Records read so far.
    pub rows: u64,
    /// How many the app says there are.
    pub total: Option<u64>,
    /// When it will have ended, at the pace of the present run; `None` where the app does not say how many there are.
    pub ends: Option<DateTime<Utc>>,
}

impl SourceStatus {
    /// Begins the status of a source that was never read.
    #[must_use]
    pub fn new(
        app: AppId,
        title: &str,
        source: &str,
        every: Duration,
        fresh: impl Into<Option<Duration>>,
    ) -> Self {
        Self {
            app,
            title: title.to_owned(),
            source: source.to_owned(),
            version: String::new(),
            file: String::new(),
            state: SourceState::Waiting,
            every,
            fresh: fresh.into(),
            last_run: None,
            last_ok: None,
            last_full: None,
            took_ms: None,
            next_run: None,
            failures: 0,
            items: 0,
            row_faults: 0,
            faults: Vec::new(),
            breaker: "closed".to_owned(),
            stale: true,
            progress: None,
            troubles: Vec::new(),
        }
    }
}

impl SourceStatus {
    /// Tells whether its data has another shape, so that nothing of it is taken until the shape is back, the connector
    /// fits, or the operator accepts it.
    #[must_use]
    pub fn is_quarantined(&self) -> bool {
        self.troubles.iter().any(Trouble::is_quarantine)
    }

    /// Tells whether its last full pass lost more than is deleted without the operator's word.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.troubles.iter().any(Trouble::is_held_sweep)
    }
}

/// What a source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Not yet due.
    Waiting,
    /// Due, and waiting for a free slot.
    Queued,
    /// Being read.
    Running,
    /// The last run failed; it is tried again at `next_run`.
    Failing,
}

fn seconds<S: serde::Serializer>(duration: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u64(duration.as_secs())
}

fn maybe_seconds<S: serde::Serializer>(
    duration: &Option<Duration>,
    out: S,
) -> Result<S::Ok, S::Error> {
    duration.map(|duration| duration.as_secs()).serialize(out)
}
