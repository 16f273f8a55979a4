//! Editing definitions: a text is proposed, checked, tried, decided, put in force, and remembered.
//!
//! Owns the life of a proposal and the rights in it, so that no page can forget them: operators alone change
//! connectors, and where two persons are asked for, whoever proposed does not decide. It must never know a page, and
//! never hold a text as in force that the reload did not take. Start with [`Editing`]; `apply` puts in force.

mod apply;
mod check;
mod fault;
mod folder;
mod history;
mod late;
mod shown;
mod trial;

pub use check::Checked;
pub use fault::EditError;
pub(crate) use folder::Folder;
pub use folder::FolderError;
pub use shown::TriedItem;
pub use trial::{Ended, SourceTrial, TrialReport};

use super::{Changes, Definitions};
use async_trait::async_trait;
use divos_model::{AppId, Clock, PersonId};
use divos_store::{
    AuditDraft, AuditLog, DefinitionStore, Draft, Proposal, ProposalKind, ProposalQuery,
    ProposalState, Step, Texts, text_hash,
};
use folder::LARGEST;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Mutex;
use trial::Trials;

/// The longest reason or note, in characters.
const LONGEST_REASON: usize = 500;

/// Puts the files in force as they are now.
#[async_trait]
pub trait Reload: Send + Sync {
    /// Reads the files again; says what changed, or why nothing did.
    async fn reload(&self) -> Result<Changes, String>;
}

/// Who does something, with their right to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub person: PersonId,
    /// Whether they hold the role `operator`.
    pub operator: bool,
}

/// A decision over a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It comes into force.
    Approve,
    /// It does not.
    Reject,
}

/// Everything that editing can reach.
pub struct EditingParts {
    /// Proposals and versions.
    pub store: Arc<dyn DefinitionStore>,
    /// Where every step is written down.
    pub audit: Arc<dyn AuditLog>,
    /// The connectors in force.
    pub definitions: Arc<Definitions>,
    /// What puts files in force.
    pub reload: Arc<dyn Reload>,
    /// The outside world, for trials.
    pub world: divos_adapters::World,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whether whoever proposes does not decide.
    pub two_persons: bool,
}

/// Edits definitions, one at a time.
pub struct Editing {
    parts: EditingParts,
    folder: Folder,
    one: Mutex<()>,
    trials: Arc<Trials>,
}

impl Editing {
    /// Prepares to edit the definitions of a folder.
    #[must_use]
    pub fn new(dir: &Path, parts: EditingParts) -> Arc<Self> {
        Arc::new(Self {
            parts,
            folder: Folder::new(dir),
            one: Mutex::new(()),
            trials: Arc::default(),
        })
    }

    /// Tells whether whoever proposes does not decide.
    #[must_use]
    pub fn two_persons(&self) -> bool {
        self.parts.two_persons
    }

    /// Returns the file that a definition has or would have.
    #[must_use]
    pub fn file(&self, app: &AppId) -> PathBuf {
        self.folder.path(app)
    }

    /// Returns the text that is on the disk now; `None` where there is no such file.
    ///
    /// # Errors
    /// Where the file cannot be edited here.
    pub async fn on_disk(&self, app: &AppId) -> Result<Option<String>, EditError> {
        let (folder, app) = (self.folder.clone(), app.clone());
        let read = tokio::task::spawn_blocking(move || folder.read(&app)).await;
        Ok(read.map_err(|_| EditError::Interrupted)??)
    }

    /// Says what would come of a text, or of taking the definition away. Keeps nothing.
    ///
    /// # Errors
    /// Where the text is too large, or the work was interrupted.
    pub async fn check(&self, app: &AppId, text: Option<String>) -> Result<Checked, EditError> {
        small(text.as_deref())?;
        let (definitions, app) = (Arc::clone(&self.parts.definitions), app.clone());
        let checking = move || check::check(&definitions, &app, text.as_deref());
        let checked = tokio::task::spawn_blocking(checking).await;
        checked.map_err(|_| EditError::Interrupted)
    }

