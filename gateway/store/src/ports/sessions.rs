//! The port of sessions: who is signed in where, hand-over tickets, throttles. Tokens are known by
//! their SHA-256 alone.

use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use divos_model::{PersonId, PostId};
use sha2::{Digest, Sha256};

/// The SHA-256 of a secret token; the token itself is never kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Hashes a token.
    #[must_use]
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Returns the 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Wraps 32 bytes that were a hash before.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for TokenHash {
    /// Shows the first four bytes, enough to tell two apart in a test.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenHash({}…)", hex::encode(&self.0[..4]))
    }
}

/// A session: on the hub's own host, or a child of one on an app's host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its token's hash.
    pub hash: TokenHash,
    /// Whose.
    pub person: PersonId,
    /// The portal session it hangs on; `None` on the hub's own host.
    pub parent: Option<TokenHash>,
    /// The host it is good for.
    pub host: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was used last.
    pub seen_at: DateTime<Utc>,
    /// When it ends whatever happens.
    pub expires_at: DateTime<Utc>,
    /// When the person last proved who they are.
    pub proved_at: DateTime<Utc>,
    /// How they proved it, for example `pwd`.
    pub methods: Vec<String>,
    /// The post they act in; `None` = their own.
    pub acting: Option<PostId>,
    /// A word for the browser, for example `Firefox, Android`.
    pub label: String,
    /// The person's epoch when it was made.
    pub epoch: u64,
}

/// A session as it was found, with what may have ended it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSession {
    /// The session.
    pub session: Session,
    /// The person's epoch now. Another than the session's: it has ended.
    pub epoch: u64,
    /// Whether the person is disabled now.
    pub disabled: bool,
}

/// That a session was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// Which.
    pub hash: TokenHash,
    /// When.
    pub at: DateTime<Utc>,
}

/// A session that was ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Its hash, for caches.
    pub hash: TokenHash,
    /// The host it was good for.
    pub host: String,
}

/// A single-use ticket that hands a session over to another host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its token's hash.
    pub hash: TokenHash,
    /// The portal session it speaks for.
    pub session: TokenHash,
    /// The only host it is good for.
    pub host: String,
    /// The path to go to afterwards.
    pub target: String,
    /// A hash that binds it to the browser that asked.
    pub binding: Option<TokenHash>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// How often something was tried in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttle {
    /// How often.
    pub count: u32,
    /// When the window began.
    pub since: DateTime<Utc>,
}

/// Keeps sessions, tickets and throttles. All of them survive a restart.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Begins a session.
    ///
    /// # Errors
    /// `NotFound` where its parent does not (or no longer) exist or the person is unknown.
    async fn begin(&self, session: Session) -> Result<(), StoreError>;

    /// Returns the session of a token. Expiry, epoch and idle time are the caller's to judge.
    async fn session(&self, hash: TokenHash) -> Result<Option<KnownSession>, StoreError>;

    /// Notes that sessions were used; those that ended meanwhile are passed over, none goes back.
    async fn touch(&self, touches: Vec<Touch>) -> Result<(), StoreError>;

    /// Replaces a session's token and what else changed (sign-in, step-up, acting office); its
    /// children hang on the new one. The old token is dead at once.
    ///
    /// # Errors
    /// `NotFound` where the old one has ended: of two that try at once, one gets this.
    async fn rotate(&self, old: TokenHash, new: Session) -> Result<(), StoreError>;

    /// Ends a session and its children. Returns what was ended, empty where there was none.
    async fn revoke(&self, hash: TokenHash) -> Result<Vec<Revoked>, StoreError>;

    /// Ends all sessions of a person, except one and its children where given.
    async fn revoke_person(
        &self,
        person: PersonId,
        except: Option<TokenHash>,
    ) -> Result<Vec<Revoked>, StoreError>;

    /// Returns a person's sessions that have not expired, children too, the last used first.
    async fn sessions_of(
        &self,
        person: PersonId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Session>, StoreError>;

    /// Keeps a ticket.
    async fn issue_ticket(&self, ticket: Ticket) -> Result<(), StoreError>;

    /// Takes a ticket: of any number who try, one gets it. `None` where it is used, expired, unknown
    /// or for another host (which uses it up too).
    async fn take_ticket(
        &self,
        hash: TokenHash,
        host: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Ticket>, StoreError>;

    /// Counts one more try under a key; begins anew where the window is over.
    async fn strike(
        &self,
        key: &str,
        window: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Throttle, StoreError>;

    /// Returns how often it was tried, `None` where the window is over.
    async fn throttle(
        &self,
        key: &str,
        window: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Option<Throttle>, StoreError>;

    /// Forgets the tries under a key.
    async fn clear_throttle(&self, key: &str) -> Result<(), StoreError>;

    /// Forgets sessions and tickets that expired and throttles older than a day. Returns how many.
    async fn purge_expired(&self, now: DateTime<Utc>) -> Result<u64, StoreError>;
}
