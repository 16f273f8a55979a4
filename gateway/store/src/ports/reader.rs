//! Who reads, and what they marked. Apart from what the source says.

use chrono::{DateTime, Utc};
use divos_model::{AudienceKey, ContentHash, PersonId};
use serde::{Deserialize, Serialize};

/// Somebody who reads: a person with the keys of the posts, units and roles that they hold now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Whose marks count, and whom an item may exclude.
    pub person: PersonId,
    /// The keys they hold, sorted, without repeats.
    keys: Vec<AudienceKey>,
}

impl Reader {
    /// Makes a reader who holds these keys, and their own person's.
    #[must_use]
    pub fn new(person: PersonId, keys: impl IntoIterator<Item = AudienceKey>) -> Self {
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.push(AudienceKey::Person(person));
        keys.sort();
        keys.dedup();
        Self { person, keys }
    }

    /// Returns the keys they hold, sorted, without repeats.
    #[must_use]
    pub fn keys(&self) -> &[AudienceKey] {
        &self.keys
    }
}

/// What a reader marked on an item.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReaderState {
    /// What it said when they saw it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<ContentHash>,
    /// When they marked it done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<DateTime<Utc>>,
    /// When they pinned it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_at: Option<DateTime<Utc>>,
    /// Until when it is out of their sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Whether they muted it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
}

/// A change of marks. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateChange {
    /// Seen with this hash; `Some(None)` = unread again. A hash that is no longer the item's leaves
    /// it unread.
    pub seen: Option<Option<ContentHash>>,
    /// Done or not.
    pub done: Option<bool>,
    /// Pinned or not.
    pub pinned: Option<bool>,
    /// Out of sight until then; `Some(None)` = back at once.
    pub snoozed_until: Option<Option<DateTime<Utc>>>,
    /// Muted or not.
    pub muted: Option<bool>,
}

/// Which items, by the reader's marks: `None` = whether or not, `Some(true)` = only those,
/// `Some(false)` = none of those.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateFilter {
    /// Not seen as it is now.
    pub unread: Option<bool>,
    /// Marked done.
    pub done: Option<bool>,
    /// Pinned.
    pub pinned: Option<bool>,
    /// Snoozed beyond the present moment.
    pub snoozed: Option<bool>,
    /// Muted. `Some(false)` still shows a muted item that must show ([`super::Entry::must_show`]).
    pub muted: Option<bool>,
}

impl StateFilter {
    /// What the feed shows by default: nothing done, snoozed or muted.
    #[must_use]
    pub fn open() -> Self {
        Self {
            done: Some(false),
            snoozed: Some(false),
            muted: Some(false),
            ..Self::default()
        }
    }

    /// What badges count: open and unread.
    #[must_use]
    pub fn unread() -> Self {
        Self {
            unread: Some(true),
            ..Self::open()
        }
    }
}
