//! From bytes to a document whose records can be found: JSON, feeds, XML and SOAP, OAI-PMH, separated text, workbooks.
//!
//! Owns `select`, and the choice of the parser for each kind of source. It never fetches, maps or asks the time.
//! [`open`] is where reading begins.

pub(crate) mod calendar;
mod charset;
mod ending;
mod entry;
mod feed;
mod json;
mod note;
mod rows;
mod select;
pub(crate) mod soap;
mod table;
mod tree;
mod xml;

pub(crate) use ending::shows_its_end;
pub(crate) use json::JSON_PATH;
pub use note::Note;
pub(crate) use rows::{Piece, Rows, weigh};

use crate::{Body, Trouble};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use divos_formats::html::Compiled;
use divos_manifest::{Fetch, Select, Source};
use rows::{Ended, Parsed};
use serde_json::Value as Json;
use std::io::Cursor;
use std::sync::Arc;

/// The most rows of one piece of a document.
pub(crate) const PIECE: usize = 1000;

/// One answer of an app, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The whole document; what surrounds the records where they were read one by one.
    pub root: Json,
    /// What was odd about it and still did not cost a record.
    pub notes: Vec<Note>,
    /// The names of the columns in their order, where it has a header.
    pub(crate) columns: Option<Arc<[String]>>,
    rows: Option<Vec<Json>>,
}

/// Where and when a document is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The zone of times that name none.
    pub(crate) zone: Tz,
    /// The time of the pass; `None` where windows of time do not matter.
    pub(crate) now: Option<DateTime<Utc>>,
}

/// A document that was recognised.
pub(crate) enum Opening {
    /// It is a tree in memory.
    Whole(Document),
    /// Its records are read piece by piece.
    Rows(Rows),
}

impl Document {
    /// A tree, in which the records lie somewhere.
    pub(crate) fn tree(root: Json, notes: Vec<Note>) -> Self {
        Self {
            root,
            notes,
            columns: None,
            rows: None,
        }
    }

    /// Records that were found already, and what surrounds them.
    pub(crate) fn listed(rows: Vec<Json>, root: Json, notes: Vec<Note>) -> Self {
        Self {
            root,
            notes,
            columns: None,
            rows: Some(rows),
        }
    }

    /// Reads an answer's body as what a source expects. `content_type` is the header's text. Everything is held in
    /// memory; a pass reads large documents piece by piece instead.
    ///
    /// # Errors
    /// What came instead, where it breaks off, or which byte does not fit.
    pub fn read(fetch: &Fetch, content_type: Option<&str>, body: &[u8]) -> Result<Self, Trouble> {
        let stated = stated(fetch, content_type);
        match fetch {
            Fetch::Rest(_) => json::read(stated, body),
            Fetch::Feed(_) => feed::read(stated, body),
            _ => {
                let bytes: Arc<[u8]> = body.into();
                let input = || Box::new(Cursor::new(Arc::clone(&bytes))) as _;
                let setting = Setting {
                    zone: Tz::UTC,
                    now: None,
                };
                let mut parsed = parse(fetch, &Select::Root, None, content_type, setting, &input)?;
                let mut rows = Vec::new();
                loop {
                    let piece = parsed.piece(PIECE)?;
                    rows.extend(piece.rows);
                    match piece.end {
                        Some(Ended {
                            whole: true,
                            root,
                            notes,
                        }) => return Ok(Self::tree(root, notes)),
                        Some(end) => return Ok(Self::listed(rows, end.root, end.notes)),
                        None => {}
                    }
                }
            }
        }
    }

    /// Finds the records.
    ///
    /// # Errors
    /// [`Trouble::SelectMissed`] where the document lacks the place: never an empty list instead.
    pub fn rows(&self, select: &Select) -> Result<Vec<&Json>, Trouble> {
        match &self.rows {
            Some(rows) => Ok(rows.iter().collect()),
            None => select::rows(&self.root, select),
        }
    }
}

impl Document {
    /// Gives the fields of its records these names, where they are written in another letter case.
    pub(crate) fn spell(&mut self, names: &[&str]) {
        let rows = match (&mut self.rows, &mut self.root) {
            (Some(rows), _) | (None, Json::Array(rows)) => rows,
            _ => return,
        };
        for row in rows.iter_mut().filter_map(Json::as_object_mut) {
            let wrong = |key: &str| {
                names
                    .iter()
                    .any(|name| *name != key && name.eq_ignore_ascii_case(key))
            };
            let keys: Vec<String> = row.keys().filter(|key| wrong(key)).cloned().collect();
            for key in keys {
                let name = names.iter().find(|name| name.eq_ignore_ascii_case(&key));
                if let Some(name) = name.filter(|name| !row.contains_key(**name))
                    && let Some(value) = row.remove(&key)
                {
                    row.insert((*name).to_owned(), value);
                }
            }
        }
    }

