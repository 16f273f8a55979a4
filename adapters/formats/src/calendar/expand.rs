//! From an event to its occurrences.
//!
//! Owns repetition and its bounds: rules, extra and left-out dates, changed occurrences, the window. Knows no words.

use super::event::Event;
use super::survey::{Moment, Survey};
use super::zones::{When, Zone};
use super::{Options, Window};
use calcard::icalendar::{ICalendarFrequency as Frequency, ICalendarRecurrenceRule as Rule};
use chrono::{DateTime, FixedOffset, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use std::collections::HashSet;

/// The most steps of one rule, those before the window included.
const STEPS: usize = 50_000;
/// The most dates that one period of a rule may give: a rule that names every second of every day is a bomb.
const PERIOD: usize = 20_000;

/// One occurrence.
pub(super) struct Occurrence {
    /// Which version of the event describes it.
    pub(super) version: usize,
    /// When it is; a task may have no time.
    pub(super) start: Option<Span>,
    /// Its place in the repetition.
    pub(super) place: Option<Place>,
}

/// From when to when.
pub(super) struct Span {
    pub(super) at: DateTime<FixedOffset>,
    pub(super) end: DateTime<FixedOffset>,
    pub(super) zone: Zone,
}

/// The time that an occurrence has by the rule, wherever it was moved.
pub(super) struct Place {
    pub(super) at: DateTime<FixedOffset>,
    day: bool,
}

impl Place {
    fn of(when: &When) -> Option<Self> {
        Some(Self {
            at: when.zone.instant(when.local)?,
            day: when.day,
        })
    }

    /// The same text whichever zone the calendar writes it in.
    pub(super) fn mark(&self) -> String {
        match self.day {
            true => self.at.format("%Y-%m-%d").to_string(),
            false => self
                .at
                .with_timezone(&Utc)
                .to_rfc3339_opts(SecondsFormat::Secs, true),
        }
    }
}

/// The occurrences of an event, and what was wrong.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) list: Vec<Occurrence>,
    pub(super) cut: bool,
    pub(super) bad_rule: bool,
}

/// Gives the occurrences of `versions[0]`, sorted. The others replace it from their places on.
pub(super) fn occurrences(versions: &[Event], survey: &Survey, options: &Options) -> Taken {
    let Some(event) = versions.first() else {
        return Taken::default();
    };
    let Some(start) = &event.start else {
        return whole(Some(Occurrence {
            version: 0,
            start: None,
            place: None,
        }));
    };
    let once = |place| {
        let start = Some(span(event, start.local, &start.zone, event.length)?);
        Some(Occurrence {
            version: 0,
            start,
            place,
        })
    };
    if let Some(replaced) = &event.replaces {
        let changed = once(Place::of(replaced));
        return whole(changed.filter(|changed| {
            changed
                .start
                .as_ref()
                .is_some_and(|span| is_within(span, options.window))
        }));
    }
    if event.rule.is_none() && event.extra.is_empty() {
        return whole(once(None));
    }
    let mut repeated = Repeated::new(versions, start, survey, options);
    repeated.take_dates();
    repeated.take_rule();
    repeated.finish()
}

fn whole(occurrence: Option<Occurrence>) -> Taken {
    Taken {
        list: occurrence.into_iter().collect(),
        ..Taken::default()
    }
}

fn span(event: &Event, local: NaiveDateTime, zone: &Zone, length: TimeDelta) -> Option<Span> {
    let at = zone.instant(local)?;
    let by_days = event.start.as_ref().is_some_and(|start| start.day);
    let end = match by_days {
        true => zone.instant(local.checked_add_signed(length)?)?,
        false => zone.show(at.naive_utc().checked_add_signed(length)?),
    };
    Some(Span {
        at,
        end,
        zone: zone.clone(),
    })
}

/// Whether any of it lies in the window; what has no length lies where it begins.
fn is_within(span: &Span, window: Option<Window>) -> bool {
    window.is_none_or(|window| {
        span.at < window.to && (span.end > window.from || span.at >= window.from)
    })
}

