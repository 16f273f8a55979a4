//! A trial: the app is asked once with a proposed text, and nothing is stored.
//!
//! Owns the bounds of a trial and who may begin one. What it shows is in `shown`. It goes out by a way of its own, so
//! that a wrong password or address costs the connector in force neither its breaker nor its session.

use super::shown::{Blotter, TriedItem};
use super::{Actor, EditError, Editing};
use chrono::{DateTime, Utc};
use divos_adapters::{Ask, FetchError, Note, Partial, Reader, World};
use divos_manifest::Connector;
use divos_model::{AppId, PersonId, RowFault};
use divos_store::text_hash;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A trial ends after this long, over all sources.
const TIME: Duration = Duration::from_secs(30);
/// No further page of a source is read after this many items.
const ITEMS: u64 = 50;
/// No further page of a source is read after this many bytes, and no answer may be larger.
const BYTES: u64 = 4 * 1024 * 1024;
/// So many items and row faults of each source are shown.
const SHOWN: usize = 10;
/// So many trials run at a time.
const AT_ONCE: usize = 4;
/// So many are remembered.
const REMEMBERED: usize = 64;

/// How the reading of a source ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// Everything was read.
    Whole,
    /// The app gave less than it declared.
    Short(Partial),
    /// Enough was read to judge by.
    Enough,
    /// The time was over.
    Late,
    /// The app pushes: it cannot be asked.
    Pushed,
    /// The app did not give it.
    Failed(FetchError),
    /// The source cannot be opened, and why.
    NotOpened(String),
}

/// What came of one source so far.
#[derive(Debug, Clone, Default)]
pub struct SourceTrial {
    /// Its name.
    pub name: String,
    /// Pages read.
    pub pages: u32,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Records that became items.
    pub items: u64,
    /// Records that did not.
    pub faults: u64,
    /// The first items, with secrets and restricted words blotted out.
    pub shown: Vec<TriedItem>,
    /// The first faulty rows.
    pub row_faults: Vec<RowFault>,
    /// What was odd about the documents.
    pub notes: Vec<Note>,
    /// How it ended; `None` while it goes on or has not begun.
    pub ended: Option<Ended>,
}

/// A trial, as far as it has come.
#[derive(Debug, Clone)]
pub struct TrialReport {
    /// The hash of the text that is tried.
    pub text: String,
    /// Since when.
    pub began: DateTime<Utc>,
    /// Whether it goes on.
    pub running: bool,
    /// Its sources, in the order of the text.
    pub sources: Vec<SourceTrial>,
}

type Shared = Arc<Mutex<TrialReport>>;

/// The trials that run, and the last ones of each person and app.
#[derive(Default)]
pub(super) struct Trials(Mutex<BTreeMap<(PersonId, AppId), Shared>>);

