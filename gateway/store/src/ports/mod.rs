//! The ports: traits and their types, one file each. They must never name an engine or hold SQL.

mod audit;
mod definitions;
mod error;
mod items;
mod meta;
mod own;
mod page;
mod people;
mod push_credentials;
mod reader;
mod registrations;
mod runs;
mod sessions;
mod tokens;
mod upkeep;
mod usage;

use std::sync::Arc;

pub use audit::{AuditDraft, AuditLog, AuditRow, AuditVerdict};
pub use definitions::{
    DefinitionStore, Draft, NewVersion, Proposal, ProposalKind, ProposalQuery, ProposalState, Step,
    Texts, Version, text_hash,
};
pub use error::{Blame, StoreError};
pub use items::{
    Aged, AgedPlace, AgedQuery, Commit, Entry, EventKey, ItemMark, ItemStore, SourceCursor,
    Tombstones, Upserted, Validators, Whole,
};
pub use meta::MetaStore;
pub use own::{
    AuditedQuery, Holding, HoldingQuery, Marked, OWN_PART, OwnAccount, OwnCounts, OwnDataStore,
    OwnPlace, Tenure,
};
pub use page::{
    AppCount, Change, Changes, ChangesQuery, CountsQuery, Filter, Order, Page, PageQuery, Position,
    Row, Twin,
};
pub use people::{
    Assignment, AssignmentKind, HeldPost, Identifier, IdentifierKind, ImportFault, Imported,
    PeopleStore, Person, PersonQuery, PersonRecord, Post, Standing, Unit,
};
pub use push_credentials::{PUSH_CREDENTIALS_MOST, PushCredential, PushCredentialStore, PushProof};
pub use reader::{Reader, ReaderState, StateChange, StateFilter};
pub use registrations::{REGISTRATIONS_OPEN, Registration, RegistrationStore};
pub use runs::{Run, RunError, RunOutcome, RunStore, SourceStatus};
pub use sessions::{
    KnownSession, Revoked, Session, SessionStore, Throttle, Ticket, TokenHash, Touch,
};
pub use tokens::{Token, TokenKind, TokenStore};
pub use upkeep::{Health, Upkeep};
pub use usage::{OpenUsage, UsageDay, UsageStore};

/// The hub's memory, port by port. A part of the hub is handed only the ports it needs.
#[derive(Clone)]
pub struct Store {
    /// Items and their readers' marks.
    pub items: Arc<dyn ItemStore>,
    /// How the connectors' sources fare.
    pub runs: Arc<dyn RunStore>,
    /// Persons, units and posts.
    pub people: Arc<dyn PeopleStore>,
    /// Sessions, tickets and throttles.
    pub sessions: Arc<dyn SessionStore>,
    /// Feed and API tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// What apps prove their pushes with.
    pub push_credentials: Arc<dyn PushCredentialStore>,
    /// What departments answer when they register their apps.
    pub registrations: Arc<dyn RegistrationStore>,
    /// How much each app is used.
    pub usage: Arc<dyn UsageStore>,
    /// What happened, hash-chained.
    pub audit: Arc<dyn AuditLog>,
    /// Proposals and versions of definitions.
    pub definitions: Arc<dyn DefinitionStore>,
    /// What is held about one person, for them.
    pub own: Arc<dyn OwnDataStore>,
    /// Signing keys and other small values.
    pub meta: Arc<dyn MetaStore>,
    /// Health, backup, closing.
    pub upkeep: Arc<dyn Upkeep>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
