//! A calendar of bookings (RFC 5545): times in the city's own zone, long lines folded.
//!
//! Owns the document and when a booking takes place: from twenty days ago to five months ahead.

use super::rows::{Row, made};
use super::text;
use crate::whole::shelf::Shelf;
use axum::body::Body;
use chrono::{DateTime, Duration, FixedOffset, Timelike};
use http::{Response, StatusCode};

const HEAD: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Denpasar (contoh)//ID\r\nBEGIN:VTIMEZONE\r\nTZID:Asia/Makassar\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nTZNAME:WITA\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

pub(super) fn calendar(shelf: &Shelf) -> Response<Body> {
    let mut body = HEAD.to_owned();
    let ids = shelf.ids();
    for (at, row) in shelf.rows(&ids).iter().enumerate() {
        event(&mut body, shelf, row, starts(shelf, at, ids.len()));
    }
    body.push_str("END:VCALENDAR\r\n");
    text(StatusCode::OK, "text/calendar; charset=utf-8", body)
}

fn starts(shelf: &Shelf, at: usize, of: usize) -> DateTime<FixedOffset> {
    let day = shelf.now + Duration::days((at * 170 / of.max(1)) as i64 - 20);
    let hour = day.with_hour(8 + (at % 8) as u32);
    let hour = hour.and_then(|time| time.with_minute(0)?.with_second(0));
    hour.unwrap_or(day)
}

fn event(body: &mut String, shelf: &Shelf, row: &Row, start: DateTime<FixedOffset>) {
    let local = |time: DateTime<FixedOffset>| time.format("%Y%m%dT%H%M%S").to_string();
    let status = ["CONFIRMED", "CONFIRMED", "TENTATIVE", "CANCELLED"][(row.id % 4) as usize];
    let changed = row.updated.to_utc().format("%Y%m%dT%H%M%SZ");
    for line in [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{}.example", row.id, shelf.entry.slug),
        format!("DTSTAMP:{changed}"),
        format!("LAST-MODIFIED:{changed}"),
        format!("DTSTART;TZID=Asia/Makassar:{}", local(start)),
        format!(
            "DTEND;TZID=Asia/Makassar:{}",
            local(start + Duration::hours(2))
        ),
        format!("SUMMARY:{}", escaped(&row.title)),
        format!("DESCRIPTION:{}", escaped(&made(row.id))),
        "LOCATION:Graha Contoh\\, Denpasar (contoh)".to_owned(),
        format!("STATUS:{status}"),
        "END:VEVENT".to_owned(),
    ] {
        fold(body, &line);
    }
}

/// Text with the signs escaped that mean something (RFC 5545, section 3.3.11).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
}

/// A line of at most 75 bytes, and what is left on lines that begin with a space (section 3.1).
fn fold(body: &mut String, line: &str) {
    let mut width = 0;
    for letter in line.chars() {
        if width + letter.len_utf8() > 75 {
            body.push_str("\r\n ");
            width = 1;
        }
        body.push(letter);
        width += letter.len_utf8();
    }
    body.push_str("\r\n");
}
