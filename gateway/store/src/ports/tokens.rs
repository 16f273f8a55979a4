//! The port of long-lived tokens: personal feed tokens and API tokens.

use super::{StoreError, TokenHash};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::PersonId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// The reader's own exports (JSON Feed, Atom, iCalendar), in an address.
    Feed,
    /// The API, as a bearer.
    Api,
}

/// A token, known by its hash alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its public id, for listing and revoking.
    pub id: Uuid,
    /// Its hash.
    pub hash: TokenHash,
    /// What it opens.
    pub kind: TokenKind,
    /// For whom; `None` for a machine.
    pub person: Option<PersonId>,
    /// A word for people.
    pub label: String,
    /// What it may do, sorted, for example `feed:read`.
    pub scopes: Vec<String>,
    /// The person's epoch when it was made.
    pub epoch: u64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends; `None` = when it is revoked.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was used last, to the minute or so.
    pub used_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Tells whether it opens nothing any more: its time is over, or its person's epoch is another by now.
    #[must_use]
    pub fn has_ended(&self, epoch: u64, now: DateTime<Utc>) -> bool {
        self.epoch != epoch || self.expires_at.is_some_and(|end| now >= end)
    }
}

/// Keeps tokens.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// Keeps a token.
    async fn add_token(&self, token: Token) -> Result<(), StoreError>;

    /// Returns the token of a hash. Expiry is the caller's to judge.
    async fn token(&self, hash: TokenHash) -> Result<Option<Token>, StoreError>;

    /// Returns a person's tokens, or those of machines; the newest first.
    async fn tokens(&self, person: Option<PersonId>) -> Result<Vec<Token>, StoreError>;

    /// Ends a token. Returns whether there was one.
    async fn revoke_token(&self, id: Uuid) -> Result<bool, StoreError>;

    /// Notes that tokens were used.
    async fn touch_tokens(&self, touches: Vec<(Uuid, DateTime<Utc>)>) -> Result<(), StoreError>;
}
