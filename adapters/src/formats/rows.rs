//! The records of a large document, piece by piece: on the spot where the document is in memory, on a thread that may
//! block where it is a file.
//!
//! Owns how much of a document is in memory at once. It must never know a format.

use super::{Note, PIECE};
use crate::Trouble;
use divos_formats::{FormatFault, Oddities, Reason};
use serde_json::Value as Json;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;

/// About how many bytes of memory the rows of one piece may take.
const WEIGHT: usize = 4 << 20;
/// How many pieces may wait.
const ROOM: usize = 1;

/// Rows, and the end of the document where it was reached.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) rows: Vec<Json>,
    /// The names of the columns in their order, where the document has a header.
    pub(crate) columns: Option<Arc<[String]>>,
    pub(crate) end: Option<Ended>,
}

/// The end of a document.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What surrounds the records.
    pub(crate) root: Json,
    /// Whether it is the whole document, in which the records are still to be found.
    pub(crate) whole: bool,
    /// What was odd.
    pub(crate) notes: Vec<Note>,
}

/// A document whose parser has begun.
pub(crate) struct Parsed {
    pub(crate) rows: divos_formats::Rows,
    columns: Option<Arc<[String]>>,
    pub(crate) odd: Oddities,
    /// Reads the end: what surrounds the rows, given the fault that ended them, if one did.
    pub(crate) finish: Finish,
}

/// See [`Parsed::finish`].
pub(crate) type Finish =
    Box<dyn FnMut(Option<FormatFault>) -> Result<(Json, bool), Trouble> + Send>;

impl Parsed {
    pub(crate) fn new(opened: divos_formats::Opened, finish: Finish) -> Self {
        Self {
            rows: opened.rows,
            columns: opened.columns.map(Into::into),
            odd: opened.odd,
            finish,
        }
    }

    /// A table has nothing around its rows.
    pub(crate) fn table(opened: divos_formats::Opened) -> Self {
        let finish = |fault: Option<FormatFault>| match fault {
            Some(fault) => Err(of(fault)),
            None => Ok((Json::Null, false)),
        };
        Self::new(opened, Box::new(finish))
    }

    /// Reads the next rows.
    pub(crate) fn piece(&mut self, most: usize) -> Result<Piece, Trouble> {
        let (mut rows, mut weight) = (Vec::new(), 0);
        let columns = self.columns.clone();
        while rows.len() < most && weight < WEIGHT {
            let fault = match self.rows.next() {
                Some(Ok(row)) => {
                    weight += weigh(&row);
                    rows.push(row);
                    continue;
                }
                Some(Err(fault)) => Some(fault),
                None => None,
            };
            let (root, whole) = (self.finish)(fault)?;
            let notes = self.odd.list().into_iter().map(Note::from).collect();
            let end = Some(Ended { root, whole, notes });
            return Ok(Piece { rows, columns, end });
        }
        Ok(Piece {
            rows,
            columns,
            end: None,
        })
    }
}

/// About how many bytes of memory a value takes.
pub(crate) fn weigh(value: &Json) -> usize {
    let inner = match value {
        Json::String(text) => text.len(),
        Json::Array(list) => list.iter().map(weigh).sum(),
        Json::Object(fields) => fields
            .iter()
            .map(|(name, v)| name.len() + 64 + weigh(v))
            .sum(),
        _ => 0,
    };
    inner + 32
}

/// Gives a format's fault its place among the troubles.
pub(crate) fn of(fault: FormatFault) -> Trouble {
    match fault.reason {
        Reason::Truncated if fault.line.is_none() => Trouble::Truncated,
        Reason::Missing {
            what: "element",
            name,
            ..
        } => Trouble::SelectMissed { path: name },
        _ => Trouble::Unreadable {
            fault: Box::new(fault),
        },
    }
}

/// Where the rows come from.
pub(crate) enum Rows {
    /// A parser over memory.
    Here(Box<Parsed>),
    /// A thread that reads a file, a piece ahead.
    Apart(mpsc::Receiver<Result<Piece, Trouble>>),
}

impl Rows {
    pub(crate) fn here(parsed: Parsed) -> Self {
        Self::Here(Box::new(parsed))
    }

    /// Reads on a thread that may block; it ends when nobody takes its pieces any more.
    pub(crate) fn apart(begin: impl FnOnce() -> Result<Parsed, Trouble> + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel(ROOM);
        tokio::task::spawn_blocking(move || {
            let mut parsed = match begin() {
                Ok(parsed) => parsed,
                Err(trouble) => {
                    // Whoever asked may have left.
                    let _ = sender.blocking_send(Err(trouble));
                    return;
                }
            };
            loop {
                let piece = parsed.piece(PIECE);
                let last = piece.as_ref().map_or(true, |piece| piece.end.is_some());
                if sender.blocking_send(piece).is_err() || last {
                    return;
                }
            }
        });
        Self::Apart(receiver)
    }

    /// Reads the next piece; the one with an end is the last.
    pub(crate) async fn piece(&mut self) -> Result<Piece, Trouble> {
        match self {
            Self::Here(parsed) => parsed.piece(PIECE),
            Self::Apart(receiver) => receiver.recv().await.unwrap_or(Err(Trouble::Truncated)),
        }
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rows")
    }
}
