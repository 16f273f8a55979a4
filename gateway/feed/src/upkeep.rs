//! What time ends: items past their retention become tombstones that hold nothing of them, and old tombstones are
//! forgotten.
//!
//! Owns when that is done and in which portions. It needs no app: data ends whether or not its source can be read.

use crate::ring_key::SYNC_DAYS;
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::Connector;
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

/// Ends the items of an app that are older than it says. Every portion is a transaction of its own: whoever is killed
/// in between begins again, and what is ended is ended. Returns how many were alive.
pub(crate) async fn retain(
    store: &Store,
    connector: &Connector,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let kept = connector.privacy.retain.map(TimeDelta::from_std);
    let Some(before) = kept.and_then(|kept| now.checked_sub_signed(kept.ok()?)) else {
        return Ok(0);
    };
    let mut ended = 0;
    let mut query = aged(&connector.id, before);
    loop {
        let part = store.items.aged(query.clone()).await?;
        if !part.ids.is_empty() {
            let gone = Tombstones {
                ids: part.ids,
                reason: DeletedReason::Retention,
            };
            ended += u64::from(store.items.tombstone(gone, now).await?);
        }
        match part.next {
            Some(place) => query.after = Some(place),
            None => return Ok(ended),
        }
    }
}

fn aged(app: &AppId, before: DateTime<Utc>) -> AgedQuery {
    AgedQuery {
        app: app.clone(),
        before,
        after: None,
        limit: PORTION,
    }
}
