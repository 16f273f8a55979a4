//! One app of the whole city while it runs: which rows there are, what is broken, who is signed in.
//!
//! Owns numbers and times of rows, never their fields: those are made in `rows` when they are asked for.

use super::rows::{Row, Seedling};
use super::table::Entry;
use crate::knobs::Break;
use crate::people::{Person, people};
use crate::rng::Rng;
use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, Timelike, Utc};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Sessions that an app remembers.
const SESSIONS: usize = 1000;
/// The minutes that the rows of an app are spread over, at most: less than the shortest time that a connector keeps what
/// does not change, so that none is too old to be shown.
const SPREAD: i64 = 300 * 24 * 60;

/// One app.
pub(crate) struct Shelf {
    pub(crate) entry: Entry,
    pub(crate) base_url: String,
    pub(crate) seed: u64,
    pub(crate) now: DateTime<FixedOffset>,
    staff: Vec<Person>,
    count: u64,
    /// Minutes between two rows.
    step: i64,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    ids: Vec<u64>,
    titles: BTreeMap<u64, String>,
    touched: BTreeMap<u64, DateTime<FixedOffset>>,
    broken: Option<Break>,
    requests: u64,
    sessions: VecDeque<String>,
    given: u64,
}

impl Shelf {
    pub(crate) fn new(
        entry: Entry,
        base_url: String,
        (seed, count): (u64, u64),
        now: DateTime<FixedOffset>,
    ) -> Self {
        let now = now.with_nanosecond(0).unwrap_or(now);
        let inner = Inner {
            ids: (1..=count).collect(),
            ..Inner::default()
        };
        Self {
            entry,
            base_url,
            seed,
            now,
            staff: people(),
            count,
            step: (SPREAD / i64::try_from(count.max(1)).unwrap_or(SPREAD)).clamp(1, 720),
            inner: Mutex::new(inner),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The numbers of all rows, oldest first.
    pub(crate) fn ids(&self) -> Vec<u64> {
        self.lock().ids.clone()
    }

    /// Rows that are there, without those that say they are gone.
    pub(crate) fn expected(&self) -> u64 {
        let gone = |id: &&u64| self.entry.tells_gone() && id.is_multiple_of(25);
        let inner = self.lock();
        (inner.ids.len() - inner.ids.iter().filter(gone).count()) as u64
    }

    /// The numbers of rows changed at or after a time, oldest first.
    pub(crate) fn since(&self, time: DateTime<FixedOffset>) -> Vec<u64> {
        let inner = self.lock();
        let changed = |id: &u64| {
            inner
                .touched
                .get(id)
                .copied()
                .unwrap_or_else(|| self.changed(*id))
                >= time
        };
        inner.ids.iter().copied().filter(changed).collect()
    }

    fn created(&self, id: u64) -> DateTime<FixedOffset> {
        // Twins were made at one moment, whatever else their apps hold.
        if let Some((_, number)) = self.entry.twin(id) {
            let minutes = number.wrapping_mul(7919) % SPREAD.unsigned_abs();
            return self.now - Duration::days(1) - Duration::minutes(minutes as i64);
        }
        self.regular(id)
    }

    /// One after the other.
    fn regular(&self, id: u64) -> DateTime<FixedOffset> {
        let steps = i64::try_from(self.count.saturating_sub(id)).unwrap_or_default() + 1;
        self.now - Duration::minutes(steps * self.step)
    }

    /// A little after it was made, and before the next one was.
    fn changed(&self, id: u64) -> DateTime<FixedOffset> {
        let seconds = self.step.unsigned_abs() * 60;
        self.regular(id) + Duration::seconds((id * 7919 % seconds) as i64)
    }

    /// Makes one row.
    pub(crate) fn row(&self, id: u64) -> Row {
        let (touched, title) = {
            let inner = self.lock();
            (
                inner.touched.get(&id).copied(),
                inner.titles.get(&id).cloned(),
            )
        };
        let seedling = Seedling {
            entry: &self.entry,
            staff: &self.staff,
            seed: self.seed,
            id,
            created: if id > self.count {
                touched.unwrap_or(self.now)
            } else {
                self.created(id)
            },
            updated: touched.unwrap_or_else(|| self.changed(id)),
            base_url: &self.base_url,
        };
        let mut row = seedling.grow();
        if let Some(title) = title {
            row.title = title;
        }
        row
    }

    /// Makes the rows of a slice of numbers.
    pub(crate) fn rows(&self, ids: &[u64]) -> Vec<Row> {
        ids.iter().map(|id| self.row(*id)).collect()
    }

    pub(crate) fn insert(&self, title: Option<&str>) -> u64 {
        let mut inner = self.lock();
        let mut id = inner.ids.last().copied().unwrap_or(0).max(self.count) + 1;
        id += u64::from(id.is_multiple_of(25));
        inner.ids.push(id);
        let time = later(inner.touched.values().max().copied(), self.now);
        inner.touched.insert(id, time);
        inner
            .titles
            .extend(title.map(|title| (id, title.to_owned())));
        id
    }

    pub(crate) fn touch(&self, id: u64) -> bool {
        let mut inner = self.lock();
        let known = inner.ids.contains(&id);
        if known {
            let time = later(inner.touched.values().max().copied(), self.now);
            inner.touched.insert(id, time);
        }
        known
    }

    pub(crate) fn delete(&self, id: u64) -> bool {
        let mut inner = self.lock();
        let before = inner.ids.len();
        inner.ids.retain(|known| *known != id);
        inner.ids.len() < before
    }

    pub(crate) fn set_broken(&self, broken: Option<Break>) {
        self.lock().broken = broken;
    }

    pub(crate) fn broken(&self) -> Option<Break> {
        self.lock().broken.clone()
    }

    pub(crate) fn saw(&self) {
        self.lock().requests += 1;
    }

    pub(crate) fn requests(&self) -> u64 {
        self.lock().requests
    }

    /// Gives out a new session, not signed in.
    pub(crate) fn new_session(&self) -> String {
        let mut inner = self.lock();
        inner.given += 1;
        let mut rng = Rng::new(self.seed, &format!("{}#{}", self.entry.slug, inner.given));
        format!("{:08x}{:08x}", rng.below(1 << 32), rng.below(1 << 32))
    }

    /// The token against forgery of a session.
    pub(crate) fn token(&self, session: &str) -> String {
        let mut rng = Rng::new(self.seed, &format!("token {session}"));
        format!("{:08x}{:08x}", rng.below(1 << 32), rng.below(1 << 32))
    }

    pub(crate) fn sign_in(&self, session: &str) {
        let mut inner = self.lock();
        if inner.sessions.len() == SESSIONS {
            inner.sessions.pop_front();
        }
        inner.sessions.push_back(session.to_owned());
    }

    pub(crate) fn is_signed_in(&self, session: &str) -> bool {
        self.lock().sessions.iter().any(|known| known == session)
    }

    pub(crate) fn sign_all_out(&self) {
        self.lock().sessions.clear();
    }
}

/// Now, or a second after the newest change where the city's day lies ahead of the clock; whole seconds.
fn later(last: Option<DateTime<FixedOffset>>, now: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let clock = Utc::now().with_timezone(now.offset());
    let clock = clock.with_nanosecond(0).unwrap_or(clock);
    clock.max(last.unwrap_or(now) + Duration::seconds(1))
}

/// A time as a query may have it: RFC 3339, or a local time or day.
pub(crate) fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let wita = FixedOffset::east_opt(8 * 3600)?;
    let text = text.trim();
    let zoned = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_rfc3339(&text.replace(' ', "+")));
    let local = || {
        ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .or_else(|| text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0))
    };
    zoned
        .ok()
        .or_else(|| local()?.and_local_timezone(wita).single())
}
