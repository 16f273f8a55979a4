//! The rows of an app of the whole city, each made when it is asked for.
//!
//! Owns the words and numbers; a row follows from seed, app and number alone, so nothing is kept. Never knows formats.
//! Ways to make a field: `number`, `row`, `code PATTERN`, `pick A|B`, `state A|-B` (with `-`: gone), `int FROM TO`,
//! `pct`, `dec`, `rp`, `hm FROM TO`, `year`, `period`, `created FORMAT`, `updated FORMAT`, `due FORMAT`, `person`,
//! `personlist`, `nip`, `unit`, `unitlist`, `unitcode`, `place`, `puskesmas`, `school`, `plate`, `made`, `link`; and
//! `shared PATTERN | OWN`: a code that the twins of a row have too, for a row without twins one of its own, or none.

use super::table::Entry;
use crate::MADE_UP;
use crate::Person;
use crate::rng::Rng;
use crate::units::units;
use chrono::{DateTime, Datelike, Duration, FixedOffset, Locale};
use serde_json::Value;

const PLACES: &[&str] = &[
    "Jl. Contoh Melati",
    "Jl. Contoh Kamboja",
    "Jl. Contoh Cempaka",
    "Banjar Contoh Kaja",
    "Banjar Contoh Kelod",
    "Lapangan Contoh Timur",
    "Taman Contoh Asri",
];
const CLINICS: &[&str] = &[
    "Puskesmas Contoh I",
    "Puskesmas Contoh II",
    "Puskesmas Contoh III",
    "Puskesmas Contoh IV",
];
const SCHOOLS: &[&str] = &[
    "SD Contoh 1",
    "SD Contoh 7",
    "SD Contoh 12",
    "SMP Contoh 3",
    "SMP Contoh 8",
];

/// The value of one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Text(String),
    Number(u64),
    List(Vec<String>),
}

impl Cell {
    /// As it stands in a table.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::List(list) => list.join(", "),
        }
    }

    /// As it stands in JSON.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::List(list) => list.as_slice().into(),
        }
    }
}

/// One row with its fields in the table's order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) cells: Vec<(&'static str, Cell)>,
    pub(crate) created: DateTime<FixedOffset>,
    pub(crate) updated: DateTime<FixedOffset>,
    /// Whether the row says of itself that it is gone.
    pub(crate) gone: bool,
}

/// What a row is made from.
pub(crate) struct Seedling<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) staff: &'a [Person],
    pub(crate) seed: u64,
    pub(crate) id: u64,
    pub(crate) created: DateTime<FixedOffset>,
    pub(crate) updated: DateTime<FixedOffset>,
    pub(crate) base_url: &'a str,
}

