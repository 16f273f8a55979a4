//! *Route*: which app a host belongs to. One immutable table, swapped whole.
//!
//! Owns the table and what a route is. Lookup is one hash of the host: its cost does not depend on the number
//! of apps. What must survive a reload (requests in flight, the breaker) lies in [`RouteState`] and is carried over.

mod build;
mod def;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use url::Url;

use super::breaker::Breaker;
use super::identify::Reserved;
use build::Builder;

pub use build::RouteFault;
pub use def::{BreakerDef, HostPolicy, HubDef, RouteDef, Timeouts, UpstreamTls};

/// One address of an app.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Host name or address, IPv6 without brackets.
    pub host: Box<str>,
    /// Port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub tls: bool,
    /// As in a `Host` header or a URL: the port only when not the default.
    pub authority: Box<str>,
}

impl Upstream {
    pub(super) fn of(url: &Url) -> Option<Self> {
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let shown = url.host_str()?;
        let port = url.port_or_known_default()?;
        let authority = match url.port() {
            Some(port) => format!("{shown}:{port}"),
            None => shown.to_owned(),
        };
        Some(Self {
            host: shown.trim_start_matches('[').trim_end_matches(']').into(),
            port,
            tls,
            authority: authority.into(),
        })
    }
}

/// What outlives a reload: how busy and how healthy an app is.
#[derive(Debug, Default)]
pub struct RouteState {
    pub(crate) in_flight: AtomicUsize,
    pub(crate) turn: AtomicUsize,
    /// The breaker's memory.
    pub breaker: Breaker,
}

impl RouteState {
    /// Requests in flight now.
    pub fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }
}

/// Where requests for one app go.
pub struct Route {
    /// The app's id as logs know it.
    pub id: Arc<str>,
    /// What was asked for.
    pub def: RouteDef,
    /// The parsed upstreams; empty for the hub itself.
    pub upstreams: Vec<Upstream>,
    /// How busy and how healthy.
    pub state: Arc<RouteState>,
    /// Separates connection pools by trust: see [`UpstreamTls`].
    pub trust_key: u64,
    hub: bool,
}

impl Route {
    /// Whether this is the hub itself.
    pub fn is_hub(&self) -> bool {
        self.hub
    }

    /// The caller's own value, if it is of this type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.def
            .attachment
            .as_deref()
            .and_then(|value| value.downcast_ref())
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Every host the hub answers for.
#[derive(Debug)]
pub struct RouteTable {
    hosts: HashMap<Box<str>, Arc<Route>>,
    hub: Arc<Route>,
    own_prefix: Box<str>,
    reserved: Reserved,
}

impl RouteTable {
    /// Builds a table from nothing.
    ///
    /// # Errors
    /// Every fault of every definition at once.
    pub fn build(hub: HubDef, apps: Vec<RouteDef>) -> Result<Self, Vec<RouteFault>> {
        Builder::new(hub, None).add_all(apps)
    }

    /// Builds the next table, keeping what is known of apps that stay.
    ///
    /// # Errors
    /// As [`RouteTable::build`]; the old table is untouched.
    pub fn rebuild(&self, hub: HubDef, apps: Vec<RouteDef>) -> Result<Self, Vec<RouteFault>> {
        Builder::new(hub, Some(self)).add_all(apps)
    }

    /// The route of a host in lower case without port.
    pub fn find(&self, host: &str) -> Option<&Arc<Route>> {
        self.hosts.get(host)
    }

    /// The hub's own route.
    pub fn hub(&self) -> &Arc<Route> {
        &self.hub
    }

    /// Whether the hub's own service answers this path on every host.
    pub fn is_own_path(&self, path: &str) -> bool {
        !self.own_prefix.is_empty() && path.starts_with(&*self.own_prefix)
    }

    /// The header names that may not come from outside.
    pub fn reserved(&self) -> &Reserved {
        &self.reserved
    }

