//! Calendars as real programs and careless ones write them.

#![allow(clippy::unwrap_used)] // a helper of tests stops the test where it cannot help

mod edges;
mod rows;
mod rules;

use chrono::{DateTime, Utc};
use divos_formats::Oddity;
use divos_formats::calendar::{self, Options, Tz, Window};
use serde_json::Value as Json;

/// Radicale's answer to GET; the appointments are made up.
const WHOLE: &str = include_str!("../files/radicale.ics");

pub(crate) fn window(from: &str, to: &str) -> Option<Window> {
    let at = |day: &str| {
        format!("{day}T00:00:00+08:00")
            .parse::<DateTime<Utc>>()
            .unwrap()
    };
    Some(Window {
        from: at(from),
        to: at(to),
    })
}

pub(crate) fn bali() -> Options {
    Options {
        window: window("2026-11-01", "2026-12-01"),
        zone: Tz::Asia__Makassar,
        ..Options::default()
    }
}

pub(crate) fn read(text: &str, options: &Options) -> (Vec<Json>, Vec<Oddity>) {
    let opened = calendar::open_text(text, options).unwrap();
    let rows = opened.rows.collect::<Result<Vec<_>, _>>().unwrap();
    (rows, opened.odd.list().iter().map(|odd| odd.what).collect())
}

pub(crate) fn event(lines: &str) -> String {
    format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n")
}

pub(crate) fn starts(rows: &[Json]) -> Vec<&str> {
    rows.iter()
        .map(|row| row["start"].as_str().unwrap_or("-"))
        .collect()
}

pub(crate) fn one(lines: &str, options: &Options) -> Json {
    let (rows, odd) = read(&event(lines), options);
    assert_eq!((rows.len(), odd.as_slice()), (1, &[][..]), "{rows:?}");
    rows[0].clone()
}
