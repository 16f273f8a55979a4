//! What the values of one field of the rows look like: how full, how different, times, markup, personal data.

use super::words::{EMAIL, NIK, NIP, PERSON, PHONE, folded, words};
use crate::Tryout;
use divos_manifest::Expr;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// How deep a field may lie within a row.
const DEPTH: usize = 3;
/// How many values are looked at, and how many columns.
const VALUES: usize = 60;
const COLUMNS: usize = 200;

/// Ways to write a time, and how sure each is that day and month are not mistaken for each other.
const TIMES: &[(&str, u8)] = &[
    ("datetime", 97),
    ("datetime(format='%d/%m/%Y %H:%M:%S')", 80),
    ("datetime(format='%d/%m/%Y %H:%M')", 80),
    ("datetime(format='%d/%m/%Y')", 80),
    ("datetime(format='%d-%m-%Y %H:%M:%S')", 85),
    ("datetime(format='%d-%m-%Y %H:%M')", 85),
    ("datetime(format='%d-%m-%Y')", 85),
    ("datetime(format='%d.%m.%Y')", 85),
    ("datetime(format='%d %B %Y %H:%M', locale='id')", 92),
    ("datetime(format='%d %B %Y', locale='id')", 92),
    ("datetime(format='%A, %d %B %Y', locale='id')", 92),
];

/// Personal data that a field's name or values show; the word of `mask(kind)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Personal {
    Nip,
    Nik,
    Email,
    Phone,
    Person,
}

impl Personal {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Nip => "nip",
            Self::Nik => "nik",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Person => "person",
        }
    }
}

/// One field of the rows.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// As people name it.
    pub(super) name: String,
    /// As an expression reads it.
    pub(super) expr: String,
    /// Its whole name and that of its last part, both folded.
    pub(super) folded: Vec<String>,
    pub(super) words: Vec<String>,
    pub(super) rows: usize,
    pub(super) filled: usize,
    /// The different values, at most [`VALUES`].
    pub(super) distinct: BTreeSet<String>,
    pub(super) longest: usize,
    pub(super) number: bool,
    pub(super) whole: bool,
    pub(super) flag: bool,
    pub(super) markup: bool,
    pub(super) address: bool,
    /// It counts the rows: 1, 2, 3 …
    pub(super) counts: bool,
    /// How its values are read as times, and how sure.
    pub(super) time: Option<(String, u8)>,
    pub(super) personal: Option<Personal>,
}

impl Column {
    /// Whether every row seen has a value of its own.
    pub(super) fn unique(&self) -> bool {
        self.filled == self.rows && self.distinct.len() == self.rows.min(VALUES)
    }

    /// Whether it may be missing in a row.
    pub(super) fn gaps(&self) -> bool {
        self.filled < self.rows
    }
}

/// Looks at the fields of rows, in the order of their first appearance.
pub(super) fn columns(rows: &[Json]) -> Vec<Column> {
    let rows: Vec<&Json> = rows.iter().take(VALUES).collect();
    let mut paths: Vec<Vec<String>> = Vec::new();
    for row in &rows {
        leaves(row, &mut Vec::new(), &mut paths);
    }
    paths.iter().map(|path| column(path, &rows)).collect()
}

fn leaves(value: &Json, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Json::Object(fields) if path.len() < DEPTH => {
            for (name, value) in fields {
                path.push(name.clone());
                leaves(value, path, found);
                path.pop();
            }
        }
        Json::Object(_) | Json::Array(_) => {}
        _ if path.is_empty() || found.len() == COLUMNS || found.contains(path) => {}
        _ => found.push(path.clone()),
    }
}

fn column(path: &[String], rows: &[&Json]) -> Column {
    let values: Vec<&Json> = rows
        .iter()
        .filter_map(|row| path.iter().try_fold(*row, |at, name| at.get(name)))
        .filter(|value| !is_empty(value))
        .collect();
    let texts: Vec<String> = values.iter().map(|value| text(value)).collect();
    let name = path.join(".");
    let last = path.last().map_or("", String::as_str);
    let all =
        |test: &dyn Fn(&str) -> bool| !texts.is_empty() && texts.iter().all(|text| test(text));
    let folded = [folded(&name), folded(last)];
    Column {
        expr: expr(path),
        words: words(&name),
        rows: rows.len(),
        filled: values.len(),
        distinct: texts.iter().cloned().collect(),
        longest: texts
            .iter()
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0),
        number: all(&|text| text.trim().parse::<f64>().is_ok()),
        whole: all(&|text| text.trim().parse::<i64>().is_ok()),
        flag: values.iter().all(|value| value.is_boolean()) && !values.is_empty(),
        markup: texts.iter().any(|text| {
            text.contains("</")
                || text.contains("/>")
                || text.contains("&#")
                || text.contains("&amp;")
        }),
        address: all(&|text| {
            text.starts_with("http://") || text.starts_with("https://") || is_relative(text)
        }),
        counts: counts(&texts),
        time: reading(&values, &texts),
        personal: personal(&folded, &texts),
        folded: folded.to_vec(),
        name,
    }
}

