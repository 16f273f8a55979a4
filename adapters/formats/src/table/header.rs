//! Where the header is.

use super::{HeaderRow, Raw, Shape, names};
use crate::{FormatFault, Oddities};
use std::collections::VecDeque;

/// How far down the header is looked for, in rows that are not blank.
const DEEPEST: usize = 100;

/// How many titles there may be above a header that no required column tells.
const TITLES: usize = 10;

/// The most names that are shown where a column is missing.
const SHOWN: usize = 30;

pub(super) struct Found {
    pub(super) names: Vec<String>,
    /// Rows that were read, but are records.
    pub(super) first: VecDeque<Raw>,
}

pub(super) fn find<G>(grid: &mut G, shape: &Shape, odd: &Oddities) -> Result<Found, FormatFault>
where
    G: Iterator<Item = Result<Raw, FormatFault>>,
{
    let mut rows = grid.filter(|row| !matches!(row, Ok(raw) if raw.is_blank()));
    let found = match shape.header {
        HeaderRow::Absent => numbered(&mut rows)?,
        HeaderRow::At(line) => {
            let at = |row: &Result<Raw, _>| !matches!(row, Ok(raw) if raw.line < line);
            named(rows.find(at).transpose()?, VecDeque::new(), odd)?
        }
        HeaderRow::Found if shape.required.is_empty() => below_titles(&mut rows, odd)?,
        HeaderRow::Found => return by_columns(&mut rows, &shape.required, odd),
    };
    match missing(&found.names, &shape.required) {
        Some(name) => Err(lacks(name, found.names)),
        None => Ok(found),
    }
}

type Row = Result<Raw, FormatFault>;

fn named(header: Option<Raw>, first: VecDeque<Raw>, odd: &Oddities) -> Result<Found, FormatFault> {
    let names = match header {
        Some(raw) => names::of_header(raw.line, &raw.cells, odd)?,
        None => Vec::new(),
    };
    Ok(Found { names, first })
}

fn numbered(rows: &mut impl Iterator<Item = Row>) -> Result<Found, FormatFault> {
    let first = rows.next().transpose()?;
    let width = first.as_ref().map_or(0, |raw| raw.cells.len());
    let names = (1..=width.min(names::MOST_COLUMNS)).map(|number| format!("c{number}"));
    Ok(Found {
        names: names.collect(),
        first: first.into_iter().collect(),
    })
}

fn below_titles(
    rows: &mut impl Iterator<Item = Row>,
    odd: &Oddities,
) -> Result<Found, FormatFault> {
    let mut single = VecDeque::new();
    for row in rows.take(TITLES + 1) {
        let raw = row?;
        if raw.filled() > 1 {
            return named(Some(raw), VecDeque::new(), odd);
        }
        single.push_back(raw);
    }
    let header = single.pop_front();
    named(header, single, odd)
}

fn by_columns(
    rows: &mut impl Iterator<Item = Row>,
    required: &[String],
    odd: &Oddities,
) -> Result<Found, FormatFault> {
    let mut nearest: Option<(usize, Vec<String>)> = None;
    for row in rows.take(DEEPEST) {
        let raw = row?;
        let written = names::written(&raw.cells);
        let held = required.iter().filter(|name| written.contains(name));
        let held = held.count();
        if held == required.len() {
            return named(Some(raw), VecDeque::new(), odd);
        }
        if nearest.as_ref().is_none_or(|(most, _)| held > *most) {
            nearest = Some((held, written));
        }
    }
    let (_, names) = nearest.unwrap_or_default();
    let name = missing(&names, required).unwrap_or_default();
    Err(lacks(name, names))
}

fn missing(names: &[String], required: &[String]) -> Option<String> {
    let name = required.iter().find(|name| !names.contains(name));
    name.cloned()
}

fn lacks(name: String, found: Vec<String>) -> FormatFault {
    let found = found.into_iter().filter(|name| !name.is_empty());
    FormatFault::missing("column", name, found.take(SHOWN).collect())
}
