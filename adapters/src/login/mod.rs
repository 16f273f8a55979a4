//! How the hub signs in to an app before it reads: one session per app, shared by all its requests.
//!
//! Owns what is kept of a sign-in: cookies, tokens, challenges, and when it may be tried again. It must never know
//! what is read, and never print what it keeps. Start with [`read`].

mod digest;
mod ended;
mod form;
mod jar;
mod sign;
mod token;

use crate::outbound::Outbound;
use crate::{Call, Reply, Trouble};
use bytes::Bytes;
use divos_manifest::{Auth, Connector, Pattern, Secret};
use divos_model::{AppId, Clock};
use http::{HeaderMap, Method};
use jar::Jar;
use sign::Wire;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// How long the hub does not try again after the first, second, third and every further refusal.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(60),
    Duration::from_secs(5 * 60),
    Duration::from_secs(15 * 60),
    Duration::from_secs(60 * 60),
];
/// The largest answer that is read while signing in, in bytes.
const PAGE: u64 = 2 * 1024 * 1024;

/// The sessions of all apps.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<BTreeMap<AppId, Arc<Session>>>);

impl Sessions {
    /// Finds or makes the app's session; a connector that changed has a new one. `None` where it needs none.
    pub(crate) fn of(&self, connector: &Connector, clock: &Arc<dyn Clock>) -> Option<Arc<Session>> {
        if !is_kept(&connector.auth) {
            return None;
        }
        let mut all = lock(&self.0);
        let kept = all.get(&connector.id);
        if let Some(kept) = kept.filter(|kept| kept.fingerprint == connector.fingerprint()) {
            return Some(kept.clone());
        }
        let session = Arc::new(Session::new(connector, clock));
        all.insert(connector.id.clone(), session.clone());
        Some(session)
    }

    /// Forgets an app that is no longer defined.
    pub(crate) fn forget(&self, app: &AppId) {
        lock(&self.0).remove(app);
    }
}

/// Whether something is kept between requests, or each is signed as it leaves.
fn is_kept(auth: &Auth) -> bool {
    matches!(
        auth,
        Auth::Form(_) | Auth::OAuth2(_) | Auth::Token(_) | Auth::Hmac(_) | Auth::Digest { .. }
    )
}

/// What is kept of one app. Its `Debug` shows nothing of it.
pub(crate) struct Session {
    fingerprint: [u8; 32],
    auth: Auth,
    clock: Arc<dyn Clock>,
    jar: Mutex<Jar>,
    pass: Mutex<Option<token::Pass>>,
    challenge: Mutex<Option<digest::Challenge>>,
    /// Held by the one request that signs in.
    entry: tokio::sync::Mutex<Entry>,
}

/// Where signing in stands.
#[derive(Default)]
struct Entry {
    /// How many sign-ins there were; 0 before the first.
    number: u64,
    refusals: usize,
    not_before: Option<Instant>,
    why: String,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(…)")
    }
}

impl Session {
    fn new(connector: &Connector, clock: &Arc<dyn Clock>) -> Self {
        Self {
            fingerprint: connector.fingerprint(),
            auth: connector.auth.clone(),
            clock: clock.clone(),
            jar: Mutex::default(),
            pass: Mutex::default(),
            challenge: Mutex::default(),
            entry: tokio::sync::Mutex::default(),
        }
    }
}

impl Entry {
    fn check(&self) -> Result<(), Trouble> {
        let left = self
            .not_before
            .map(|at| at.saturating_duration_since(Instant::now()));
        match left {
            Some(retry_after) if !retry_after.is_zero() => Err(Trouble::LoginRefused {
                why: self.why.clone(),
                retry_after,
            }),
            _ => Ok(()),
        }
    }

    /// Notes a refusal, and says how long nothing will be tried.
    fn refuse(&mut self, why: String) -> Trouble {
        let retry_after = PAUSES[self.refusals.min(PAUSES.len() - 1)];
        self.refusals += 1;
        self.not_before = Some(Instant::now() + retry_after);
        self.why.clone_from(&why);
        Trouble::LoginRefused { why, retry_after }
    }
}

/// The way of one app's requests.
pub(crate) struct Way<'a> {
    pub(crate) outbound: &'a Outbound,
    pub(crate) connector: &'a Connector,
    pub(crate) session: Arc<Session>,
}

