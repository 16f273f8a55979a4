//! *Forward*: what the app receives. The only place that writes an identity into a request.
//!
//! Owns the choice of upstream and the last touch on the request header. It must never let a hub credential
//! through: neither the hub's cookies nor a hub token.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use http::header::{
    ACCEPT, AUTHORIZATION, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, UPGRADE,
};

use super::failure::Failure;
use super::headers::Headers;
use super::identify::{Caller, Credential};
use super::request::RequestView;
use super::route::{HostPolicy, Route, Upstream};

/// Says how the caller is introduced to the app: by headers, a signed token, or Basic credentials.
#[async_trait]
pub trait Assert: Send + Sync {
    /// The fields to set; every field of the same name is replaced. Empty for apps that are told nothing.
    ///
    /// # Errors
    /// A [`Failure`] when it cannot be said (a vault is down): the request then fails closed.
    async fn headers(
        &self,
        caller: &Caller,
        route: &Route,
        request: &RequestView<'_>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, Failure>;
}

/// The name every cookie of the hub starts with.
pub const HUB_COOKIE: &str = "__Host-divos";

/// Whether a cookie of this name is the hub's, in any case: browsers compare the prefix so.
pub fn is_hub_cookie(name: &str) -> bool {
    name.get(..HUB_COOKIE.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(HUB_COOKIE))
}

/// How the hub's own tokens begin, of machines and of feeds; 43 characters of base64url follow.
const HUB_TOKENS: [&str; 2] = ["divos_", "feed_"];

/// Whether `Authorization` carries a token of the hub, wherever it was sent: on an app's host nobody is
/// recognised by it, and the app must not learn it.
fn is_hub_token(value: &HeaderValue) -> bool {
    let url_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let held = || {
        let (scheme, token) = value.to_str().ok()?.trim().split_once(' ')?;
        let token = token.trim();
        let rest = HUB_TOKENS
            .iter()
            .find_map(|start| token.strip_prefix(start))?;
        let whole = rest.len() == 43 && rest.bytes().all(url_safe);
        Some(whole && scheme.eq_ignore_ascii_case("bearer"))
    };
    held().unwrap_or(false)
}

/// Takes this request's turn over the route's addresses.
pub fn take_turn(route: &Route) -> usize {
    match route.upstreams.len() {
        0 | 1 => 0,
        _ => route.state.turn.fetch_add(1, Ordering::Relaxed),
    }
}

/// The upstream for a turn; each further attempt is the next turn.
pub fn choose(route: &Route, turn: usize) -> Option<&Upstream> {
    route
        .upstreams
        .get(turn.checked_rem(route.upstreams.len())?)
}

/// Removes the hub's own credentials. Called before anything else may see the request on its way to an app.
pub fn drop_hub_credentials(headers: &mut impl Headers, caller: &Caller) {
    drop_hub_cookies(headers);
    let mut given = headers.map().get_all(AUTHORIZATION).iter();
    if caller.credential() == Credential::Bearer || given.any(is_hub_token) {
        headers.remove(&AUTHORIZATION);
    }
}

fn drop_hub_cookies(headers: &mut impl Headers) {
    let ours = |pair: &str| is_hub_cookie(pair.split('=').next().unwrap_or_default().trim());
    let mut found = false;
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for value in headers.map().get_all(COOKIE) {
        let text = String::from_utf8_lossy(value.as_bytes());
        if !text.split(';').any(ours) {
            kept.push(value.as_bytes().to_vec());
            continue;
        }
        found = true;
        let rest: Vec<&str> = text
            .split(';')
            .filter(|pair| !ours(pair))
            .map(str::trim)
            .collect();
        let rest = rest.join("; ");
        if !rest.is_empty() {
            kept.push(rest.into_bytes());
        }
    }
    if found {
        headers.remove(&COOKIE);
        for value in kept {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(COOKIE, value);
            }
        }
    }
}

/// Sets `Host` as the route wants it.
pub fn set_host(headers: &mut impl Headers, route: &Route, upstream: &Upstream, authority: &str) {
    let host = match &route.def.host_policy {
        HostPolicy::Public => authority,
        HostPolicy::Upstream => &upstream.authority,
        HostPolicy::Named(name) => name,
    };
    if let Ok(value) = HeaderValue::from_str(host) {
        headers.set(HOST, value);
    }
}

/// Writes the identity the hub asserts.
pub fn assert_identity(headers: &mut impl Headers, asserted: &[(HeaderName, HeaderValue)]) {
    for (name, _) in asserted {
        headers.remove(name);
    }
    for (name, value) in asserted {
        headers.append(name.clone(), value.clone());
    }
}

/// Whether silence is normal on this exchange: a WebSocket or an event stream has no read timeout.
pub fn may_be_silent(headers: &HeaderMap) -> bool {
    is_websocket(headers)
        || headers
            .get(ACCEPT)
            .is_some_and(|accept| accept.as_bytes().starts_with(b"text/event-stream"))
}

/// Whether the visitor asks for a WebSocket.
pub fn is_websocket(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(values: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(COOKIE, HeaderValue::from_static(value));
        }
        drop_hub_credentials(&mut headers, &Caller::anonymous());
        headers
            .get_all(COOKIE)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn the_hubs_cookies_stay_here() {
        assert_eq!(cookies(&["a=1; __Host-divos=secret; b=2"]), ["a=1; b=2"]);
        assert_eq!(cookies(&["__Host-divos=secret"]), Vec::<String>::new());
        assert_eq!(cookies(&["__host-DIVOS-csrf=x; a=1"]), ["a=1"]);
        assert_eq!(cookies(&["a=1", "__Host-divos=s", "b=2"]), ["a=1", "b=2"]);
        assert_eq!(cookies(&["a=__Host-divos"]), ["a=__Host-divos"]);
    }

    #[test]
    fn a_hub_token_stays_here_and_an_apps_own_goes_through() {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer t"));
        drop_hub_credentials(&mut headers, &Caller::known("p", Credential::Session, ()));
        assert!(headers.contains_key(AUTHORIZATION));
        drop_hub_credentials(&mut headers, &Caller::known("p", Credential::Bearer, ()));
        assert!(!headers.contains_key(AUTHORIZATION));
    }

    #[test]
    fn a_hub_token_sent_to_an_app_stays_here_too() {
        let secret = "BBkvsH_2N-".repeat(4) + "abc";
        let passes = |text: String| {
            let mut headers = HeaderMap::new();
            headers.append(AUTHORIZATION, HeaderValue::from_static("Bearer other"));
            headers.append(AUTHORIZATION, HeaderValue::from_str(&text).unwrap());
            drop_hub_credentials(&mut headers, &Caller::anonymous());
            headers.contains_key(AUTHORIZATION)
        };
        assert!(!passes(format!("Bearer feed_{secret}")));
        assert!(!passes(format!("bEARER  divos_{secret} ")));
        assert!(passes(format!("Bearer feed_{secret}x")));
        assert!(passes(format!("Bearer {secret}")));
        assert!(passes(format!("Basic feed_{secret}")));
    }
}
