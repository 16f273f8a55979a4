//! Where in a tree the records are: the list of objects that looks most like them, and what surrounds it.

use super::words::{folded, words};
use serde_json::Value as Json;

/// How deep a list is looked for.
const DEPTH: usize = 5;
/// Names that lists of records go by.
const NAMES: &[&str] = &[
    "data", "items", "item", "results", "result", "rows", "row", "records", "record", "list",
    "content", "entries", "hasil", "daftar", "isi", "value", "values",
];

/// A list of objects within a tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct List<'a> {
    /// The names from the root to it; empty: the root is the list.
    pub(super) path: Vec<String>,
    pub(super) rows: Vec<&'a Json>,
}

impl List<'_> {
    /// As `select:` names it; nothing where the root is the list.
    pub(super) fn select(&self) -> Option<String> {
        (!self.path.is_empty()).then(|| format!("{}[*]", written(&self.path)))
    }

    fn score(&self) -> usize {
        let keys = self
            .rows
            .iter()
            .filter_map(|row| row.as_object())
            .map(serde_json::Map::len)
            .max()
            .unwrap_or(0);
        let named = self
            .path
            .last()
            .is_some_and(|name| NAMES.contains(&folded(name).as_str()));
        let shallow = DEPTH.saturating_sub(self.path.len());
        self.rows.len().min(50) * 4 + keys.min(20) * 3 + usize::from(named) * 40 + shallow * 8
    }
}

/// Writes a path as a connector does.
fn written(path: &[String]) -> String {
    let plain = |name: &String| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '@' | '$'))
    };
    let step = |name: &String| match plain(name) {
        true => name.clone(),
        false => format!("[\"{name}\"]"),
    };
    let steps: Vec<String> = path.iter().map(step).collect();
    steps.join(".").replace(".[", "[")
}

/// Finds the list that looks most like records; one object alone is none.
pub(super) fn records(tree: &Json) -> Option<List<'_>> {
    let mut found = Vec::new();
    walk(tree, &mut Vec::new(), &mut found);
    found.into_iter().max_by_key(List::score)
}

fn walk<'a>(tree: &'a Json, path: &mut Vec<String>, found: &mut Vec<List<'a>>) {
    match tree {
        Json::Array(rows) if !rows.is_empty() && rows.iter().all(Json::is_object) => {
            found.push(List {
                path: path.clone(),
                rows: rows.iter().collect(),
            })
        }
        Json::Object(fields) if path.len() < DEPTH => {
            for (name, value) in fields {
                path.push(name.clone());
                walk(value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Finds a number beside the list that says how many records there are in all: its dotted path.
pub(super) fn total(tree: &Json, list: &List<'_>) -> Option<(String, u64)> {
    let names = [
        "total",
        "total_count",
        "totalcount",
        "total_records",
        "records_total",
        "total_items",
        "jumlah_data",
        "jumlah",
        "count",
    ];
    let mut found: Vec<(usize, String, u64)> = Vec::new();
    around(tree, &mut Vec::new(), &mut |path, value| {
        let name = folded(path.last().map_or("", String::as_str));
        if let (Some(at), Some(count)) = (
            names.iter().position(|known| *known == name),
            value.as_u64(),
        ) {
            found.push((at, written(path), count));
        }
    });
    let least = list.rows.len() as u64;
    found
        .into_iter()
        .filter(|(.., count)| *count >= least)
        .min()
        .map(|(_, path, count)| (path, count))
}

/// Finds the address of the next page beside the list: its dotted path. That it is null now says that there is none.
pub(super) fn next(tree: &Json) -> Option<String> {
    let names = [
        "next",
        "next_page_url",
        "nextpageurl",
        "next_url",
        "next_link",
        "berikutnya",
    ];
    let mut found = None;
    around(tree, &mut Vec::new(), &mut |path, value| {
        let name = folded(path.last().map_or("", String::as_str));
        let address = value.as_str().is_none_or(|text| {
            text.starts_with("http") || text.starts_with('/') || text.starts_with('?')
        });
        if names.contains(&name.as_str()) && (value.is_string() || value.is_null()) && address {
            found.get_or_insert_with(|| written(path));
        }
    });
    found
}

/// Visits the scalars that lie beside lists, not within them.
fn around(tree: &Json, path: &mut Vec<String>, see: &mut impl FnMut(&[String], &Json)) {
    match tree {
        Json::Object(fields) if path.len() < DEPTH => {
            for (name, value) in fields {
                path.push(name.clone());
                around(value, path, see);
                path.pop();
            }
        }
        Json::Object(_) | Json::Array(_) => {}
        scalar => see(path, scalar),
    }
}

/// A short name for a source: the last telling word of these.
pub(super) fn name_of(candidates: &[&str]) -> String {
    let telling = |word: &String| {
        word.len() > 2
            && !word.starts_with(|c: char| c.is_ascii_digit())
            && !NAMES.contains(&word.as_str())
            && ![
                "index", "php", "asp", "aspx", "html", "json", "xml", "csv", "xlsx", "ics", "api",
                "www", "page",
            ]
            .contains(&word.as_str())
    };
    candidates
        .iter()
        .find_map(|text| {
            let all = words(text);
            let kept: Vec<String> = all.into_iter().filter(telling).collect();
            kept.last().cloned()
        })
        .map(|word| {
            word.chars()
                .filter(char::is_ascii_alphanumeric)
                .take(40)
                .collect::<String>()
        })
        .filter(|word| !word.is_empty())
        .unwrap_or_else(|| "data".to_owned())
}
