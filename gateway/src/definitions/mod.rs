//! The connectors that are in force: read from files, swapped whole, the last good one kept.
//!
//! Owns the rule of a reload: a connector whose new text is wrong stays as it was, all others change at
//! once, and every fault is remembered. It must never know who uses the connectors.

pub(crate) mod consequences;
pub mod editing;

use divos_manifest::{Connector, Fault, LoadOptions, Loaded, Loader, Problem, Severity};
use divos_model::AppId;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What is in force after a load.
#[derive(Debug, Clone, Default)]
pub struct InForce {
    /// The connectors, by id.
    pub connectors: Vec<Arc<Connector>>,
    /// Everything that is wrong with the files as they are now.
    pub faults: Vec<Fault>,
    /// Connectors that are in force although their files are faulty: the last good ones.
    pub kept: BTreeSet<AppId>,
    /// The text of each connector in force.
    pub texts: BTreeMap<AppId, Arc<str>>,
}

/// What a reload changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Changes {
    /// Connectors that were not there before.
    pub added: Vec<AppId>,
    /// Connectors that mean something else now.
    pub changed: Vec<AppId>,
    /// Connectors whose files are gone.
    pub removed: Vec<AppId>,
    /// Connectors that stay as they were because their files are faulty.
    pub kept: Vec<AppId>,
    /// How many faults there are.
    pub faults: usize,
}

/// Reads the definitions again and again.
pub struct Definitions {
    state: Mutex<State>,
}

struct State {
    loader: Loader,
    in_force: Arc<InForce>,
}

impl Definitions {
    /// Reads the folder for the first time.
    #[must_use]
    pub fn open(dir: &Path, overlay: Option<&Path>, options: LoadOptions) -> Self {
        let mut loader = Loader::new(dir, overlay, options);
        let loaded = loader.load();
        let in_force = Arc::new(succeed(&InForce::default(), loaded));
        Self {
            state: Mutex::new(State { loader, in_force }),
        }
    }

    /// Returns what is in force.
    #[must_use]
    pub fn in_force(&self) -> Arc<InForce> {
        Arc::clone(&self.lock().in_force)
    }

    /// Reads the folder again and says what would be in force, and what that changes. Nothing is in force
    /// until it is [`put`](Self::put). Reads files: call it where blocking is allowed.
    #[must_use]
    pub fn look(&self) -> (InForce, Changes) {
        let mut state = self.lock();
        let loaded = state.loader.load();
        let next = succeed(&state.in_force, loaded);
        let changes = compare(&state.in_force, &next);
        (next, changes)
    }

    /// Says what all definitions are as they are on the disk, and what they would be if one had this text, or were
    /// gone. Changes nothing. Reads files: call it where blocking is allowed.
    #[must_use]
    pub fn suppose(&self, app: &AppId, text: Option<&str>) -> (Loaded, Loaded) {
        self.lock().loader.suppose(app.as_str(), text)
    }

    /// Puts a set in force.
    pub fn put(&self, next: InForce) {
        self.lock().in_force = Arc::new(next);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts the last good connector in the place of each one whose file is faulty now.
fn succeed(before: &InForce, mut loaded: Loaded) -> InForce {
    let errors = || {
        loaded
            .faults
            .iter()
            .filter(|fault| fault.severity() == Severity::Error)
    };
    // A folder that cannot be read says nothing about any connector: all of them stay.
    let all_faulty = errors().any(|fault| fault.place.is_none());
    let faulty: BTreeSet<&str> = errors()
        .filter_map(|fault| fault.connector.as_deref())
        .collect();
    let mut connectors: BTreeMap<AppId, Arc<Connector>> = loaded
        .connectors
        .iter()
        .map(|c| (c.id.clone(), Arc::clone(c)))
        .collect();
    let mut kept = BTreeSet::new();
    for old in &before.connectors {
        let stays = all_faulty || faulty.contains(old.id.as_str());
        if stays && !connectors.contains_key(&old.id) {
            connectors.insert(old.id.clone(), Arc::clone(old));
            kept.insert(old.id.clone());
        }
    }
    let mut faults = std::mem::take(&mut loaded.faults);
    // A kept connector keeps its host, too: whoever would take it stays as it was, or out.
    while let Some((taker, problem)) = taken_host(&connectors, &kept) {
        connectors.remove(&taker);
        if let Some(old) = before.connectors.iter().find(|old| old.id == taker) {
            connectors.insert(taker.clone(), Arc::clone(old));
            kept.insert(taker.clone());
        }
        let connector = Some(taker.to_string());
        faults.push(Fault {
            connector,
            problem,
            place: None,
            notes: Vec::new(),
        });
    }
    let text = |id: &AppId| match kept.contains(id) {
        true => before.texts.get(id).cloned(),
        false => loaded.text(id.as_str()).map(Arc::from),
    };
    let texts = connectors
        .keys()
        .filter_map(|id| Some((id.clone(), text(id)?)));
    InForce {
        texts: texts.collect(),
        connectors: connectors.into_values().collect(),
        faults,
        kept,
    }
}

/// Finds a connector that would take the host of a kept one.
fn taken_host(
    connectors: &BTreeMap<AppId, Arc<Connector>>,
    kept: &BTreeSet<AppId>,
) -> Option<(AppId, Problem)> {
    let is_kept = |one: &&Arc<Connector>| kept.contains(&one.id);
    let owners: BTreeMap<&str, &AppId> = connectors
        .values()
        .filter(is_kept)
        .map(|one| (one.app.host.as_str(), &one.id))
        .collect();
    connectors
        .values()
        .filter(|one| !is_kept(one))
        .find_map(|one| {
            let other = owners.get(one.app.host.as_str())?.to_string();
            Some((
                one.id.clone(),
                Problem::DuplicateHost {
                    host: one.app.host.clone(),
                    other,
                },
            ))
        })
}

fn compare(before: &InForce, next: &InForce) -> Changes {
    let old: BTreeMap<&AppId, &Arc<Connector>> =
        before.connectors.iter().map(|c| (&c.id, c)).collect();
    let mut changes = Changes {
        kept: next.kept.iter().cloned().collect(),
        faults: next.faults.len(),
        ..Changes::default()
    };
    for connector in &next.connectors {
        match old.get(&connector.id) {
            None => changes.added.push(connector.id.clone()),
            Some(same) if same.fingerprint() == connector.fingerprint() => {}
            Some(_) => changes.changed.push(connector.id.clone()),
        }
    }
    let now: BTreeSet<&AppId> = next.connectors.iter().map(|c| &c.id).collect();
    changes.removed = old
        .keys()
        .filter(|id| !now.contains(**id))
        .map(|id| (*id).clone())
        .collect();
    changes
}

#[cfg(test)]
mod tests;
