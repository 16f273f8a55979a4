//! A plain model of the item store: it keeps everything in a list and sorts it anew for each page.
//! Slow and obviously right; engines are compared with it.

use super::fixtures::{app, at, person};
use crate::{Entry, Filter, Order, PageQuery, Reader, StateFilter};
use chrono::{DateTime, Utc};
use divos_model::{
    Audience, AudienceKey, Body, Item, ItemId, Kind, PersonId, Priority, State, UnitCode, UnitScope,
};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A small generator of numbers (SplitMix64); the same seed gives the same numbers.
#[derive(Debug)]
pub struct Dice(pub u64);

impl Dice {
    /// Returns a number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ z >> 31) % sides.max(1)
    }

    /// Returns one of some things.
    pub fn pick<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.roll(things.len() as u64) as usize].clone()
    }

    /// Returns whether one time in `n` came up.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.roll(n) == 0
    }
}

/// What a person marked on an item.
#[derive(Debug, Clone, Default)]
pub struct Marked {
    /// The version that was seen.
    pub seen: Option<u32>,
    /// Done.
    pub done: bool,
    /// Pinned.
    pub pinned: bool,
    /// Snoozed until.
    pub snoozed: Option<DateTime<Utc>>,
    /// Muted.
    pub muted: bool,
}

/// An item in the model.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The entry as it was admitted last.
    pub entry: Entry,
    /// How often its words changed.
    pub version: u32,
    /// Its place in the order of changes.
    pub seq: u64,
    /// Whether it is there.
    pub alive: bool,
}

/// The model.
#[derive(Debug, Default)]
pub struct Model {
    /// The items by the order of first admission.
    pub items: Vec<Kept>,
    /// The marks.
    pub marks: HashMap<(PersonId, ItemId), Marked>,
    clock: u64,
}

impl Model {
    /// Admits an entry.
    pub fn admit(&mut self, entry: Entry) {
        self.clock += 1;
        let seq = self.clock;
        let id = entry.item.id;
        let Some(kept) = self.items.iter_mut().find(|kept| kept.entry.item.id == id) else {
            self.items.push(Kept {
                entry,
                version: 1,
                seq,
                alive: true,
            });
            return;
        };
        let same = kept.entry.item.hash == entry.item.hash
            && kept.entry.keys == entry.keys
            && kept.entry.must_show == entry.must_show;
        if same && kept.alive {
            return;
        }
        kept.version += u32::from(kept.entry.item.hash != entry.item.hash);
        kept.entry = entry;
        kept.seq = seq;
        kept.alive = true;
    }

    /// Returns what a reader sees of a query, in its order, all pages at once.
    #[must_use]
    pub fn page(&self, query: &PageQuery) -> Vec<ItemId> {
        let mut rows: Vec<(usize, &Kept)> = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, kept)| kept.alive && sees(&query.reader, &kept.entry))
            .filter(|(_, kept)| passes(&query.filter, &kept.entry.item))
            .filter(|(_, kept)| self.is_marked(query, kept))
            .collect();
        let updated = |item: &Item| Reverse(item.updated_at.timestamp_millis());
        rows.sort_by_key(|(place, kept)| {
            let item = &kept.entry.item;
            match query.order {
                Order::Rank { now } => (rank(item, now), updated(item), Reverse(0), *place),
                Order::Newest => (Rank::MIN, updated(item), Reverse(0), *place),
                Order::Seq => (Rank::MIN, Reverse(0), Reverse(kept.seq), *place),
            }
        });
        rows.iter().map(|(_, kept)| kept.entry.item.id).collect()
    }

    fn is_marked(&self, query: &PageQuery, kept: &Kept) -> bool {
        let key = (query.reader.person, kept.entry.item.id);
        let marked = self.marks.get(&key).cloned().unwrap_or_default();
        let StateFilter {
            unread,
            done,
            pinned,
            snoozed,
            muted,
        } = query.filter.marks;
        let is = |wanted: Option<bool>, fact| wanted.is_none() || wanted == Some(fact);
        let asleep = marked.snoozed.is_some_and(|until| until > query.now);
        is(unread, marked.seen != Some(kept.version))
            && is(done, marked.done)
            && is(pinned, marked.pinned)
            && is(snoozed, asleep)
            && (is(muted, marked.muted) || (muted == Some(false) && kept.entry.must_show))
    }
}

fn sees(reader: &Reader, entry: &Entry) -> bool {
    entry.keys.iter().any(|key| reader.keys().contains(key))
        && !entry.item.audience.exclude.contains(&reader.person)
}

fn passes(filter: &Filter, item: &Item) -> bool {
    let text = format!("{} {}", item.title, item.native_id).to_lowercase();
    let words = filter.text.clone().unwrap_or_default().to_lowercase();
    let unit = |code: &UnitCode| filter.units.contains(code);
    (filter.kinds.is_empty() || filter.kinds.contains(&item.kind()))
        && (filter.apps.is_empty() || filter.apps.contains(&item.app))
        && (filter.states.is_empty() || filter.states.contains(&item.state))
        && (filter.units.is_empty() || item.owner_unit.as_ref().is_some_and(unit))
        && filter.since.is_none_or(|since| item.updated_at >= since)
        && words.split_whitespace().all(|word| text.contains(word))
}

