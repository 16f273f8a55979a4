//! The pages of one pass on their way into the store, in order, while the next ones are fetched and prepared.
//!
//! Writing one commit, the writer needs nobody; so the next is made ready meanwhile and begins the moment the first
//! is on the disk, never before. What comes while both are under way waits to become one commit, since a flush of
//! the disk takes as long as writing hundreds of items. Owns the order, and how much may wait. A place goes
//! into the store with the pages before it. It must never know what a place means: the last commit is handed back for
//! whoever moves the source to its end.

use super::{Admission, Admitted, Rules};
use divos_model::ItemId;
use divos_store::{Commit, StoreError, Upserted};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::oneshot;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// Commits under way at the most: one that is written, and one that is made ready.
const UNDER_WAY: usize = 2;
/// Pages wait together until they hold this many items …
const FULL_ITEMS: usize = 2_000;
/// … or came in documents of this many bytes.
const FULL_BYTES: usize = 8 << 20;
/// Items on their way in all lines from which on each has one commit under way and holds no more than a page.
const CROWDED: usize = 4_000;

/// A line of pages before the store. Dropped, it forgets what the store was not yet given; a commit is written
/// whole or not at all.
pub struct Line {
    admission: Admission,
    waiting: Option<Waiting>,
    under_way: VecDeque<Saving>,
    /// Tells the next commit that those before it are on the disk.
    turn: oneshot::Receiver<()>,
}

/// A commit under way.
struct Saving {
    outcome: AbortOnDropHandle<Result<Upserted, StoreError>>,
    ids: HashSet<ItemId>,
    _share: Share,
}

/// Pages that will be one commit.
struct Waiting {
    commit: Commit,
    bytes: usize,
    ids: HashSet<ItemId>,
    share: Share,
}

impl Waiting {
    fn is_full(&self) -> bool {
        self.ids.len() >= FULL_ITEMS || self.bytes >= FULL_BYTES || self.share.load.is_crowded()
    }
}

/// How many items are on their way in all lines of a store. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Load(Arc<AtomicUsize>);

impl Load {
    fn is_crowded(&self) -> bool {
        self.0.load(Ordering::Relaxed) >= CROWDED
    }

    fn share(&self, items: usize) -> Share {
        self.0.fetch_add(items, Ordering::Relaxed);
        Share {
            load: self.clone(),
            items,
        }
    }
}

/// Items that count until they are dropped.
struct Share {
    load: Load,
    items: usize,
}

