//! iCalendar with its repetition and zones, and the answers of CalDAV collections.

use crate::exchanges::fetch_of;
use crate::tables::{drain, input};
use chrono::{DateTime, TimeDelta};
use divos_adapters::Document;
use divos_formats::calendar::{self, Options, Tz, Window};

const AT: i64 = 1_767_225_600;

pub(crate) fn calendar(bytes: &[u8]) {
    let now = DateTime::from_timestamp(AT, 0).expect("a time");
    let windows = [
        None,
        Some(Window {
            from: now - TimeDelta::days(365),
            to: now + TimeDelta::days(365),
        }),
        Some(Window {
            from: DateTime::<chrono::Utc>::MIN_UTC,
            to: DateTime::<chrono::Utc>::MAX_UTC,
        }),
    ];
    for window in windows {
        let options = Options {
            window,
            most: 50,
            zone: Tz::Asia__Makassar,
            z_is_local: window.is_some(),
            ..Options::default()
        };
        drain(calendar::open(
            input(bytes),
            Some("text/calendar"),
            &options,
        ));
    }
}

pub(crate) fn caldav(bytes: &[u8]) {
    let fetch = fetch_of("ical: { get: /rows, caldav: true }");
    let _ = Document::read(&fetch, Some("application/xml"), bytes);
}
