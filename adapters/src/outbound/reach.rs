//! Where one app's requests may go: its own hosts and ports, and which addresses.
//!
//! Owns that question for redirects, links and credentials. It must never resolve a name.

use super::address::{AddressPolicy, NetworkFault};
use super::certificate::ClientCertificate;
use divos_manifest::{Auth, Connector};
use std::time::Duration;
use url::Url;

/// Where one app's requests may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    hosts: Vec<String>,
    ports: Vec<u16>,
    /// Which addresses besides the public ones.
    pub(crate) policy: AddressPolicy,
    /// How long a connection may take.
    pub(crate) connect: Duration,
    /// What the hub shows of itself where TLS asks for it.
    pub(crate) certificate: Option<ClientCertificate>,
}

impl Reach {
    /// Reads a connector's hosts, ports and permitted networks.
    ///
    /// # Errors
    /// A network that is not a CIDR range.
    pub fn of(connector: &Connector) -> Result<Self, NetworkFault> {
        let bases = connector
            .sources
            .iter()
            .filter_map(|s| s.request()?.base.as_ref());
        let origins = connector.app.upstreams.iter().chain(bases);
        let mut ports: Vec<u16> = origins.filter_map(Url::port_or_known_default).collect();
        ports.extend([80, 443]);
        Ok(Self {
            hosts: connector.own_hosts(),
            ports,
            policy: AddressPolicy::default().with_networks(&connector.app.networks)?,
            connect: connector.app.timeouts.connect,
            certificate: match &connector.auth {
                Auth::Certificate { pem } => Some(ClientCertificate::new(pem)),
                _ => None,
            },
        })
    }

    /// Tells whether a host is the app's own.
    #[must_use]
    pub fn owns(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.');
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Tells whether a request, with its credentials, may go to an address: HTTP or HTTPS, an own
    /// host, and a port that the connector names or the scheme's own.
    #[must_use]
    pub fn may_call(&self, url: &Url) -> bool {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| self.owns(host))
            && url
                .port_or_known_default()
                .is_some_and(|port| self.ports.contains(&port))
            && url.username().is_empty()
    }

    /// Tells whether whoever was at one address may be sent on to another: never out of TLS.
    #[must_use]
    pub fn may_follow(&self, from: &Url, to: &Url) -> bool {
        self.may_call(to) && !(from.scheme() == "https" && to.scheme() != "https")
    }
}
