//! What came of injecting faults into a connector's recordings.

use super::remedy::{self, Remedy};
use super::{Finding, Injected};
use divos_manifest::Source;
use divos_model::AppId;
use std::path::PathBuf;

/// What came of a connector's recordings.
#[derive(Debug, Clone)]
pub struct InjectionReport {
    /// The connector.
    pub connector: AppId,
    /// One for each recording and fault, in the order of the file.
    pub trials: Vec<Trial>,
}

impl InjectionReport {
    /// Tells whether the definition stands everything.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.trials.iter().all(Trial::stands)
    }
}

/// What came of one fault in one recording.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The recording.
    pub fixture: PathBuf,
    /// The source that read it.
    pub source: String,
    /// What went wrong.
    pub fault: Injected,
    /// What is not as it must be; empty where the definition stands it.
    pub findings: Vec<Finding>,
    /// What to change in the definition, where it does not stand it.
    pub remedy: Option<Remedy>,
}

impl Trial {
    pub(super) fn new(
        fixture: PathBuf,
        source: (&str, Option<&Source>),
        fault: Injected,
        findings: Vec<Finding>,
    ) -> Self {
        let (name, known) = source;
        Self {
            fixture,
            source: name.to_owned(),
            fault,
            remedy: (!findings.is_empty()).then(|| remedy::of(fault, known)),
            findings,
        }
    }

    /// Tells whether the definition stands it.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.findings.is_empty()
    }
}
