//! Self-registration: a department answers questions about its app, operators decide, and a connector comes of it.
//!
//! Owns the way from answers to a proposal and what both sides are told. It must never know a page, and never call the
//! address that somebody typed: that is the operator's to give. Start with [`answers::read`], then [`draft::write`].

pub mod answers;
pub mod draft;
mod overlay;
mod products;
mod rule;

pub use answers::{AnswerFault, Answers, CAPABILITIES, FIELDS, KINDS, PARAM, Typed};
pub use overlay::OverlayFault;
pub use products::products;
pub use rule::Approval;

use crate::definitions::Definitions;
use crate::definitions::editing::{Actor, EditError, Editing};
use answers::Known;
use divos_manifest::{Format, Severity, render};
use divos_model::{AppId, Clock, Lang, PersonId, UnitCode};
use divos_store::{
    Proposal, ProposalKind, ProposalQuery, ProposalState, REGISTRATIONS_OPEN, Registration,
    RegistrationStore, StoreError, Texts,
};
use std::path::PathBuf;
use std::sync::Arc;

/// A product that the hub knows: a template, with what a department can say about its installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// For example `wordpress@1`.
    pub template: String,
    /// What product it is for.
    pub title: String,
    /// What it asks for. Addresses and secrets are not among it: they are the operator's.
    pub params: Vec<Param>,
}

/// What a product asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// What it means.
    pub about: String,
    /// Whether it must be given.
    pub required: bool,
}

/// Parameters that say where an app is: an address never comes from a registration.
const ADDRESSES: &[&str] = &["base", "host", "hosts"];

/// Who registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// Who.
    pub person: PersonId,
    /// The units that they may answer for: those of their posts and those above, the city itself left out.
    pub units: Vec<UnitCode>,
    /// Whether they are an operator.
    pub operator: bool,
}

impl Applicant {
    fn actor(&self) -> Actor {
        Actor {
            person: self.person,
            operator: self.operator,
        }
    }
}

/// Why a registration could not be kept, sent or decided.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// There is none of this number, or it is not theirs.
    #[error("there is no such registration")]
    Missing,
    /// Answers cannot be taken.
    #[error("{} answer(s) cannot be taken", .0.len())]
    Answers(Vec<AnswerFault>),
    /// The person has begun too many.
    #[error("too many registrations were begun and not sent")]
    TooMany,
    /// Too many of the person wait for a decision.
    #[error("too many registrations wait for a decision")]
    TooManyWait,
    /// The overlay cannot be written.
    #[error("the overlay cannot be written")]
    Overlay(#[from] OverlayFault),
    /// An operator changed the definition, and two persons have to agree: another one decides.
    #[error("the changed definition waits for another operator")]
    SecondPerson,
    /// The proposal does not go on.
    #[error("the proposal does not go on")]
    Edit(#[from] EditError),
    /// The store failed.
    #[error("the registration could not be kept")]
    Store(#[from] StoreError),
}

/// A registration with what became of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// What was answered.
    pub registration: Registration,
    /// What became of it, with its text; `None` while it was not sent.
    pub proposal: Option<(Proposal, Texts)>,
}

/// What comes of answers.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The app.
    pub app: AppId,
    /// The draft.
    pub draft: String,
    /// What the check says about it; empty where nothing is wrong.
    pub check: String,
    /// Whether there is no error in it.
    pub good: bool,
}

