//! How the hub signs in to an app before it reads: one session per app, shared by all its requests.
//!
//! Owns what is kept of a sign-in: cookies, tokens, challenges, and when it may be tried again. It must never know
//! what is read, and never print what it keeps. Start with [`read`].

mod digest;
mod ended;
mod form;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod grant;
mod jar;
mod onward;
mod sign;
mod token;

pub use grant::Grants;

use crate::fault::Refusal;
use crate::outbound::Outbound;
use crate::{Call, Reply, Trouble};
use bytes::Bytes;
use divos_manifest::{Auth, Connector, Pattern};
use divos_model::{AppId, Clock};
use http::header::HOST;
use http::{HeaderMap, Method};
use jar::Jar;
use sign::Wire;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
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
    /// Held by the one request whose answer tells whether a proof is accepted.
    first: tokio::sync::Mutex<()>,
    /// Counts up as a sign-in begins and as it ends: odd while one goes on. An answer to a request of another age
    /// says nothing about this session's cookies.
    age: AtomicU64,
    /// The last sign-in whose session opened something.
    proved: AtomicU64,
    /// Whether the app refused, so that no proof is sent.
    shut: AtomicBool,
}

/// Where signing in stands.
#[derive(Default)]
struct Entry {
    /// How many sign-ins there were.
    number: u64,
    /// Whether the last of them counts.
    entered: bool,
    /// Refusals in a row; a session that opens something ends the row.
    refusals: usize,
    refused: Option<(Refusal, Instant)>,
    /// Until when a session that opens other addresses is not renewed for one that does not open.
    settled: Option<Instant>,
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
            first: tokio::sync::Mutex::default(),
            age: AtomicU64::default(),
            proved: AtomicU64::default(),
            shut: AtomicBool::default(),
        }
    }
}

impl Entry {
    fn check(&self) -> Result<(), Trouble> {
        match &self.refused {
            Some((why, until)) if !left(*until).is_zero() => Err(Trouble::LoginRefused {
                why: why.clone(),
                retry_after: left(*until),
            }),
            _ => Ok(()),
        }
    }

    /// What is said of an address for which a session was renewed a moment ago, and which did not open.
    fn still(&self) -> Option<Trouble> {
        let retry_after = left(self.settled?);
        (!retry_after.is_zero()).then_some(Trouble::LoginRefused {
            why: Refusal::OnlyHere,
            retry_after,
        })
    }

    /// Notes a refusal, and says how long nothing will be tried.
    fn refuse(&mut self, why: Refusal) -> Trouble {
        let retry_after = PAUSES[self.refusals.min(PAUSES.len() - 1)];
        self.refusals += 1;
        self.entered = false;
        self.refused = Some((why.clone(), Instant::now() + retry_after));
        Trouble::LoginRefused { why, retry_after }
    }
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
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
    let mut number = way.enter(None, &call).await?;
    // A wrong proof of many requests at once would be as many wrong tries: one goes first.
    let first = match way.session.auth {
        Auth::Digest { .. } if !way.is_proved(number) => Some(way.session.first.lock().await),
        _ => None,
    };
    if first.is_some() {
        number = way.enter(None, &call).await?;
    }
    let first = first.filter(|_| !way.is_proved(number));
    let outcome = way.send(call.clone(), false).await;
    if !ended::has_ended(way, &call, &outcome) {
        if outcome.is_ok() {
            way.prove(number).await;
        }
        return outcome;
    }
    match way.session.auth {
        Auth::Hmac(_) => return outcome,
        Auth::Digest { .. } => return Err(way.refuse(Refusal::Credentials).await),
        _ if !way.is_proved(number) => return Err(way.forgotten().await),
        _ => drop(first),
    }
    let renewed = way.enter(Some(number), &call).await?;
    way.outbound.transport.forget(&call);
    let outcome = way.send(call.clone(), false).await;
    if ended::has_ended(way, &call, &outcome) {
        let still = way.settle().await;
        return outcome.and(Err(still));
    }
    if outcome.is_ok() {
        way.prove(renewed).await;
    }
    outcome
}

