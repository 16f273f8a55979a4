//! A pass over a source, page by page.

use super::cursor::Tracker;
use super::way::{self, Chunk, End, Step, Way};
use super::{Ask, Partial, Reader, Summary, Validators, World};
use crate::drift::{self, Needs, Shape};
use crate::mapping::{Mapped, RowContext};
use crate::{FetchError, Note, Trouble};
use divos_model::{Batch, ItemId};
use std::collections::HashSet;

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
    way: Box<dyn Way>,
    tracker: Option<Tracker>,
    /// Against what a page is held.
    known: Option<Shape>,
    needs: Needs,
    /// The cursor that was asked with; kept where something was missed.
    asked: Option<String>,
    /// Different records so far, where a declared total has to be met.
    distinct: HashSet<ItemId>,
    /// Things that could not be read and cost neither the pass nor other records.
    missed: u64,
    summary: Summary,
    done: bool,
}

impl Pages {
    pub(crate) fn begin(reader: Reader, ask: Ask, world: World) -> Self {
        let way = way::begin(&reader, &ask, &world);
        Self::over(way, reader, ask, world)
    }

    /// Reads by a way that is at hand.
    pub(crate) fn over(way: Box<dyn Way>, reader: Reader, ask: Ask, world: World) -> Self {
        let cursor = way::tracked(&reader).cloned();
        let full = cursor.is_none() || ask.full || ask.cursor.is_none();
        let zone = reader.connector.zone;
        let tracker = cursor.map(|cursor| Tracker::new(cursor, zone, ask.cursor.as_deref()));
        let needs = Needs::of(reader.source());
        Self {
            way,
            tracker,
            known: ask.shape.clone(),
            asked: ask.cursor,
            needs,
            distinct: HashSet::new(),
            missed: 0,
            summary: Summary {
                full,
                shape: ask.shape.unwrap_or_default(),
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
        match self.way.next().await? {
            Step::Unchanged(known) => {
                self.unchanged(known);
                Ok(None)
            }
            Step::Chunk(chunk) => self.take(*chunk).map(Some),
        }
    }

    /// Ends a pass in which nothing changed.
    fn unchanged(&mut self, known: Validators) {
        self.summary.not_modified = true;
        self.summary.complete = true;
        self.summary.validators = Some(known);
        self.summary.cursor = self.tracker.as_ref().and_then(Tracker::kept);
        self.done = true;
    }

    fn take(&mut self, chunk: Chunk) -> Result<Page, Trouble> {
        let context = RowContext {
            fetched_at: self.world.clock.now(),
            url: chunk.url,
            pseudonym: self.world.pseudonym.clone(),
        };
        let select = &self.reader.source().select;
        let rows = chunk.document.rows(select)?;
        self.compare(&Shape::of(&rows, chunk.document.columns.as_deref()))?;
        let mut mapped = self.reader.mapper.map(&rows, &context);
        let own = self.reader.source().cursor.is_some();
        match (&mut self.tracker, &chunk.parents) {
            (Some(tracker), Some(parents)) if !own => {
                tracker.see_page(&parents.iter().collect::<Vec<_>>(), None);
            }
            (Some(tracker), _) => tracker.see_page(&rows, mapped.latest),
            (None, _) => {}
        }
        let raw_rows = rows.len();
        self.missed += chunk.missed.len() as u64;
        mapped.nameless += chunk.missed.len();
        mapped.batch.faults.extend(chunk.missed);
        self.summary.bytes += chunk.bytes;
        self.summary.full &= !chunk.skipped;
        self.count(&mapped, raw_rows, chunk.declared);
        self.summary.note(&chunk.document.notes);
        if let Some(end) = chunk.end {
            self.close(end);
        }
        Ok(Page {
            number: self.summary.pages,
            raw_rows,
            cursor_after: self.summary.cursor.clone(),
            notes: chunk.document.notes,
            bytes: usize::try_from(chunk.bytes).unwrap_or(usize::MAX),
            batch: mapped.batch,
            seen: mapped.seen,
        })
    }

    /// Holds a page against what the records looked like until now, and learns what is new about them.
    fn compare(&mut self, shape: &Shape) -> Result<(), Trouble> {
        let known = self.known.as_ref();
        let changes =
            known.map_or_else(Vec::new, |known| drift::breaking(known, shape, &self.needs));
        if !changes.is_empty() {
            return Err(Trouble::Drifted { changes });
        }
        self.summary.shape.learn(shape);
        Ok(())
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
    fn close(&mut self, end: End) {
        self.done = true;
        let fetched = self.distinct.len() as u64 + self.summary.nameless;
        self.distinct = HashSet::new();
        match self.summary.total_declared {
            Some(declared) if fetched < declared => {
                self.summary.partial = Some(Partial::Shortfall { declared, fetched });
            }
            _ => {
                self.summary.complete = true;
                // What was missed has to be asked for again.
                self.summary.cursor = match self.missed {
                    0 => end.cursor.or(self.tracker.as_ref().and_then(Tracker::kept)),
                    _ => self.asked.take(),
                };
                self.summary.validators = end.validators.filter(|_| self.missed == 0);
            }
        }
    }
}
