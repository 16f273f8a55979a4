//! JSON: the records of one list become rows while the document is read, and what surrounds them becomes [`Rest`].
//!
//! Owns which list that is and what of the document is kept. It must never interpret a value: each record is parsed by
//! `serde_json`, whose limits on nesting and numbers hold.

mod scan;
mod text;
mod walk;

use crate::{FormatFault, Input, Oddities, Opened};
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, PoisonError};

/// How much one record may take in the document, in bytes of UTF-8.
pub const RECORD: usize = 8 << 20;
/// How much a document that is one single record may take, in bytes of UTF-8.
pub const WHOLE: usize = 32 << 20;
/// How much one value beside the records may take, in bytes of UTF-8; what is larger is left out of [`Rest`].
pub const BESIDE: usize = 1 << 20;
/// How much all of them may take together, with their names and entries; what comes later is left out.
pub const AROUND: usize = 4 << 20;

/// One step on the way to the list of records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// An object's field.
    Field(String),
    /// An array's element, from 0.
    Index(usize),
    /// Every element of an array.
    All,
}

/// How a document is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The way to the list of records; `None` where the document itself is the list, or the only record.
    pub path: Option<Vec<Step>>,
    /// The character set by the connector's word or the `Content-Type` header; UTF-8 where nothing is stated
    /// (RFC 8259, section 8.1). A byte order mark goes before both.
    pub charset: Option<String>,
}

/// A document whose records are read as they are asked for.
pub struct Document {
    /// The records and what is odd.
    pub opened: Opened,
    /// What surrounds them, once they have ended.
    pub rest: Rest,
}

/// What is left of a document without its records.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// The document. A list of records keeps its first one only, as does every list on the way to it.
    pub root: Json,
    /// Whether this is the whole document, because it is no list at all.
    pub whole: bool,
}

/// All of a document but its records: totals, links, tokens, errors. Clones share one value.
#[derive(Debug, Clone, Default)]
pub struct Rest(Arc<Mutex<Option<Around>>>);

impl Rest {
    /// Takes what surrounds the records; `None` until the rows have ended or if their end was never reached.
    #[must_use]
    pub fn take(&self) -> Option<Around> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, around: Around) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(around);
    }
}

/// Opens a document. Above a list that is a step of the way everything must be there, below it nothing need be.
///
/// The rows end with [`crate::Reason::Missing`] where the place is not there; [`Rest`] is there all the same. They end
/// with [`crate::Reason::Unexpected`] where the text is no JSON, and with [`crate::Reason::Misfit`] where its bytes are
/// not of the character set.
///
/// # Errors
/// The input cannot be read.
pub fn open(input: Box<dyn Input>, options: &Options) -> Result<Document, FormatFault> {
    let odd = Oddities::default();
    let rest = Rest::default();
    let text = text::Text::open(input, options.charset.as_deref(), odd.clone())?;
    let opened = Opened {
        rows: Box::new(walk::Walk::new(text, options.path.clone(), rest.clone())),
        columns: None,
        odd,
    };
    Ok(Document { opened, rest })
}
