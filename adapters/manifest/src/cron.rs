//! Cron expressions with five fields, and the times they name.
//!
//! Owns the words of cron(5): lists, ranges, steps, names of months and days, and its rule that a day counts where
//! either of two restricted day fields says so. It must never know which zone a wall clock shows, nor what time it is.

use chrono::{Datelike, Days, NaiveDateTime, NaiveTime, Timelike};

/// How far ahead a time is looked for, in days: from one 29 February to the next, over a year like 2100.
const HORIZON: u64 = 8 * 366 + 1;

const MONTHS: &[&str] = &[
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// One of the five fields.
struct Part {
    name: (&'static str, &'static str),
    least: u32,
    most: u32,
    words: &'static [&'static str],
}

#[rustfmt::skip]
const PARTS: [Part; 5] = [
    Part { name: ("menit", "minute"), least: 0, most: 59, words: &[] },
    Part { name: ("jam", "hour"), least: 0, most: 23, words: &[] },
    Part { name: ("tanggal", "day of the month"), least: 1, most: 31, words: &[] },
    Part { name: ("bulan", "month"), least: 1, most: 12, words: MONTHS },
    Part { name: ("hari", "day of the week"), least: 0, most: 7, words: DAYS },
];

/// What keeps a text from being a cron expression.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // As for `Problem`: the fields are what the sentence names.
pub enum CronFault {
    /// It has not five fields.
    Fields(usize),
    /// A field that cannot be read: its number from 0, and what stands there.
    Part {
        part: usize,
        word: String,
        least: u32,
        most: u32,
    },
    /// A day that no calendar has, such as 30 February.
    Never,
}

impl CronFault {
    /// Names the field in Indonesian and in English.
    pub(crate) fn part(part: usize) -> (&'static str, &'static str) {
        PARTS.get(part).map_or(("", ""), |part| part.name)
    }
}

/// The minutes, hours, days and months at which something is due, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cron {
    minutes: u64,
    hours: u64,
    dates: u64,
    months: u64,
    weekdays: u64,
    /// Whether both day fields are restricted: then either is enough.
    either: bool,
}

impl Cron {
    /// Reads `minute hour day-of-month month day-of-week`.
    pub(crate) fn read(text: &str) -> Result<Self, CronFault> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, date, month, weekday] = words[..] else {
            return Err(CronFault::Fields(words.len()));
        };
        let weekdays = field(4, weekday)?;
        let cron = Self {
            minutes: field(0, minute)?,
            hours: field(1, hour)?,
            dates: field(2, date)?,
            months: field(3, month)?,
            // Sunday is 0 and 7.
            weekdays: (weekdays | weekdays >> 7) & 0x7f,
            either: !date.starts_with('*') && !weekday.starts_with('*'),
        };
        // A year before a leap year, so that 29 February is found.
        let some = NaiveDateTime::new(chrono::NaiveDate::default(), NaiveTime::MIN);
        cron.after(some).map(|_| cron).ok_or(CronFault::Never)
    }

    /// Finds the first time after another one, to the minute, on the same wall clock.
    pub(crate) fn after(&self, time: NaiveDateTime) -> Option<NaiveDateTime> {
        let minute = time.with_second(0)?.with_nanosecond(0)?;
        let first = minute.checked_add_signed(chrono::TimeDelta::minutes(1))?;
        if let Some(found) = self.on(first) {
            return Some(found);
        }
        (1..=HORIZON).find_map(|days| {
            let date = first.date().checked_add_days(Days::new(days))?;
            self.on(date.and_time(NaiveTime::MIN))
        })
    }

    /// Finds the first time from a moment to the end of its day.
    fn on(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        if !self.day(from) {
            return None;
        }
        let in_hour = |hour: u32| {
            let least = if hour == from.hour() {
                from.minute()
            } else {
                0
            };
            let minute = (least..60).find(|minute| has(self.minutes, *minute))?;
            from.date().and_hms_opt(hour, minute, 0)
        };
        let mut hours = (from.hour()..24).filter(|hour| has(self.hours, *hour));
        hours.find_map(in_hour)
    }

    fn day(&self, time: NaiveDateTime) -> bool {
        let date = has(self.dates, time.day());
        let weekday = has(self.weekdays, time.weekday().num_days_from_sunday());
        let day = if self.either {
            date || weekday
        } else {
            date && weekday
        };
        day && has(self.months, time.month())
    }
}

fn has(bits: u64, at: u32) -> bool {
    bits >> at & 1 == 1
}

