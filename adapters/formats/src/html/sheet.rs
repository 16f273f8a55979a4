//! A page under a workbook's name, as a spreadsheet program reads it: every row of every table, one below the other.

use super::{grid, header, parse, text};
use crate::table::{self, Raw, Shape};
use crate::{FormatFault, Input, Oddities, Opened};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value as Json;

/// Opens the tables of a page as one sheet. Values are texts; a cell over several columns stands in the first of them, a
/// cell over several rows in each.
///
/// # Errors
/// [`Reason::Missing`](crate::Reason::Missing) where the page has no table, and as [`super::Compiled::open`].
pub fn sheet(
    input: Box<dyn Input>,
    charset: Option<&str>,
    content_type: Option<&str>,
    shape: &Shape,
) -> Result<Opened, FormatFault> {
    let odd = Oddities::default();
    let html = parse::parse(input, charset, content_type, &odd)?;
    let rows = rows(&html);
    if rows.is_empty() {
        return Err(FormatFault::missing(
            "table",
            "table".to_owned(),
            Vec::new(),
        ));
    }
    table::open(rows.into_iter().map(Ok), shape, odd)
}

fn rows(html: &Html) -> Vec<Raw> {
    let within = Selector::parse("table").ok();
    // What is around other tables only lays them out.
    let is_innermost = |table: &ElementRef<'_>| {
        within
            .as_ref()
            .is_some_and(|within| table.select(within).next().is_none())
    };
    let mut rows = Vec::new();
    for table in header::tables(html).into_iter().filter(is_innermost) {
        let mut layout = grid::Layout::default();
        for row in header::own_rows(table) {
            let (mut last, mut cells) = (None, Vec::new());
            for cell in layout.place(row) {
                let again = last == cell;
                last = cell;
                let cell = cell.filter(|_| !again);
                let cell = cell.and_then(|id| ElementRef::wrap(table.tree().get(id)?));
                let text = cell.map(text::of).filter(|text| !text.is_empty());
                cells.push(text.map_or(Json::Null, Json::String));
            }
            rows.push(Raw {
                line: rows.len() as u64 + 1,
                cells,
                written_out: false,
            });
        }
    }
    rows
}
