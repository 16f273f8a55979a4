//! One row as a JSON object: names of columns, bytes, and what is odd about values.
//!
//! Owns what all products share. It must never guess a type that the server did not state.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value as Json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// What is odd about a value, so that a person may look at the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Quirk {
    /// `0000-00-00`, or a date with a zero month or day: given as null.
    ZeroDate,
    /// Text that is not UTF-8: what cannot be read became U+FFFD.
    NotUtf8,
    /// A column that says JSON and holds something else: given as text.
    NotJson,
    /// A second column of the same name: given with `_2`, `_3` behind it.
    SameName,
}

/// Counts of quirks by column, shared with whoever reads the rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quirks(Arc<Mutex<BTreeMap<(String, Quirk), u64>>>);

impl Quirks {
    pub(crate) fn note(&self, column: &str, quirk: Quirk) {
        let mut counts = self.0.lock().unwrap_or_else(|e| e.into_inner());
        *counts.entry((column.to_owned(), quirk)).or_default() += 1;
    }

    pub(crate) fn all(&self) -> Vec<(String, Quirk, u64)> {
        let counts = self.0.lock().unwrap_or_else(|e| e.into_inner());
        let one =
            |((column, quirk), count): (&(String, Quirk), &u64)| (column.clone(), *quirk, *count);
        counts.iter().map(one).collect()
    }
}

/// The names of a result's columns, each once.
pub(crate) struct Names(Vec<String>);

impl Names {
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>, quirks: &Quirks) -> Self {
        let mut kept: Vec<String> = Vec::new();
        for name in names {
            let mut one = name.to_owned();
            let mut number = 2;
            while kept.contains(&one) {
                one = format!("{name}_{number}");
                number += 1;
            }
            if one != name {
                quirks.note(name, Quirk::SameName);
            }
            kept.push(one);
        }
        Self(kept)
    }

    /// Puts the names to a row's values.
    pub(crate) fn row(&self, mut value: impl FnMut(usize, &str) -> Json) -> Json {
        let pairs = self.0.iter().enumerate();
        let pairs = pairs.map(|(number, name)| (name.clone(), value(number, name)));
        Json::Object(pairs.collect::<Map<_, _>>())
    }
}

/// Bytes as base64 (RFC 4648, section 4, with padding).
pub(crate) fn binary(bytes: &[u8]) -> Json {
    Json::String(STANDARD.encode(bytes))
}

/// Bytes that should be UTF-8.
pub(crate) fn text(bytes: &[u8], column: &str, quirks: &Quirks) -> Json {
    let text = String::from_utf8_lossy(bytes);
    if matches!(text, std::borrow::Cow::Owned(_)) {
        quirks.note(column, Quirk::NotUtf8);
    }
    Json::String(text.into_owned())
}

/// Bytes that should be JSON.
pub(crate) fn json(bytes: &[u8], column: &str, quirks: &Quirks) -> Json {
    serde_json::from_slice(bytes).unwrap_or_else(|_| {
        quirks.note(column, Quirk::NotJson);
        text(bytes, column, quirks)
    })
}

/// A number; JSON has none for NaN and the infinities, which are given as PostgreSQL writes them.
pub(crate) fn float(value: f64) -> Json {
    let odd = if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    Number::from_f64(value).map_or_else(|| odd.into(), Json::Number)
}

/// A single-precision number, as short as it is written and not with the noise of a double.
pub(crate) fn single(value: f32) -> Json {
    let short = value.to_string().parse::<f64>();
    float(short.unwrap_or_else(|_| f64::from(value)))
}

/// A parameter as text; `None` is NULL.
pub(crate) fn bound(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
