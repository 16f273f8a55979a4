//! What apps push: a page that nobody asked for, through the same admission into the same store.
//!
//! Owns that no event is taken twice. It must never know HTTP or how an app proves itself. Start with [`Inbox::take`].

mod telling;

use super::pass::Passed;
use super::{Run, Sync};
use crate::admit::Rules;
use crate::schedule::SourceKey;
use divos_adapters::FetchError;
use divos_manifest::Connector;
use divos_model::RowFault;
use divos_store::{Commit, EventKey, StoreError};
use serde_json::Value as Json;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use telling::Telling;

/// How often a source that is pushed to all the time is told of.
const TELL_EVERY: Duration = Duration::from_secs(10);

/// One pushed event.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// What tells it from every other.
    pub key: EventKey,
    /// What the mapping reads.
    pub record: Json,
}

/// What became of a push. Whatever is counted here survives a kill of the process.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taken {
    /// Events that were taken now.
    pub taken: usize,
    /// Events that had been taken before.
    pub repeated: usize,
    /// Those of the taken ones that did not become items, and why; at most a hundred.
    pub faults: Vec<RowFault>,
    /// How many did not.
    pub faulty: usize,
}

/// Why a push was not taken. None of its events was.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The connector has no such source, or its mapping does not compile.
    #[error(transparent)]
    Source(#[from] FetchError),
    /// The store failed.
    #[error("what was pushed could not be saved")]
    Store(#[from] StoreError),
}

/// Where apps push to. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    sync: Arc<Sync>,
    telling: Arc<Telling>,
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl Inbox {
    pub(crate) fn new(sync: Arc<Sync>) -> Self {
        Self::telling_every(sync, TELL_EVERY)
    }

    pub(super) fn telling_every(sync: Arc<Sync>, every: Duration) -> Self {
        Self {
            sync,
            telling: Arc::new(Telling::every(every)),
        }
    }

    /// Takes events of one source, in their order; each at most once, for as long as tombstones are kept.
    ///
    /// # Errors
    /// Why none was taken; they may be sent again.
    pub async fn take(
        &self,
        connector: &Arc<Connector>,
        source: &str,
        events: Vec<Pushed>,
    ) -> Result<Taken, PushError> {
        let sync = &*self.sync;
        let key = SourceKey::new(&connector.id, source);
        let Some(source) = connector.source(source) else {
            return Ok(Taken::default());
        };
        let sent = events.len();
        let events = self.fresh(events).await?;
        let mut outcome = Taken {
            taken: events.len(),
            repeated: sent - events.len(),
            ..Taken::default()
        };
        if events.is_empty() {
            return Ok(outcome);
        }
        let (keys, records): (Vec<_>, Vec<_>) =
            events.into_iter().map(|e| (e.key, e.record)).unzip();
        let page = sync.outside.take(connector, source, &records)?;
        let started = sync.clock.now();
        let run = Run {
            sync,
            key: &key,
            connector,
            source,
            started,
            span: super::witness::span(key.app.as_str(), &source.name),
        };
        let rules = Arc::new(Rules::of(connector, &source.name, started));
        let units = sync.units.at(started).await?;
        let mut passed = Passed::default();
        let commit = Commit {
            events: keys,
            ..passed.pushed(&run, page, &rules, &units).await?
        };
        passed.saved(sync.admission.save(commit).await?);
        outcome.faults.clone_from(&passed.faults);
        outcome.faulty = passed.fault_count as usize;
        self.tell(connector, &key, started, passed).await;
        Ok(outcome)
    }

    /// Leaves out what was taken before, and what comes twice.
    async fn fresh(&self, events: Vec<Pushed>) -> Result<Vec<Pushed>, StoreError> {
        let keys = events.iter().map(|event| event.key).collect();
        let taken = self.sync.items.taken(keys).await?;
        let mut seen = HashSet::new();
        let fresh = events.into_iter().zip(taken);
        let fresh = fresh.filter(|(event, taken)| !taken && seen.insert(event.key));
        Ok(fresh.map(|(event, _)| event).collect())
    }
}
