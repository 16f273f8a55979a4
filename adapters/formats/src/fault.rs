//! What keeps a document from being read, with its place.

/// A document cannot be read further.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line:?}, byte {byte:?}: {reason:?}")]
pub struct FormatFault {
    /// The line in the document, from 1, where it is known.
    pub line: Option<u64>,
    /// The byte in the document, from 0, where it is known.
    pub byte: Option<u64>,
    /// Why.
    pub reason: Reason,
}

impl FormatFault {
    /// A fault of the document as a whole, without a place.
    #[must_use]
    pub fn whole(reason: Reason) -> Self {
        Self {
            line: None,
            byte: None,
            reason,
        }
    }

    /// A fault in a line, from 1.
    pub(crate) fn in_line(line: u64, reason: Reason) -> Self {
        Self {
            line: Some(line),
            ..Self::whole(reason)
        }
    }

    /// The same fault in the line that was reached, from 1; 0 where none was.
    pub(crate) fn after(self, line: u64) -> Self {
        Self {
            line: Some(line).filter(|line| *line > 0),
            ..self
        }
    }

    /// The document is another one than was expected.
    pub(crate) fn not_this(expected: &'static str, found: impl Into<String>) -> Self {
        let found = found.into();
        Self::whole(Reason::NotThis { expected, found })
    }

    /// There is more than a bound permits.
    pub(crate) fn too_much(of: &'static str, limit: u64) -> Self {
        Self::whole(Reason::TooMuch { of, limit })
    }

    /// A promised part is missing.
    pub(crate) fn missing(what: &'static str, name: String, found: Vec<String>) -> Self {
        Self::whole(Reason::Missing { what, name, found })
    }

    /// It is malformed, in these words.
    pub(crate) fn malformed(words: impl Into<String>) -> Self {
        Self::whole(Reason::Malformed(words.into()))
    }

    /// It ends in the middle.
    pub(crate) fn truncated() -> Self {
        Self::whole(Reason::Truncated)
    }

    /// The input could not be read.
    pub(crate) fn io(error: &std::io::Error) -> Self {
        Self::whole(Reason::Io(error.to_string()))
    }
}

/// Why a document cannot be read further.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes are no document of this format; what they are, in a few words ("an HTML page").
    NotThis {
        /// The format that was expected: `csv`, `xlsx`, `html`, `xml`, `ical`.
        expected: &'static str,
        /// What was found, for a person.
        found: String,
    },
    /// It ends in the middle.
    Truncated,
    /// It is malformed; the parser's words.
    Malformed(String),
    /// It is nested, expanded or repeated beyond a bound (an XML or zip bomb, one endless line).
    TooMuch {
        /// What there is too much of: `depth`, `entities`, `row bytes`, `columns`, `expansion`.
        of: &'static str,
        /// The bound.
        limit: u64,
    },
    /// A promised part is missing: a column, a sheet, a table, an element.
    Missing {
        /// What kind of part.
        what: &'static str,
        /// Its name as the connector says it.
        name: String,
        /// What there is instead, for a suggestion; at most 30 names.
        found: Vec<String>,
    },
    /// Fewer rows than the connector expects.
    TooFew {
        /// Rows found.
        found: u64,
        /// Rows expected at least.
        expected: u64,
    },
    /// It is protected by a password.
    Encrypted,
    /// Something stands in the line of the fault, at this character, that the format does not allow there.
    Unexpected {
        /// The byte of the line, from 1.
        column: u64,
    },
    /// The bytes from the fault's place on are not of the character set, and replacing them would be guessing.
    Misfit {
        /// Its WHATWG name.
        charset: &'static str,
    },
    /// The input could not be read; the system's words.
    Io(String),
}
