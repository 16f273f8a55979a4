//! Sessions: begun, recognised, listed and ended.
//!
//! Owns the cache in front of the store and the notes of use that are written in batches. The browser holds a token,
//! the store its hash; a session on the hub's host is the parent of one child per app host. It must never know passwords.

use crate::caller::public_id;
use crate::token::Token;
use crate::{Reader, SessionRef, SignedIn, Sso, SsoError, SsoSettings, Why};
use chrono::{DateTime, TimeDelta, Utc};
use divos_model::PersonId;
use divos_store::{Revoked, Session, TokenHash, Touch};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Sessions held in memory at most.
const SESSIONS: u64 = 200_000;

/// A session that was found in the store a moment ago.
struct Known {
    session: Session,
    read_at: DateTime<Utc>,
    /// When it was used last, in milliseconds since 1970.
    seen: AtomicI64,
    signed_in: Arc<SignedIn>,
}

pub(crate) struct Sessions {
    known: Cache<TokenHash, Arc<Known>>,
    touches: Mutex<HashMap<TokenHash, DateTime<Utc>>>,
    fresh_for: TimeDelta,
    /// Counts endings, so that a read that began before one is not kept after it.
    ended: AtomicU64,
}

/// One of a person's sessions, as their own page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// The name by which to end it.
    pub public_id: String,
    /// The host it is for.
    pub host: String,
    /// A word for the browser, for example `Firefox, Android`.
    pub label: String,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was used last, to the minute or so.
    pub seen_at: DateTime<Utc>,
    /// When it ends whatever happens.
    pub expires_at: DateTime<Utc>,
    /// The portal session that it hangs on, for one on an app's host.
    pub parent: Option<String>,
    /// Whether it is the one that asks, or its parent.
    pub current: bool,
}

impl Sessions {
    pub(crate) fn new(settings: &SsoSettings) -> Self {
        let known = Cache::builder()
            .max_capacity(SESSIONS)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_live(std::time::Duration::from_secs(60))
            .build();
        Self {
            known,
            touches: Mutex::default(),
            fresh_for: settings.fresh_for,
            ended: AtomicU64::new(0),
        }
    }

    /// Forgets sessions that were ended.
    pub(crate) fn forget(&self, revoked: &[Revoked]) {
        self.ended.fetch_add(1, Ordering::AcqRel);
        let mut touches = self
            .touches
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        for one in revoked {
            self.known.invalidate(&one.hash);
            touches.remove(&one.hash);
        }
    }

    fn last_touch(&self, hash: &TokenHash) -> Option<DateTime<Utc>> {
        self.touches
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .get(hash)
            .copied()
    }
}

impl Known {
    fn seen(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.seen.load(Ordering::Acquire)).unwrap_or_default()
    }
}

impl Sso {
    /// Recognises the session of a token on a host.
    pub(crate) async fn recognise(
        &self,
        token: &Token,
        host: &str,
    ) -> Result<Result<Arc<SignedIn>, Why>, SsoError> {
        let hash = token.hash();
        let now = self.clock.now();
        let fresh = |known: &Arc<Known>| {
            now - known.read_at <= self.sessions.fresh_for && now >= known.read_at
        };
        let cached = self.sessions.known.get(&hash).filter(fresh);
        // What looks ended in the cache is read again: a child on another host may have kept its parent alive.
        if let Some(known) = cached
            && let Ok(person) = self.judge(&known, host, now).await?
        {
            return Ok(Ok(person));
        }
        match self.read_session(hash, now).await? {
            Ok(known) => self.judge(&known, host, now).await,
            Err(why) => Ok(Err(why)),
        }
    }

    /// Reads a session from the store and keeps it for a few seconds.
    async fn read_session(
        &self,
        hash: TokenHash,
        now: DateTime<Utc>,
    ) -> Result<Result<Arc<Known>, Why>, SsoError> {
        let before = self.sessions.ended.load(Ordering::Acquire);
        let found = self
            .stores
            .sessions
            .session(hash)
            .await
            .map_err(SsoError::store("look up a session"))?;
        let Some(found) = found else {
            self.sessions.known.invalidate(&hash);
            return Ok(Err(Why::Unknown));
        };
        let Some(reader) = self.directory.reader(found.session.person).await? else {
            return Ok(Err(Why::Unknown));
        };
        let seen = self
            .sessions
            .last_touch(&hash)
            .map_or(found.session.seen_at, |touch| {
                touch.max(found.session.seen_at)
            });
        let signed_in = Arc::new(signed_in(&found.session, reader));
        let known = Arc::new(Known {
            session: found.session,
            read_at: now,
            seen: AtomicI64::new(seen.timestamp_millis()),
            signed_in,
        });
        if self.sessions.ended.load(Ordering::Acquire) == before {
            self.sessions.known.insert(hash, known.clone());
        }
        Ok(Ok(known))
    }

