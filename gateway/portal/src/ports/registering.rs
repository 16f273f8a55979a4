//! Registering an app: what a department answers, what became of it, and what operators decide.

use super::{PortError, Visitor};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, Lang};
use std::collections::BTreeMap;

/// Field → what was typed.
pub type Typed = BTreeMap<String, String>;

/// One answer that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerFault {
    /// Which field.
    pub field: String,
    /// What is wrong and what to do, in the reader's language.
    pub sentence: String,
}

/// What became of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegistrationState {
    /// It was not sent yet.
    Draft,
    /// It waits for the operators.
    Waiting,
    /// It is in force.
    Approved,
    /// It was refused; the note says why.
    Rejected,
    /// Its author took it back.
    Withdrawn,
}

/// One registration in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationLine {
    /// Its number.
    pub number: u64,
    /// The app's name as typed; empty while it is not.
    pub name: String,
    /// The owner's name.
    pub unit: Option<String>,
    /// Who registers, by name.
    pub author: Option<String>,
    /// What became of it.
    pub state: RegistrationState,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}

/// One registration in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationSheet {
    /// As in a list.
    pub line: RegistrationLine,
    /// Everything that was typed.
    pub typed: Typed,
    /// Whether the visitor is its author.
    pub own: bool,
    /// The app's id, where the answers name one.
    pub app: Option<AppId>,
    /// Answers that cannot be taken.
    pub faults: Vec<AnswerFault>,
    /// The draft of the definition; empty while answers cannot be taken.
    pub draft: String,
    /// What the check says about the draft, as `divos check` prints it; empty where nothing is wrong.
    pub check: String,
    /// Whether the draft may be sent as it is.
    pub good: bool,
    /// What the operators said.
    pub note: Option<String>,
}

/// A product that is known: a template with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductChoice {
    /// Its word.
    pub word: String,
    /// Its title.
    pub title: String,
    /// What it asks for: name, what it means, whether it must be given.
    pub params: Vec<(String, String, bool)>,
}

/// What can be chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The visitor's units: code and name.
    pub units: Vec<(String, String)>,
    /// The known products.
    pub products: Vec<ProductChoice>,
    /// The kinds of items: word and name.
    pub kinds: Vec<(String, String)>,
    /// What apps are for: words.
    pub capabilities: Vec<String>,
}

/// What an operator decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// It comes into force.
    Approve {
        /// Where the app runs; empty: the hub does not call it.
        address: String,
        /// Private ranges that may be called for it, parted by commas or blanks.
        networks: String,
        /// The definition, where the operator changed it.
        text: String,
        /// A word for the applicant.
        note: String,
    },
    /// It does not.
    Reject {
        /// Why, for the applicant.
        note: String,
    },
}

/// Why a registration was not sent, or a ruling not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisteringError {
    /// Answers cannot be taken.
    #[error("answers cannot be taken")]
    Faults(Vec<AnswerFault>),
    /// It cannot be done, and the sentence says why, in the reader's language.
    #[error("{0}")]
    Said(String),
    /// Anything that any page may meet.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// Registering apps.
#[async_trait]
pub trait Registering: Send + Sync {
    /// Returns what the visitor can choose from.
    async fn choices(&self, visitor: &Visitor, lang: Lang) -> Result<Choices, PortError>;
    /// Keeps what was typed: under `number`, or under a new number, which is returned.
    async fn keep(
        &self,
        visitor: &Visitor,
        number: Option<u64>,
        typed: Typed,
        lang: Lang,
    ) -> Result<u64, RegisteringError>;
    /// Returns a registration of the visitor's own, or any that was sent to an operator.
    async fn sheet(
        &self,
        visitor: &Visitor,
        number: u64,
        lang: Lang,
    ) -> Result<RegistrationSheet, PortError>;
    /// Lists the visitor's own, the newest first.
    async fn mine(&self, visitor: &Visitor) -> Result<Vec<RegistrationLine>, PortError>;
    /// Lists those that were sent, for operators: the waiting ones first.
    async fn sent(&self, visitor: &Visitor) -> Result<Vec<RegistrationLine>, PortError>;
    /// Sends a registration to the operators.
    async fn send(
        &self,
        visitor: &Visitor,
        number: u64,
        lang: Lang,
    ) -> Result<(), RegisteringError>;
    /// Takes a registration back, or drops one that was not sent.
    async fn withdraw(&self, visitor: &Visitor, number: u64) -> Result<(), PortError>;
    /// Decides; for operators.
    async fn rule(
        &self,
        visitor: &Visitor,
        number: u64,
        ruling: Ruling,
        lang: Lang,
    ) -> Result<(), RegisteringError>;
}
