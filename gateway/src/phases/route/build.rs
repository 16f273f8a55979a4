//! From definitions to a table, or to every fault in them.
//!
//! Owns the checks and the carrying-over of what must survive a reload.

use std::collections::HashMap;
use std::sync::Arc;

use super::def::{HubDef, RouteDef, UpstreamTls};
use super::{Route, RouteState, RouteTable, Upstream, canonical_host};
use crate::phases::identify::Reserved;

/// What is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteFault {
    /// Two apps claim one host.
    #[error("{app}: host {host} already belongs to {other}")]
    HostTaken {
        /// The app that came second.
        app: String,
        /// The host.
        host: String,
        /// The app that has it.
        other: String,
    },
    /// A host that is none.
    #[error("{app}: {host:?} is not a host name")]
    BadHost {
        /// The app.
        app: String,
        /// What was given.
        host: String,
    },
    /// An app without a usable upstream.
    #[error("{app}: upstream {url} is not an http or https address")]
    BadUpstream {
        /// The app.
        app: String,
        /// What was given.
        url: String,
    },
    /// An app without any upstream.
    #[error("{app}: has no upstream")]
    NoUpstream {
        /// The app.
        app: String,
    },
}

pub(super) struct Builder<'a> {
    /// What is known of the apps of the table before, by id.
    before: HashMap<&'a str, &'a Arc<RouteState>>,
    hub: Arc<Route>,
    own_prefix: Box<str>,
    hosts: HashMap<Box<str>, Arc<Route>>,
    faults: Vec<RouteFault>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(hub: HubDef, before: Option<&'a RouteTable>) -> Self {
        let mut def = RouteDef::new(
            "hub",
            hub.hosts.first().cloned().unwrap_or_default(),
            vec![],
        );
        def.aliases = hub.hosts.iter().skip(1).cloned().collect();
        (def.max_body, def.max_in_flight) = (hub.max_body, hub.max_in_flight);
        (def.attachment, def.breaker) = (hub.attachment, None);
        let state = before.map_or_else(Arc::default, |table| table.hub.state.clone());
        let apps = before.into_iter().flat_map(RouteTable::apps);
        let mut builder = Self {
            before: apps.map(|route| (&*route.id, &route.state)).collect(),
            hub: Arc::new(route(def, vec![], state, true)),
            own_prefix: hub.own_prefix.into(),
            hosts: HashMap::new(),
            faults: Vec::new(),
        };
        builder.claim_hosts(builder.hub.clone());
        builder
    }

    pub(super) fn add_all(mut self, apps: Vec<RouteDef>) -> Result<RouteTable, Vec<RouteFault>> {
        let reserved = Reserved::new(apps.iter().flat_map(|app| &app.sso_headers));
        for app in apps {
            self.add(app);
        }
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        Ok(RouteTable {
            hosts: self.hosts,
            hub: self.hub,
            own_prefix: self.own_prefix,
            reserved,
        })
    }

    fn add(&mut self, mut def: RouteDef) {
        if def.upstreams.is_empty() {
            self.faults.push(RouteFault::NoUpstream {
                app: def.id.clone(),
            });
        }
        let mut upstreams = Vec::with_capacity(def.upstreams.len());
        for url in &def.upstreams {
            match Upstream::of(url) {
                Some(upstream) => upstreams.push(upstream),
                None => self.faults.push(RouteFault::BadUpstream {
                    app: def.id.clone(),
                    url: url.to_string(),
                }),
            }
        }
        def.host = def.host.to_ascii_lowercase();
        let state = self.state_of(&def.id);
        self.claim_hosts(Arc::new(route(def, upstreams, state, false)));
    }

    fn state_of(&self, id: &str) -> Arc<RouteState> {
        self.before
            .get(id)
            .map_or_else(Arc::default, |state| Arc::clone(state))
    }

    fn claim_hosts(&mut self, route: Arc<Route>) {
        let app = route.def.id.clone();
        for host in std::iter::once(&route.def.host).chain(&route.def.aliases) {
            let Some(name) = canonical_host(host) else {
                let (app, host) = (app.clone(), host.clone());
                self.faults.push(RouteFault::BadHost { app, host });
                continue;
            };
            if let Some(other) = self.hosts.get(name.as_str()) {
                self.faults.push(RouteFault::HostTaken {
                    app: app.clone(),
                    host: name,
                    other: other.def.id.clone(),
                });
                continue;
            }
            self.hosts.insert(name.into_boxed_str(), route.clone());
        }
    }
}

fn route(def: RouteDef, upstreams: Vec<Upstream>, state: Arc<RouteState>, hub: bool) -> Route {
    Route {
        id: def.id.as_str().into(),
        trust_key: trust_key(&def.tls),
        upstreams,
        state,
        hub,
        def,
    }
}

/// Never 0 for anything but the system's own trust, and different for different trust.
fn trust_key(tls: &UpstreamTls) -> u64 {
    use sha2::{Digest, Sha256};
    if *tls == UpstreamTls::default() {
        return 0;
    }
    let text = format!("{}\0{:?}\0{:?}", tls.insecure, tls.ca_pem, tls.server_name);
    let digest = Sha256::digest(text.as_bytes());
    u64::from_be_bytes(std::array::from_fn(|at| digest[at])) | 1
}
