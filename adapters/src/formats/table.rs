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

/// Opens a sheet of a workbook. Legacy apps serve separated text and pages under that name; they are read as such, whatever
/// sheet is wanted.
pub(super) fn sheet(
    charset: Option<&str>,
    sheet: &Sheet,
    content_type: Option<&str>,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let options = spreadsheet::Options {
        sheet: spreadsheet::Sheet::of(sheet.sheet.as_deref()),
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
        Err(fault) if is_page(&fault.reason) => {
            let opened = html::sheet(input(), charset, content_type, &shape(&sheet.table));
            opened.map(Parsed::table).map_err(of)
        }
        Err(fault) => Err(of(fault)),
    }
}

fn is_page(reason: &Reason) -> bool {
    matches!(reason, Reason::NotThis { found, .. } if found.starts_with(spreadsheet::PAGE))
}

fn is_text(reason: &Reason) -> bool {
    matches!(reason, Reason::NotThis { found, .. } if found == spreadsheet::PLAIN_TEXT)
}