/// Reads a list of ranges with steps: `*`, `*/15`, `7-17`, `1,15`, `mon-fri`, `8-18/2`.
fn field(number: usize, text: &str) -> Result<u64, CronFault> {
    let part = &PARTS[number];
    let bad = || CronFault::Part {
        part: number,
        word: text.chars().take(30).collect(),
        least: part.least,
        most: part.most,
    };
    let mut bits = 0;
    for item in text.split(',') {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (item, None),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (part.least, part.most),
            Some((from, to)) => (
                value(part, from).ok_or_else(bad)?,
                value(part, to).ok_or_else(bad)?,
            ),
            None => {
                let only = value(part, range).ok_or_else(bad)?;
                // `5/15` is every fifteenth from 5 on.
                (only, if step.is_some() { part.most } else { only })
            }
        };
        let step = match step {
            Some(step) => digits(step).filter(|step| *step > 0).ok_or_else(bad)?,
            None => 1,
        };
        if from > to {
            return Err(bad());
        }
        let each = (from..=to).step_by(step as usize);
        bits |= each.fold(0, |bits, at| bits | 1 << at);
    }
    Ok(bits)
}

fn value(part: &Part, text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let word = part.words.iter().position(|word| *word == lower);
    let number = match word {
        Some(at) => u32::try_from(at).ok()? + part.least,
        None => digits(text)?,
    };
    (part.least..=part.most).contains(&number).then_some(number)
}

/// Digits only: `parse` alone would take `+5`.
fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|c| c.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cron: &str, time: &str) -> String {
        let cron = Cron::read(cron).unwrap_or_else(|fault| panic!("{cron}: {fault:?}"));
        let time = time.parse().expect("a time");
        let next = cron.after(time).expect("there is one");
        next.format("%a %Y-%m-%d %H:%M").to_string()
    }

    #[test]
    fn finds_the_next_time() {
        for (cron, from, next) in [
            ("* * * * *", "2026-01-31T23:59:59", "Sun 2026-02-01 00:00"),
            (
                "*/15 7-17 * * 1-5",
                "2026-01-30T17:44:00",
                "Fri 2026-01-30 17:45",
            ),
            (
                "*/15 7-17 * * 1-5",
                "2026-01-30T17:45:00",
                "Mon 2026-02-02 07:00",
            ),
            ("0 3 * * *", "2026-01-31T03:00:00", "Sun 2026-02-01 03:00"),
            (
                "5/20 * * * *",
                "2026-01-31T03:26:00",
                "Sat 2026-01-31 03:45",
            ),
            ("0 0 29 2 *", "2096-03-01T00:00:00", "Fri 2104-02-29 00:00"),
            (
                "0 8 * JAN,Mar mon-fri",
                "2026-01-31T00:00:00",
                "Mon 2026-03-02 08:00",
            ),
            ("0 0 13 * 5", "2026-01-31T00:00:00", "Fri 2026-02-06 00:00"),
            (
                "0 0 13 * fri",
                "2026-02-06T00:00:00",
                "Fri 2026-02-13 00:00",
            ),
            (
                "0 0 14 * fri",
                "2026-02-13T00:00:00",
                "Sat 2026-02-14 00:00",
            ),
            ("0 0 * * 7", "2026-01-31T00:00:00", "Sun 2026-02-01 00:00"),
            ("0 0 * * 6-7", "2026-02-01T00:00:00", "Sat 2026-02-07 00:00"),
            (
                "30 8-16/4 1 * *",
                "2026-01-31T00:00:00",
                "Sun 2026-02-01 08:30",
            ),
        ] {
            assert_eq!(after(cron, from), next, "{cron} after {from}");
        }
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "@daily", "* * * *", "* * * * * *"] {
            assert!(
                matches!(Cron::read(text), Err(CronFault::Fields(_))),
                "{text}"
            );
        }
        for (text, wrong) in [
            ("60 * * * *", 0),
            ("+5 * * * *", 0),
            ("*/0 * * * *", 0),
            ("1, * * * *", 0),
            ("* 24 * * *", 1),
            ("* 17-7 * * *", 1),
            ("* * 0 * *", 2),
            ("* * L * *", 2),
            ("* * * 13 *", 3),
            ("* * * juni *", 3),
            ("* * * * 8", 4),
            ("* * * * senin", 4),
            ("99999999999 * * * *", 0),
        ] {
            let fault = Cron::read(text).expect_err(text);
            assert!(
                matches!(fault, CronFault::Part { part, .. } if part == wrong),
                "{text}: {fault:?}"
            );
        }
        assert_eq!(Cron::read("0 0 30 2 *"), Err(CronFault::Never));
    }
}
