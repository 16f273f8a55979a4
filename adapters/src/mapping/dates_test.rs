//! Times as legacy apps write them.

use super::*;

const GUESS: Zone = Zone {
    tz: chrono_tz::Asia::Makassar,
    stated: false,
};
const STATED: Zone = Zone {
    tz: chrono_tz::Asia::Jakarta,
    stated: true,
};

fn shown(outcome: Result<Option<Moment>, NotATime>) -> String {
    match outcome {
        Ok(Some(moment)) => format!("{moment} {}", moment.quality.as_str()),
        Ok(None) => "nothing".to_owned(),
        Err(NotATime) => "fault".to_owned(),
    }
}

#[test]
fn reads_the_usual_forms() {
    for (text, expected) in [
        ("2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z exact"),
        (
            "2026-11-24T08:00:00+07:00",
            "2026-11-24T08:00:00+07:00 exact",
        ),
        (
            "2026-11-24T08:00:00.123456+0800",
            "2026-11-24T08:00:00.123456+08:00 exact",
        ),
        ("2026-11-24 08:00:00+08", "2026-11-24T08:00:00+08:00 exact"),
        ("2026-11-24 08:00:00", "2026-11-24T08:00:00+08:00 guessed"),
        ("2026-11-24T08:00:00", "2026-11-24T08:00:00+08:00 guessed"),
        ("2026-11-24 08:00", "2026-11-24T08:00:00+08:00 guessed"),
        ("2026-11-24 08:00 WIB", "2026-11-24T08:00:00+07:00 exact"),
        ("2026-11-24", "2026-11-24T00:00:00+08:00 date_only"),
        ("2026/11/24", "2026-11-24T00:00:00+08:00 date_only"),
        ("24-11-2026", "2026-11-24T00:00:00+08:00 date_only"),
        ("24/11/2026 14:30", "2026-11-24T14:30:00+08:00 guessed"),
        ("24.11.2026", "2026-11-24T00:00:00+08:00 date_only"),
        ("24 November 2026", "2026-11-24T00:00:00+08:00 date_only"),
        (
            "Selasa, 24 Nopember 2026 pukul 08.05 WITA",
            "2026-11-24T08:05:00+08:00 exact",
        ),
        (
            "Jum'at, 7 Agustus 2026",
            "2026-08-07T00:00:00+08:00 date_only",
        ),
        (
            "Minggu 3 Mei 2026 jam 9:15",
            "2026-05-03T09:15:00+08:00 guessed",
        ),
        ("1 Agt 2026", "2026-08-01T00:00:00+08:00 date_only"),
        ("Nov 24, 2026 3:05 PM", "2026-11-24T15:05:00+08:00 guessed"),
        (
            "Tue, 24 Nov 2026 08:00:00 +0000",
            "2026-11-24T08:00:00Z exact",
        ),
        (
            "Tue, 24 Nov 2026 08:00:00 GMT",
            "2026-11-24T08:00:00Z exact",
        ),
        ("November 2026", "2026-11-01T00:00:00+08:00 date_only"),
        ("1795507200", "2026-11-24T16:00:00+08:00 exact"),
        ("1795507200000", "2026-11-24T16:00:00+08:00 exact"),
        ("20261124", "2026-11-24T00:00:00+08:00 date_only"),
        ("20261124080000", "2026-11-24T08:00:00+08:00 guessed"),
        ("0000-00-00", "nothing"),
        ("0000-00-00 00:00:00", "nothing"),
        ("", "nothing"),
        ("-", "nothing"),
        ("kemarin", "fault"),
        ("2026-13-01", "fault"),
        ("31-02-2026", "fault"),
        ("2026-11-24 25:00", "fault"),
        ("24 November", "fault"),
        ("99999999999999999999", "fault"),
    ] {
        assert_eq!(shown(read(text, GUESS)), expected, "{text}");
    }
}

#[test]
fn years_that_cannot_be_written_are_refused() {
    for (text, format) in [
        ("262142-12-31", "%Y-%m-%d"),
        ("+12345-01-01", "%Y-%m-%d"),
        ("-0044-03-15", "%Y-%m-%d"),
    ] {
        assert_eq!(shown(read_as(text, format, GUESS)), "fault", "{text}");
    }
    assert_eq!(shown(read("9999-12-31T23:59:59-12:00", GUESS)), "fault");
    assert_eq!(
        shown(read("9998-12-31T00:00:00Z", GUESS)),
        "9998-12-31T00:00:00Z exact"
    );
    assert!(from_epoch(1e15, true, GUESS).is_err());
}

#[test]
fn a_stated_zone_is_no_guess() {
    assert_eq!(
        shown(read("2026-11-24 08:00:00", STATED)),
        "2026-11-24T08:00:00+07:00 exact"
    );
}

#[test]
fn reads_a_given_format_with_indonesian_names() {
    for (text, format, expected) in [
        (
            "24 Nopember 2026",
            "%d %B %Y",
            "2026-11-24T00:00:00+08:00 date_only",
        ),
        (
            "Senin, 02 Maret 2026 08:30",
            "%A, %d %B %Y %H:%M",
            "2026-03-02T08:30:00+08:00 guessed",
        ),
        (
            "24-11-2026",
            "%d-%m-%Y",
            "2026-11-24T00:00:00+08:00 date_only",
        ),
        ("Mei 2026", "%B %Y", "2026-05-01T00:00:00+08:00 date_only"),
        // Local time that an app labels `Z`: the letter is part of the format.
        (
            "2026-11-24T08:00:00Z",
            "%Y-%m-%dT%H:%M:%SZ",
            "2026-11-24T08:00:00+08:00 guessed",
        ),
        (
            "2026-11-24 08:00 +0700",
            "%Y-%m-%d %H:%M %z",
            "2026-11-24T08:00:00+07:00 exact",
        ),
        ("0000-00-00", "%Y-%m-%d", "nothing"),
        ("24 Foo 2026", "%d %B %Y", "fault"),
    ] {
        assert_eq!(shown(read_as(text, format, GUESS)), expected, "{text}");
    }
}
