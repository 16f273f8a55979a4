//! Live events: what changes for one reader, as it changes. Each stream pulls from the store when it
//! is woken and its consumer is ready, so that a slow reader costs no memory: it gets a `resync`.

use crate::page::{FeedItem, GoneItem};
use divos_store::{Change, ChangesQuery, Reader, Store, StoreError};
use futures::Stream;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::watch;

/// The most changes that are told one by one; a reader who is further behind reads the feed anew.
const BEHIND: usize = 200;
/// How long a stream waits after one look before it looks again: many commits become one look.
const REST: Duration = Duration::from_millis(250);

/// Tells readers what changes.
#[derive(Clone)]
pub struct Live {
    pub(crate) store: Store,
}

/// One event of `GET /api/v1/feed/stream`.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent {
    /// An item is new or changed, as a list shows it.
    Item(Box<FeedItem>),
    /// An item is gone for this reader.
    Gone(GoneItem),
    /// Too much changed to be told one by one: read the feed anew.
    Resync {
        /// The place from which the stream goes on.
        seq: u64,
    },
}

impl LiveEvent {
    /// Returns the SSE `id`: the `seq` to replay after.
    #[must_use]
    pub fn seq(&self) -> u64 {
        match self {
            Self::Item(shown) => shown.item.seq,
            Self::Gone(gone) => gone.seq,
            Self::Resync { seq } => *seq,
        }
    }

    /// Returns the SSE `event`: `item`, `gone` or `resync`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Item(_) => "item",
            Self::Gone(_) => "gone",
            Self::Resync { .. } => "resync",
        }
    }

    /// Returns the SSE `data`: one line of JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let json = match self {
            Self::Item(shown) => serde_json::to_string(shown),
            Self::Gone(gone) => serde_json::to_string(gone),
            Self::Resync { seq } => return format!("{{\"seq\":{seq}}}"),
        };
        json.unwrap_or_else(|_| "{}".to_owned())
    }
}

impl Live {
    /// Begins a reader's stream: what changed after `last_event_id` (now, where there is none), then
    /// what changes. It ends when the store closes or fails; the browser then connects again.
    ///
    /// The reader's rights are those handed in: end the stream and begin a new one when they change.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn subscribe(
        &self,
        reader: Reader,
        last_event_id: Option<u64>,
    ) -> Result<impl Stream<Item = LiveEvent> + Send + use<>, StoreError> {
        let mut head = self.store.items.watch();
        head.mark_changed();
        let now = self.store.items.head().await?;
        let mut waiting = VecDeque::new();
        let after = match last_event_id {
            // An id from the future is another store's: whatever the browser holds is not ours.
            Some(id) if id > now => {
                waiting.push_back(LiveEvent::Resync { seq: now });
                now
            }
            Some(id) => id,
            None => now,
        };
        let follower = Follower {
            store: self.store.clone(),
            reader,
            head,
            after,
            waiting,
            looked: false,
        };
        Ok(futures::stream::unfold(
            follower,
            |mut follower| async move {
                let event = follower.next().await?;
                Some((event, follower))
            },
        ))
    }
}

/// One reader's place in the stream of changes.
struct Follower {
    store: Store,
    reader: Reader,
    head: watch::Receiver<u64>,
    after: u64,
    waiting: VecDeque<LiveEvent>,
    looked: bool,
}

impl Follower {
    async fn next(&mut self) -> Option<LiveEvent> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if std::mem::replace(&mut self.looked, true) {
                tokio::time::sleep(REST).await;
            }
            self.head.changed().await.ok()?;
            let head = *self.head.borrow_and_update();
            if head > self.after {
                self.look(head).await?;
            }
        }
    }

    async fn look(&mut self, head: u64) -> Option<()> {
        let query = ChangesQuery {
            reader: self.reader.clone(),
            after: self.after,
            limit: BEHIND,
        };
        let found = match self.store.items.changes(query).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "a live stream ends");
                return None;
            }
        };
        if found.expired || found.more {
            self.after = head.max(found.next);
            self.waiting
                .push_back(LiveEvent::Resync { seq: self.after });
            return Some(());
        }
        self.after = found.next.max(self.after);
        self.waiting.extend(found.changes.into_iter().map(event));
        Some(())
    }
}

fn event(change: Change) -> LiveEvent {
    match change {
        Change::Item(row) => LiveEvent::Item(Box::new(FeedItem::listed(*row))),
        Change::Gone {
            id,
            seq,
            reason,
            at,
        } => LiveEvent::Gone(GoneItem {
            id,
            seq,
            reason,
            at,
        }),
    }
}

#[cfg(test)]
mod tests;
