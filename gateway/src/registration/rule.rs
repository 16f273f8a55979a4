//! What operators decide about a registration.
//!
//! Owns the order: the overlay stands before the definition comes into force, so that one reload takes both; where the
//! approval does not come about, it is taken away again.

use super::overlay::{self, Place};
use super::{Applicant, RegisterError, Registrations};
use crate::definitions::editing::{Decision, EditError};
use divos_model::Lang;
use divos_store::{Proposal, ProposalState, Texts};

/// What an operator says to an approval.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approval {
    /// Where the app is; empty: the hub calls nothing.
    pub address: String,
    /// Private networks that may be called for it.
    pub networks: String,
    /// The definition as the operator changed it; empty: as it was proposed.
    pub text: String,
    /// A word for the applicant.
    pub note: String,
}

impl Registrations {
    /// Refuses a registration; the note is for the applicant.
    ///
    /// # Errors
    /// Where it was decided already, there is no note, or the operator is none.
    pub async fn reject(
        &self,
        by: &Applicant,
        number: u64,
        note: &str,
    ) -> Result<(), RegisterError> {
        let (proposal, _) = self.waiting(by, number).await?;
        let rejected = self
            .editing
            .decide(by.actor(), proposal.number, Decision::Reject, note);
        rejected.await?;
        Ok(())
    }

    /// Puts a registration in force, with the place of the app where the operator gives one.
    ///
    /// # Errors
    /// Why it is not in force; then it goes on waiting and no overlay is left.
    pub async fn approve(
        &self,
        by: &Applicant,
        number: u64,
        approval: &Approval,
        lang: Lang,
    ) -> Result<(), RegisterError> {
        let (proposal, texts) = self.waiting(by, number).await?;
        self.editing.may_decide(by.actor(), &proposal)?;
        let proposal = self
            .as_changed(by, number, proposal, &texts, approval)
            .await?;
        let place = Place::read(&approval.address, &approval.networks)?;
        let Some(place) = place else {
            return self.decide(by, &proposal, approval).await;
        };
        let (_, texts) = self.editing.proposal(proposal.number).await?;
        let overlay = place.text();
        let definition = texts.text.unwrap_or_default();
        overlay::check(&proposal.app, &definition, &overlay, lang)?;
        let dir = self.overlay.as_deref();
        let written = overlay::write(dir, &proposal.app, &overlay).await?;
        let decided = self.decide(by, &proposal, approval).await;
        if written && decided.is_err() {
            overlay::take_back(dir, &proposal.app).await;
        }
        decided
    }

    async fn decide(
        &self,
        by: &Applicant,
        proposal: &Proposal,
        approval: &Approval,
    ) -> Result<(), RegisterError> {
        let approve = Decision::Approve;
        let decided = self
            .editing
            .decide(by.actor(), proposal.number, approve, &approval.note);
        decided.await?;
        Ok(())
    }

    async fn waiting(
        &self,
        by: &Applicant,
        number: u64,
    ) -> Result<(Proposal, Texts), RegisterError> {
        if !by.operator {
            return Err(EditError::NotAllowed.into());
        }
        match self.case(by, number).await?.proposal {
            Some(waiting) if waiting.0.state == ProposalState::Waiting => Ok(waiting),
            Some(_) => Err(EditError::Decided.into()),
            None => Err(RegisterError::Missing),
        }
    }

    /// Returns the proposal to decide over: a new one of the operator's own where they changed the text. The one that was
    /// sent stays as it was written, and the registration follows the new one.
    async fn as_changed(
        &self,
        by: &Applicant,
        number: u64,
        proposal: Proposal,
        texts: &Texts,
        approval: &Approval,
    ) -> Result<Proposal, RegisterError> {
        let asked = approval.text.trim();
        if asked.is_empty() || Some(asked) == texts.text.as_deref().map(str::trim) {
            return Ok(proposal);
        }
        let changed = Texts {
            base: None,
            text: Some(format!("{asked}\n")),
        };
        let mine = self.propose(by, &proposal.app, changed, &proposal.reason);
        let mine = mine.await?;
        let note = format!("#{}", mine.number);
        let replaced = self
            .editing
            .decide(by.actor(), proposal.number, Decision::Reject, &note);
        replaced.await?;
        self.bind(number, mine.number).await?;
        match self.editing.two_persons() {
            true => Err(RegisterError::SecondPerson),
            false => Ok(mine),
        }
    }
}
