//! What a reader made of one pass.

use super::wire::Tally;
use crate::{FetchError, Pages, Summary};
use divos_model::{Item, ItemId, RowFault};
use std::collections::{HashMap, HashSet};

/// What came of one pass.
#[derive(Debug)]
pub(super) struct Pass {
    /// The items, page by page.
    pub(super) pages: Vec<Vec<Item>>,
    /// How many records each page held.
    pub(super) rows: Vec<usize>,
    pub(super) faults: Vec<RowFault>,
    /// The ids of all records that were met.
    pub(super) seen: HashSet<ItemId>,
    pub(super) error: Option<FetchError>,
    pub(super) summary: Summary,
    pub(super) tally: Tally,
}

impl Pass {
    /// Of a pass that was not made.
    pub(super) fn none() -> Self {
        Self {
            pages: Vec::new(),
            rows: Vec::new(),
            faults: Vec::new(),
            seen: HashSet::new(),
            error: None,
            summary: Summary::default(),
            tally: Tally::default(),
        }
    }

    /// Reads to the end; `tally` tells what passed over the wire.
    pub(super) async fn over(mut pages: Pages, tally: impl Fn() -> Tally) -> Self {
        let mut pass = Self::none();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => {
                    pass.pages.push(page.batch.items);
                    pass.rows.push(page.raw_rows);
                    pass.faults.extend(page.batch.faults);
                    pass.seen.extend(page.seen);
                }
                Err(error) => pass.error = Some(error),
            }
        }
        pass.summary = pages.summary().clone();
        pass.tally = tally();
        pass
    }

    /// The items by their ids; of one that came twice the last.
    pub(super) fn items(&self) -> HashMap<ItemId, &Item> {
        let all = self.pages.iter().flatten();
        all.map(|item| (item.id, item)).collect()
    }

    /// Tells whether anything was said about what is amiss.
    pub(super) fn tells(&self) -> bool {
        self.error.is_some() || self.summary.partial.is_some() || !self.faults.is_empty()
    }

    /// The last answer that held records.
    pub(super) fn last_full(&self) -> usize {
        let last = self.rows.iter().rposition(|rows| *rows > 0);
        let answers = self.tally.answered.saturating_sub(1);
        last.unwrap_or(0).min(answers)
    }
}
