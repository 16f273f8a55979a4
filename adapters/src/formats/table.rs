//! Tables: separated text, pages and workbooks, and what is served in the place of a workbook.
//!
//! Owns the way from a connector's words to a parser's options.

use super::rows::{Parsed, of};
use crate::Trouble;
use divos_formats::html;
use divos_formats::separated;
use divos_formats::spreadsheet;
use divos_formats::table::{HeaderRow, Shape};
use divos_formats::{Input, Reason};
use divos_manifest::{Csv, HtmlTable, Sheet, TableShape};

/// Gives the document from its beginning, as often as it is asked for.
pub(super) type Source<'a> = &'a dyn Fn() -> Box<dyn Input>;

/// The largest text that is a sheet's number and not its name: workbooks have sheets named `2026`.
const MOST_SHEETS: u32 = 255;

fn shape(table: &TableShape) -> Shape {
    Shape {
        header: match table.header {
            None => HeaderRow::Found,
            Some(0) => HeaderRow::Absent,
            Some(line) => HeaderRow::At(line.into()),
        },
        required: table.guard_columns.clone(),
        min_rows: table.min_rows,
        footer: table.footer,
    }
}

/// Opens separated text.
pub(super) fn csv(
    charset: Option<&str>,
    csv: &Csv,
    content_type: Option<&str>,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let delimiter = csv.delimiter.map(u8::try_from).transpose();
    let delimiter = delimiter.map_err(|_| Trouble::BadRequest {
        why: "`delimiter` is not one plain character".to_owned(),
    })?;
    let options = separated::Options {
        charset: charset.map(str::to_owned),
        delimiter,
        shape: shape(&csv.table),
        ..separated::Options::default()
    };
    let opened = separated::open(input(), content_type, &options);
    opened.map(Parsed::table).map_err(of)
}

/// Reads the selectors of a page's rows.
pub(super) fn selectors(
    charset: Option<&str>,
    table: &HtmlTable,
) -> Result<html::Compiled, Trouble> {
    let options = html::Options {
        rows: table.rows.clone(),
        cells: table.cells.clone(),
        columns: table.columns.clone(),
        guard: table.guard_columns.clone(),
        min_rows: table.min_rows,
        charset: charset.map(str::to_owned),
    };
    html::Compiled::new(options).map_err(|fault| Trouble::BadRequest {
        why: fault.to_string(),
    })
}

/// Opens the rows of a page.
pub(super) fn html(
    selectors: &html::Compiled,
    content_type: Option<&str>,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let opened = selectors.open(input(), content_type);
    opened.map(Parsed::table).map_err(of)
}

/// Opens a sheet of a workbook. Legacy apps serve separated text under that name; it is read as such.
pub(super) fn sheet(
    charset: Option<&str>,
    sheet: &Sheet,
    content_type: Option<&str>,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let named = |name: &String| match name.parse() {
        Ok(number @ 1..=MOST_SHEETS) => spreadsheet::Sheet::Number(number),
        _ => spreadsheet::Sheet::Named(name.clone()),
    };
    let options = spreadsheet::Options {
        sheet: sheet.sheet.as_ref().map(named).unwrap_or_default(),
        shape: shape(&sheet.table),
    };
    match spreadsheet::open(input(), content_type, &options) {
        Ok(opened) => Ok(Parsed::table(opened)),
        Err(fault) if is_text(&fault.reason) => {
            let plain = Csv {
                delimiter: None,
                table: sheet.table.clone(),
            };
            csv(charset, &plain, content_type, input)
        }
        Err(fault) => Err(of(fault)),
    }
}

fn is_text(reason: &Reason) -> bool {
    matches!(reason, Reason::NotThis { found, .. } if found == spreadsheet::PLAIN_TEXT)
}
