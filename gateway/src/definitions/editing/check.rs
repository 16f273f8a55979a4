//! What would come of a proposed text: its faults, what it does to the data, and whom it would cost their place.

use crate::definitions::Definitions;
use crate::definitions::consequences::{self, Change, Effect};
use divos_manifest::{Connector, Fault, Severity};
use divos_model::AppId;
use std::sync::Arc;

/// What would come of a proposed text. Nothing of it is in force.
#[derive(Debug, Clone)]
pub struct Checked {
    /// What is wrong with the text, and what it would make wrong elsewhere.
    pub faults: Vec<Fault>,
    /// Other connectors that could not be used any more.
    pub lost: Vec<AppId>,
    /// What the text means, where it means something.
    pub connector: Option<Arc<Connector>>,
    pub(crate) changes: Vec<Change>,
}

impl Checked {
    /// Tells whether the text may come into force; warnings do not keep it out.
    #[must_use]
    pub fn is_good(&self) -> bool {
        let error = |fault: &Fault| fault.severity() == Severity::Error;
        self.lost.is_empty() && !self.faults.iter().any(error)
    }

    /// Tells whether the text asks other places than the one before, or with other rights: then one person alone
    /// must not send the app's secrets there where two have to agree.
    #[must_use]
    pub(super) fn asks_elsewhere(&self) -> bool {
        let elsewhere = |change: &Change| {
            matches!(
                change.effect,
                Effect::Address | Effect::Access | Effect::Refetched | Effect::Added
            )
        };
        self.changes.iter().any(elsewhere)
    }
}

/// Checks a text as if it were in the folder. Reads files: call it where blocking is allowed.
pub(super) fn check(definitions: &Definitions, app: &AppId, text: Option<&str>) -> Checked {
    let (before, after) = definitions.suppose(app, text);
    let own = |fault: &Fault| fault.connector.as_deref() == Some(app.as_str());
    let faults = after.faults.iter();
    let faults = faults.filter(|fault| own(fault) || !before.faults.contains(fault));
    let others = before.connectors.iter().map(|connector| &connector.id);
    let lost = others.filter(|id| *id != app && after.get(id.as_str()).is_none());
    Checked {
        faults: faults.cloned().collect(),
        lost: lost.cloned().collect(),
        connector: after.get(app.as_str()).cloned(),
        changes: consequences::between(app.as_str(), &before, &after),
    }
}
