//! From a local time and the name of its zone to an instant.
//!
//! Owns names of zones (IANA, Windows, Indonesian) and the zones that a calendar defines itself. Knows no event.

use super::{Options, expand};
use crate::{Oddities, Oddity};
use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz as Named;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty as Property,
    ICalendarValue as Value,
};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;
use std::sync::Arc;

/// The most zones a calendar may define.
const ZONES: usize = 200;
/// The most changes of one zone.
const CHANGES: usize = 4000;

/// Where a local time belongs.
#[derive(Debug, Clone)]
pub(super) enum Zone {
    Known(Tz),
    Fixed(FixedOffset),
    Defined(Arc<Defined>),
}

impl Zone {
    /// The instant of a local time: the first of two, and beyond a gap as if the clock had not been changed
    /// (RFC 5545, section 3.3.5).
    pub(super) fn instant(&self, local: NaiveDateTime) -> Option<DateTime<FixedOffset>> {
        let offset = match self {
            Self::Known(zone) => known_offset(*zone, local)?,
            Self::Fixed(offset) => *offset,
            Self::Defined(defined) => defined.offset_of_local(local),
        };
        let utc = local.checked_sub_offset(offset)?;
        Some(self.show(utc))
    }

    /// An instant with the offset that this zone has then.
    pub(super) fn show(&self, utc: NaiveDateTime) -> DateTime<FixedOffset> {
        let offset = match self {
            Self::Known(zone) => zone.offset_from_utc_datetime(&utc).fix(),
            Self::Fixed(offset) => *offset,
            Self::Defined(defined) => defined.offset_of_utc(utc),
        };
        DateTime::from_naive_utc_and_offset(utc, offset)
    }
}

fn known_offset(zone: Tz, local: NaiveDateTime) -> Option<FixedOffset> {
    let offset = |local: NaiveDateTime| zone.offset_from_local_datetime(&local).earliest();
    let found = offset(local).or_else(|| offset(local.checked_sub_signed(TimeDelta::days(1))?))?;
    Some(found.fix())
}

/// A zone that the calendar defines (RFC 5545, section 3.6.5): its changes in their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Defined {
    changes: Vec<Change>,
}

/// The clock is changed: at this instant, from one offset to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    utc: NaiveDateTime,
    from: i32,
    to: i32,
}

impl Change {
    /// The local time at which the clock is changed, by the clock as it was.
    fn onset(&self) -> NaiveDateTime {
        shifted(self.utc, i64::from(self.from))
    }
}

fn shifted(time: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    time.checked_add_signed(TimeDelta::seconds(seconds))
        .unwrap_or(time)
}

fn fixed(seconds: i32) -> FixedOffset {
    FixedOffset::east_opt(seconds).unwrap_or_else(|| Utc.fix())
}

impl Defined {
    fn read(calendar: &ICalendar) -> Option<Self> {
        let mut changes = Vec::new();
        for component in &calendar.components {
            let kind = &component.component_type;
            if matches!(
                kind,
                ICalendarComponentType::Standard | ICalendarComponentType::Daylight
            ) {
                observe(component, &mut changes);
            }
        }
        changes.sort_unstable();
        changes.truncate(CHANGES);
        (!changes.is_empty()).then_some(Self { changes })
    }

    fn offset_of_local(&self, local: NaiveDateTime) -> FixedOffset {
        let after = self
            .changes
            .partition_point(|change| change.onset() <= local);
        let Some(change) = after.checked_sub(1).and_then(|last| self.changes.get(last)) else {
            return fixed(self.changes.first().map_or(0, |first| first.from));
        };
        let in_gap = local
            < shifted(
                change.onset(),
                i64::from(change.to) - i64::from(change.from),
            );
        fixed(if in_gap { change.from } else { change.to })
    }

    fn offset_of_utc(&self, utc: NaiveDateTime) -> FixedOffset {
        let after = self.changes.partition_point(|change| change.utc <= utc);
        let last = after.checked_sub(1).and_then(|last| self.changes.get(last));
        let first = || self.changes.first().map_or(0, |first| first.from);
        fixed(last.map_or_else(first, |change| change.to))
    }
}

