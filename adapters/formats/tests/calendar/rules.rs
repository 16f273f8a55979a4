//! Repetition: which occurrences there are.

use crate::{bali, event, one, read, starts, window};
use divos_formats::Oddity;
use divos_formats::calendar::Options;

#[test]
fn a_zone_that_the_calendar_defines_is_followed_through_its_changes() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Khayalan\nBEGIN:STANDARD\nDTSTART:20001029T030000\nTZOFFSETFROM:+0200\n\
                TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
                DTSTART:20000326T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n\
                END:DAYLIGHT\nEND:VTIMEZONE";
    // It is defined after it is used, and agrees with the rules of the European Union.
    let day = |time: &str| format!("DTSTART;TZID=Khayalan:{time}");
    for time in [
        "20260115T090000",
        "20260715T090000",
        "20260329T023000",
        "20261025T023000",
        "20261025T033000",
        "19990101T000000",
    ] {
        let text = event(&day(time)).replace("END:VCALENDAR", &format!("{zone}\nEND:VCALENDAR"));
        let (rows, odd) = read(&text, &bali());
        assert_eq!(odd, []);
        let known = one(&day(time).replace("Khayalan", "Europe/Berlin"), &bali());
        // Before its first change such a zone has the offset from which that change starts.
        if !time.starts_with("1999") {
            assert_eq!(rows[0]["start"], known["start"], "{time}");
        }
    }
}

#[test]
fn a_repeated_event_keeps_its_hour_when_the_clock_is_changed() {
    let options = Options {
        window: window("2026-03-20", "2026-04-05"),
        ..bali()
    };
    let text = event("DTSTART;TZID=Europe/Berlin:20100101T090000\nRRULE:FREQ=WEEKLY;BYDAY=FR");
    let (rows, _) = read(&text, &options);
    assert_eq!(
        starts(&rows),
        [
            "2026-03-20T09:00:00+01:00",
            "2026-03-27T09:00:00+01:00",
            "2026-04-03T09:00:00+02:00"
        ]
    );
}

#[test]
fn rules_give_the_dates_that_rfc_5545_gives_for_them() {
    // Section 3.8.5.3; the zone of its examples is New York.
    let options = |to: &str| Options {
        window: window("1997-08-01", to),
        ..Options::default()
    };
    let dates = |rule: &str, start: &str, to: &str| {
        let (rows, odd) = read(
            &event(&format!(
                "DTSTART;TZID=America/New_York:{start}\nRRULE:{rule}"
            )),
            &options(to),
        );
        assert_eq!(odd, [], "{rule}");
        rows.iter()
            .map(|row| row["start"].as_str().unwrap()[..10].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        dates("FREQ=DAILY;COUNT=3", "19970902T090000", "1999-01-01"),
        ["1997-09-02", "1997-09-03", "1997-09-04"]
    );
    assert_eq!(
        dates(
            "FREQ=MONTHLY;COUNT=3;BYDAY=1FR",
            "19970905T090000",
            "1999-01-01"
        ),
        ["1997-09-05", "1997-10-03", "1997-11-07"]
    );
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "19970928T090000",
            "1998-01-01"
        ),
        ["1997-09-28", "1997-10-29", "1997-11-28", "1997-12-29"]
    );
    assert_eq!(
        dates(
            "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3;COUNT=3",
            "19970904T090000",
            "1999-01-01"
        ),
        ["1997-09-04", "1997-10-07", "1997-11-06"]
    );
    assert_eq!(
        dates(
            "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "19970805T090000",
            "1999-01-01"
        ),
        ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]
    );
}

#[test]
fn an_old_rule_is_followed_from_nearby_and_gives_the_same_dates() {
    for (rule, start, count) in [
        ("FREQ=DAILY;INTERVAL=3", "19000103T090000", 10),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU",
            "19000103T090000",
            4,
        ),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU,SA", "19000103T090000", 2),
        ("FREQ=HOURLY;INTERVAL=5", "20000101T000000", 144),
        (
            "FREQ=HOURLY;INTERVAL=7;BYHOUR=8,9,10",
            "20000101T080000",
            12,
        ),
    ] {
        let dates = |rule: &str| {
            let (rows, odd) = read(&event(&format!("DTSTART:{start}\nRRULE:{rule}")), &bali());
            assert_eq!(odd, [], "{rule}");
            rows.iter()
                .map(|row| row["start"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        // A rule that counts is followed from its beginning.
        let counted = dates(&format!("{rule};COUNT=49000"));
        assert_eq!(dates(rule), counted, "{rule}");
        assert!(counted.len() >= count, "{rule}: {}", counted.len());
    }
}

#[test]
fn a_change_may_come_before_its_event_and_leave_the_window() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20261103T010000Z\nDTSTART:20270101T010000Z\nEND:VEVENT\n\
                BEGIN:VEVENT\nUID:a\nDTSTART:20261102T010000Z\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\nEND:VCALENDAR";
    let (rows, _) = read(text, &bali());
    assert_eq!(
        starts(&rows),
        ["2026-11-02T01:00:00+00:00", "2026-11-04T01:00:00+00:00"]
    );
}

#[test]
fn an_endless_rule_is_cut_at_the_bound_and_said_to_be() {
    let options = Options {
        window: None,
        most: 5,
        ..bali()
    };
    let (rows, odd) = read(
        &event("DTSTART:20261102T010000Z\nRRULE:FREQ=SECONDLY"),
        &options,
    );
    assert_eq!((rows.len(), odd), (5, vec![Oddity::TooManyOccurrences]));
}

#[test]
fn rules_that_are_bombs_or_nonsense_leave_the_stated_dates() {
    let all = |to: u8| (0..to).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let bomb = format!(
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={};BYMINUTE={};BYSECOND={}",
        all(24),
        all(60),
        all(60)
    );
    for rule in [
        bomb.as_str(),
        "FREQ=MINUTELY;BYHOUR=9",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=YEARLY;BYEASTER=1;BYMONTH=77",
    ] {
        let text = event(&format!(
            "DTSTART:20261102T010000Z\nRRULE:{rule}\nRDATE:20261103T010000Z"
        ));
        let (rows, odd) = read(&text, &bali());
        assert_eq!(rows.len(), 2, "{rule:.40}");
        assert_eq!(odd, [Oddity::BadRecurrence], "{rule:.40}");
    }
}
