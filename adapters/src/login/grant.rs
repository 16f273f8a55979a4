//! Grants that an authorisation server replaces at each use (RFC 6749, section 6; RFC 9700, section 4.14.2), kept over
//! restarts: the one that was configured is used up after the first.
//!
//! Owns the sealing. What is kept opens only with the secrets of the connector that got it; one whose secrets changed
//! begins with what is configured. It must never print a grant.

use divos_manifest::{MissingSecret, OAuth2};
use divos_model::AppId;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use std::fmt;

/// Keeps sealed grants, one for each app. What cannot be read or written is told to the operator by whoever keeps it,
/// and costs the pass nothing.
#[async_trait::async_trait]
pub trait Grants: Send + Sync + fmt::Debug {
    /// Returns what was kept last.
    async fn kept(&self, app: &AppId) -> Option<Vec<u8>>;

    /// Keeps this one instead.
    async fn keep(&self, app: &AppId, sealed: Vec<u8>);
}

/// Seals the grants of one connector.
pub(super) struct Seal {
    key: LessSafeKey,
    app: AppId,
}

impl Seal {
    /// Makes the seal out of the connector's own secrets; `None` where it has no refresh token.
    pub(super) fn of(app: &AppId, oauth: &OAuth2) -> Result<Option<Self>, MissingSecret> {
        let Some(refresh) = &oauth.refresh_token else {
            return Ok(None);
        };
        let secret = hmac::Key::new(hmac::HMAC_SHA256, oauth.client_secret.reveal()?.as_bytes());
        let mut context = hmac::Context::with_key(&secret);
        for part in ["divos grant", oauth.client_id.reveal()?, refresh.reveal()?] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let key = UnboundKey::new(&AES_256_GCM, context.sign().as_ref());
        let app = app.clone();
        Ok(key.ok().map(|key| Self {
            key: LessSafeKey::new(key),
            app,
        }))
    }

    /// Seals a grant.
    pub(super) fn close(&self, grant: &str) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = nonce.to_vec();
        let mut text = grant.as_bytes().to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let about = Aad::from(self.app.as_str().as_bytes());
        self.key
            .seal_in_place_append_tag(nonce, about, &mut text)
            .ok()?;
        sealed.append(&mut text);
        Some(sealed)
    }

    /// Opens one; `None` where it is another connector's, of other secrets, or was changed.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<String> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let about = Aad::from(self.app.as_str().as_bytes());
        let mut text = text.to_vec();
        let grant = self.key.open_in_place(nonce, about, &mut text).ok()?;
        String::from_utf8(grant.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_manifest::{Pattern, Secret};

    fn seal(app: &str, secret: &str, refresh: &str) -> Seal {
        let known = |value: &str| Secret::known("${secret:a/b}", value);
        let oauth = OAuth2 {
            token_url: Pattern::literal("/token"),
            client_id: known("hub"),
            client_secret: known(secret),
            refresh_token: Some(known(refresh)),
            scope: None,
            params: Vec::new(),
            in_body: false,
        };
        let app = app.parse().expect("a slug");
        Seal::of(&app, &oauth).expect("known").expect("a seal")
    }

    #[test]
    fn a_grant_opens_with_the_same_secrets_and_no_others() {
        let own = seal("surat", "s", "r");
        let sealed = own.close("GRANT-2").expect("sealed");
        assert_eq!(own.open(&sealed).as_deref(), Some("GRANT-2"));
        assert_ne!(own.close("GRANT-2"), Some(sealed.clone()), "never alike");
        assert!(!sealed.windows(5).any(|part| part == b"GRANT"));
        for other in [
            seal("absen", "s", "r"),
            seal("surat", "t", "r"),
            seal("surat", "s", "q"),
        ] {
            assert_eq!(other.open(&sealed), None);
        }
        for at in [0, 5, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(own.open(&changed), None);
        }
        assert_eq!(own.open(&[]), None);
        assert_eq!(own.open(&sealed[..NONCE_LEN + 3]), None);
    }
}
