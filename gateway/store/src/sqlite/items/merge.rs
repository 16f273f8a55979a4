//! Merging the lists of a reader's keys into one, without reading more of any than is needed.

use super::index::{Bits, NO_DUE};
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
     WHERE key = ?1 AND facet = ?2 AND level = ?3 AND (due, recency, number) > (?4, ?5, ?6) \
     AND due < ?7 ORDER BY due, recency, number LIMIT ?8";

const BACKWARD: &str = "SELECT due, recency, number, app, unit, bits FROM ix \
     WHERE key = ?1 AND facet = ?2 AND level = ?3 AND (due, recency, number) < (?4, ?5, ?6) \
     AND due < ?7 ORDER BY due DESC, recency DESC, number DESC LIMIT ?8";

/// The lists of some keys, merged. Equal rows of several lists come once.
pub(crate) struct Merge<'c> {
    fetch: CachedStatement<'c>,
    backward: bool,
    streams: Vec<Stream>,
    heap: BinaryHeap<Reverse<(Place, usize)>>,
    stretch: Stretch,
    last: Option<Place>,
}

struct Stream {
    key: i64,
    facet: i64,
    rows: VecDeque<Candidate>,
    after: Place,
    chunk: usize,
    over: bool,
}

impl<'c> Merge<'c> {
    /// Prepares to merge lists, each a key's word and a facet. Backward goes from high to low.
    pub(crate) fn new(
        db: &'c Connection,
        lists: &[(i64, i64)],
        backward: bool,
    ) -> Result<Self, StoreError> {
        let sql = if backward { BACKWARD } else { FORWARD };
        let stream = |&(key, facet): &(i64, i64)| Stream {
            key,
            facet,
            rows: VecDeque::new(),
            after: START,
            chunk: SHORTEST,
            over: true,
        };
        Ok(Self {
            fetch: db.prepare_cached(sql)?,
            backward,
            streams: lists.iter().map(stream).collect(),
            heap: BinaryHeap::with_capacity(lists.len()),
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
        self.stretch = stretch;
        self.last = None;
        for index in 0..self.streams.len() {
            let stream = &mut self.streams[index];
            stream.rows.clear();
            stream.after = stretch.after;
            stream.chunk = SHORTEST;
            stream.over = false;
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
                && !(self.backward && row.bits.is_revoked())
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
            let order = if self.backward {
                let (due, recency, number) = row.place;
                (-due, -recency, -number)
            } else {
                row.place
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
        let stream = &mut self.streams[index];
        let (due, recency, number) = stream.after;
        let chunk = stream.chunk as i64;
        let bounds = [
            stream.key,
            stream.facet,
            level,
            due,
            recency,
            number,
            before,
            chunk,
        ];
        let mut rows = self.fetch.query(bounds)?;
        while let Some(row) = rows.next()? {
            stream.rows.push_back(Candidate {
                part,
                level,
                place: (row.get(0)?, row.get(1)?, row.get(2)?),
                app: row.get(3)?,
                unit: row.get(4)?,
                bits: Bits(row.get(5)?),
            });
        }
        stream.over = stream.rows.len() < stream.chunk;
        stream.chunk = (stream.chunk * 2).min(LONGEST);
        if let Some(row) = stream.rows.back() {
            stream.after = row.place;
        }
        Ok(())
    }
}
