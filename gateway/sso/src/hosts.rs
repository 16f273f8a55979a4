//! The hosts that are the hub's: its own and those of its apps.
//!
//! Owns what counts as "one of ours" when a browser is sent somewhere. It must never know addresses.

use std::collections::HashSet;

/// The hub's own host and the virtual hosts of its apps, lower case, with the port that browsers see
/// where it is not 443, for example `divos.localhost:8443`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HostSet {
    hub: String,
    apps: HashSet<String>,
}

impl HostSet {
    /// Names the hub's own host and the hosts of its apps.
    #[must_use]
    pub fn new(hub: &str, apps: impl IntoIterator<Item = String>) -> Self {
        Self {
            hub: hub.to_ascii_lowercase(),
            apps: apps
                .into_iter()
                .map(|host| host.to_ascii_lowercase())
                .collect(),
        }
    }

    /// Returns the hub's own host.
    #[must_use]
    pub fn hub(&self) -> &str {
        &self.hub
    }

    /// Tells whether `host` is an app's, exactly as a browser writes it.
    #[must_use]
    pub fn is_app(&self, host: &str) -> bool {
        self.apps.contains(host)
    }

    /// Tells whether `host` is the hub's or an app's.
    #[must_use]
    pub fn holds(&self, host: &str) -> bool {
        host == self.hub || self.is_app(host)
    }
}
