//! Records over HTTP: one request after the other, each answer a document in whatever format.
//!
//! Owns conditional requests and the turn from one page to the next. It must never know mapping.

use super::paging::{Pager, Tally, Told};
use super::place::Turn;
use super::request::{self, Holes};
use super::way::{Chunk, End, Step, Way};
use super::{Reader, Validators, World};
use crate::formats::{self, Opening, Piece, Rows};
use crate::mapping::{RowContext, html};
use crate::{Body, Call, Document, Note, Reply, Trouble};
use bytes::Bytes;
use divos_manifest::{Fail, Fetch, Paginate};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use url::Url;

/// The most pages of a harvest, which has no limit of its own.
const MOST_PAGES: u32 = 100_000;

/// A pass over HTTP.
#[derive(Debug)]
pub(crate) struct Http {
    reader: Reader,
    world: World,
    pager: Pager,
    cursor: Option<String>,
    /// What fills `${parent}`.
    parent: Option<String>,
    validators: Option<Validators>,
    first: Option<Validators>,
    /// Answers read so far.
    answers: u32,
    open: Option<Open>,
}

/// An answer that is read piece by piece.
#[derive(Debug)]
struct Open {
    rows: Rows,
    /// The answer without its body.
    reply: Reply,
    tally: Tally,
    /// Bytes that were not counted yet.
    bytes: u64,
    /// Whether it may have been cut without a sign.
    is_loose: bool,
}

impl Http {
    pub(crate) fn new(
        reader: Reader,
        cursor: Option<String>,
        validators: Option<Validators>,
        world: World,
    ) -> Self {
        let source = reader.source();
        let rule = match (&source.fetch, &source.paginate) {
            (Fetch::Oai(..), None) => harvest(),
            (_, rule) => rule.clone(),
        };
        Self {
            pager: Pager::new(rule),
            reader,
            world,
            cursor,
            parent: None,
            validators,
            first: None,
            answers: 0,
            open: None,
        }
    }

    /// The same for one record of a parent.
    pub(crate) fn for_parent(
        reader: Reader,
        cursor: Option<String>,
        parent: String,
        world: World,
    ) -> Self {
        Self {
            parent: Some(parent),
            ..Self::new(reader, cursor, None, world)
        }
    }

    /// The same from where another pass stood.
    pub(crate) fn from(mut self, turn: Option<&Turn>) -> Self {
        turn.iter().for_each(|turn| self.pager.resume(turn));
        self.answers = self.pager.read();
        self
    }

    /// Asks for the next page; `None` where nothing changed.
    async fn ask(&mut self) -> Result<Option<Reply>, Trouble> {
        let (call, asked) = self.call()?;
        let reply = self.world.http.call(&self.reader.connector, call).await;
        let reply = reply.map_err(|error| error.trouble)?;
        if reply.status == StatusCode::NOT_MODIFIED {
            if self.validators.is_none() || self.answers > 0 {
                return Err(Trouble::UpstreamError {
                    status: 304,
                    retry_after: None,
                });
            }
            return Ok(None);
        }
        self.answers += 1;
        if self.answers == 1 {
            self.first = validators(&reply, &asked);
        }
        Ok(Some(reply))
    }

    /// Writes the next request; conditional where the last pass left validators for exactly it.
    fn call(&self) -> Result<(Call, String), Trouble> {
        let mut holes = Holes {
            cursor: self.cursor.as_deref(),
            parent: self.parent.as_deref(),
            ..Holes::default()
        };
        let next = self.pager.fill(&mut holes);
        let reader = &self.reader;
        let place = request::Place {
            connector: &reader.connector,
            source: reader.source(),
            reach: &reader.reach,
            offline: self.world.http.is_offline(),
            now: self.world.clock.now(),
        };
        let mut call = request::write(&place, &holes, next)?;
        let asked = fingerprint(&call, &reader.connector.version);
        let fits = |known: &&Validators| known.request == asked && self.answers == 0;
        let Some(known) = self.validators.as_ref().filter(fits) else {
            return Ok((call, asked));
        };
        let pairs = [
            (header::IF_NONE_MATCH, &known.etag),
            (header::IF_MODIFIED_SINCE, &known.last_modified),
        ];
        for (name, text) in pairs {
            let value = text
                .as_ref()
                .and_then(|text| HeaderValue::from_str(text).ok());
            value.and_then(|value| call.headers.insert(name, value));
        }
        Ok((call, asked))
    }

    /// Takes a document that is whole.
    fn whole(
        &mut self,
        document: Document,
        reply: &Reply,
        mut tally: Tally,
        bytes: u64,
    ) -> Result<Chunk, Trouble> {
        self.guard(&document.root, reply)?;
        let rows = document.rows(&self.reader.source().select)?;
        rows.into_iter().for_each(|row| tally.see(row));
        let mut chunk = Chunk::of(document);
        chunk.bytes = bytes;
        self.turn(chunk, reply, tally)
    }

