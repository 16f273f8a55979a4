//! What an app is told of the person who opens it.
//!
//! Owns the headers that assert a person, by the app's mode, and their cache. An app learns what its connector names and
//! nothing else; a caller without a session on the app's host is asserted to nobody. It must never forward anything.
//!
//! Header values: visible ASCII and inner spaces go as they are; every other byte of the UTF-8 text, and `%`,
//! is percent-encoded (RFC 3986, section 2.1), since header fields carry no charset (RFC 9110, section 5.5).

use crate::access::AppAccess;
use crate::{Caller, Reader, SignedIn, Sso};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::{Attribute, BasicUser, Claim, Sso as Mode};
use divos_model::AppId;
use divos_store::TokenHash;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use moka::sync::Cache;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::Duration;

/// What goes percent-encoded into a header.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');
/// Assertions held at most, and for how long.
const HELD: u64 = 100_000;
const HELD_FOR: Duration = Duration::from_secs(30);

/// Headers to set on a request to an app; shared between the requests of a session.
pub type Assertion = Arc<[(HeaderName, HeaderValue)]>;

/// Why an app cannot be told who the person is. The request must then not be forwarded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssertError {
    /// The secret that the app's connector names was not resolved.
    #[error("app `{0}`: its password is not known to the hub")]
    Secret(AppId),
    /// The person's user name or the password holds a colon or a control character (RFC 7617, section 2).
    #[error("app `{0}`: this person cannot be written as http basic credentials")]
    Basic(AppId),
    /// The person lacks what the app must be told, for example an e-mail address.
    #[error("app `{app}`: the person has no {attribute}")]
    Lacks {
        /// The app.
        app: AppId,
        /// The word that the connector uses.
        attribute: &'static str,
    },
    /// The assertion could not be signed.
    #[error("app `{0}`: the assertion could not be signed")]
    Sign(AppId),
}

struct Held {
    reader: Arc<Reader>,
    making: Arc<()>,
    until: DateTime<Utc>,
    assertion: Assertion,
}

/// Assertions by session and app.
pub(crate) struct AssertionCache(Cache<(TokenHash, AppId), Arc<Held>>);

impl AssertionCache {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(HELD)
                .time_to_live(HELD_FOR)
                .build(),
        )
    }
}

impl Sso {
    /// Returns the headers that tell the app who calls; none where nobody is signed in, or the app's mode tells nothing.
    /// Inbound copies must have been stripped before: [`AppAccess::is_asserted`].
    ///
    /// # Errors
    /// Where the app cannot be told: the request must not be forwarded.
    pub fn assertion_headers(
        &self,
        access: &AppAccess,
        caller: &Caller,
    ) -> Result<Assertion, AssertError> {
        let Some(person) = caller.signed_in() else {
            return Ok(Arc::from([]));
        };
        if matches!(access.mode, Mode::None | Mode::Public) {
            return Ok(Arc::from([]));
        }
        let now = self.clock.now();
        let key = (person.session.hash, access.app.clone());
        let good = |held: &Arc<Held>| {
            Arc::ptr_eq(&held.reader, &person.reader)
                && Arc::ptr_eq(&held.making, &access.making)
                && now < held.until
        };
        if let Some(held) = self.assertions.0.get(&key).filter(good) {
            return Ok(held.assertion.clone());
        }
        let (assertion, good_for) = self.assert(access, person, now)?;
        let held = Held {
            reader: person.reader.clone(),
            making: access.making.clone(),
            until: now + good_for,
            assertion: assertion.clone(),
        };
        self.assertions.0.insert(key, Arc::new(held));
        Ok(assertion)
    }

    /// Makes an assertion and says how long it may be used again.
    fn assert(
        &self,
        access: &AppAccess,
        person: &SignedIn,
        now: DateTime<Utc>,
    ) -> Result<(Assertion, TimeDelta), AssertError> {
        let half_a_minute = TimeDelta::seconds(30);
        let headers = match &access.mode {
            Mode::None | Mode::Public => Vec::new(),
            Mode::Headers { set } => {
                let attributes = set.iter().map(|(_, attribute)| *attribute);
                let named = access.asserted_headers().iter().zip(attributes);
                named
                    .filter_map(|(name, attribute)| {
                        Some((
                            name.clone(),
                            header_value(&text_of(&person.reader, attribute)?),
                        ))
                    })
                    .collect()
            }
            Mode::Jwt {
                header: _,
                audience,
                lifetime,
                claims,
            } => {
                let lifetime = TimeDelta::from_std(*lifetime).unwrap_or(half_a_minute);
                let claims = self.claims(person, audience, lifetime, claims, now);
                let token = self
                    .signer
                    .sign(&claims)
                    .ok_or_else(|| AssertError::Sign(access.app.clone()))?;
                let name = access
                    .asserted_headers()
                    .first()
                    .cloned()
                    .unwrap_or(AUTHORIZATION);
                let text = if name == AUTHORIZATION {
                    format!("Bearer {token}")
                } else {
                    token
                };
                // Used again for half of its life, so that an app always gets one with the other half to go.
                return Ok((Arc::from([(name, secret_value(&text))]), lifetime / 2));
            }
            Mode::Basic { username, password } => {
                let value = basic(&access.app, &person.reader, username, password)?;
                vec![(AUTHORIZATION, value)]
            }
        };
        Ok((headers.into(), half_a_minute))
    }

