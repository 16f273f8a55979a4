//! Opaque random tokens and their hashes.
//!
//! Owns how a token is made, written and hashed. The token itself goes to its holder once; the store
//! only ever sees the hash. It must never know what a token opens.

use crate::seal::random;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use divos_store::TokenHash;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Characters of a written token: 256 bits in base64url without padding (RFC 4648, section 5).
pub(crate) const WRITTEN: usize = 43;

/// A 256-bit random token. `Debug` shows nothing of it.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Token([u8; 32]);

impl Token {
    /// Makes a new one from the operating system's randomness.
    pub(crate) fn new() -> Self {
        Self(random())
    }

    /// Reads a written token; `None` where it is not exactly one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != WRITTEN {
            return None;
        }
        let mut bytes = [0; 32];
        let read = URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (read == 32).then_some(Self(bytes))
    }

    /// Returns the written form.
    pub(crate) fn written(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Returns what the store keeps.
    pub(crate) fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_writing_and_has_one_spelling() {
        let token = Token::new();
        let written = token.written();
        assert_eq!(written.len(), WRITTEN);
        assert_eq!(
            Token::parse(&written).expect("a token").hash(),
            token.hash()
        );
        assert_ne!(Token::new().hash(), token.hash());
        // The last character carries two bits that must be nought, else a token had four spellings.
        let mut other = written.clone();
        let last = other.pop().expect("a character");
        let index = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            .iter()
            .position(|&c| c == last as u8)
            .expect("a digit");
        other.push(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[index + 1] as char,
        );
        assert!(Token::parse(&other).is_none());
    }

    #[test]
    fn rubbish_is_no_token() {
        for bad in [
            "",
            "a",
            &"=".repeat(43),
            &"é".repeat(22),
            &"a".repeat(44),
            &"\0".repeat(43),
        ] {
            assert!(Token::parse(bad).is_none(), "{bad:?}");
        }
    }
}