    /// Takes a piece of a document.
    fn piece(&mut self, mut open: Open, piece: Piece) -> Result<Chunk, Trouble> {
        let bytes = std::mem::take(&mut open.bytes);
        piece.rows.iter().for_each(|row| open.tally.see(row));
        let Some(end) = piece.end else {
            let mut chunk = Chunk::rows(piece.rows);
            chunk.document.columns = piece.columns;
            chunk.url = Some(without_query(&open.reply.url));
            chunk.bytes = bytes;
            self.open = Some(open);
            return Ok(chunk);
        };
        if end.whole {
            let document = Document::tree(end.root, end.notes);
            return self.whole(document, &open.reply, open.tally, bytes);
        }
        self.guard(&end.root, &open.reply)?;
        let mut chunk = Chunk::of(Document::listed(piece.rows, end.root, end.notes));
        chunk.document.columns = piece.columns;
        chunk.bytes = bytes;
        if open.is_loose {
            // What did not come may be behind the cut: nothing is gone.
            chunk.skipped = true;
            chunk.document.notes.push(Note::OpenEnd);
        }
        self.turn(chunk, &open.reply, open.tally)
    }

    /// Turns to the next page at the end of a document.
    fn turn(&mut self, mut chunk: Chunk, reply: &Reply, tally: Tally) -> Result<Chunk, Trouble> {
        let base = request::base(&self.reader.connector, self.reader.source());
        let told = Told {
            reply,
            root: &chunk.document.root,
            rows: tally,
            reach: &self.reader.reach,
            origin: base.unwrap_or(&reply.url),
        };
        let more = self.pager.turn(&told)?;
        chunk.declared = self.pager.declared(&told);
        chunk.url = Some(without_query(&reply.url));
        if more {
            let turn = self.pager.place();
            chunk.turn = Some(turn.without_key(&self.reader.connector.auth));
        } else {
            let harvest = matches!(self.reader.source().fetch, Fetch::Oai(..));
            chunk.end = Some(End {
                validators: self.first.take().filter(|_| self.answers == 1),
                estimate: harvest && chunk.document.root["ended"] == true,
                ..End::default()
            });
        }
        Ok(chunk)
    }

    /// Recognises an error inside an answer that says all is well.
    fn guard(&self, root: &Json, reply: &Reply) -> Result<(), Trouble> {
        let request = self.reader.source().request();
        let Some(Fail { message, .. }) = request.and_then(|request| request.fail.as_ref()) else {
            return Ok(());
        };
        let context = RowContext {
            fetched_at: self.world.clock.now(),
            url: Some(without_query(&reply.url)),
            pseudonym: self.world.pseudonym.clone(),
        };
        if !self.reader.mapper.is_failure(root, &context) {
            return Ok(());
        }
        let said = message.as_ref().and_then(|path| path.get(root));
        let said = said.map(|json| match json {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        });
        let plain = html::one_line(&html::html_text(&said.unwrap_or_default()));
        Err(Trouble::ErrorInside {
            message: plain.trim_end_matches('.').chars().take(200).collect(),
        })
    }
}

#[async_trait::async_trait]
impl Way for Http {
    async fn next(&mut self) -> Result<Step, Trouble> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let Some(mut reply) = self.ask().await? else {
                    let known = self.validators.take();
                    return known.map(Step::Unchanged).ok_or(Trouble::BadHttp);
                };
                let source = self.reader.source();
                let content_type = reply.header(header::CONTENT_TYPE.as_str());
                let body = reply.body.clone();
                let opening = formats::open(
                    source,
                    self.reader.html.as_ref(),
                    content_type,
                    self.reader.setting(&self.world),
                    &body,
                )
                .await?;
                let bytes = body.len();
                let is_loose =
                    reply.close_delimited && !formats::shows_its_end(&source.fetch, &body);
                reply.body = Body::Memory(Bytes::new());
                match opening {
                    Opening::Whole(document) => {
                        let chunk = self.whole(document, &reply, self.pager.tally(), bytes)?;
                        return Ok(Step::Chunk(Box::new(chunk)));
                    }
                    Opening::Rows(rows) => Open {
                        rows,
                        reply,
                        tally: self.pager.tally(),
                        bytes,
                        is_loose,
                    },
                }
            }
        };
        let piece = open.rows.piece().await?;
        self.piece(open, piece)
            .map(|chunk| Step::Chunk(Box::new(chunk)))
    }
}

/// The paging of OAI-PMH (section 3.5), with its `completeListSize`; see the shape that [`formats`] gives to what surrounds the records.
fn harvest() -> Option<Paginate> {
    Some(Paginate::Cursor {
        param: request::RESUMPTION.to_owned(),
        path: "token".parse().ok()?,
        more: None,
        total: Some("total".parse().ok()?),
        size_param: None,
        size: None,
        max_pages: MOST_PAGES,
    })
}

fn validators(reply: &Reply, asked: &str) -> Option<Validators> {
    let text = |name: header::HeaderName| reply.header(name.as_str()).map(str::to_owned);
    let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
    (etag.is_some() || last_modified.is_some()).then(|| Validators {
        request: asked.to_owned(),
        etag,
        last_modified,
    })
}

/// Names a request together with the meaning of its connector: a new mapping must see the rows again.
fn fingerprint(call: &Call, version: &str) -> String {
    let mut hasher = Sha256::new();
    for part in [call.method.as_str(), call.url.as_str(), version] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.update(call.body.as_deref().unwrap_or_default());
    hex::encode(&hasher.finalize()[..16])
}

/// A page's address without its query, which may hold a key.
fn without_query(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url
}
