//! The hub's API, as `openapi.yaml` describes it: the feed, items, apps, exports.
//!
//! Owns the JSON that programs see and the words of its problems. It must never know a page's markup,
//! SQL or an upstream. Start with [`router`].

mod address;
mod ask;
mod describe;
mod exports;
mod feed;
mod hub;
mod ingest;
mod items;
mod own_data;
mod problem;
mod registrations;
mod stream;
mod who;

pub(crate) use hub::answer_ready;
pub use own_data::Turns;
pub use problem::Problem;

use crate::credentials::Credentials;
use crate::own_data::OwnData;
use crate::ready::Readiness;
use crate::registration::Registrations;
use crate::routes::PublicAddress;
use crate::usage::Usage;
use axum::Router;
use axum::routing::{get, put};
use divos_feed::{Inbox, Live, Operations, Timeline};
use divos_manifest::Connector;
use divos_model::Clock;
use divos_portal::ports::Apps;
use divos_sso::Sso;
use divos_store::PeopleStore;
use http::{HeaderValue, header};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

/// Everything that the API can reach.
#[derive(Clone)]
pub struct ApiParts {
    /// The feed.
    pub timeline: Timeline,
    /// What changes, as it changes.
    pub live: Live,
    /// How the apps are.
    pub operations: Operations,
    /// Where apps push to.
    pub inbox: Inbox,
    /// What they prove it with.
    pub credentials: Credentials,
    /// How much they are used.
    pub usage: Arc<Usage>,
    /// What departments register.
    pub registrations: Arc<Registrations>,
    /// What is held about somebody.
    pub own_data: Arc<OwnData>,
    /// Whose file is being made.
    pub turns: Turns,
    /// Units and who is in them.
    pub people: Arc<dyn PeopleStore>,
    /// Who somebody is.
    pub sso: Arc<Sso>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How browsers reach the hub and its apps.
    pub address: PublicAddress,
    /// The hub's name, for the titles of exports.
    pub name: String,
    /// The connectors in force.
    pub connectors: Arc<dyn Fn() -> Vec<Arc<Connector>> + Send + Sync>,
    /// Where a person opens an item's link.
    pub launcher: Arc<dyn Apps>,
    /// Whether the hub can serve people.
    pub ready: Readiness,
}

/// Builds the API's routes.
pub fn router(parts: ApiParts) -> Router {
    let description = describe::Description::new(&parts.address.origin());
    Router::new()
        .route("/api/v1/feed", get(feed::list))
        .route("/api/v1/feed/stream", get(stream::stream))
        .route("/api/v1/items/{id}", get(items::get))
        .route("/api/v1/items/{id}/state", put(items::mark))
        .route("/api/v1/search", get(feed::search))
        .route("/api/v1/apps", get(hub::apps))
        .route("/api/v1/me", get(hub::me))
        .route("/api/v1/me/data", get(own_data::get))
        .route("/api/v1/status", get(hub::status))
        .route(
            "/api/v1/registrations",
            get(registrations::list).post(registrations::send),
        )
        .route("/api/v1/registrations/{number}", get(registrations::get))
        .route(
            "/api/{*rest}",
            get(problem::no_such_path).fallback(problem::no_such_path),
        )
        .route("/feed.json", get(exports::json_feed))
        .route("/feed.atom", get(exports::atom))
        .route("/agenda.ics", get(exports::calendar))
        .route("/.well-known/jwks.json", get(hub::jwks))
        .route("/healthz", get(hub::alive))
        .route("/readyz", get(hub::ready))
        .method_not_allowed_fallback(problem::method_not_allowed)
        .with_state(parts.clone())
        .merge(ingest::router(parts))
        .merge(describe::router(description))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
}
