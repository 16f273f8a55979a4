//! The port of definitions: what is proposed for each connector, and what was in force. Texts only:
//! what a definition means is not known here.

use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, PersonId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Where a proposal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalKind {
    /// An operator edits: a new definition or a change.
    Change,
    /// An operator takes a definition away.
    Removal,
    /// An operator brings an older version back.
    Restoration,
    /// A department registers its app.
    Registration,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// Its author still writes.
    Draft,
    /// It waits for a decision.
    Waiting,
    /// It was decided and is being written; nothing stays so for longer than a moment.
    Applying,
    /// It was put in force.
    InForce,
    /// Somebody decided against it.
    Rejected,
    /// Its author took it back.
    Withdrawn,
}

impl ProposalState {
    /// Tells whether nothing can become of it any more.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::InForce | Self::Rejected | Self::Withdrawn)
    }
}

/// The proposed text of one definition, without the texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Its number, rising.
    pub number: u64,
    /// Where it comes from.
    pub kind: ProposalKind,
    /// Which definition.
    pub app: AppId,
    /// Who wrote it.
    pub author: PersonId,
    /// Why, in the author's words; empty while it is a draft without one.
    pub reason: String,
    /// What became of it.
    pub state: ProposalState,
    /// The version of the history whose text it brings back.
    pub restores: Option<u64>,
    /// Since when there is it.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// What they said to it.
    pub note: Option<String>,
}

/// The texts of a proposal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// What the author began with; `None` where there was no definition.
    pub base: Option<String>,
    /// What is to be; `None` removes the definition.
    pub text: Option<String>,
}

/// What somebody writes at. An author has one draft of a kind for each app: it takes the place of the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it comes from.
    pub kind: ProposalKind,
    /// Which definition.
    pub app: AppId,
    /// Who writes.
    pub author: PersonId,
    /// Why, as far as it is written.
    pub reason: String,
    /// What it began with and what it says now.
    pub texts: Texts,
    /// The version whose text it brings back.
    pub restores: Option<u64>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A step of a proposal from one state to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which proposal.
    pub number: u64,
    /// The state that it must be in.
    pub from: ProposalState,
    /// The state that it comes to.
    pub to: ProposalState,
    /// Who decided, where this is a decision; `None` forgets who had.
    pub decided_by: Option<PersonId>,
    /// What they say to it.
    pub note: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// A text that comes into force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Which definition.
    pub app: AppId,
    /// The text; `None`: the definition is gone.
    pub text: Option<String>,
    /// When it was seen in force.
    pub at: DateTime<Utc>,
    /// Who wrote it; `None` where the file was changed by hand.
    pub author: Option<PersonId>,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// The proposal that it comes from.
    pub proposal: Option<u64>,
    /// The version whose text it brings back.
    pub restores: Option<u64>,
}

/// One version of a definition, without the text. Versions are never changed and never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Which definition.
    pub app: AppId,
    /// Its number, from 1 for each app.
    pub number: u64,
    /// SHA-256 of the text in hexadecimal; `None`: the definition was removed.
    pub hash: Option<String>,
    /// When it was seen in force.
    pub at: DateTime<Utc>,
    /// Who wrote it; `None` where the file was changed by hand.
    pub author: Option<PersonId>,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// Why.
    pub reason: String,
    /// The proposal that it comes from.
    pub proposal: Option<u64>,
    /// The version whose text it brought back.
    pub restores: Option<u64>,
}

/// Returns the hash by which a text is known.
#[must_use]
pub fn text_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

/// Which proposals to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposalQuery {
    /// Of this app alone.
    pub app: Option<AppId>,
    /// Of this author alone.
    pub author: Option<PersonId>,
    /// In this state alone.
    pub state: Option<ProposalState>,
    /// Older than this one.
    pub before: Option<u64>,
    /// How many, at most 200.
    pub limit: usize,
}

/// Keeps proposals and versions.
#[async_trait]
pub trait DefinitionStore: Send + Sync {
    /// Keeps a draft, in the place of the author's last one of this kind for the app.
    async fn keep_draft(&self, draft: Draft) -> Result<Proposal, StoreError>;

    /// Returns a proposal with its texts.
    async fn proposal(&self, number: u64) -> Result<Option<(Proposal, Texts)>, StoreError>;

    /// Lists proposals, the newest first.
    async fn proposals(&self, query: ProposalQuery) -> Result<Vec<Proposal>, StoreError>;

    /// Moves a proposal on and, in the same moment, adds the version that comes of it.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Conflict` where it is in another state: somebody was faster.
    async fn step(&self, step: Step, version: Option<NewVersion>) -> Result<Proposal, StoreError>;

    /// Adds versions that no proposal led to, all or none.
    async fn record(&self, versions: Vec<NewVersion>) -> Result<(), StoreError>;

    /// Lists an app's versions, the newest first, those before `before` where it is given, at most 200.
    async fn versions(
        &self,
        app: &AppId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Version>, StoreError>;

    /// Returns a version with its text.
    async fn version(
        &self,
        app: &AppId,
        number: u64,
    ) -> Result<Option<(Version, Option<String>)>, StoreError>;

    /// Returns the newest version of every app.
    async fn latest(&self) -> Result<Vec<Version>, StoreError>;
}
