//! Who is calling: from the headers of a request to a caller.
//!
//! Owns the order in which credentials count. Whatever is doubtful is anonymous; a store that does not answer is
//! an error, and nobody is let in. It must never know what is asked for.

use crate::cookies::{self, Found, SESSION_COOKIE};
use crate::token::Token;
use crate::{Caller, Reader, Sso, SsoError, Why};
use divos_model::PersonId;
use http::{HeaderMap, header};
use std::sync::Arc;

impl Sso {
    /// Recognises the caller of a request to `host` (as the browser wrote it, with its port). On the hub's own host
    /// a bearer token of a machine counts before a cookie; on apps' hosts only the cookie does, since there
    /// `Authorization` is the app's.
    ///
    /// # Errors
    /// Where the store does not answer: answer 503, never let in.
    pub async fn identify(&self, host: &str, headers: &HeaderMap) -> Result<Caller, SsoError> {
        if host == self.settings.hub_host
            && let Some(bearer) = bearer(headers)
        {
            return self.machine(bearer).await;
        }
        let token = match cookies::find(headers, SESSION_COOKIE) {
            Found::Absent => return Ok(Caller::Anonymous(Why::NoCredential)),
            Found::Refused => return Ok(Caller::Anonymous(Why::Malformed)),
            Found::One(text) => Token::parse(text),
        };
        let Some(token) = token else {
            return Ok(Caller::Anonymous(Why::Malformed));
        };
        Ok(match self.recognise(&token, host).await? {
            Ok(person) => Caller::Person(person),
            Err(why) => Caller::Anonymous(why),
        })
    }

    /// Returns a person as they stand now, for readers who come without a session (feed tokens, exports); `None` where
    /// there is no such person or they are disabled.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn reader(&self, person: PersonId) -> Result<Option<Arc<Reader>>, SsoError> {
        Ok(self
            .directory
            .reader(person)
            .await?
            .filter(|reader| !reader.disabled))
    }
}

/// Returns the bearer credential (RFC 6750, section 2.1), where there is one. Two `Authorization` headers make
/// one that nobody has.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let first = all.next()?;
    if all.next().is_some() {
        return Some("");
    }
    let (scheme, credential) = first.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| credential.trim())
}
