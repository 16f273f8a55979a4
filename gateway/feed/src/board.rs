//! The board: how every source fares now, in memory, for readers and the operator. Written by the
//! schedule and by runs, read by everybody; never waits for the store.

use crate::StaleApp;
use crate::health::AppHealth;
use crate::schedule::{Phase, SourceKey};
use crate::status::{Progress, SourceState, SourceStatus};
use crate::trouble::Trouble;
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::{Connector, Source};
use divos_model::AppId;
use divos_store::SourceStatus as Kept;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How every source fares now.
#[derive(Default)]
pub(crate) struct Board {
    lines: RwLock<Lines>,
    permitted: Mutex<HashSet<(SourceKey, Permit)>>,
}

/// What the operator may permit the next pass of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Permit {
    /// To delete what it lost, however much.
    Sweep,
    /// To take records of another shape than before.
    Shape,
}

#[derive(Default)]
struct Lines {
    /// Every app, also those of which no data is read.
    apps: BTreeMap<AppId, App>,
    sources: BTreeMap<SourceKey, SourceStatus>,
}

struct App {
    title: String,
    /// Whether it has an address at all; of one that has none there is nothing to judge.
    connected: bool,
}

impl App {
    fn of(connector: &Connector) -> Self {
        let connected =
            !connector.app.upstreams.is_empty() || addressed(connector).next().is_some();
        Self {
            title: connector.title.clone(),
            connected,
        }
    }
}

/// Lists the sources that can be read: those with an address of their own, or whose app has one; a database, a
/// mailbox and a push whose secrets are known. The others wait for the operator; until then they are neither read
/// nor judged.
pub fn addressed(connector: &Connector) -> impl Iterator<Item = &Source> {
    let app = !connector.app.upstreams.is_empty();
    let known = |source: &Source| source.fetch.secrets().iter().all(|s| s.reveal().is_ok());
    let sources = connector.sources.iter();
    sources.filter(move |source| match source.request() {
        Some(request) => app || request.base.is_some() || request.files.is_some(),
        None => known(source),
    })
}

