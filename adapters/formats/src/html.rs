//! HTML pages: rows of tables and lists as records, and the forms and tokens that a sign-in needs.
//!
//! Owns selectors, cells by the header above them, and what counts as no row. Reads pages as browsers do (the WHATWG
//! parser), but runs nothing and fetches nothing. Start with [`Compiled`] for rows and [`Page`] for everything else.

mod cell;
mod form;
mod grid;
mod header;
mod labelled;
mod page;
mod parse;
mod rows;
mod sheet;
mod sketch;
mod text;

pub use form::{Field, Form};
pub use page::{Element, Page, title};
pub use sheet::sheet;
pub use sketch::{Link, TableSketch};

use crate::{FormatFault, Input, Opened};
use cell::Cell;
use scraper::Selector;
use std::sync::Arc;

/// How a page's rows are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The CSS selector of a row.
    pub rows: String,
    /// Keys with what they hold: a selector within the row, then `@attribute`, `@text` (the default) or `@html`;
    /// `.` or nothing is the row itself. `td:nth-child(2)`, `td a@href`, `@data-id`.
    pub cells: Vec<(String, String)>,
    /// Keys with the text above their column, whatever its case and spaces. Cells that span are counted.
    pub columns: Vec<(String, String)>,
    /// Texts that must be in the header of the table, whatever their case and spaces.
    pub guard: Vec<String>,
    /// Fewer rows than this are a fault after the last row.
    pub min_rows: Option<u64>,
    /// The character set by the connector's word; else the header, the page or its bytes tell.
    pub charset: Option<String>,
}

/// A selector that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{selector}` is not a selector: {why}")]
pub struct SelectorFault {
    /// As it is written.
    pub selector: String,
    /// The parser's words.
    pub why: String,
}

/// Options whose selectors are good.
#[derive(Clone)]
pub struct Compiled(Arc<Plan>);

struct Plan {
    rows: Selector,
    cells: Vec<(String, Cell)>,
    options: Options,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Compiled").field(&self.0.options).finish()
    }
}

impl Compiled {
    /// Reads the selectors.
    ///
    /// # Errors
    /// The first that is none.
    pub fn new(options: Options) -> Result<Self, SelectorFault> {
        let rows = cell::selector(&options.rows)?;
        let cells = options.cells.iter();
        let cells = cells.map(|(key, written)| Ok((key.clone(), Cell::new(written)?)));
        Ok(Self(Arc::new(Plan {
            rows,
            cells: cells.collect::<Result<_, _>>()?,
            options,
        })))
    }

    /// Opens a page. A row is an object of texts; what it does not have is absent from it. Rows of the header and the
    /// one cell across the whole table that says that there is nothing are no records.
    ///
    /// # Errors
    /// [`crate::Reason::Missing`] without a column of `columns` or `guard`, [`crate::Reason::TooMuch`],
    /// [`crate::Reason::NotThis`] for bytes that are no text. Rows end with [`crate::Reason::TooFew`].
    pub fn open(
        &self,
        input: Box<dyn Input>,
        content_type: Option<&str>,
    ) -> Result<Opened, FormatFault> {
        let charset = self.0.options.charset.as_deref();
        let page = Page::of(input, charset, content_type)?;
        rows::open(Arc::clone(&self.0), page)
    }
}

/// Tells whether a cell's or row's selector is good, and what is wrong with it.
///
/// # Errors
/// The parser's words.
pub fn check_selector(selector: &str) -> Result<(), String> {
    Cell::new(selector).map(|_| ()).map_err(|fault| fault.why)
}
