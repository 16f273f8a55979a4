//! Merging the lists of a reader's keys into one, without reading more of any than is needed. Each
//! list is read in pieces that grow, by one statement that is used over and over.

use super::index::{Bits, DATED, List, NO_DUE};
use crate::StoreError;
use rusqlite::{CachedStatement, Connection};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Rows read from a list at first; each further read takes twice as many, up to [`LONGEST`].
const SHORTEST: usize = 16;
const LONGEST: usize = 256;

/// The sort of a list's rows from low to high: due time, last change (negated) or `seq`, number.
pub(crate) type Place = (i64, i64, i64);

/// Before every row.
pub(crate) const START: Place = (i64::MIN, i64::MIN, i64::MIN);

/// After every row.
pub(crate) const END: Place = (i64::MAX, i64::MAX, i64::MAX);

/// A stretch of every list: one level, after a place, with a due time before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// 0 in the overdue part, 1 after it.
    pub(crate) part: u8,
    /// The level.
    pub(crate) level: i64,
    /// Begins after this place.
    pub(crate) after: Place,
    /// Ends before this due time.
    pub(crate) before: i64,
}

/// An index row that may be on the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) part: u8,
    pub(crate) level: i64,
    pub(crate) place: Place,
    pub(crate) app: i64,
    pub(crate) unit: i64,
    pub(crate) bits: Bits,
}

impl Candidate {
    /// Returns the item's number.
    pub(crate) fn number(&self) -> i64 {
        self.place.2
    }
}

const FORWARD: &str = "SELECT due, recency, number, app, unit, bits FROM ix \
     WHERE list = ?1 AND sub = ?2 AND level = ?3 AND (due, recency, number) > (?4, ?5, ?6) \
     AND due < ?7 ORDER BY due, recency, number LIMIT ?8";

const BACKWARD: &str = "SELECT due, recency, number, app, unit, bits FROM ix \
     WHERE list = ?1 AND sub = ?2 AND level = ?3 AND (due, recency, number) < (?4, ?5, ?6) \
     AND due < ?7 ORDER BY due DESC, recency DESC, number DESC LIMIT ?8";

/// How lists are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Walk {
    /// A level of live items, by due time and last change.
    Rank,
    /// All levels of live items at once, by last change.
    Newest,
    /// Rising `seq`.
    Seq,
    /// Falling `seq`.
    SeqBack,
}

/// Some lists, merged. Equal rows of several lists come once.
pub(crate) struct Merge<'c> {
    fetch: CachedStatement<'c>,
    walk: Walk,
    lists: Vec<List>,
    stretch: Stretch,
    streams: Vec<Stream>,
    heap: BinaryHeap<Reverse<(Place, usize)>>,
    last: Option<Place>,
}

/// One level of one list.
struct Stream {
    list: List,
    level: i64,
    rows: VecDeque<Candidate>,
    after: Place,
    chunk: usize,
    over: bool,
}

impl<'c> Merge<'c> {
    /// Prepares to merge lists.
    pub(crate) fn new(
        db: &'c Connection,
        lists: Vec<List>,
        walk: Walk,
    ) -> Result<Self, StoreError> {
        let sql = if walk == Walk::SeqBack {
            BACKWARD
        } else {
            FORWARD
        };
        Ok(Self {
            fetch: db.prepare_cached(sql)?,
            walk,
            streams: Vec::with_capacity(lists.len()),
            heap: BinaryHeap::with_capacity(lists.len()),
            lists,
            stretch: Stretch {
                part: 0,
                level: 0,
                after: START,
                before: NO_DUE + 1,
            },
            last: None,
        })
    }

    /// Goes to a stretch.
    pub(crate) fn enter(&mut self, stretch: Stretch) -> Result<(), StoreError> {
        self.heap.clear();
        self.streams.clear();
        self.stretch = stretch;
        self.last = None;
        let (_, recency, number) = stretch.after;
        for &list in &self.lists {
            let mut open = |level, after| {
                self.streams.push(Stream {
                    list,
                    level,
                    rows: VecDeque::new(),
                    after,
                    chunk: SHORTEST,
                    over: false,
                });
            };
            if self.walk == Walk::Newest {
                // Without a due time each level is sorted by last change; the others have their own.
                for level in 0..DATED {
                    open(level, (NO_DUE, recency, number));
                }
                open(DATED, (0, recency, number));
            } else {
                open(stretch.level, stretch.after);
            }
        }
        for index in 0..self.streams.len() {
            self.offer(index)?;
        }
        Ok(())
    }

    /// Returns the stretch's next row.
    pub(crate) fn next(&mut self) -> Result<Option<Candidate>, StoreError> {
        while let Some(Reverse((_, index))) = self.heap.pop() {
            let row = self.streams[index].rows.pop_front();
            self.offer(index)?;
            // A revocation may stand where the item itself stands under another key.
            if let Some(row) = row
                && !(self.walk == Walk::SeqBack && row.bits.is_revoked())
                && self.last.replace(row.place) != Some(row.place)
            {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn offer(&mut self, index: usize) -> Result<(), StoreError> {
        if self.streams[index].rows.is_empty() && !self.streams[index].over {
            self.fill(index)?;
        }
        if let Some(row) = self.streams[index].rows.front() {
            let (due, recency, number) = row.place;
            let order = match self.walk {
                Walk::SeqBack => (-due, -recency, -number),
                _ => row.place,
            };
            self.heap.push(Reverse((order, index)));
        }
        Ok(())
    }

    fn fill(&mut self, index: usize) -> Result<(), StoreError> {
        let Stretch {
            part,
            level,
            before,
            ..
        } = self.stretch;
        let newest = self.walk == Walk::Newest;
        let stream = &mut self.streams[index];
        let (due, recency, number) = stream.after;
        let mut rows = self.fetch.query([
            stream.list.list,
            stream.list.sub,
            stream.level,
            due,
            recency,
            number,
            before,
            stream.chunk as i64,
        ])?;
        while let Some(row) = rows.next()? {
            let (due, recency, number) = (row.get(0)?, row.get(1)?, row.get(2)?);
            stream.after = (due, recency, number);
            stream.rows.push_back(Candidate {
                part,
                level,
                place: (if newest { 0 } else { due }, recency, number),
                app: row.get(3)?,
                unit: row.get(4)?,
                bits: Bits(row.get(5)?),
            });
        }
        stream.over = stream.rows.len() < stream.chunk;
        stream.chunk = (stream.chunk * 2).min(LONGEST);
        Ok(())
    }
}
