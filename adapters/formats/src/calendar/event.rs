//! One event or task: what it says of itself, and the row of one of its occurrences.
//!
//! Owns the keys of a row. Knows neither the file nor how repetition is followed.

use super::expand::Occurrence;
use super::parts::Kind;
use super::people;
use super::zones::{When, Zone, Zones};
use crate::{Oddities, Oddity};
use calcard::icalendar::{
    ICalendar, ICalendarEntry as Entry, ICalendarParameterName as Parameter,
    ICalendarPeriod as Period, ICalendarProperty as Property, ICalendarRecurrenceRule as Rule,
    ICalendarValue as Value,
};
use calcard::{Entry as Parsed, Parser};
use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta};
use serde_json::{Map, Value as Json};

/// The most extra or left-out dates of one event.
const DATES: usize = 10_000;

/// A component as calcard reads it; `None` if it is none.
pub(super) fn parse(text: &str) -> Option<ICalendar> {
    match Parser::new(text).entry() {
        Parsed::ICalendar(calendar) if !calendar.components.is_empty() => Some(calendar),
        _ => None,
    }
}

/// An event or a task.
pub(super) struct Event {
    pub(super) uid: String,
    pub(super) start: Option<When>,
    /// How long it lasts; of whole days by the calendar, else by the clock.
    pub(super) length: TimeDelta,
    end_zone: Option<Zone>,
    pub(super) rule: Option<Rule>,
    pub(super) until: Option<When>,
    /// Extra dates, with their own length where they state one.
    pub(super) extra: Vec<(When, Option<TimeDelta>)>,
    pub(super) left_out: Vec<When>,
    /// The occurrence that this replaces.
    pub(super) replaces: Option<When>,
    /// It replaces all that come after, too.
    pub(super) and_future: bool,
    said: Map<String, Json>,
}

/// What is read along the way.
struct Reading<'a> {
    zones: &'a Zones,
    odd: &'a Oddities,
    line: u64,
}

impl Reading<'_> {
    fn when(&self, entry: &Entry, value: &Value) -> Option<When> {
        let time = match value {
            Value::PartialDateTime(time) => {
                self.zones.when(time, entry.tz_id(), self.odd, self.line)
            }
            _ => None,
        };
        if time.is_none() {
            self.odd.add(Oddity::BadTime, Some(self.line), None);
        }
        time
    }

    fn first(&self, entry: &Entry) -> Option<When> {
        self.when(entry, entry.values.first()?)
    }

    fn extra(&self, entry: &Entry, value: &Value) -> Option<(When, Option<TimeDelta>)> {
        let at = |time| self.when(entry, &Value::PartialDateTime(Box::new(time)));
        match value {
            Value::Period(Period::Range { start, end }) => {
                let (start, end) = (at(start.clone())?, at(end.clone())?);
                let length = between(&start, &end);
                Some((start, length))
            }
            Value::Period(Period::Duration { start, duration }) => {
                Some((at(start.clone())?, duration.to_time_delta()))
            }
            other => Some((self.when(entry, other)?, None)),
        }
    }
}

/// The time between two; by the calendar if both are whole days.
fn between(start: &When, end: &When) -> Option<TimeDelta> {
    if start.day && end.day {
        return Some(end.local - start.local);
    }
    Some(end.zone.instant(end.local)? - start.zone.instant(start.local)?)
}

/// Ends and lengths as they are stated, before it is known which counts.
#[derive(Default)]
struct Ends {
    end: Option<When>,
    due: Option<When>,
    duration: Option<TimeDelta>,
}

impl Event {
    /// Reads a component. `None` if it is unreadable, or an event without a beginning.
    pub(super) fn read(
        text: &str,
        kind: Kind,
        zones: &Zones,
        odd: &Oddities,
        line: u64,
    ) -> Option<Self> {
        let calendar = parse(text)?;
        let component = calendar.components.first()?;
        let reading = Reading { zones, odd, line };
        let mut event = Self::empty(kind);
        let mut ends = Ends::default();
        for entry in &component.entries {
            event.take_time(entry, &mut ends, &reading);
            event.take_word(entry, &reading);
        }
        event.settle(ends);
        (event.start.is_some() || kind == Kind::Task).then_some(event)
    }

    fn empty(kind: Kind) -> Self {
        let mut said = Map::new();
        said.insert("component".to_owned(), Json::from(kind.name()));
        Self {
            uid: String::new(),
            start: None,
            length: TimeDelta::zero(),
            end_zone: None,
            rule: None,
            until: None,
            extra: Vec::new(),
            left_out: Vec::new(),
            replaces: None,
            and_future: false,
            said,
        }
    }

