//! A pass over a source, page by page.

use super::cursor::{self, Tracker};
use super::paging::{Pager, Told};
use super::request::{self, Holes};
use super::{Ask, Partial, Reader, Summary, Validators, World};
use crate::mapping::{Mapped, RowContext};
use crate::{Call, Document, FetchError, Note, Reply, Trouble};
use divos_manifest::{Fail, Source};
use divos_model::{Batch, ItemId};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use url::Url;

/// One page of a source, mapped.
#[derive(Debug, Clone)]
pub struct Page {
    /// Which page of the pass, from 1.
    pub number: u32,
    /// Its items and row faults.
    pub batch: Batch,
    /// The ids of all its records, those with faults too: what a sweep must not take as gone.
    pub seen: Vec<ItemId>,
    /// How many records it held.
    pub raw_rows: usize,
    /// The cursor to keep, on the last page of a complete pass only: pages need not be in order.
    pub cursor_after: Option<String>,
    /// What was odd about the document.
    pub notes: Vec<Note>,
    /// The bytes of the answer, after decompression.
    pub bytes: usize,
}

/// A pass over a source. Holds one page at a time.
#[derive(Debug)]
pub struct Pages {
    reader: Reader,
    world: World,
    validators: Option<Validators>,
    cursor: Option<String>,
    tracker: Option<Tracker>,
    pager: Pager,
    /// Different records so far, where a declared total has to be met.
    distinct: HashSet<ItemId>,
    first: Option<Validators>,
    summary: Summary,
    done: bool,
}

impl Pages {
    pub(crate) fn begin(reader: Reader, ask: Ask, world: World) -> Self {
        let source = reader.source();
        let zone = reader.connector.zone;
        let kept = ask.cursor.as_deref().filter(|_| !ask.full);
        let cursor = source
            .cursor
            .as_ref()
            .and_then(|c| cursor::written(c, zone, kept));
        let tracker = source
            .cursor
            .clone()
            .map(|c| Tracker::new(c, zone, ask.cursor.as_deref()));
        let full = source.cursor.is_none() || kept.is_none();
        Self {
            pager: Pager::new(source.paginate.clone()),
            validators: ask.validators,
            cursor,
            tracker,
            distinct: HashSet::new(),
            first: None,
            summary: Summary {
                full,
                ..Summary::default()
            },
            done: false,
            reader,
            world,
        }
    }

    /// Fetches and maps the next page; `None` at the end. After an error there is no next page.
    pub async fn next(&mut self) -> Option<Result<Page, FetchError>> {
        if self.done {
            return None;
        }
        match self.step().await {
            Ok(page) => page.map(Ok),
            Err(trouble) => {
                self.done = true;
                Some(Err(trouble.of(&self.reader.connector.id)))
            }
        }
    }

