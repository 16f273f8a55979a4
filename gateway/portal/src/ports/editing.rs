//! What the pages of the editor need: texts, findings, proposals, versions, trials.
//!
//! Owns the trait and its plain words. Sentences come in the visitor's language; what a definition means is not
//! known here, nor who may decide: the port refuses.

use super::PortError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, Lang, PersonId, RowFault};

/// Who edits, and in which language they are told what is the matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Editor {
    /// Who.
    pub person: PersonId,
    /// Whether they hold the role `operator`.
    pub operator: bool,
    /// Their language.
    pub lang: Lang,
}

/// Why an edit was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditFault {
    /// A person can do something about it; the sentence says what.
    #[error("{0}")]
    Told(String),
    /// The port itself could not.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// A definition on the desk of one person.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Whether there is a file of it.
    pub exists: bool,
    /// What the editor shows: the person's draft, else the file, else a beginning.
    pub text: String,
    /// The hash of the text that the person began with; empty where there was none.
    pub base: String,
    /// The reason, as far as it is written.
    pub reason: String,
    /// Since when the person's draft is kept; `None` where there is none.
    pub draft: Option<DateTime<Utc>>,
    /// The file that took the place of the one that the draft began with.
    pub moved: Option<Moved>,
    /// Whether whoever proposes does not decide.
    pub two_persons: bool,
    /// What waits for a decision.
    pub waiting: Vec<ProposalLine>,
}

/// A file that was changed while somebody wrote.
#[derive(Debug, Clone, Default)]
pub struct Moved {
    /// What the draft began with.
    pub base: String,
    /// What the file says now; empty where it is gone.
    pub theirs: String,
    /// The hash of that; empty where it is gone.
    pub hash: String,
}

/// What a person typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The hash of what they began with.
    pub base: String,
    /// The text.
    pub text: String,
    /// Why.
    pub reason: String,
}

/// What would come of a text.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What is wrong, in the order of the lines.
    pub faults: Vec<FaultLine>,
    /// What it does to the data, the worst first.
    pub effects: Vec<EffectLine>,
    /// Other apps that could not be used any more.
    pub lost: Vec<String>,
    /// Whether it may come into force.
    pub good: bool,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Default)]
pub struct FaultLine {
    /// Whether it keeps the text out; otherwise it is a warning.
    pub error: bool,
    /// The stable code.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What would help.
    pub help: Option<String>,
    /// Where in the text; `None` where it lies elsewhere.
    pub place: Option<Spot>,
    /// Another file in which it lies.
    pub elsewhere: Option<String>,
    /// The line itself, secrets blotted out.
    pub excerpt: String,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

/// One consequence for the data.
#[derive(Debug, Clone, Default)]
pub struct EffectLine {
    /// Whether data or its protection is lost.
    pub destructive: bool,
    /// What happens.
    pub says: String,
    /// The source that it concerns.
    pub source: Option<String>,
    /// What changes: path, before, after.
    pub values: Vec<(String, String, String)>,
}

/// A proposal in a list.
#[derive(Debug, Clone)]
pub struct ProposalLine {
    /// Its number.
    pub number: u64,
    /// Which definition.
    pub app: AppId,
    /// `change`, `removal`, `restoration` or `registration`.
    pub kind: &'static str,
    /// `draft`, `waiting`, `applying`, `in_force`, `rejected` or `withdrawn`.
    pub state: &'static str,
    /// Who wrote it.
    pub author: String,
    /// Why.
    pub reason: String,
    /// When it last changed.
    pub at: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// What they said to it.
    pub note: Option<String>,
    /// The version that it brings back.
    pub restores: Option<u64>,
}

/// A proposal as its page shows it.
#[derive(Debug, Clone)]
pub struct ProposalSheet {
    /// The proposal.
    pub line: ProposalLine,
    /// The text that it began with; empty where there was none.
    pub old: String,
    /// The text that it wants; empty where it takes the definition away.
    pub new: String,
    /// What would come of it, or came.
    pub findings: Findings,
    /// Whether the file is not what the proposal began with.
    pub moved: bool,
    /// Why the visitor may not decide; `None` where they may.
    pub barred: Option<String>,
    /// Whether the visitor may take it back.
    pub own: bool,
}

/// A version in a list.
#[derive(Debug, Clone)]
pub struct VersionLine {
    /// Its number.
    pub number: u64,
    /// When it came into force.
    pub at: DateTime<Utc>,
    /// Who wrote it; `None` where the file was changed by hand.
    pub author: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: String,
    /// The version that it brought back.
    pub restores: Option<u64>,
    /// Whether it took the definition away.
    pub removed: bool,
}

/// A version as its page shows it.
#[derive(Debug, Clone)]
pub struct VersionSheet {
    /// The version.
    pub line: VersionLine,
    /// The text before; empty where there was none.
    pub old: String,
    /// The text; empty where the definition was taken away.
    pub new: String,
    /// What it did to the data.
    pub effects: Vec<EffectLine>,
    /// Whether it is the newest.
    pub newest: bool,
}

/// What was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// The proposal.
    pub number: u64,
    /// Whether it is in force; otherwise it waits.
    pub in_force: bool,
}

