//! Numbers that are shown as dates: which they are, and what day they mean.
//!
//! Owns number formats and serial days (ISO/IEC 29500-1, sections 18.8.30 and 18.17.4).

use chrono::{Days, NaiveDate};

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Shown {
    #[default]
    Number,
    Date,
    DateTime,
    /// A time of day.
    Time,
    /// Hours beyond a day: `[h]:mm`.
    Elapsed,
}

/// How a built-in format shows a number.
pub(super) fn built_in(id: u32) -> Shown {
    match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Date,
        18..=21 | 32..=35 | 45 | 47 | 55 | 56 => Shown::Time,
        22 => Shown::DateTime,
        46 => Shown::Elapsed,
        _ => Shown::Number,
    }
}

/// How a written format (`dd/mm/yyyy hh:mm`, `[$-421]d mmmm yyyy;@`) shows a number.
pub(super) fn written(code: &str) -> Shown {
    if code.trim().eq_ignore_ascii_case("general") {
        return Shown::Number;
    }
    let (mut day, mut clock, mut month) = (false, false, false);
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter.to_ascii_lowercase() {
            '"' => skip(&mut letters, '"'),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inner: String = letters.by_ref().take_while(|c| *c != ']').collect();
                let unit = inner.to_ascii_lowercase();
                if !unit.is_empty() && unit.chars().all(|c| "hms".contains(c)) {
                    return Shown::Elapsed;
                }
            }
            // Only the first section is for positive numbers.
            ';' => break,
            'd' | 'y' => day = true,
            'h' | 's' => clock = true,
            'm' => month = true,
            _ => {}
        }
    }
    match (day, clock, month) {
        (true, true, _) => Shown::DateTime,
        (true, false, _) | (false, false, true) => Shown::Date,
        (false, true, _) => Shown::Time,
        (false, false, false) => Shown::Number,
    }
}

fn skip(letters: &mut std::str::Chars<'_>, end: char) {
    letters
        .by_ref()
        .take_while(|letter| *letter != end)
        .for_each(drop);
}

/// The largest serial day: 9999-12-31.
const LAST: f64 = 2_958_466.0;

/// Writes a serial number as ISO 8601 text: `2026-01-31`, `2026-01-31T09:00:00`, `09:00:00`. `None` if it is no date
/// (negative, or the 29 February 1900 that never was): it stays a number.
pub(super) fn iso(serial: f64, shown: Shown, from_1904: bool) -> Option<String> {
    if !(0.0..LAST).contains(&serial) || shown == Shown::Number {
        return None;
    }
    let seconds = (serial * 86_400.0).round() as u64;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let clock = |hours: u64| format!("{hours:02}:{:02}:{:02}", second / 60 % 60, second % 60);
    if shown == Shown::Elapsed {
        return Some(clock(seconds / 3600));
    }
    let time = clock(second / 3600);
    if shown == Shown::Time && days == 0 {
        return Some(time);
    }
    let date = date(days, from_1904)?;
    Some(match (shown, second) {
        (Shown::Date, 0) => date.to_string(),
        _ => format!("{date}T{time}"),
    })
}

fn date(serial: u64, from_1904: bool) -> Option<NaiveDate> {
    let (year, month, day) = match (from_1904, serial) {
        (true, _) => (1904, 1, 1),
        // Excel believes that 1900 was a leap year.
        (false, 0 | 60) => return None,
        (false, 1..60) => (1899, 12, 31),
        (false, _) => (1899, 12, 30),
    };
    NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(serial))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_days_are_iso_text() {
        for (serial, shown, from_1904, text) in [
            (1.0, Shown::Date, false, Some("1900-01-01")),
            (59.0, Shown::Date, false, Some("1900-02-28")),
            (60.0, Shown::Date, false, None),
            (61.0, Shown::Date, false, Some("1900-03-01")),
            (46053.0, Shown::Date, false, Some("2026-01-31")),
            (46053.375, Shown::Date, false, Some("2026-01-31T09:00:00")),
            (46053.0, Shown::DateTime, false, Some("2026-01-31T00:00:00")),
            (44591.0, Shown::Date, true, Some("2026-01-31")),
            (0.0, Shown::Date, true, Some("1904-01-01")),
            (2_958_465.0, Shown::Date, false, Some("9999-12-31")),
            (0.375, Shown::Time, false, Some("09:00:00")),
            (1.5, Shown::Elapsed, false, Some("36:00:00")),
            (-1.0, Shown::Date, false, None),
            (f64::NAN, Shown::Date, false, None),
            (46_053.999_999_999, Shown::Date, false, Some("2026-02-01")),
        ] {
            assert_eq!(iso(serial, shown, from_1904).as_deref(), text, "{serial}");
        }
    }

    #[test]
    fn formats_tell_dates_from_numbers() {
        for (code, shown) in [
            ("General", Shown::Number),
            ("#,##0.00", Shown::Number),
            ("\"Rp\" #,##0;[Red]-#,##0", Shown::Number),
            ("0\\d", Shown::Number),
            ("[Red]0", Shown::Number),
            ("dd/mm/yyyy", Shown::Date),
            ("[$-421]d mmmm yyyy;@", Shown::Date),
            ("mmm", Shown::Date),
            ("yyyy-mm-dd hh:mm", Shown::DateTime),
            ("hh.mm \"WITA\"", Shown::Time),
            ("[h]:mm", Shown::Elapsed),
        ] {
            assert_eq!(written(code), shown, "{code}");
        }
    }
}
