//! Calendars: a file, or the answer of a CalDAV collection with a calendar in each of its entries.
//!
//! Owns the way from a connector's words to a window of time, and the question to a collection.

use super::Setting;
use super::rows::{Parsed, of};
use super::table::Source;
use crate::Trouble;
use chrono::{DateTime, TimeDelta, Utc};
use divos_formats::calendar::{self, Options, Window};
use divos_formats::{Oddities, Oddity, Opened, Rows, xml};
use divos_manifest::Calendar;
use serde_json::Value as Json;
use std::time::Duration;

/// Opens a calendar.
pub(super) fn open(
    calendar: &Calendar,
    charset: Option<&str>,
    content_type: Option<&str>,
    setting: &Setting,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let options = Options {
        charset: charset.map(str::to_owned),
        window: setting.now.map(|now| window(calendar, now)),
        zone: setting.zone,
        z_is_local: calendar.z_is_local,
        ..Options::default()
    };
    if !calendar.caldav {
        let opened = calendar::open(input(), content_type, &options);
        return opened.map(Parsed::table).map_err(of);
    }
    let answer = xml::Options {
        rows: ["multistatus", "response"].map(str::to_owned).to_vec(),
        charset: charset.map(str::to_owned),
    };
    let opened = xml::open(input(), content_type, &answer)
        .map_err(of)?
        .opened;
    let odd = opened.odd.clone();
    let rows = opened.rows.flat_map(move |row| entry(row, &options, &odd));
    Ok(Parsed::table(Opened {
        rows: Box::new(rows),
        columns: None,
        odd: opened.odd,
    }))
}

/// The occurrences of one entry; an entry that is no calendar costs itself only.
fn entry(row: Result<Json, divos_formats::FormatFault>, options: &Options, odd: &Oddities) -> Rows {
    let row = match row {
        Ok(row) => row,
        Err(fault) => return Box::new(std::iter::once(Err(fault))),
    };
    let bad = || odd.add(Oddity::BadRow, None, None);
    let found: Vec<Result<Json, _>> = texts(&row)
        .into_iter()
        .flat_map(|text| match calendar::open_text(&text, options) {
            Ok(opened) => opened.rows.filter(Result::is_ok).collect::<Vec<_>>(),
            Err(_) => {
                bad();
                Vec::new()
            }
        })
        .collect();
    Box::new(found.into_iter())
}

/// Finds `propstat/prop/calendar-data` (RFC 4791, section 9.6).
fn texts(response: &Json) -> Vec<String> {
    let stats = match response.get("propstat") {
        Some(Json::Array(stats)) => stats.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let text = |stat: &Json| {
        let data = stat.get("prop")?.get("calendar-data")?;
        data.as_str()
            .or_else(|| data["#text"].as_str())
            .map(str::to_owned)
    };
    stats.iter().filter_map(text).collect()
}

fn window(calendar: &Calendar, now: DateTime<Utc>) -> Window {
    let span = |span: Duration| TimeDelta::from_std(span).unwrap_or(TimeDelta::days(3660));
    Window {
        from: now
            .checked_sub_signed(span(calendar.past))
            .unwrap_or(DateTime::<Utc>::MIN_UTC),
        to: now
            .checked_add_signed(span(calendar.ahead))
            .unwrap_or(DateTime::<Utc>::MAX_UTC),
    }
}

/// Asks a collection for the events of a window (RFC 4791, section 7.8).
pub(crate) fn question(calendar: &Calendar, now: DateTime<Utc>) -> String {
    let Window { from, to } = window(calendar, now);
    let stamp = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop><D:getetag/><C:calendar-data/></D:prop>\
         <C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\"><C:time-range start=\"{}\" end=\"{}\"/>\
         </C:comp-filter></C:comp-filter></C:filter></C:calendar-query>",
        stamp(from),
        stamp(to)
    )
}