impl Seedling<'_> {
    /// Makes the row.
    pub(crate) fn grow(&self) -> Row {
        // Twins draw the same words in the same order.
        let (name, number) = match self.entry.twin(self.id) {
            Some((twins, number)) => (twins.family, number),
            None => (self.entry.slug, self.id),
        };
        let mut rng = Rng::new(self.seed, &format!("{name}/{number}"));
        let gone = self.entry.tells_gone() && self.id.is_multiple_of(25);
        let cells: Vec<_> = self
            .entry
            .fields
            .iter()
            .map(|(name, how)| (*name, self.cell(how, gone, &mut rng)))
            .collect();
        let title = self.title(&cells);
        Row {
            id: self.id,
            title,
            cells,
            created: self.created,
            updated: self.updated,
            gone,
        }
    }

    fn cell(&self, how: &str, gone: bool, rng: &mut Rng) -> Cell {
        let (word, rest) = how.split_once(' ').unwrap_or((how, ""));
        Cell::Text(match word {
            "number" | "row" => return Cell::Number(self.id),
            "int" => return Cell::Number(between(rest, rng)),
            "pct" => return Cell::Number(rng.below(5) * 25),
            "year" => return Cell::Number(self.created.year().unsigned_abs().into()),
            "personlist" => return Cell::List(vec![self.person(rng).name.to_owned()]),
            "unitlist" => return Cell::List(vec![unit(rng).name.to_owned()]),
            "code" => self.code(rest, self.id),
            "shared" => self.shared(rest),
            "pick" => rng.pick(&rest.split('|').collect::<Vec<_>>()).to_owned(),
            "state" => state(rest, gone, rng),
            "dec" => format!("{},{}", rng.below(100), rng.below(10)),
            "rp" => format!("{}.{:03}.000", 1 + rng.below(900), rng.below(1000)),
            "hm" => format!("{:02}:{:02}", between(rest, rng), rng.below(60)),
            "period" => self.created.format("%Y-%m").to_string(),
            "created" => moment(self.created, rest),
            "updated" => moment(self.updated, rest),
            "due" => moment(
                self.created + Duration::days(3 + rng.below(27) as i64),
                rest,
            ),
            "person" => self.person(rng).name.to_owned(),
            "nip" => self.person(rng).nip.clone(),
            "unit" => unit(rng).name.to_owned(),
            "unitcode" => unit(rng).code.to_owned(),
            "place" => rng.pick(PLACES).to_owned(),
            "puskesmas" => rng.pick(CLINICS).to_owned(),
            "school" => rng.pick(SCHOOLS).to_owned(),
            "plate" => format!("DK {} CTH", 1000 + rng.below(9000)),
            "link" => format!("{}/lihat/{}", self.base_url, self.id),
            "made" => made(self.id),
            other => panic!("`{other}` is no way to make a field"),
        })
    }

    /// `{y}` is the year, `{n}` the number, `{n5}` the number with five digits.
    fn code(&self, pattern: &str, number: u64) -> String {
        let mut text = pattern.replace("{y}", &self.created.year().to_string());
        text = text.replace("{n}", &number.to_string());
        for width in 2..=9 {
            let hole = format!("{{n{width}}}");
            text = text.replace(&hole, &format!("{number:0width$}"));
        }
        text
    }

    fn shared(&self, patterns: &str) -> String {
        let (common, own) = patterns.split_once(" | ").unwrap_or((patterns, ""));
        match self.entry.twin(self.id) {
            Some((_, number)) => self.code(common, number),
            None => self.code(own, self.id),
        }
    }

    fn person(&self, rng: &mut Rng) -> &Person {
        &self.staff[rng.below(self.staff.len() as u64) as usize]
    }

    fn title(&self, cells: &[(&'static str, Cell)]) -> String {
        let mut title = match self.entry.twin(self.id) {
            Some((twins, number)) if !twins.title.is_empty() => self.code(twins.title, number),
            _ => self.code(self.entry.title, self.id),
        };
        for (name, cell) in cells {
            title = title.replace(&format!("{{{name}}}"), &cell.text());
        }
        title
    }
}

/// The words that every row carries; the dash is a letter that windows-1252 has at another place.
pub(crate) fn made(id: u64) -> String {
    format!("Catatan {id} – {MADE_UP}")
}

fn state(words: &str, gone: bool, rng: &mut Rng) -> String {
    let kept: Vec<&str> = words.split('|').filter(|w| !w.starts_with('-')).collect();
    let dropped = words.split('|').find_map(|word| word.strip_prefix('-'));
    match dropped {
        Some(word) if gone => word.to_owned(),
        _ => rng.pick(&kept).to_owned(),
    }
}

fn between(bounds: &str, rng: &mut Rng) -> u64 {
    let mut numbers = bounds
        .split(' ')
        .filter_map(|word| word.parse::<u64>().ok());
    let (from, to) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(9));
    from + rng.below(to.saturating_sub(from) + 1)
}

fn unit(rng: &mut Rng) -> crate::Unit {
    units()[1 + rng.below(units().len() as u64 - 1) as usize]
}

/// `iso` is RFC 3339 with the city's offset; everything else a pattern with Indonesian names.
fn moment(time: DateTime<FixedOffset>, format: &str) -> String {
    match format {
        "iso" => time.format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        _ => time.format_localized(format, Locale::id_ID).to_string(),
    }
}
