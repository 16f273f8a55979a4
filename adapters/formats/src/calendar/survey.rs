//! What must be known of a whole calendar before its first row: time zones and changed occurrences.
//!
//! Owns the first pass and the bounds of what it keeps. Gives no rows.

use super::Options;
use super::event::{Event, parse};
use super::parts::{Kind, Piece};
use super::zones::{When, Zones};
use crate::{FormatFault, Oddities, Oddity, Reason};
use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendarParameterName as Parameter, ICalendarProperty as Property, ICalendarValue as Value,
};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

/// The most changed occurrences of one calendar.
const CHANGED: usize = 100_000;
/// The most bytes of events that replace all later occurrences.
const FUTURE_BYTES: usize = 8 << 20;

/// A place in a repetition, by which occurrences are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Moment {
    Day(NaiveDate),
    /// Seconds since 1970, UTC.
    Time(i64),
}

impl Moment {
    pub(super) fn of(when: &When) -> Option<Self> {
        if when.day {
            return Some(Self::Day(when.local.date()));
        }
        Some(Self::Time(when.zone.instant(when.local)?.timestamp()))
    }
}

/// A component that replaces occurrences from its place on.
struct Future {
    text: String,
    kind: Kind,
    line: u64,
}

/// A changed occurrence whose zone may be defined later in the document.
struct Change {
    uid: u64,
    time: PartialDateTime,
    zone: Option<String>,
}

/// What is known of the whole calendar.
pub(super) struct Survey {
    pub(super) zones: Zones,
    /// Uids as hashes of 64 bits with a key of this process.
    hasher: RandomState,
    replaced: HashSet<(u64, Moment)>,
    futures: HashMap<u64, Vec<Future>>,
    future_bytes: usize,
}

impl Survey {
    /// Reads a calendar through. Where it is truncated, that is left for the second pass to say.
    pub(super) fn of(
        parts: impl Iterator<Item = Result<Piece, FormatFault>>,
        options: &Options,
        odd: &Oddities,
    ) -> Result<Self, FormatFault> {
        let mut survey = Self {
            zones: Zones::new(options),
            hasher: RandomState::new(),
            replaced: HashSet::new(),
            futures: HashMap::new(),
            future_bytes: 0,
        };
        let mut changes = Vec::new();
        let mut zone_name = None;
        for piece in parts {
            match piece {
                Ok(Piece::ZoneName(name)) => zone_name = zone_name.or(Some(name)),
                Ok(Piece::TooLong { .. }) => {}
                Ok(Piece::Part {
                    kind: Kind::Zone,
                    text,
                    ..
                }) => {
                    if let Some(zone) = parse(&text) {
                        survey.zones.define(&zone);
                    }
                }
                // Few are parsed twice.
                Ok(Piece::Part { placed: false, .. }) => {}
                Ok(Piece::Part {
                    kind, text, line, ..
                }) => survey.note(kind, text, line, &mut changes, odd),
                Err(fault) if fault.reason == Reason::Truncated => break,
                Err(fault) => return Err(fault),
            }
        }
        if let Some(name) = zone_name {
            survey.zones.fall_back(&name, odd);
        }
        survey.settle(changes);
        Ok(survey)
    }

    fn note(
        &mut self,
        kind: Kind,
        text: String,
        line: u64,
        changes: &mut Vec<Change>,
        odd: &Oddities,
    ) {
        let Some(calendar) = parse(&text) else {
            return;
        };
        let entries = calendar
            .components
            .first()
            .map(|event| event.entries.as_slice());
        let entries = entries.unwrap_or_default();
        let find = |name: Property| entries.iter().find(|entry| entry.name == name);
        let (Some(uid), Some(place)) = (find(Property::Uid), find(Property::RecurrenceId)) else {
            return;
        };
        let Some(Value::PartialDateTime(time)) = place.values.first() else {
            return;
        };
        let uid = self.hash(
            uid.values
                .first()
                .and_then(Value::as_text)
                .unwrap_or_default(),
        );
        if changes.len() >= CHANGED {
            odd.add(Oddity::TooManyOverrides, Some(line), None);
            return;
        }
        changes.push(Change {
            uid,
            time: time.as_ref().clone(),
            zone: place.tz_id().map(|zone| zone.chars().take(255).collect()),
        });
        if place
            .params
            .iter()
            .any(|param| param.name == Parameter::Range)
        {
            self.keep(uid, Future { text, kind, line }, odd);
        }
    }

    fn keep(&mut self, uid: u64, future: Future, odd: &Oddities) {
        self.future_bytes += future.text.len();
        if self.future_bytes > FUTURE_BYTES {
            odd.add(Oddity::TooManyOverrides, Some(future.line), None);
            return;
        }
        self.futures.entry(uid).or_default().push(future);
    }

    /// Gives the changed occurrences their zones, now that all are defined.
    fn settle(&mut self, changes: Vec<Change>) {
        // What is odd about them is counted when they are read as rows.
        let unheard = Oddities::default();
        for change in changes {
            let when = self
                .zones
                .when(&change.time, change.zone.as_deref(), &unheard, 0);
            if let Some(moment) = when.as_ref().and_then(Moment::of) {
                self.replaced.insert((change.uid, moment));
            }
        }
    }

    fn hash(&self, uid: &str) -> u64 {
        self.hasher.hash_one(uid.trim())
    }

    /// Whether this occurrence has a component of its own.
    pub(super) fn is_replaced(&self, uid: &str, moment: Moment) -> bool {
        !self.replaced.is_empty() && self.replaced.contains(&(self.hash(uid), moment))
    }

    /// The event, and those that replace it from a place on.
    pub(super) fn versions(&self, event: Event, odd: &Oddities) -> Vec<Event> {
        let futures = match event.replaces {
            None => self.futures.get(&self.hash(&event.uid)),
            Some(_) => None,
        };
        let later = futures.into_iter().flatten().filter_map(|future| {
            Event::read(&future.text, future.kind, &self.zones, odd, future.line)
        });
        let later: Vec<Event> = later.collect();
        std::iter::once(event).chain(later).collect()
    }
}
