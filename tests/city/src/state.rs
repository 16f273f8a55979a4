//! What one app holds while it runs: its records, what is broken, and what it was asked.
//!
//! Owns the records and the log of requests; never knows how they are written on the wire.

use crate::app::Spec;
use crate::knobs::Break;
use chrono::{DateTime, Duration, FixedOffset, Utc};
use http::HeaderMap;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

/// How many requests an app remembers.
const REMEMBERED: usize = 500;

/// One thing that an app holds, before it is written in the app's own way.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The app's own number for it.
    pub id: u64,
    /// Plain text; the make escapes it as its format needs.
    pub title: String,
    /// Plain text, some sentences.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// Code of the unit that it concerns.
    pub unit: String,
    /// The source's own word for its state.
    pub state: String,
    /// The source's own word for its urgency.
    pub priority: String,
    /// When it was made (WITA).
    pub created: DateTime<FixedOffset>,
    /// When it last changed (WITA).
    pub updated: DateTime<FixedOffset>,
    /// Until when it must be done.
    pub due: Option<DateTime<FixedOffset>>,
    /// From and to, for what takes place at a time.
    pub span: Option<(DateTime<FixedOffset>, DateTime<FixedOffset>)>,
    /// What only this make has: number, place, percent…
    pub more: Map<String, Value>,
}

impl Record {
    /// A member of [`Record::more`] as text; empty when it is missing or not text.
    #[must_use]
    pub fn word(&self, name: &str) -> &str {
        self.more
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}

/// One request as the app saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method, for example `GET`.
    pub method: String,
    /// Path and query as they arrived.
    pub target: String,
    /// Every header as it arrived.
    pub headers: HeaderMap,
}

/// The state of one app, shared by its handlers and its knobs.
pub(crate) struct AppState {
    pub(crate) spec: &'static Spec,
    pub(crate) base_url: String,
    pub(crate) slow: std::time::Duration,
    origin: Vec<Record>,
    inner: Mutex<Inner>,
}

struct Inner {
    records: Vec<Record>,
    broken: Option<Break>,
    seen: VecDeque<Seen>,
    requests: u64,
    data_requests: u64,
    highest: u64,
}

impl AppState {
    pub(crate) fn new(
        spec: &'static Spec,
        base_url: String,
        slow: std::time::Duration,
        records: Vec<Record>,
    ) -> Self {
        let inner = Inner::fresh(records.clone());
        Self {
            spec,
            base_url,
            slow,
            origin: records,
            inner: Mutex::new(inner),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The records as they are now, newest change first.
    pub(crate) fn records(&self) -> Vec<Record> {
        let mut records = self.lock().records.clone();
        records.sort_by(|a, b| b.updated.cmp(&a.updated).then(a.id.cmp(&b.id)));
        records
    }

    pub(crate) fn broken(&self) -> Option<Break> {
        self.lock().broken.clone()
    }

    pub(crate) fn set_broken(&self, broken: Option<Break>) {
        self.lock().broken = broken;
    }

    /// Whether a path is one of those where the app's data lies.
    pub(crate) fn is_data(&self, path: &str) -> bool {
        path.starts_with(self.spec.data)
    }

    /// Remembers a request and returns how many asked for data before it.
    pub(crate) fn saw(&self, seen: Seen) -> u64 {
        let data = self.is_data(seen.target.split('?').next().unwrap_or_default());
        let mut inner = self.lock();
        inner.requests += 1;
        let before = inner.data_requests;
        inner.data_requests += u64::from(data);
        if inner.seen.len() == REMEMBERED {
            inner.seen.pop_front();
        }
        inner.seen.push_back(seen);
        before
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.lock().seen.iter().cloned().collect()
    }

    pub(crate) fn requests(&self) -> (u64, u64) {
        let inner = self.lock();
        (inner.requests, inner.data_requests)
    }

    /// Changes one record and moves its `updated` on; false when there is none of that id.
    pub(crate) fn edit(&self, id: u64, change: impl FnOnce(&mut Record)) -> bool {
        let mut inner = self.lock();
        let Some(record) = inner.records.iter_mut().find(|record| record.id == id) else {
            return false;
        };
        change(record);
        record.updated = later_than(record.updated);
        true
    }

    pub(crate) fn delete(&self, id: u64) -> bool {
        let mut inner = self.lock();
        let before = inner.records.len();
        inner.records.retain(|record| record.id != id);
        inner.records.len() < before
    }

    /// Adds a copy of the newest record under a new id with another title and today's times; returns the id.
    pub(crate) fn insert(&self, title: &str) -> Option<u64> {
        let mut inner = self.lock();
        let mut record = inner
            .records
            .iter()
            .max_by_key(|record| record.updated)?
            .clone();
        inner.highest += 1;
        record.id = inner.highest;
        record.title = title.to_owned();
        record.updated = later_than(record.updated);
        record.created = record.updated;
        let id = record.id;
        inner.records.push(record);
        Some(id)
    }

    /// Adds this many records like the newest one.
    pub(crate) fn fill(&self, count: usize) {
        let mut inner = self.lock();
        let newest = inner.records.iter().max_by_key(|record| record.updated);
        let Some(newest) = newest.cloned() else {
            return;
        };
        for n in 1..=count {
            inner.highest += 1;
            let mut record = newest.clone();
            record.id = inner.highest;
            record.title = format!("{} ({n})", newest.title);
            record.updated = newest.updated - Duration::seconds(n as i64);
            record.created = record.updated;
            inner.records.push(record);
        }
    }

    /// Puts records, breakage and counters back as they were at the start.
    pub(crate) fn reset(&self) {
        *self.lock() = Inner::fresh(self.origin.clone());
    }
}

impl Inner {
    fn fresh(records: Vec<Record>) -> Self {
        let highest = records
            .iter()
            .map(|record| record.id)
            .max()
            .unwrap_or_default();
        Self {
            records,
            broken: None,
            seen: VecDeque::new(),
            requests: 0,
            data_requests: 0,
            highest,
        }
    }
}

/// Now, or one second after `last` where the city's `now` lies ahead of the clock; whole seconds.
fn later_than(last: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let now = Utc::now().with_timezone(last.offset());
    let whole = now - Duration::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
    whole.max(last + Duration::seconds(1))
}