impl Trials {
    /// Begins a trial where there is room for one.
    fn begin(&self, who: PersonId, app: &AppId, report: TrialReport) -> Result<Shared, EditError> {
        let mut all = lock(&self.0);
        let running = |shared: &Shared| lock(shared).running;
        let crowded = all.values().filter(|one| running(one)).count() >= AT_ONCE;
        if crowded || all.iter().any(|((_, of), one)| of == app && running(one)) {
            return Err(EditError::Busy);
        }
        if all.len() >= REMEMBERED {
            let ended = all.iter().filter(|(_, one)| !running(one));
            let oldest = ended.min_by_key(|(_, one)| lock(one).began);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                all.remove(&key);
            }
        }
        let shared = Arc::new(Mutex::new(report));
        all.insert((who, app.clone()), Arc::clone(&shared));
        Ok(shared)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Editing {
    /// Begins to ask the app once with a text. [`Editing::trial`] tells how it goes.
    ///
    /// # Errors
    /// Where the actor may not, the text is faulty, a trial is running, or the text would send secrets elsewhere and
    /// two persons have to agree to that.
    pub async fn try_out(&self, actor: Actor, app: &AppId, text: &str) -> Result<(), EditError> {
        if !actor.operator {
            return Err(EditError::NotAllowed);
        }
        let checked = self.check(app, Some(text.to_owned())).await?;
        let connector = match &checked.connector {
            Some(connector) if checked.is_good() => Arc::clone(connector),
            _ => return Err(EditError::Faulty(Box::new(checked))),
        };
        let alone = self.two_persons() && checked.asks_elsewhere();
        if alone && !connector.secrets().is_empty() {
            return Err(EditError::SecretsElsewhere);
        }
        let source = |source: &divos_manifest::Source| SourceTrial {
            name: source.name.clone(),
            ..SourceTrial::default()
        };
        let report = TrialReport {
            text: text_hash(text),
            began: self.parts.clock.now(),
            running: true,
            sources: connector.sources.iter().map(source).collect(),
        };
        let shared = self.trials.begin(actor.person, app, report)?;
        let world = self.parts.world.clone();
        tokio::spawn(async move {
            let running = Running(shared);
            let connector = bounded(&connector);
            let whole = read_all(&connector, &world, &running.0);
            let _ = tokio::time::timeout(TIME, whole).await;
        });
        Ok(())
    }

    /// Returns the actor's last trial of an app.
    #[must_use]
    pub fn trial(&self, actor: Actor, app: &AppId) -> Option<TrialReport> {
        let all = lock(&self.trials.0);
        let shared = all.get(&(actor.person, app.clone()))?;
        Some(lock(shared).clone())
    }
}

/// The connector with the bounds of a trial: small answers, no second try.
fn bounded(connector: &Connector) -> Arc<Connector> {
    let mut bounded = connector.clone();
    bounded.app.limits.body = bounded.app.limits.body.min(BYTES);
    bounded.app.retries = 0;
    Arc::new(bounded)
}

async fn read_all(connector: &Arc<Connector>, world: &World, shared: &Shared) {
    let blotter = Blotter::of(connector);
    for (at, source) in connector.sources.iter().enumerate() {
        let ended = if source.fetch.is_push() {
            Ended::Pushed
        } else {
            read(connector, at, world, shared, &blotter).await
        };
        lock(shared).sources[at].ended = Some(ended);
    }
}

async fn read(
    connector: &Arc<Connector>,
    at: usize,
    world: &World,
    shared: &Shared,
    blotter: &Blotter,
) -> Ended {
    let ask = Ask {
        full: true,
        ..Ask::default()
    };
    let name = &connector.sources[at].name;
    let mut pages = match Reader::open(Arc::clone(connector), name, ask, world) {
        Ok(pages) => pages,
        Err(error) => return Ended::NotOpened(error.to_string()),
    };
    loop {
        let page = match pages.next().await {
            None => return whole(pages.summary().partial),
            Some(Err(error)) => return Ended::Failed(error),
            Some(Ok(page)) => page,
        };
        let summary = pages.summary();
        let mut report = lock(shared);
        let source = &mut report.sources[at];
        source.pages = summary.pages;
        source.bytes = summary.bytes;
        source.items = summary.items;
        source.faults = summary.faults;
        source.notes.clone_from(&summary.notes);
        let room = SHOWN - source.shown.len();
        let items = page.batch.items.iter().take(room);
        source.shown.extend(items.map(|item| blotter.item(item)));
        let room = SHOWN - source.row_faults.len();
        let faults = page.batch.faults.into_iter().take(room);
        source.row_faults.extend(faults);
        if summary.items + summary.faults >= ITEMS || summary.bytes >= BYTES {
            let over = summary.complete || summary.partial.is_some();
            return match over {
                true => whole(summary.partial),
                false => Ended::Enough,
            };
        }
    }
}

fn whole(partial: Option<Partial>) -> Ended {
    partial.map_or(Ended::Whole, Ended::Short)
}

/// A trial that goes on; whatever ends it, its report ends too, so that the app can be tried again.
struct Running(Shared);

impl Drop for Running {
    fn drop(&mut self) {
        let mut report = lock(&self.0);
        report.running = false;
        for source in &mut report.sources {
            // What did not end by itself was cut by the time.
            source.ended.get_or_insert(Ended::Late);
        }
    }
}
