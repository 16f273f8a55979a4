//! *Identify*: who is asking. First everything that claims an identity is thrown away, then a port is asked.
//!
//! Owns the reserved header set and the [`Caller`]. Invariant: after [`strip`] no header is left from which
//! an app could read an identity the hub did not assert, in whatever spelling the app's server folds to.

use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use http::header::{CONNECTION, COOKIE, HeaderName};

use super::failure::Failure;
use super::headers::{Headers, connection_tokens};
use super::request::RequestView;

/// Finds out who is asking. Implemented over the hub's sessions and tokens.
#[async_trait]
pub trait Identify: Send + Sync {
    /// Answers with the caller, or [`Caller::anonymous`].
    ///
    /// # Errors
    /// A [`Failure`] when it cannot be known (the store is down): the request then fails closed.
    async fn identify(&self, request: &RequestView<'_>) -> Result<Caller, Failure>;
}

/// What proved who the caller is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// Nothing: a stranger.
    #[default]
    None,
    /// The hub's own session cookie, which never reaches an app.
    Session,
    /// A hub token in `Authorization`, which therefore never reaches an app.
    Bearer,
}

/// Whoever is asking. What it carries beyond a pseudonym is known only to the ports.
#[derive(Clone, Default)]
pub struct Caller {
    who: Option<Arc<str>>,
    credential: Credential,
    known: Option<Arc<dyn Any + Send + Sync>>,
}

impl Caller {
    /// A stranger.
    pub fn anonymous() -> Self {
        Self::default()
    }

    /// Someone known. `pseudonym` is what access logs may show (never a NIP); `known` is the ports' own value.
    pub fn known<T: Send + Sync + 'static>(
        pseudonym: impl Into<Arc<str>>,
        credential: Credential,
        known: T,
    ) -> Self {
        Self {
            who: Some(pseudonym.into()),
            credential,
            known: Some(Arc::new(known)),
        }
    }

    /// Whether this is a stranger.
    pub fn is_anonymous(&self) -> bool {
        self.who.is_none()
    }

    /// The pseudonym for logs.
    pub fn pseudonym(&self) -> Option<&Arc<str>> {
        self.who.as_ref()
    }

    /// What proved the identity.
    pub fn credential(&self) -> Credential {
        self.credential
    }

    /// The ports' own value, if it is of this type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.known.as_deref().and_then(|known| known.downcast_ref())
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller")
            .field("who", &self.who)
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

/// The names nobody outside may send, in folded spelling.
#[derive(Clone, Debug, Default)]
pub struct Reserved {
    named: HashSet<Box<str>>,
}

/// Everything that starts so is an identity or an address the hub itself vouches for.
const PREFIXES: &[&str] = &[
    "x-divos-",
    "x-auth-request-",
    "x-webauth-",
    "ssl-client-",
    "x-ssl-client-",
    "x-forwarded-",
    "x-remote-",
    "remote-",
    "x-authenticated-",
];

/// Single names of the same kind; the last two lines change which path or address the app believes in.
const NAMES: &[&str] = &[
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-client-cert",
    "client-cert",
    "client-cert-chain",
    "true-client-ip",
    "x-cluster-client-ip",
    "x-original-url",
    "x-rewrite-url",
    "x-original-host",
    "proxy",
];

/// Fields whose meaning must not depend on how a server folds their spelling.
const SPELLED_ONE_WAY: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "te",
    "trailer",
    "traceparent",
    "tracestate",
    "transfer-encoding",
    "upgrade",
    "x-request-id",
];

impl Reserved {
    /// The built-in set plus every header name that a connector asserts an identity in.
    pub fn new<'a>(asserted: impl IntoIterator<Item = &'a HeaderName>) -> Self {
        let named = asserted
            .into_iter()
            .map(|name| fold(name.as_str()).into_boxed_str())
            .filter(|name| name.as_ref() != "authorization")
            .collect();
        Self { named }
    }

    /// Whether a field of this name may not come from outside.
    pub fn covers(&self, name: &str) -> bool {
        let folded = fold(name);
        let other_spelling = folded != name;
        NAMES.contains(&folded.as_str())
            || PREFIXES.iter().any(|prefix| folded.starts_with(prefix))
            || self.named.contains(folded.as_str())
            || (other_spelling && SPELLED_ONE_WAY.contains(&folded.as_str()))
    }
}

