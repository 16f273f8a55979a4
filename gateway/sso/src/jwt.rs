//! JSON Web Tokens that the hub signs, and the keys that verify them.
//!
//! Owns the signing key and the compact form (RFC 7515, section 3.1), ES256 only (RFC 7518, section 3.4). The hub signs and never
//! reads: there is no algorithm to confuse and no header to believe. It must never know who is asserted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The key pair with which the hub signs.
pub(crate) struct Signer {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    jwk: Value,
    /// The protected header, encoded.
    header: String,
}

impl Signer {
    /// Makes a new key pair, as PKCS #8 (RFC 5958).
    pub(crate) fn generate() -> Vec<u8> {
        let made =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        made.expect("the operating system gives randomness; without it nothing is safe to start")
            .as_ref()
            .to_vec()
    }

    /// Reads a key pair; `None` where it is not one of P-256.
    pub(crate) fn new(pkcs8: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random).ok()?;
        let point = pair.public_key().as_ref().strip_prefix(&[4])?;
        let (x, y) = point.split_at_checked(32)?;
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        // The key's name is its thumbprint (RFC 7638, section 3): members in this order, no white space.
        let thumb = Sha256::digest(format!(
            r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#
        ));
        let kid = URL_SAFE_NO_PAD.encode(thumb);
        let header =
            URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"JWT"}}"#));
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": kid });
        Some(Self {
            pair,
            random,
            jwk,
            header,
        })
    }

    /// Returns the public keys as a JWK set.
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }

    /// Signs claims. `None` where the machine's randomness fails.
    pub(crate) fn sign(&self, claims: &Value) -> Option<String> {
        let input = format!(
            "{}.{}",
            self.header,
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let signature = self.pair.sign(&self.random, input.as_bytes()).ok()?;
        Some(format!(
            "{input}.{}",
            URL_SAFE_NO_PAD.encode(signature.as_ref())
        ))
    }
}
