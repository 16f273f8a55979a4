//! A reload: the files are read again, and what they mean takes the place of what was in force.
//!
//! Owns the order: read, check, route, schedule, put in force; a step that fails leaves all as it was. It
//! must never touch a request that is running. Triggers are in `watch`.

mod settings;
mod watch;

pub use settings::{Settings, SettingsError, SettingsSource};
pub use watch::{FileWatch, watch};

use crate::definitions::editing::Reload;
use crate::definitions::{Changes, Definitions};
use crate::phases::RouteTable;
use crate::routes::{PublicAddress, TableError, table};
use crate::telemetry::Instruments;
use arc_swap::ArcSwap;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_feed::Feed;
use divos_manifest::{Fault, Format, Severity, render};
use divos_model::{AppId, Clock, Lang};
use divos_sso::HostSet;
use divos_store::StoreError;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{Mutex, watch as channel};

/// Why a reload changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// The settings are faulty.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The files could not be read to the end.
    #[error("the definitions could not be read")]
    Interrupted(#[source] tokio::task::JoinError),
    /// The connectors clash.
    #[error("the connectors cannot be routed together")]
    Table(#[from] TableError),
    /// The feed could not take the new set.
    #[error("the feed cannot take the connectors")]
    Feed(#[from] StoreError),
}

/// What came of the last reload.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Report {
    /// When.
    pub at: DateTime<Utc>,
    /// What changed.
    #[serde(flatten)]
    pub changes: Changes,
    /// Settings that were changed and need a restart.
    pub restart_needed: Vec<String>,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

/// Everything that a reload moves.
pub struct ReloadParts {
    /// The settings.
    pub settings: Arc<Settings>,
    /// The connectors.
    pub definitions: Arc<Definitions>,
    /// The routes.
    pub routes: Arc<ArcSwap<RouteTable>>,
    /// The hosts that a browser may be sent to.
    pub hosts: Arc<ArcSwap<HostSet>>,
    /// How browsers reach the hub and its apps.
    pub address: PublicAddress,
    /// The schedule.
    pub feed: Feed,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where it is counted.
    pub instruments: Instruments,
}

/// Reloads, one at a time.
pub struct Reloader {
    parts: ReloadParts,
    one: Mutex<()>,
    last: channel::Sender<Option<Report>>,
}

impl Reloader {
    /// Prepares to reload these parts.
    #[must_use]
    pub fn new(parts: ReloadParts) -> Self {
        Self {
            parts,
            one: Mutex::new(()),
            last: channel::Sender::new(None),
        }
    }

    /// Reads the files again and puts in force what changed, connector by connector.
    ///
    /// # Errors
    /// Where nothing was changed, and why.
    pub async fn reload(&self) -> Result<Report, ReloadError> {
        let _one = self.one.lock().await;
        let began = std::time::Instant::now();
        let result = self.replace().await;
        match &result {
            Ok((changes, restart_needed)) => {
                if !restart_needed.is_empty() {
                    tracing::warn!(
                        settings = restart_needed.join(", "),
                        "changed settings need a restart"
                    );
                }
                let outcome = if changes.faults == 0 { "ok" } else { "faults" };
                self.parts.instruments.reload(outcome);
                tracing::info!(
                    added = changes.added.len(),
                    changed = changes.changed.len(),
                    removed = changes.removed.len(),
                    kept = changes.kept.len(),
                    faults = changes.faults,
                    "reloaded"
                );
            }
            Err(error) => {
                self.parts.instruments.reload("refused");
                tracing::error!(%error, "the reload was refused; all stays as it was");
            }
        }
        let took_ms = began.elapsed().as_secs_f64() * 1e3;
        let (changes, restart_needed) = result?;
        let report = Report {
            at: self.parts.clock.now(),
            changes,
            restart_needed,
            took_ms,
        };
        self.last.send_replace(Some(report.clone()));
        Ok(report)
    }

    async fn replace(&self) -> Result<(Changes, Vec<String>), ReloadError> {
        let (settings, definitions) = (
            Arc::clone(&self.parts.settings),
            Arc::clone(&self.parts.definitions),
        );
        let read =
            tokio::task::spawn_blocking(move || Ok((settings.take()?, definitions.look()))).await;
        let read: Result<_, SettingsError> = read.map_err(ReloadError::Interrupted)?;
        let (restart_needed, (next, changes)) = read?;
        if !changes.added.is_empty() || !changes.changed.is_empty() || !changes.removed.is_empty() {
            let before = self.parts.routes.load();
            let routes = table(&self.parts.address, &next.connectors, Some(&before))?;
            self.parts.feed.replace(next.connectors.clone()).await?;
            self.parts
                .hosts
                .store(Arc::new(self.parts.address.host_set(&next.connectors)));
            self.parts.routes.store(Arc::new(routes));
        }
        self.parts.definitions.put(next);
        Ok((changes, restart_needed))
    }

    /// Returns the report of the last reload.
    #[must_use]
    pub fn last(&self) -> Option<Report> {
        self.last.borrow().clone()
    }

    /// Tells of each reload that changed something or could have.
    #[must_use]
    pub fn reports(&self) -> channel::Receiver<Option<Report>> {
        self.last.subscribe()
    }

    /// Returns the connectors whose files are faulty, each with its faults as `divos check` prints them.
    #[must_use]
    pub fn refused(&self) -> Vec<(AppId, String)> {
        let in_force = self.parts.definitions.in_force();
        let mut theirs: BTreeMap<AppId, Vec<Fault>> = BTreeMap::new();
        let kept_out = |fault: &&Fault| fault.severity() == Severity::Error;
        for fault in in_force.faults.iter().filter(kept_out) {
            if let Some(app) = fault.connector.as_deref().and_then(|id| id.parse().ok()) {
                theirs.entry(app).or_default().push(fault.clone());
            }
        }
        let shown = |faults: Vec<Fault>| render(&faults, Lang::Id, Format::Human);
        theirs
            .into_iter()
            .map(|(app, faults)| (app, shown(faults)))
            .collect()
    }

    /// Returns every fault as `divos check` prints it; empty where there is none.
    #[must_use]
    pub fn faults_text(&self, lang: Lang) -> String {
        render(
            &self.parts.definitions.in_force().faults,
            lang,
            Format::Human,
        )
    }

    /// Returns the settings.
    #[must_use]
    pub fn settings(&self) -> &Arc<Settings> {
        &self.parts.settings
    }

    /// Returns the connectors.
    #[must_use]
    pub fn definitions(&self) -> &Arc<Definitions> {
        &self.parts.definitions
    }
}

#[async_trait]
impl Reload for Reloader {
    async fn reload(&self) -> Result<Changes, String> {
        let reloaded = Reloader::reload(self).await;
        reloaded.map(|report| report.changes).map_err(|error| {
            let mut says = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                says = format!("{says}: {source}");
            }
            says
        })
    }
}
