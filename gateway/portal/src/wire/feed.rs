//! The feed and its sources, by `divos-feed`.

use super::door::told;
use crate::ports::{Operating, PortError, Reading, RunAnswer};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_feed::{
    CursorError, FeedItem, FeedPage, Filter, Mark, MarkChange, Operations, Reader, RunNow,
    SourceStatus, Timeline, TimelineError,
};
use divos_model::{AppId, ItemId};
use std::sync::Arc;

/// The feed that `divos-feed` keeps.
pub struct FeedReading(Timeline);

impl FeedReading {
    /// Takes a timeline.
    #[must_use]
    pub fn new(timeline: Timeline) -> Self {
        Self(timeline)
    }
}

fn unavailable(error: &dyn std::error::Error) -> PortError {
    PortError::Unavailable(told(error))
}

#[async_trait]
impl Reading for FeedReading {
    async fn page(
        &self,
        reader: &Reader,
        filter: &Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FeedPage, PortError> {
        self.0
            .page(reader, filter, cursor, limit)
            .await
            .map_err(|error| match error {
                TimelineError::Cursor(CursorError::Invalid | CursorError::Expired { .. }) => {
                    PortError::Expired
                }
                TimelineError::Filter(_) => PortError::Missing,
                TimelineError::Store(error) => unavailable(&error),
            })
    }

    async fn item(&self, reader: &Reader, id: ItemId) -> Result<FeedItem, PortError> {
        let found = self
            .0
            .item(reader, id)
            .await
            .map_err(|error| unavailable(&error))?;
        found.ok_or(PortError::Missing)
    }

    async fn mark(
        &self,
        reader: &Reader,
        id: ItemId,
        change: MarkChange,
    ) -> Result<Mark, PortError> {
        let found = self
            .0
            .set_state(reader, id, &change)
            .await
            .map_err(|error| unavailable(&error))?;
        found.ok_or(PortError::Missing)
    }

    async fn unread(&self, reader: &Reader) -> Result<Vec<(AppId, u64)>, PortError> {
        let counts = self
            .0
            .unread(reader)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(counts
            .into_iter()
            .map(|count| (count.app, count.count.into()))
            .collect())
    }

    async fn coming(
        &self,
        reader: &Reader,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<FeedItem>, PortError> {
        let page = self
            .0
            .calendar(reader, from, to, limit)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(page.items)
    }
}

/// Returns the apps whose last changed definition was kept out, each with its faults in words.
pub type RefusedNow = Arc<dyn Fn() -> Vec<(AppId, String)> + Send + Sync>;

/// The sources that `divos-feed` reads.
pub struct FeedOperating {
    operations: Operations,
    refused: RefusedNow,
}

impl FeedOperating {
    /// Takes the operations of a feed, and who knows what a reload kept out.
    #[must_use]
    pub fn new(operations: Operations, refused: RefusedNow) -> Self {
        Self {
            operations,
            refused,
        }
    }
}

#[async_trait]
impl Operating for FeedOperating {
    async fn sources(&self) -> Result<Vec<SourceStatus>, PortError> {
        Ok(self.operations.sources())
    }

    async fn run_now(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError> {
        answer(self.operations.run_now(app, source).await)
    }

    async fn accept(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError> {
        answer(self.operations.accept(app, source).await)
    }

    fn reload_faults(&self) -> Vec<(AppId, String)> {
        (self.refused)()
    }
}

fn answer(run: RunNow) -> Result<RunAnswer, PortError> {
    match run {
        RunNow::Queued => Ok(RunAnswer::Queued),
        RunNow::Running => Ok(RunAnswer::Running),
        RunNow::Full => Ok(RunAnswer::Full),
        RunNow::Unknown => Err(PortError::Missing),
    }
}