    /// Writes the claims (RFC 7519, section 4.1). `jti` names the assertion, not the request.
    fn claims(
        &self,
        person: &SignedIn,
        audience: &str,
        lifetime: TimeDelta,
        extra: &[Claim],
        now: DateTime<Utc>,
    ) -> Value {
        let reader = &person.reader;
        let mut claims: Map<String, Value> = extra
            .iter()
            .filter_map(|claim| Some((claim_name(*claim).to_owned(), claim_of(reader, *claim)?)))
            .collect();
        claims.insert(
            "iss".into(),
            format!("https://{}", self.settings.hub_host).into(),
        );
        claims.insert("sub".into(), reader.person.to_string().into());
        claims.insert("aud".into(), audience.into());
        claims.insert("iat".into(), now.timestamp().into());
        claims.insert("exp".into(), (now + lifetime).timestamp().into());
        claims.insert(
            "jti".into(),
            hex::encode(crate::seal::random::<16>()).into(),
        );
        Value::Object(claims)
    }
}

/// Returns an attribute as text; `None` where the person has none.
fn text_of(reader: &Reader, attribute: Attribute) -> Option<String> {
    let post = reader.first_post();
    match attribute {
        Attribute::Id => Some(reader.person.to_string()),
        Attribute::Login => Some(reader.username.clone()),
        Attribute::Name => Some(reader.name.clone()),
        Attribute::Email => reader.email.clone(),
        Attribute::Nip => reader.nip.as_ref().map(|nip| nip.as_str().to_owned()),
        Attribute::Unit => post.map(|held| held.post.unit.to_string()),
        Attribute::UnitName => post.map(|held| held.unit_name.clone()),
        Attribute::Post => post.map(|held| held.post.title.clone()),
        Attribute::Roles => Some(reader.roles.join(",")),
    }
    .filter(|text| !text.is_empty())
}

/// Returns an attribute as a claim: roles as a list, the rest as text.
fn claim_of(reader: &Reader, attribute: Attribute) -> Option<Value> {
    match attribute {
        Attribute::Roles => Some(reader.roles.clone().into()),
        other => text_of(reader, other).map(Value::String),
    }
}

/// Names a claim: the connector's word, but the registered name where there is one (OpenID Connect Core, section 5.1).
fn claim_name(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Login => "preferred_username",
        other => other.as_str(),
    }
}

/// Encodes a text for a header, as the head of this file says.
fn header_value(text: &str) -> HeaderValue {
    let encoded = utf8_percent_encode(text.trim(), ENCODED).to_string();
    HeaderValue::try_from(encoded).expect("what is not visible ascii or a space is percent-encoded")
}

/// Makes a header value that is never written into a log.
fn secret_value(text: &str) -> HeaderValue {
    let mut value = HeaderValue::try_from(text).expect("base64 and dots are visible ascii");
    value.set_sensitive(true);
    value
}

/// Writes HTTP Basic credentials in UTF-8 (RFC 7617, section 2.1).
fn basic(
    app: &AppId,
    reader: &Reader,
    username: &BasicUser,
    password: &divos_manifest::Secret,
) -> Result<HeaderValue, AssertError> {
    let user = match username {
        BasicUser::Fixed(user) => user.clone(),
        BasicUser::Person(attribute) => {
            text_of(reader, *attribute).ok_or_else(|| AssertError::Lacks {
                app: app.clone(),
                attribute: attribute.as_str(),
            })?
        }
    };
    let password = password
        .reveal()
        .map_err(|_| AssertError::Secret(app.clone()))?;
    if user.contains(':') || user.chars().chain(password.chars()).any(char::is_control) {
        return Err(AssertError::Basic(app.clone()));
    }
    Ok(secret_value(&format!(
        "Basic {}",
        STANDARD.encode(format!("{user}:{password}"))
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_travel_as_ascii() {
        for (text, header) in [
            ("Ni Luh Sekar Contoh", "Ni Luh Sekar Contoh"),
            ("Désak É", "D%C3%A9sak %C3%89"),
            ("100% Bali", "100%25 Bali"),
            ("a\r\nX-Admin: 1", "a%0D%0AX-Admin: 1"),
            (" a ", "a"),
            ("", ""),
        ] {
            assert_eq!(header_value(text), header);
        }
    }

    proptest! {
        #[test]
        fn any_name_travels_and_comes_back(text in ".{0,80}") {
            let value = header_value(&text);
            let back = percent_encoding::percent_decode(value.as_bytes()).decode_utf8().expect("utf-8").into_owned();
            prop_assert_eq!(back, text.trim());
        }
    }
}
