//! Resolves names for the HTTP client and lets only permitted addresses through, so that what was
//! checked is what is connected to (no DNS rebinding).

use super::address::AddressPolicy;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// A resolver that drops every address that a policy refuses.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver(pub(crate) AddressPolicy);

/// Every address of a name is refused.
#[derive(Debug, thiserror::Error)]
#[error("the address {0} may not be called")]
pub(crate) struct Refused(pub(crate) String);

/// A name has no address.
#[derive(Debug, thiserror::Error)]
#[error("the name has no address")]
pub(crate) struct NoAddress;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = match tokio::net::lookup_host((name.as_str(), 0)).await {
                Ok(found) => found.collect(),
                Err(_) => return Err(NoAddress.into()),
            };
            let first = found.first().ok_or(NoAddress)?.ip();
            let permitted: Vec<SocketAddr> = found
                .into_iter()
                .filter(|a| policy.permits(a.ip()))
                .collect();
            if permitted.is_empty() {
                return Err(Refused(first.to_string()).into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}
