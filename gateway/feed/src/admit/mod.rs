//! Admission: what an app sent becomes what the hub may keep. Cleans, identifies, drops repeats,
//! resolves who may see it, and refuses what no rule lets in.
//!
//! Owns the caps and the rules of each app. It must never fetch, ask the time or know a schedule. Start
//! with [`clean`]; [`prepare`] is the pure step for one item, [`Line`] the way into the store.

mod line;
mod links;
mod prepare;
mod rules;
mod text;

use crate::Units;
use divos_model::{AppId, Item, ItemId, RowFault};
use divos_store::{Commit, Entry, ItemMark, ItemStore, StoreError, Tombstones, Upserted};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio::sync::oneshot;

pub use line::Line;
pub use prepare::{Prepared, prepare};
pub use rules::Rules;
pub(crate) use text::plain;

/// Items up to which a page is admitted where it is; larger ones go to worker threads in parts.
const INLINE: usize = 64;

/// What a page came to.
#[derive(Debug, Default)]
pub struct Admitted {
    /// The items to keep, each id once.
    pub entries: Vec<Entry>,
    /// Live items of the page, changed or not, by id: what a full pass has seen.
    pub seen: Vec<ItemId>,
    /// Items whose retention ended.
    pub retired: Vec<ItemId>,
    /// Items that were refused; `row` counts on the page, from 0.
    pub faults: Vec<RowFault>,
    /// What the operator should know.
    pub tally: Tally,
}

/// What was put right on the way, counted.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Items that came twice on a page; the last one counts.
    pub repeats: u64,
    /// Items that say what the store already holds.
    pub unchanged: u64,
    /// Links to other hosts, which were dropped.
    pub foreign_links: u64,
    /// Items that nobody may see.
    pub no_audience: u64,
    /// Unit codes that the directory does not hold.
    pub unknown_units: BTreeSet<String>,
}

impl Tally {
    /// Adds what another page came to.
    pub fn add(&mut self, other: &Self) {
        self.repeats += other.repeats;
        self.unchanged += other.unchanged;
        self.foreign_links += other.foreign_links;
        self.no_audience += other.no_audience;
        let room = 1000_usize.saturating_sub(self.unknown_units.len());
        self.unknown_units
            .extend(other.unknown_units.iter().take(room).cloned());
    }
}

/// Admits pages into the store.
#[derive(Clone)]
pub struct Admission {
    items: Arc<dyn ItemStore>,
    load: line::Load,
}

impl Admission {
    /// Admits into this store.
    #[must_use]
    pub fn new(items: Arc<dyn ItemStore>) -> Self {
        let load = line::Load::default();
        Self { items, load }
    }

    /// Begins a line of pages.
    #[must_use]
    pub fn line(&self) -> Line {
        Line::new(self.clone())
    }

    /// Leaves out what the store already holds, unless the source is read [`Rules::anew`].
    async fn sift(&self, admitted: &mut Admitted, rules: &Rules) -> Result<(), StoreError> {
        if rules.anew {
            return Ok(());
        }
        let marks = admitted.entries.iter().map(|e| ItemMark {
            id: e.item.id,
            hash: e.item.hash,
        });
        let unchanged = self.items.unchanged(&rules.app, marks.collect()).await?;
        let mut same = unchanged.into_iter();
        admitted.entries.retain(|_| !same.next().unwrap_or(false));
        admitted.tally.unchanged = (admitted.seen.len() - admitted.entries.len()) as u64;
        Ok(())
    }

    /// Writes a commit; nothing is written where it holds nothing.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn save(&self, commit: Commit) -> Result<Upserted, StoreError> {
        if commit.is_empty() {
            return Ok(Upserted::default());
        }
        self.items.commit(commit).await
    }

    /// Does the same once it is this commit's turn, and nothing where the sender of the turn goes away.
    async fn save_in_turn(
        &self,
        commit: Commit,
        turn: oneshot::Receiver<()>,
    ) -> Result<Upserted, StoreError> {
        if commit.is_empty() {
            turn.await.map_err(|_| StoreError::Closed)?;
            return Ok(Upserted::default());
        }
        self.items.commit_in_turn(commit, turn).await
    }

    /// Marks items of an app as gone, in commits of bounded size; returns how many were alive.
    ///
    /// # Errors
    /// Where the store failed.
    pub(crate) async fn remove(
        &self,
        app: &AppId,
        source: &str,
        gone: Vec<ItemId>,
        reason: divos_model::DeletedReason,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<u32, StoreError> {
        let mut removed = 0;
        for ids in gone.chunks(1000) {
            let gone = Some(Tombstones {
                ids: ids.to_vec(),
                reason,
            });
            let commit = Commit {
                gone,
                ..Commit::new(app.clone(), source, at)
            };
            removed += self.items.commit(commit).await?.gone;
        }
        Ok(removed)
    }
}

/// Cleans, identifies and checks a page. Asks the store nothing: [`Line::sift`] does.
pub async fn clean(page: Vec<Item>, rules: &Arc<Rules>, units: &Arc<Units>) -> Admitted {
    merge(prepare_all(page, rules, units).await, rules)
}

/// Prepares each item; a large page in parts, off the async workers.
async fn prepare_all(page: Vec<Item>, rules: &Arc<Rules>, units: &Arc<Units>) -> Vec<Prepared> {
    if page.len() <= INLINE {
        return page
            .into_iter()
            .map(|item| prepare(item, rules, units))
            .collect();
    }
    let threads = std::thread::available_parallelism().map_or(2, |n| n.get().min(4));
    let size = page.len().div_ceil(threads).max(1);
    let mut rest = page.into_iter();
    let mut parts = Vec::new();
    loop {
        let part: Vec<Item> = rest.by_ref().take(size).collect();
        if part.is_empty() {
            break;
        }
        let (rules, units) = (Arc::clone(rules), Arc::clone(units));
        parts.push(tokio::task::spawn_blocking(move || {
            part.into_iter()
                .map(|item| prepare(item, &rules, &units))
                .collect::<Vec<_>>()
        }));
    }
    let mut prepared = Vec::new();
    for part in parts {
        match part.await {
            Ok(part) => prepared.extend(part),
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => {}
        }
    }
    prepared
}

/// Puts a page together again: each id once, the last one counts.
fn merge(prepared: Vec<Prepared>, rules: &Rules) -> Admitted {
    let mut admitted = Admitted::default();
    let mut places: HashMap<ItemId, usize> = HashMap::with_capacity(prepared.len());
    for (row, prepared) in prepared.into_iter().enumerate() {
        match prepared {
            Prepared::Keep {
                item,
                keys,
                must_show,
                whole,
                leads,
                notes,
            } => {
                admitted.tally.foreign_links += u64::from(notes.foreign_links);
                admitted.tally.no_audience += u64::from(keys.is_empty());
                admitted.tally.unknown_units.extend(notes.unknown_units);
                let id = item.id;
                let source = rules.source.clone();
                let entry = Entry {
                    item: *item,
                    source,
                    keys,
                    must_show,
                    whole,
                    leads,
                };
                match places.get(&id) {
                    Some(&place) => {
                        admitted.tally.repeats += 1;
                        admitted.entries[place] = entry;
                    }
                    None => {
                        places.insert(id, admitted.entries.len());
                        admitted.entries.push(entry);
                        admitted.seen.push(id);
                    }
                }
            }
            Prepared::Retired(id) => admitted.retired.push(id),
            Prepared::Refused(fault) => admitted.faults.push(RowFault { row, ..fault }),
        }
    }
    admitted
}

#[cfg(test)]
mod tests;
