//! Certificates from PEM files.
//!
//! Owns reading and checking them. Names come from the certificate itself, so a file cannot be listed wrongly.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::resolver::Certificates;

/// One certificate with its key, as PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key (PKCS #8, PKCS #1 or SEC1).
    pub key: PathBuf,
}

/// Why a certificate cannot be used. The cause is in the source.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read, or is not PEM of the right kind.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// No certificate in the file.
    #[error("{} holds no certificate", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The certificate is not one, or names no host.
    #[error("{} is not a server certificate with host names", path.display())]
    NoNames {
        /// The file.
        path: PathBuf,
    },
    /// The key is of an unknown kind or belongs to another certificate.
    #[error("{} is not the key of {}", key.display(), cert.display())]
    WrongKey {
        /// The certificate file.
        cert: PathBuf,
        /// The key file.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// Loads every pair, in order; the first serves visitors that name no host.
///
/// # Errors
/// Every pair that cannot be used, all at once.
pub fn load(files: &[CertificateFiles]) -> Result<Certificates, Vec<LoadError>> {
    let mut certificates = Certificates::default();
    let mut errors = Vec::new();
    for pair in files {
        match load_pair(pair) {
            Ok((names, key)) => certificates.add(names.iter().map(String::as_str), key),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(certificates)
    } else {
        Err(errors)
    }
}

fn load_pair(files: &CertificateFiles) -> Result<(Vec<String>, CertifiedKey), LoadError> {
    let chain = read_chain(&files.cert)?;
    let names = names_of(&chain[0]).ok_or_else(|| LoadError::NoNames {
        path: files.cert.clone(),
    })?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|source| LoadError::Unreadable {
        path: files.key.clone(),
        source,
    })?;
    let wrong = |source| LoadError::WrongKey {
        cert: files.cert.clone(),
        key: files.key.clone(),
        source,
    };
    let key = ring::sign::any_supported_type(&key).map_err(wrong)?;
    let certified = CertifiedKey::new(chain, Arc::clone(&key));
    certified.keys_match().map_err(wrong)?;
    Ok((names, certified))
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, LoadError> {
    let unreadable = |source| LoadError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let chain = CertificateDer::pem_file_iter(path)
        .map_err(unreadable)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    if chain.is_empty() {
        return Err(LoadError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(chain)
}

fn names_of(certificate: &CertificateDer<'_>) -> Option<Vec<String>> {
    let parsed = webpki::EndEntityCert::try_from(certificate).ok()?;
    let names: Vec<String> = parsed.valid_dns_names().map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}
