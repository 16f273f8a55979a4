//! The name and the connection.

use super::Origin;
use super::report::{Report, both};
use divos_adapters::AddressPolicy;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a name may take to resolve.
const NAME: Duration = Duration::from_secs(10);

/// Resolves the name; `None` where it has no address that may be called.
pub(super) async fn resolve(
    origin: &Origin,
    policy: &AddressPolicy,
    report: &mut Report,
) -> Option<SocketAddr> {
    let name = (origin.host.as_str(), origin.port);
    let Ok(found) = timeout(NAME, tokio::net::lookup_host(name)).await else {
        report.slow("dns", origin);
        return None;
    };
    let found: Vec<SocketAddr> = found.map(Iterator::collect).unwrap_or_default();
    if found.is_empty() {
        let says = (
            "nama tidak punya alamat".to_owned(),
            "the name has no address".to_owned(),
        );
        let todo = (
            "periksa ejaan nama di `app.upstreams` dan server DNS mesin ini",
            "check the spelling in `app.upstreams` and this machine's DNS server",
        );
        report.fault("dns", &origin.host, says, todo);
        return None;
    }
    let Some(address) = found.iter().find(|a| policy.permits(a.ip())) else {
        let addresses = listed(&found);
        let says = (
            format!("{addresses} tidak boleh dipanggil"),
            format!("{addresses} may not be called"),
        );
        let todo = (
            "untuk mencoba: --allow-private; untuk seterusnya: `app.networks` dalam overlay atau `connectors.allow_networks` dalam hub.yaml",
            "to try: --allow-private; for good: `app.networks` in the overlay or `connectors.allow_networks` in hub.yaml",
        );
        report.fault("dns", &origin.host, says, todo);
        return None;
    };
    report.ok("dns", &origin.host, both(listed(&found)));
    Some(*address)
}

fn listed(found: &[SocketAddr]) -> String {
    let mut addresses: Vec<String> = found.iter().map(|a| a.ip().to_string()).collect();
    addresses.dedup();
    addresses.join(", ")
}

/// Connects.
pub(super) async fn connect(
    origin: &Origin,
    address: SocketAddr,
    wait: Duration,
    report: &mut Report,
) -> Option<TcpStream> {
    let began = tokio::time::Instant::now();
    match timeout(wait, TcpStream::connect(address)).await {
        Err(_) => {
            report.slow("tcp", origin);
            None
        }
        Ok(Err(error)) => {
            let todo = (
                "periksa apakah aplikasi hidup dan porta benar",
                "check that the app runs and that the port is right",
            );
            report.fault("tcp", &origin.name(), both(error.to_string()), todo);
            None
        }
        Ok(Ok(socket)) => {
            let took = began.elapsed().as_millis();
            report.ok("tcp", &origin.name(), both(format!("{took} ms")));
            Some(socket)
        }
    }
}
