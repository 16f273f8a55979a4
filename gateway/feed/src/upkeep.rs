//! What time ends: items past their retention become tombstones that hold nothing of them, those that were pushed with a
//! lifetime are gone after it, and old tombstones are forgotten.
//!
//! Owns when that is done and in which portions. It needs no app: data ends whether or not its source can be read.

use crate::ring_key::SYNC_DAYS;
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::{Connector, Deletes};
use divos_model::{AppId, Clock, DeletedReason};
use divos_store::{AgedQuery, Store, StoreError, Tombstones};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// How often it is done.
const EVERY: Duration = Duration::from_secs(3600);

/// How many items are looked at in one read; as many at most are ended in one transaction.
const PORTION: usize = 1_000;

/// Keeps the store free of what has to end, at once and then again and again.
pub(crate) struct Upkeep {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    /// The connectors in force: they say how long.
    pub(crate) connectors: watch::Receiver<Vec<Arc<Connector>>>,
    pub(crate) stop: CancellationToken,
}

impl Upkeep {
    /// Works until the feed stops. Other connectors may keep less: they are looked at when they come.
    pub(crate) async fn run(mut self) {
        loop {
            self.once().await;
            let stop = self.stop.clone();
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
                changed = self.connectors.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }

    async fn once(&mut self) {
        let now = self.clock.now();
        let connectors = self.connectors.borrow_and_update().clone();
        for connector in connectors {
            let app = &connector.id;
            match retain(&self.store, &connector, now).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(%app, count, "items past their retention were let go"),
                Err(error) => tracing::warn!(%app, %error, "retention could not be carried out"),
            }
            match lapse(&self.store, &connector, now).await {
                Ok(0) => {}
                Ok(count) => tracing::info!(%app, count, "items past their lifetime were let go"),
                Err(error) => tracing::warn!(%app, %error, "a lifetime could not be carried out"),
            }
        }
        match self
            .store
            .items
            .purge(now - TimeDelta::days(SYNC_DAYS))
            .await
        {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old tombstones were forgotten"),
            Err(error) => tracing::warn!(%error, "old tombstones could not be forgotten"),
        }
    }
}

/// Ends the items of an app that are older than it says; returns how many were alive.
pub(crate) async fn retain(
    store: &Store,
    connector: &Connector,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    match connector.privacy.retain.and_then(|kept| before(now, kept)) {
        Some(before) => {
            let aged = aged(&connector.id, None, before);
            end(store, aged, DeletedReason::Retention, now).await
        }
        None => Ok(0),
    }
}

/// Ends the items of pushed sources whose lifetime (`ttl`) is over since they changed last: no pass sees them again.
/// Returns how many were alive.
pub(crate) async fn lapse(
    store: &Store,
    connector: &Connector,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut ended = 0;
    for source in &connector.sources {
        let Deletes::Ttl(ttl) = source.deletes else {
            continue;
        };
        let pushed = before(now, ttl).filter(|_| source.fetch.is_push());
        if let Some(before) = pushed {
            let aged = aged(&connector.id, Some(&source.name), before);
            ended += end(store, aged, DeletedReason::Removed, now).await?;
        }
    }
    Ok(ended)
}

/// Ends aged items. Every portion is a transaction of its own: whoever is killed in between begins again, and what is
/// ended is ended.
async fn end(
    store: &Store,
    mut query: AgedQuery,
    reason: DeletedReason,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let mut ended = 0;
    loop {
        let part = store.items.aged(query.clone()).await?;
        if !part.ids.is_empty() {
            let ids = part.ids;
            ended += u64::from(
                store
                    .items
                    .tombstone(Tombstones { ids, reason }, now)
                    .await?,
            );
        }
        match part.next {
            Some(place) => query.after = Some(place),
            None => return Ok(ended),
        }
    }
}

fn before(now: DateTime<Utc>, span: Duration) -> Option<DateTime<Utc>> {
    now.checked_sub_signed(TimeDelta::from_std(span).ok()?)
}

fn aged(app: &AppId, source: Option<&str>, before: DateTime<Utc>) -> AgedQuery {
    AgedQuery {
        app: app.clone(),
        source: source.map(str::to_owned),
        before,
        after: None,
        limit: PORTION,
    }
}
