//! Drafts a connector from what an app shows: known products by their templates' signs, anything else by its rows.
//!
//! Owns the thinking only: answers in, a proposal out. It must never fetch, read a file or ask the time; whoever asks
//! an app hands its answers in. Nothing is invented: what cannot be known is a comment that says what to look at.
//!
//! The order: [`recognise()`] by [`questions`]; else [`sketch()`] a [`Way`] to read, [`Draft::probe`] it for rows, and
//! [`Draft::propose`] what the rows mean.

mod column;
mod draft;
mod facts;
mod kinds;
mod lists;
mod login;
mod mapping;
mod page;
mod paging;
mod product;
mod recognise;
mod service;
mod sketch;
mod states;
mod tables;
mod words;
mod write;

pub use draft::{Draft, Place};
pub use mapping::Proposal;
pub use product::product;
pub use recognise::{Answer, Question, Recognised, questions, recognise};
pub use service::service;
pub use sketch::{Nothing, Sketch, sketch};
pub use tables::table;
pub use words::is_personal_name;

use divos_model::Lang;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    id: String,
    en: String,
}

impl Said {
    pub(crate) fn new(id: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            en: en.into(),
        }
    }

    /// Returns the sentence.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        lang.pick(&self.id, &self.en)
    }
}

/// One decision of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was decided: `source`, `paginate`, `deletes`, `kind`, or a field of the model.
    pub field: String,
    /// What it is taken from: an expression, a selector, a word.
    pub from: String,
    /// How sure, in percent.
    pub confidence: u8,
    /// Why.
    pub why: Said,
}

impl Finding {
    pub(crate) fn new(field: &str, from: impl Into<String>, confidence: u8, why: Said) -> Self {
        Self {
            field: field.to_owned(),
            from: from.into(),
            confidence,
            why,
        }
    }
}

/// How one source would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The source's name.
    pub name: String,
    /// The lines of the way and of what belongs to it: `rest:`, `select:`, `paginate:`, `cursor:`; indented from 0.
    pub lines: Vec<String>,
    /// What `deletes:` says.
    pub deletes: String,
    /// Lines of `auth:` at the top of the file.
    pub auth: Vec<String>,
    /// Words that say what it is about: the path, the title, the operation, the table.
    pub about: String,
    /// Whether its rows are tables for people, in which a first column counts lines.
    pub table: bool,
    /// Rows as a description types them, where none could be seen: their names count, their values do not.
    pub typed: Vec<serde_json::Value>,
    /// What was decided so far.
    pub findings: Vec<Finding>,
    /// What a person has to look at.
    pub notes: Vec<Said>,
}
