//! The port of items: what is admitted, and how it is read back.

use super::{
    AppCount, Changes, ChangesQuery, CountsQuery, Page, PageQuery, Reader, ReaderState, Row,
    StateChange, StoreError,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, AudienceKey, ContentHash, DeletedReason, Item, ItemId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::sync::oneshot;

/// An item on its way in, its `hash` already set ([`Item::content_hash`]). Its `seq` is ignored.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The item.
    pub item: Item,
    /// The source inside the connector that it came from.
    pub source: String,
    /// The keys under which readers find it. None = nobody.
    pub keys: Vec<AudienceKey>,
    /// Whether muting may not hide it (disposition, approval, acknowledgement needed, urgent).
    pub must_show: bool,
    /// What it says to those who have a need to know; `item` is masked then, and its `hash` is that of this.
    pub whole: Option<Whole>,
    /// Whether its app is the authority for one of its dedupe keys: it is then the face of its twins.
    pub leads: bool,
}

/// What an item says where nothing is masked.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The item.
    pub item: Box<Item>,
    /// The keys of those who may read it. They have to hold one of the entry's keys, too.
    pub need: Vec<AudienceKey>,
}

/// Asks for live items of an app by age, in parts.
#[derive(Debug, Clone)]
pub struct AgedQuery {
    /// The app.
    pub app: AppId,
    /// One source of it; `None` = all of them.
    pub source: Option<String>,
    /// Last changed at its source before this.
    pub before: DateTime<Utc>,
    /// The `next` of the part before; `None` = from the start.
    pub after: Option<AgedPlace>,
    /// How many items are looked at at most.
    pub limit: usize,
}

/// A part of what was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Aged {
    /// The items.
    pub ids: Vec<ItemId>,
    /// Where to go on; `None` = that was all.
    pub next: Option<AgedPlace>,
}

/// A place among an app's items, to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgedPlace {
    pub(crate) source: i64,
    pub(crate) number: i64,
}

impl Entry {
    /// Makes an entry whose keys are those of the item's audience.
    #[must_use]
    pub fn new(item: Item, source: &str) -> Self {
        let keys = item.audience.keys();
        Self {
            item,
            source: source.to_owned(),
            keys,
            must_show: false,
            whole: None,
            leads: false,
        }
    }
}

/// What an item said when somebody looked last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemMark {
    /// The item.
    pub id: ItemId,
    /// Its content hash.
    pub hash: ContentHash,
}

/// HTTP validators of a source's last answer (RFC 9110, section 8.8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// How far a source has been read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceCursor {
    /// The connector's own notion of its place; opaque to the store. `None` = from the start.
    pub value: Option<Value>,
    /// The validators for the next conditional GET.
    pub validators: Validators,
    /// Where a first load stands that has not ended; opaque to the store.
    pub place: Option<Value>,
}

/// Items to be marked as gone.
#[derive(Debug, Clone)]
pub struct Tombstones {
    /// Which ones. Unknown ids and those already gone are passed over.
    pub ids: Vec<ItemId>,
    /// Why.
    pub reason: DeletedReason,
}

/// What tells one pushed event from every other: a hash over the app, and the event's source and id (CloudEvents
/// 1.0 promises that those two are unique together).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventKey(pub [u8; 32]);

/// What one page of one source brings: all of it is written, or nothing.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The app.
    pub app: AppId,
    /// The source inside its connector.
    pub source: String,
    /// The items.
    pub entries: Vec<Entry>,
    /// The items that are gone.
    pub gone: Option<Tombstones>,
    /// The source's new place. `None` leaves it where it is.
    pub cursor: Option<SourceCursor>,
    /// Where a first load stands behind this page; kept beside the cursor, whose new value would end it.
    pub place: Option<Value>,
    /// The pushed events that this answers: none of them will be taken again.
    pub events: Vec<EventKey>,
    /// When this happens.
    pub at: DateTime<Utc>,
}

impl Commit {
    /// Begins a commit that holds nothing yet.
    #[must_use]
    pub fn new(app: AppId, source: &str, at: DateTime<Utc>) -> Self {
        Self {
            app,
            source: source.to_owned(),
            entries: Vec::new(),
            gone: None,
            cursor: None,
            place: None,
            events: Vec::new(),
            at,
        }
    }

    /// Tells whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let buries = self.gone.as_ref().is_some_and(|gone| !gone.ids.is_empty());
        let moves = self.cursor.is_some() || self.place.is_some();
        self.entries.is_empty() && !buries && !moves && self.events.is_empty()
    }
}

