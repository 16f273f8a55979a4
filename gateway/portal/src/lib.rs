//! The pages people see: routes, view models, views, and the words in Indonesian and English.
//!
//! Owns everything a person looks at and the forms they send. It must never know a store, an upstream
//! or a connector's grammar: what it shows comes through the ports in [`ports`], and it alone knows
//! markup. Start with [`router`], then `pages` (routes) and `views` (what a template is given).

mod assets;
mod error_page;
mod frame;
mod headers;
mod language;
pub mod own_data;
mod pages;
pub mod ports;
pub mod registry;
mod respond;
mod views;
mod visit;
mod when;
mod wire;
mod words;

pub use error_page::{ErrorKind, ErrorView, error_page};
pub use pages::router;
pub use wire::{FeedOperating, FeedReading, HostsNow, RefusedNow, RequestFacts, SsoDoor, Tally};

use divos_model::Clock;
use ports::editing::Editing;
use ports::{Apps, Door, Operating, OwnApps, OwnData, Reading, Registering, Registry};
use std::sync::Arc;

/// Everything that the portal can reach.
#[derive(Clone)]
pub struct PortalParts {
    /// Sign-in, sessions and personal tokens; [`SsoDoor`] in the hub.
    pub door: Arc<dyn Door>,
    /// The feed as its reader sees it; [`FeedReading`] in the hub.
    pub reading: Arc<dyn Reading>,
    /// The launcher: which apps there are, and where a person opens them.
    pub apps: Arc<dyn Apps>,
    /// The operator's view of the sources; [`FeedOperating`] in the hub.
    pub operating: Arc<dyn Operating>,
    /// Editing definitions.
    pub editing: Arc<dyn Editing>,
    /// What the connectors say of all apps together.
    pub registry: Arc<dyn Registry>,
    /// Registering apps.
    pub registering: Arc<dyn Registering>,
    /// The apps that somebody looks after.
    pub own_apps: Arc<dyn OwnApps>,
    /// What is held about whoever asks.
    pub own_data: Arc<dyn OwnData>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How the hub is reached from outside.
    pub face: PublicFace,
}

/// How the hub is reached from outside.
#[derive(Debug, Clone)]
pub struct PublicFace {
    /// The hub's own origin without a final slash, for example `https://divos.localhost:8443`.
    pub origin: String,
    /// Sources of Content-Security-Policy (CSP level 3, section 2.3.1) that a form may end at besides
    /// the hub itself, for the handover to apps; for example `https://*.divos.localhost:8443`.
    pub app_sources: Vec<String>,
    /// Whom people may ask, in one line; empty where nobody is named.
    pub contact: String,
}
