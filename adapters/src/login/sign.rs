//! The wire of an app with a session: what each request carries as it leaves, and what each answer leaves behind.
//!
//! Owns the headers of credentials. It sits below retries and redirects, so that every attempt and every hop has its
//! own cookies and its own signature.

use super::{Session, as_called, bad, digest, lock};
use crate::outbound::AddressPolicy;
use crate::{Call, Reply, Transport, Trouble};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use divos_manifest::{Auth, HmacSign};
use http::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use ring::hmac;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A transport that signs.
#[derive(Debug)]
pub(super) struct Wire {
    inner: Arc<dyn Transport>,
    session: Arc<Session>,
    /// Whether only cookies are sent: the request signs in itself.
    bare: bool,
}

impl Wire {
    pub(super) fn new(inner: Arc<dyn Transport>, session: Arc<Session>, bare: bool) -> Self {
        Self {
            inner,
            session,
            bare,
        }
    }

    fn sign(&self, call: &mut Call) -> Result<(), Trouble> {
        let now = self.session.clock.now();
        let called = as_called(&call.url, &call.headers);
        if let Some(cookies) = lock(&self.session.jar).header(&called, now) {
            let own = call.headers.get(COOKIE).and_then(|own| own.to_str().ok());
            let all = own.map_or_else(|| cookies.clone(), |own| format!("{own}; {cookies}"));
            put(&mut call.headers, COOKIE, &all)?;
        }
        if self.bare {
            return Ok(());
        }
        if let Some(pass) = &*lock(&self.session.pass) {
            put(&mut call.headers, name(&pass.header)?, &pass.value)?;
        }
        match &self.session.auth {
            Auth::Hmac(sign) => stamp(sign, call, &now.timestamp().to_string()),
            _ => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl Transport for Wire {
    fn base_policy(&self) -> AddressPolicy {
        self.inner.base_policy()
    }

    async fn pause(&self, wait: Duration) {
        self.inner.pause(wait).await;
    }

    fn forget(&self, call: &Call) {
        self.inner.forget(call);
    }

    async fn send(&self, call: &Call) -> Result<Reply, Trouble> {
        let mut call = call.clone();
        let age = self.session.age.load(Ordering::SeqCst);
        self.sign(&mut call)?;
        let called = as_called(&call.url, &call.headers);
        let reply = match &self.session.auth {
            // Refused while this request waited for its turn.
            Auth::Digest { .. } if self.session.shut.load(Ordering::SeqCst) => {
                return Err(Trouble::Unauthorized);
            }
            Auth::Digest { username, password } => {
                let who = (username.reveal()?, password.reveal()?);
                digest::send(&self.inner, &self.session.challenge, who, call).await?
            }
            _ => self.inner.send(&call).await?,
        };
        let now = self.session.clock.now();
        // What a request of an ended session brings would overwrite the cookies of the new one.
        let same = age.is_multiple_of(2) && self.session.age.load(Ordering::SeqCst) == age;
        if self.bare || same {
            lock(&self.session.jar).keep(&called, &reply.headers, now);
        }
        Ok(reply)
    }
}

/// Signs one request (HMAC-SHA-256, RFC 2104).
fn stamp(sign: &HmacSign, call: &mut Call, timestamp: &str) -> Result<(), Trouble> {
    let id = sign
        .id
        .as_ref()
        .map(divos_manifest::Secret::reveal)
        .transpose()?;
    let body = call.body.clone().unwrap_or_default();
    let message = filled(&sign.message, |hole| match hole {
        "id" => Some(id.unwrap_or_default().as_bytes()),
        "timestamp" => Some(timestamp.as_bytes()),
        "method" => Some(call.method.as_str().as_bytes()),
        "path" => Some(call.url.path().as_bytes()),
        "query" => Some(call.url.query().unwrap_or_default().as_bytes()),
        "body" => Some(&body),
        _ => None,
    });
    let key = hmac::Key::new(hmac::HMAC_SHA256, sign.secret.reveal()?.as_bytes());
    let tag = hmac::sign(&key, &message);
    let written = if sign.hex {
        hex::encode(tag)
    } else {
        STANDARD.encode(tag)
    };
    let written = format!("{}{written}", sign.prefix);
    put(&mut call.headers, name(&sign.header)?, &written)?;
    if !sign.timestamp.is_empty() {
        put(&mut call.headers, name(&sign.timestamp)?, timestamp)?;
    }
    match id {
        Some(id) if !sign.id_header.is_empty() => {
            put(&mut call.headers, name(&sign.id_header)?, id)
        }
        _ => Ok(()),
    }
}

/// Fills `{…}` once, so that what is filled in is never read again.
fn filled<'a>(template: &str, value: impl Fn(&str) -> Option<&'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let hole = rest
            .find('}')
            .and_then(|end| Some((end, value(&rest[1..end])?)));
        let (length, text) = hole.map_or((1, &b"{"[..]), |(end, text)| (end + 1, text));
        out.extend_from_slice(text);
        rest = &rest[length..];
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

fn name(text: &str) -> Result<HeaderName, Trouble> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|_| bad("a header's name is not one"))
}

/// Puts a header that is shown nowhere.
pub(super) fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) -> Result<(), Trouble> {
    let mut value = HeaderValue::from_str(text).map_err(|_| bad("a credential is no header"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}