/// Takes registrations and decides about them.
pub struct Registrations {
    /// What was answered.
    pub kept: Arc<dyn RegistrationStore>,
    /// What becomes of it.
    pub editing: Arc<Editing>,
    /// The connectors.
    pub definitions: Arc<Definitions>,
    /// Where operators' overlays lie, where there is such a folder.
    pub overlay: Option<PathBuf>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Registrations {
    /// Keeps what was typed, under a number of the applicant's or a new one; returns the number.
    ///
    /// # Errors
    /// `Missing`, `TooMany`, or where the store failed. What the answers say is not looked at.
    pub async fn keep(
        &self,
        by: &Applicant,
        number: Option<u64>,
        typed: Typed,
    ) -> Result<u64, RegisterError> {
        let now = self.clock.now();
        let kept = match number {
            Some(number) => {
                let kept = self.kept.keep_registration(number, by.person, typed, now);
                kept.await.map(|()| number)
            }
            None => self.kept.begin_registration(by.person, typed, now).await,
        };
        kept.map_err(|error| match error {
            StoreError::NotFound { .. } => RegisterError::Missing,
            StoreError::Conflict { .. } => RegisterError::TooMany,
            other => other.into(),
        })
    }

    /// Returns a registration: one's own, or any that was sent to an operator.
    ///
    /// # Errors
    /// `Missing`, or where the store failed.
    pub async fn case(&self, by: &Applicant, number: u64) -> Result<Case, RegisterError> {
        let found = self.kept.registration(number).await?;
        let theirs =
            |one: &Registration| one.person == by.person || (by.operator && one.proposal.is_some());
        let registration = found.filter(theirs).ok_or(RegisterError::Missing)?;
        self.with_proposal(registration).await
    }

    /// Lists the applicant's own, the newest first.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn mine(&self, by: &Applicant) -> Result<Vec<Case>, RegisterError> {
        let list = self.kept.registrations(Some(by.person)).await?;
        self.cases(list).await
    }

