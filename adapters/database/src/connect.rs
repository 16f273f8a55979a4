//! From a host to addresses that may be called, and what certificates are trusted.
//!
//! Owns name resolution for databases. An address is judged after it was resolved and is the one that is called, so
//! that no name can change in between.

use crate::dsn::{Dsn, Tls};
use crate::fault::{DatabaseFault, FaultKind};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpStream;

/// The permitted addresses of a host.
pub(crate) async fn addresses(
    dsn: &Dsn,
    permitted: &(dyn Fn(IpAddr) -> bool + Send + Sync),
) -> Result<Vec<IpAddr>, DatabaseFault> {
    let unknown = |_| DatabaseFault::new(FaultKind::Unreachable, "the host's name has no address");
    let found = tokio::net::lookup_host((dsn.host.as_str(), dsn.port));
    let all: Vec<IpAddr> = found.await.map_err(unknown)?.map(|one| one.ip()).collect();
    let fine: Vec<IpAddr> = all.iter().copied().filter(|ip| permitted(*ip)).collect();
    match all.first() {
        Some(first) if fine.is_empty() => Err(DatabaseFault::new(
            FaultKind::RefusedAddress,
            format!("{first} may not be called; permit its network for this app"),
        )),
        _ => Ok(fine),
    }
}

/// Connects to the first address that answers.
pub(crate) async fn tcp(ips: &[IpAddr], port: u16) -> Result<TcpStream, DatabaseFault> {
    let places: Vec<SocketAddr> = ips.iter().map(|ip| SocketAddr::new(*ip, port)).collect();
    let stream = TcpStream::connect(places.as_slice()).await;
    let stream = stream.and_then(|stream| stream.set_nodelay(true).map(|()| stream));
    stream.map_err(|error| DatabaseFault::new(FaultKind::Unreachable, error.to_string()))
}

/// The authorities that a DSN trusts: its own file, or those of the machine; `None` without TLS.
pub(crate) async fn authorities(
    dsn: &Dsn,
) -> Result<Option<Vec<CertificateDer<'static>>>, DatabaseFault> {
    let bad = |why: &str| DatabaseFault::new(FaultKind::Tls, why);
    let found = match dsn.tls() {
        Tls::Off => return Ok(None),
        Tls::Checked(Some(file)) => {
            let pem = tokio::fs::read(file).await;
            let pem = pem.map_err(|_| bad("the file of sslrootcert cannot be read"))?;
            let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
            certificates.map_err(|_| bad("the file of sslrootcert is not PEM"))?
        }
        Tls::Checked(None) => {
            let native = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
            native.map(|loaded| loaded.certs).unwrap_or_default()
        }
    };
    // One that cannot be read, of the machine's many, must not cost the others.
    let readable = |one: &CertificateDer<'static>| RootCertStore::empty().add(one.clone()).is_ok();
    let found: Vec<_> = found.into_iter().filter(readable).collect();
    match found.is_empty() {
        true => Err(bad(
            "there is no authority to check the server's certificate with; name one in sslrootcert",
        )),
        false => Ok(Some(found)),
    }
}
