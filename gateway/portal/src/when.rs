//! Moments in human words, in the city's time (WITA).
//!
//! Owns how a time is said. It must never ask what time it is: `now` is always handed in.

use crate::words::{Value, say};
use chrono::{DateTime, Datelike, Days, Locale, NaiveDate, TimeDelta, Utc, Weekday};
use divos_model::{Lang, TimeQuality, wita};

fn locale(lang: Lang) -> Locale {
    match lang {
        Lang::Id => Locale::id_ID,
        Lang::En => Locale::en_GB,
    }
}

/// Returns the day in the city.
pub(crate) fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&wita()).date_naive()
}

/// Says a clock time: `14.30 WITA`, `14:30 WITA`.
pub(crate) fn clock(at: DateTime<Utc>, lang: Lang) -> String {
    let pattern = if lang == Lang::Id {
        "%H.%M WITA"
    } else {
        "%H:%M WITA"
    };
    at.with_timezone(&wita()).format(pattern).to_string()
}

/// Says a day: `hari ini`, `besok`, `kemarin`, `Sel, 3 Nov`, `3 November 2025`.
pub(crate) fn day(date: NaiveDate, now: DateTime<Utc>, lang: Lang) -> String {
    let today = day_of(now);
    match (date - today).num_days() {
        0 => say(lang, "when-today", &[]),
        1 => say(lang, "when-tomorrow", &[]),
        -1 => say(lang, "when-yesterday", &[]),
        _ if date.year() == today.year() => date
            .format_localized("%a, %-d %b", locale(lang))
            .to_string(),
        _ => date.format_localized("%-d %B %Y", locale(lang)).to_string(),
    }
}

/// Says a day in full: `Selasa, 24 November 2026`.
pub(crate) fn full_day(date: NaiveDate, lang: Lang) -> String {
    date.format_localized("%A, %-d %B %Y", locale(lang))
        .to_string()
}

/// Says a date on paper: `24 November 2026`.
pub(crate) fn date(date: NaiveDate, lang: Lang) -> String {
    date.format_localized("%-d %B %Y", locale(lang)).to_string()
}

/// Says a moment: `hari ini 14.30 WITA`; without the hour where only the day is known.
pub(crate) fn moment(
    at: DateTime<Utc>,
    now: DateTime<Utc>,
    lang: Lang,
    quality: Option<TimeQuality>,
) -> String {
    let said = day(day_of(at), now, lang);
    if quality == Some(TimeQuality::DateOnly) {
        said
    } else {
        format!("{said} {}", clock(at, lang))
    }
}

/// Says how long ago, or in how long: `baru saja`, `5 menit lalu`, `dalam 2 jam`; further off, the moment.
pub(crate) fn near(at: DateTime<Utc>, now: DateTime<Utc>, lang: Lang) -> String {
    let gone = now - at;
    let (minutes, hours) = (
        gone.num_minutes().unsigned_abs(),
        gone.num_hours().unsigned_abs(),
    );
    let past = gone >= TimeDelta::zero();
    let count = |key, n| say(lang, key, &[("n", Value::Count(n))]);
    match (minutes, hours) {
        (0, _) if past => say(lang, "when-now", &[]),
        (0, _) => say(lang, "when-soon", &[]),
        (n, 0) => count(
            if past {
                "when-minutes-ago"
            } else {
                "when-in-minutes"
            },
            n,
        ),
        (_, n @ 1..24) => count(
            if past {
                "when-hours-ago"
            } else {
                "when-in-hours"
            },
            n,
        ),
        _ => moment(at, now, lang, None),
    }
}

/// Says a span to wait: `40 detik`, `5 menit`, `2 jam`; rounded up, so that nobody comes back too early.
pub(crate) fn span(seconds: u64, lang: Lang) -> String {
    let (key, n) = match seconds {
        0..91 => ("span-seconds", seconds.max(1)),
        91..5400 => ("span-minutes", seconds.div_ceil(60)),
        5400..172_800 => ("span-hours", seconds.div_ceil(3600)),
        _ => ("span-days", seconds.div_ceil(86_400)),
    };
    say(lang, key, &[("n", Value::Count(n))])
}

/// How a deadline stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// What people read.
    pub(crate) said: String,
    /// `bad` when late, `warn` when within a day, else empty.
    pub(crate) tone: &'static str,
}

/// Says a deadline: `Terlambat 2 hari`, `Tenggat hari ini 16.00 WITA`.
pub(crate) fn due(
    at: DateTime<Utc>,
    now: DateTime<Utc>,
    lang: Lang,
    quality: Option<TimeQuality>,
) -> Due {
    let days = (day_of(at) - day_of(now)).num_days();
    let day_only = quality == Some(TimeQuality::DateOnly);
    // A deadline that is only a day lasts until that day is over.
    let late = if day_only { days < 0 } else { at < now };
    let said = moment(at, now, lang, quality);
    let text = [("x", Value::Text(&said))];
    match (late, days) {
        (true, ..=-1) => Due {
            said: say(
                lang,
                "due-late-days",
                &[("n", Value::Count(days.unsigned_abs()))],
            ),
            tone: "bad",
        },
        (true, _) => Due {
            said: say(lang, "due-late", &text),
            tone: "bad",
        },
        (false, 0..=1) => Due {
            said: say(lang, "due-at", &text),
            tone: "warn",
        },
        _ => Due {
            said: say(lang, "due-at", &text),
            tone: "",
        },
    }
}

/// When a snoozed item comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Snooze {
    /// At 16.00 today; offered until 15.00.
    Afternoon,
    /// At 07.30 on the next day.
    Tomorrow,
    /// At 07.30 on the next Monday.
    Monday,
}

