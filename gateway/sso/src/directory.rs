//! People as they stand now, kept for a few seconds.
//!
//! Owns the cache of readers. Posts begin and end by date, so that a reader is only ever good for the present day and
//! a few seconds. It must never know sessions.

use crate::{Reader, SsoError};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use divos_model::{Clock, PersonId, wita};
use divos_store::PeopleStore;
use moka::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Readers held at most: a city of civil servants.
const READERS: u64 = 50_000;

#[derive(Clone)]
struct Known {
    reader: Arc<Reader>,
    read_at: DateTime<Utc>,
    day: NaiveDate,
}

pub(crate) struct Directory {
    people: Arc<dyn PeopleStore>,
    clock: Arc<dyn Clock>,
    fresh_for: TimeDelta,
    known: Cache<PersonId, Known>,
    /// Counts forgettings, so that a read that began before one is not kept after it.
    forgotten: AtomicU64,
}

impl Directory {
    pub(crate) fn new(
        people: Arc<dyn PeopleStore>,
        clock: Arc<dyn Clock>,
        fresh_for: TimeDelta,
    ) -> Self {
        let known = Cache::builder()
            .max_capacity(READERS)
            .time_to_idle(Duration::from_secs(3600))
            .build();
        Self {
            people,
            clock,
            fresh_for,
            known,
            forgotten: AtomicU64::new(0),
        }
    }

    /// Returns a person as they stand now; `None` where there is no such person. A disabled person is returned
    /// as such: whoever asks judges.
    pub(crate) async fn reader(&self, person: PersonId) -> Result<Option<Arc<Reader>>, SsoError> {
        let now = self.clock.now();
        let day = now.with_timezone(&wita()).date_naive();
        let known = self.known.get(&person).filter(|known| known.day == day);
        if let Some(known) = known
            .as_ref()
            .filter(|known| now - known.read_at <= self.fresh_for && now >= known.read_at)
        {
            return Ok(Some(known.reader.clone()));
        }
        let before = self.forgotten.load(Ordering::Acquire);
        let Some(standing) = self
            .people
            .standing(person, day)
            .await
            .map_err(SsoError::store("look up a person"))?
        else {
            self.known.invalidate(&person);
            return Ok(None);
        };
        let read = Reader::of(standing);
        // The same reader keeps its place in memory, so that whatever hangs on it stays good.
        let reader = known
            .map(|known| known.reader)
            .filter(|old| **old == read)
            .unwrap_or_else(|| Arc::new(read));
        if self.forgotten.load(Ordering::Acquire) == before {
            self.known.insert(
                person,
                Known {
                    reader: reader.clone(),
                    read_at: now,
                    day,
                },
            );
        }
        Ok(Some(reader))
    }

    /// Forgets a person: the next who asks reads the store.
    pub(crate) fn forget(&self, person: PersonId) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.known.invalidate(&person);
    }

    /// Forgets everybody, as after an import.
    pub(crate) fn forget_all(&self) {
        self.forgotten.fetch_add(1, Ordering::AcqRel);
        self.known.invalidate_all();
    }
}