/// Not overdue, priority, without due time, due time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank(bool, Reverse<Priority>, bool, i64);

impl Rank {
    const MIN: Self = Self(false, Reverse(Priority::Urgent), false, 0);
}

/// Overdue first, then priority, then due time, none last.
fn rank(item: &Item, now: DateTime<Utc>) -> Rank {
    if !item.state.is_open() {
        return Rank(true, Reverse(Priority::Low), true, 0);
    }
    let due = item.due_at.map(|due| due.timestamp_millis());
    let overdue = due.is_some_and(|due| due < now.timestamp_millis());
    let priority = item.priority.unwrap_or(Priority::Normal);
    Rank(!overdue, Reverse(priority), due.is_none(), due.unwrap_or(0))
}

/// The roles, units and apps of random items.
const ROLES: [&str; 4] = ["a", "b", "c", "d"];
const UNITS: [&str; 3] = ["01", "0101", "02"];
const APPS: [&str; 4] = ["berita", "surat", "agenda", "aduan"];
const KINDS: [Kind; 3] = [Kind::Letter, Kind::Task, Kind::Announcement];

/// Returns a random item of one of some 200 ids.
pub fn random_entry(dice: &mut Dice) -> Entry {
    let native = dice.roll(50).to_string();
    // The kind belongs to the id, so it follows from the number.
    let kind = KINDS[native.len() % KINDS.len()];
    let minutes = dice.roll(40) as i64;
    let mut item = Item::new(
        app(dice.pick(&APPS)),
        &native,
        &format!("Judul {}", dice.roll(4)),
        at(-minutes).fixed_offset(),
        Body::empty(kind),
    );
    item.state = dice.pick(&[State::Active, State::Pending, State::Done, State::Unknown]);
    item.priority = dice.pick(&[
        None,
        Some(Priority::Low),
        Some(Priority::Normal),
        Some(Priority::High),
        Some(Priority::Urgent),
    ]);
    item.due_at = dice
        .one_in(2)
        .then(|| at(dice.roll(20) as i64 - 10).fixed_offset());
    let unit = |code: &str| -> UnitCode { code.parse().expect("a code") };
    item.owner_unit = dice.one_in(2).then(|| unit(dice.pick(&UNITS)));
    item.audience = Audience {
        everyone: dice.one_in(6),
        persons: (0..dice.roll(3)).map(|n| person(u128::from(n))).collect(),
        roles: (0..dice.roll(3))
            .map(|_| dice.pick(&ROLES).to_owned())
            .collect(),
        units: (0..dice.roll(2))
            .map(|_| UnitScope {
                code: unit(dice.pick(&UNITS)),
                subtree: dice.one_in(2),
            })
            .collect(),
        ..Audience::default()
    };
    if dice.one_in(5) {
        item.audience.exclude = vec![person(u128::from(dice.roll(3)))];
    }
    item.hash = item.content_hash();
    let mut entry = Entry::new(item, "utama");
    entry.must_show = dice.one_in(5);
    entry
}

/// Returns one of three persons with random keys.
pub fn random_reader(dice: &mut Dice) -> Reader {
    let mut keys = vec![AudienceKey::Everyone];
    for _ in 0..dice.roll(3) {
        keys.push(AudienceKey::Role(dice.pick(&ROLES).to_owned()));
    }
    for _ in 0..dice.roll(3) {
        let code: UnitCode = dice.pick(&UNITS).parse().expect("a code");
        keys.push(AudienceKey::Unit(code.clone()));
        keys.push(AudienceKey::Under(code));
    }
    Reader::new(person(u128::from(dice.roll(3))), keys)
}

/// Returns a random query for a reader.
pub fn random_query(dice: &mut Dice, reader: Reader) -> PageQuery {
    let maybe = |dice: &mut Dice| dice.pick(&[None, None, None, Some(true), Some(false)]);
    let now = at(dice.roll(20) as i64 - 10);
    let filter = Filter {
        kinds: (0..dice.roll(3)).map(|_| dice.pick(&KINDS)).collect(),
        apps: (0..dice.roll(3)).map(|_| app(dice.pick(&APPS))).collect(),
        states: (0..dice.roll(2))
            .map(|_| dice.pick(&[State::Active, State::Done]))
            .collect(),
        units: (0..dice.roll(2))
            .map(|_| dice.pick(&UNITS).parse().expect("a code"))
            .collect(),
        text: dice.one_in(4).then(|| format!("judul {}", dice.roll(4))),
        since: dice.one_in(4).then(|| at(-(dice.roll(40) as i64))),
        marks: StateFilter {
            unread: maybe(dice),
            done: maybe(dice),
            pinned: maybe(dice),
            snoozed: maybe(dice),
            muted: maybe(dice),
        },
    };
    let blank = Filter::default();
    PageQuery {
        reader,
        filter: if dice.one_in(4) { blank } else { filter },
        order: dice.pick(&[
            Order::Rank { now },
            Order::Rank { now },
            Order::Newest,
            Order::Seq,
        ]),
        after: None,
        limit: 1 + dice.roll(20) as usize,
        now,
        scan: dice.pick(&[0, 0, 1, 7]),
    }
}