/// As CGI, WSGI and PHP see a name: case gone, and everything that is not a letter or digit alike.
fn fold(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'0'..=b'9' => char::from(byte),
            b'A'..=b'Z' => char::from(byte.to_ascii_lowercase()),
            _ => '-',
        })
        .collect()
}

const KEPT_CONNECTION_OPTIONS: &[&str] = &["close", "keep-alive", "upgrade"];

/// Removes every reserved field, everything that `Connection` nominates, and the nominations themselves.
pub fn strip(headers: &mut impl Headers, reserved: &Reserved) {
    let nominated: Vec<HeaderName> = connection_tokens(headers.map())
        .filter(|token| !KEPT_CONNECTION_OPTIONS.contains(&token.as_str()))
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .collect();
    let mut doomed: Vec<HeaderName> = headers
        .map()
        .keys()
        .filter(|name| reserved.covers(name.as_str()))
        .cloned()
        .collect();
    if !nominated.is_empty() {
        keep_plain_connection(headers);
        doomed.extend(nominated.into_iter().filter(may_be_nominated));
    }
    for name in doomed {
        headers.remove(&name);
    }
}

/// Makes one `Cookie` field of many: HTTP/2 may split it (RFC 9113 §8.2.3), and readers look at the first.
pub fn join_cookies(headers: &mut impl Headers) {
    let mut fields = headers.map().get_all(COOKIE).iter();
    let (first, second) = (fields.next(), fields.next());
    let (Some(first), Some(second)) = (first, second) else {
        return;
    };
    let mut joined = first.as_bytes().to_vec();
    for field in std::iter::once(second).chain(fields) {
        joined.extend_from_slice(b"; ");
        joined.extend_from_slice(field.as_bytes());
    }
    match http::HeaderValue::from_bytes(&joined) {
        Ok(value) => headers.set(COOKIE, value),
        Err(_) => headers.remove(&COOKIE),
    }
}

/// End-to-end fields on which framing, routing or the sign-in rest are kept whatever `Connection` says.
fn may_be_nominated(name: &HeaderName) -> bool {
    !matches!(
        name.as_str(),
        "host" | "content-length" | "transfer-encoding" | "cookie" | "authorization" | "connection"
    )
}

fn keep_plain_connection(headers: &mut impl Headers) {
    let kept: Vec<String> = connection_tokens(headers.map())
        .filter(|token| KEPT_CONNECTION_OPTIONS.contains(&token.as_str()))
        .collect();
    match http::HeaderValue::from_str(&kept.join(", ")) {
        Ok(value) if !kept.is_empty() => headers.set(CONNECTION, value),
        _ => headers.remove(&CONNECTION),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn every_spelling_of_an_identity_is_covered() {
        let asserted = HeaderName::from_static("x-wp-user");
        let reserved = Reserved::new([&asserted]);
        for name in [
            "x-divos-user",
            "x_divos_user",
            "X-Divos_Anything",
            "x.divos.user",
            "remote-user",
            "remote_user",
            "x-remote-user",
            "x-forwarded-user",
            "x_forwarded_email",
            "x-forwarded-groups",
            "x-forwarded-preferred-username",
            "x-auth-request-email",
            "x-webauth-user",
            "ssl-client-s-dn",
            "SSL_CLIENT_VERIFY",
            "x-wp-user",
            "x_wp_user",
            "forwarded",
            "x-real-ip",
            "content_length",
            "transfer_encoding",
        ] {
            assert!(reserved.covers(name), "{name} must not come from outside");
        }
        for name in [
            "content-length",
            "cookie",
            "x-api-key",
            "accept",
            "api_key",
            "x-remoteness",
        ] {
            assert!(!reserved.covers(name), "{name} is the visitor's own");
        }
    }

    #[test]
    fn connection_cannot_nominate_what_the_hub_needs() {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONNECTION,
            HeaderValue::from_static("keep-alive, X-Custom, Cookie"),
        );
        headers.insert("x-custom", HeaderValue::from_static("1"));
        headers.insert("cookie", HeaderValue::from_static("a=b"));
        strip(&mut headers, &Reserved::default());
        assert_eq!(headers.get(CONNECTION).unwrap(), "keep-alive");
        assert!(!headers.contains_key("x-custom"));
        assert!(headers.contains_key("cookie"));
    }

    #[test]
    fn duplicates_go_together() {
        let mut headers = HeaderMap::new();
        headers.append("x-divos-user", HeaderValue::from_static("a"));
        headers.append("x-divos-user", HeaderValue::from_static("b"));
        strip(&mut headers, &Reserved::default());
        assert!(headers.is_empty());
    }
}
