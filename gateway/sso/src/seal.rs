//! Randomness and keyed hashes: the two things every guard of the hub is made of.
//!
//! Owns the sealing key and what is derived from it. It must never write the key anywhere.

use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use std::fmt;

/// Fills an array from the operating system's randomness.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the operating system gives randomness; without it nothing is safe to start");
    bytes
}

/// A key that makes and checks keyed hashes (HMAC-SHA-256, RFC 2104) for many purposes; a hash made
/// for one purpose is worth nothing for another.
#[derive(Clone)]
pub(crate) struct Seal(hmac::Key);

impl Seal {
    /// Makes a seal of 32 bytes of key.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// Returns the keyed hash of the parts. Each part is preceded by its length, so that no two
    /// lists of parts look alike.
    pub(crate) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.context(purpose, parts).sign().as_ref());
        bytes
    }

    /// Tells, in constant time, whether `mac` is the keyed hash of the parts.
    pub(crate) fn holds(&self, purpose: &str, parts: &[&[u8]], mac: &[u8]) -> bool {
        use subtle::ConstantTimeEq as _;
        self.mac(purpose, parts).ct_eq(mac).into()
    }

    fn context(&self, purpose: &str, parts: &[&[u8]]) -> hmac::Context {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purpose_and_parts_are_kept_apart() {
        let seal = Seal::new(&[7; 32]);
        let mac = seal.mac("csrf", &[b"ab", b"c"]);
        assert!(seal.holds("csrf", &[b"ab", b"c"], &mac));
        assert!(!seal.holds("csrf", &[b"a", b"bc"], &mac));
        assert!(!seal.holds("device", &[b"ab", b"c"], &mac));
        assert!(!Seal::new(&[8; 32]).holds("csrf", &[b"ab", b"c"], &mac));
        assert!(!seal.holds("csrf", &[b"ab", b"c"], &mac[..31]));
    }
}
