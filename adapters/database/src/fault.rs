//! What keeps rows from coming, by kind, with the server's own words.
//!
//! Owns the kinds. A message never holds the DSN or a password, and is at most 200 characters long.

use crate::dsn::Dsn;
use std::error::Error;

/// The most characters of a server's message that are kept.
const WORDS: usize = 200;

/// A query gave no rows, or not all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DatabaseFault {
    /// What it is; decides who is woken and whether to try again.
    pub kind: FaultKind,
    /// The server's own words, or ours, at most 200 characters.
    pub message: String,
}

/// The kinds of [`DatabaseFault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// The host's address is one that may not be called.
    RefusedAddress,
    /// Nobody answers there, the name is unknown, or the file is not there.
    Unreachable,
    /// The server has no TLS, or its certificate does not check out.
    Tls,
    /// The user or the password is wrong.
    AuthFailed,
    /// The server has no database of this name, or the file is not one.
    NoSuchDatabase,
    /// The account may not read this.
    PermissionDenied,
    /// The query tried to write or to lock.
    NotReadOnly,
    /// The server does not understand the query.
    Syntax {
        /// The place in the query as it was written: a character, from 1, where the server tells it.
        at: Option<usize>,
    },
    /// There is no such table, view or function.
    UnknownTable,
    /// There is no such column.
    UnknownColumn,
    /// A parameter cannot be read as the type that it is compared with, or the server could not compute a value.
    BadValue,
    /// A parameter of the query was not given.
    MissingParameter,
    /// The statement or the connecting took longer than its limit.
    Timeout,
    /// The query has more rows than the limit; those before it were given.
    TooManyRows,
    /// A row is larger than the limit.
    TooLarge,
    /// The server refused for another reason; its words tell.
    Other,
    /// The connection broke, or was given up after a fault; open another one.
    Lost,
}

impl DatabaseFault {
    /// A fault with words; too many of them are cut.
    pub(crate) fn new(kind: FaultKind, message: impl AsRef<str>) -> Self {
        let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
        let words = message.as_ref().trim().chars().map(plain).take(WORDS);
        Self {
            kind,
            message: words.collect(),
        }
    }

    /// The same without the password, should a server have repeated it.
    pub(crate) fn hiding(self, dsn: &Dsn) -> Self {
        Self {
            kind: self.kind,
            message: dsn.without_secret(&self.message),
        }
    }

    /// The statement ran out of time.
    pub(crate) fn late(after: std::time::Duration) -> Self {
        Self::new(
            FaultKind::Timeout,
            format!(
                "the statement took longer than {after:?}; narrow it, or raise limits.statement"
            ),
        )
    }

    /// The row is too large.
    pub(crate) fn large(limit: usize) -> Self {
        Self::new(
            FaultKind::TooLarge,
            format!(
                "a row is larger than {limit} bytes; leave its large columns out, or raise limits.row_bytes"
            ),
        )
    }

    /// The connection is gone.
    pub(crate) fn lost() -> Self {
        Self::new(FaultKind::Lost, "the connection is closed")
    }
}

/// Finds a cause of one type in an error's chain; an `io::Error` hides what it wraps.
pub(crate) fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    if let Some(found) = error.downcast_ref::<T>() {
        return Some(found);
    }
    let wrapped = error
        .downcast_ref::<std::io::Error>()
        .and_then(|io| io.get_ref())
        .and_then(|inner| cause::<T>(inner));
    wrapped.or_else(|| error.source().and_then(cause::<T>))
}

/// The words of the innermost cause.
pub(crate) fn innermost(error: &dyn Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