impl Snooze {
    /// Every choice, soonest first.
    pub(crate) const ALL: [Self; 3] = [Self::Afternoon, Self::Tomorrow, Self::Monday];

    /// Returns the word in the form.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Afternoon => "snooze-afternoon",
            Self::Tomorrow => "snooze-tomorrow",
            Self::Monday => "snooze-monday",
        }
    }

    /// Returns the moment; `None` where it is too late for it.
    pub(crate) fn at(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = day_of(now);
        let (date, hour, minute) = match self {
            Self::Afternoon => (today, 16, 0),
            Self::Tomorrow => (today + Days::new(1), 7, 30),
            Self::Monday => (today.week(Weekday::Mon).first_day() + Days::new(7), 7, 30),
        };
        let at = date
            .and_hms_opt(hour, minute, 0)?
            .and_local_timezone(wita())
            .single()?
            .with_timezone(&Utc);
        (at - now >= TimeDelta::hours(1)).then_some(at)
    }
}

/// Returns the key of the greeting for this hour in the city.
pub(crate) fn greeting(now: DateTime<Utc>) -> &'static str {
    use chrono::Timelike;
    match now.with_timezone(&wita()).hour() {
        4..11 => "greet-morning",
        11..15 => "greet-noon",
        15..19 => "greet-afternoon",
        _ => "greet-evening",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text)
            .expect("a time")
            .with_timezone(&Utc)
    }

    const NOW: &str = "2026-11-24T10:00:00+08:00";

    #[test]
    fn moments_are_said_in_the_citys_time() {
        for (text, id, en) in [
            (
                "2026-11-24T06:30:00Z",
                "hari ini 14.30 WITA",
                "today 14:30 WITA",
            ),
            (
                "2026-11-24T16:30:00Z",
                "besok 00.30 WITA",
                "tomorrow 00:30 WITA",
            ),
            (
                "2026-11-23T10:05:00+08:00",
                "kemarin 10.05 WITA",
                "yesterday 10:05 WITA",
            ),
            (
                "2026-11-03T10:05:00+08:00",
                "Sel, 3 Nov 10.05 WITA",
                "Tue, 3 Nov 10:05 WITA",
            ),
            (
                "2025-08-17T10:05:00+08:00",
                "17 Agustus 2025 10.05 WITA",
                "17 August 2025 10:05 WITA",
            ),
        ] {
            assert_eq!(moment(at(text), at(NOW), Lang::Id, None), id);
            assert_eq!(moment(at(text), at(NOW), Lang::En, None), en);
        }
        let day_only = moment(at(NOW), at(NOW), Lang::Id, Some(TimeQuality::DateOnly));
        assert_eq!(day_only, "hari ini");
    }

    #[test]
    fn near_moments_are_counted() {
        for (text, id) in [
            ("2026-11-24T09:59:31+08:00", "baru saja"),
            ("2026-11-24T10:00:20+08:00", "sebentar lagi"),
            ("2026-11-24T09:55:00+08:00", "5 menit lalu"),
            ("2026-11-24T10:12:00+08:00", "dalam 12 menit"),
            ("2026-11-24T07:00:00+08:00", "3 jam lalu"),
            ("2026-11-22T07:00:00+08:00", "Min, 22 Nov 07.00 WITA"),
        ] {
            assert_eq!(near(at(text), at(NOW), Lang::Id), id);
        }
    }

    #[test]
    fn a_deadline_on_a_day_lasts_until_the_day_is_over() {
        let day_only = Some(TimeQuality::DateOnly);
        let midnight = at("2026-11-24T00:00:00+08:00");
        assert_eq!(
            due(midnight, at(NOW), Lang::Id, day_only),
            Due {
                said: "Tenggat hari ini".into(),
                tone: "warn"
            }
        );
        assert_eq!(due(midnight, at(NOW), Lang::Id, None).tone, "bad");
        let older = at("2026-11-22T09:00:00+08:00");
        assert_eq!(
            due(older, at(NOW), Lang::Id, None),
            Due {
                said: "Terlambat 2 hari".into(),
                tone: "bad"
            }
        );
        assert_eq!(
            due(at("2026-12-24T09:00:00+08:00"), at(NOW), Lang::En, None).tone,
            ""
        );
    }

    #[test]
    fn a_snooze_ends_in_the_citys_office_hours() {
        let said = |snooze: Snooze, now: &str| {
            snooze
                .at(at(now))
                .map(|t| t.with_timezone(&wita()).to_rfc3339())
        };
        assert_eq!(
            said(Snooze::Afternoon, NOW).as_deref(),
            Some("2026-11-24T16:00:00+08:00")
        );
        assert_eq!(said(Snooze::Afternoon, "2026-11-24T15:30:00+08:00"), None);
        assert_eq!(
            said(Snooze::Tomorrow, NOW).as_deref(),
            Some("2026-11-25T07:30:00+08:00")
        );
        assert_eq!(
            said(Snooze::Monday, NOW).as_deref(),
            Some("2026-11-30T07:30:00+08:00")
        );
        assert_eq!(
            said(Snooze::Monday, "2026-11-30T06:00:00+08:00").as_deref(),
            Some("2026-12-07T07:30:00+08:00")
        );
    }

    #[test]
    fn a_wait_is_rounded_up() {
        for (seconds, id) in [
            (0, "1 detik"),
            (90, "90 detik"),
            (91, "2 menit"),
            (5400, "2 jam"),
        ] {
            assert_eq!(span(seconds, Lang::Id), id);
        }
    }
}
