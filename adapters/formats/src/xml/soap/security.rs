//! WS-Security's UsernameToken (OASIS UsernameToken Profile 1.0, section 3.1).

use super::build::escape;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};
use std::fmt::Write as _;

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const PROFILE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0";
const BASE64: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// How the password goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Password {
    /// As it is: over TLS only.
    Text,
    /// As Base64(SHA-1(nonce + created + password)).
    Digest,
}

/// A user with a password. It cannot be printed.
pub struct UsernameToken {
    /// The user.
    pub username: String,
    /// The password as it is.
    pub password: String,
    /// How it is sent.
    pub kind: Password,
    /// Random bytes, fresh for every call.
    pub nonce: Vec<u8>,
    /// The time of the call in UTC: `2026-01-31T08:00:00Z`.
    pub created: String,
}

impl UsernameToken {
    /// The digest of the password (section 3.1).
    fn digest(&self) -> String {
        let mut hash = Sha1::new();
        hash.update(&self.nonce);
        hash.update(self.created.as_bytes());
        hash.update(self.password.as_bytes());
        STANDARD.encode(hash.finalize())
    }

    pub(super) fn write(&self, out: &mut String) {
        let (kind, password) = match self.kind {
            Password::Text => ("PasswordText", escape(&self.password)),
            Password::Digest => ("PasswordDigest", self.digest()),
        };
        let _ = write!(
            out,
            "<wsse:Security xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\" soap:mustUnderstand=\"1\">\
             <wsse:UsernameToken><wsse:Username>{}</wsse:Username>\
             <wsse:Password Type=\"{PROFILE}#{kind}\">{password}</wsse:Password>\
             <wsse:Nonce EncodingType=\"{BASE64}\">{}</wsse:Nonce>\
             <wsu:Created>{}</wsu:Created></wsse:UsernameToken></wsse:Security>",
            escape(&self.username),
            STANDARD.encode(&self.nonce),
            escape(&self.created),
        );
    }
}
