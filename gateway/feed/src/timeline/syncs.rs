//! The sync: what changed for a reader, by rising `seq`, with what is gone.

use super::{Timeline, TimelineError};
use crate::page::{FeedItem, FeedPage, GoneItem};
use crate::reader::{Filter, FilterFault, Since};
use crate::ring_key::{CursorError, Place};
use chrono::{DateTime, Utc};
use divos_store::{Change, ChangesQuery, Reader};

/// How far one page of a sync looks while the filter lets little through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looks {
    /// The most reads of the store.
    pub(super) most: usize,
    /// The changes of one read, but for the first: that one asks for no more than the page holds.
    pub(super) step: usize,
}

/// Within these bounds: 9500 changes and a page.
pub(super) const LOOKS: Looks = Looks {
    most: 20,
    step: 500,
};

impl Timeline {
    /// Reads one page of the sync: at most `limit` changes, and fewer only where there are no more or
    /// the looks are used up; the page tells which.
    pub(super) async fn sync(
        &self,
        reader: &Reader,
        filter: &Filter,
        since: Since,
        place: Option<Place>,
        limit: usize,
        looks: Looks,
    ) -> Result<(FeedPage, Option<Place>), TimelineError> {
        syncable(filter)?;
        let from = match since {
            Since::Time(at) => Some(at),
            Since::Seq(_) => None,
        };
        let (mut after, mut catching_up) = match (place, since) {
            (Some(Place::Sync { seq, catching_up }), _) => (seq, catching_up),
            (Some(Place::Screen { .. }), _) => return Err(CursorError::Invalid.into()),
            (None, Since::Seq(seq)) => (seq, seq == 0),
            (None, Since::Time(_)) => (0, true),
        };
        let mut page = self.blank(filter, self.clock.now());
        let mut step = limit;
        for _ in 0..looks.most {
            let query = ChangesQuery {
                reader: reader.clone(),
                after,
                limit: step,
            };
            let found = self.store.items.changes(query).await?;
            if found.expired && !catching_up {
                return Err(CursorError::Expired {
                    restart: DateTime::UNIX_EPOCH,
                }
                .into());
            }
            (after, page.more) = (found.next, found.more);
            let mut changes = found.changes.into_iter();
            while let Some(change) = changes.next() {
                let seq = change.seq();
                take(&mut page, change, filter, from);
                if is_full(&page, limit) {
                    if changes.len() > 0 {
                        (after, page.more) = (seq, true);
                    }
                    break;
                }
            }
            catching_up &= page.more;
            if !page.more || is_full(&page, limit) {
                break;
            }
            step = looks.step;
        }
        Ok((
            page,
            Some(Place::Sync {
                seq: after,
                catching_up,
            }),
        ))
    }
}

/// A sync can be cut by what never changes about an item, and by nothing else: an item that left the
/// filter would stay with the client for ever.
fn syncable(filter: &Filter) -> Result<(), FilterFault> {
    let clash = [
        ("state", filter.state.is_some()),
        ("unit", filter.unit.is_some()),
        ("unread", filter.unread),
        ("pinned", filter.pinned),
        ("done", filter.done),
        ("snoozed", filter.snoozed),
        ("q", filter.q.is_some()),
    ];
    match clash.into_iter().find(|(_, set)| *set) {
        Some((field, _)) => Err(FilterFault {
            field,
            expected: "for use with `since`",
        }),
        None => Ok(()),
    }
}

fn is_full(page: &FeedPage, limit: usize) -> bool {
    page.items.len() + page.gone.len() >= limit
}

/// Adds a change to a page of the sync, where the filter lets it through.
fn take(page: &mut FeedPage, change: Change, filter: &Filter, from: Option<DateTime<Utc>>) {
    match change {
        Change::Item(row) => {
            let item = &row.item;
            let of_kind = filter.kind.is_none_or(|kind| kind == item.kind());
            let of_app = filter.app.as_ref().is_none_or(|app| *app == item.app);
            let recent = from.is_none_or(|from| item.provenance.fetched_at >= from);
            if of_kind && of_app && recent {
                page.items.push(FeedItem::listed(*row));
            }
        }
        Change::Gone {
            id,
            seq,
            reason,
            at,
        } => {
            if from.is_none_or(|from| at >= from) {
                page.gone.push(GoneItem {
                    id,
                    seq,
                    reason,
                    at,
                });
            }
        }
    }
}
