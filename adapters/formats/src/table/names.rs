//! What the columns are called.

use crate::{FormatFault, Oddities, Oddity, Reason};
use serde_json::{Map, Value as Json};
use std::collections::HashSet;

/// The most columns of a table: as many as a sheet can have (ISO/IEC 29500).
pub const MOST_COLUMNS: usize = 16_384;

/// Names the columns after their header: trimmed, with single spaces; `c<number>` if there is no text; `name_2` if the
/// name is taken.
pub(super) fn of_header(
    line: u64,
    cells: &[Json],
    odd: &Oddities,
) -> Result<Vec<String>, FormatFault> {
    let written = written(cells);
    if written.len() > MOST_COLUMNS {
        let limit = MOST_COLUMNS as u64;
        let of = "columns";
        return Err(FormatFault::in_line(line, Reason::TooMuch { of, limit }));
    }
    // What is written takes its name before any name is made up.
    let mut taken: HashSet<String> = written.iter().cloned().collect();
    let mut seen = HashSet::new();
    let names = written.iter().enumerate().map(|(at, name)| {
        if name.is_empty() {
            odd.add(Oddity::NamelessColumn, Some(line), None);
            return free(&format!("c{}", at + 1), 1, &mut taken);
        }
        if seen.insert(name.as_str()) {
            return name.clone();
        }
        odd.add(Oddity::RepeatedColumn, Some(line), None);
        free(name, 2, &mut taken)
    });
    Ok(names.collect())
}

/// The first of `name`, `name_2`, `name_3` … from `number` on that is free.
fn free(name: &str, number: u32, taken: &mut HashSet<String>) -> String {
    for number in number.. {
        let candidate = match number {
            1 => name.to_owned(),
            _ => format!("{name}_{number}"),
        };
        if taken.insert(candidate.clone()) {
            return candidate;
        }
    }
    name.to_owned()
}

/// The text of header cells; empty ones at the end are no columns.
pub(super) fn written(cells: &[Json]) -> Vec<String> {
    let mut names: Vec<String> = cells.iter().map(text).collect();
    while names.last().is_some_and(String::is_empty) {
        names.pop();
    }
    names
}

fn text(cell: &Json) -> String {
    match cell {
        Json::Null => String::new(),
        Json::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// The name of a column beyond the header, which no other key of the record has.
pub(super) fn numbered(at: usize, record: &Map<String, Json>) -> String {
    let mut name = format!("c{}", at + 1);
    while record.contains_key(&name) {
        name.push('_');
    }
    name
}
