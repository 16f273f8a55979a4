//! From bytes to rows, one at a time: JSON, separated text, spreadsheets, HTML tables, XML, calendars.
//!
//! Owns character sets and parsing. Pure: it knows no connector, never fetches and never asks the time; memory does
//! not grow with the document. Each format has one `Rows` iterator over JSON objects.

mod bound;
pub mod calendar;
pub mod charset;
mod entity;
pub mod fault;
pub mod html;
pub mod json;
pub mod odd;
pub mod separated;
mod sniff;
pub mod spreadsheet;
pub mod table;
pub mod xml;

pub use fault::{FormatFault, Reason};
pub use odd::{Odd, Oddities, Oddity};

use serde_json::Value as Json;
use std::io::{Read, Seek};

/// What a document is read from: a spooled file, or bytes in memory behind a [`std::io::Cursor`].
pub trait Input: Read + Seek + Send {}

impl<T: Read + Seek + Send> Input for T {}

/// The records of a document, read as they are asked for. After an error there is no next row.
pub type Rows = Box<dyn Iterator<Item = Result<Json, FormatFault>> + Send>;

/// A document that was recognised: every format's `open` gives one.
pub struct Opened {
    /// The records.
    pub rows: Rows,
    /// The names of the columns in their order, where the format has a header; `None` for trees and calendars.
    pub columns: Option<Vec<String>>,
    /// What is odd so far; it grows while `rows` are read.
    pub odd: Oddities,
}