    /// Every app's route once, in no order; the hub's is not among them.
    pub fn apps(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.hosts
            .iter()
            .filter(|(host, route)| !route.is_hub() && ***host == *route.def.host)
            .map(|(_, route)| route)
    }
}

/// A host without port in its one spelling: lower case, no trailing dot; `None` when it is not a host.
pub fn canonical_host(host: &str) -> Option<String> {
    let bare = host.strip_suffix('.').unwrap_or(host);
    let literal = bare.starts_with('[') && bare.ends_with(']');
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_')
            || (literal && b"[:]".contains(&byte))
    };
    (!bare.is_empty() && bare.len() <= 253 && bare.bytes().all(allowed))
        .then(|| bare.to_ascii_lowercase())
}

/// Splits an authority into its canonical host and its port.
pub fn split_authority(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = match port {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
        Some(_) => return None,
        None => None,
    };
    Some((canonical_host(host)?, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(id: &str, host: &str) -> RouteDef {
        RouteDef::new(id, host, vec![Url::parse("http://127.0.0.1:9/").unwrap()])
    }

    fn hub() -> HubDef {
        HubDef::new(vec!["hub.test".into()])
    }

    #[test]
    fn hosts_are_found_in_their_one_spelling() {
        let table = RouteTable::build(hub(), vec![app("a", "A.Hub.Test")]).unwrap();
        assert_eq!(&*table.find("a.hub.test").unwrap().id, "a");
        assert!(table.find("hub.test").unwrap().is_hub());
        assert!(table.find("b.hub.test").is_none());
        assert_eq!(table.apps().count(), 1);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let mut none = app("c", "c.test");
        none.upstreams.clear();
        let mut ftp = app("d", "d.test");
        ftp.upstreams = vec![Url::parse("ftp://x.test/").unwrap()];
        let faults = RouteTable::build(
            hub(),
            vec![
                app("a", "x.test"),
                app("b", "X.test."),
                none,
                ftp,
                app("e", "b ad"),
            ],
        )
        .unwrap_err();
        let kinds: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            kinds,
            [
                "b: host x.test already belongs to a",
                "c: has no upstream",
                "d: upstream ftp://x.test/ is not an http or https address",
                "e: \"b ad\" is not a host name",
            ]
        );
    }

    #[test]
    fn a_reload_keeps_what_is_known_of_an_app() {
        let first = RouteTable::build(hub(), vec![app("a", "a.test")]).unwrap();
        let state = first.find("a.test").unwrap().state.clone();
        let second = first.rebuild(hub(), vec![app("a", "other.test")]).unwrap();
        assert!(Arc::ptr_eq(
            &state,
            &second.find("other.test").unwrap().state
        ));
    }

    #[test]
    fn authorities_split() {
        assert_eq!(split_authority("A.b:80"), Some(("a.b".into(), Some(80))));
        assert_eq!(split_authority("[::1]:8"), Some(("[::1]".into(), Some(8))));
        assert_eq!(split_authority("[::1]"), Some(("[::1]".into(), None)));
        assert_eq!(split_authority("a:b"), None);
        assert_eq!(split_authority("a:99999"), None);
        assert_eq!(split_authority("a/b"), None);
        assert_eq!(split_authority(""), None);
    }

    #[test]
    fn different_trust_means_different_keys() {
        let insecure = UpstreamTls {
            insecure: true,
            ..Default::default()
        };
        let ca = UpstreamTls {
            ca_pem: Some("x".into()),
            ..Default::default()
        };
        let key = |tls| {
            let mut def = app("a", "a.test");
            def.tls = tls;
            let table = RouteTable::build(hub(), vec![def]).unwrap();
            table.find("a.test").unwrap().trust_key
        };
        assert_eq!(key(UpstreamTls::default()), 0);
        assert_ne!(key(insecure.clone()), key(ca));
        assert_ne!(key(insecure), 0);
    }
}