/// A repeated event on its way.
struct Repeated<'a> {
    versions: &'a [Event],
    event: &'a Event,
    start: &'a When,
    survey: &'a Survey,
    window: Option<Window>,
    most: usize,
    left_out: HashSet<Moment>,
    /// From which instant on which version counts.
    since: Vec<(DateTime<FixedOffset>, usize)>,
    /// How far an occurrence may reach beyond its place.
    reach: TimeDelta,
    seen: HashSet<i64>,
    taken: Taken,
}

impl<'a> Repeated<'a> {
    fn new(versions: &'a [Event], start: &'a When, survey: &'a Survey, options: &Options) -> Self {
        let event = &versions[0];
        let mut since: Vec<_> = versions
            .iter()
            .enumerate()
            .filter_map(|(version, event)| {
                let place = event.replaces.as_ref()?;
                Some((place.zone.instant(place.local)?, version))
            })
            .collect();
        since.sort_by_key(|(from, _)| *from);
        let reach = versions
            .iter()
            .map(|event| event.length + shift(event).abs())
            .max();
        Self {
            versions,
            event,
            start,
            survey,
            window: options.window,
            most: options.most,
            left_out: event.left_out.iter().filter_map(Moment::of).collect(),
            since,
            reach: reach.unwrap_or_default() + TimeDelta::days(2),
            seen: HashSet::new(),
            taken: Taken::default(),
        }
    }

    /// The beginning and the dates that are stated one by one.
    fn take_dates(&mut self) {
        let event = self.event;
        self.offer(self.start.local, &self.start.zone, None);
        for (when, length) in &event.extra {
            self.offer(when.local, &when.zone, *length);
        }
    }

    fn take_rule(&mut self) {
        let Some(rule) = &self.event.rule else {
            return;
        };
        let near = match self.window {
            Some(window) => nearer(rule, self.start.local, window.from.naive_utc(), self.reach),
            None => self.start.local,
        };
        let Ok(dates) = follow(rule, near) else {
            self.taken.bad_rule = true;
            return;
        };
        for (step, local) in dates.enumerate() {
            if self.is_past(local) {
                return;
            }
            self.offer(local, &self.start.zone, None);
            if step >= STEPS || self.taken.cut {
                self.taken.cut = true;
                return;
            }
        }
    }

    /// Whether the rule has ended, or nothing after can lie in the window.
    fn is_past(&self, local: NaiveDateTime) -> bool {
        let Some(at) = self.start.zone.instant(local) else {
            return true;
        };
        let ended = self
            .event
            .until
            .as_ref()
            .is_some_and(|until| match until.day {
                true => local.date() > until.local.date(),
                false => until
                    .zone
                    .instant(until.local)
                    .is_some_and(|until| at > until),
            });
        ended
            || self
                .window
                .is_some_and(|window| at - self.reach >= window.to)
    }

    /// Takes a place of the repetition in, if it counts.
    fn offer(&mut self, local: NaiveDateTime, zone: &Zone, length: Option<TimeDelta>) {
        let Some(at) = zone.instant(local) else {
            return;
        };
        let moments = [Moment::Time(at.timestamp()), Moment::Day(local.date())];
        let gone = moments.iter().any(|moment| {
            self.left_out.contains(moment) || self.survey.is_replaced(&self.event.uid, *moment)
        });
        if gone || !self.seen.insert(at.timestamp()) {
            return;
        }
        let Some(occurrence) = self.place(at, local, zone, length) else {
            return;
        };
        match self.taken.list.len() < self.most {
            true => self.taken.list.push(occurrence),
            false => self.taken.cut = true,
        }
    }

