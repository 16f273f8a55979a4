//! The incremental cursor: found in records, kept as text, written as the app wants it.
//!
//! Owns both directions. Times are kept as RFC 3339 in UTC, everything else as the source wrote it.

use crate::mapping::SourceTime;
use chrono::{SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use divos_manifest::{Cursor, CursorFormat};
use divos_model::Time;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Finds the greatest cursor of a pass.
#[derive(Debug)]
pub(crate) struct Tracker {
    cursor: Cursor,
    zone: Tz,
    greatest: Option<Mark>,
}

#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Time(Time),
    Number(f64, String),
    Word(String),
}

impl Tracker {
    /// Begins with the cursor of the last pass, so that it never goes back.
    pub(crate) fn new(cursor: Cursor, zone: Tz, last: Option<&str>) -> Self {
        let mut tracker = Self {
            cursor,
            zone,
            greatest: None,
        };
        tracker.greatest = last.and_then(|text| tracker.mark(&Json::String(text.to_owned())));
        tracker
    }

    /// Looks at a page: `latest` is the latest time of its records as the mapping reads it (with the
    /// zone it states); where the mapping does not, the records themselves are read.
    pub(crate) fn see_page(&mut self, rows: &[&Json], latest: Option<Time>) {
        match latest.filter(|_| self.cursor.format != CursorFormat::Raw) {
            Some(at) => self.keep(Mark::Time(at)),
            None => rows.iter().for_each(|row| self.see(row)),
        }
    }

    fn see(&mut self, row: &Json) {
        let value = self.cursor.field.get(row);
        if let Some(mark) = value.and_then(|value| self.mark(value)) {
            self.keep(mark);
        }
    }

    fn keep(&mut self, mark: Mark) {
        let known = self.greatest.as_ref();
        if known.is_none_or(|known| order(known, &mark) == Ordering::Less) {
            self.greatest = Some(mark);
        }
    }

    /// Returns the greatest cursor in the form that is kept.
    pub(crate) fn kept(&self) -> Option<String> {
        self.greatest.as_ref().map(|mark| match mark {
            Mark::Time(at) => at
                .with_timezone(&Utc)
                .to_rfc3339_opts(SecondsFormat::AutoSi, true),
            Mark::Number(_, text) | Mark::Word(text) => text.clone(),
        })
    }

    fn mark(&self, value: &Json) -> Option<Mark> {
        if self.cursor.format != CursorFormat::Raw {
            return SourceTime(self.zone).read(value).map(Mark::Time);
        }
        let text = match value {
            Json::String(text) => text.trim().to_owned(),
            Json::Number(number) => number.to_string(),
            _ => return None,
        };
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(Mark::Number(number, text)),
            _ if text.is_empty() => None,
            _ => Some(Mark::Word(text)),
        }
    }
}

fn order(a: &Mark, b: &Mark) -> Ordering {
    match (a, b) {
        (Mark::Time(a), Mark::Time(b)) => a.cmp(b),
        (Mark::Number(a, _), Mark::Number(b, _)) => a.total_cmp(b),
        (Mark::Word(a), Mark::Word(b)) => a.cmp(b),
        // A field that changes its kind: the later one counts.
        _ => Ordering::Less,
    }
}

/// Writes a kept cursor as the app wants it, `overlap` earlier; without one, the start.
pub(crate) fn written(cursor: &Cursor, zone: Tz, kept: Option<&str>) -> Option<String> {
    let Some(kept) = kept else {
        let start = cursor.start.as_deref()?;
        let at = SourceTime(zone).read_text(start);
        return Some(match (at, &cursor.format) {
            (Some(at), format) if *format != CursorFormat::Raw => write(format, at, zone),
            _ => start.to_owned(),
        });
    };
    if cursor.format == CursorFormat::Raw {
        return Some(kept.to_owned());
    }
    let Some(at) = SourceTime(zone).read_text(kept) else {
        return Some(kept.to_owned());
    };
    let overlap = TimeDelta::from_std(cursor.overlap).unwrap_or_default();
    Some(write(&cursor.format, at - overlap, zone))
}

fn write(format: &CursorFormat, at: Time, zone: Tz) -> String {
    let utc = at.with_timezone(&Utc);
    let local = at.with_timezone(&zone);
    match format {
        CursorFormat::Rfc3339 | CursorFormat::Raw => utc.to_rfc3339_opts(SecondsFormat::Secs, true),
        CursorFormat::Date => local.format("%Y-%m-%d").to_string(),
        CursorFormat::Epoch => utc.timestamp().to_string(),
        CursorFormat::EpochMs => utc.timestamp_millis().to_string(),
        CursorFormat::Strftime(pattern) => {
            let mut text = String::new();
            match std::fmt::write(&mut text, format_args!("{}", local.format(pattern))) {
                Ok(()) => text,
                Err(_) => utc.to_rfc3339_opts(SecondsFormat::Secs, true),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    const ZONE: Tz = chrono_tz::Asia::Makassar;

    fn cursor(format: CursorFormat) -> Cursor {
        Cursor {
            field: "changed".parse().expect("a path"),
            start: Some("2025-01-01".into()),
            overlap: Duration::from_secs(3600),
            param: None,
            format,
        }
    }

    #[test]
    fn is_written_as_the_app_wants_it_with_overlap() {
        for (format, start, later) in [
            (
                CursorFormat::Rfc3339,
                "2024-12-31T16:00:00Z",
                "2026-11-24T07:00:00Z",
            ),
            (CursorFormat::Date, "2025-01-01", "2026-11-24"),
            (CursorFormat::Epoch, "1735660800", "1795503600"),
            (CursorFormat::EpochMs, "1735660800000", "1795503600000"),
            (
                CursorFormat::Strftime("%d/%m/%Y %H:%M".into()),
                "01/01/2025 00:00",
                "24/11/2026 15:00",
            ),
            (
                CursorFormat::Strftime("%Q".into()),
                "2024-12-31T16:00:00Z",
                "2026-11-24T07:00:00Z",
            ),
            (CursorFormat::Raw, "2025-01-01", "2026-11-24T08:00:00Z"),
        ] {
            let cursor = cursor(format);
            assert_eq!(written(&cursor, ZONE, None).as_deref(), Some(start));
            assert_eq!(
                written(&cursor, ZONE, Some("2026-11-24T08:00:00Z")).as_deref(),
                Some(later)
            );
        }
    }

    #[test]
    fn the_greatest_is_kept_and_never_goes_back() {
        let mut tracker = Tracker::new(
            cursor(CursorFormat::Rfc3339),
            ZONE,
            Some("2026-01-02T00:00:00Z"),
        );
        tracker.see(&json!({"changed": "2026-01-01 08:00:00"}));
        assert_eq!(tracker.kept().as_deref(), Some("2026-01-02T00:00:00Z"));
        tracker.see(&json!({"changed": "2026-01-03 08:00:00"}));
        tracker.see(&json!({"changed": null}));
        tracker.see(&json!({}));
        assert_eq!(tracker.kept().as_deref(), Some("2026-01-03T00:00:00Z"));
        let mut numbers = Tracker::new(cursor(CursorFormat::Raw), ZONE, None);
        [json!(9), json!("10"), json!(2)]
            .into_iter()
            .for_each(|n| numbers.see(&json!({"changed": n})));
        assert_eq!(numbers.kept().as_deref(), Some("10"));
    }
}
