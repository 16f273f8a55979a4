//! What the hub holds about the person who asks.

use super::{PortError, PostHeld, Visitor};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use divos_manifest::Processing;

/// A person's own data, as far as a page shows it; the file has all of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OwnDataSheet {
    /// What the hub calls them.
    pub id: String,
    /// Their name.
    pub name: String,
    /// `PNS`, `PPPK` or another word.
    pub status: Option<String>,
    /// What they sign in with: `nip`, `email` or `username`, and the value.
    pub identifiers: Vec<(&'static str, String)>,
    /// Their roles.
    pub roles: Vec<String>,
    /// Whether a password is set.
    pub has_password: bool,
    /// Since when the hub knows them.
    pub since: DateTime<Utc>,
    /// Every post that they hold or held, with its first day.
    pub posts: Vec<(NaiveDate, PostHeld)>,
    /// Their sessions, those on apps' hosts too.
    pub sessions: Vec<OwnSession>,
    /// Their feed addresses, those that have ended too.
    pub tokens: Vec<OwnToken>,
    /// Counts of what they marked.
    pub marks: OwnMarks,
    /// How many items name them as somebody they are for.
    pub addressed: u64,
    /// Registrations, proposed changes and push credentials of theirs.
    pub work: [u64; 3],
    /// The newest entries of the log about them.
    pub log: Vec<OwnEvent>,
    /// Whether there are more.
    pub more_log: bool,
    /// The apps from which the hub reads personal data; their owners by name.
    pub apps: Vec<Processing>,
    /// How long a session lives at most.
    pub lives: TimeDelta,
}

/// One session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// The host it is for.
    pub host: String,
    /// The browser and system, as far as they can be told; empty where they cannot.
    pub device: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub last_seen: DateTime<Utc>,
}

/// One personal feed address, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnToken {
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub last_used: Option<DateTime<Utc>>,
    /// Whether it opens nothing any more.
    pub ended: bool,
}

/// How much they marked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnMarks {
    /// Seen.
    pub seen: u64,
    /// Done.
    pub done: u64,
    /// Pinned.
    pub pinned: u64,
    /// Put off.
    pub snoozed: u64,
    /// Muted.
    pub muted: u64,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// What, for example `sign_in.ok`.
    pub event: String,
    /// Whether they did it themselves; `None` where nobody is known.
    pub by_self: Option<bool>,
    /// From which address, where that was noted.
    pub address: Option<String>,
}

/// What is held about the person who asks.
#[async_trait]
pub trait OwnData: Send + Sync {
    /// Returns the visitor's own data, and writes down that they looked.
    async fn sheet(&self, visitor: &Visitor) -> Result<OwnDataSheet, PortError>;
}