    /// Keeps what somebody types, in the place of their last draft of this kind for the app.
    ///
    /// # Errors
    /// Where they may not propose this, the text is too large, or the store does not answer.
    pub async fn keep_draft(
        &self,
        actor: Actor,
        kind: ProposalKind,
        app: &AppId,
        texts: Texts,
        reason: &str,
    ) -> Result<Proposal, EditError> {
        self.keep(actor, kind, app, texts, reason, None).await
    }

    pub(super) async fn keep(
        &self,
        actor: Actor,
        kind: ProposalKind,
        app: &AppId,
        texts: Texts,
        reason: &str,
        restores: Option<u64>,
    ) -> Result<Proposal, EditError> {
        may_propose(actor, kind)?;
        small(texts.text.as_deref())?;
        let draft = Draft {
            kind,
            app: app.clone(),
            author: actor.person,
            reason: said(reason),
            texts,
            restores,
            at: self.parts.clock.now(),
        };
        Ok(self.parts.store.keep_draft(draft).await?)
    }

    /// Returns somebody's draft of a kind for an app.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn draft(
        &self,
        actor: Actor,
        kind: ProposalKind,
        app: &AppId,
    ) -> Result<Option<(Proposal, Texts)>, EditError> {
        let query = ProposalQuery {
            app: Some(app.clone()),
            author: Some(actor.person),
            state: Some(ProposalState::Draft),
            before: None,
            limit: 8,
        };
        let drafts = self.parts.store.proposals(query).await?;
        match drafts.into_iter().find(|draft| draft.kind == kind) {
            Some(draft) => Ok(self.parts.store.proposal(draft.number).await?),
            None => Ok(None),
        }
    }

    /// Ends a draft's writing: it waits for a decision, or comes into force where none is needed.
    ///
    /// # Errors
    /// Where it is faulty, says nothing new, lacks a reason, or the file changed meanwhile. It stays a draft.
    pub async fn submit(
        self: &Arc<Self>,
        actor: Actor,
        number: u64,
    ) -> Result<Proposal, EditError> {
        let (proposal, texts) = self.proposal(number).await?;
        if proposal.author != actor.person {
            return Err(EditError::Missing);
        }
        may_propose(actor, proposal.kind)?;
        if proposal.state != ProposalState::Draft {
            return Err(EditError::Decided);
        }
        if proposal.reason.is_empty() {
            return Err(EditError::NoReason);
        }
        self.fits(&proposal.app, &texts).await?;
        if self.waits(proposal.kind) {
            let waiting = self.step(&proposal, ProposalState::Waiting, None, None);
            let waiting = waiting.await?;
            self.audit("connector.proposed", actor, &waiting, &texts)
                .await?;
            return Ok(waiting);
        }
        self.audit("connector.proposed", actor, &proposal, &texts)
            .await?;
        self.put_in_force(actor, proposal, texts, None, None).await
    }

    /// Decides over a proposal that waits.
    ///
    /// # Errors
    /// Where the actor may not decide, somebody was faster, or the text cannot come into force any more; then it
    /// goes on waiting.
    pub async fn decide(
        self: &Arc<Self>,
        actor: Actor,
        number: u64,
        decision: Decision,
        note: &str,
    ) -> Result<Proposal, EditError> {
        let (proposal, texts) = self.proposal(number).await?;
        self.may_decide(actor, &proposal)?;
        let note = said(note);
        let by = Some(actor.person);
        match decision {
            Decision::Reject if note.is_empty() => Err(EditError::NoReason),
            Decision::Reject => {
                let rejected =
                    self.step(&proposal, ProposalState::Rejected, by, Some(note.clone()));
                let rejected = rejected.await?;
                self.audit("connector.rejected", actor, &rejected, &texts)
                    .await?;
                Ok(rejected)
            }
            Decision::Approve => {
                self.fits(&proposal.app, &texts).await?;
                self.audit("connector.approved", actor, &proposal, &texts)
                    .await?;
                let note = Some(note).filter(|note| !note.is_empty());
                self.put_in_force(actor, proposal, texts, by, note).await
            }
        }
    }

    /// Tells whether somebody may decide over a proposal.
    ///
    /// # Errors
    /// Why they may not.
    pub fn may_decide(&self, actor: Actor, proposal: &Proposal) -> Result<(), EditError> {
        if !actor.operator {
            Err(EditError::NotAllowed)
        } else if proposal.state != ProposalState::Waiting {
            Err(EditError::Decided)
        } else if self.parts.two_persons && proposal.author == actor.person {
            Err(EditError::OwnProposal)
        } else {
            Ok(())
        }
    }

    /// Takes a draft or a waiting proposal of one's own back.
    ///
    /// # Errors
    /// Where it is somebody else's, or was decided.
    pub async fn withdraw(&self, actor: Actor, number: u64) -> Result<Proposal, EditError> {
        let (proposal, texts) = self.proposal(number).await?;
        if proposal.author != actor.person {
            return Err(EditError::Missing);
        }
        let was = proposal.state;
        if !matches!(was, ProposalState::Draft | ProposalState::Waiting) {
            return Err(EditError::Decided);
        }
        let withdrawn = self.step(&proposal, ProposalState::Withdrawn, None, None);
        let withdrawn = withdrawn.await?;
        if was == ProposalState::Waiting {
            self.audit("connector.withdrawn", actor, &withdrawn, &texts)
                .await?;
        }
        Ok(withdrawn)
    }

    fn waits(&self, kind: ProposalKind) -> bool {
        self.parts.two_persons || kind == ProposalKind::Registration
    }

    /// Tells whether a text could come into force now.
    async fn fits(&self, app: &AppId, texts: &Texts) -> Result<(), EditError> {
        if self.on_disk(app).await? != texts.base {
            return Err(EditError::ChangedMeanwhile);
        }
        if texts.text == texts.base {
            return Err(EditError::Unchanged);
        }
        let checked = self.check(app, texts.text.clone()).await?;
        if !checked.is_good() {
            return Err(EditError::Faulty(Box::new(checked)));
        }
        Ok(())
    }

    async fn step(
        &self,
        proposal: &Proposal,
        to: ProposalState,
        decided_by: Option<PersonId>,
        note: Option<String>,
    ) -> Result<Proposal, EditError> {
        let step = Step {
            number: proposal.number,
            from: proposal.state,
            to,
            decided_by,
            note,
            at: self.parts.clock.now(),
        };
        Ok(self.parts.store.step(step, None).await?)
    }

    /// Writes down who did what; the reason and the text stay with the proposal.
    async fn audit(
        &self,
        event: &str,
        actor: Actor,
        proposal: &Proposal,
        texts: &Texts,
    ) -> Result<(), EditError> {
        let draft = AuditDraft {
            at: self.parts.clock.now(),
            event: event.to_owned(),
            actor: Some(actor.person),
            subject: Some(proposal.app.to_string()),
            details: json!({
                "proposal": proposal.number,
                "kind": proposal.kind,
                "text": texts.text.as_deref().map(text_hash),
                "restores": proposal.restores,
            }),
        };
        self.parts.audit.append(draft).await?;
        Ok(())
    }
}

/// Departments register their apps; everything else is the operators'.
fn may_propose(actor: Actor, kind: ProposalKind) -> Result<(), EditError> {
    if actor.operator || kind == ProposalKind::Registration {
        Ok(())
    } else {
        Err(EditError::NotAllowed)
    }
}

fn small(text: Option<&str>) -> Result<(), EditError> {
    match text {
        Some(text) if text.len() > LARGEST => Err(EditError::TooLarge),
        _ => Ok(()),
    }
}

/// What a person says, on one line.
fn said(words: &str) -> String {
    let line: String = words
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST_REASON)
        .collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests;
