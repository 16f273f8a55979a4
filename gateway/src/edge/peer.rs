//! How an app is connected to: address, TLS, timeouts, and which connections it may share.
//!
//! Owns the translation of a route into pingora's peer. Two routes that trust differently never share a
//! connection: pingora's pool does not know which authorities a connection was verified against, so the key does.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use pingora::protocols::ALPN;
use pingora::protocols::tls::CaType;
use pingora::upstreams::peer::HttpPeer;
use pingora::utils::tls::{WrappedX509, parse_x509};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::paced::PacedConnect;
use crate::phases::Failure;
use crate::phases::route::{Route, Upstream};

/// Parsed certificate authorities by trust.
#[derive(Default)]
pub(super) struct Authorities(Mutex<HashMap<u64, Arc<CaType>>>);

impl Authorities {
    fn of(&self, route: &Route) -> Result<Option<Arc<CaType>>, Failure> {
        let Some(pem) = &route.def.tls.ca_pem else {
            return Ok(None);
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(authorities) = known.get(&route.trust_key) {
            return Ok(Some(authorities.clone()));
        }
        let authorities = parse(pem).ok_or(Failure::Hub("certificate authority of an app"))?;
        known.insert(route.trust_key, authorities.clone());
        Ok(Some(authorities))
    }
}

/// pingora's own parser panics on what is no certificate, so it is checked before.
fn parse(pem: &str) -> Option<Arc<CaType>> {
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .ok()?;
    let sound = !certificates.is_empty()
        && certificates
            .iter()
            .all(|der| webpki::anchor_from_trusted_cert(der).is_ok());
    sound.then(|| {
        certificates
            .into_iter()
            .map(|der| WrappedX509::new(der.to_vec(), parse_x509))
            .collect()
    })
}

/// What kind of exchange a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// A request and its response.
    Request,
    /// A response that may be silent for long: an event stream.
    Events,
    /// A WebSocket: silent for long, and never on another exchange's connection.
    WebSocket,
}

/// The peer for one attempt.
///
/// # Errors
/// When the route's certificate authorities cannot be used.
pub(super) fn peer(
    authorities: &Authorities,
    route: &Route,
    upstream: &Upstream,
    address: SocketAddr,
    manner: Manner,
) -> Result<Box<HttpPeer>, Failure> {
    let tls = &route.def.tls;
    // Without a name pingora verifies nothing, so there is always one; an address is verified as such.
    let name = if upstream.tls {
        tls.server_name.as_deref().unwrap_or(&upstream.host)
    } else {
        ""
    };
    let mut peer = HttpPeer::new(address, upstream.tls, name.to_owned());
    peer.group_key = route.trust_key;
    let options = &mut peer.options;
    if upstream.tls {
        options.ca = authorities.of(route)?;
        options.verify_cert = !tls.insecure;
        options.verify_hostname = !tls.insecure;
        options.alpn = if route.def.http2 {
            ALPN::H2H1
        } else {
            ALPN::H1
        };
        options.max_h2_streams = 100;
    }
    let timeouts = &route.def.timeouts;
    options.connection_timeout = Some(timeouts.connect);
    options.total_connection_timeout = Some(timeouts.connect);
    options.read_timeout = (manner == Manner::Request).then_some(timeouts.read);
    options.write_timeout = Some(timeouts.write);
    options.idle_timeout = Some(timeouts.idle);
    if manner == Manner::WebSocket {
        options.alpn = ALPN::H1;
        options.custom_l4 = Some(Arc::new(PacedConnect {
            within: timeouts.connect,
        }));
        peer.group_key = !route.trust_key;
    }
    Ok(Box::new(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_authority() {
        assert!(parse("").is_none());
        assert!(parse("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_none());
    }
}