    /// Lists the apps that somebody registered and that came into force.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn apps_of(&self, person: PersonId) -> Result<Vec<AppId>, RegisterError> {
        let list = self.kept.registrations(Some(person)).await?;
        let cases = self.cases(list).await?.into_iter();
        let proposals = cases.filter_map(|case| case.proposal);
        let in_force = proposals.filter(|(one, _)| one.state == ProposalState::InForce);
        Ok(in_force.map(|(one, _)| one.app).collect())
    }

    /// Lists those that were sent, those that wait first.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn sent(&self) -> Result<Vec<Case>, RegisterError> {
        let list = self.kept.registrations(None).await?;
        let mut cases = self.cases(list).await?;
        cases.sort_by_key(|case| case.state() != Some(ProposalState::Waiting));
        Ok(cases)
    }

    async fn cases(&self, list: Vec<Registration>) -> Result<Vec<Case>, RegisterError> {
        let mut cases = Vec::with_capacity(list.len());
        for registration in list {
            cases.push(self.with_proposal(registration).await?);
        }
        Ok(cases)
    }

    async fn with_proposal(&self, registration: Registration) -> Result<Case, RegisterError> {
        let proposal = match registration.proposal {
            Some(number) => Some(self.editing.proposal(number).await?),
            None => None,
        };
        Ok(Case {
            registration,
            proposal,
        })
    }

    /// Gives answers their meaning: the draft that would come of them, and what the check says.
    ///
    /// # Errors
    /// The answers that cannot be taken.
    pub async fn preview(
        &self,
        by: &Applicant,
        typed: &Typed,
        lang: Lang,
    ) -> Result<(Answers, Preview), RegisterError> {
        let (products, taken) = (products(), self.taken(by).await?);
        let known = Known {
            products: &products,
            units: &by.units,
            taken: &taken,
        };
        let answers = answers::read(typed, known).map_err(RegisterError::Answers)?;
        let text = draft::write(&answers);
        let preview = self.check(&answers.id, text, lang).await?;
        Ok((answers, preview))
    }

    /// Checks a definition as `divos check` would. That the operator has not given the address yet is no news to whoever
    /// must not give it: errors alone are told.
    ///
    /// # Errors
    /// Where the check was interrupted.
    pub async fn check(
        &self,
        app: &AppId,
        text: String,
        lang: Lang,
    ) -> Result<Preview, RegisterError> {
        let checked = self.editing.check(app, Some(text.clone())).await?;
        let good = checked.is_good();
        let mut told = checked.faults;
        told.retain(|fault| fault.severity() == Severity::Error);
        Ok(Preview {
            app: app.clone(),
            draft: text,
            check: render(&told, lang, Format::Human),
            good,
        })
    }

    /// Lists the ids that somebody has, or asked for before.
    async fn taken(&self, by: &Applicant) -> Result<Vec<AppId>, RegisterError> {
        let in_force = self.definitions.in_force();
        let mut taken: Vec<AppId> = in_force.connectors.iter().map(|c| c.id.clone()).collect();
        let faulty = in_force.faults.iter();
        let faulty = faulty.filter_map(|fault| fault.connector.as_deref());
        taken.extend(faulty.filter_map(|id| id.parse().ok()));
        let waiting = ProposalQuery {
            state: Some(ProposalState::Waiting),
            limit: 200,
            ..ProposalQuery::default()
        };
        let others = self.editing.proposals(waiting).await?.into_iter();
        let others = others.filter(|one| one.author != by.person);
        taken.extend(others.map(|one| one.app));
        Ok(taken)
    }

    /// Sends a registration to the operators.
    ///
    /// # Errors
    /// What is wrong with the answers or the draft; where it was sent already; where the store failed.
    pub async fn send(&self, by: &Applicant, number: u64, lang: Lang) -> Result<(), RegisterError> {
        let case = self.own(by, number).await?;
        if case.proposal.is_some() {
            return Err(EditError::Decided.into());
        }
        let waits = |case: &&Case| case.state() == Some(ProposalState::Waiting);
        if self.mine(by).await?.iter().filter(waits).count() >= REGISTRATIONS_OPEN {
            return Err(RegisterError::TooManyWait);
        }
        let (answers, preview) = self.preview(by, &case.registration.typed, lang).await?;
        let texts = Texts {
            base: None,
            text: Some(preview.draft),
        };
        let reason = reason(&answers);
        let proposal = self.propose(by, &answers.id, texts, &reason).await?;
        self.bind(number, proposal.number).await
    }

    /// Proposes a definition; it waits for a decision.
    async fn propose(
        &self,
        by: &Applicant,
        app: &AppId,
        texts: Texts,
        reason: &str,
    ) -> Result<Proposal, RegisterError> {
        let kind = ProposalKind::Registration;
        let draft = self
            .editing
            .keep_draft(by.actor(), kind, app, texts, reason);
        let draft = draft.await?;
        Ok(self.editing.submit(by.actor(), draft.number).await?)
    }

    async fn bind(&self, number: u64, proposal: u64) -> Result<(), RegisterError> {
        let now = self.clock.now();
        let bound = self.kept.bind_registration(number, Some(proposal), now);
        Ok(bound.await?)
    }

    /// Takes a registration back: one that waits is withdrawn, one that was not sent is dropped.
    ///
    /// # Errors
    /// `Missing`, or where it is too late.
    pub async fn withdraw(&self, by: &Applicant, number: u64) -> Result<(), RegisterError> {
        let case = self.own(by, number).await?;
        match case.proposal {
            Some((proposal, _)) => {
                self.editing.withdraw(by.actor(), proposal.number).await?;
            }
            None => {
                self.kept.drop_registration(number, by.person).await?;
            }
        }
        Ok(())
    }

    async fn own(&self, by: &Applicant, number: u64) -> Result<Case, RegisterError> {
        let case = self.case(by, number).await?;
        match case.registration.person == by.person {
            true => Ok(case),
            false => Err(RegisterError::Missing),
        }
    }
}

impl Case {
    /// Tells what became of it; `None` while it was not sent.
    #[must_use]
    pub fn state(&self) -> Option<ProposalState> {
        self.proposal.as_ref().map(|(proposal, _)| proposal.state)
    }
}

/// Why there is the proposal, in the applicant's words, else in few.
fn reason(answers: &Answers) -> String {
    match answers.about.trim() {
        "" => answers.name.clone(),
        about => about.to_owned(),
    }
}

#[cfg(test)]
mod tests;
