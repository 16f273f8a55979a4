//! The port to whatever holds records: an API, a database, a folder, another source's records.
//!
//! Owns the words of that port and the choice of the way. It must never know mapping.

use super::children::{Children, Walk};
use super::files::Files;
use super::given::Given;
use super::http::Http;
use super::imap::Imap;
use super::place::Turn;
use super::sql::Sql;
use super::{Ask, Partial, Reader, Validators, World, cursor};
use crate::formats::weigh;
use crate::{Document, Trouble};
use divos_manifest::{Cursor, Fetch};
use divos_model::RowFault;
use serde_json::Value as Json;
use std::fmt;
use url::Url;

/// Gives the records of one pass, piece by piece.
#[async_trait::async_trait]
pub(crate) trait Way: Send + fmt::Debug {
    /// Reads the next piece. Not asked again after an end or a trouble.
    async fn next(&mut self) -> Result<Step, Trouble>;
}

/// What came next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Records.
    Chunk(Box<Chunk>),
    /// Nothing changed since the last pass.
    Unchanged(Validators),
}

/// A piece of a pass.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) document: Document,
    /// Where it is from, for relative links.
    pub(crate) url: Option<Url>,
    /// Bytes read for it, after decompression.
    pub(crate) bytes: u64,
    /// How many records the app says there are.
    pub(crate) declared: Option<u64>,
    /// Whether some records are left out because they are unchanged: the pass is not full then.
    pub(crate) skipped: bool,
    /// Records of a parent that were done with: the cursor is theirs.
    pub(crate) parents: Option<Vec<Json>>,
    /// What could not be read and costs neither the pass nor other records; nothing may be swept then.
    pub(crate) missed: Vec<RowFault>,
    /// Where the pass stands behind this piece, if another one could go on there.
    pub(crate) turn: Option<Turn>,
    /// Set on the last piece of the pass.
    pub(crate) end: Option<End>,
}

/// The end of a pass.
#[derive(Debug, Default)]
pub(crate) struct End {
    /// What to keep for the next conditional request.
    pub(crate) validators: Option<Validators>,
    /// Where the next pass goes on, for ways that number records by themselves.
    pub(crate) cursor: Option<String>,
    /// Whether the app said itself that this was all, and what it declares is an estimate by its standard.
    pub(crate) estimate: bool,
    /// What is missing as far as the way itself can tell.
    pub(crate) partial: Option<Partial>,
}

impl Chunk {
    pub(crate) fn of(document: Document) -> Self {
        Self {
            document,
            url: None,
            bytes: 0,
            declared: None,
            skipped: false,
            parents: None,
            missed: Vec::new(),
            turn: None,
            end: None,
        }
    }

    /// About how many bytes of memory its records take.
    pub(crate) fn weight(&self) -> u64 {
        let rows = self.document.rows(&divos_manifest::Select::Root);
        rows.unwrap_or_default()
            .into_iter()
            .map(|row| weigh(row) as u64)
            .sum()
    }

    /// Records that were found already.
    pub(crate) fn rows(rows: Vec<Json>) -> Self {
        Self::of(Document::listed(rows, Json::Null, Vec::new()))
    }
}

/// Whose records the cursor of a source is found in: its own, or where it has none its parent's.
pub(crate) fn tracked(reader: &Reader) -> Option<&Cursor> {
    let own = reader.source().cursor.as_ref();
    own.or_else(|| reader.parent.as_deref().and_then(tracked))
}

/// Gives records that are at hand.
pub(crate) fn given(records: Vec<Json>) -> Box<dyn Way> {
    Box::new(Given::new(records))
}

/// Begins a pass, or goes on where another one stood.
pub(crate) fn begin(reader: &Reader, ask: &Ask, world: &World) -> Box<dyn Way> {
    let turn = ask.resume.as_ref().map(|place| &place.turn);
    at(reader, ask, turn, world)
}

/// The same at a turn.
pub(super) fn at(reader: &Reader, ask: &Ask, turn: Option<&Turn>, world: &World) -> Box<dyn Way> {
    let source = reader.source();
    let kept = ask.cursor.as_deref().filter(|_| !ask.full);
    let zone = reader.connector.zone;
    let own = source.cursor.as_ref();
    let cursor = own.and_then(|own| cursor::written(own, zone, kept));
    if let Some(parent) = &reader.parent {
        let asked = Ask {
            // A child with a cursor of its own asks every parent for changes.
            cursor: ask.cursor.clone().filter(|_| own.is_none()),
            full: ask.full,
            ..Ask::default()
        };
        let walk = Walk {
            reader: parent.as_ref().clone(),
            ask: asked,
            world: world.clone(),
        };
        return Box::new(Children::new(reader.clone(), walk, cursor, turn));
    }
    match &source.fetch {
        Fetch::Sql(sql) => {
            let sql = Sql::new(reader.clone(), sql.clone(), cursor, world.clone());
            Box::new(sql.from(turn))
        }
        Fetch::Webhook(_) => Box::new(Given::new(Vec::new())),
        Fetch::Imap(imap) => {
            let imap = Imap::new(reader.clone(), imap.clone(), ask, world.clone());
            Box::new(imap.from(turn))
        }
        fetch => match fetch.request().and_then(|request| request.files.clone()) {
            Some(files) => {
                let files = Files::new(reader.clone(), files, ask.clone(), world.clone());
                Box::new(files.from(turn))
            }
            None => {
                let validators = ask.validators.clone();
                let http = Http::new(reader.clone(), cursor, validators, world.clone());
                Box::new(http.from(turn))
            }
        },
    }
}
