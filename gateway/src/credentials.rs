//! What apps prove their pushes with, where the hub itself gave it to them: tokens and signing secrets.
//!
//! Owns how a credential is made, shown once, and found again. A token is kept as its hash. A signing secret is not kept
//! at all: it is derived (HMAC-SHA-256, RFC 2104) from a key of the hub and the credential's id. It must never know HTTP
//! or who may ask for one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use divos_model::{AppId, Clock, PersonId};
use divos_store::{
    AuditDraft, AuditLog, MetaStore, PushCredential, PushCredentialStore, PushProof, Store,
    StoreError, TokenHash,
};
use ring::hmac;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// That a credential is used is written down this often.
const TOUCH_EVERY: TimeDelta = TimeDelta::minutes(1);
/// The longest label, in characters.
const LABEL_MOST: usize = 60;

/// The sorts of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// A bearer token: simple; whoever reads a request could send another.
    Token,
    /// A secret for signatures over time and body: never on the wire.
    Hmac,
}

impl Sort {
    /// Returns the word of a sort.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Hmac => "hmac",
        }
    }

    /// Tells the sort of a credential.
    #[must_use]
    pub fn of(credential: &PushCredential) -> Self {
        match credential.proof {
            PushProof::Token(_) => Self::Token,
            PushProof::Hmac => Self::Hmac,
        }
    }
}

/// A credential that was just made. Its secret is shown once and can never be had again.
#[derive(Debug)]
pub struct Issued {
    /// Its public id.
    pub id: Uuid,
    /// The secret.
    pub secret: SecretString,
}

/// Makes, lists and ends credentials. Cheap to clone.
#[derive(Clone)]
pub struct Credentials {
    kept: Arc<dyn PushCredentialStore>,
    audit: Arc<dyn AuditLog>,
    clock: Arc<dyn Clock>,
    key: hmac::Key,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    /// Opens the credentials of a store; the key that secrets are derived from is made the first time.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn open(store: &Store, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let key = signing_key(&*store.meta).await?;
        Ok(Self {
            kept: Arc::clone(&store.push_credentials),
            audit: Arc::clone(&store.audit),
            clock,
            key: hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret()),
        })
    }

    /// Makes a credential for an app.
    ///
    /// # Errors
    /// `Conflict` where the app has two of the sort already.
    pub async fn make(
        &self,
        app: &AppId,
        sort: Sort,
        label: &str,
        by: Option<PersonId>,
    ) -> Result<Issued, StoreError> {
        let id = Uuid::now_v7();
        let (secret, proof) = match sort {
            Sort::Token => {
                let secret = written("dvp_", &rand::random::<[u8; 32]>());
                let hash = TokenHash::of(secret.expose_secret().as_bytes());
                (secret, PushProof::Token(hash))
            }
            Sort::Hmac => (self.signing_secret(id), PushProof::Hmac),
        };
        let now = self.clock.now();
        let credential = PushCredential {
            id,
            app: app.clone(),
            proof,
            label: plain(label),
            made_by: by,
            created_at: now,
            used_at: None,
        };
        self.kept.add_push_credential(credential).await?;
        self.note("push_credential.made", app, id, sort, by).await?;
        Ok(Issued { id, secret })
    }

    /// Returns an app's credentials, the newest first.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn list(&self, app: &AppId) -> Result<Vec<PushCredential>, StoreError> {
        self.kept.push_credentials(app).await
    }

    /// Ends a credential of an app; the next push with it is refused.
    ///
    /// # Errors
    /// `NotFound` where the app has no such credential.
    pub async fn revoke(
        &self,
        app: &AppId,
        id: Uuid,
        by: Option<PersonId>,
    ) -> Result<(), StoreError> {
        let missing = StoreError::NotFound {
            what: "push credential",
        };
        let list = self.list(app).await?;
        let Some(found) = list.iter().find(|one| one.id == id) else {
            return Err(missing);
        };
        let sort = Sort::of(found);
        if !self.kept.revoke_push_credential(app, id).await? {
            return Err(missing);
        }
        self.note("push_credential.revoked", app, id, sort, by)
            .await
    }

    /// Notes that a credential proved a push, at most once a minute. That it could not be noted costs no push.
    pub async fn used(&self, credential: &PushCredential, now: DateTime<Utc>) {
        if credential.used_at.is_some_and(|at| now - at < TOUCH_EVERY) {
            return;
        }
        if let Err(error) = self.kept.touch_push_credential(credential.id, now).await {
            tracing::warn!(%error, "the use of a push credential could not be noted");
        }
    }

    /// Returns the signing secret of a credential, as the app was shown it.
    #[must_use]
    pub fn signing_secret(&self, id: Uuid) -> SecretString {
        written("dvs_", hmac::sign(&self.key, id.as_bytes()).as_ref())
    }

    async fn note(
        &self,
        event: &str,
        app: &AppId,
        id: Uuid,
        sort: Sort,
        by: Option<PersonId>,
    ) -> Result<(), StoreError> {
        let draft = AuditDraft {
            at: self.clock.now(),
            event: event.to_owned(),
            actor: by,
            subject: Some(app.to_string()),
            details: json!({ "credential": id, "sort": sort.word() }),
        };
        self.audit.append(draft).await.map(drop)
    }
}

/// Returns the key that signing secrets are derived from.
async fn signing_key(meta: &dyn MetaStore) -> Result<SecretSlice<u8>, StoreError> {
    let fresh: [u8; 32] = rand::random();
    let fresh = SecretSlice::from(fresh.to_vec());
    meta.value_or("push.signing_secrets", fresh).await
}

/// Writes a secret so that a scanner for leaked secrets can know it by its beginning.
fn written(prefix: &str, bytes: &[u8]) -> SecretString {
    SecretString::from(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn plain(label: &str) -> String {
    let label = label.trim().chars().filter(|c| !c.is_control());
    label.take(LABEL_MOST).collect()
}
