//! The made-up records of each app, deterministic from a seed and relative to a given now.
//!
//! Owns words and times; never knows formats. The words of each app are in its own file below.

mod office;
mod public;
mod work;

use crate::MADE_UP;
use crate::app::Spec;
use crate::people::writer_of;
use crate::rng::Rng;
use crate::state::Record;
use chrono::{DateTime, Duration, FixedOffset, Timelike};
use serde_json::{Map, Value};

/// The words from which the records of one app are put together.
pub(crate) struct Theme {
    /// How many records.
    pub(crate) count: u64,
    /// Hours between two records, about.
    pub(crate) step: u64,
    /// Titles; `{tempat}`, `{unit}` and `{n}` are filled in.
    pub(crate) titles: &'static [&'static str],
    /// Sentences for the text; the same places are filled in.
    pub(crate) texts: &'static [&'static str],
    /// Units that records concern.
    pub(crate) units: &'static [&'static str],
    /// The source's own words for the state.
    pub(crate) states: &'static [&'static str],
    /// The source's own words for the urgency.
    pub(crate) priorities: &'static [&'static str],
    /// Days until a record is due, counted from its making, or 0 for never; negative values lie in the past of the last record.
    pub(crate) due_days: i64,
    /// Whether a record takes place at a time in the days around now.
    pub(crate) happens: bool,
    /// What only this app has.
    pub(crate) more: fn(&mut Rng, &Record) -> Map<String, Value>,
}

/// Places that read like the city's; the streets are made up.
const PLACES: &[&str] = &[
    "Jl. Contoh Melati",
    "Jl. Contoh Kamboja",
    "Jl. Contoh Cempaka",
    "Banjar Contoh Kaja",
    "Banjar Contoh Kelod",
    "Pasar Contoh Sari",
    "Lapangan Contoh Timur",
    "Puskesmas Contoh III",
    "SD Contoh 12",
    "Taman Contoh Asri",
];

/// The records of one app.
pub(crate) fn records(spec: &Spec, seed: u64, now: DateTime<FixedOffset>) -> Vec<Record> {
    let Some(theme) = theme(spec.id) else {
        return Vec::new();
    };
    let mut rng = Rng::new(seed, spec.id);
    (0..theme.count)
        .map(|index| record(theme, &mut rng, index, now))
        .collect()
}

fn theme(app: &str) -> Option<&'static Theme> {
    Some(match app {
        "tnde" => &office::LETTERS,
        "sidok" => &office::DOCUMENTS,
        "smart-arsip" => &office::ARCHIVE,
        "jdih" => &office::REGULATIONS,
        "simak-dihati" => &office::LEAVE,
        "pro-denpasar" => &public::COMPLAINTS,
        "web-denpasar" => &public::NEWS,
        "portal-spbe" => &public::BULLETIN,
        "ppid" => &public::DISCLOSURE,
        "harga-pasar" => &public::PRICES,
        "ketinggian-air" => &public::WARNINGS,
        "sim-perijinan" => &public::PERMITS,
        "simparsa" => &work::AGENDA,
        "sipenjar" => &work::TASKS,
        "e-kinerja" => &work::ATTENDANCE,
        "simonev" => &work::PROGRESS,
        _ => return None,
    })
}

fn record(theme: &Theme, rng: &mut Rng, index: u64, now: DateTime<FixedOffset>) -> Record {
    let id = 1001 + index;
    let unit = rng.pick(theme.units);
    let place = rng.pick(PLACES);
    let age = (theme.count - index) * theme.step + rng.below(theme.step);
    let created = working(now - Duration::hours(age as i64));
    let updated = (created + Duration::minutes(rng.below(theme.step * 50) as i64))
        .min(now.with_nanosecond(0).unwrap_or(now));
    let fill = |text: &str| {
        text.replace("{tempat}", place)
            .replace("{unit}", crate::units::name_of(unit))
            .replace("{n}", &(1 + index % 9).to_string())
    };
    let due = (theme.due_days != 0)
        .then(|| created + Duration::days(theme.due_days + rng.below(7) as i64));
    let mut record = Record {
        id,
        title: fill(theme.titles[(index % theme.titles.len() as u64) as usize]),
        text: format!("{} {MADE_UP}", fill(rng.pick(theme.texts))),
        author: writer_of(unit, rng.below(97)).to_owned(),
        unit: unit.to_owned(),
        state: rng.pick(theme.states).to_owned(),
        priority: rng.pick(theme.priorities).to_owned(),
        created,
        updated: updated.max(created),
        due,
        span: theme
            .happens
            .then(|| happening_at(rng, index, theme.count, now)),
        more: Map::new(),
    };
    record.more = (theme.more)(rng, &record);
    record.more.insert("tempat".to_owned(), place.into());
    record
}