/// Whether texts are 1, 2, 3 … or 0, 1, 2 …
fn counts(texts: &[String]) -> bool {
    let number = |text: &String| text.trim().trim_end_matches('.').parse::<i64>().ok();
    let from = texts.first().and_then(number);
    texts.len() > 1
        && matches!(from, Some(0 | 1))
        && (0..)
            .zip(texts)
            .all(|(at, text)| number(text) == from.map(|from| from + at))
}

fn is_empty(value: &Json) -> bool {
    value.is_null()
        || value
            .as_str()
            .is_some_and(|text| text.trim().is_empty() || text.trim() == "-")
}

fn text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn is_relative(text: &str) -> bool {
    let href = text.starts_with(['/', '?', '.']) || text.contains(".php") || text.contains(".aspx");
    href && !text.contains(' ') && text.len() > 1
}

/// A path as an expression: `a.b` where each name is a word, else `row['a b']['c']`.
pub(super) fn expr(path: &[String]) -> String {
    let word = |name: &String| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && ![
                "row", "in", "is", "not", "and", "or", "if", "else", "true", "false", "none",
                "loop", "self",
            ]
            .contains(&name.as_str())
    };
    if path.iter().all(word) {
        return path.join(".");
    }
    let quoted = |name: &String| match name.contains('\'') {
        true => format!("[\"{}\"]", name.replace('\\', "\\\\").replace('"', "\\\"")),
        false => format!("['{}']", name.replace('\\', "\\\\")),
    };
    let steps: String = path.iter().map(quoted).collect();
    format!("row{steps}")
}

/// The first way in which all values are read as times.
fn reading(values: &[&Json], texts: &[String]) -> Option<(String, u8)> {
    let numbers: Vec<f64> = texts
        .iter()
        .filter_map(|text| text.trim().parse().ok())
        .collect();
    if !texts.is_empty() && numbers.len() == texts.len() {
        let within = |from: f64, to: f64| numbers.iter().all(|number| (from..to).contains(number));
        // From 2001 to 2033, in seconds or milliseconds; a count of people may look the same.
        return match () {
            () if within(1e9, 2e9) => Some(("epoch".to_owned(), 60)),
            () if within(1e12, 2e12) => Some(("epoch('ms')".to_owned(), 70)),
            () => None,
        };
    }
    let likely = |text: &String| {
        text.len() >= 6 && text.len() <= 60 && text.chars().any(|c| c.is_ascii_digit())
    };
    if texts.is_empty() || !texts.iter().all(likely) {
        return None;
    }
    let reads = |filter: &str| {
        let tryout = Expr::read(&format!("v | {filter}"))
            .ok()
            .and_then(|expr| Tryout::apart(&expr).ok());
        tryout.is_some_and(|tryout| {
            values.iter().all(|value| {
                tryout
                    .on(&json!({ "v": value }))
                    .is_ok_and(|tried| !tried.value.is_null() || is_zero(value))
            })
        })
    };
    let (filter, sure) = TIMES.iter().find(|(filter, _)| reads(filter))?;
    // Day and month may be mistaken for each other.
    let slashed = texts.iter().any(|text| text.contains('/'));
    Some((
        (*filter).to_owned(),
        if slashed { (*sure).min(80) } else { *sure },
    ))
}

/// `0000-00-00` is how MySQL says that there is no time.
fn is_zero(value: &Json) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.starts_with("0000-00-00"))
}

fn personal(names: &[String], texts: &[String]) -> Option<Personal> {
    let digits = |length: usize| {
        !texts.is_empty()
            && texts
                .iter()
                .all(|text| text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
    };
    let named = |known: &[&str]| names.iter().any(|name| known.contains(&name.as_str()));
    let called = |known: &[&str]| {
        names
            .iter()
            .flat_map(|name| name.split('_'))
            .any(|word| known.contains(&word))
    };
    match () {
        () if called(NIP) || digits(18) => Some(Personal::Nip),
        () if called(NIK) || digits(16) => Some(Personal::Nik),
        () if called(EMAIL)
            || (!texts.is_empty()
                && texts.iter().all(|text| {
                    text.contains('@') && text.contains('.') && !text.contains(' ')
                })) =>
        {
            Some(Personal::Email)
        }
        () if called(PHONE) => Some(Personal::Phone),
        () if named(PERSON) => Some(Personal::Person),
        () => None,
    }
}

/// A column's expression, with what stands for a value that a row lacks.
pub(super) fn present(column: &Column, otherwise: &str) -> String {
    match column.gaps() {
        true => format!("{} | default({otherwise})", column.expr),
        false => column.expr.clone(),
    }
}

/// A column's expression as a time.
pub(super) fn time(column: &Column, as_what: &str) -> String {
    let filter = column
        .time
        .as_ref()
        .map_or("datetime", |(filter, _)| filter.as_str());
    let filter = match as_what {
        "date" if !filter.starts_with("epoch") => filter.replacen("datetime", "date", 1),
        _ => filter.to_owned(),
    };
    // It says so in its name only.
    let utc = column
        .words
        .last()
        .is_some_and(|word| matches!(word.as_str(), "gmt" | "utc"));
    let filter = match filter.as_str() {
        "datetime" | "date" if utc => format!("{filter}(tz='UTC')"),
        _ => filter,
    };
    format!("{} | {filter}", present(column, "none"))
}
