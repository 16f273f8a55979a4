//! What a row says, and when its time is.

use crate::{WHOLE, bali, event, one, read, starts, window};
use divos_formats::calendar::{self, Options};
use divos_formats::{Oddity, xml};
use serde_json::json;

/// Radicale's answer to REPORT `calendar-query`.
const REPORT: &[u8] = include_bytes!("../files/radicale-report.xml");

#[test]
fn a_radicale_calendar_gives_each_occurrence_with_its_changes() {
    let (rows, odd) = read(WHOLE, &bali());
    assert_eq!(odd, []);
    let meetings: Vec<_> = rows
        .iter()
        .filter(|row| row["uid"] == "rapat-mingguan@kota.example")
        .collect();
    let seen: Vec<_> = meetings
        .iter()
        .map(|row| {
            (
                row["start"].as_str().unwrap(),
                row["summary"].as_str().unwrap(),
            )
        })
        .collect();
    let usual = "Rapat koordinasi mingguan, Balai Kota (data buatan)";
    let later = "Rapat pindah pukul sepuluh (data buatan)";
    assert_eq!(
        seen,
        [
            ("2026-11-02T09:00:00+08:00", usual),
            ("2026-11-04T09:00:00+08:00", usual),
            ("2026-11-06T13:00:00+08:00", usual),
            ("2026-11-16T09:00:00+08:00", usual),
            ("2026-11-18T09:00:00+08:00", usual),
            ("2026-11-25T10:00:00+08:00", later),
            ("2026-11-30T10:00:00+08:00", later),
            (
                "2026-11-12T14:00:00+08:00",
                "Rapat digeser ke Kamis (data buatan)"
            ),
            ("2026-11-23T10:00:00+08:00", later),
        ]
    );
    assert_eq!(meetings[5]["end"], "2026-11-25T11:00:00+08:00");
    assert_eq!(
        meetings[5]["id"],
        "rapat-mingguan@kota.example/2026-11-25T01:00:00Z"
    );
    assert_eq!(
        meetings[7]["id"],
        "rapat-mingguan@kota.example/2026-11-11T01:00:00Z"
    );
    assert_eq!(meetings[7]["recurrence_id"], "2026-11-11T09:00:00+08:00");
    assert!(
        rows.iter()
            .all(|row| row["uid"] != "hari-jadi@kota.example"),
        "its day is in February"
    );
}

#[test]
fn a_row_says_all_that_the_event_says() {
    let (rows, _) = read(WHOLE, &bali());
    let row = rows
        .iter()
        .find(|row| row["start"] == "2026-11-02T09:00:00+08:00" && row["sequence"] == 2)
        .unwrap();
    let expected = json!({
        "component": "VEVENT",
        "uid": "rapat-mingguan@kota.example",
        "id": "rapat-mingguan@kota.example/2026-11-02T01:00:00Z",
        "recurrence_id": "2026-11-02T09:00:00+08:00",
        "start": "2026-11-02T09:00:00+08:00",
        "end": "2026-11-02T10:30:00+08:00",
        "all_day": false,
        "summary": "Rapat koordinasi mingguan, Balai Kota (data buatan)",
        "description": "Agenda:\n1. Kebersihan pasar\n2. Persiapan lomba desa yang uraiannya panjang sehingga barisnya dilipat",
        "location": "Ruang Praja Utama",
        "categories": ["Rapat", "Internal"],
        "status": "CONFIRMED",
        "class": "PUBLIC",
        "sequence": 2,
        "created": "2026-10-01T00:00:00+00:00",
        "updated": "2026-11-02T03:04:05+00:00",
        "rrule": "FREQ=WEEKLY;UNTIL=20261130T155959Z;BYDAY=MO,WE",
        "organizer": { "name": "Bagian Umum", "email": "umum@kota.example" },
        "attendees": [
            { "name": "Made, Contoh", "email": "made@kota.example", "status": "ACCEPTED" },
            { "email": "putu@kota.example", "status": "NEEDS-ACTION" },
        ],
    });
    assert_eq!(row, &expected);
}

#[test]
fn each_calendar_of_a_caldav_answer_can_be_read() {
    let answer = xml::tree::parse(REPORT, None).unwrap();
    let mut uids = Vec::new();
    for response in answer.all("response") {
        let prop = response
            .child("propstat")
            .and_then(|found| found.child("prop"))
            .unwrap();
        let text = &prop.child("calendar-data").unwrap().text;
        let opened = calendar::open_text(text, &bali()).unwrap();
        uids.extend(
            opened
                .rows
                .map(|row| row.unwrap()["uid"].as_str().unwrap().to_owned()),
        );
    }
    uids.sort();
    uids.dedup();
    assert_eq!(
        uids,
        [
            "acara1@kota.example",
            "acara2@kota.example",
            "acara3@kota.example",
            "laporan@kota.example",
            "rapat-mingguan@kota.example"
        ]
    );
}

