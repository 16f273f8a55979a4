//! What the hub shows of itself where an app asks for a client certificate (RFC 8446, section 4.3.2).
//!
//! Owns the reading of its PEM. It must never print a key, nor say what a file that cannot be read holds.

use crate::Trouble;
use divos_manifest::Secret;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// A certificate, those that signed it, and the key.
#[derive(Clone)]
pub(crate) struct ClientCertificate {
    pem: Secret,
    /// Of the PEM; all zero where the secret is not known.
    fingerprint: [u8; 32],
}

impl ClientCertificate {
    pub(crate) fn new(pem: &Secret) -> Self {
        let fingerprint = pem
            .reveal()
            .map_or([0; 32], |text| Sha256::digest(text).into());
        Self {
            pem: pem.clone(),
            fingerprint,
        }
    }

    /// Returns what tells two certificates apart.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// Reads the PEM.
    ///
    /// # Errors
    /// A secret that is not known or is no certificate with its key.
    pub(crate) fn identity(&self) -> Result<reqwest::Identity, Trouble> {
        let identity = reqwest::Identity::from_pem(self.pem.reveal()?.as_bytes());
        identity.map_err(|_| Trouble::BadRequest {
            why: format!(
                "{} is no PEM with a certificate and its key",
                self.pem.written()
            ),
        })
    }
}

impl PartialEq for ClientCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Eq for ClientCertificate {}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClientCertificate({})", self.pem.written())
    }
}
