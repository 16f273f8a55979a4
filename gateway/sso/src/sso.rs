//! The one door: everything the gateway and the portal ask of this crate.
//!
//! Owns the wiring of stores, caches and keys. The verbs themselves live in the modules that are named for them:
//! `identify`, `sign_in`, `handover`, `sessions`, `assertion`, `tokens`, `people`.

use crate::assertion::AssertionCache;
use crate::csrf::{self, CsrfFault, FormGuard};
use crate::directory::Directory;
use crate::jwt::Signer;
use crate::password::Passwords;
use crate::seal::Seal;
use crate::sessions::Sessions;
use crate::throttle::Throttle;
use crate::tokens::TokenCache;
use crate::{Caller, SsoError, SsoSettings};
use divos_model::{Clock, PersonId};
use divos_store::{AuditDraft, AuditLog, MetaStore, PeopleStore, SessionStore, Store, TokenStore};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretSlice};
use serde_json::Value;
use std::sync::Arc;

/// The parts of the store that sign-in needs.
#[derive(Clone)]
pub struct SsoStores {
    /// Persons, units and posts.
    pub people: Arc<dyn PeopleStore>,
    /// Sessions and tickets.
    pub sessions: Arc<dyn SessionStore>,
    /// Feed and API tokens.
    pub tokens: Arc<dyn TokenStore>,
    /// What happened.
    pub audit: Arc<dyn AuditLog>,
    /// The hub's own keys.
    pub meta: Arc<dyn MetaStore>,
}

impl From<&Store> for SsoStores {
    fn from(store: &Store) -> Self {
        Self {
            people: store.people.clone(),
            sessions: store.sessions.clone(),
            tokens: store.tokens.clone(),
            audit: store.audit.clone(),
            meta: store.meta.clone(),
        }
    }
}

/// Who somebody is, what they may open, and what apps are told of them.
pub struct Sso {
    pub(crate) settings: SsoSettings,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stores: SsoStores,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) seal: Seal,
    pub(crate) signer: Signer,
    pub(crate) directory: Directory,
    pub(crate) sessions: Sessions,
    pub(crate) assertions: AssertionCache,
    pub(crate) machine_tokens: TokenCache,
}

impl Sso {
    /// Opens the door: reads the hub's keys from the store, or makes them the first time.
    ///
    /// # Errors
    /// Where the store does not answer, or holds keys that cannot be used.
    pub async fn open(
        settings: SsoSettings,
        stores: SsoStores,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, SsoError> {
        let seal = key(&stores, "sso.seal", || crate::seal::random::<32>().to_vec()).await?;
        let seal: &[u8; 32] = seal
            .expose_secret()
            .try_into()
            .map_err(|_| SsoError::Key("sso.seal"))?;
        let pkcs8 = key(&stores, "sso.es256", Signer::generate).await?;
        let signer = Signer::new(pkcs8.expose_secret()).ok_or(SsoError::Key("sso.es256"))?;
        Ok(Arc::new(Self {
            passwords: Passwords::new(
                settings.passwords_at_once,
                settings.refused_passwords.clone().into(),
            ),
            throttle: Throttle::new(),
            seal: Seal::new(seal),
            signer,
            directory: Directory::new(stores.people.clone(), clock.clone(), settings.fresh_for),
            sessions: Sessions::new(&settings),
            assertions: AssertionCache::new(),
            machine_tokens: TokenCache::new(),
            settings,
            stores,
            clock,
        }))
    }

    /// Returns what was decided about sign-in.
    #[must_use]
    pub fn settings(&self) -> &SsoSettings {
        &self.settings
    }

    /// Makes what a page with a form needs: the token for the field `csrf`, and where the browser has none yet, the
    /// cookie that binds the form to it.
    #[must_use]
    pub fn form_guard(&self, caller: &Caller, headers: &HeaderMap) -> FormGuard {
        csrf::guard(&self.seal, caller, headers)
    }

    /// Checks a request to the hub's own host that changes something: where it came from, and its form token.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check_form(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
        token: &str,
    ) -> Result<(), CsrfFault> {
        csrf::check(&self.seal, caller, headers, &self.settings.hub_host, token)
    }

    /// Returns the keys that verify the hub's JWTs, as a JWK set (RFC 7517, section 5).
    #[must_use]
    pub fn jwks(&self) -> Value {
        self.signer.jwks()
    }

    /// Does what can wait: writes down which sessions and tokens were used, forgets what expired. To be called every
    /// half minute, and once before the hub stops.
    ///
    /// # Errors
    /// Where the store does not answer; what was not written is kept for the next time.
    pub async fn upkeep(&self) -> Result<(), SsoError> {
        self.flush_touches().await?;
        self.flush_token_touches().await?;
        let gone = self
            .stores
            .sessions
            .purge_expired(self.clock.now())
            .await
            .map_err(SsoError::store("forget old sessions"))?;
        if gone > 0 {
            tracing::debug!(gone, "expired sessions forgotten");
        }
        Ok(())
    }

    /// Appends to the audit log. What happened has happened: a store that cannot write it down is reported, and the
    /// caller goes on.
    pub(crate) async fn note(
        &self,
        event: &str,
        actor: Option<PersonId>,
        subject: Option<String>,
        details: Value,
    ) {
        let draft = AuditDraft {
            at: self.clock.now(),
            event: event.into(),
            actor,
            subject,
            details,
        };
        if let Err(fault) = self.stores.audit.append(draft).await {
            tracing::error!(event, %fault, "an audit entry was not written");
        }
    }
}

impl std::fmt::Debug for Sso {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sso")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Reads one of the hub's keys, or makes it: of several nodes that start at once all get the same.
async fn key(
    stores: &SsoStores,
    name: &'static str,
    make: impl FnOnce() -> Vec<u8>,
) -> Result<SecretSlice<u8>, SsoError> {
    if let Some(value) = stores
        .meta
        .value(name)
        .await
        .map_err(SsoError::store("read the hub's keys"))?
    {
        return Ok(value);
    }
    let made = SecretSlice::from(make());
    stores
        .meta
        .value_or(name, made)
        .await
        .map_err(SsoError::store("keep the hub's keys"))
}