#[test]
fn a_task_has_the_time_when_it_is_due() {
    let (rows, _) = read(WHOLE, &bali());
    let task = rows.iter().find(|row| row["component"] == "VTODO").unwrap();
    assert_eq!(task["end"], "2026-11-10T16:00:00+08:00");
    assert_eq!(task["status"], "NEEDS-ACTION");
    let bare = "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nSUMMARY:Kapan saja\nEND:VTODO\nEND:VCALENDAR";
    let (rows, _) = read(bare, &bali());
    assert_eq!(
        rows,
        [json!({ "component": "VTODO", "uid": "t", "id": "t", "summary": "Kapan saja" })]
    );
}

#[test]
fn whole_days_last_to_the_midnight_after_them() {
    let row = one("DTSTART;VALUE=DATE:20261102", &bali());
    assert_eq!(row["all_day"], true);
    assert_eq!(row["start"], "2026-11-02T00:00:00+08:00");
    assert_eq!(row["end"], "2026-11-03T00:00:00+08:00");
    let row = one(
        "DTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261105",
        &bali(),
    );
    assert_eq!(row["end"], "2026-11-05T00:00:00+08:00");
    let row = one(
        "DTSTART;VALUE=DATE:20261102\nDTEND;VALUE=DATE:20261102",
        &bali(),
    );
    assert_eq!(row["end"], "2026-11-03T00:00:00+08:00");
    let yearly = event("DTSTART;VALUE=DATE:20200227\nRRULE:FREQ=YEARLY");
    let options = Options {
        window: window("2027-01-01", "2029-01-01"),
        ..bali()
    };
    let (rows, _) = read(&yearly, &options);
    assert_eq!(rows[0]["id"], "a/2027-02-27");
    assert_eq!(rows.len(), 2);
}

#[test]
fn an_end_may_be_missing_or_be_a_duration_or_lie_in_another_zone() {
    let row = one("DTSTART:20261102T010000Z", &bali());
    assert_eq!(row["end"], row["start"]);
    let row = one("DTSTART:20261102T010000Z\nDURATION:PT1H30M", &bali());
    assert_eq!(row["end"], "2026-11-02T02:30:00+00:00");
    let row = one(
        "DTSTART;TZID=Asia/Makassar:20261102T080000\nDTEND;TZID=Asia/Jakarta:20261102T090000",
        &bali(),
    );
    assert_eq!(row["start"], "2026-11-02T08:00:00+08:00");
    assert_eq!(row["end"], "2026-11-02T09:00:00+07:00");
}

#[test]
fn zones_are_known_by_every_usual_name() {
    for (name, offset) in [
        ("Asia/Makassar", "+08:00"),
        ("Singapore Standard Time", "+08:00"),
        ("SE Asia Standard Time", "+07:00"),
        ("WITA", "+08:00"),
        ("WIB", "+07:00"),
        (
            "/softwarestudio.org/Olson_20011030_5/Asia/Jakarta",
            "+07:00",
        ),
    ] {
        let row = one(
            &format!("DTSTART;TZID={name}:20261102T090000"),
            &Options::default(),
        );
        assert_eq!(
            row["start"],
            format!("2026-11-02T09:00:00{offset}"),
            "{name}"
        );
    }
    let (rows, odd) = read(&event("DTSTART;TZID=Atlantis:20261102T090000"), &bali());
    assert_eq!(starts(&rows), ["2026-11-02T09:00:00+08:00"]);
    assert_eq!(odd, [Oddity::UnknownZone]);
}

#[test]
fn times_without_a_zone_lie_in_the_calendars_or_in_the_given_one() {
    let row = one("DTSTART:20261102T090000", &bali());
    assert_eq!(row["start"], "2026-11-02T09:00:00+08:00");
    let text = event("DTSTART:20261102T090000")
        .replace("BEGIN:VEVENT", "X-WR-TIMEZONE:Asia/Jakarta\nBEGIN:VEVENT");
    assert_eq!(
        starts(&read(&text, &bali()).0),
        ["2026-11-02T09:00:00+07:00"]
    );
}

#[test]
fn local_times_marked_as_utc_are_local_where_the_options_say_so() {
    let lines = "DTSTART:20261102T090000Z\nDTEND:20261102T100000Z";
    assert_eq!(one(lines, &bali())["start"], "2026-11-02T09:00:00+00:00");
    let options = Options {
        z_is_local: true,
        ..bali()
    };
    assert_eq!(one(lines, &options)["start"], "2026-11-02T09:00:00+08:00");
    assert_eq!(one(lines, &options)["end"], "2026-11-02T10:00:00+08:00");
}
