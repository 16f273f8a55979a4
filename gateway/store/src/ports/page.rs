//! How a reader's items are asked for and answered.

use super::{Reader, ReaderState, StateFilter};
use chrono::{DateTime, Utc};
use divos_model::{AppId, DeletedReason, Item, ItemId, Kind, State, UnitCode};
use serde::{Deserialize, Serialize};

/// In which order a page comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As the screen shows it: overdue first; then by priority (absent = normal), due time (none
    /// last), last change (newest first). Overdue = open and due before `now`. An item that is no
    /// longer open presses nobody: it ranks as `low` without a due time.
    Rank {
        /// What counts as overdue. On later pages the position's own time counts.
        now: DateTime<Utc>,
    },
    /// By the source's time of last change, newest first.
    Newest,
    /// By `seq`, newest first.
    Seq,
}

/// Which items. Every empty list means "any".
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Of one of these kinds.
    pub kinds: Vec<Kind>,
    /// Of one of these apps.
    pub apps: Vec<AppId>,
    /// In one of these states.
    pub states: Vec<State>,
    /// Owned by one of these units (exactly; the caller adds the units below).
    pub units: Vec<UnitCode>,
    /// Every one of these words occurs, whatever its case, in title, summary, native id or letter
    /// number; of a restricted item only the title is searched. Words are separated by blanks.
    pub text: Option<String>,
    /// Updated at the source at or after this time.
    pub since: Option<DateTime<Utc>>,
    /// By what the reader marked.
    pub marks: StateFilter,
}

/// Asks for a page.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// For whom.
    pub reader: Reader,
    /// Which items.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// The `next` of the page before; `None` = the first page.
    pub after: Option<Position>,
    /// How many rows at most, 1 to 500.
    pub limit: usize,
    /// The present moment: decides what is still snoozed.
    pub now: DateTime<Utc>,
    /// How many candidates may be looked at. Where the filter throws most away, a page may come back
    /// short, even empty, with a `next` to go on from. 0 = the default (20,000).
    pub scan: usize,
}

impl PageQuery {
    /// Asks for a reader's first 50 items, ranked, without what they marked done, snoozed or muted.
    #[must_use]
    pub fn ranked(reader: Reader, now: DateTime<Utc>) -> Self {
        Self {
            reader,
            filter: Filter {
                marks: StateFilter::open(),
                ..Filter::default()
            },
            order: Order::Rank { now },
            after: None,
            limit: 50,
            now,
            scan: 0,
        }
    }
}

/// A place in a reader's list, to go on from. Belongs to one order; opaque to callers, who sign it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// What counted as overdue on the first page, milliseconds since 1970.
    #[serde(rename = "n")]
    pub now: i64,
    /// 0 in the overdue part, 1 after it; 0 in the other orders.
    #[serde(rename = "p")]
    pub part: u8,
    /// The rank of the priority, 0 = urgent to 3 = low.
    #[serde(rename = "l")]
    pub level: u8,
    /// The due time in milliseconds.
    #[serde(rename = "d")]
    pub due: i64,
    /// The time of last change (or the `seq`), negated.
    #[serde(rename = "u")]
    pub recency: i64,
    /// The item's number inside the store; breaks ties.
    #[serde(rename = "i")]
    pub number: i64,
}

/// An item with what its reader marked on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The item, `seq` and `hash` set.
    pub item: Item,
    /// The reader's marks.
    pub marks: ReaderState,
    /// Whether the reader has not seen what it says now.
    pub unread: bool,
    /// Whether personal data in it is masked for this reader ([`super::Whole`]). Its `hash` is that of the whole item all
    /// the same: not to be shown with it.
    pub masked: bool,
    /// Other apps' items that are the same thing, as far as the reader sees them; at most 16.
    pub twins: Vec<Twin>,
}

/// Another app's item that is the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Twin {
    /// The item.
    pub id: ItemId,
    /// Its app.
    pub app: AppId,
}

/// One page.
#[derive(Debug, Clone)]
pub struct Page {
    /// The rows, in the order that was asked for.
    pub rows: Vec<Row>,
    /// Where to go on; `None` = that was all.
    pub next: Option<Position>,
    /// The store's `seq` that this page shows.
    pub seq: u64,
}

/// Asks what changed.
#[derive(Debug, Clone)]
pub struct ChangesQuery {
    /// For whom.
    pub reader: Reader,
    /// After this `seq`.
    pub after: u64,
    /// How many at most, 1 to 1000.
    pub limit: usize,
}

/// One change, as a reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The item is new or says something else.
    Item(Box<Row>),
    /// The item is gone for this reader.
    Gone {
        /// Which.
        id: ItemId,
        /// The change's `seq`.
        seq: u64,
        /// Why; `AccessRevoked` where it lives on for others.
        reason: DeletedReason,
        /// When.
        at: DateTime<Utc>,
    },
}

impl Change {
    /// Returns the change's `seq`.
    #[must_use]
    pub fn seq(&self) -> u64 {
        match self {
            Self::Item(row) => row.item.seq,
            Self::Gone { seq, .. } => *seq,
        }
    }
}

/// What changed.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The changes by rising `seq`; an item occurs once, as it is now.
    pub changes: Vec<Change>,
    /// The `seq` to ask after next time. Passes over what the reader may not see.
    pub next: u64,
    /// Whether there is more already.
    pub more: bool,
    /// Whether `after` lies before the oldest tombstone that is still kept: deletes may have been
    /// missed, the reader has to start over (410 in the API).
    pub expired: bool,
}

/// Asks for counts.
#[derive(Debug, Clone)]
pub struct CountsQuery {
    /// For whom.
    pub reader: Reader,
    /// By what the reader marked, for example unread only.
    pub marks: StateFilter,
    /// Count no further than this in each app, 1 to 1000.
    pub cap: u32,
    /// The present moment: decides what is still snoozed.
    pub now: DateTime<Utc>,
}

/// How many items of an app a reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppCount {
    /// The app.
    pub app: AppId,
    /// How many, at most the cap.
    pub count: u32,
    /// Whether there are more than were counted.
    pub more: bool,
}
