//! The port of registrations: what departments answer when they register their apps, word for word. What becomes of one
//! is a proposal's to say.

use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::PersonId;
use std::collections::BTreeMap;

/// How many registrations a person may have begun and not sent.
pub const REGISTRATIONS_OPEN: usize = 20;

/// One registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its number, rising.
    pub number: u64,
    /// Whose it is.
    pub person: PersonId,
    /// Field → what was typed.
    pub typed: BTreeMap<String, String>,
    /// The proposal that it became; `None` while it was not sent.
    pub proposal: Option<u64>,
    /// Since when there is it.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}

/// Keeps registrations.
#[async_trait]
pub trait RegistrationStore: Send + Sync {
    /// Begins a registration and returns its number.
    ///
    /// # Errors
    /// `Conflict` where the person has [`REGISTRATIONS_OPEN`] that were not sent.
    async fn begin_registration(
        &self,
        person: PersonId,
        typed: BTreeMap<String, String>,
        at: DateTime<Utc>,
    ) -> Result<u64, StoreError>;

    /// Keeps what was typed, in the place of what was kept before.
    ///
    /// # Errors
    /// `NotFound` where the person has none of the number that was not sent yet.
    async fn keep_registration(
        &self,
        number: u64,
        person: PersonId,
        typed: BTreeMap<String, String>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Binds a registration to the proposal that it became; `None` opens it again for its author.
    async fn bind_registration(
        &self,
        number: u64,
        proposal: Option<u64>,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Ends a registration that was not sent. Returns whether there was one.
    async fn drop_registration(&self, number: u64, person: PersonId) -> Result<bool, StoreError>;

    /// Returns a registration.
    async fn registration(&self, number: u64) -> Result<Option<Registration>, StoreError>;

    /// Lists registrations, the newest first, at most 200: a person's, or all that were sent.
    async fn registrations(
        &self,
        person: Option<PersonId>,
    ) -> Result<Vec<Registration>, StoreError>;
}
