//! What is wrong with one cell of a file, where, and what to do about it.
//!
//! Owns the words. They never repeat personal data.

use divos_model::Lang;

/// A column of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    /// Its place, from 1.
    pub number: usize,
    /// Its name as the file writes it.
    pub name: String,
}

/// What is wrong with a row or a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFault {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<Column>,
    what: [String; 2],
    advice: [String; 2],
}

/// A text in Indonesian and in English.
pub(super) type Words<'a> = (&'a str, &'a str);

impl ImportFault {
    pub(super) fn new(
        line: u64,
        column: Option<Column>,
        what: Words<'_>,
        advice: Words<'_>,
    ) -> Self {
        let both = |(id, en): Words<'_>| [id.to_owned(), en.to_owned()];
        Self {
            line,
            column,
            what: both(what),
            advice: both(advice),
        }
    }

    /// Says what is wrong.
    #[must_use]
    pub fn what(&self, lang: Lang) -> &str {
        pick(&self.what, lang)
    }

    /// Says what to do about it.
    #[must_use]
    pub fn advice(&self, lang: Lang) -> &str {
        pick(&self.advice, lang)
    }

    /// Says all of it in one line, for example "baris 7, kolom 3 (email): bukan alamat surel; tulis seperti …".
    #[must_use]
    pub fn sentence(&self, lang: Lang) -> String {
        let (line, column) = match lang {
            Lang::Id => ("baris", "kolom"),
            Lang::En => ("line", "column"),
        };
        let place = self
            .column
            .as_ref()
            .map(|at| format!(", {column} {} ({})", at.number, at.name))
            .unwrap_or_default();
        format!(
            "{line} {}{place}: {}; {}",
            self.line,
            self.what(lang),
            self.advice(lang)
        )
    }
}

fn pick(words: &[String; 2], lang: Lang) -> &str {
    match lang {
        Lang::Id => &words[0],
        Lang::En => &words[1],
    }
}