/// What a commit did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upserted {
    /// Items that were not there, or were gone.
    pub new: u32,
    /// Items that say something else, or are for others, now.
    pub changed: u32,
    /// Items that say what they said; they cost no write.
    pub unchanged: u32,
    /// Items that are gone now.
    pub gone: u32,
    /// The store's `seq` after it.
    pub seq: u64,
}

/// Keeps items, finds them by what a reader may see, and keeps what readers marked on them.
///
/// Every method that writes returns once the write survives a kill of the process and a loss of
/// power. The cost of reading depends on the reader's own keys and page, never on how many items
/// they may not see.
#[async_trait]
pub trait ItemStore: Send + Sync {
    /// Writes a page of a source, its deletes and its cursor in one transaction. An item whose hash,
    /// keys and source are as they were is left alone. Where an id occurs twice, the last one counts.
    async fn commit(&self, commit: Commit) -> Result<Upserted, StoreError>;

    /// Does the same once it is this commit's turn, and nothing at all where the sender goes away instead. What
    /// can be worked out is worked out before; so none of its items may be in what is written until then.
    async fn commit_in_turn(
        &self,
        commit: Commit,
        turn: oneshot::Receiver<()>,
    ) -> Result<Upserted, StoreError>;

    /// Tells for each mark of an app's items whether the store holds exactly that, alive. For skipping
    /// work early.
    async fn unchanged(&self, app: &AppId, marks: Vec<ItemMark>) -> Result<Vec<bool>, StoreError>;

    /// Tells for each pushed event whether a commit has named it. Forgotten with the tombstones of its time.
    async fn taken(&self, events: Vec<EventKey>) -> Result<Vec<bool>, StoreError>;

    /// Returns the ids of the live items of a source, for sweeps; in no order.
    async fn ids_of(&self, app: &AppId, source: &str) -> Result<Vec<ItemId>, StoreError>;

    /// Counts the live items of a source; cheap however many there are.
    async fn count_of(&self, app: &AppId, source: &str) -> Result<u64, StoreError>;

    /// Marks items as gone. Returns how many were alive.
    async fn tombstone(&self, gone: Tombstones, at: DateTime<Utc>) -> Result<u32, StoreError>;

    /// Returns an item where it is alive and the reader may see it.
    async fn get(&self, id: ItemId, reader: &Reader) -> Result<Option<Row>, StoreError>;

    /// Returns an item whoever it is for, masked, tombstones too. Never for answering a reader.
    async fn get_any(&self, id: ItemId) -> Result<Option<Item>, StoreError>;

    /// Returns one page of what a reader may see. By rank or newest first, items of several apps with a dedupe key in
    /// common come once: as the first of them that the filter takes, the authority's before others, the older
    /// before the newer.
    async fn page(&self, query: PageQuery) -> Result<Page, StoreError>;

    /// Returns what changed for a reader after a `seq`, oldest first, tombstones included.
    async fn changes(&self, query: ChangesQuery) -> Result<Changes, StoreError>;

    /// Counts what a reader may see, app by app, up to a cap. Apps without any are left out.
    async fn counts(&self, query: CountsQuery) -> Result<Vec<AppCount>, StoreError>;

    /// Changes the reader's marks on an item that they may see.
    ///
    /// # Errors
    /// `NotFound` where they may not see it or it is gone.
    async fn mark(
        &self,
        reader: &Reader,
        id: ItemId,
        change: StateChange,
        at: DateTime<Utc>,
    ) -> Result<ReaderState, StoreError>;

    /// Forgets tombstones from before a time (kept for 90 days). Returns how many.
    async fn purge(&self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Counts for every two apps the dedupe keys that both have items of, the lesser id first. Reads all keys: for
    /// reports.
    async fn shared(&self) -> Result<BTreeMap<(AppId, AppId), u64>, StoreError>;

    /// Returns the live items of an app that are older than a time, of sources that it has no more, too. Looks at each item once, without reading what
    /// it says.
    async fn aged(&self, query: AgedQuery) -> Result<Aged, StoreError>;

    /// Returns the newest `seq`, 0 where nothing was ever admitted.
    async fn head(&self) -> Result<u64, StoreError>;

    /// Returns a channel that holds the newest `seq`, for waking live streams. A receiver sees a new
    /// value only after the change can be read.
    fn watch(&self) -> tokio::sync::watch::Receiver<u64>;
}
