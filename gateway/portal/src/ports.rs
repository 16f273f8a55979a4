//! What the portal needs from the rest of the hub, as narrow ports.
//!
//! Owns the traits and the plain words that cross them. It must never know who stands behind them.

pub mod editing;
mod own_app;
mod own_data;
mod registering;

pub use own_app::{CredentialLine, CredentialMade, OwnAppSheet, OwnApps, UsageLine};
pub use own_data::{OwnData, OwnDataSheet, OwnEvent, OwnMarks, OwnSession, OwnToken};
pub use registering::{
    AnswerFault, Choices, ProductChoice, Registering, RegisteringError, RegistrationLine,
    RegistrationSheet, RegistrationState, Ruling, Typed,
};

use crate::registry::UnitNames;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use divos_feed::{AppState, FeedItem, FeedPage, Filter, Mark, MarkChange, Reader, SourceStatus};
use divos_manifest::{Overlap, Processing};
use divos_model::{AppId, ItemId, PersonId};
use http::HeaderValue;
use http::request::Parts;

/// Why a port could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// There is no such thing, or the visitor may not see it.
    #[error("there is no such thing, or it is not for this visitor")]
    Missing,
    /// A cursor ran out, or belongs to somebody else's question.
    #[error("the cursor is not valid any more")]
    Expired,
    /// The visitor may not do this.
    #[error("the visitor may not do this")]
    Refused,
    /// The hub itself could not; the words are for the log alone.
    #[error("the hub could not: {0}")]
    Unavailable(String),
}

/// Who looks at a page, resolved anew for each request.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Who.
    pub person: PersonId,
    /// Their name as people write it.
    pub name: String,
    /// Whether they hold the role `operator`.
    pub operator: bool,
    /// The posts that they hold now.
    pub posts: Vec<PostHeld>,
    /// Who they are to the feed.
    pub reader: Reader,
    /// The token that their forms must carry back; a new text each time.
    pub csrf: String,
}

/// A post (jabatan) that a person holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostHeld {
    /// Its title.
    pub title: String,
    /// The unit's name.
    pub unit: String,
    /// `definitif`, `plt`, `plh` or `pj`.
    pub assignment: String,
    /// The last day, in the city's time; `None` where no end is set.
    pub until: Option<NaiveDate>,
}

/// One session of a person, in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionLine {
    /// What the hub calls it; safe to show.
    pub id: String,
    /// The browser and system, as far as they can be told; empty where they cannot.
    pub device: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub last_seen: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// One personal feed address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenLine {
    /// What the hub calls it; safe to show.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// When it was last used.
    pub last_used: Option<DateTime<Utc>>,
}

/// What the sign-in page needs before anybody is known.
#[derive(Debug, Clone)]
pub struct LoginForm {
    /// The token that the form must carry back.
    pub csrf: String,
    /// A cookie that binds the form to the browser, where one has to be set.
    pub set_cookie: Option<HeaderValue>,
}

/// What somebody typed to sign in.
#[derive(Clone)]
pub struct Credentials {
    /// NIP, e-mail or name, as typed.
    pub login: String,
    /// The password, as typed.
    pub password: String,
    /// The token that the form carried.
    pub csrf: String,
}

/// A sign-in that worked.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The cookies to set.
    pub set_cookies: Vec<HeaderValue>,
}

/// A sign-in that did not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Nobody has this login with this password.
    #[error("nobody has this login with this password")]
    Wrong,
    /// Too many attempts; try again after so long.
    #[error("too many attempts")]
    Throttled {
        /// How long to wait.
        wait: TimeDelta,
    },
    /// The account is closed. Only told to somebody who knows the password.
    #[error("the account is closed")]
    Disabled,
    /// The form was too old, or came from elsewhere.
    #[error("the form is not valid any more")]
    FormExpired,
    /// The hub itself could not; the words are for the log alone.
    #[error("the hub could not: {0}")]
    Unavailable(String),
}