/// What a person decides over a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It comes into force.
    Approve,
    /// It does not.
    Reject,
    /// Its author takes it back.
    Withdraw,
}

/// A trial, as far as it has come.
#[derive(Debug, Clone, Default)]
pub struct TrialSheet {
    /// Whether it goes on.
    pub running: bool,
    /// Whether it tries the text that the editor shows.
    pub same_text: bool,
    /// Since when.
    pub began: DateTime<Utc>,
    /// What came of each source.
    pub sources: Vec<TrialSource>,
}

/// What came of one source.
#[derive(Debug, Clone, Default)]
pub struct TrialSource {
    /// Its name.
    pub name: String,
    /// Pages, items, faulty rows and bytes so far.
    pub counts: [u64; 4],
    /// How it ended, with a tone (`ok`, `note`, `warn`, `bad`); `None` while it goes on or waits.
    pub ended: Option<(&'static str, String)>,
    /// What was odd.
    pub notes: Vec<String>,
    /// The first items.
    pub items: Vec<TrialItem>,
    /// The first faulty rows.
    pub faults: Vec<RowFault>,
}

/// One item that a trial read.
#[derive(Debug, Clone, Default)]
pub struct TrialItem {
    /// The app's own id of it.
    pub native_id: String,
    /// Its title.
    pub title: String,
    /// Each further field with its value.
    pub fields: Vec<(String, String)>,
}

/// Editing definitions. Every call refuses whoever has no right to it.
#[async_trait]
pub trait Editing: Send + Sync {
    /// Opens a definition for a person.
    async fn open(&self, who: Editor, app: &AppId) -> Result<Sheet, EditFault>;
    /// Keeps what a person typed; with the hash of the present file as the base, the draft begins with that file.
    async fn keep(&self, who: Editor, app: &AppId, typed: Typed) -> Result<(), EditFault>;
    /// Forgets a person's draft.
    async fn discard(&self, who: Editor, app: &AppId) -> Result<(), EditFault>;
    /// Says what would come of a text.
    async fn check(&self, who: Editor, app: &AppId, text: &str) -> Result<Findings, EditFault>;
    /// Keeps what a person typed and proposes it.
    async fn save(&self, who: Editor, app: &AppId, typed: Typed) -> Result<Saved, EditFault>;
    /// Proposes to take the definition away.
    async fn remove(&self, who: Editor, app: &AppId, reason: &str) -> Result<Saved, EditFault>;
    /// Begins to ask the app once with a text.
    async fn try_out(&self, who: Editor, app: &AppId, text: &str) -> Result<(), EditFault>;
    /// Returns the person's last trial; `text` is what their editor shows.
    async fn trial(
        &self,
        who: Editor,
        app: &AppId,
        text: &str,
    ) -> Result<Option<TrialSheet>, EditFault>;
    /// Lists what waits for a decision, over all apps.
    async fn waiting(&self, who: Editor) -> Result<Vec<ProposalLine>, EditFault>;
    /// Lists an app's proposals that wait or were rejected, the newest first.
    async fn proposals(&self, who: Editor, app: &AppId) -> Result<Vec<ProposalLine>, EditFault>;
    /// Returns a proposal.
    async fn proposal(&self, who: Editor, number: u64) -> Result<ProposalSheet, EditFault>;
    /// Decides over a proposal.
    async fn decide(
        &self,
        who: Editor,
        number: u64,
        decided: Decided,
        note: &str,
    ) -> Result<(), EditFault>;
    /// Lists an app's versions before a number, the newest first.
    async fn versions(
        &self,
        who: Editor,
        app: &AppId,
        before: Option<u64>,
    ) -> Result<Vec<VersionLine>, EditFault>;
    /// Returns a version.
    async fn version(
        &self,
        who: Editor,
        app: &AppId,
        number: u64,
    ) -> Result<VersionSheet, EditFault>;
    /// Proposes to bring a version back.
    async fn restore(
        &self,
        who: Editor,
        app: &AppId,
        number: u64,
        reason: &str,
    ) -> Result<Saved, EditFault>;
}
