//! Separated text: CSV, TSV and what spreadsheets write in Indonesia, with `;` (RFC 4180 and its quirks).
//!
//! Owns separators, quotes and the bounds of a row. Values stay text as it was written, but for line ends; what they mean is for the
//! mapping. Never knows where the text came from.

mod delimiter;
mod lines;

use crate::bound::{Bounded, Gate};
use crate::charset::{Decoder, Head, Witnesses};
use crate::table::{self, Raw, Shape};
use crate::{FormatFault, Input, Oddities, Opened, Reason, sniff};
use lines::Lines;
use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Read};

/// The most bytes of one row, as UTF-8.
pub const ROW_BYTES: u64 = 1024 * 1024;

/// The parser's own buffer.
const BUFFER: usize = 64 * 1024;

/// How separated text is written. The default finds out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The character set, by a WHATWG label; else the header or the bytes tell.
    pub charset: Option<String>,
    /// The separator, one ASCII character; else the likeliest of comma, `;`, tab and `|`.
    pub delimiter: Option<u8>,
    /// What encloses a cell that holds a separator; doubled within.
    pub quote: u8,
    /// What is expected of the table.
    pub shape: Shape,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            charset: None,
            delimiter: None,
            quote: b'"',
            shape: Shape::default(),
        }
    }
}

/// Opens separated text; every value of a record is a string as it was written, short rows lack their last keys.
///
/// # Errors
/// [`Reason::NotThis`] for a page, a workbook or another document in its place, [`Reason::Missing`] without a required
/// column, [`Reason::TooMuch`] for a row beyond [`ROW_BYTES`] or too many columns, [`Reason::Io`]. Rows end with
/// [`Reason::Truncated`] in a quoted cell that never ends, with `TooMuch` or with [`Reason::TooFew`].
pub fn open(
    mut input: Box<dyn Input>,
    content_type: Option<&str>,
    options: &Options,
) -> Result<Opened, FormatFault> {
    let head = Head::read(&mut *input)?;
    if let Some(found) = sniff::other_than_text(head.bytes()) {
        return Err(FormatFault::not_this("csv", found));
    }
    let odd = Oddities::default();
    let witnesses = Witnesses {
        stated: options.charset.as_deref(),
        content_type,
        declared: None,
    };
    let encoding = head.pick(&witnesses, &mut *input, &odd)?;
    let lines = Lines::new(Decoder::new(input, encoding, odd.clone()));
    let mut text = BufReader::with_capacity(delimiter::SAMPLE, lines);
    let declared = declared_delimiter(&mut text).map_err(|error| FormatFault::io(&error))?;
    let delimiter = match options.delimiter.or(declared) {
        Some(delimiter) => delimiter,
        None => {
            let sample = text.fill_buf().map_err(|error| FormatFault::io(&error))?;
            delimiter::likeliest(sample, options.quote, &options.shape)
        }
    };
    let mut grid = Grid::new(
        text,
        delimiter,
        options.quote,
        u64::from(declared.is_some()),
    );
    table::open(table::rows(move || grid.read()), &options.shape, odd)
}

/// Takes away the first line if it is `sep=;`, which Excel writes and reads.
fn declared_delimiter(text: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    let start = text.fill_buf()?;
    let [
        b's' | b'S',
        b'e' | b'E',
        b'p' | b'P',
        b'=',
        delimiter,
        b'\n',
        ..,
    ] = start
    else {
        return Ok(None);
    };
    let delimiter = *delimiter;
    text.consume(b"sep=;\n".len());
    Ok(Some(delimiter))
}

/// The rows of the text, each within its bound.
struct Grid<R> {
    reader: csv::Reader<Bounded<R>>,
    gate: Gate,
    record: csv::StringRecord,
    /// Lines that were taken away before the reader saw the text.
    lines_before: u64,
}

impl<R: Read> Grid<R> {
    fn new(text: R, delimiter: u8, quote: u8, lines_before: u64) -> Self {
        let (bounded, gate) = Bounded::new(text);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .quote(quote)
            .buffer_capacity(BUFFER)
            .from_reader(bounded);
        Self {
            reader,
            gate,
            record: csv::StringRecord::new(),
            lines_before,
        }
    }

    fn read(&mut self) -> Result<Option<Raw>, FormatFault> {
        self.gate
            .open_from(self.reader.position().byte(), ROW_BYTES);
        let start = self.reader.position().line();
        let more = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| self.fault(start, &error))?;
        if !more {
            return Ok(None);
        }
        let after = self.reader.position().line() + self.lines_before;
        // A row of one line holds no line end.
        let within = match self.reader.position().line() - start {
            1 => 0,
            _ => feeds(self.record.as_slice()),
        };
        // A row ends with its line; what ends with the text is a quoted cell that never ends: rows are lost in it.
        if self.gate.is_exhausted() {
            let line = after.saturating_sub(within as u64);
            return Err(FormatFault::in_line(line, Reason::Truncated));
        }
        Ok(Some(Raw {
            line: after.saturating_sub(within as u64 + 1),
            cells: self.record.iter().map(Json::from).collect(),
            written_out: true,
        }))
    }

    fn fault(&self, line: u64, error: &csv::Error) -> FormatFault {
        let reason = match error.kind() {
            csv::ErrorKind::Io(_) if self.gate.was_shut() => Reason::TooMuch {
                of: "row bytes",
                limit: ROW_BYTES,
            },
            csv::ErrorKind::Io(error) => Reason::Io(error.to_string()),
            _ => Reason::Malformed(error.to_string()),
        };
        FormatFault::in_line(line + self.lines_before, reason)
    }
}

/// How many lines end within the cells of a row.
fn feeds(cells: &str) -> usize {
    cells.bytes().filter(|byte| *byte == b'\n').count()
}
