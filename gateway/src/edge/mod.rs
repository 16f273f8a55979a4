//! The edge: sockets, TLS, HTTP/1.1, HTTP/2 and WebSocket, in front of the hub's own service and of every app.
//!
//! Owns the accept loop, the connections and the order in which [`crate::phases`] are called. Nothing outside this
//! module names pingora, which is embedded: our own runtime and accept loop drive it connection by connection, so
//! that draining, deadlines and caps are ours. Read [`serve`](Edge::serve) first, then `proxy.rs` (the hooks, top to
//! bottom in the order a request meets them), then `bridge.rs` (the hub's own service, called in process).

mod accept;
mod bridge;
mod check;
mod conn;
mod fed_body;
mod gate;
mod handle;
mod headers;
mod intake;
mod limits;
mod linger;
mod paced;
mod peer;
mod proxy;
mod resolve;
mod respond;
mod visit;

use std::convert::Infallible;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::body::Body;
use http::HeaderValue;
use pingora::apps::HttpServerOptions;
use pingora::protocols::http::v2::server::{H2Options, default_h2_options};
use pingora::proxy::{HttpProxy, http_proxy};
use pingora::server::configuration::ServerConf;
use tower::util::BoxCloneSyncService;

use crate::phases::{Account, Assert, ErrorPages, Guard, Identify, RouteTable, TrustedPeers};

pub use accept::{Drained, Listener};
pub use limits::Limits;

/// The hub's own pages and API: app number zero.
pub type HubService = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Infallible>;

/// Everything the edge is given. It reaches nothing else.
pub struct EdgeParts {
    /// Who is asking.
    pub identify: Arc<dyn Identify>,
    /// May they.
    pub guard: Arc<dyn Guard>,
    /// How they are introduced to an app.
    pub assert: Arc<dyn Assert>,
    /// What is written down.
    pub account: Arc<dyn Account>,
    /// What a person sees when something fails.
    pub pages: Arc<dyn ErrorPages>,
    /// The hub's own service: see [`hub_service`].
    pub hub: HubService,
    /// Which host is which app; swapped whole by a reload.
    pub routes: Arc<ArcSwap<RouteTable>>,
    /// Every bound.
    pub limits: Limits,
    /// Whose `X-Forwarded-*`, `Forwarded`, request ids and traces are believed. Empty by default.
    pub trusted: TrustedPeers,
    /// `Strict-Transport-Security` for every answer over TLS, if wanted.
    pub hsts: Option<HeaderValue>,
}

/// An axum router as the hub's service.
pub fn hub_service(router: axum::Router) -> HubService {
    BoxCloneSyncService::new(router)
}

/// The running edge.
pub struct Edge {
    app: Arc<HttpProxy<proxy::Visits>>,
    limits: Limits,
}

impl Edge {
    /// Puts the edge together. Opens nothing yet. Install rustls' `ring` provider before (first line of `main`).
    pub fn new(parts: EdgeParts) -> Arc<Self> {
        let limits = parts.limits.clone();
        let mut app = http_proxy(&Arc::new(server_conf(&limits)), proxy::Visits::new(parts));
        app.server_options = Some(server_options(&limits));
        app.h2_options = Some(h2_options(&limits));
        Arc::new(Self {
            app: Arc::new(app),
            limits,
        })
    }
}

fn server_conf(limits: &Limits) -> ServerConf {
    ServerConf {
        threads: 1,
        upstream_keepalive_pool_size: limits.upstream_pool,
        max_retries: limits.tries.max(1),
        ..ServerConf::default()
    }
}

/// `h2c` stays off: on a plain port a silent client would hang, and nobody needs it.
fn server_options(limits: &Limits) -> HttpServerOptions {
    let mut options = HttpServerOptions::default();
    options.h2c = false;
    options.h2_idle_timeout = Some(limits.h2_idle);
    options
}

fn h2_options(limits: &Limits) -> H2Options {
    let mut options = default_h2_options();
    options
        .initial_window_size(limits.h2_window)
        .initial_connection_window_size(limits.h2_window)
        .max_concurrent_streams(limits.h2_streams)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX));
    options
}
