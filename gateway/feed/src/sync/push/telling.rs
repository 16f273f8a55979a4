//! How often pushes are told to the operator.
//!
//! A source may be pushed to many times a second; each end of a run is a write and a count. Owns what was not told yet:
//! it is told together, at the latest when the time for it has come. A kill loses nothing but that line of the history.

use super::Inbox;
use crate::schedule::SourceKey;
use crate::sync::pass::Passed;
use crate::sync::{Run, witness};
use chrono::{DateTime, Utc};
use divos_manifest::Connector;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// What was pushed, source by source, since it was told last.
pub(super) struct Telling {
    every: Duration,
    sources: Mutex<HashMap<SourceKey, Untold>>,
}

/// One source.
#[derive(Default)]
struct Untold {
    told: Option<Instant>,
    /// Since when, and all of it.
    held: Option<(DateTime<Utc>, Passed)>,
    /// Whether somebody waits to tell it.
    awaited: bool,
}

/// When what was pushed is told.
enum When {
    Now(DateTime<Utc>, Box<Passed>),
    At(Instant),
    Awaited,
}

impl Telling {
    /// Tells of a source that is pushed to all the time this often; at once where rows had faults.
    pub(super) fn every(every: Duration) -> Self {
        Self {
            every,
            sources: Mutex::default(),
        }
    }

    fn sources(&self) -> MutexGuard<'_, HashMap<SourceKey, Untold>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, key: &SourceKey, started: DateTime<Utc>, passed: Passed) -> When {
        let mut sources = self.sources();
        let untold = sources.entry(key.clone()).or_default();
        let (since, mut sum) = untold.held.take().unwrap_or((started, Passed::default()));
        sum.join(passed);
        let now = Instant::now();
        let due = untold.told.map_or(now, |told| told + self.every);
        if due <= now || sum.fault_count > 0 {
            untold.told = Some(now);
            return When::Now(since, Box::new(sum));
        }
        untold.held = Some((since, sum));
        match std::mem::replace(&mut untold.awaited, true) {
            true => When::Awaited,
            false => When::At(due),
        }
    }

    /// Hands over what is left to tell; nothing where it was told meanwhile.
    fn rest(&self, key: &SourceKey) -> Option<(DateTime<Utc>, Passed)> {
        let mut sources = self.sources();
        let untold = sources.get_mut(key)?;
        untold.awaited = false;
        let held = untold.held.take()?;
        untold.told = Some(Instant::now());
        Some(held)
    }
}

impl Inbox {
    /// Tells what a push came to, alone or with those after it.
    pub(super) async fn tell(
        &self,
        connector: &Arc<Connector>,
        key: &SourceKey,
        started: DateTime<Utc>,
        passed: Passed,
    ) {
        match self.telling.add(key, started, passed) {
            When::Now(since, passed) => self.conclude(connector, key, since, *passed).await,
            When::Awaited => {}
            When::At(due) => {
                let (inbox, connector, key) = (self.clone(), Arc::clone(connector), key.clone());
                tokio::spawn(async move {
                    tokio::time::sleep_until(due).await;
                    if let Some((since, passed)) = inbox.telling.rest(&key) {
                        inbox.conclude(&connector, &key, since, passed).await;
                    }
                });
            }
        }
    }

    async fn conclude(
        &self,
        connector: &Arc<Connector>,
        key: &SourceKey,
        started: DateTime<Utc>,
        passed: Passed,
    ) {
        let Some(source) = connector.source(&key.source) else {
            return;
        };
        let run = Run {
            sync: &self.sync,
            key,
            connector,
            source,
            started,
            span: witness::span(key.app.as_str(), &key.source),
        };
        run.conclude(Ok(passed)).await;
    }
}
