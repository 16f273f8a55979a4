//! Tokens for programs: a person's feed token and the API tokens of machine clients.
//!
//! Owns how they are made, shown once, recognised and ended. The store keeps hashes. It must never know what a
//! scope opens.

use crate::token::{Token as Secret, WRITTEN};
use crate::{Caller, Machine, Reader, SignedIn, Sso, SsoError, Why};
use chrono::{DateTime, TimeDelta, Utc};
use divos_store::{Token, TokenHash, TokenKind};
use moka::sync::Cache;
use secrecy::SecretString;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

/// How a written API token begins, so that scanners for leaked secrets know it.
const API_PREFIX: &str = "divos_";
/// How a written feed token begins.
const FEED_PREFIX: &str = "feed_";
/// The one scope of a feed token.
pub const FEED_READ: &str = "feed:read";
/// Seconds for which a token that was found is believed.
const FRESH: i64 = 5;
/// Minutes after which use is written down again.
const TOUCH_MINUTES: i64 = 5;

/// A token that was just made: the only time that it is seen.
#[derive(Debug)]
pub struct NewToken {
    /// The token, to be shown once.
    pub secret: SecretString,
    /// What the store keeps of it.
    pub token: Token,
}

#[derive(Clone)]
struct Known {
    token: Arc<Token>,
    read_at: DateTime<Utc>,
}

pub(crate) struct TokenCache {
    known: Cache<TokenHash, Known>,
    used: Mutex<HashMap<Uuid, DateTime<Utc>>>,
}

impl TokenCache {
    pub(crate) fn new() -> Self {
        let known = Cache::builder()
            .max_capacity(10_000)
            .time_to_live(Duration::from_secs(60))
            .build();
        Self {
            known,
            used: Mutex::default(),
        }
    }
}

impl Sso {
    /// Recognises the bearer of an API token.
    pub(crate) async fn machine(&self, bearer: &str) -> Result<Caller, SsoError> {
        let Some(secret) = read(bearer, API_PREFIX) else {
            return Ok(Caller::Anonymous(Why::Malformed));
        };
        Ok(
            match self.known_token(secret.hash(), TokenKind::Api).await? {
                Some(token) => Caller::Machine(Arc::new(Machine {
                    id: token.id.to_string(),
                    name: token.label.clone(),
                    scopes: token.scopes.clone(),
                })),
                None => Caller::Anonymous(Why::Unknown),
            },
        )
    }

