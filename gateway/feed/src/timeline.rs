//! Reading: what one reader may see, page by page. Everything is cut by the reader's rights in the
//! store; nothing here widens them.

mod calendar;
mod syncs;

use crate::board::Board;
use crate::page::{FeedItem, FeedPage, Mark, MarkChange};
use crate::reader::{Filter, FilterFault, digest};
use crate::ring_key::{Binding, CursorError, CursorKey, Place};
use chrono::{DateTime, Utc};
use divos_model::{Clock, ItemId, wita};
use divos_store::{
    AppCount, CountsQuery, HoldingQuery, OwnPlace, PageQuery, Position, Reader, StateChange,
    StateFilter, Store, StoreError,
};
use std::sync::Arc;

/// The most items of a page.
pub(crate) const PAGE_MAX: usize = 200;

/// Reads the feed for its readers.
#[derive(Clone)]
pub struct Timeline {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) key: CursorKey,
    pub(crate) board: Arc<Board>,
}

/// Why a page could not be read.
#[derive(Debug, thiserror::Error)]
pub enum TimelineError {
    /// The cursor leads nowhere: 400 or 410.
    #[error(transparent)]
    Cursor(#[from] CursorError),
    /// The filter means nothing: 400.
    #[error(transparent)]
    Filter(#[from] FilterFault),
    /// The store failed: 503.
    #[error("the feed could not be read")]
    Store(#[from] StoreError),
}

impl Timeline {
    /// Reads one page: on the screen's order, or, with `since`, what changed by rising `seq`.
    /// `limit` counts from 1 to 200, what is gone included. The cursor is a former page's `next` for the same reader and filter.
    ///
    /// # Errors
    /// See [`TimelineError`].
    pub async fn page(
        &self,
        reader: &Reader,
        filter: &Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FeedPage, TimelineError> {
        let now = self.clock.now();
        let binding = Binding {
            person: reader.person.to_string(),
            reader: digest(reader),
            filter: filter.digest(),
        };
        let place = cursor
            .map(|text| self.key.open(text, &binding, now))
            .transpose()?;
        let limit = limit.clamp(1, PAGE_MAX);
        let (mut page, next) = match filter.since {
            Some(since) => {
                self.sync(reader, filter, since, place, limit, syncs::LOOKS)
                    .await?
            }
            None => self.screen(reader, filter, place, limit, now).await?,
        };
        page.next = next.map(|place| self.key.seal(&binding.claims(place, now)));
        Ok(page)
    }

    async fn screen(
        &self,
        reader: &Reader,
        filter: &Filter,
        place: Option<Place>,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Result<(FeedPage, Option<Place>), TimelineError> {
        let after = match place {
            Some(Place::Screen { after }) => Some(after),
            Some(Place::Sync { .. }) => return Err(CursorError::Invalid.into()),
            None => None,
        };
        let query = PageQuery {
            filter: self.meant(filter).await?,
            after,
            limit,
            ..PageQuery::ranked(reader.clone(), now)
        };
        let found = self.store.items.page(query).await?;
        let mut page = self.blank(filter, now);
        page.items = found.rows.into_iter().map(FeedItem::listed).collect();
        Ok((
            page,
            found.next.map(|after: Position| Place::Screen { after }),
        ))
    }

    fn blank(&self, filter: &Filter, now: DateTime<Utc>) -> FeedPage {
        let mut stale_apps = self.board.stale(now);
        if let Some(app) = &filter.app {
            stale_apps.retain(|stale| stale.app == *app);
        }
        FeedPage {
            items: Vec::new(),
            next: None,
            more: false,
            gone: Vec::new(),
            as_of: now.with_timezone(&wita()),
            stale_apps,
        }
    }

    /// Puts the reader's words into the store's.
    async fn meant(&self, filter: &Filter) -> Result<divos_store::Filter, StoreError> {
        let units = match &filter.unit {
            // A unit that the directory does not hold still finds what names it exactly.
            Some(code) => {
                let mut units = self.store.people.subtree(code).await?;
                if units.is_empty() {
                    units.push(code.clone());
                }
                units
            }
            None => Vec::new(),
        };
        Ok(divos_store::Filter {
            kinds: filter.kind.into_iter().collect(),
            apps: filter.app.iter().cloned().collect(),
            states: filter.state.into_iter().collect(),
            units,
            text: filter.q.clone(),
            since: None,
            marks: marks(filter),
        })
    }

    /// Reads one item whole; `None` where it is gone or the reader may not see it.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn item(&self, reader: &Reader, id: ItemId) -> Result<Option<FeedItem>, StoreError> {
        Ok(self.store.items.get(id, reader).await?.map(FeedItem::whole))
    }

    /// Looks through what a reader may see for words in its texts, part by part; for a person's own data.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn holding(
        &self,
        query: HoldingQuery,
    ) -> Result<(Vec<FeedItem>, Option<OwnPlace>), StoreError> {
        let part = self.store.own.holding(query).await?;
        Ok((
            part.rows.into_iter().map(FeedItem::whole).collect(),
            part.next,
        ))
    }

    /// Changes the reader's mark on an item; `None` where it is gone or they may not see it.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn set_state(
        &self,
        reader: &Reader,
        id: ItemId,
        change: &MarkChange,
    ) -> Result<Option<Mark>, StoreError> {
        let Some(row) = self.store.items.get(id, reader).await? else {
            return Ok(None);
        };
        let wanted = StateChange {
            seen: change.seen.map(|seen| seen.then_some(row.item.hash)),
            done: change.done,
            pinned: change.pinned,
            snoozed_until: change.snoozed_until,
            muted: None,
        };
        match self
            .store
            .items
            .mark(reader, id, wanted, self.clock.now())
            .await
        {
            Ok(marks) => {
                let unread = marks.seen != Some(row.item.hash);
                Ok(Some(Mark::of(&divos_store::Row {
                    marks,
                    unread,
                    ..row
                })))
            }
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Counts, app by app, what is unread and open, up to 1000 each. Apps without any are left out.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn unread(&self, reader: &Reader) -> Result<Vec<AppCount>, StoreError> {
        let query = CountsQuery {
            reader: reader.clone(),
            marks: StateFilter::unread(),
            cap: 1000,
            now: self.clock.now(),
        };
        self.store.items.counts(query).await
    }
}

/// By what the reader marked: nothing done or put off, unless that or a text is asked for.
fn marks(filter: &Filter) -> StateFilter {
    let asked = filter.done || filter.snoozed;
    let mut marks = if filter.q.is_some() || asked || filter.pinned {
        StateFilter::default()
    } else {
        StateFilter::open()
    };
    marks.unread = filter.unread.then_some(true);
    marks.pinned = filter.pinned.then_some(true);
    if filter.done {
        marks.done = Some(true);
    }
    if filter.snoozed {
        marks.snoozed = Some(true);
    }
    marks
}

#[cfg(test)]
mod tests;