/// Sends a data request with the session; renews the session once where the answer says that it has ended.
///
/// # Errors
/// What went wrong; [`Trouble::LoginRefused`] where the app does not let the hub in, and for a while after that
/// without asking it.
pub(crate) async fn read(way: &Way<'_>, call: Call) -> Result<Reply, Trouble> {
    let number = way.enter(None, &call).await?;
    let outcome = way.send(call.clone(), false).await;
    if !ended::has_ended(way, &call, &outcome) {
        return outcome;
    }
    match way.session.auth {
        Auth::Hmac(_) => return outcome,
        Auth::Digest { .. } => return Err(way.refuse("the credentials are not accepted").await),
        _ => {}
    }
    way.enter(Some(number), &call).await?;
    let outcome = way.send(call.clone(), false).await;
    if outcome.is_ok() && ended::has_ended(way, &call, &outcome) {
        return Err(way.refuse("it forgets the sign-in at once").await);
    }
    outcome
}

impl Way<'_> {
    /// Signs in unless that was done after sign-in `seen`; returns the number of the one that counts.
    async fn enter(&self, seen: Option<u64>, call: &Call) -> Result<u64, Trouble> {
        let mut entry = self.session.entry.lock().await;
        entry.check()?;
        let entered = entry.number > 0 && seen.is_none_or(|seen| seen < entry.number);
        if entered && !self.pass_is_over() {
            return Ok(entry.number);
        }
        let outcome = match &self.session.auth {
            Auth::Form(login) => form::enter(self, login, call).await,
            Auth::OAuth2(oauth) => token::oauth(self, oauth, call).await,
            Auth::Token(login) => token::login(self, login, call).await,
            _ => Ok(()),
        };
        match outcome {
            Ok(()) => {
                let number = entry.number + 1;
                // What is signed as it leaves is known to be refused only afterwards.
                let signed = matches!(self.session.auth, Auth::Digest { .. } | Auth::Hmac(_));
                let refusals = if signed { entry.refusals } else { 0 };
                *entry = Entry {
                    number,
                    refusals,
                    ..Entry::default()
                };
                Ok(number)
            }
            Err(Trouble::LoginRefused { why, .. }) => Err(entry.refuse(why)),
            Err(Trouble::Unauthorized | Trouble::Forbidden | Trouble::Rejected { .. }) => {
                Err(entry.refuse("the credentials are not accepted".to_owned()))
            }
            Err(other) => Err(other),
        }
    }

    fn pass_is_over(&self) -> bool {
        let now = self.session.clock.now();
        let pass = lock(&self.session.pass);
        pass.as_ref().is_some_and(|pass| pass.is_over(now))
    }

    async fn refuse(&self, why: &str) -> Trouble {
        let mut entry = self.session.entry.lock().await;
        match entry.check() {
            Err(refused) => refused,
            Ok(()) => {
                entry.number = 0;
                entry.refuse(why.to_owned())
            }
        }
    }

    /// Sends one request through the app's stack. A bare one carries cookies and no other credentials.
    async fn send(&self, call: Call, bare: bool) -> Result<Reply, Trouble> {
        let inner = self.outbound.transport.clone();
        let wire = Wire::new(inner, self.session.clone(), bare);
        self.outbound
            .once(self.connector, &(Arc::new(wire) as _), call)
            .await
    }

    /// Returns the address that a login's pattern means: its own, or a path on the app.
    fn address(&self, pattern: &Pattern) -> Result<Url, Trouble> {
        let text = pattern.fill(None, None).unwrap_or_default();
        if let Ok(whole) = Url::parse(&text) {
            return Ok(whole);
        }
        let base = self.connector.app.upstreams.first();
        let base = base.ok_or_else(|| bad("no address to sign in at"))?;
        let root = base.as_str().split(['?', '#']).next().unwrap_or_default();
        let path = text.trim_start_matches('/');
        Url::parse(&format!("{}/{path}", root.trim_end_matches('/')))
            .map_err(|_| bad("the address to sign in at is not one"))
    }
}

/// Writes a request that signs in, beside the data request `like`.
fn request(like: &Call, method: Method, url: Url, headers: HeaderMap, body: Option<Bytes>) -> Call {
    Call {
        method,
        url,
        headers,
        body,
        body_limit: PAGE,
        reach: like.reach.clone(),
        deadline: None,
        to_disk: false,
        verdict: None,
    }
}

fn reveal(secret: &Secret) -> Result<&str, Trouble> {
    secret.reveal().map_err(|missing| Trouble::SecretMissing {
        reference: missing.0,
    })
}

fn bad(why: &str) -> Trouble {
    Trouble::BadRequest {
        why: why.to_owned(),
    }
}

fn refused(why: impl Into<String>) -> Trouble {
    Trouble::LoginRefused {
        why: why.into(),
        retry_after: PAUSES[0],
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}
