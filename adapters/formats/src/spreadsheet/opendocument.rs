//! The cells of a sheet of an OpenDocument spreadsheet (ISO/IEC 26300-1, section 9), row by row.
//!
//! Owns the order of `content.xml`, repeated rows and cells, and what a cell's attributes mean. Holds one row.

use super::cells::{RowText, exact, string};
use super::markup::{Markup, Step, Tag};
use super::{Sheet, is_named, missing};
use crate::table::{self, MOST_COLUMNS, Raw};
use crate::{FormatFault, Oddities, Oddity};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::io::Read;

/// The part with the cells.
pub(super) const CONTENT: &str = "content.xml";
/// The part that says which others are encrypted (ISO/IEC 26300-2, section 4.8).
pub(super) const MANIFEST: &str = "META-INF/manifest.xml";

/// The most copies of one row that is not empty: a few bytes may say that there are millions.
const COPIES: u64 = 10_000;
/// The longest text of one cell, in bytes.
const CELL: usize = 1024 * 1024;
/// The most styles of hidden sheets, and the most sheets, that are looked at.
const MOST: usize = 1024;

/// The rows of one sheet.
pub(super) struct OpenCells<R: Read> {
    markup: Markup<R>,
    odd: Oddities,
    /// The row that was given or passed last, from 1.
    line: u64,
    cells: Vec<Json>,
    cell: Cell,
    text: RowText,
    /// How often the row that is open stands there.
    repeated: u64,
    /// How often the row that was read is still to be given.
    left: u64,
}

/// Tells whether a package holds what only a password opens.
pub(super) fn is_encrypted<R: Read>(mut manifest: Markup<R>) -> Result<bool, FormatFault> {
    loop {
        match manifest.step()? {
            Step::Open(tag) if tag.name() == "encryption-data" => return Ok(true),
            Step::Finished => return Ok(false),
            _ => {}
        }
    }
}

impl<R: Read> OpenCells<R> {
    /// Goes to the sheet.
    ///
    /// # Errors
    /// [`crate::Reason::Missing`] where it is not there, with the names of those that are.
    pub(super) fn open(
        mut markup: Markup<R>,
        wanted: &Sheet,
        odd: Oddities,
    ) -> Result<Self, FormatFault> {
        find(&mut markup, wanted)?;
        Ok(Self {
            markup,
            odd,
            line: 0,
            cells: Vec::new(),
            cell: Cell::default(),
            text: RowText::default(),
            repeated: 1,
            left: 0,
        })
    }

    /// Gives the rows of the sheet.
    pub(super) fn rows(mut self) -> impl Iterator<Item = Result<Raw, FormatFault>> + Send
    where
        R: Send,
    {
        table::rows(move || self.read().map_err(|fault| fault.after(self.line)))
    }

    /// Reads on to the end of a row that is not empty; `None` at the end of the sheet.
    fn read(&mut self) -> Result<Option<Raw>, FormatFault> {
        while self.left == 0 {
            match self.markup.step()? {
                Step::Open(tag) if self.cell.is_open() => self.cell.enter(&tag),
                Step::Open(tag) => match tag.name() {
                    "table-row" => {
                        self.repeated = repeated(&tag, "number-rows-repeated");
                        self.cells.clear();
                        self.cell = Cell::default();
                        self.text = RowText::default();
                    }
                    "table-cell" | "covered-table-cell" => self.cell.open(&tag),
                    _ => {}
                },
                Step::Text(text) => self.cell.say(&text)?,
                Step::Close(_) if self.cell.is_open() => {
                    self.cell.leave();
                    if !self.cell.is_open() {
                        self.close()?;
                    }
                }
                Step::Close(end) => match end.name() {
                    "table-row" => self.row_ends()?,
                    "table" => return Ok(None),
                    _ => {}
                },
                Step::Nothing => {}
                Step::Finished => return Err(FormatFault::truncated()),
            }
        }
        self.left -= 1;
        self.line = self.line.saturating_add(1);
        Ok(Some(Raw {
            line: self.line,
            cells: match self.left {
                0 => std::mem::take(&mut self.cells),
                _ => self.cells.clone(),
            },
            written_out: false,
        }))
    }

    /// Puts the value of the cell in its places; what is empty has none.
    fn close(&mut self) -> Result<(), FormatFault> {
        if self.cell.kind == "error" {
            let line = self.line.saturating_add(1);
            self.odd.add(Oddity::ErrorCell, Some(line), None);
            return Ok(());
        }
        let (value, column) = (self.cell.meaning(), self.cell.column);
        if !value.is_null() && column < MOST_COLUMNS {
            let end = column.saturating_add(self.cell.repeated).min(MOST_COLUMNS);
            self.text.add(&value, end - column)?;
            self.cells.resize(column, Json::Null);
            self.cells.resize(end, value);
        }
        Ok(())
    }

    fn row_ends(&mut self) -> Result<(), FormatFault> {
        if self.cells.is_empty() {
            self.line = self.line.saturating_add(self.repeated);
            return Ok(());
        }
        if self.repeated > COPIES {
            return Err(FormatFault::too_much("repeated rows", COPIES));
        }
        self.left = self.repeated;
        Ok(())
    }
}

