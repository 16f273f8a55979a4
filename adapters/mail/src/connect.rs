//! From a host and a port to an encrypted stream.
//!
//! Owns names, addresses and certificates. Knows no IMAP.

use crate::{MailFault, Options};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

/// A two-way stream, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects to the first address of the host that is permitted and answers, before `deadline`.
pub(crate) async fn tcp(options: &Options, deadline: Instant) -> Result<TcpStream, MailFault> {
    let connecting = async {
        let mut fault = unknown(options);
        let found = lookup_host((options.host.as_str(), options.port)).await;
        for address in found.map_err(|_| unknown(options))? {
            match one(options, address).await {
                Ok(stream) => return Ok(stream),
                Err(next) => fault = next,
            }
        }
        Err(fault)
    };
    let late = |_| MailFault::TimedOut { step: "to connect" };
    timeout_at(deadline, connecting).await.map_err(late)?
}

fn unknown(options: &Options) -> MailFault {
    MailFault::UnknownHost {
        host: options.host.clone(),
    }
}

async fn one(options: &Options, address: SocketAddr) -> Result<TcpStream, MailFault> {
    let ip = address.ip().to_canonical();
    if !(options.permitted)(ip) {
        return Err(MailFault::NotPermitted { address: ip });
    }
    TcpStream::connect(address)
        .await
        .map_err(|error| MailFault::Unreachable {
            host: options.host.clone(),
            port: options.port,
            kind: error.kind(),
        })
}

/// Encrypts a stream; the certificate must bear the host's name.
pub(crate) async fn tls<S: Stream + 'static>(
    options: &Options,
    stream: S,
    deadline: Instant,
) -> Result<Box<dyn Stream>, MailFault> {
    let name = ServerName::try_from(options.host.clone())
        .map_err(|_| refused("the host is no name that a certificate could bear"))?;
    let connector = TlsConnector::from(Arc::new(config(options).await?));
    let late = |_| MailFault::TimedOut { step: "to encrypt" };
    let shaken = timeout_at(deadline, connector.connect(name, stream))
        .await
        .map_err(late)?;
    let encrypted = shaken.map_err(|error| refused(&error.to_string()))?;
    Ok(Box::new(encrypted))
}

fn refused(reason: &str) -> MailFault {
    MailFault::Tls {
        reason: reason.to_owned(),
    }
}

async fn config(options: &Options) -> Result<ClientConfig, MailFault> {
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.ok_or_else(|| refused("this process has installed no cryptography"))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(&error.to_string()))?;
    let roots = roots(options).await?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The machine's authorities and those of the options.
async fn roots(options: &Options) -> Result<RootCertStore, MailFault> {
    let mut roots = RootCertStore::empty();
    let native = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
    // One of the machine's many that cannot be read must not cost the others.
    roots.add_parsable_certificates(native.map(|loaded| loaded.certs).unwrap_or_default());
    if let Some(pem) = &options.roots {
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let added = certificate.ok().map(|one| roots.add(one));
            if !matches!(added, Some(Ok(()))) {
                return Err(refused(
                    "the authorities of the options are not PEM certificates",
                ));
            }
        }
    }
    if roots.is_empty() {
        return Err(refused(
            "there is no authority to check the certificate with",
        ));
    }
    Ok(roots)
}
