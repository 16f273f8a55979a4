//! A person's own data (UU 27/2022): everything that the hub holds about somebody, for nobody but them.
//!
//! Owns what that is, and that each look at it is written down. Of items they are given what they may read and no more
//! ([decision 9](../../docs/decisions/0009-own-data-is-what-one-may-read.md)). It must never know a page or HTTP.

use chrono::{DateTime, Utc};
use divos_adapters::Pseudonym;
use divos_feed::{FeedItem, Timeline};
use divos_model::{Clock, PersonId};
use divos_store::{
    AuditDraft, AuditLog, AuditRow, AuditedQuery, DefinitionStore, HoldingQuery, IdentifierKind,
    Marked, OWN_PART, OwnAccount, OwnCounts, OwnDataStore, OwnPlace, PeopleStore, Person, Proposal,
    ProposalQuery, PushCredential, Reader, Registration, RegistrationStore, Session, SessionStore,
    Store, StoreError, Token, TokenStore,
};
use serde_json::json;
use std::sync::Arc;

/// How many items one part looks at: a few milliseconds of the database.
const LOOKS: usize = 2_000;
/// How many items one part holds.
const ITEMS: usize = 20;

/// By which way somebody looks at their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// On the page.
    Page,
    /// As a file.
    File,
}

/// Gathers what is held about one person. One for the hub.
pub struct OwnData {
    own: Arc<dyn OwnDataStore>,
    people: Arc<dyn PeopleStore>,
    sessions: Arc<dyn SessionStore>,
    tokens: Arc<dyn TokenStore>,
    registrations: Arc<dyn RegistrationStore>,
    proposals: Arc<dyn DefinitionStore>,
    audit: Arc<dyn AuditLog>,
    timeline: Timeline,
    clock: Arc<dyn Clock>,
    pseudonym: Pseudonym,
}

/// What is short enough to be read at once.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Who they are.
    pub person: Person,
    /// Since when they are known, and their posts.
    pub account: OwnAccount,
    /// Their sessions, those on apps' hosts too.
    pub sessions: Vec<Session>,
    /// Their tokens; those that have ended too, as long as they are kept.
    pub tokens: Vec<Token>,
    /// How much there is of the rest.
    pub counts: OwnCounts,
}

impl OwnData {
    /// Gathers from these parts. `pseudonym` is the key under which connectors hash what is personal.
    #[must_use]
    pub fn new(
        store: &Store,
        timeline: Timeline,
        clock: Arc<dyn Clock>,
        pseudonym: Pseudonym,
    ) -> Self {
        Self {
            own: Arc::clone(&store.own),
            people: Arc::clone(&store.people),
            sessions: Arc::clone(&store.sessions),
            tokens: Arc::clone(&store.tokens),
            registrations: Arc::clone(&store.registrations),
            proposals: Arc::clone(&store.definitions),
            audit: Arc::clone(&store.audit),
            timeline,
            clock,
            pseudonym,
        }
    }

    /// Returns the present moment.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Writes down that somebody looks at their data. Without that nothing is shown.
    ///
    /// # Errors
    /// Where it could not be written down.
    pub async fn note(&self, person: PersonId, look: Look) -> Result<(), StoreError> {
        let event = match look {
            Look::Page => "own_data.shown",
            Look::File => "own_data.sent",
        };
        let draft = AuditDraft {
            at: self.now(),
            event: event.to_owned(),
            actor: Some(person),
            subject: Some(person.to_string()),
            details: json!({}),
        };
        self.audit.append(draft).await.map(drop)
    }

    /// Returns what is short; `None` where there is no such person any more.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn overview(&self, id: PersonId) -> Result<Option<Overview>, StoreError> {
        let person = self.people.person(id).await?;
        let account = self.own.own_account(id).await?;
        let (Some(person), Some(account)) = (person, account) else {
            return Ok(None);
        };
        Ok(Some(Overview {
            person,
            account,
            sessions: self.sessions.sessions_of(id, self.now()).await?,
            tokens: self.tokens.tokens(Some(id)).await?,
            counts: self.own.own_counts(id).await?,
        }))
    }

    /// Returns what they marked, in parts.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn marks(
        &self,
        reader: &Reader,
        after: Option<OwnPlace>,
    ) -> Result<Vec<Marked>, StoreError> {
        self.own.own_marks(reader, after, OWN_PART).await
    }

    /// Returns items that name them, in parts: by id, number or address, as they may read them.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn items(
        &self,
        reader: &Reader,
        words: &[String],
        after: Option<OwnPlace>,
    ) -> Result<(Vec<FeedItem>, Option<OwnPlace>), StoreError> {
        let query = HoldingQuery {
            reader: reader.clone(),
            words: words.to_vec(),
            after,
            looks: LOOKS,
            limit: ITEMS,
        };
        self.timeline.holding(query).await
    }

    /// Returns the words by which items name somebody: their id, their number as it is written and as connectors hash
    /// it, their addresses. Not their name, which others may have too.
    #[must_use]
    pub fn words(&self, person: &Person) -> Vec<String> {
        let mut words = vec![person.id.to_string()];
        for identifier in &person.identifiers {
            let value = &identifier.value;
            match identifier.kind {
                IdentifierKind::Nip => {
                    words.push(self.pseudonym.of(value));
                    words.extend(spaced(value));
                    words.push(value.clone());
                }
                IdentifierKind::Email => words.push(value.to_ascii_lowercase()),
                IdentifierKind::Username => {}
            }
        }
        words
    }

    /// Returns what the audit log says of them, the newest first.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn log(
        &self,
        overview: &Overview,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let tokens = overview.tokens.iter();
        let query = AuditedQuery {
            person: overview.person.id,
            subjects: tokens.map(|token| token.id.to_string()).collect(),
            before,
            limit,
        };
        self.own.audited(query).await
    }

    /// Returns the registrations that they began.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn registrations(&self, id: PersonId) -> Result<Vec<Registration>, StoreError> {
        self.registrations.registrations(Some(id)).await
    }

    /// Returns the changes of definitions that they proposed, the newest first, in parts.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn proposals(
        &self,
        id: PersonId,
        before: Option<u64>,
    ) -> Result<Vec<Proposal>, StoreError> {
        let query = ProposalQuery {
            author: Some(id),
            before,
            limit: 100,
            ..ProposalQuery::default()
        };
        self.proposals.proposals(query).await
    }

    /// Returns the push credentials that they made.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn credentials(&self, id: PersonId) -> Result<Vec<PushCredential>, StoreError> {
        self.own.own_push_credentials(id).await
    }
}

impl std::fmt::Debug for OwnData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnData").finish_non_exhaustive()
    }
}

/// Writes a NIP as forms do, in four groups; `None` where it has not 18 digits.
fn spaced(nip: &str) -> Option<String> {
    let group = |from, to| nip.get(from..to);
    let whole = nip.len() == 18;
    let groups = [group(0, 8)?, group(8, 14)?, group(14, 15)?, group(15, 18)?];
    whole.then(|| groups.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nip_is_written_as_forms_do() {
        let written = spaced("990001012026011001");
        assert_eq!(written.as_deref(), Some("99000101 202601 1 001"));
        for other in ["", "123", "9900010120260110012", "é90001012026011001"] {
            assert_eq!(spaced(other), None, "{other}");
        }
    }
}