/// Adds the changes of one `STANDARD` or `DAYLIGHT`.
fn observe(component: &ICalendarComponent, changes: &mut Vec<Change>) {
    let values = |name: Property| {
        let entries = component
            .entries
            .iter()
            .filter(move |entry| entry.name == name);
        entries.flat_map(|entry| entry.values.iter())
    };
    let offset = |name| values(name).find_map(offset_of);
    let (Some(from), Some(to)) = (offset(Property::Tzoffsetfrom), offset(Property::Tzoffsetto))
    else {
        return;
    };
    let Some(start) = values(Property::Dtstart).find_map(local_of) else {
        return;
    };
    let rule = values(Property::Rrule).find_map(|value| match value {
        Value::RecurrenceRule(rule) => Some(rule.as_ref()),
        _ => None,
    });
    let until = rule
        .and_then(|rule| rule.until.as_ref())
        .and_then(PartialDateTime::to_date_time);
    let until = until.map(|until| match until.offset {
        Some(_) => shifted(until.date_time, i64::from(from)),
        None => until.date_time,
    });
    let mut onsets = vec![start];
    onsets.extend(values(Property::Rdate).filter_map(local_of));
    if let Some(Ok(followed)) = rule.map(|rule| expand::follow(rule, start)) {
        // A century is far enough for any window; a rule is yearly.
        let last = start.year().max(1970) + 150;
        let followed = followed
            .take_while(|onset| onset.year() <= last && until.is_none_or(|until| *onset <= until));
        onsets.extend(followed.take(CHANGES));
    }
    onsets.truncate(CHANGES.saturating_sub(changes.len()));
    changes.extend(onsets.into_iter().map(|onset| Change {
        utc: shifted(onset, -i64::from(from)),
        from,
        to,
    }));
}

fn local_of(value: &Value) -> Option<NaiveDateTime> {
    let Value::PartialDateTime(value) = value else {
        return None;
    };
    value.to_date_time().map(|time| time.date_time)
}

/// `+0800` in seconds.
fn offset_of(value: &Value) -> Option<i32> {
    let Value::PartialDateTime(value) = value else {
        return None;
    };
    let seconds = i32::from(value.tz_hour?) * 3600 + i32::from(value.tz_minute.unwrap_or(0)) * 60;
    let seconds = if value.tz_minus { -seconds } else { seconds };
    FixedOffset::east_opt(seconds).map(|_| seconds)
}

/// A time as the calendar writes it, with its zone.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub(super) local: NaiveDateTime,
    pub(super) zone: Zone,
    /// It is a whole day.
    pub(super) day: bool,
}

/// The zones of one calendar.
pub(super) struct Zones {
    defined: HashMap<String, Arc<Defined>>,
    fallback: Zone,
    z_is_local: bool,
}

impl Zones {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            defined: HashMap::new(),
            fallback: Zone::Known(options.zone),
            z_is_local: options.z_is_local,
        }
    }

    /// Takes in a `VTIMEZONE`.
    pub(super) fn define(&mut self, calendar: &ICalendar) {
        let entries = calendar
            .components
            .first()
            .map(|zone| zone.entries.as_slice());
        let name = entries
            .unwrap_or_default()
            .iter()
            .find_map(|entry| match entry.name {
                Property::Tzid => entry.values.first()?.as_text(),
                _ => None,
            });
        if let (Some(name), true) = (name, self.defined.len() < ZONES)
            && let Some(defined) = Defined::read(calendar)
        {
            self.defined.insert(name.to_owned(), Arc::new(defined));
        }
    }

    /// Takes in `X-WR-TIMEZONE`: the zone of times that name none.
    pub(super) fn fall_back(&mut self, name: &str, odd: &Oddities) {
        match self.find(name) {
            Some(zone) => self.fallback = zone,
            None => odd.add(Oddity::UnknownZone, None, None),
        }
    }

    /// A name that the world knows says more than the calendar's own definition, which is often out of date.
    fn find(&self, name: &str) -> Option<Zone> {
        let known = |name: &str| match name.parse::<Named>().ok()? {
            Named::Tz(zone) => Some(Zone::Known(zone)),
            Named::Fixed(offset) => Some(Zone::Fixed(offset)),
            Named::Floating => None,
        };
        indonesian(name)
            .map(Zone::Known)
            .or_else(|| known(name))
            .or_else(|| self.defined.get(name).cloned().map(Zone::Defined))
    }

    /// Gives a written time its zone; `None` if it is no time of a calendar of our age.
    pub(super) fn when(
        &self,
        value: &PartialDateTime,
        zone: Option<&str>,
        odd: &Oddities,
        line: u64,
    ) -> Option<When> {
        let time = value.to_date_time()?;
        if !(1..9000).contains(&time.date_time.year()) {
            return None;
        }
        let zone = match (time.offset, zone) {
            (Some(offset), _) if offset.local_minus_utc() == 0 && self.z_is_local => {
                self.fallback.clone()
            }
            (Some(offset), _) => Zone::Fixed(offset),
            (None, Some(name)) => self.find(name).unwrap_or_else(|| {
                odd.add(Oddity::UnknownZone, Some(line), None);
                self.fallback.clone()
            }),
            (None, None) => self.fallback.clone(),
        };
        Some(When {
            local: time.date_time,
            zone,
            day: !value.has_time(),
        })
    }
}

/// Indonesia's three zones as people write them.
fn indonesian(name: &str) -> Option<Tz> {
    match name {
        "WIB" => Some(Tz::Asia__Jakarta),
        "WITA" => Some(Tz::Asia__Makassar),
        "WIT" => Some(Tz::Asia__Jayapura),
        _ => None,
    }
}
