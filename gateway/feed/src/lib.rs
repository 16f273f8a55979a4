//! The feed: when each source is read, how its items are admitted, and what a reader sees of them.
//!
//! Owns the schedule, the sync of one source, admission, the timeline, live events, the exports and
//! the health of each app. It must never know HTML, SQL, HTTP servers or how people sign in: a reader
//! is a person with audience keys. Start with [`Feed`], then [`Timeline`] for reading and
//! [`Operations`] for the operator.

pub mod admit;
mod board;
pub mod exports;
mod feed;
mod health;
mod live;
mod operations;
mod page;
mod reader;
mod ring_key;
mod schedule;
mod status;
mod sync;
mod timeline;
mod trouble;
mod units;
mod upkeep;

#[cfg(test)]
mod testing;

pub use board::addressed;
pub use divos_store::{AppCount, Reader};
pub use feed::{Feed, FeedWorld};
pub use health::{AppHealth, AppState};
pub use live::{Live, LiveEvent};
pub use operations::Operations;
pub use page::{FeedItem, FeedPage, GoneItem, Mark, MarkChange, StaleApp};
pub use reader::{Filter, FilterFault, Since};
pub use ring_key::{CursorError, CursorKey};
pub use schedule::{RunNow, ScheduleLimits};
pub use status::{Progress, SourceState, SourceStatus};
pub use sync::{Inbox, Opens, Outside, Passes, PushError, Pushed, Taken, Witness};
pub use timeline::{Timeline, TimelineError};
pub use trouble::Trouble;
pub use units::Units;
