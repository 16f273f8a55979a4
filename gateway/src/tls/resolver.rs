//! Which certificate a visitor gets: by the server name they ask for, exact before wildcard.
//!
//! Owns the table and its atomic replacement. It must never read a file.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

/// Certificates by the names they are valid for.
#[derive(Debug, Default)]
pub struct Certificates {
    exact: HashMap<Box<str>, Arc<CertifiedKey>>,
    wildcard: HashMap<Box<str>, Arc<CertifiedKey>>,
    first: Option<Arc<CertifiedKey>>,
}

impl Certificates {
    /// Adds a certificate under its names; a name that is already there keeps its earlier certificate.
    pub fn add<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, key: CertifiedKey) {
        let key = Arc::new(key);
        for name in names {
            let name = name.to_ascii_lowercase();
            let (table, name) = match name.strip_prefix("*.") {
                Some(parent) => (&mut self.wildcard, parent.to_owned()),
                None => (&mut self.exact, name),
            };
            table
                .entry(name.into_boxed_str())
                .or_insert_with(|| key.clone());
        }
        self.first.get_or_insert(key);
    }

    /// The certificate for a host name.
    pub fn find(&self, name: &str) -> Option<&Arc<CertifiedKey>> {
        let name = name.to_ascii_lowercase();
        self.exact.get(name.as_str()).or_else(|| {
            let (_, parent) = name.split_once('.')?;
            self.wildcard.get(parent)
        })
    }

    /// Every name there is a certificate for.
    pub fn names(&self) -> Vec<String> {
        let exact = self.exact.keys().map(|name| name.to_string());
        let wildcard = self.wildcard.keys().map(|name| format!("*.{name}"));
        let mut names: Vec<String> = exact.chain(wildcard).collect();
        names.sort();
        names
    }
}

/// The certificates in use; swapped whole while connections go on.
#[derive(Debug, Default)]
pub struct ServerCerts(ArcSwap<Certificates>);

impl ServerCerts {
    /// Starts with these.
    pub fn new(certificates: Certificates) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(certificates)))
    }

    /// Uses these from the next handshake on.
    pub fn swap(&self, certificates: Certificates) {
        self.0.store(Arc::new(certificates));
    }

    /// Whether a connection made for one name may carry requests for another: only under one certificate.
    pub fn share(&self, one: &str, other: &str) -> bool {
        let table = self.0.load();
        match (table.find(one), table.find(other)) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other) || one.cert == other.cert,
            _ => false,
        }
    }

    /// Every name there is a certificate for.
    pub fn names(&self) -> Vec<String> {
        self.0.load().names()
    }
}

impl ResolvesServerCert for ServerCerts {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let table = self.0.load();
        match hello.server_name() {
            Some(name) => table.find(name).cloned(),
            None => table.first.clone(),
        }
    }
}

/// TLS 1.2 and 1.3 with `ring`, session tickets, and HTTP/2 before HTTP/1.1.
pub fn server_config(certs: Arc<ServerCerts>) -> Arc<ServerConfig> {
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default protocol versions")
        .with_no_client_auth()
        .with_cert_resolver(certs);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    if let Ok(ticketer) = ring::Ticketer::new() {
        config.ticketer = ticketer;
    }
    Arc::new(config)
}
