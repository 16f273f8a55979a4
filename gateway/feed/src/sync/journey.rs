//! A first load on its way: where it stands is kept with the pages that were read, so that it goes on there after a kill
//! of the process, and never begins again.
//!
//! Owns what is kept of it and when that is of no use any more. It must never know what a place means.

use super::stand::Stand;
use crate::status::Progress;
use chrono::{DateTime, TimeDelta, Utc};
use divos_adapters::{Place, Summary};
use divos_store::Commit;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A place older than this is forgotten: what was read before it is too old to go with what comes now.
const OLDEST: TimeDelta = TimeDelta::days(7);

/// What is kept of a first load that has not ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct UnderWay {
    /// The connector's version that reads it.
    pub(crate) version: String,
    /// When it began.
    pub(crate) since: DateTime<Utc>,
    /// Behind the last page that was kept.
    pub(crate) place: Place,
}

impl UnderWay {
    /// Writes it for the store.
    pub(crate) fn write(&self) -> Option<Json> {
        serde_json::to_value(self).ok()
    }

    /// Tells whether it can go on.
    pub(crate) fn goes_on(&self, version: &str, now: DateTime<Utc>) -> bool {
        self.version == version && now - self.since < OLDEST
    }
}

/// One run's part of a first load.
#[derive(Debug)]
pub(super) struct Journey {
    version: String,
    since: DateTime<Utc>,
    /// When this run began, and how many records were there by then.
    began: DateTime<Utc>,
    before: u64,
    /// Whether it goes on where another run ended.
    pub(super) resumed: bool,
    /// Whether a page was read.
    pub(super) moved: bool,
    /// Whether a place was given to the store.
    pub(super) marked: bool,
}

impl Journey {
    /// Begins, or goes on where `stand` says.
    pub(super) fn new(stand: &Stand, version: &str, now: DateTime<Utc>) -> Self {
        let before = stand.resume(version, now);
        Self {
            version: version.to_owned(),
            since: before.map_or(now, |before| before.since),
            began: now,
            before: before.map_or(0, |before| before.place.rows),
            resumed: before.is_some(),
            moved: false,
            marked: false,
        }
    }

    /// When the first of its runs began.
    pub(super) fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Puts the place behind a page into the page's commit.
    pub(super) fn mark(&mut self, place: Option<Place>, commit: &mut Commit) {
        self.moved = true;
        let Some(place) = place else {
            return;
        };
        let under_way = UnderWay {
            version: self.version.clone(),
            since: self.since,
            place,
        };
        commit.place = under_way.write();
        self.marked = true;
    }

    /// Says how far it is.
    pub(super) fn progress(&self, read: &Summary, now: DateTime<Utc>) -> Progress {
        Progress {
            since: self.since,
            pages: read.pages,
            rows: read.rows,
            total: read.total_declared,
            ends: self.end(read, now),
        }
    }

    /// Estimates the end from what this run read so far.
    fn end(&self, read: &Summary, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let left = read.total_declared?.checked_sub(read.rows)?;
        let done = read
            .rows
            .checked_sub(self.before)
            .filter(|done| *done > 0)?;
        let took = (now - self.began).num_milliseconds().max(0);
        let left = took as f64 * left as f64 / done as f64;
        now.checked_add_signed(TimeDelta::try_milliseconds(left as i64)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::{AppId, ItemId, Kind};
    use serde_json::json;

    #[test]
    fn what_a_page_writes_of_its_place_does_not_grow_with_the_source() {
        let (app, now): (AppId, _) = ("surat".parse().expect("a slug"), DateTime::UNIX_EPOCH);
        let mut stand = Stand::default();
        let ids = (0..50_000).map(|n| ItemId::of(&app, Kind::Task, &format!("{n}")));
        stand.sights.insert(5, ids.collect());
        assert!(stand.write().value.expect("JSON").to_string().len() > 1_500_000);
        let turn = json!({"page": {"read": 7, "rows": 700, "number": 8}});
        let place = json!({"pages": 7, "rows": 700, "distinct": 700, "nameless": 0, "missed": 0, "turn": turn});
        let place: Place = serde_json::from_value(place).expect("a place");
        let mut commit = Commit::new(app, "inbox", now);
        Journey::new(&stand, "v", now).mark(Some(place.clone()), &mut commit);
        assert_eq!(commit.cursor, None);
        let written = commit.place.clone().expect("a place");
        assert!(written.to_string().len() < 300, "{written}");
        let held = divos_store::SourceCursor {
            place: commit.place,
            ..stand.write()
        };
        let kept = Stand::read(&held);
        assert_eq!(kept.sights, stand.sights);
        assert_eq!(kept.under_way.expect("under way").place, place);
    }

    #[test]
    fn the_end_is_estimated_from_the_pace_of_this_run() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let mut journey = Journey::new(&Stand::default(), "v", now);
        let read = |rows, total| Summary {
            rows,
            total_declared: total,
            ..Summary::default()
        };
        let later = now + TimeDelta::minutes(2);
        for (before, rows, total, minutes) in [
            (0, 5000, Some(20_000), Some(6)),
            (4000, 5000, Some(20_000), Some(30)),
            (0, 20_000, Some(20_000), Some(0)),
            (0, 0, Some(20_000), None),
            (0, 5000, None, None),
            (0, 5000, Some(10), None),
        ] {
            journey.before = before;
            let ends = journey.progress(&read(rows, total), later).ends;
            assert_eq!(ends.map(|at| (at - later).num_minutes()), minutes, "{rows}");
        }
    }
}
