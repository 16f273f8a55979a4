//! The cells of a sheet, row by row.
//!
//! Owns values: what the bytes of a cell mean. Holds one row and the shared strings.

use super::dates::{self, Shown};
use super::markup::{Markup, Step, Tag};
use super::text::{Piece, Shared, unescape};
use crate::table::{self, MOST_COLUMNS, Raw};
use crate::{FormatFault, Oddities, Oddity};
use serde_json::{Number, Value as Json};
use std::io::Read;

/// What the cells of a sheet refer to.
pub(super) struct Context {
    pub(super) strings: Shared,
    pub(super) styles: Vec<Shown>,
    pub(super) from_1904: bool,
    pub(super) odd: Oddities,
}

/// The rows of one sheet.
pub(super) struct Cells<R: Read> {
    markup: Markup<R>,
    context: Context,
    row: u64,
    cells: Vec<Json>,
    cell: Cell,
    text: RowText,
    within: bool,
}

/// The most that the texts of one row take, in bytes.
const ROW: usize = 16 * 1024 * 1024;

/// How much the texts of the row that is read take: one that is shared or repeated is short in the file.
#[derive(Default)]
pub(super) struct RowText(usize);

impl RowText {
    /// Counts a value that stands in so many cells.
    ///
    /// # Errors
    /// [`crate::Reason::TooMuch`] beyond the bound.
    pub(super) fn add(&mut self, value: &Json, times: usize) -> Result<(), FormatFault> {
        let size = value.as_str().map_or(0, str::len);
        self.0 = self.0.saturating_add(size.saturating_mul(times));
        match self.0 > ROW {
            true => Err(FormatFault::too_much("row bytes", ROW as u64)),
            false => Ok(()),
        }
    }
}

/// The cell that is read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: Kind,
    style: usize,
    piece: Piece,
}

#[derive(Debug, Clone, Copy, Default)]
enum Kind {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Date,
    Error,
}

impl<R: Read> Cells<R> {
    pub(super) fn new(markup: Markup<R>, context: Context) -> Self {
        Self {
            markup,
            context,
            row: 0,
            cells: Vec::new(),
            cell: Cell::default(),
            text: RowText::default(),
            within: false,
        }
    }

    /// Gives the rows of the sheet.
    pub(super) fn rows(mut self) -> impl Iterator<Item = Result<Raw, FormatFault>> + Send
    where
        R: Send,
    {
        table::rows(move || self.read().map_err(|fault| fault.after(self.row)))
    }

    /// Reads on to the end of a row; `None` at the end of the sheet.
    fn read(&mut self) -> Result<Option<Raw>, FormatFault> {
        loop {
            match self.markup.step()? {
                Step::Open(tag) if !self.within => self.within = tag.name() == "sheetData",
                Step::Open(tag) => match tag.name() {
                    "row" => {
                        self.row = row_number(&tag).unwrap_or(self.row.saturating_add(1));
                        self.cell.column = 0;
                        self.text = RowText::default();
                    }
                    "c" => self.cell.open(&tag),
                    name => self.cell.piece.open(name),
                },
                Step::Text(text) => self.cell.piece.push(&text)?,
                Step::Close(end) => match end.name() {
                    "c" => self.close()?,
                    "row" => return Ok(Some(self.raw())),
                    "sheetData" => return Ok(None),
                    name => self.cell.piece.close(name),
                },
                Step::Nothing => {}
                Step::Finished => return Err(FormatFault::truncated()),
            }
        }
    }

    /// Puts the value of the cell in its place; what is empty has none.
    fn close(&mut self) -> Result<(), FormatFault> {
        let column = self.cell.column;
        self.cell.column = column.saturating_add(1);
        if column >= MOST_COLUMNS || self.cell.piece.text.is_empty() {
            return Ok(());
        }
        match self.cell.value(&self.context) {
            Some(Json::Null) => {}
            Some(value) => {
                self.text.add(&value, 1)?;
                if self.cells.len() <= column {
                    self.cells.resize(column + 1, Json::Null);
                }
                self.cells[column] = value;
            }
            None => self
                .context
                .odd
                .add(Oddity::ErrorCell, Some(self.row), None),
        }
        Ok(())
    }

    fn raw(&mut self) -> Raw {
        let room = self.cells.len();
        Raw {
            line: self.row,
            cells: std::mem::replace(&mut self.cells, Vec::with_capacity(room)),
            written_out: false,
        }
    }
}

fn row_number(tag: &Tag<'_>) -> Option<u64> {
    tag.value("r")?.trim().parse().ok()
}

/// The column of a reference such as `AB12`, from 0.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0, |number, letter| {
        number * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    number.checked_sub(1)
}

impl Cell {
    fn open(&mut self, tag: &Tag<'_>) {
        self.piece.clear();
        if let Some(column) = tag.value("r").and_then(|place| column(&place)) {
            self.column = column;
        }
        let style = tag.value("s").and_then(|style| style.parse().ok());
        self.style = style.unwrap_or(0);
        self.kind = match tag.value("t").as_deref() {
            Some("s") => Kind::Shared,
            Some("str" | "inlineStr") => Kind::Text,
            Some("b") => Kind::Bool,
            Some("d") => Kind::Date,
            Some("e") => Kind::Error,
            _ => Kind::Number,
        };
    }

    /// The value; `null` if it is empty, `None` if it is an error.
    fn value(&self, context: &Context) -> Option<Json> {
        let text = self.piece.text.as_str();
        match self.kind {
            Kind::Error => None,
            Kind::Text => Some(string(&unescape(text))),
            Kind::Date => Some(string(text)),
            Kind::Shared => {
                let index = text.trim().parse().ok()?;
                context.strings.get(index).map(string)
            }
            Kind::Bool => Some(Json::Bool(matches!(text.trim(), "1" | "true"))),
            Kind::Number => {
                let shown = context.styles.get(self.style).copied().unwrap_or_default();
                number(text.trim().parse().ok()?, shown, context.from_1904)
            }
        }
    }
}

pub(super) fn string(text: &str) -> Json {
    if text.is_empty() {
        return Json::Null;
    }
    Json::String(text.to_owned())
}

/// Whole numbers up to here are exact in a sheet.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub(super) fn number(value: f64, shown: Shown, from_1904: bool) -> Option<Json> {
    if let Some(text) = dates::iso(value, shown, from_1904) {
        return Some(Json::String(text));
    }
    exact(value)
}

/// A number, without a fraction where it has none; `None` if it is none.
pub(super) fn exact(value: f64) -> Option<Json> {
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Some(Json::from(value as i64));
    }
    Number::from_f64(value).map(Json::Number)
}
