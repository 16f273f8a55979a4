//! Putting a text in force, and keeping the history true whatever ends the hub in between.
//!
//! Owns the order: the proposal is marked as being applied, the file is replaced, the reload takes it, the version
//! is written with the end of the proposal. A hub that was killed finds the mark and tells by the file what happened.

use super::{Actor, EditError, Editing};
use divos_model::{AppId, PersonId};
use divos_store::{
    NewVersion, Proposal, ProposalQuery, ProposalState, Step, StoreError, Texts, text_hash,
};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Editing {
    /// Puts a text in force. Goes on to its end although whoever asked may leave.
    pub(super) async fn put_in_force(
        self: &Arc<Self>,
        actor: Actor,
        proposal: Proposal,
        texts: Texts,
        decided_by: Option<PersonId>,
        note: Option<String>,
    ) -> Result<Proposal, EditError> {
        let editing = Arc::clone(self);
        let work = async move {
            let done = editing.apply(&proposal, &texts, decided_by, note).await?;
            let event = match done.restores {
                Some(_) => "connector.rolled_back",
                None => "connector.in_force",
            };
            editing.audit(event, actor, &done, &texts).await?;
            Ok(done)
        };
        let done = tokio::spawn(work).await;
        done.map_err(|_| EditError::Interrupted)?
    }

    async fn apply(
        &self,
        proposal: &Proposal,
        texts: &Texts,
        decided_by: Option<PersonId>,
        note: Option<String>,
    ) -> Result<Proposal, EditError> {
        let _one = self.one.lock().await;
        // What stood a moment ago may have changed while this waited for its turn.
        self.fits(&proposal.app, texts).await?;
        let applying = self.step(proposal, ProposalState::Applying, decided_by, note);
        let applying = applying.await?;
        match self.replace(&proposal.app, texts).await {
            Ok(()) => Ok(self.finish(&applying, texts).await?),
            Err(error) => {
                self.return_to_its_author(&applying).await?;
                Err(error)
            }
        }
    }

    /// Replaces the file and reloads; where the hub does not take the text, the old one is back in force.
    async fn replace(&self, app: &AppId, texts: &Texts) -> Result<(), EditError> {
        self.write(app, texts.text.clone()).await?;
        let why = match self.parts.reload.reload().await {
            Ok(_) if self.is_in_force(app, texts.text.as_deref()) => return Ok(()),
            Ok(_) => "the definition was not taken".to_owned(),
            Err(why) => why,
        };
        self.write(app, texts.base.clone()).await?;
        if let Err(error) = self.parts.reload.reload().await {
            tracing::error!(error, app = %app, "the old definition could not be put back in force");
        }
        Err(EditError::NotTaken(why))
    }

    async fn write(&self, app: &AppId, text: Option<String>) -> Result<(), EditError> {
        let (folder, app) = (self.folder.clone(), app.clone());
        let written = tokio::task::spawn_blocking(move || folder.write(&app, text.as_deref()));
        Ok(written.await.map_err(|_| EditError::Interrupted)??)
    }

    fn is_in_force(&self, app: &AppId, text: Option<&str>) -> bool {
        let in_force = self.parts.definitions.in_force();
        in_force.texts.get(app).map(|text| &**text) == text && !in_force.kept.contains(app)
    }

    /// Ends a proposal whose text is in force, with its version.
    async fn finish(&self, applying: &Proposal, texts: &Texts) -> Result<Proposal, StoreError> {
        let at = self.parts.clock.now();
        let step = Step {
            number: applying.number,
            from: ProposalState::Applying,
            to: ProposalState::InForce,
            decided_by: applying.decided_by,
            note: applying.note.clone(),
            at,
        };
        let version = NewVersion {
            app: applying.app.clone(),
            text: texts.text.clone(),
            at,
            author: Some(applying.author),
            decided_by: applying.decided_by,
            reason: applying.reason.clone(),
            proposal: Some(applying.number),
            restores: applying.restores,
        };
        self.parts.store.step(step, Some(version)).await
    }

    /// Takes the mark off a proposal that did not come into force: it waits again, or is a draft again. Where its
    /// author has begun another draft meanwhile, both texts are kept, and this one is withdrawn.
    async fn return_to_its_author(&self, applying: &Proposal) -> Result<(), EditError> {
        let before = match applying.decided_by {
            Some(_) => ProposalState::Waiting,
            None => ProposalState::Draft,
        };
        match self.step(applying, before, None, None).await {
            Err(EditError::Decided) if before == ProposalState::Draft => {
                self.step(applying, ProposalState::Withdrawn, None, None)
                    .await?;
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Makes the history say what is in force: ends what a killed hub left half done, and writes down what was
    /// changed by hand. To be called at the start and after each reload.
    ///
    /// # Errors
    /// Where the store or the folder does not answer; it can be called again.
    pub async fn settle(&self) -> Result<(), EditError> {
        let _one = self.one.lock().await;
        self.recover().await?;
        self.record_changes_by_hand().await
    }

    async fn recover(&self) -> Result<(), EditError> {
        let query = ProposalQuery {
            state: Some(ProposalState::Applying),
            limit: 200,
            ..ProposalQuery::default()
        };
        let applying = self.parts.store.proposals(query).await?;
        if applying.is_empty() {
            return Ok(());
        }
        let folder = self.folder.clone();
        let tidied = tokio::task::spawn_blocking(move || folder.tidy()).await;
        if let Ok(Err(error)) = tidied {
            tracing::warn!(%error, "half-written definitions could not be removed");
        }
        for proposal in applying {
            let (_, texts) = self.proposal(proposal.number).await?;
            let arrived = self.on_disk(&proposal.app).await? == texts.text
                && self.is_in_force(&proposal.app, texts.text.as_deref());
            tracing::warn!(app = %proposal.app, proposal = proposal.number, arrived, "an interrupted edit was settled");
            if arrived {
                self.finish(&proposal, &texts).await?;
            } else {
                self.return_to_its_author(&proposal).await?;
            }
        }
        Ok(())
    }

    async fn record_changes_by_hand(&self) -> Result<(), EditError> {
        let latest = self.parts.store.latest().await?;
        let known: BTreeMap<_, _> = latest.into_iter().map(|v| (v.app, v.hash)).collect();
        let in_force = self.parts.definitions.in_force();
        let at = self.parts.clock.now();
        let by_hand = |app: &AppId, text: Option<&str>| NewVersion {
            app: app.clone(),
            text: text.map(str::to_owned),
            at,
            author: None,
            decided_by: None,
            reason: String::new(),
            proposal: None,
            restores: None,
        };
        let mut seen = Vec::new();
        for (app, text) in &in_force.texts {
            let hash = text_hash(text);
            if known.get(app).and_then(Option::as_ref) != Some(&hash) {
                seen.push(by_hand(app, Some(text)));
            }
        }
        for (app, hash) in &known {
            let gone = hash.is_some() && !in_force.texts.contains_key(app);
            // A file that is there and faulty was not taken away.
            if gone && matches!(self.on_disk(app).await, Ok(None)) {
                seen.push(by_hand(app, None));
            }
        }
        if !seen.is_empty() {
            self.parts.store.record(seen).await?;
        }
        Ok(())
    }
}
