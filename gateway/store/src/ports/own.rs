//! The port of a person's own data: what the store holds about one person, for nobody but them. Items are cut by what
//! they may read; nothing here widens that.

use super::{AuditRow, HeldPost, PushCredential, Reader, ReaderState, Row, StoreError};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use divos_model::{AppId, ItemId, PersonId};

/// The rows of one part at most.
pub const OWN_PART: usize = 500;

/// Since when somebody is known, and every post they hold or held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// When the hub first knew them.
    pub since: DateTime<Utc>,
    /// Their posts, those that began last first.
    pub tenures: Vec<Tenure>,
}

/// That somebody holds or held a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// The first day.
    pub from: NaiveDate,
    /// The post, in what capacity, and the last day.
    pub held: HeldPost,
}

/// How much there is of what is too long for a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OwnCounts {
    /// Items on which they marked anything.
    pub marked: u64,
    /// Of these, seen.
    pub seen: u64,
    /// Of these, done.
    pub done: u64,
    /// Of these, pinned.
    pub pinned: u64,
    /// Of these, put off, whether or not the time is over.
    pub snoozed: u64,
    /// Of these, muted.
    pub muted: u64,
    /// Live items whose audience names them in person.
    pub addressed: u64,
    /// Registrations of apps that they began.
    pub registrations: u64,
    /// Changes of definitions that they proposed.
    pub proposals: u64,
    /// Push credentials that they made and that are still good.
    pub credentials: u64,
}

/// What somebody marked on an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// The item.
    pub id: ItemId,
    /// Its app.
    pub app: AppId,
    /// Its title, masked where it is masked for them; `None` where it is gone or they may not see it any more.
    pub title: Option<String>,
    /// What they marked.
    pub state: ReaderState,
    /// Whether they have seen what it says now.
    pub seen: bool,
    /// Where to go on after it.
    pub place: OwnPlace,
}

/// Asks for items that a reader may see and in whose texts, as they read them, one of some words stands.
#[derive(Debug, Clone)]
pub struct HoldingQuery {
    /// For whom.
    pub reader: Reader,
    /// The words, lower case and ASCII: ids, numbers, addresses. One that is only a part of a longer word does not
    /// count.
    pub words: Vec<String>,
    /// The `next` of the part before; `None` = from the start.
    pub after: Option<OwnPlace>,
    /// How many items are looked at at most.
    pub looks: usize,
    /// How many are returned at most.
    pub limit: usize,
}

/// A part of what was asked for.
#[derive(Debug, Clone, Default)]
pub struct Holding {
    /// The items, in the order in which they were first admitted.
    pub rows: Vec<Row>,
    /// Where to go on; `None` = that was all.
    pub next: Option<OwnPlace>,
}

/// A place among items, to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPlace(pub(crate) i64);

/// Asks for what the audit log says of a person.
#[derive(Debug, Clone)]
pub struct AuditedQuery {
    /// Who did it, or whom it was done to.
    pub person: PersonId,
    /// Other subjects that are theirs, for example the ids of their tokens.
    pub subjects: Vec<String>,
    /// Before this row; `None` = from the newest.
    pub before: Option<u64>,
    /// How many at most, 1 to [`OWN_PART`].
    pub limit: usize,
}

/// Reads back what is held about one person. The cost of `holding` grows with all items, part by part; that of the rest
/// with what is theirs.
#[async_trait]
pub trait OwnDataStore: Send + Sync {
    /// Returns since when a person is known, and their posts; `None` where there is no such person.
    async fn own_account(&self, person: PersonId) -> Result<Option<OwnAccount>, StoreError>;

    /// Counts what is theirs.
    async fn own_counts(&self, person: PersonId) -> Result<OwnCounts, StoreError>;

    /// Returns what they marked, in the order in which the items were first admitted; at most [`OWN_PART`].
    async fn own_marks(
        &self,
        reader: &Reader,
        after: Option<OwnPlace>,
        limit: usize,
    ) -> Result<Vec<Marked>, StoreError>;

    /// Looks through the live items that the reader may see, in parts.
    async fn holding(&self, query: HoldingQuery) -> Result<Holding, StoreError>;

    /// Returns what the audit log says of them, the newest first.
    async fn audited(&self, query: AuditedQuery) -> Result<Vec<AuditRow>, StoreError>;

    /// Returns the push credentials that they made and that are still good, the newest first.
    async fn own_push_credentials(
        &self,
        person: PersonId,
    ) -> Result<Vec<PushCredential>, StoreError>;
}