    fn place(
        &self,
        at: DateTime<FixedOffset>,
        local: NaiveDateTime,
        zone: &Zone,
        length: Option<TimeDelta>,
    ) -> Option<Occurrence> {
        let place = Place {
            at,
            day: self.start.day,
        };
        let later = self.since.partition_point(|(from, _)| *from <= at);
        let version = later.checked_sub(1).map_or(0, |last| self.since[last].1);
        let event = &self.versions[version];
        let local = local.checked_add_signed(shift(event))?;
        let zone = match version {
            0 => zone,
            _ => event.start.as_ref().map_or(zone, |start| &start.zone),
        };
        let start = span(event, local, zone, length.unwrap_or(event.length))?;
        is_within(&start, self.window).then_some(Occurrence {
            version,
            start: Some(start),
            place: Some(place),
        })
    }

    fn finish(mut self) -> Taken {
        let at = |occurrence: &Occurrence| occurrence.start.as_ref().map(|span| span.at);
        self.taken.list.sort_by_key(at);
        self.taken
    }
}

/// How far a version moves the occurrences that it replaces.
fn shift(event: &Event) -> TimeDelta {
    match (&event.start, &event.replaces) {
        (Some(start), Some(place)) => start.local - place.local,
        _ => TimeDelta::zero(),
    }
}

/// Follows a rule from `start` in local time, without its `UNTIL`. It may be endless.
pub(super) fn follow(
    rule: &Rule,
    start: NaiveDateTime,
) -> Result<impl Iterator<Item = NaiveDateTime>, BadRule> {
    if period(rule) > PERIOD || is_misread(rule) {
        return Err(BadRule);
    }
    let mut endless = rule.clone();
    endless.until = None;
    let read: rrule::RRule<rrule::Unvalidated> =
        endless.to_string().parse().map_err(|_| BadRule)?;
    let start = start.and_utc().with_timezone(&rrule::Tz::UTC);
    let set = read.build(start).map_err(|_| BadRule)?.limit();
    Ok(set.into_iter().map(|time| time.naive_utc()))
}

/// Rules that rrule 0.14 follows wrongly, as dateutil shows: it loses dates where hours or minutes limit a finer beat.
fn is_misread(rule: &Rule) -> bool {
    match rule.freq {
        Frequency::Minutely => !rule.byhour.is_empty(),
        Frequency::Secondly => !rule.byhour.is_empty() || !rule.byminute.is_empty(),
        _ => false,
    }
}

/// A rule that cannot be followed.
pub(super) struct BadRule;

/// The most dates that one period may give.
fn period(rule: &Rule) -> usize {
    let times = |list: &[u8]| list.len().max(1);
    let clock = [&rule.byhour, &rule.byminute, &rule.bysecond];
    let clock: usize = clock.into_iter().map(|list| times(list)).product();
    let days = match rule.freq {
        Frequency::Yearly => 366,
        Frequency::Monthly => 31,
        Frequency::Weekly => 7,
        _ => 1,
    };
    let named = [
        rule.bymonthday.len(),
        rule.byyearday.len(),
        rule.byday.len(),
        rule.byweekno.len(),
    ];
    let all_days = days > 1 && named.iter().any(|list| *list > 0);
    clock * if all_days { days } else { 1 }.max(rule.bymonth.len())
}

/// A later beginning that gives the same dates from `from` on, so that an old rule costs no more than a new one. A rule
/// that counts must be followed from its beginning.
fn nearer(
    rule: &Rule,
    start: NaiveDateTime,
    from: NaiveDateTime,
    reach: TimeDelta,
) -> NaiveDateTime {
    let unit = match rule.freq {
        Frequency::Secondly => 1,
        Frequency::Minutely => 60,
        Frequency::Hourly => 3600,
        Frequency::Daily => 86_400,
        Frequency::Weekly => 7 * 86_400,
        Frequency::Monthly | Frequency::Yearly => return start,
    };
    let step = unit * i64::from(rule.interval.unwrap_or(1).max(1));
    let before = (from - start - reach).num_seconds();
    if rule.count.is_some() || before < step {
        return start;
    }
    start
        .checked_add_signed(TimeDelta::seconds(before / step * step))
        .unwrap_or(start)
}
