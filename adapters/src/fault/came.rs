//! What came instead of what was expected.

use std::fmt;

/// What came instead of what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// A page for people.
    Html {
        /// Its title, cut at 80 characters.
        title: Option<String>,
        /// Whether it asks for a password.
        login: bool,
    },
    /// An XML document.
    Xml,
    /// A JSON document.
    Json,
    /// Something else, and where it stops to make sense.
    Other {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

impl Came {
    pub(super) fn indonesian(&self) -> String {
        match self {
            Self::Html { title, login } => {
                let titled = title
                    .as_ref()
                    .map(|t| format!(" berjudul “{t}”"))
                    .unwrap_or_default();
                let hint = if *login {
                    ", tampaknya halaman masuk"
                } else {
                    ""
                };
                format!("halaman HTML{titled}{hint}")
            }
            Self::Xml => "dokumen XML".into(),
            Self::Json => "dokumen JSON".into(),
            Self::Other { line, column } => {
                format!("isi yang tidak terbaca (baris {line}, kolom {column})")
            }
        }
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Html { title, login } => {
                f.write_str("an HTML page")?;
                if let Some(title) = title {
                    write!(f, " titled “{title}”")?;
                }
                f.write_str(if *login { ", perhaps a login page" } else { "" })
            }
            Self::Xml => f.write_str("an XML document"),
            Self::Json => f.write_str("a JSON document"),
            Self::Other { line, column } => {
                write!(f, "something unreadable (line {line}, column {column})")
            }
        }
    }
}
