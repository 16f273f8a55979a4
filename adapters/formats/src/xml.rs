//! XML: repeated elements become JSON rows while the document is read, and what surrounds them becomes [`Rest`].
//!
//! Owns the shape of the JSON: an element with nothing but text is a string; attributes are `@name`; a repeated child
//! is an array; text beside children is `#text`; prefixes are dropped; `xsi:nil` is `null` and other `xsi:` attributes
//! are left out. It must never expand an entity of a document type, nor fetch one.

pub mod oai;
pub mod soap;
pub mod tree;
pub mod wsdl;

mod event;
mod frame;
mod source;
mod walk;

use crate::{FormatFault, Input, Opened};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, PoisonError};

/// How deeply elements may be nested.
pub const DEPTH: usize = 100;
/// How many attributes an element may have.
pub const ATTRIBUTES: usize = 256;
/// How much one record, or all that surrounds the records, may hold, in bytes of memory.
pub const RECORD: usize = 4 << 20;

/// How a document is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The names of the elements from the root to the repeated one, without prefixes: `Envelope`, `Body`, `List`,
    /// `Item`. Empty: the whole document is one record.
    pub rows: Vec<String>,
    /// The character set by the connector's word; else the `Content-Type` header, the document's own declaration or
    /// its bytes tell. A byte order mark goes before them all.
    pub charset: Option<String>,
}

/// A document whose records are read as they are asked for.
pub struct Document {
    /// The records and what is odd.
    pub opened: Opened,
    /// What surrounds them, once they have ended.
    pub rest: Rest,
}

/// All of a document but its records: totals, tokens, faults. Clones share one value.
#[derive(Debug, Clone, Default)]
pub struct Rest(Arc<Mutex<Option<Json>>>);

impl Rest {
    /// Takes the document without its records, `{"Envelope": {…}}`; `None` until the rows have ended or if their end
    /// was never reached.
    #[must_use]
    pub fn take(&self) -> Option<Json> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether something holds of it; never before the rows have ended.
    fn is(&self, so: impl FnOnce(&Json) -> bool) -> bool {
        let rest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rest.as_ref().is_some_and(so)
    }

    fn put(&self, rest: Json) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
    }
}

/// Opens a document. Its records are objects: a record of nothing but text is `{"#text": …}`, one that is
/// `xsi:nil` is left out.
///
/// No record is no fault where the parent of the repeated element is there and holds at most single plain values, or
/// where the path ends in an empty element: so are empty lists written. Otherwise the rows end with
/// [`crate::Reason::Missing`], and [`Rest`] is there all the same.
///
/// # Errors
/// The document is not XML at all, or cannot be read.
pub fn open(
    input: Box<dyn Input>,
    content_type: Option<&str>,
    options: &Options,
) -> Result<Document, FormatFault> {
    let rest = Rest::default();
    let (walk, odd) = walk::Walk::open(input, content_type, options, rest.clone())?;
    let opened = Opened {
        rows: Box::new(walk),
        columns: None,
        odd,
    };
    Ok(Document { opened, rest })
}
