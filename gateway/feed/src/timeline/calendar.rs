//! What has a date, for the agenda and the calendar export.

use super::{PAGE_MAX, Timeline};
use crate::page::{FeedItem, FeedPage};
use crate::reader::Filter;
use chrono::{DateTime, Utc};
use divos_model::Kind;
use divos_store::{Order, PageQuery, Reader, StateFilter, StoreError};

/// The most pages that one look for dates reads.
const DATES_PAGES: usize = 10;

impl Timeline {
    /// Reads what has a date from `from` up to `until`: events and whatever is due, by date, at most
    /// `limit`. Looks at the reader's 2,000 newest items of each, so that its cost is bounded.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn calendar(
        &self,
        reader: &Reader,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: usize,
    ) -> Result<FeedPage, StoreError> {
        let now = self.clock.now();
        let mut dated = Vec::new();
        for kinds in [vec![Kind::Event], not_events()] {
            self.collect_dated(reader, kinds, from, until, &mut dated)
                .await?;
        }
        dated.sort_by_key(|shown| (date_of(shown), shown.item.id));
        dated.truncate(limit);
        Ok(FeedPage {
            items: dated,
            ..self.blank(&Filter::default(), now)
        })
    }

    async fn collect_dated(
        &self,
        reader: &Reader,
        kinds: Vec<Kind>,
        from: DateTime<Utc>,
        until: DateTime<Utc>,
        dated: &mut Vec<FeedItem>,
    ) -> Result<(), StoreError> {
        let filter = divos_store::Filter {
            kinds,
            marks: StateFilter::open(),
            ..Default::default()
        };
        let mut query = PageQuery {
            filter,
            order: Order::Newest,
            limit: PAGE_MAX,
            ..PageQuery::ranked(reader.clone(), self.clock.now())
        };
        for _ in 0..DATES_PAGES {
            let page = self.store.items.page(query.clone()).await?;
            let shown = page.rows.into_iter().map(FeedItem::listed);
            dated.extend(
                shown.filter(|item| date_of(item).is_some_and(|at| (from..until).contains(&at))),
            );
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        Ok(())
    }
}

fn not_events() -> Vec<Kind> {
    Kind::ALL
        .iter()
        .copied()
        .filter(|kind| *kind != Kind::Event)
        .collect()
}

/// The date that a calendar shows an item at.
pub(crate) fn date_of(shown: &FeedItem) -> Option<DateTime<Utc>> {
    let item = &shown.item;
    item.starts_at
        .or(item.due_at)
        .map(|at| at.with_timezone(&Utc))
}