    /// Judges whether a session is still good, and notes that it is used.
    async fn judge(
        &self,
        known: &Arc<Known>,
        host: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<Arc<SignedIn>, Why>, SsoError> {
        let session = &known.session;
        if session.host != host {
            return Ok(Err(Why::Unknown));
        }
        let seen = known.seen();
        if now >= session.expires_at || now - seen >= self.settings.idle {
            return Ok(Err(Why::Expired));
        }
        let Some(reader) = self.directory.reader(session.person).await? else {
            return Ok(Err(Why::Unknown));
        };
        if reader.disabled {
            return Ok(Err(Why::Disabled));
        }
        if reader.epoch != session.epoch {
            return Ok(Err(Why::Unknown));
        }
        if now - seen >= self.settings.touch_every {
            self.touch(known, now);
        }
        if Arc::ptr_eq(&known.signed_in.reader, &reader) {
            return Ok(Ok(known.signed_in.clone()));
        }
        Ok(Ok(Arc::new(signed_in(session, reader))))
    }

    /// Notes that a session and its parent are in use.
    fn touch(&self, known: &Known, now: DateTime<Utc>) {
        known
            .seen
            .fetch_max(now.timestamp_millis(), Ordering::AcqRel);
        let mut touches = self
            .sessions
            .touches
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        touches.insert(known.session.hash, now);
        if let Some(parent) = known.session.parent {
            touches.insert(parent, now);
        }
    }

    /// Writes down which sessions were used.
    pub(crate) async fn flush_touches(&self) -> Result<(), SsoError> {
        let taken = std::mem::take(
            &mut *self
                .sessions
                .touches
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner()),
        );
        if taken.is_empty() {
            return Ok(());
        }
        let touches = taken
            .iter()
            .map(|(&hash, &at)| Touch { hash, at })
            .collect();
        let written = self.stores.sessions.touch(touches).await;
        if written.is_err() {
            let mut waiting = self
                .sessions
                .touches
                .lock()
                .unwrap_or_else(|poisoned| poisoned.into_inner());
            for (hash, at) in taken {
                let later = waiting.get(&hash).map_or(at, |&newer| newer.max(at));
                waiting.insert(hash, later);
            }
        }
        written.map_err(SsoError::store("write down sessions in use"))
    }

    /// Lists a person's sessions, the last used first, those on apps' hosts too.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn sessions_of(&self, person: &SignedIn) -> Result<Vec<SessionSummary>, SsoError> {
        let now = self.clock.now();
        let sessions = self
            .stores
            .sessions
            .sessions_of(person.reader.person, now)
            .await
            .map_err(SsoError::store("list sessions"))?;
        let current = [person.session.hash, person.session.root()];
        let alive = |session: &Session| {
            let seen = self
                .sessions
                .last_touch(&session.hash)
                .map_or(session.seen_at, |touch| touch.max(session.seen_at));
            session.epoch == person.reader.epoch && now - seen < self.settings.idle
        };
        Ok(sessions
            .into_iter()
            .filter(alive)
            .map(|session| summary(session, &current))
            .collect())
    }

    /// Ends the session and its children, wherever in the family it stands: whoever signs out of one app signs out.
    ///
    /// # Errors
    /// Where the store does not answer; nobody may then be told that they are signed out.
    pub async fn sign_out(&self, person: &SignedIn) -> Result<usize, SsoError> {
        let mut ended = self.end(person.session.root()).await?;
        if ended == 0 {
            ended = self.end(person.session.hash).await?;
        }
        self.note(
            "sign_out",
            Some(person.reader.person),
            None,
            serde_json::json!({ "sessions": ended }),
        )
        .await;
        Ok(ended)
    }

    /// Ends all sessions of the person, on every browser; `keep_this`: except the one that asks and its children.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn sign_out_everywhere(
        &self,
        person: &SignedIn,
        keep_this: bool,
    ) -> Result<usize, SsoError> {
        let id = person.reader.person;
        let except = keep_this.then(|| person.session.root());
        let ended = self.end_all(id, except).await?;
        self.note(
            "sign_out.everywhere",
            Some(id),
            None,
            serde_json::json!({ "sessions": ended }),
        )
        .await;
        Ok(ended)
    }

    /// Ends one of the person's own sessions, by its public name.
    ///
    /// # Errors
    /// [`SsoError::NotFound`] where they have no such session; or where the store does not answer.
    pub async fn end_session(&self, person: &SignedIn, public: &str) -> Result<(), SsoError> {
        let id = person.reader.person;
        let sessions = self
            .stores
            .sessions
            .sessions_of(id, self.clock.now())
            .await
            .map_err(SsoError::store("list sessions"))?;
        let found = sessions
            .iter()
            .find(|session| public_id(&session.hash) == public)
            .ok_or(SsoError::NotFound("session"))?;
        let ended = self.end(found.hash).await?;
        self.note(
            "session.ended",
            Some(id),
            Some(public.into()),
            serde_json::json!({ "sessions": ended }),
        )
        .await;
        Ok(())
    }

    /// Ends every session of a person.
    pub(crate) async fn end_all(
        &self,
        person: PersonId,
        except: Option<TokenHash>,
    ) -> Result<usize, SsoError> {
        let revoked = self
            .stores
            .sessions
            .revoke_person(person, except)
            .await
            .map_err(SsoError::store("end sessions"))?;
        self.sessions.forget(&revoked);
        Ok(revoked.len())
    }

    /// Ends one session and its children.
    pub(crate) async fn end(&self, hash: TokenHash) -> Result<usize, SsoError> {
        let revoked = self
            .stores
            .sessions
            .revoke(hash)
            .await
            .map_err(SsoError::store("end a session"))?;
        self.sessions.forget(&revoked);
        Ok(revoked.len())
    }
}

pub(crate) fn signed_in(session: &Session, reader: Arc<Reader>) -> SignedIn {
    SignedIn {
        session: SessionRef {
            hash: session.hash,
            parent: session.parent,
            host: session.host.as_str().into(),
        },
        reader,
        since: session.proved_at,
        until: session.expires_at,
    }
}

fn summary(session: Session, current: &[TokenHash; 2]) -> SessionSummary {
    SessionSummary {
        public_id: public_id(&session.hash),
        current: current.contains(&session.hash),
        parent: session.parent.as_ref().map(public_id),
        host: session.host,
        label: session.label,
        created_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
    }
}
