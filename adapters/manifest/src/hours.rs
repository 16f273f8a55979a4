//! When a source is due: an interval, perhaps within office hours, or the times of a cron expression.
//!
//! Pure: the time comes from the caller, on the wall clock of the connector's zone. It must never ask what time it is.

use crate::cron::Cron;
use crate::{Hours, Source};
use chrono::{DateTime, Datelike, Days, NaiveDateTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;
use std::time::Duration;

impl Source {
    /// Tells when the source is due after a read that began at `after`, in the connector's zone: `every` later, but
    /// only at the times of `hours`. Always later than `after`, save at the end of the calendar.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Tz>) -> DateTime<Tz> {
        let later = plus(after, self.every);
        match &self.hours {
            None => later,
            Some(hours @ Hours::Cron(_)) => hours.next_after(after).unwrap_or(later),
            Some(hours @ Hours::Office { .. }) if hours.allow(later) => later,
            Some(hours @ Hours::Office { .. }) => hours.next_after(later).unwrap_or(later),
        }
    }

    /// Tells when a read that failed may be tried again, not before `at`: where there are office hours only while the
    /// office is open. The times of a cron expression may be a day apart; a second try does not wait for the next one.
    #[must_use]
    pub fn retry_at(&self, at: DateTime<Tz>) -> DateTime<Tz> {
        match &self.hours {
            Some(hours @ Hours::Office { .. }) if !hours.allow(at) => {
                hours.next_after(at).unwrap_or(at)
            }
            _ => at,
        }
    }

    /// The longest time between two reads as planned: over a weekend, over a night.
    pub(crate) fn longest_gap(&self) -> Duration {
        match &self.hours {
            None => self.every,
            Some(Hours::Cron(text)) => {
                let gap = Cron::read(text)
                    .ok()
                    .and_then(|cron| gaps(&cron).into_iter().max());
                gap.unwrap_or(self.every)
            }
            Some(Hours::Office { from, to }) => {
                // From Friday's closing to Monday's opening, and the last read before it.
                let open = u64::from(to.saturating_sub(*from));
                Duration::from_secs((72 - open) * 3600) + self.every
            }
        }
    }
}

impl Hours {
    /// Tells whether a read may begin at a time, to the minute.
    #[must_use]
    pub fn allow(&self, time: DateTime<Tz>) -> bool {
        let wall = time.naive_local();
        match self {
            Self::Cron(text) => {
                let minute = wall.with_second(0).and_then(|wall| wall.with_nanosecond(0));
                let before =
                    minute.and_then(|minute| minute.checked_sub_signed(TimeDelta::minutes(1)));
                let next = Cron::read(text).ok().zip(before);
                next.and_then(|(cron, before)| cron.after(before)) == minute
            }
            Self::Office { from, to } => {
                let hour = wall.hour();
                is_workday(wall) && (u32::from(*from)..u32::from(*to)).contains(&hour)
            }
        }
    }

    /// Finds the next time after `after` at which a read may begin: a time of the cron expression, or the next
    /// opening of the office. A time that the clocks skip is left out; one that they repeat counts once. `None` for
    /// an expression that is none, or that names no time.
    #[must_use]
    pub fn next_after(&self, after: DateTime<Tz>) -> Option<DateTime<Tz>> {
        let mut wall = after.naive_local();
        // Some tries, for times that the clocks skip or repeat.
        for _ in 0..200 {
            wall = self.following(wall)?;
            let real = after.timezone().from_local_datetime(&wall).earliest();
            if let Some(real) = real.filter(|real| *real > after) {
                return Some(real);
            }
        }
        None
    }

    fn following(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        match self {
            Self::Cron(text) => Cron::read(text).ok()?.after(wall),
            Self::Office { from, .. } => (0..8).find_map(|days| {
                let date = wall.date().checked_add_days(Days::new(days))?;
                let open = date.and_hms_opt(u32::from(*from), 0, 0)?;
                (open > wall && is_workday(open)).then_some(open)
            }),
        }
    }
}

fn is_workday(wall: NaiveDateTime) -> bool {
    wall.weekday().num_days_from_monday() < 5
}

fn plus(time: DateTime<Tz>, span: Duration) -> DateTime<Tz> {
    let span = TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX);
    time.checked_add_signed(span).unwrap_or(time)
}

/// The usual gap between two times of an expression: the commonest one, the shorter where two are as common.
pub(crate) fn usual_gap(cron: &Cron) -> Duration {
    let gaps = gaps(cron);
    let count = |gap: &Duration| gaps.iter().filter(|other| *other == gap).count();
    let mut seen = gaps.clone();
    seen.sort();
    seen.dedup();
    let best = seen.iter().rev().max_by_key(|gap| count(gap));
    best.copied().unwrap_or(Duration::from_secs(86_400))
}