/// Sign-in, sessions and personal tokens.
#[async_trait]
pub trait Door: Send + Sync {
    /// Tells who asks; `None` where nobody is signed in.
    async fn visitor(&self, request: &Parts) -> Result<Option<Visitor>, PortError>;
    /// Tells whether a form carried the token of the session that asks, and came from the hub itself.
    async fn csrf_fits(&self, request: &Parts, token: &str) -> bool;
    /// Begins a sign-in form for this browser.
    async fn login_form(&self, request: &Parts) -> Result<LoginForm, PortError>;
    /// Signs somebody in.
    async fn sign_in(&self, request: &Parts, typed: Credentials) -> Result<SignedIn, SignInError>;
    /// Ends the session that asks; returns the cookies to set.
    async fn sign_out(&self, request: &Parts) -> Result<Vec<HeaderValue>, PortError>;
    /// Returns `wanted` where it is safe to send a browser to after sign-in, else the feed.
    fn safe_return(&self, wanted: &str) -> String;
    /// Lists the sessions of the visitor.
    async fn sessions(&self, request: &Parts) -> Result<Vec<SessionLine>, PortError>;
    /// Ends one session of the visitor.
    async fn end_session(&self, request: &Parts, id: &str) -> Result<(), PortError>;
    /// Ends every session of the visitor, this one too; returns the cookies to set.
    async fn end_all(&self, request: &Parts) -> Result<Vec<HeaderValue>, PortError>;
    /// Lists the personal feed addresses of the visitor.
    async fn tokens(&self, request: &Parts) -> Result<Vec<TokenLine>, PortError>;
    /// Makes a personal feed token; returns it, once.
    async fn create_token(&self, request: &Parts, label: &str) -> Result<String, PortError>;
    /// Takes a personal feed token back.
    async fn revoke_token(&self, request: &Parts, id: &str) -> Result<(), PortError>;
}

/// The feed as its reader sees it.
#[async_trait]
pub trait Reading: Send + Sync {
    /// Returns a page of the feed in the screen's order.
    async fn page(
        &self,
        reader: &Reader,
        filter: &Filter,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<FeedPage, PortError>;
    /// Returns one item.
    async fn item(&self, reader: &Reader, id: ItemId) -> Result<FeedItem, PortError>;
    /// Changes what the reader did with an item.
    async fn mark(
        &self,
        reader: &Reader,
        id: ItemId,
        change: MarkChange,
    ) -> Result<Mark, PortError>;
    /// Counts, app by app, what is open and unread.
    async fn unread(&self, reader: &Reader) -> Result<Vec<(AppId, u64)>, PortError>;
    /// Returns what begins or falls due between two moments, at most `limit`, by time.
    async fn coming(
        &self,
        reader: &Reader,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        limit: usize,
    ) -> Result<Vec<FeedItem>, PortError>;
}

/// One app in the launcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppLine {
    /// Its id.
    pub id: AppId,
    /// Its title.
    pub title: String,
    /// The agency that owns it, in words.
    pub owner: Option<String>,
    /// What it is for, in a few words.
    pub about: Option<String>,
    /// Where a person opens it through single sign-on; `None` where it has no address yet.
    pub open: Option<String>,
    /// How it is doing; `None` where the hub reads nothing from it.
    pub health: Option<AppState>,
    /// When it was last read completely.
    pub last_ok: Option<DateTime<Utc>>,
}

/// The launcher.
#[async_trait]
pub trait Apps: Send + Sync {
    /// Lists the apps that the visitor may open, by title.
    async fn apps(&self, visitor: &Visitor) -> Result<Vec<AppLine>, PortError>;
    /// Returns an app's title; `None` for an app that the hub does not know.
    fn title(&self, app: &AppId) -> Option<String>;
    /// Returns where a person opens `web` (an item's own link, absolute or a path) through single
    /// sign-on; `None` where the app has no address, or the link is not on the app's hosts.
    fn open(&self, app: &AppId, web: &str) -> Option<String>;
}

/// What came of asking for a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunAnswer {
    /// It was put in the queue.
    Queued,
    /// It is being read already.
    Running,
    /// Too many sources wait; it has to be asked again later.
    Full,
}

/// The operator's view of the sources.
#[async_trait]
pub trait Operating: Send + Sync {
    /// Lists every source of every app.
    async fn sources(&self) -> Result<Vec<SourceStatus>, PortError>;
    /// Asks for a run of a source now.
    async fn run_now(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError>;
    /// Takes a source as it is now, although its records look otherwise than before or most of them are gone, and reads
    /// it now.
    async fn accept(&self, app: &AppId, source: &str) -> Result<RunAnswer, PortError>;
    /// Lists the apps whose last changed definition was kept out, each with its faults in the
    /// operator's words: file, line, and what is wrong.
    fn reload_faults(&self) -> Vec<(AppId, String)>;
}

/// What the connectors say of all apps together, for the operator.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Lists the pairs of apps that overlap, the strongest first.
    async fn overlaps(&self) -> Result<Vec<Overlap>, PortError>;
    /// Returns the record of processing, app by app, by title.
    fn processing(&self) -> Vec<Processing>;
    /// Tells what units are called.
    async fn unit_names(&self) -> Result<UnitNames, PortError>;
}
