//! The audience index: which rows an item has in it.
//!
//! Table `ix` holds, for each audience key, lists of the items under it, each list sorted as it is
//! read. A reader's page merges the lists of the reader's own keys (some twenty), so its cost knows
//! neither the total nor what they may not see.
//!
//! A key has a list of its live items and one by `seq`. Keys that many share (everyone, units, roles)
//! have a list for each app besides, kept by app first, since what is admitted together is of one
//! app. Every row is a page of the disk that changes, so there are as few as will do:
//!
//! - Overdue needs no column: within a level the list is sorted by due time, so what is overdue *now*
//!   is its beginning, up to `now`.
//! - One row serves both by rank and newest first: within a level, items without a due time are
//!   sorted by last change already. An item with a due time has a second row, at level [`DATED`].
//!
//! See [`super::merge`] for how the lists are read.

use divos_model::{AudienceKey, Item, Priority, State};

/// The due time of an item without one: after every other (the year 6429), six bytes in SQLite.
pub(crate) const NO_DUE: i64 = (1 << 47) - 1;

/// The level of the rows by which items with a due time are found newest first.
pub(crate) const DATED: i64 = 4;

/// Which list a row is in: the first two columns of `ix`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct List {
    pub(crate) list: i64,
    pub(crate) sub: i64,
}

impl List {
    /// A key's live items.
    pub(crate) fn live(key: i64) -> Self {
        Self { list: key, sub: 0 }
    }

    /// A key's items by rising `seq`, tombstones and revocations too.
    pub(crate) fn by_seq(key: i64) -> Self {
        Self { list: key, sub: 1 }
    }

    /// A shared key's live items of an app.
    pub(crate) fn of_app(app: i64, key: i64) -> Self {
        Self {
            list: -app,
            sub: key,
        }
    }
}

/// An audience key as rows hold it: its word's number, and whether many readers share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyCode {
    pub(crate) word: i64,
    pub(crate) shared: bool,
}

/// Tells whether many readers hold a key, so that lists by app are worth their writes.
pub(crate) fn is_shared(key: &AudienceKey) -> bool {
    !matches!(key, AudienceKey::Person(_) | AudienceKey::Post(_))
}

/// A key that an item once had, and the change that took it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revocation {
    pub(crate) word: i64,
    pub(crate) seq: i64,
    pub(crate) at: i64,
}

/// What an index row says about its item, packed into one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Bits(pub(crate) i64);

impl Bits {
    const MUST_SHOW: i64 = 1 << 9;
    const EXCLUDES: i64 = 1 << 10;
    const GONE: i64 = 1 << 11;
    const REVOKED: i64 = 1 << 12;
    const TWINS: i64 = 1 << 13;
    const WHOLE: i64 = 1 << 14;

    pub(crate) fn of(item: &Item, must_show: bool) -> Self {
        let mut bits = item.kind() as i64 | (item.state as i64) << 5;
        if must_show {
            bits |= Self::MUST_SHOW;
        }
        if !item.audience.exclude.is_empty() {
            bits |= Self::EXCLUDES;
        }
        if !item.dedupe.is_empty() {
            bits |= Self::TWINS;
        }
        Self(bits)
    }

    /// Notes that readers with a need to know read it otherwise.
    pub(crate) fn with_whole(self, whole: bool) -> Self {
        Self(if whole { self.0 | Self::WHOLE } else { self.0 })
    }

    /// Adds the version: how often what the item says has changed.
    pub(crate) fn with_version(self, version: i64) -> Self {
        Self(self.0 & 0xffff | version << 16)
    }

    /// A tombstone: nothing lies beside it.
    pub(crate) fn gone(self) -> Self {
        Self((self.0 | Self::GONE) & !Self::TWINS & !Self::WHOLE)
    }

    fn revoked(self) -> Self {
        Self(self.0 | Self::REVOKED)
    }

    pub(crate) fn kind(self) -> i64 {
        self.0 & 0x1f
    }

    pub(crate) fn state(self) -> i64 {
        self.0 >> 5 & 0xf
    }

    pub(crate) fn must_show(self) -> bool {
        self.0 & Self::MUST_SHOW != 0
    }

    pub(crate) fn excludes(self) -> bool {
        self.0 & Self::EXCLUDES != 0
    }

    pub(crate) fn is_gone(self) -> bool {
        self.0 & Self::GONE != 0
    }

    pub(crate) fn is_revoked(self) -> bool {
        self.0 & Self::REVOKED != 0
    }

    /// Tells whether other apps may have the same thing.
    pub(crate) fn has_twins(self) -> bool {
        self.0 & Self::TWINS != 0
    }

    /// Tells whether readers with a need to know read it otherwise.
    pub(crate) fn has_whole(self) -> bool {
        self.0 & Self::WHOLE != 0
    }

    pub(crate) fn version(self) -> i64 {
        self.0 >> 16
    }
}

/// What the index needs to know of an item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) number: i64,
    pub(crate) seq: i64,
    pub(crate) app: i64,
    pub(crate) source: i64,
    pub(crate) unit: i64,
    pub(crate) bits: Bits,
    pub(crate) level: i64,
    pub(crate) due: i64,
    pub(crate) recency: i64,
    pub(crate) keys: Vec<KeyCode>,
    pub(crate) revoked: Vec<Revocation>,
}