    /// Tells what the pass came to so far; final once [`Pages::next`] has returned `None`.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    async fn step(&mut self) -> Result<Option<Page>, Trouble> {
        let (call, asked) = self.call()?;
        let reply = self
            .world
            .http
            .call(&self.reader.connector, call)
            .await
            .map_err(|e| e.trouble)?;
        if reply.status == StatusCode::NOT_MODIFIED {
            self.unchanged()?;
            return Ok(None);
        }
        self.take(&reply, &asked).map(Some)
    }

    /// Writes the next request; conditional where the last pass left validators for exactly it.
    fn call(&self) -> Result<(Call, String), Trouble> {
        let mut holes = Holes {
            cursor: self.cursor.as_deref(),
            ..Holes::default()
        };
        let next = self.pager.fill(&mut holes);
        let reader = &self.reader;
        let mut call = request::write(
            &reader.connector,
            reader.source(),
            &reader.reach,
            &holes,
            next,
            self.world.http.is_offline(),
        )?;
        let asked = fingerprint(&call, &reader.connector.version);
        let known = self
            .validators
            .as_ref()
            .filter(|v| v.request == asked && self.summary.pages == 0);
        if let Some(known) = known {
            let pairs = [
                (header::IF_NONE_MATCH, &known.etag),
                (header::IF_MODIFIED_SINCE, &known.last_modified),
            ];
            for (name, text) in pairs {
                if let Some(value) = text
                    .as_ref()
                    .and_then(|text| HeaderValue::from_str(text).ok())
                {
                    call.headers.insert(name, value);
                }
            }
        }
        Ok((call, asked))
    }

    /// Ends a pass whose first answer is 304.
    fn unchanged(&mut self) -> Result<(), Trouble> {
        let known = self.validators.take();
        if known.is_none() || self.summary.pages > 0 {
            return Err(Trouble::UpstreamError {
                status: 304,
                retry_after: None,
            });
        }
        self.summary.not_modified = true;
        self.summary.complete = true;
        self.summary.validators = known;
        self.summary.cursor = self.tracker.as_ref().and_then(Tracker::kept);
        self.done = true;
        Ok(())
    }

    fn take(&mut self, reply: &Reply, asked: &str) -> Result<Page, Trouble> {
        let reader = self.reader.clone();
        let source = reader.source();
        self.summary.bytes += reply.body.len() as u64;
        let content_type = reply.header(header::CONTENT_TYPE.as_str());
        let document = Document::read(&source.fetch, content_type, &reply.body)?;
        let context = RowContext {
            fetched_at: self.world.clock.now(),
            url: Some(without_query(&reply.url)),
            pseudonym: self.world.pseudonym.clone(),
        };
        guard(source, &reader, &document, &context)?;
        let rows = document.rows(&source.select)?;
        let mapped = reader.mapper.map(&rows, &context);
        if let Some(tracker) = &mut self.tracker {
            tracker.see_page(&rows, mapped.latest);
        }
        let base = request::base(&reader.connector, source);
        let told = Told {
            reply,
            root: &document.root,
            rows: &rows,
            reach: &reader.reach,
            origin: base.unwrap_or(&reply.url),
        };
        let more = self.pager.turn(&told)?;
        self.count(&mapped, rows.len(), self.pager.declared(&told));
        self.summary.note(&document.notes);
        if self.summary.pages == 1 {
            self.first = validators(reply, asked);
        }
        if !more {
            self.close();
        }
        Ok(Page {
            number: self.summary.pages,
            raw_rows: rows.len(),
            cursor_after: self.summary.cursor.clone(),
            notes: document.notes.clone(),
            bytes: reply.body.len(),
            batch: mapped.batch,
            seen: mapped.seen,
        })
    }

    fn count(&mut self, mapped: &Mapped, rows: usize, declared: Option<u64>) {
        let summary = &mut self.summary;
        summary.pages += 1;
        summary.rows += rows as u64;
        summary.items += mapped.batch.items.len() as u64;
        summary.faults += mapped.batch.faults.len() as u64;
        summary.nameless += mapped.nameless as u64;
        summary.total_declared = declared.or(summary.total_declared);
        if summary.total_declared.is_some() {
            self.distinct.extend(&mapped.seen);
        }
    }

    /// Ends a pass whose pages were all read; compares what came with what was declared.
    fn close(&mut self) {
        self.done = true;
        let fetched = self.distinct.len() as u64 + self.summary.nameless;
        self.distinct = HashSet::new();
        match self.summary.total_declared {
            Some(declared) if fetched < declared => {
                self.summary.partial = Some(Partial::Shortfall { declared, fetched });
            }
            _ => {
                self.summary.complete = true;
                self.summary.cursor = self.tracker.as_ref().and_then(Tracker::kept);
                self.summary.validators = self.first.take().filter(|_| self.summary.pages == 1);
            }
        }
    }
}

/// Recognises an error inside an answer that says all is well.
fn guard(
    source: &Source,
    reader: &Reader,
    document: &Document,
    context: &RowContext,
) -> Result<(), Trouble> {
    let Some(Fail { message, .. }) = source.request().and_then(|request| request.fail.as_ref())
    else {
        return Ok(());
    };
    if !reader.mapper.is_failure(&document.root, context) {
        return Ok(());
    }
    let said = message.as_ref().and_then(|path| path.get(&document.root));
    let said = said.map(|json| match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    });
    let plain = crate::mapping::html::plain_text(&said.unwrap_or_default());
    Err(Trouble::ErrorInside {
        message: plain.trim_end_matches('.').chars().take(200).collect(),
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
