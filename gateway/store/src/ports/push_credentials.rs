//! The port of push credentials: what apps prove their pushes with. No secret is kept: a token is known by its hash,
//! a signing secret by the id that the hub derives it from.

use super::{StoreError, TokenHash};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use divos_model::{AppId, PersonId};
use uuid::Uuid;

/// How many credentials of one sort an app may have at a time: the old one and the one that takes its place.
pub const PUSH_CREDENTIALS_MOST: usize = 2;

/// How an app proves what it pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushProof {
    /// By a token with this hash.
    Token(TokenHash),
    /// By a signature with a secret that the hub derives from the credential's id.
    Hmac,
}

/// A credential that the hub gave to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushCredential {
    /// Its public id, for listing and revoking.
    pub id: Uuid,
    /// Whose pushes it proves.
    pub app: AppId,
    /// How.
    pub proof: PushProof,
    /// A word for people.
    pub label: String,
    /// Who had it made; `None` for the command line.
    pub made_by: Option<PersonId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute or so.
    pub used_at: Option<DateTime<Utc>>,
}

/// Keeps push credentials.
#[async_trait]
pub trait PushCredentialStore: Send + Sync {
    /// Keeps a credential.
    ///
    /// # Errors
    /// `Conflict` where the app has [`PUSH_CREDENTIALS_MOST`] of its sort: one has to be revoked first.
    async fn add_push_credential(&self, credential: PushCredential) -> Result<(), StoreError>;

    /// Returns an app's credentials, the newest first.
    async fn push_credentials(&self, app: &AppId) -> Result<Vec<PushCredential>, StoreError>;

    /// Ends a credential of an app. Returns whether there was one.
    async fn revoke_push_credential(&self, app: &AppId, id: Uuid) -> Result<bool, StoreError>;

    /// Notes that a credential was used.
    async fn touch_push_credential(&self, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError>;
}
