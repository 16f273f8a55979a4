//! The sync: what changed for a reader, by rising `seq`, with what is gone.

use super::{Timeline, TimelineError};
use crate::page::{FeedItem, FeedPage, GoneItem};
use crate::reader::{Filter, FilterFault, Since};
use crate::ring_key::{CursorError, Place};
use chrono::{DateTime, Utc};
use divos_store::{Change, ChangesQuery, Reader};

/// The most reads of the store that one page of a sync makes while the filter lets nothing through.
const SYNC_LOOKS: usize = 20;

impl Timeline {
    pub(super) async fn sync(
        &self,
        reader: &Reader,
        filter: &Filter,
        since: Since,
        place: Option<Place>,
        limit: usize,
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
        for _ in 0..SYNC_LOOKS {
            let query = ChangesQuery {
                reader: reader.clone(),
                after,
                limit,
            };
            let found = self.store.items.changes(query).await?;
            if found.expired && !catching_up {
                return Err(CursorError::Expired {
                    restart: DateTime::UNIX_EPOCH,
                }
                .into());
            }
            after = found.next;
            catching_up &= found.more;
            for change in found.changes {
                take(&mut page, change, filter, from);
            }
            if !found.more || !page.items.is_empty() || !page.gone.is_empty() {
                break;
            }
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

/// Adds a change to a page of the sync.
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