/// The gaps of a fortnight, from a Friday noon on; at least one.
fn gaps(cron: &Cron) -> Vec<Duration> {
    let start =
        chrono::NaiveDate::from_ymd_opt(2026, 1, 2).and_then(|date| date.and_hms_opt(12, 0, 0));
    let mut gaps = Vec::new();
    let (Some(start), Some(mut last)) = (start, start.and_then(|start| cron.after(start))) else {
        return gaps;
    };
    while gaps.len() < 2000 {
        let Some(next) = cron.after(last) else { break };
        gaps.push((next - last).to_std().unwrap_or_default());
        last = next;
        if next - start > TimeDelta::days(14) {
            break;
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: Tz, text: &str) -> DateTime<Tz> {
        let wall: NaiveDateTime = text.parse().expect("a time");
        zone.from_local_datetime(&wall)
            .earliest()
            .expect("a real time")
    }

    fn next(hours: &Hours, zone: Tz, text: &str) -> String {
        let next = hours.next_after(at(zone, text)).expect("there is one");
        next.to_rfc3339()
    }

    #[test]
    fn cron_follows_the_clock_of_the_zone() {
        let daily = Hours::Cron("30 2 * * *".to_owned());
        assert_eq!(
            next(&daily, Tz::Asia__Makassar, "2026-03-28T12:00:00"),
            "2026-03-29T02:30:00+08:00"
        );
        // The clocks of Berlin skip half past two on 29 March and have it twice on 25 October.
        let berlin = Tz::Europe__Berlin;
        assert_eq!(
            next(&daily, berlin, "2026-03-28T12:00:00"),
            "2026-03-30T02:30:00+02:00"
        );
        let first = daily
            .next_after(at(berlin, "2026-10-24T12:00:00"))
            .expect("there is one");
        assert_eq!(first.to_rfc3339(), "2026-10-25T02:30:00+02:00");
        let second = daily.next_after(first).expect("there is one");
        assert_eq!(second.to_rfc3339(), "2026-10-26T02:30:00+01:00");
        let often = Hours::Cron("*/10 * * * *".to_owned());
        let mut time = at(berlin, "2026-10-25T01:00:00");
        for _ in 0..40 {
            let next = often.next_after(time).expect("there is one");
            assert!(next > time, "{next} after {time}");
            time = next;
        }
    }

    #[test]
    fn the_office_opens_on_workdays() {
        let office = Hours::Office { from: 7, to: 17 };
        let bali = Tz::Asia__Makassar;
        for (time, open) in [
            ("2026-01-30T07:00:00", true),
            ("2026-01-30T16:59:59", true),
            ("2026-01-30T17:00:00", false),
            ("2026-01-31T09:00:00", false),
            ("2026-02-02T06:59:59", false),
        ] {
            assert_eq!(office.allow(at(bali, time)), open, "{time}");
        }
        assert_eq!(
            next(&office, bali, "2026-01-30T16:59:00"),
            "2026-02-02T07:00:00+08:00"
        );
        assert_eq!(
            next(&office, bali, "2026-02-02T03:00:00"),
            "2026-02-02T07:00:00+08:00"
        );
        let night = Hours::Office { from: 0, to: 24 };
        assert_eq!(
            next(&night, bali, "2026-01-31T10:00:00"),
            "2026-02-02T00:00:00+08:00"
        );
    }

    #[test]
    fn cron_allows_its_own_minutes() {
        let cron = Hours::Cron("*/15 7-17 * * 1-5".to_owned());
        let bali = Tz::Asia__Makassar;
        for (time, open) in [
            ("2026-01-30T07:15:30", true),
            ("2026-01-30T07:16:00", false),
            ("2026-01-31T07:15:00", false),
        ] {
            assert_eq!(cron.allow(at(bali, time)), open, "{time}");
        }
        assert_eq!(
            Hours::Cron("never".to_owned()).next_after(at(bali, "2026-01-30T07:15:30")),
            None
        );
    }

    #[test]
    fn the_usual_gap_is_the_commonest() {
        for (cron, usual, longest) in [
            ("*/15 7-17 * * 1-5", 900, (61 * 60 + 15) * 60),
            ("0 3 * * *", 86_400, 86_400),
            ("0 8,12 * * *", 4 * 3600, 20 * 3600),
            ("* 7-17 * * 1-5", 60, (61 * 60 + 1) * 60),
            ("0 0 1 1 *", 365 * 86_400, 365 * 86_400),
        ] {
            let cron = Cron::read(cron).expect("good");
            assert_eq!(usual_gap(&cron).as_secs(), usual, "{cron:?}");
            assert_eq!(
                gaps(&cron).into_iter().max().map(|gap| gap.as_secs()),
                Some(longest),
                "{cron:?}"
            );
        }
    }
}