    fn take_time(&mut self, entry: &Entry, ends: &mut Ends, reading: &Reading<'_>) {
        match entry.name {
            Property::Dtstart => self.start = reading.first(entry),
            Property::Dtend => ends.end = reading.first(entry),
            Property::Due => ends.due = reading.first(entry),
            Property::Duration => {
                ends.duration = entry.values.first().and_then(|value| match value {
                    Value::Duration(duration) => duration.to_time_delta(),
                    _ => None,
                });
            }
            Property::RecurrenceId => {
                self.replaces = reading.first(entry);
                self.and_future = entry
                    .params
                    .iter()
                    .any(|param| param.name == Parameter::Range);
            }
            Property::Rdate => {
                let room = DATES.saturating_sub(self.extra.len());
                let dates = entry
                    .values
                    .iter()
                    .filter_map(|value| reading.extra(entry, value));
                self.extra.extend(dates.take(room));
            }
            Property::Exdate => {
                let room = DATES.saturating_sub(self.left_out.len());
                let dates = entry
                    .values
                    .iter()
                    .filter_map(|value| reading.when(entry, value));
                self.left_out.extend(dates.take(room));
            }
            Property::Rrule => self.take_rule(entry, reading),
            _ => {}
        }
    }

    fn take_rule(&mut self, entry: &Entry, reading: &Reading<'_>) {
        match entry.values.first() {
            Some(Value::RecurrenceRule(rule)) => {
                self.said
                    .insert("rrule".to_owned(), Json::from(rule.to_string()));
                let until = rule
                    .until
                    .clone()
                    .map(|until| Value::PartialDateTime(Box::new(until)));
                self.until = until.and_then(|until| reading.when(entry, &until));
                self.rule = Some(rule.as_ref().clone());
            }
            _ => reading
                .odd
                .add(Oddity::BadRecurrence, Some(reading.line), None),
        }
    }

    fn take_word(&mut self, entry: &Entry, reading: &Reading<'_>) {
        let key = match entry.name {
            Property::Uid => "uid",
            Property::Summary => "summary",
            Property::Description => "description",
            Property::Location => "location",
            Property::Url => "url",
            Property::Status => "status",
            Property::Class => "class",
            Property::Sequence => {
                return self.say("sequence", entry.values.first().and_then(Value::as_integer));
            }
            Property::Created => return self.say("created", written(reading.first(entry))),
            Property::LastModified => return self.say("updated", written(reading.first(entry))),
            Property::Dtstamp if !self.said.contains_key("updated") => {
                return self.say("updated", written(reading.first(entry)));
            }
            Property::Organizer => return self.say("organizer", people::person(entry)),
            Property::Attendee => {
                return people::push(&mut self.said, "attendees", people::person(entry));
            }
            Property::Categories => {
                for word in entry.values.iter().filter_map(Value::as_text) {
                    people::push(&mut self.said, "categories", Some(Json::from(word.trim())));
                }
                return;
            }
            _ => return,
        };
        let words: Vec<&str> = entry.values.iter().filter_map(Value::as_text).collect();
        let text = words.join(", ").trim().to_owned();
        if key == "uid" {
            self.uid.clone_from(&text);
        }
        self.say(key, (!text.is_empty()).then_some(text));
    }

    fn say(&mut self, key: &str, value: Option<impl Into<Json>>) {
        if let Some(value) = value {
            self.said.insert(key.to_owned(), value.into());
        }
    }

    /// Finds the beginning and the length in what is stated (RFC 5545, section 3.6.1).
    fn settle(&mut self, ends: Ends) {
        let end = ends.end.or(ends.due);
        if self.start.is_none() {
            // A task may have nothing but the time when it is due; a change, nothing but what it changes.
            self.start = end.clone().or_else(|| self.replaces.clone());
        }
        let Some(start) = &self.start else {
            return;
        };
        let stated = end
            .as_ref()
            .and_then(|end| between(start, end))
            .or(ends.duration);
        let usual = if start.day {
            TimeDelta::days(1)
        } else {
            TimeDelta::zero()
        };
        // An end on the day of the beginning is a frequent fault for "that whole day".
        let least = usual;
        self.length = stated
            .unwrap_or(usual)
            .clamp(least, TimeDelta::days(36_600));
        self.end_zone = end.map(|end| end.zone);
    }

    /// The row of an occurrence.
    pub(super) fn row(&self, occurrence: &Occurrence) -> Json {
        let mut row = self.said.clone();
        let mut id = self.uid.clone();
        if let (Some(start), Some(whole)) = (
            occurrence.start.as_ref(),
            self.start.as_ref().map(|start| start.day),
        ) {
            let zone = self.end_zone.as_ref().unwrap_or(&start.zone);
            row.insert("start".to_owned(), Json::from(rfc3339(start.at)));
            row.insert(
                "end".to_owned(),
                Json::from(rfc3339(zone.show(start.end.naive_utc()))),
            );
            row.insert("all_day".to_owned(), Json::from(whole));
            if id.is_empty() {
                // Old exports have no uid; the time and the title must do.
                let title = self
                    .said
                    .get("summary")
                    .and_then(Json::as_str)
                    .unwrap_or_default();
                id = format!("{} {title}", rfc3339(start.at));
            }
        }
        if let Some(place) = &occurrence.place {
            row.insert("recurrence_id".to_owned(), Json::from(rfc3339(place.at)));
            id = format!("{id}/{}", place.mark());
        }
        row.insert("id".to_owned(), Json::from(id));
        Json::Object(row)
    }
}

fn written(when: Option<When>) -> Option<String> {
    let when = when?;
    when.zone.instant(when.local).map(rfc3339)
}

pub(super) fn rfc3339(time: DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}
