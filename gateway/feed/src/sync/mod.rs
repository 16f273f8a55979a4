//! One run of one source: from its stored place, page by page, through admission, into the store.
//!
//! Owns when a pass is a full one, what may be deleted, and what is told of a run. It must never know HTTP, formats
//! or when the next run is. Start with [`Sync::run`], the whole run; [`pass`] reads the pages.

mod journey;
mod keep;
mod outside;
mod pass;
mod port;
mod push;
mod stand;
mod sweep;
mod witness;

use crate::admit::{Admission, Rules};
use crate::board::{Board, Permit};
use crate::schedule::{Phase, Runs, SourceKey, Start, Verdict};
use crate::trouble::{Finding, Trouble};
use crate::units::UnitCache;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use divos_adapters::{Ask, FetchError};
use divos_manifest::{Connector, Source};
use divos_model::{Clock, RowFault};
use divos_store::{ItemStore, RunStore, SourceCursor, SourceStatus as Kept, StoreError};
use journey::Journey;
use pass::Passed;
use stand::Stand;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{Instrument, Span};

pub use outside::Outside;
pub use port::{Opens, Passes};
pub use push::{Inbox, PushError, Pushed, Taken};
pub use witness::Witness;

/// What a run is of.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) connector: Arc<Connector>,
    pub(crate) source: String,
}

/// Makes runs.
pub(crate) struct Sync {
    pub(crate) admission: Admission,
    pub(crate) items: Arc<dyn ItemStore>,
    pub(crate) runs: Arc<dyn RunStore>,
    pub(crate) units: UnitCache,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) outside: Arc<dyn Opens>,
    pub(crate) board: Arc<Board>,
    pub(crate) witness: Arc<dyn Witness>,
    /// How long one run may take.
    pub(crate) limit: Duration,
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SyncError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("what was read could not be saved")]
    Store(#[from] StoreError),
    #[error("the run took longer than {0:?}")]
    TooLong(Duration),
    #[error("the run was cancelled")]
    Cancelled,
}

impl SyncError {
    fn trouble(&self, at: DateTime<Utc>) -> Option<Trouble> {
        match self {
            Self::Fetch(error) => Some(Trouble::fetch(error, at)),
            Self::Store(_) => Some(Finding::NotSaved.at(at)),
            Self::TooLong(limit) => Some(
                Finding::RunTooLong {
                    minutes: limit.as_secs() / 60,
                }
                .at(at),
            ),
            Self::Cancelled => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Fetch(error) => error.retry_after(),
            _ => None,
        }
    }
}

/// Everything that one run needs at hand.
pub(crate) struct Run<'a> {
    pub(crate) sync: &'a Sync,
    pub(crate) key: &'a SourceKey,
    pub(crate) connector: &'a Arc<Connector>,
    pub(crate) source: &'a Source,
    pub(crate) started: DateTime<Utc>,
    /// What the run is traced as.
    pub(crate) span: Span,
}

#[async_trait]
impl Runs<Arc<Job>> for Sync {
    async fn run(&self, start: Start<Arc<Job>>) -> Verdict {
        let job = start.payload;
        let Some(source) = job.connector.source(&job.source) else {
            return Verdict::Cancelled;
        };
        let started = self.clock.now();
        let run = Run {
            sync: self,
            key: &start.key,
            connector: &job.connector,
            source,
            started,
            span: witness::span(start.key.app.as_str(), &source.name),
        };
        let span = run.span.clone();
        let limit = Instant::now() + self.limit;
        let traced = async {
            let result = tokio::select! {
                biased;
                () = start.cancel.cancelled() => Err(SyncError::Cancelled),
                () = tokio::time::sleep_until(limit) => Err(SyncError::TooLong(self.limit)),
                result = run.whole() => result,
            };
            run.conclude(result).await
        };
        traced.instrument(span).await
    }

    fn broke(&self, key: &SourceKey) {
        self.board
            .broke(key, Finding::HubFault.at(self.clock.now()));
    }

    fn note(&self, key: &SourceKey, phase: Phase, due: Instant, failures: u32) {
        let wait = due.saturating_duration_since(Instant::now());
        let wait = TimeDelta::from_std(wait).unwrap_or_default();
        self.board
            .phase(key, phase, self.clock.now() + wait, failures);
    }
}