/// Moves a time into office hours (07.30–15.29) and to a whole second.
fn working(time: DateTime<FixedOffset>) -> DateTime<FixedOffset> {
    let minute = 7 * 60 + 30 + (time.hour() * 60 + time.minute()) % 480;
    let moved = time
        .with_hour(minute / 60)
        .and_then(|time| time.with_minute(minute % 60));
    let whole = moved
        .and_then(|time| time.with_nanosecond(0))
        .unwrap_or(time);
    if whole > time {
        whole - Duration::days(1)
    } else {
        whole
    }
}

/// An hour or two between ten days ago and three weeks ahead.
fn happening_at(
    rng: &mut Rng,
    index: u64,
    count: u64,
    now: DateTime<FixedOffset>,
) -> (DateTime<FixedOffset>, DateTime<FixedOffset>) {
    let day = Duration::days((index * 31 / count) as i64 - 10);
    let start = (now + day)
        .with_hour(8 + rng.below(7) as u32)
        .and_then(|time| time.with_minute(0));
    let start = start
        .and_then(|time| time.with_second(0))
        .and_then(|time| time.with_nanosecond(0))
        .unwrap_or(now);
    (start, start + Duration::hours(1 + rng.below(3) as i64))
}

/// Builds the map of what only one app has.
pub(crate) fn more<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// What happens next in the running city: an app and the title of its new item.
pub(crate) fn happening(turn: u64) -> (&'static str, String) {
    const TURNS: &[(&str, &str)] = &[
        ("pro-denpasar", "Lampu jalan padam di Jl. Contoh Kenanga"),
        (
            "tnde",
            "Undangan rapat persiapan hari ulang tahun kota (contoh)",
        ),
        (
            "web-denpasar",
            "Pasar murah dibuka pagi ini di Lapangan Contoh Timur",
        ),
        ("sipenjar", "Perbarui alamat kantor di halaman kontak"),
        ("simparsa", "Rapat singkat tim layanan digital"),
    ];
    let (app, title) = TURNS[(turn % TURNS.len() as u64) as usize];
    (app, format!("{title} #{}", turn + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Make, SPECS};
    use chrono::{TimeZone, Utc};

    fn now() -> DateTime<FixedOffset> {
        Utc.with_ymd_and_hms(2026, 11, 24, 3, 0, 0)
            .single()
            .expect("a day")
            .fixed_offset()
    }

    #[test]
    fn every_app_that_is_up_has_records_that_say_they_are_made_up() {
        for spec in SPECS.iter().filter(|spec| spec.make != Make::Down) {
            let records = records(spec, 1, now());
            assert!(records.len() >= 8, "{} has {}", spec.id, records.len());
            for record in records {
                assert!(
                    record.text.contains(MADE_UP),
                    "{}: {}",
                    spec.id,
                    record.text
                );
                assert!(!record.title.contains('{'), "{}: {}", spec.id, record.title);
                assert!(
                    record.updated >= record.created && record.updated <= now(),
                    "{} {}",
                    spec.id,
                    record.id
                );
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_city_and_another_seed_another() {
        let titles = |seed| records(&SPECS[0], seed, now());
        assert_eq!(titles(4), titles(4));
        assert_ne!(titles(4), titles(5));
    }
}
