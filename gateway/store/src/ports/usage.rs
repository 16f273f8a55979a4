//! The port of usage: how much each app is used, day by day. Counts alone; who it was is not kept.

use super::StoreError;
use async_trait::async_trait;
use chrono::NaiveDate;
use divos_model::AppId;

/// How much an app was used on one day, in the city's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageDay {
    /// Which app.
    pub app: AppId,
    /// Which day.
    pub day: NaiveDate,
    /// Pages of it that signed-in people opened.
    pub opens: u64,
    /// About how many people they were.
    pub people: u64,
    /// Events that it pushed and that were taken.
    pub pushed: u64,
    /// Requests with pushes that were refused, and pushed events that were faulty.
    pub refused: u64,
}

/// A day that still goes on, with what it takes to count on after a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenUsage {
    /// The counts so far.
    pub so_far: UsageDay,
    /// The sketch by which people are told apart. Nobody can be read from it without the day's salt.
    pub sketch: Vec<u8>,
}

/// Keeps usage.
#[async_trait]
pub trait UsageStore: Send + Sync {
    /// Saves the counts of a day that goes on, each in the place of those saved before. The sketches of all other days
    /// are forgotten, and all days before `keep_from`.
    async fn save_usage(
        &self,
        day: NaiveDate,
        rows: Vec<OpenUsage>,
        keep_from: NaiveDate,
    ) -> Result<(), StoreError>;

    /// Returns what was saved of a day and still has its sketch.
    async fn open_usage(&self, day: NaiveDate) -> Result<Vec<OpenUsage>, StoreError>;

    /// Returns an app's days from one on, the newest first.
    async fn usage(&self, app: &AppId, from: NaiveDate) -> Result<Vec<UsageDay>, StoreError>;
}