impl Run<'_> {
    /// Reads the source once, and keeps what it brought.
    async fn whole(&self) -> Result<Passed, SyncError> {
        let (app, name) = (&self.key.app, &self.source.name);
        let held = self.sync.runs.cursor(app, name).await?;
        let mut stand = Stand::read(&held);
        let forced = self.sync.board.permits(self.key, Permit::Sweep);
        let full = forced || stand.is_full_due(self.source, &self.connector.version, self.started);
        let any_shape = self.sync.board.permits(self.key, Permit::Shape);
        let version = &self.connector.version;
        let anew = stand.is_first(version);
        let resume = stand.resume(version, self.started);
        let mut ask = Ask {
            resume: resume.map(|under_way| under_way.place.clone()),
            ..stand.ask(full, forced, any_shape, version)
        };
        let mut journey = anew.then(|| Journey::new(&stand, version, self.started));
        if anew && !any_shape {
            let outside = &self.sync.outside;
            ask.shape = outside.recorded(self.connector, self.source).await;
        }
        let rules = Rules {
            anew,
            ..Rules::of(self.connector, name, self.started)
        };
        let rules = Arc::new(rules);
        let units = self.sync.units.at(self.started).await?;
        let mut pages = self.sync.outside.open(self.connector, self.source, ask)?;
        let read = pass::read(self, pages.as_mut(), &rules, &units, &mut journey).await;
        let mut passed = match (read, &journey) {
            (Ok(passed), _) => passed,
            (Err(error), Some(journey)) => {
                return Err(self.interrupted(journey, held, error).await?);
            }
            (Err(error), None) => return Err(error),
        };
        if let Some(journey) = journey {
            stand.under_way = None;
            passed.moved = journey.marked || journey.resumed;
            passed.since = journey.resumed.then(|| journey.since());
        }
        self.keep(&mut passed, &mut stand, &held, pages.summary())
            .await?;
        if any_shape {
            self.sync.board.take_permit(self.key, Permit::Shape);
        }
        self.sync.board.arrived(self.key);
        Ok(passed)
    }

    /// A first load was interrupted. It goes on where it was, unless the app knows that place no more: then it
    /// has to begin again.
    async fn interrupted(
        &self,
        journey: &Journey,
        held: SourceCursor,
        error: SyncError,
    ) -> Result<SyncError, StoreError> {
        let lost = matches!(&error, SyncError::Fetch(error) if error.trouble.may_forget_place());
        if lost && journey.resumed && !journey.moved {
            let (app, name) = (&self.key.app, &self.source.name);
            let begin = SourceCursor {
                place: None,
                ..held
            };
            self.sync.runs.set_cursor(app, name, begin).await?;
        }
        Ok(error)
    }

    /// Tells store, board and schedule how the run ended.
    async fn conclude(&self, result: Result<Passed, SyncError>) -> Verdict {
        let (app, name) = (&self.key.app, self.source.name.as_str());
        let ended = self.sync.clock.now();
        let before = self.sync.runs.status(app, name).await.ok().flatten();
        let mut kept = before.unwrap_or_else(|| Kept::new(app.clone(), name));
        kept.started_at = Some(self.started);
        kept.ended_at = Some(ended);
        kept.breaker = self.sync.outside.breaker(app).to_owned();
        let (verdict, run, full_at) = match result {
            Ok(passed) => {
                let run = passed.tell(&mut kept, self.started, ended);
                (Verdict::Ok, run, passed.full_at)
            }
            Err(error) => {
                let Some(trouble) = error.trouble(ended) else {
                    return Verdict::Cancelled;
                };
                tracing::warn!(%app, source = name, code = %trouble.code, %error, "a run failed");
                let run = failed(&mut kept, &trouble, self.started, ended);
                (
                    Verdict::Failed {
                        retry_after: error.retry_after(),
                    },
                    run,
                    None,
                )
            }
        };
        // A run that failed may have brought pages too. Where it cannot be told, the old count stays.
        if let Ok(items) = self.sync.items.count_of(app, name).await {
            kept.items = items;
        }
        witness::note(&self.span, &run);
        self.sync.witness.ran(&run);
        if let Err(error) = self.sync.runs.save(kept.clone(), Some(run)).await {
            tracing::warn!(%app, source = name, %error, "the end of a run could not be saved");
        }
        self.sync.board.ended(self.key, &kept, full_at);
        verdict
    }
}

fn failed(
    kept: &mut Kept,
    trouble: &Trouble,
    started_at: DateTime<Utc>,
    ended_at: DateTime<Utc>,
) -> divos_store::Run {
    kept.failures = kept.failures.saturating_add(1);
    kept.error = Some(trouble.to_run_error());
    divos_store::Run {
        app: kept.app.clone(),
        source: kept.source.clone(),
        started_at,
        ended_at,
        outcome: divos_store::RunOutcome::Failed,
        pages: 0,
        bytes: 0,
        new: 0,
        changed: 0,
        unchanged: 0,
        gone: 0,
        faults: 0,
        error: kept.error.clone(),
    }
}

/// The most row faults that are kept of a run.
pub(crate) const FAULTS_MAX: usize = 100;

/// Keeps a sample of faults.
pub(crate) fn sample(faults: &mut Vec<RowFault>, more: Vec<RowFault>) {
    let room = FAULTS_MAX.saturating_sub(faults.len());
    faults.extend(more.into_iter().take(room));
}

#[cfg(test)]
mod tests;
