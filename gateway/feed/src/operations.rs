//! The operator's side: how each source fares, and what may be done about it.

use crate::board::{Board, Permit};
use crate::health::AppHealth;
use crate::schedule::{RunNow, Scheduler, SourceKey};
use crate::status::SourceStatus;
use crate::sync::{Job, Opens};
use divos_model::{AppId, Clock};
use divos_store::{Run, RunStore, StoreError};
use std::sync::Arc;

/// Shows how every source fares, and runs one on demand.
#[derive(Clone)]
pub struct Operations {
    pub(crate) board: Arc<Board>,
    pub(crate) scheduler: Scheduler<Arc<Job>>,
    pub(crate) runs: Arc<dyn RunStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) outside: Arc<dyn Opens>,
}

impl Operations {
    /// Returns every source, by app and name; those without an address are left out.
    #[must_use]
    pub fn sources(&self) -> Vec<SourceStatus> {
        let mut sources = self.board.sources(self.clock.now());
        for source in &mut sources {
            self.outside
                .breaker(&source.app)
                .clone_into(&mut source.breaker);
        }
        sources
    }

    /// Returns one source.
    #[must_use]
    pub fn source(&self, app: &AppId, source: &str) -> Option<SourceStatus> {
        let mut status = self
            .board
            .source(&SourceKey::new(app, source), self.clock.now())?;
        self.outside.breaker(app).clone_into(&mut status.breaker);
        Some(status)
    }

    /// Returns the health of every app that has an address, by id, also of those whose data is not read.
    #[must_use]
    pub fn health(&self) -> Vec<AppHealth> {
        self.board.health(&self.sources(), self.clock.now())
    }

    /// Returns the health of one app; `None` where it has no address, and where there is no such app.
    #[must_use]
    pub fn app(&self, app: &AppId) -> Option<AppHealth> {
        self.health().into_iter().find(|health| health.app == *app)
    }

    /// Reads a source as soon as a slot is free, whatever its backoff.
    pub async fn run_now(&self, app: &AppId, source: &str) -> RunNow {
        self.scheduler.run_now(SourceKey::new(app, source)).await
    }

    /// Reads every source of an app as soon as slots are free; returns what became of each.
    pub async fn run_app_now(&self, app: &AppId) -> Vec<(String, RunNow)> {
        let mut answers = Vec::new();
        for key in self.board.of_app(app) {
            let source = key.source.to_string();
            answers.push((source, self.scheduler.run_now(key).await));
        }
        answers
    }

    /// Takes a source as it is now, and reads it now: records that look otherwise than before, which ends its quarantine,
    /// or, where a sweep was held back, the loss of what it lost. For the operator who looked and found that the app is
    /// right.
    pub async fn accept(&self, app: &AppId, source: &str) -> RunNow {
        let key = SourceKey::new(app, source);
        let status = self.board.source(&key, self.clock.now());
        let held = status.is_some_and(|status| !status.is_quarantined() && status.is_held());
        let what = if held { Permit::Sweep } else { Permit::Shape };
        self.board.permit(&key, what);
        self.scheduler.run_now(key).await
    }

    /// Returns a source's last runs, newest first; 50 are kept.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn runs(
        &self,
        app: &AppId,
        source: &str,
        limit: usize,
    ) -> Result<Vec<Run>, StoreError> {
        self.runs.runs(app, source, limit).await
    }
}
