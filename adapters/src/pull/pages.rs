//! A pass over a source, page by page.

use super::cursor::Tracker;
use super::paging::Pager;
use super::place::Turn;
use super::way::{self, Chunk, End, Step, Way};
use super::{Ask, Partial, Place, Reader, Summary, Validators, World, proof};
use crate::drift::{self, Needs, Shape};
use crate::mapping::{Mapped, RowContext};
use crate::{FetchError, Note, Trouble};
use divos_manifest::{Fetch, Source};
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
    /// Where the pass stands behind it, if a later pass could go on there.
    pub place: Option<Place>,
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
    /// How many a pass before this one had found, where this one goes on.
    found: u64,
    /// Whether the app declares how many records there are, if only at the end of a document.
    declares: bool,
    /// Things that could not be read and cost neither the pass nor other records.
    missed: u64,
    /// Whether the app is known to know who reads.
    proved: bool,
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
        let before = ask.resume;
        let reached = before.as_ref().and_then(|place| place.cursor.as_deref());
        let last = reached.or(ask.cursor.as_deref());
        let tracker = cursor.map(|cursor| Tracker::new(cursor, zone, last));
        let needs = Needs::of(reader.source());
        let summary = Summary {
            full,
            shape: ask.shape.clone().unwrap_or_default(),
            ..before.as_ref().map(goes_on).unwrap_or_default()
        };
        Self {
            way,
            tracker,
            known: ask.shape,
            asked: ask.cursor,
            needs,
            distinct: HashSet::new(),
            found: before.as_ref().map_or(0, |place| place.distinct),
            missed: before.as_ref().map_or(0, |place| place.missed),
            // What is declared for one parent is not the whole.
            declares: reader.parent.is_none() && declares(reader.source()),
            proved: false,
            summary,
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
        if !self.proved {
            proof::prove(&self.reader, &self.world).await?;
            self.proved = true;
        }
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

    fn take(&mut self, mut chunk: Chunk) -> Result<Page, Trouble> {
        chunk.document.spell(self.reader.source().names);
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
        let place = chunk.turn.map(|turn| self.place(turn));
        if let Some(end) = chunk.end {
            self.close(end);
        }
        Ok(Page {
            place,
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
        if self.declares {
            self.distinct.extend(&mapped.seen);
        }
    }

    fn place(&self, turn: Turn) -> Place {
        Place {
            pages: self.summary.pages,
            rows: self.summary.rows,
            total: self.summary.total_declared,
            distinct: self.found + self.distinct.len() as u64,
            nameless: self.summary.nameless,
            missed: self.missed,
            cursor: self.tracker.as_ref().and_then(Tracker::kept),
            turn,
        }
    }

    /// Ends a pass whose pages were all read; compares what came with what was declared.
    fn close(&mut self, end: End) {
        self.done = true;
        let fetched = self.found + self.distinct.len() as u64 + self.summary.nameless;
        self.distinct = HashSet::new();
        self.summary.partial = end.partial;
        if self.summary.partial.is_some() {
            return;
        }
        let declared = self.summary.total_declared;
        if let Some(declared) = declared.filter(|declared| fetched < *declared) {
            if !end.estimate {
                self.summary.partial = Some(Partial::Shortfall { declared, fetched });
                return;
            }
            self.summary.note(&[Note::Estimate { declared, fetched }]);
        }
        self.summary.complete = true;
        // What was missed has to be asked for again.
        self.summary.cursor = match self.missed {
            0 => end.cursor.or(self.tracker.as_ref().and_then(Tracker::kept)),
            _ => self.asked.take(),
        };
        self.summary.validators = end.validators.filter(|_| self.missed == 0);
    }
}

/// What a pass came to before this one goes on.
fn goes_on(place: &Place) -> Summary {
    Summary {
        resumed: true,
        pages: place.pages,
        rows: place.rows,
        nameless: place.nameless,
        total_declared: place.total,
        ..Summary::default()
    }
}

/// Tells whether a source's answers say how many records there are.
fn declares(source: &Source) -> bool {
    matches!(source.fetch, Fetch::Oai(..)) || source.paginate.as_ref().is_some_and(Pager::declares)
}