impl Share {
    fn add(&mut self, items: usize) {
        self.load.0.fetch_add(items, Ordering::Relaxed);
        self.items += items;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.load.0.fetch_sub(self.items, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

impl Line {
    pub(super) fn new(admission: Admission) -> Self {
        Self {
            admission,
            waiting: None,
            under_way: VecDeque::with_capacity(UNDER_WAY),
            turn: now(),
        }
    }

    /// Leaves out of a page what the store holds already; `gone` are the items that the page says are gone. A page
    /// that names an item which is still on its way waits until that is written, since it would be compared with
    /// what the store held before; so does one whose retired items are about to be removed. Returns what was
    /// written since.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn sift(
        &mut self,
        page: &mut Admitted,
        gone: &[ItemId],
        rules: &Rules,
    ) -> Result<Upserted, StoreError> {
        let mut named = page.seen.iter().chain(gone);
        let written = if !page.retired.is_empty() || named.any(|id| self.holds(id)) {
            self.settle().await?
        } else {
            Upserted::default()
        };
        self.admission.sift(page, rules).await?;
        Ok(written)
    }

    fn holds(&self, id: &ItemId) -> bool {
        let waiting = self.waiting.iter().map(|waiting| &waiting.ids);
        let under_way = self.under_way.iter().map(|saving| &saving.ids);
        waiting.chain(under_way).any(|ids| ids.contains(id))
    }

    /// Another page came, so what waits is not the last: sends it off, unless enough is under way and there is room
    /// to wait. Returns what was written since.
    ///
    /// # Errors
    /// Where a commit failed; then nothing after it will be written.
    pub async fn proceed(&mut self) -> Result<Upserted, StoreError> {
        let mut written = Upserted::default();
        while self
            .under_way
            .front()
            .is_some_and(|saving| saving.outcome.is_finished())
        {
            written = sum(written, self.land().await?);
        }
        let most = match self.admission.load.is_crowded() {
            true => 1,
            false => UNDER_WAY,
        };
        while self.under_way.len() >= most && self.waiting.as_ref().is_some_and(Waiting::is_full) {
            written = sum(written, self.land().await?);
        }
        if self.under_way.len() < UNDER_WAY {
            self.send_off();
        }
        Ok(written)
    }

    /// Puts a page, read from a document of `bytes`, at the end of the line. What waits already and this page
    /// become one commit. They share no item, since [`sift`](Self::sift) settles where they would.
    pub fn push(&mut self, page: Commit, bytes: usize) {
        let gone = page.gone.iter().flat_map(|gone| &gone.ids);
        let ids = page.entries.iter().map(|entry| &entry.item.id).chain(gone);
        let ids: HashSet<ItemId> = ids.copied().collect();
        let Some(waiting) = &mut self.waiting else {
            let commit = page;
            let share = self.admission.load.share(ids.len());
            self.waiting = Some(Waiting {
                commit,
                bytes,
                ids,
                share,
            });
            return;
        };
        waiting.share.add(ids.len());
        waiting.bytes = waiting.bytes.saturating_add(bytes);
        waiting.ids.extend(ids);
        waiting.commit.entries.extend(page.entries);
        waiting.commit.events.extend(page.events);
        waiting.commit.cursor = page.cursor.or(waiting.commit.cursor.take());
        waiting.commit.place = page.place.or(waiting.commit.place.take());
        match (&mut waiting.commit.gone, page.gone) {
            (Some(gone), Some(more)) => gone.ids.extend(more.ids),
            (gone @ None, more) => *gone = more,
            (Some(_), None) => {}
        }
    }

    /// Writes everything, and returns what was written since.
    ///
    /// # Errors
    /// Where a commit failed; then nothing after it will be written.
    pub async fn settle(&mut self) -> Result<Upserted, StoreError> {
        self.send_off();
        self.land_all().await
    }

    /// Ends the line: waits for what is under way, and hands back what waits, for the cursor to go with it.
    ///
    /// # Errors
    /// Where a commit failed; then nothing after it will be written.
    pub async fn last(mut self) -> Result<(Upserted, Option<Commit>), StoreError> {
        let written = self.land_all().await?;
        Ok((written, self.waiting.take().map(|waiting| waiting.commit)))
    }

    fn send_off(&mut self) {
        let waiting = self.waiting.take();
        let Some(Waiting {
            commit, ids, share, ..
        }) = waiting
        else {
            return;
        };
        let (done, next) = oneshot::channel();
        let turn = std::mem::replace(&mut self.turn, next);
        let admission = self.admission.clone();
        let save = async move {
            let upserted = admission.save_in_turn(commit, turn).await?;
            // Nobody may come after it.
            let _ = done.send(());
            Ok(upserted)
        };
        let outcome = AbortOnDropHandle::new(tokio::spawn(save.in_current_span()));
        self.under_way.push_back(Saving {
            outcome,
            ids,
            _share: share,
        });
    }

    async fn land_all(&mut self) -> Result<Upserted, StoreError> {
        let mut written = Upserted::default();
        while !self.under_way.is_empty() {
            written = sum(written, self.land().await?);
        }
        Ok(written)
    }

    /// Waits for the oldest commit under way. After one that failed the turn comes to no other.
    async fn land(&mut self) -> Result<Upserted, StoreError> {
        let Some(saving) = self.under_way.front_mut() else {
            return Ok(Upserted::default());
        };
        let joined = (&mut saving.outcome).await;
        self.under_way.pop_front();
        let outcome = match joined {
            Ok(outcome) => outcome,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Err(StoreError::Closed),
        };
        if outcome.is_err() {
            self.waiting = None;
            self.under_way.clear();
        }
        outcome
    }
}

/// The turn of the first commit, which waits for none.
fn now() -> oneshot::Receiver<()> {
    let (turn, first) = oneshot::channel();
    // The receiver is held.
    let _ = turn.send(());
    first
}

fn sum(a: Upserted, b: Upserted) -> Upserted {
    Upserted {
        new: a.new.saturating_add(b.new),
        changed: a.changed.saturating_add(b.changed),
        unchanged: a.unchanged.saturating_add(b.unchanged),
        gone: a.gone.saturating_add(b.gone),
        seq: a.seq.max(b.seq),
    }
}

#[cfg(test)]
mod tests;