    /// Takes the records out.
    ///
    /// # Errors
    /// As [`Document::rows`].
    pub(crate) fn into_rows(self, select: &Select) -> Result<Vec<Json>, Trouble> {
        match self.rows {
            Some(rows) => Ok(rows),
            None => Ok(select::rows(&self.root, select)?
                .into_iter()
                .cloned()
                .collect()),
        }
    }
}

/// Opens a body as what a source expects: feeds and what a JSONPath looks into whole, everything else row by row.
///
/// # Errors
/// What came instead, or why it cannot be read.
pub(crate) async fn open(
    source: &Source,
    selectors: Option<&Compiled>,
    content_type: Option<&str>,
    setting: Setting,
    body: &Body,
) -> Result<Opening, Trouble> {
    let (fetch, select) = (&source.fetch, &source.select);
    if matches!(fetch, Fetch::Feed(_)) {
        let bytes = body.whole().await?;
        return Document::read(fetch, content_type, &bytes).map(Opening::Whole);
    }
    if let (Fetch::Rest(_), Select::JsonPath(_)) = (fetch, select) {
        let document = json::whole(stated(fetch, content_type), body).await?;
        return Ok(Opening::Whole(document));
    }
    if body.is_empty() {
        return Err(Trouble::Empty);
    }
    if body.in_memory().is_some() {
        let parsed = parse(fetch, select, selectors, content_type, setting, &|| {
            body.input()
        })?;
        return Ok(Opening::Rows(Rows::here(parsed)));
    }
    let (fetch, select, body) = (fetch.clone(), select.clone(), body.clone());
    let (selectors, content_type) = (selectors.cloned(), content_type.map(str::to_owned));
    let begin = move || {
        let (selectors, content_type) = (selectors.as_ref(), content_type.as_deref());
        parse(&fetch, &select, selectors, content_type, setting, &|| {
            body.input()
        })
    };
    Ok(Opening::Rows(Rows::apart(begin)))
}

/// Reads the selectors of a page's rows, to be kept for as long as the source does not change.
///
/// # Errors
/// A selector that is none, or a source that has none.
pub(crate) fn compile(fetch: &Fetch) -> Result<Compiled, Trouble> {
    match fetch {
        Fetch::Html(request, table) => table::selectors(request.charset.as_deref(), table),
        _ => Err(Trouble::NotConnected {
            what: "this kind of source as a page",
        }),
    }
}

/// Opens a document that has rows.
fn parse(
    fetch: &Fetch,
    select: &Select,
    selectors: Option<&Compiled>,
    content_type: Option<&str>,
    setting: Setting,
    input: table::Source<'_>,
) -> Result<Parsed, Trouble> {
    let charset = fetch
        .request()
        .and_then(|request| request.charset.as_deref());
    match fetch {
        Fetch::Csv(_, csv) => table::csv(charset, csv, content_type, input),
        Fetch::Xlsx(_, sheet) => table::sheet(charset, sheet, content_type, input),
        Fetch::Xml(_) => tree::open(&[], select, charset, content_type, input),
        Fetch::Soap(..) => tree::open(&["Envelope", "Body"], select, charset, content_type, input),
        Fetch::Oai(..) => tree::harvest(content_type, input),
        Fetch::Html(..) => match selectors {
            Some(selectors) => table::html(selectors, content_type, input),
            None => table::html(&compile(fetch)?, content_type, input),
        },
        Fetch::Ical(_, calendar) => {
            calendar::open(calendar, charset, content_type, &setting, input)
        }
        Fetch::Rest(_) => json::open(select, stated(fetch, content_type), input),
        Fetch::Feed(_) | Fetch::Sql(_) | Fetch::Imap(_) | Fetch::Webhook(_) => {
            Err(Trouble::NotConnected {
                what: "this kind of source as a document",
            })
        }
    }
}

fn stated<'a>(fetch: &'a Fetch, content_type: Option<&'a str>) -> Option<&'a str> {
    let of_source = fetch
        .request()
        .and_then(|request| request.charset.as_deref());
    of_source.or(content_type.and_then(divos_formats::charset::of_header))
}
