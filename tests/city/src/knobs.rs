//! What a test may turn at one app while it runs.
//!
//! Owns the names of the breakages; their answers are in `broken`.

use crate::state::{AppState, Record, Seen};
use std::sync::Arc;
use std::time::Duration;

/// A named way in which an app's data answers go wrong. Its pages go on working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// A page in HTML, status 200, `text/html`.
    HtmlForJson,
    /// A page in HTML that claims to be the right type.
    HtmlClaimingJson,
    /// The right length declared, half of the body sent, the connection closed.
    HalfBody,
    /// The right answer with bytes that are not UTF-8 in the middle of every text.
    InvalidUtf8,
    /// The right answer in windows-1252 under `charset=utf-8`.
    WrongCharset,
    /// A few hundred kilobytes of gzip that unfold to 512 MiB.
    GzipBomb,
    /// Status 200 with an error inside.
    ErrorInside,
    /// 302 to this address.
    RedirectTo(String),
    /// A body that never ends.
    Endless,
    /// Declares 10 GB and goes on sending.
    Huge,
    /// Takes the request and never answers.
    Silence,
    /// Closes the connection without an answer.
    HangUp,
    /// An empty body, status 200.
    Empty,
    /// 429 with `Retry-After` in seconds.
    TooMany(u64),
    /// This status with a short HTML page.
    Status(u16),
    /// The right answer after this time.
    Late(Duration),
}

/// The knobs of one app.
#[derive(Clone)]
pub struct Knobs(pub(crate) Arc<AppState>);

impl Knobs {
    /// The records as they are now, newest change first.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.0.records()
    }

    /// Changes one record and moves its time of change on; false when there is none of that id.
    pub fn edit(&self, id: u64, change: impl FnOnce(&mut Record)) -> bool {
        self.0.edit(id, change)
    }

    /// Removes one record; false when there is none of that id.
    pub fn delete(&self, id: u64) -> bool {
        self.0.delete(id)
    }

    /// Adds a record like the newest one under this title, made just now, and returns its id; `None` in an empty app.
    pub fn insert(&self, title: &str) -> Option<u64> {
        self.0.insert(title)
    }

    /// Adds this many records like the newest one, each with an id and a time of its own.
    pub fn fill(&self, count: usize) {
        self.0.fill(count);
    }

    /// Breaks the app's data answers from now on.
    pub fn break_with(&self, broken: Break) {
        self.0.set_broken(Some(broken));
    }

    /// Ends a breakage.
    pub fn heal(&self) {
        self.0.set_broken(None);
    }

    /// Puts records, breakage and counters back as they were at the start.
    pub fn reset(&self) {
        self.0.reset();
    }

    /// How many requests arrived, of any path.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.0.requests().0
    }

    /// How many requests asked for the app's data.
    #[must_use]
    pub fn data_requests(&self) -> u64 {
        self.0.requests().1
    }

    /// The last requests (at most 500), oldest first, with every header as it arrived.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.0.seen()
    }

    /// The newest request whose path and query start with this.
    #[must_use]
    pub fn last(&self, prefix: &str) -> Option<Seen> {
        self.0
            .seen()
            .into_iter()
            .rev()
            .find(|seen| seen.target.starts_with(prefix))
    }
}
