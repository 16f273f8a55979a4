//! The key under which personal identifiers become pseudonyms: HMAC-SHA-256 (RFC 2104).
//!
//! Owns the key. It must never print it.

use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};
use std::fmt;

const BLOCK: usize = 64;

/// A secret key for pseudonyms. The same value under the same key gives the same pseudonym.
pub struct Pseudonym(SecretSlice<u8>);

impl Pseudonym {
    /// Takes a key; 32 random bytes are right.
    #[must_use]
    pub fn new(key: Vec<u8>) -> Self {
        Self(key.into())
    }

    /// Returns the pseudonym of a value: 32 hexadecimal digits (the first 128 bits of the HMAC).
    #[must_use]
    pub fn of(&self, value: &str) -> String {
        hex::encode(&self.hmac(value.as_bytes())[..16])
    }

    fn hmac(&self, message: &[u8]) -> [u8; 32] {
        let key = self.0.expose_secret();
        let mut block = [0_u8; BLOCK];
        if key.len() > BLOCK {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let pad = |with: u8| block.map(|byte| byte ^ with);
        let inner = Sha256::new()
            .chain_update(pad(0x36))
            .chain_update(message)
            .finalize();
        Sha256::new()
            .chain_update(pad(0x5c))
            .chain_update(inner)
            .finalize()
            .into()
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonym(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_vectors_of_rfc_4231() {
        for (key, message, expected) in [
            (
                vec![0x0b; 20],
                &b"Hi There"[..],
                "b0344c61d8db38535ca8afceaf0bf12b",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c7",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f",
            ),
        ] {
            let mac = Pseudonym::new(key).hmac(message);
            assert_eq!(hex::encode(&mac[..16]), expected);
        }
    }
}