impl Way<'_> {
    /// Signs in unless that was done after sign-in `seen`; returns the number of the one that counts.
    async fn enter(&self, seen: Option<u64>, call: &Call) -> Result<u64, Trouble> {
        let mut entry = self.session.entry.lock().await;
        entry.check()?;
        let entered = entry.entered && seen.is_none_or(|seen| seen < entry.number);
        if entered && !self.pass_is_over() {
            return Ok(entry.number);
        }
        if let Some(still) = seen.and_then(|_| entry.still()) {
            return Err(still);
        }
        // Odd, whether or not an earlier one was given up half-way.
        let age = self.session.age.load(Ordering::SeqCst);
        self.session.age.store((age + 1) | 1, Ordering::SeqCst);
        entry.entered = false;
        let outcome = match &self.session.auth {
            Auth::Form(login) => form::enter(self, login, call).await,
            Auth::OAuth2(oauth) => token::oauth(self, oauth, call).await,
            Auth::Token(login) => token::login(self, login, call).await,
            _ => Ok(()),
        };
        self.session.age.fetch_add(1, Ordering::SeqCst);
        match outcome {
            Ok(()) => {
                entry.number += 1;
                (entry.entered, entry.refused) = (true, None);
                self.session.shut.store(false, Ordering::SeqCst);
                Ok(entry.number)
            }
            Err(Trouble::LoginRefused { why, .. }) => Err(entry.refuse(why)),
            Err(Trouble::Unauthorized | Trouble::Forbidden | Trouble::Rejected { .. }) => {
                Err(entry.refuse(Refusal::Credentials))
            }
            Err(other) => Err(other),
        }
    }

    fn is_proved(&self, number: u64) -> bool {
        self.session.proved.load(Ordering::SeqCst) >= number
    }

    /// Notes that a session opens something: what was refused before counts no more.
    async fn prove(&self, number: u64) {
        if self.session.proved.fetch_max(number, Ordering::SeqCst) < number {
            self.session.entry.lock().await.refusals = 0;
        }
    }

    /// Notes that a renewed session does not open an address, so that it is not renewed again for it at once.
    async fn settle(&self) -> Trouble {
        self.session.entry.lock().await.settled = Some(Instant::now() + PAUSES[0]);
        Trouble::LoginRefused {
            why: Refusal::OnlyHere,
            retry_after: PAUSES[0],
        }
    }

    fn pass_is_over(&self) -> bool {
        let now = self.session.clock.now();
        let pass = lock(&self.session.pass);
        pass.as_ref().is_some_and(|pass| pass.is_over(now))
    }

    /// Notes that a session that never opened anything does not open an address either.
    async fn forgotten(&self) -> Trouble {
        let still = self.session.entry.lock().await.still();
        match still {
            Some(still) => still,
            None => self.refuse(Refusal::Forgotten).await,
        }
    }

    async fn refuse(&self, why: Refusal) -> Trouble {
        let mut entry = self.session.entry.lock().await;
        self.session.shut.store(true, Ordering::SeqCst);
        match entry.check() {
            Err(refused) => refused,
            Ok(()) => entry.refuse(why),
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
        let text = pattern.fill(None, None, None).unwrap_or_default();
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

/// Writes a request that signs in, beside the data request `like`. The app is called by the same name.
fn request(
    like: &Call,
    method: Method,
    url: Url,
    mut headers: HeaderMap,
    body: Option<Bytes>,
) -> Call {
    if let Some(name) = like
        .headers
        .get(HOST)
        .filter(|_| url.origin() == like.url.origin())
    {
        headers.insert(HOST, name.clone());
    }
    Call {
        method,
        url,
        headers,
        body,
        body_limit: PAGE,
        reach: like.reach.clone(),
        deadline: None,
        unrecorded: true,
        chain: Arc::default(),
        to_disk: false,
        verdict: None,
    }
}

fn bad(why: &str) -> Trouble {
    Trouble::BadRequest {
        why: why.to_owned(),
    }
}

/// Returns an address as the app knows it: by the name that it is called by.
fn as_called(url: &Url, headers: &HeaderMap) -> Url {
    let name = headers.get(HOST).and_then(|name| name.to_str().ok());
    let called = name.and_then(|name| Url::parse(&format!("{}://{name}", url.scheme())).ok());
    let mut seen = url.clone();
    if let Some(called) = called
        && (seen.set_host(called.host_str()).is_err() || seen.set_port(called.port()).is_err())
    {
        return url.clone();
    }
    seen
}

fn refused(why: Refusal) -> Trouble {
    Trouble::LoginRefused {
        why,
        retry_after: PAUSES[0],
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}