/// How an item ranks: level (0 = urgent to 3 = low) and due time in milliseconds.
pub(crate) fn rank(item: &Item) -> (i64, i64) {
    if !item.state.is_open() {
        return (3, NO_DUE);
    }
    let level = match item.priority {
        Some(Priority::Urgent) => 0,
        Some(Priority::High) => 1,
        Some(Priority::Normal) | None => 2,
        Some(Priority::Low) => 3,
    };
    let due = item.due_at.map_or(NO_DUE, |due| {
        due.timestamp_millis().clamp(-NO_DUE, NO_DUE - 1)
    });
    (level, due)
}

/// A row of `ix`: where it stands, then what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct IxRow {
    pub(crate) list: List,
    pub(crate) level: i64,
    pub(crate) due: i64,
    pub(crate) recency: i64,
    pub(crate) number: i64,
    pub(crate) app: i64,
    pub(crate) unit: i64,
    pub(crate) bits: Bits,
}

impl IxRow {
    /// Returns where the row stands, without what it says.
    pub(crate) fn place(&self) -> [i64; 6] {
        [
            self.list.list,
            self.list.sub,
            self.level,
            self.due,
            self.recency,
            self.number,
        ]
    }

    /// Returns all columns.
    pub(crate) fn columns(&self) -> [i64; 9] {
        [
            self.list.list,
            self.list.sub,
            self.level,
            self.due,
            self.recency,
            self.number,
            self.app,
            self.unit,
            self.bits.0,
        ]
    }
}

/// Returns all rows of an item, sorted.
pub(crate) fn rows(facts: &Facts) -> Vec<IxRow> {
    let mut rows = Vec::with_capacity(facts.keys.len() * 4 + facts.revoked.len());
    rows_into(facts, &mut rows);
    rows.sort_unstable();
    rows
}

/// Adds all rows of an item, in no order.
pub(crate) fn rows_into(facts: &Facts, rows: &mut Vec<IxRow>) {
    let mut add = |list: List, (level, due, recency): (i64, i64, i64), bits: Bits| {
        rows.push(IxRow {
            list,
            level,
            due,
            recency,
            number: facts.number,
            app: facts.app,
            unit: facts.unit,
            bits,
        });
    };
    for key in &facts.keys {
        add(List::by_seq(key.word), (0, 0, facts.seq), facts.bits);
        if facts.bits.is_gone() {
            continue;
        }
        let lists = [
            Some(List::live(key.word)),
            key.shared.then(|| List::of_app(facts.app, key.word)),
        ];
        for list in lists.into_iter().flatten() {
            add(list, (facts.level, facts.due, facts.recency), facts.bits);
            if facts.due != NO_DUE {
                add(list, (DATED, 0, facts.recency), facts.bits);
            }
        }
    }
    for gone in &facts.revoked {
        add(
            List::by_seq(gone.word),
            (0, 0, gone.seq),
            facts.bits.revoked(),
        );
    }
}

/// Returns the number under which [`Bits`] hold a state.
pub(crate) fn state_code(state: State) -> i64 {
    state as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::{AppId, Body, Kind, Time};

    fn item(state: State, priority: Option<Priority>, due: Option<&str>) -> Item {
        let at: Time = "2026-11-24T08:00:00+08:00".parse().expect("a time");
        let app: AppId = "surat".parse().expect("a slug");
        let mut item = Item::new(app, "1", "t", at, Body::empty(Kind::Letter));
        item.state = state;
        item.priority = priority;
        item.due_at = due.map(|due| due.parse().expect("a time"));
        item
    }

    #[test]
    fn ranks_by_priority_and_due_time_while_open() {
        let due = "2026-11-25T00:00:00Z";
        let ms = 1_795_564_800_000;
        for (state, priority, due, expected) in [
            (State::Active, Some(Priority::Urgent), Some(due), (0, ms)),
            (State::Pending, None, Some(due), (2, ms)),
            (State::Active, Some(Priority::Low), None, (3, NO_DUE)),
            (State::Done, Some(Priority::Urgent), Some(due), (3, NO_DUE)),
        ] {
            assert_eq!(rank(&item(state, priority, due)), expected);
        }
    }

    #[test]
    fn bits_keep_kind_state_flags_and_version_apart() {
        for &kind in Kind::ALL {
            for &state in State::ALL {
                let mut item = item(state, None, None);
                item.body = Body::empty(kind);
                let bits = Bits::of(&item, true).with_version(70_000);
                assert_eq!(bits.kind(), kind as i64);
                assert_eq!(bits.state(), state_code(state));
                assert_eq!(bits.version(), 70_000);
                assert!(bits.must_show() && !bits.excludes() && !bits.is_gone());
                assert!(bits.gone().is_gone() && !bits.is_revoked());
            }
        }
    }

    #[test]
    fn an_item_has_no_more_rows_than_will_do() {
        let key = |word, shared| KeyCode { word, shared };
        let mut facts = Facts {
            number: 1,
            seq: 1,
            due: NO_DUE,
            keys: vec![key(1, false)],
            ..Facts::default()
        };
        assert_eq!(rows(&facts).len(), 2);
        facts.keys = vec![key(2, true)];
        assert_eq!(rows(&facts).len(), 3);
        facts.due = 5;
        assert_eq!(rows(&facts).len(), 5);
        facts.bits = facts.bits.gone();
        assert_eq!(rows(&facts).len(), 1);
    }
}
