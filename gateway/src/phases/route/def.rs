//! What an operator decides about an app, as the edge needs it.
//!
//! Owns plain definitions with sensible values. The manifest's connectors are turned into these by `assemble`.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderName;
use url::Url;

/// Which `Host` an app is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum HostPolicy {
    /// The public one; the app builds right links by itself.
    #[default]
    Public,
    /// The upstream's own, for apps that know only that name.
    Upstream,
    /// A name of its own, whatever its addresses.
    Named(Box<str>),
}

/// How long an app may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To connect, TLS included.
    pub connect: Duration,
    /// Between two reads from the app (event streams and WebSockets are exempt).
    pub read: Duration,
    /// Between two writes to the app.
    pub write: Duration,
    /// How long an unused connection is kept.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(60),
            write: Duration::from_secs(30),
            idle: Duration::from_secs(60),
        }
    }
}

/// How an `https` upstream is trusted. Two routes with different trust never share a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UpstreamTls {
    /// Accepts any certificate. Only ever on an operator's explicit word.
    pub insecure: bool,
    /// PEM of the certificate authorities to trust instead of the system's.
    pub ca_pem: Option<String>,
    /// The name to ask for and to verify instead of the URL's host.
    pub server_name: Option<String>,
}

/// When to stop asking an app that fails.
#[derive(Clone, Copy, Debug)]
pub struct BreakerDef {
    /// Failures to connect or to answer in a row before it opens.
    pub failures: u32,
    /// How long it stays open before one request may try.
    pub open_for: Duration,
}

/// One app as the edge needs it. Build with [`RouteDef::new`] and change what differs.
#[derive(Clone)]
pub struct RouteDef {
    /// The app's id.
    pub id: String,
    /// The public host, without port.
    pub host: String,
    /// More public hosts of the same app.
    pub aliases: Vec<String>,
    /// `http` or `https` addresses, tried in turn. A path in them is ignored.
    pub upstreams: Vec<Url>,
    /// Which `Host` the app is told.
    pub host_policy: HostPolicy,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// The largest request body in bytes.
    pub max_body: u64,
    /// Requests in flight at once; more are answered 503.
    pub max_in_flight: usize,
    /// When to stop asking.
    pub breaker: Option<BreakerDef>,
    /// How `https` upstreams are trusted.
    pub tls: UpstreamTls,
    /// Whether HTTP/2 may be spoken to `https` upstreams.
    pub http2: bool,
    /// The header names in which the hub asserts an identity to this app (`sso.headers.set`).
    pub sso_headers: Vec<HeaderName>,
    /// The caller's own value, for its ports: see [`super::Route::get`].
    pub attachment: Option<Arc<dyn Any + Send + Sync>>,
}

impl RouteDef {
    /// An app with sensible limits: 1 GiB bodies, 256 requests at once, a breaker of 5 failures and 10 s.
    pub fn new(id: impl Into<String>, host: impl Into<String>, upstreams: Vec<Url>) -> Self {
        Self {
            id: id.into(),
            host: host.into(),
            aliases: Vec::new(),
            upstreams,
            host_policy: HostPolicy::Public,
            timeouts: Timeouts::default(),
            max_body: 1 << 30,
            max_in_flight: 256,
            breaker: Some(BreakerDef {
                failures: 5,
                open_for: Duration::from_secs(10),
            }),
            tls: UpstreamTls::default(),
            http2: false,
            sso_headers: Vec::new(),
            attachment: None,
        }
    }
}

/// The hub itself: app number zero.
#[derive(Clone)]
pub struct HubDef {
    /// The hub's public hosts; the first is the one redirects use.
    pub hosts: Vec<String>,
    /// The largest request body in bytes.
    pub max_body: u64,
    /// Requests in flight at once.
    pub max_in_flight: usize,
    /// Paths on *every app host* that the hub's own service answers, such as `/.divos/` (ticket handover).
    pub own_prefix: String,
    /// The caller's own value, for its ports.
    pub attachment: Option<Arc<dyn Any + Send + Sync>>,
}

impl HubDef {
    /// The hub under these hosts: 16 MiB bodies, 4,096 requests at once, own prefix `/.divos/`.
    pub fn new(hosts: Vec<String>) -> Self {
        Self {
            hosts,
            max_body: 16 << 20,
            max_in_flight: 4096,
            own_prefix: "/.divos/".to_owned(),
            attachment: None,
        }
    }
}
