//! The ports as the hub fills them: sign-in by `divos-sso`, feed and sources by `divos-feed`.
//!
//! Owns the translation between those crates' words and the portal's, and nothing else.

mod device;
mod door;
mod feed;

pub use door::{HostsNow, RequestFacts, SsoDoor, Tally};
pub use feed::{FeedOperating, FeedReading, RefusedNow};