    /// Recognises a feed token, as it stands in an address; `None` where it is nobody's or has ended. It opens the
    /// exports of the feed and nothing else.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn feed_reader(&self, written: &str) -> Result<Option<Arc<Reader>>, SsoError> {
        let Some(secret) = read(written, FEED_PREFIX) else {
            return Ok(None);
        };
        let token = self.known_token(secret.hash(), TokenKind::Feed).await?;
        let Some((token, person)) = token.and_then(|token| Some((token.clone(), token.person?)))
        else {
            return Ok(None);
        };
        let reader = self.reader(person).await?;
        Ok(reader.filter(|reader| {
            reader.epoch == token.epoch && token.scopes.iter().any(|scope| scope == FEED_READ)
        }))
    }

    /// Makes a feed token for a person. It ends when they revoke it, are disabled, or change their password.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn create_feed_token(
        &self,
        person: &SignedIn,
        label: &str,
    ) -> Result<NewToken, SsoError> {
        let reader = &person.reader;
        let made = self.make(
            TokenKind::Feed,
            Some((reader.person, reader.epoch)),
            label,
            vec![FEED_READ.into()],
            None,
        );
        self.keep(made, Some(reader.person)).await
    }

    /// Makes a feed token for a person who does not ask themselves: an operator does, on the command line.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn create_feed_token_for(
        &self,
        person: &divos_store::Person,
        label: &str,
    ) -> Result<NewToken, SsoError> {
        let owner = Some((person.id, person.epoch));
        let made = self.make(TokenKind::Feed, owner, label, vec![FEED_READ.into()], None);
        self.keep(made, None).await
    }

    /// Makes an API token for a machine client.
    ///
    /// # Errors
    /// [`SsoError::Invalid`] where a scope is not of the form `word:word` or there is none; or where the store does not answer.
    pub async fn create_api_token(
        &self,
        label: &str,
        scopes: &[String],
        lives_for: Option<TimeDelta>,
    ) -> Result<NewToken, SsoError> {
        let mut scopes = scopes.to_vec();
        scopes.sort();
        scopes.dedup();
        if scopes.is_empty() || !scopes.iter().all(|scope| is_scope(scope)) {
            return Err(SsoError::Invalid("scope"));
        }
        if label.trim().is_empty() {
            return Err(SsoError::Invalid("label"));
        }
        let made = self.make(TokenKind::Api, None, label, scopes, lives_for);
        self.keep(made, None).await
    }

    /// Lists the feed tokens of a person, the newest first.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn feed_tokens(&self, person: &SignedIn) -> Result<Vec<Token>, SsoError> {
        let all = self
            .stores
            .tokens
            .tokens(Some(person.reader.person))
            .await
            .map_err(SsoError::store("list tokens"))?;
        Ok(all
            .into_iter()
            .filter(|token| token.kind == TokenKind::Feed && token.epoch == person.reader.epoch)
            .collect())
    }

    /// Lists the API tokens of machine clients, the newest first.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn api_tokens(&self) -> Result<Vec<Token>, SsoError> {
        self.stores
            .tokens
            .tokens(None)
            .await
            .map_err(SsoError::store("list tokens"))
    }

    /// Ends a person's own feed token.
    ///
    /// # Errors
    /// [`SsoError::NotFound`] where it is not theirs; or where the store does not answer.
    pub async fn revoke_feed_token(&self, person: &SignedIn, id: Uuid) -> Result<(), SsoError> {
        let theirs = self.feed_tokens(person).await?;
        let found = theirs
            .into_iter()
            .find(|token| token.id == id)
            .ok_or(SsoError::NotFound("token"))?;
        self.revoke(&found, Some(person.reader.person)).await
    }

    /// Ends an API token.
    ///
    /// # Errors
    /// [`SsoError::NotFound`] where there is none; or where the store does not answer.
    pub async fn revoke_api_token(&self, id: Uuid) -> Result<(), SsoError> {
        let all = self.api_tokens().await?;
        let found = all
            .into_iter()
            .find(|token| token.id == id)
            .ok_or(SsoError::NotFound("token"))?;
        self.revoke(&found, None).await
    }

    async fn revoke(
        &self,
        token: &Token,
        by: Option<divos_model::PersonId>,
    ) -> Result<(), SsoError> {
        self.stores
            .tokens
            .revoke_token(token.id)
            .await
            .map_err(SsoError::store("end a token"))?;
        self.machine_tokens.known.invalidate(&token.hash);
        self.note(
            "token.revoked",
            by,
            Some(token.id.to_string()),
            json!({ "label": token.label }),
        )
        .await;
        Ok(())
    }

    fn make(
        &self,
        kind: TokenKind,
        person: Option<(divos_model::PersonId, u64)>,
        label: &str,
        scopes: Vec<String>,
        lives_for: Option<TimeDelta>,
    ) -> NewToken {
        let (secret, now) = (Secret::new(), self.clock.now());
        let prefix = if kind == TokenKind::Api {
            API_PREFIX
        } else {
            FEED_PREFIX
        };
        let token = Token {
            id: Uuid::new_v4(),
            hash: secret.hash(),
            kind,
            person: person.map(|(id, _)| id),
            label: label
                .trim()
                .chars()
                .filter(|c| !c.is_control())
                .take(80)
                .collect(),
            scopes,
            epoch: person.map_or(0, |(_, epoch)| epoch),
            created_at: now,
            expires_at: lives_for.map(|life| now + life),
            used_at: None,
        };
        NewToken {
            secret: format!("{prefix}{}", secret.written()).into(),
            token,
        }
    }

    async fn keep(
        &self,
        made: NewToken,
        by: Option<divos_model::PersonId>,
    ) -> Result<NewToken, SsoError> {
        self.stores
            .tokens
            .add_token(made.token.clone())
            .await
            .map_err(SsoError::store("keep a token"))?;
        let details = json!({ "label": made.token.label, "scopes": made.token.scopes });
        self.note(
            "token.created",
            by,
            Some(made.token.id.to_string()),
            details,
        )
        .await;
        Ok(made)
    }

    /// Returns a token that is good now, and notes that it was used.
    async fn known_token(
        &self,
        hash: TokenHash,
        kind: TokenKind,
    ) -> Result<Option<Arc<Token>>, SsoError> {
        let now = self.clock.now();
        let cached = self
            .machine_tokens
            .known
            .get(&hash)
            .filter(|known| (now - known.read_at).num_seconds().abs() < FRESH);
        let token = match cached {
            Some(known) => known.token,
            None => {
                let found = self
                    .stores
                    .tokens
                    .token(hash)
                    .await
                    .map_err(SsoError::store("look up a token"))?;
                let Some(found) = found else { return Ok(None) };
                let token = Arc::new(found);
                self.machine_tokens.known.insert(
                    hash,
                    Known {
                        token: token.clone(),
                        read_at: now,
                    },
                );
                token
            }
        };
        if token.kind != kind || token.expires_at.is_some_and(|end| now >= end) {
            return Ok(None);
        }
        if token
            .used_at
            .is_none_or(|used| now - used >= TimeDelta::minutes(TOUCH_MINUTES))
        {
            self.machine_tokens
                .used
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner())
                .insert(token.id, now);
        }
        Ok(Some(token))
    }

    /// Writes down which tokens were used.
    pub(crate) async fn flush_token_touches(&self) -> Result<(), SsoError> {
        let used = std::mem::take(
            &mut *self
                .machine_tokens
                .used
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner()),
        );
        if used.is_empty() {
            return Ok(());
        }
        self.stores
            .tokens
            .touch_tokens(used.into_iter().collect())
            .await
            .map_err(SsoError::store("write down tokens in use"))
    }
}

/// Reads a written token.
fn read(written: &str, prefix: &str) -> Option<Secret> {
    (written.len() == prefix.len() + WRITTEN)
        .then(|| Secret::parse(written.strip_prefix(prefix)?))?
}

/// Tells whether a text is a scope, for example `ingest:surat`.
fn is_scope(text: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'-' | b'_' | b'*')
            })
    };
    text.split_once(':')
        .is_some_and(|(left, right)| word(left) && word(right))
}