/// Goes behind the tag that opens the wanted sheet.
fn find<R: Read>(markup: &mut Markup<R>, wanted: &Sheet) -> Result<(), FormatFault> {
    let (mut names, mut hidden, mut style) = (Vec::new(), HashSet::new(), String::new());
    // A sheet within a sheet is a table in a cell or a drawing.
    let mut depth = 0_u32;
    loop {
        match markup.step()? {
            Step::Open(tag) => match tag.name() {
                "style" => style = tag.value("name").unwrap_or_default().into_owned(),
                "table-properties" if is_hidden(&tag) && hidden.len() < MOST => {
                    hidden.insert(std::mem::take(&mut style));
                }
                "table" => {
                    depth += 1;
                    if depth == 1 && names.len() < MOST {
                        let name = tag.value("name").unwrap_or_default().into_owned();
                        let style = tag.value("style-name").unwrap_or_default();
                        let here = match wanted {
                            Sheet::First => !hidden.contains(style.as_ref()),
                            Sheet::Number(number) => names.len() + 1 == *number as usize,
                            Sheet::Named(wanted) => is_named(&name, wanted),
                        };
                        if here {
                            return Ok(());
                        }
                        names.push(name);
                    }
                }
                _ => {}
            },
            Step::Close(end) if end.name() == "table" => depth = depth.saturating_sub(1),
            Step::Finished => return Err(missing(wanted, &names)),
            _ => {}
        }
    }
}

fn is_hidden(properties: &Tag<'_>) -> bool {
    properties.value("display").as_deref() == Some("false")
}

/// How often a row or cell stands there.
fn repeated(tag: &Tag<'_>, name: &str) -> u64 {
    let written = tag.value(name).and_then(|text| text.trim().parse().ok());
    written.unwrap_or(1).max(1)
}

/// The cell that is read.
#[derive(Default)]
struct Cell {
    column: usize,
    repeated: usize,
    kind: String,
    value: Option<String>,
    text: String,
    /// How many elements are open, the cell's own included.
    depth: usize,
    /// The depth of what is no text of the cell: a comment, a drawing.
    aside: Option<usize>,
    /// The depth of the paragraph that is open.
    paragraph: Option<usize>,
}

impl Cell {
    fn is_open(&self) -> bool {
        self.depth > 0
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let said = |name: &str| tag.value(name).map(std::borrow::Cow::into_owned);
        let column = self.column.saturating_add(self.repeated);
        *self = Self {
            column,
            repeated: usize::try_from(repeated(tag, "number-columns-repeated"))
                .unwrap_or(usize::MAX),
            // Of the two kinds that LibreOffice writes the later one is its own: it knows errors.
            kind: last_value(tag, "value-type").unwrap_or_default(),
            value: [
                "value",
                "date-value",
                "time-value",
                "boolean-value",
                "string-value",
            ]
            .into_iter()
            .find_map(said),
            depth: 1,
            ..Self::default()
        };
    }

    fn enter(&mut self, tag: &Tag<'_>) {
        self.depth += 1;
        if self.aside.is_some() {
            return;
        }
        match (tag.name(), self.paragraph) {
            ("p" | "h", None) => {
                if !self.text.is_empty() {
                    self.text.push('\n');
                }
                self.paragraph = Some(self.depth);
            }
            ("s", Some(_)) => {
                let spaces = repeated(tag, "c").min(1000) as usize;
                self.text.extend(std::iter::repeat_n(' ', spaces));
            }
            ("tab", Some(_)) => self.text.push('\t'),
            ("line-break", Some(_)) => self.text.push('\n'),
            ("span" | "a", _) => {}
            _ => self.aside = Some(self.depth),
        }
    }

    fn say(&mut self, text: &str) -> Result<(), FormatFault> {
        if self.paragraph.is_none() || self.aside.is_some() {
            return Ok(());
        }
        if self.text.len() + text.len() > CELL {
            return Err(FormatFault::too_much("cell bytes", CELL as u64));
        }
        self.text.push_str(text);
        Ok(())
    }

    /// Closes the innermost element.
    fn leave(&mut self) {
        if self.aside == Some(self.depth) {
            self.aside = None;
        }
        if self.paragraph == Some(self.depth) {
            self.paragraph = None;
        }
        self.depth -= 1;
    }

    fn meaning(&self) -> Json {
        let value = self.value.as_deref().map(str::trim);
        match (self.kind.as_str(), value) {
            ("float" | "percentage" | "currency", Some(value)) => {
                let number = value.parse().ok().and_then(exact);
                number.unwrap_or_else(|| string(value))
            }
            ("boolean", Some(value)) => Json::Bool(value == "true"),
            ("time", Some(value)) => string(&clock(value).unwrap_or_else(|| value.to_owned())),
            ("date", Some(value)) => string(value),
            _ if self.text.is_empty() => string(value.unwrap_or_default()),
            _ => string(&self.text),
        }
    }
}

/// The last attribute of a name, whatever its prefix.
fn last_value(tag: &Tag<'_>, name: &str) -> Option<String> {
    tag.values(name).last()
}

/// `PT08H05M00S` as `08:05:00`; hours may be more than a day has (XML Schema part 2, section 3.2.6).
fn clock(duration: &str) -> Option<String> {
    let (hours, rest) = duration.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let seconds = seconds.split(['.', ',']).next()?;
    let number = |digits: &str| digits.parse::<u32>().ok();
    let (hours, minutes, seconds) = (number(hours)?, number(minutes)?, number(seconds)?);
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_clocks() {
        for (duration, text) in [
            ("PT08H05M00S", Some("08:05:00")),
            ("PT36H00M00.5S", Some("36:00:00")),
            ("P1D", None),
            ("PT8H", None),
        ] {
            assert_eq!(clock(duration).as_deref(), text, "{duration}");
        }
    }
}
