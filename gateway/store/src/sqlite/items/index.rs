//! The audience index: which rows an item has in it.
//!
//! Table `ix` holds, for each audience key, lists of the items under it, each list sorted as it is
//! read. A reader's page merges the lists of the reader's own keys (some twenty), so its cost knows
//! neither the total nor what they may not see. `facet` names the list: an order, and a scope (all,
//! one kind, one app). Lists by kind and app exist for shared keys alone (everyone, units, roles);
//! a person's or a post's own list is short and is filtered instead, which saves most of the writes.
//!
//! Overdue needs no column: within a level the rank list is sorted by due time, so what is overdue
//! *now* is its beginning, up to `now`. See [`super::merge`].

use divos_model::{AudienceKey, Item, Kind, Priority, State};

/// The due time of an item without one: after every other (the year 6429), six bytes in SQLite.
pub(crate) const NO_DUE: i64 = (1 << 47) - 1;

/// The ways in which a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Level, due time, last change.
    Rank = 0,
    /// Last change alone.
    Newest = 1,
    /// By rising `seq`; holds tombstones and revocations too.
    Seq = 2,
}

/// Which items a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All.
    All,
    /// Those of a kind.
    Kind(Kind),
    /// Those of an app, by its word's number.
    App(i64),
}

/// Returns the number of a list.
pub(crate) fn facet(sort: Sort, scope: Scope) -> i64 {
    let scope = match scope {
        Scope::All => 0,
        Scope::Kind(kind) => 1 + kind as i64,
        Scope::App(app) => 64 + app,
    };
    scope * 4 + sort as i64
}

/// An audience key as rows hold it: its word's number, and whether many readers share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyCode {
    pub(crate) word: i64,
    pub(crate) shared: bool,
}

/// Tells whether many readers hold a key, so that lists by kind and app are worth their writes.
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

    pub(crate) fn of(item: &Item, must_show: bool) -> Self {
        let mut bits = item.kind() as i64 | (item.state as i64) << 5;
        if must_show {
            bits |= Self::MUST_SHOW;
        }
        if !item.audience.exclude.is_empty() {
            bits |= Self::EXCLUDES;
        }
        Self(bits)
    }

    /// Adds the version: how often what the item says has changed.
    pub(crate) fn with_version(self, version: i64) -> Self {
        Self(self.0 & 0xffff | version << 16)
    }

    pub(crate) fn gone(self) -> Self {
        Self(self.0 | Self::GONE)
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
    pub(crate) key: i64,
    pub(crate) facet: i64,
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
            self.key,
            self.facet,
            self.level,
            self.due,
            self.recency,
            self.number,
        ]
    }
}

/// Returns all rows of an item, sorted.
pub(crate) fn rows(facts: &Facts) -> Vec<IxRow> {
    let mut rows = Vec::with_capacity(facts.keys.len() * 7 + facts.revoked.len());
    let mut add = |key: i64, facet: i64, place: (i64, i64, i64), bits: Bits| {
        rows.push(IxRow {
            key,
            facet,
            level: place.0,
            due: place.1,
            recency: place.2,
            number: facts.number,
            app: facts.app,
            unit: facts.unit,
            bits,
        });
    };
    let ranked = (facts.level, facts.due, facts.recency);
    let newest = (0, 0, facts.recency);
    for key in &facts.keys {
        let by_seq = facet(Sort::Seq, Scope::All);
        add(key.word, by_seq, (0, 0, facts.seq), facts.bits);
        if facts.bits.is_gone() {
            continue;
        }
        let kind = Kind::ALL.get(facts.bits.kind() as usize).copied();
        let scopes = [
            Some(Scope::All),
            kind.map(Scope::Kind),
            Some(Scope::App(facts.app)),
        ];
        let lists = if key.shared { 3 } else { 1 };
        for scope in scopes.into_iter().take(lists).flatten() {
            add(key.word, facet(Sort::Rank, scope), ranked, facts.bits);
            add(key.word, facet(Sort::Newest, scope), newest, facts.bits);
        }
    }
    for gone in &facts.revoked {
        let by_seq = facet(Sort::Seq, Scope::All);
        add(gone.word, by_seq, (0, 0, gone.seq), facts.bits.revoked());
    }
    rows.sort_unstable();
    rows
}

/// Returns the number under which [`Bits`] hold a state.
pub(crate) fn state_code(state: State) -> i64 {
    state as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::{AppId, Body, Time};

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
    fn only_shared_keys_have_lists_by_kind_and_app() {
        let key = |word, shared| KeyCode { word, shared };
        let facts = Facts {
            number: 1,
            seq: 1,
            keys: vec![key(1, true), key(2, false)],
            ..Facts::default()
        };
        let rows = rows(&facts);
        assert_eq!(rows.iter().filter(|row| row.key == 1).count(), 7);
        assert_eq!(rows.iter().filter(|row| row.key == 2).count(), 3);
    }
}
