//! Looking back and going back: proposals, versions, and what takes the place of a draft when something is brought
//! back or taken away.

use super::{Actor, EditError, Editing};
use crate::definitions::consequences::{self, Change};
use divos_model::AppId;
use divos_store::{Proposal, ProposalKind, ProposalQuery, Texts, Version};
use std::sync::Arc;

impl Editing {
    /// Proposes the text of an older version, and submits it: a proposal like any other.
    ///
    /// # Errors
    /// As [`Editing::submit`].
    pub async fn roll_back(
        self: &Arc<Self>,
        actor: Actor,
        app: &AppId,
        version: u64,
        reason: &str,
    ) -> Result<Proposal, EditError> {
        let (_, text) = self.version(app, version).await?;
        let texts = Texts {
            base: self.on_disk(app).await?,
            text,
        };
        let kind = ProposalKind::Restoration;
        let draft = self.keep(actor, kind, app, texts, reason, Some(version));
        let draft = draft.await?;
        self.submit(actor, draft.number).await
    }

    /// Proposes to take a definition away, and submits it.
    ///
    /// # Errors
    /// As [`Editing::submit`].
    pub async fn remove(
        self: &Arc<Self>,
        actor: Actor,
        app: &AppId,
        reason: &str,
    ) -> Result<Proposal, EditError> {
        let texts = Texts {
            base: self.on_disk(app).await?,
            text: None,
        };
        let draft = self.keep_draft(actor, ProposalKind::Removal, app, texts, reason);
        let draft = draft.await?;
        self.submit(actor, draft.number).await
    }

    /// Says what the step from one text of a definition to another does to the data.
    ///
    /// # Errors
    /// Where the work was interrupted.
    pub(crate) async fn consequences(
        &self,
        app: &AppId,
        old: Option<String>,
        new: Option<String>,
    ) -> Result<Vec<Change>, EditError> {
        let (definitions, app) = (Arc::clone(&self.parts.definitions), app.clone());
        let comparing = move || {
            let (_, old) = definitions.suppose(&app, old.as_deref());
            let (_, new) = definitions.suppose(&app, new.as_deref());
            consequences::between(app.as_str(), &old, &new)
        };
        let compared = tokio::task::spawn_blocking(comparing).await;
        compared.map_err(|_| EditError::Interrupted)
    }

    /// Returns a proposal with its texts.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn proposal(&self, number: u64) -> Result<(Proposal, Texts), EditError> {
        let found = self.parts.store.proposal(number).await?;
        found.ok_or(EditError::Missing)
    }

    /// Lists proposals, the newest first.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn proposals(&self, query: ProposalQuery) -> Result<Vec<Proposal>, EditError> {
        Ok(self.parts.store.proposals(query).await?)
    }

    /// Returns a version with its text.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn version(
        &self,
        app: &AppId,
        number: u64,
    ) -> Result<(Version, Option<String>), EditError> {
        let found = self.parts.store.version(app, number).await?;
        found.ok_or(EditError::Missing)
    }

    /// Lists the versions of an app, the newest first.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn versions(
        &self,
        app: &AppId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Version>, EditError> {
        Ok(self.parts.store.versions(app, before, limit).await?)
    }
}