impl Board {
    fn read(&self) -> RwLockReadGuard<'_, Lines> {
        self.lines
            .read()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self) -> RwLockWriteGuard<'_, Lines> {
        self.lines
            .write()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Puts up the connectors: new sources get a line from what the store kept, removed ones lose theirs,
    /// and those without an address have none.
    /// Returns the apps that were removed.
    pub(crate) fn put(
        &self,
        connectors: &[Arc<Connector>],
        kept: &BTreeMap<SourceKey, Kept>,
    ) -> Vec<AppId> {
        let mut lines = self.write();
        let known = std::mem::take(&mut lines.apps);
        let mut old = std::mem::take(&mut lines.sources);
        lines.apps = connectors
            .iter()
            .map(|c| (c.id.clone(), App::of(c)))
            .collect();
        for connector in connectors {
            for source in addressed(connector) {
                let key = SourceKey::new(&connector.id, &source.name);
                let mut line = old.remove(&key).unwrap_or_else(|| {
                    let mut line = SourceStatus::new(
                        connector.id.clone(),
                        &connector.title,
                        &source.name,
                        source.every,
                        connector.fresh,
                    );
                    if let Some(kept) = kept.get(&key) {
                        take_kept(&mut line, kept);
                    }
                    line
                });
                line.title.clone_from(&connector.title);
                line.version.clone_from(&connector.version);
                line.file = connector
                    .file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into();
                line.every = source.every;
                // Who pushes is silent while nothing happens: that is no old data.
                line.fresh = (!source.fetch.is_push()).then_some(connector.fresh);
                lines.sources.insert(key, line);
            }
        }
        known
            .into_keys()
            .filter(|app| !lines.apps.contains_key(app))
            .collect()
    }

    /// Returns those of some sources that have no line.
    pub(crate) fn unknown(&self, keys: impl Iterator<Item = SourceKey>) -> BTreeSet<SourceKey> {
        let lines = self.read();
        keys.filter(|key| !lines.sources.contains_key(key))
            .collect()
    }

    /// Notes what a source is doing.
    pub(crate) fn phase(
        &self,
        key: &SourceKey,
        phase: Phase,
        next_run: DateTime<Utc>,
        failures: u32,
    ) {
        if let Some(line) = self.write().sources.get_mut(key) {
            line.failures = line.failures.max(failures);
            line.next_run = (phase == Phase::Waiting).then_some(next_run);
            line.state = match phase {
                Phase::Queued => SourceState::Queued,
                Phase::Running => SourceState::Running,
                Phase::Waiting if line.failures > 0 => SourceState::Failing,
                Phase::Waiting => SourceState::Waiting,
            };
        }
    }

    /// Notes how far a first load is.
    pub(crate) fn progressed(&self, key: &SourceKey, progress: Progress) {
        if let Some(line) = self.write().sources.get_mut(key) {
            line.progress = Some(progress);
        }
    }

    /// Notes that there is no first load any more.
    pub(crate) fn arrived(&self, key: &SourceKey) {
        if let Some(line) = self.write().sources.get_mut(key) {
            line.progress = None;
        }
    }

    /// Notes how a run ended.
    pub(crate) fn ended(&self, key: &SourceKey, kept: &Kept, full_at: Option<DateTime<Utc>>) {
        if let Some(line) = self.write().sources.get_mut(key) {
            take_kept(line, kept);
            line.last_full = full_at.or(line.last_full);
        }
    }

    /// Notes a trouble that has no run to tell of it.
    pub(crate) fn broke(&self, key: &SourceKey, trouble: Trouble) {
        if let Some(line) = self.write().sources.get_mut(key) {
            line.failures = line.failures.saturating_add(1);
            line.troubles.retain(|other| !other.failure);
            line.troubles.insert(0, trouble);
        }
    }

    /// Returns every source, by app and name.
    pub(crate) fn sources(&self, now: DateTime<Utc>) -> Vec<SourceStatus> {
        let lines = self.read();
        lines
            .sources
            .values()
            .map(|line| aged(line.clone(), now))
            .collect()
    }

    /// Returns one source.
    pub(crate) fn source(&self, key: &SourceKey, now: DateTime<Utc>) -> Option<SourceStatus> {
        self.read()
            .sources
            .get(key)
            .map(|line| aged(line.clone(), now))
    }

    /// Lists the sources of an app.
    pub(crate) fn of_app(&self, app: &AppId) -> Vec<SourceKey> {
        self.read()
            .sources
            .keys()
            .filter(|key| key.app == *app)
            .cloned()
            .collect()
    }

    /// Judges every app by its sources; one without any address is left out.
    pub(crate) fn health(&self, sources: &[SourceStatus], now: DateTime<Utc>) -> Vec<AppHealth> {
        let lines = self.read();
        let judge = |(id, app): (&AppId, &App)| {
            let own: Vec<&SourceStatus> = sources.iter().filter(|line| line.app == *id).collect();
            AppHealth::judge(id, &app.title, &own, now)
        };
        let connected = lines.apps.iter().filter(|(_, app)| app.connected);
        connected.map(judge).collect()
    }

    /// Lists what a reader has to be told: the apps whose data is older than promised. Called for every
    /// page, so that it looks at those apps only and copies no faults.
    pub(crate) fn stale(&self, now: DateTime<Utc>) -> Vec<StaleApp> {
        let lines = self.read();
        let old = lines.sources.values().filter(|line| is_stale(line, now));
        let old: BTreeSet<&AppId> = old.map(|line| &line.app).collect();
        let judge = |app: &AppId| {
            let own = lines.sources.iter().filter(|(key, _)| key.app == *app);
            let own: Vec<SourceStatus> = own.map(|(_, line)| aged(bare(line), now)).collect();
            let title = lines.apps.get(app).map_or("", |app| app.title.as_str());
            AppHealth::judge(app, title, &own.iter().collect::<Vec<_>>(), now).stale()
        };
        old.into_iter().filter_map(judge).collect()
    }

    /// Keeps in mind what the operator, who looked, permits the next pass of a source.
    pub(crate) fn permit(&self, key: &SourceKey, what: Permit) {
        self.permitted().insert((key.clone(), what));
    }

    /// Tells whether the operator permitted something, and keeps it in mind no longer.
    pub(crate) fn take_permit(&self, key: &SourceKey, what: Permit) -> bool {
        self.permitted().remove(&(key.clone(), what))
    }

    /// Tells whether the operator permitted something.
    pub(crate) fn permits(&self, key: &SourceKey, what: Permit) -> bool {
        self.permitted().contains(&(key.clone(), what))
    }

    fn permitted(&self) -> MutexGuard<'_, HashSet<(SourceKey, Permit)>> {
        self.permitted
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn is_stale(line: &SourceStatus, now: DateTime<Utc>) -> bool {
    line.fresh.is_some_and(|fresh| {
        let fresh = TimeDelta::from_std(fresh).unwrap_or(TimeDelta::MAX);
        line.last_ok.is_none_or(|at| now - at > fresh)
    })
}

fn aged(mut line: SourceStatus, now: DateTime<Utc>) -> SourceStatus {
    line.stale = is_stale(&line, now);
    line
}

/// Copies a line without its row faults.
fn bare(line: &SourceStatus) -> SourceStatus {
    SourceStatus {
        state: line.state,
        last_ok: line.last_ok,
        failures: line.failures,
        troubles: line.troubles.clone(),
        ..SourceStatus::new(
            line.app.clone(),
            &line.title,
            &line.source,
            line.every,
            line.fresh,
        )
    }
}

/// Writes what the store kept about a source on its line.
fn take_kept(line: &mut SourceStatus, kept: &Kept) {
    line.last_run = kept.started_at;
    line.last_ok = kept.fresh_at;
    let took = kept
        .ended_at
        .zip(kept.started_at)
        .map(|(end, start)| (end - start).num_milliseconds());
    line.took_ms = took.and_then(|ms| u64::try_from(ms).ok());
    line.failures = kept.failures;
    line.items = kept.items;
    line.row_faults = kept.fault_count;
    line.faults.clone_from(&kept.faults);
    kept.breaker.clone_into(&mut line.breaker);
    let ended = kept.ended_at.unwrap_or(DateTime::UNIX_EPOCH);
    let mut troubles: Vec<Trouble> = kept.error.iter().map(|e| Trouble::kept(e, ended)).collect();
    troubles.extend(notes(kept));
    // A trouble that goes on began when it was first seen.
    for trouble in &mut troubles {
        if let Some(before) = line
            .troubles
            .iter()
            .find(|before| before.code == trouble.code)
        {
            trouble.at = before.at;
        }
    }
    line.troubles = troubles;
}

/// Reads the notes that a run left in the store.
pub(crate) fn notes(kept: &Kept) -> Vec<Trouble> {
    let notes = kept
        .notice
        .as_deref()
        .and_then(|notice| serde_json::from_str(notice).ok());
    notes.unwrap_or_default()
}
