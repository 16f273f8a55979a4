//! From connectors to the edge's route table. Owns what a connector means to the edge, and the public
//! addresses of the hub and its apps.

use crate::phases::{BreakerDef, HostPolicy, HubDef, RouteDef, RouteFault, RouteTable, Timeouts};
use divos_manifest::Connector;
use divos_sso::{AccessFault, AppAccess, HostSet};
use std::sync::Arc;
use std::time::Duration;

/// How browsers reach the hub and its apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicAddress {
    /// The hub's own host, without a port.
    pub domain: String,
    /// The port that browsers use.
    pub port: u16,
}

impl PublicAddress {
    /// Returns a host as browsers write it: with the port where it is not 443.
    #[must_use]
    pub fn authority(&self, host: &str) -> String {
        match self.port {
            443 => host.to_owned(),
            port => format!("{host}:{port}"),
        }
    }

    /// Returns the hub's origin, for example `https://divos.localhost:8443`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("https://{}", self.authority(&self.domain))
    }

    /// Returns the virtual host of an app, without a port.
    #[must_use]
    pub fn app_host(&self, connector: &Connector) -> String {
        format!("{}.{}", connector.app.host, self.domain)
    }

    /// Returns the origin of an app.
    #[must_use]
    pub fn app_origin(&self, connector: &Connector) -> String {
        format!("https://{}", self.authority(&self.app_host(connector)))
    }

    /// Returns the hosts that a browser may be sent to.
    #[must_use]
    pub fn host_set(&self, connectors: &[Arc<Connector>]) -> HostSet {
        let apps = connectors.iter().map(|c| self.authority(&self.app_host(c)));
        HostSet::new(&self.authority(&self.domain), apps)
    }
}

/// What the guard and the assertion need to know of an app; hangs on its route.
#[derive(Debug)]
pub struct AppRights {
    /// The connector.
    pub connector: Arc<Connector>,
    /// Who may open what in it, and what it is told of them.
    pub access: AppAccess,
}

/// Why a set of connectors cannot be routed.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Hosts or upstreams clash.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Routes(Vec<RouteFault>),
    /// A sign-on cannot be used.
    #[error(transparent)]
    Access(#[from] AccessFault),
}

/// Builds the route table for these connectors; what is known of apps that stay is kept.
///
/// # Errors
/// What is wrong, for example two apps on one host.
pub fn table(
    address: &PublicAddress,
    connectors: &[Arc<Connector>],
    before: Option<&RouteTable>,
) -> Result<RouteTable, TableError> {
    let hub = HubDef::new(vec![address.domain.clone()]);
    let connected = connectors.iter().filter(|c| !c.app.upstreams.is_empty());
    let apps = connected
        .map(|c| route(address, c))
        .collect::<Result<Vec<_>, _>>()?;
    let built = match before {
        Some(before) => before.rebuild(hub, apps),
        None => RouteTable::build(hub, apps),
    };
    built.map_err(TableError::Routes)
}

fn route(address: &PublicAddress, connector: &Arc<Connector>) -> Result<RouteDef, AccessFault> {
    let app = &connector.app;
    let access = AppAccess::of(connector)?;
    let mut def = RouteDef::new(
        connector.id.as_str(),
        address.app_host(connector),
        app.upstreams.clone(),
    );
    def.host_policy = host_policy(connector);
    def.timeouts = Timeouts {
        connect: app.timeouts.connect,
        read: app.timeouts.idle,
        write: Duration::from_secs(30),
        idle: Duration::from_secs(60),
    };
    def.max_body = app.limits.upload;
    def.max_in_flight = app.limits.requests_in_flight;
    def.breaker = Some(BreakerDef {
        failures: app.breaker.failures,
        open_for: app.breaker.open,
    });
    def.sso_headers = access.asserted_headers().to_vec();
    def.attachment = Some(Arc::new(AppRights {
        connector: Arc::clone(connector),
        access,
    }));
    Ok(def)
}

fn host_policy(connector: &Connector) -> HostPolicy {
    match &connector.app.send_host {
        Some(name) => HostPolicy::Named(name.as_str().into()),
        None => HostPolicy::Public,
    }
}
