//! What is broken, huge or no calendar at all.

use crate::{WHOLE, bali, event, read};
use divos_formats::calendar::{self, Options};
use divos_formats::{FormatFault, Oddity, Reason};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::io::Cursor;

#[test]
fn one_bad_event_costs_no_other() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:tanpa waktu\nEND:VEVENT\nBEGIN:VEVENT\nUID:y\nDTSTART:besok\nEND:VEVENT\n\
                BEGIN:VEVENT\nUID:z\nDTSTART:20261102T010000Z\nEND:VEVENT\nEND:VCALENDAR";
    let (rows, odd) = read(text, &bali());
    assert_eq!(rows.len(), 1);
    assert_eq!(odd, [Oddity::BadRow, Oddity::BadTime]);
}

#[test]
fn attachments_and_alarms_of_any_size_are_left_out() {
    let file = "QUJD".repeat(2_000_000);
    let folded = file
        .as_bytes()
        .chunks(74)
        .fold(String::new(), |mut text, line| {
            let _ = write!(text, "\n {}", String::from_utf8_lossy(line));
            text
        });
    let lines = format!(
        "DTSTART:20261102T010000Z\nATTACH;ENCODING=BASE64:{folded}\nATTACH:{file}\nSUMMARY:Masih ada"
    );
    let text = event(&format!("BEGIN:VALARM\nDESCRIPTION:x\nEND:VALARM\n{lines}"));
    let (rows, _) = read(&text, &bali());
    assert_eq!(rows[0]["summary"], "Masih ada");
    assert_eq!(rows[0].get("description"), None);
    let (rows, odd) = read(
        &event(&format!(
            "DTSTART:20261102T010000Z{}",
            "\nCOMMENT:x".repeat(200_000)
        )),
        &bali(),
    );
    assert_eq!((rows.len(), odd), (0, vec![Oddity::BadRow]));
}

fn fault(bytes: &[u8]) -> FormatFault {
    match calendar::open(Box::new(Cursor::new(bytes.to_vec())), None, &bali()) {
        Err(fault) => fault,
        Ok(opened) => opened.rows.filter_map(Result::err).next().unwrap(),
    }
}

#[test]
fn what_is_no_calendar_is_named() {
    for (bytes, named) in [
        (
            &b"<!DOCTYPE html><title>Masuk</title>"[..],
            "an HTML page \"Masuk\"",
        ),
        (b"{\"error\": 1}", "a JSON document"),
        (b"", "an empty document"),
        (
            b"Nama;Tanggal",
            "a text that does not begin with BEGIN:VCALENDAR",
        ),
    ] {
        let found = named.to_owned();
        assert_eq!(
            fault(bytes).reason,
            Reason::NotThis {
                expected: "ical",
                found
            }
        );
    }
}

#[test]
fn a_calendar_that_stops_in_the_middle_is_truncated_after_its_whole_events() {
    let cut = &WHOLE[..WHOLE.len() - 20];
    assert_eq!(fault(cut.as_bytes()).reason, Reason::Truncated);
    let opened = calendar::open_text(cut, &bali()).unwrap();
    assert!(opened.rows.filter(Result::is_ok).count() > 5);
}

#[test]
fn byte_order_marks_line_ends_and_old_character_sets_do_no_harm() {
    let plain = event("DTSTART:20261102T010000Z\nSUMMARY:Rapat – Café");
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(plain.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let old: Vec<u8> = plain
        .chars()
        .map(|c| if c == '–' { 0x96 } else { c as u8 })
        .collect();
    for bytes in [
        format!("\u{feff}\r\n{}", plain.replace('\n', "\r\n")).into_bytes(),
        wide,
        old,
    ] {
        let opened = calendar::open(Box::new(Cursor::new(bytes)), None, &bali()).unwrap();
        let rows = opened.rows.collect::<Result<Vec<_>, _>>().unwrap();
        assert_eq!(rows[0]["summary"], "Rapat – Café");
    }
}

fn line() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "DTSTART",
        "DTEND",
        "RRULE",
        "EXDATE",
        "RDATE",
        "RECURRENCE-ID",
        "DURATION",
        "UID",
        "SUMMARY",
        "BEGIN",
        "END",
        "TZOFFSETTO",
        "TZOFFSETFROM",
        "TZID",
        "ATTENDEE",
        "SEQUENCE",
    ]);
    let value = prop_oneof![
        ".{0,40}",
        "[0-9]{8}T[0-9]{6}Z?",
        "[0-9]{8}",
        "[+-][0-9]{4}",
        "FREQ=(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)(;(BYDAY=-?[0-9]{0,3}(MO|FR)|BYMONTHDAY=-?[0-9]{1,2}|BYSETPOS=-?[0-9]{1,3}|BYMONTH=[0-9]{1,2}|INTERVAL=[0-9]{1,5}|COUNT=[0-9]{1,9}|BYHOUR=[0-9]{1,2}|BYYEARDAY=-?[0-9]{1,3}|BYWEEKNO=-?[0-9]{1,2}|UNTIL=[0-9]{8})){0,4}",
        "-?P[0-9]{1,10}[WDHMS]",
        Just("VEVENT".to_owned()),
        Just("VTIMEZONE".to_owned()),
        Just("STANDARD".to_owned()),
    ];
    let param = prop_oneof![
        Just(String::new()),
        Just(";TZID=X".to_owned()),
        Just(";RANGE=THISANDFUTURE".to_owned()),
        ";.{0,10}"
    ];
    (name, param, value).prop_map(|(name, param, value)| format!("{name}{param}:{value}\n"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_calendar_makes_it_panic(lines in prop::collection::vec(line(), 0..30), windowed: bool) {
        let text = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20200101T000000\n{}END:VEVENT\nEND:VCALENDAR", lines.concat());
        let options = Options { window: if windowed { bali().window } else { None }, most: 50, ..bali() };
        if let Ok(opened) = calendar::open_text(&text, &options) {
            prop_assert!(opened.rows.take(10_000).count() < 10_000);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let text = [b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n".as_slice(), &bytes].concat();
        if let Ok(opened) = calendar::open(Box::new(Cursor::new(text)), None, &Options::default()) {
            let _ = opened.rows.count();
        }
    }
}
