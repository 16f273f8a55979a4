//! *Answer*: what of an app's response header may reach the visitor.
//!
//! Owns the hygiene: hop-by-hop fields, cookies that would reach other hosts, redirects to addresses only the
//! hub can reach, and what tells strangers about the machinery. It must never touch a body.

use http::header::{
    ALT_SVC, CONNECTION, CONTENT_LOCATION, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
    SERVER, SET_COOKIE, STRICT_TRANSPORT_SECURITY, TE, TRAILER, UPGRADE,
};
use http::{HeaderMap, StatusCode};
use url::Url;

use super::forward::is_hub_cookie;
use super::headers::{Headers, connection_tokens};
use super::request::Scheme;
use super::route::Route;

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const PROXY_AUTHENTICATE: HeaderName = HeaderName::from_static("proxy-authenticate");
const X_POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const REFRESH: HeaderName = HeaderName::from_static("refresh");

/// What the visitor knows the app as.
#[derive(Clone, Copy, Debug)]
pub struct Public<'a> {
    /// How the visitor reached the hub.
    pub scheme: Scheme,
    /// The host, and the port when not the default.
    pub authority: &'a str,
    /// `Strict-Transport-Security` to add over TLS, if the operator wants it.
    pub hsts: Option<&'a HeaderValue>,
}

/// Drops hop-by-hop fields (RFC 9110 §7.6.1). A switch of protocols keeps the two that perform it.
pub fn drop_hop_by_hop(headers: &mut impl Headers, status: StatusCode) {
    let switching = status == StatusCode::SWITCHING_PROTOCOLS;
    let nominated: Vec<HeaderName> = connection_tokens(headers.map())
        .filter(|token| !matches!(token.as_str(), "close" | "keep-alive" | "upgrade"))
        .filter(|token| !matches!(token.as_str(), "content-length" | "transfer-encoding"))
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        .collect();
    for name in nominated.iter().chain(&[
        KEEP_ALIVE,
        PROXY_CONNECTION,
        PROXY_AUTHENTICATE,
        TE,
        TRAILER,
    ]) {
        headers.remove(name);
    }
    if switching {
        headers.set(CONNECTION, HeaderValue::from_static("upgrade"));
    } else {
        headers.remove(&CONNECTION);
        headers.remove(&UPGRADE);
    }
}

/// Makes an app's response fit to leave the hub.
pub fn clean(headers: &mut impl Headers, status: StatusCode, route: &Route, public: &Public<'_>) {
    drop_hop_by_hop(headers, status);
    for name in [SERVER, X_POWERED_BY, ALT_SVC] {
        headers.remove(&name);
    }
    tame_cookies(headers, public.scheme);
    spare_the_others_data(headers);
    for name in [LOCATION, CONTENT_LOCATION] {
        let moved = headers
            .text(&name)
            .and_then(|text| public_url(text, route, public));
        set_text(headers, name, moved);
    }
    let refresh = headers
        .text(&REFRESH)
        .and_then(|text| public_refresh(text, route, public));
    set_text(headers, REFRESH, refresh);
    add_defaults(headers, public);
}

fn set_text(headers: &mut impl Headers, name: HeaderName, text: Option<String>) {
    if let Some(value) = text.and_then(|text| HeaderValue::from_str(&text).ok()) {
        headers.set(name, value);
    }
}

/// What every answer carries unless the app said otherwise.
fn add_defaults(headers: &mut impl Headers, public: &Public<'_>) {
    if !headers.map().contains_key(REFERRER_POLICY) {
        headers.set(
            REFERRER_POLICY,
            HeaderValue::from_static("strict-origin-when-cross-origin"),
        );
    }
    if let (Scheme::Https, Some(hsts)) = (public.scheme, public.hsts) {
        headers.set(STRICT_TRANSPORT_SECURITY, hsts.clone());
    } else {
        headers.remove(&STRICT_TRANSPORT_SECURITY);
    }
}

/// Cookies stay on the host that set them; the hub's own name is nobody else's.
fn tame_cookies(headers: &mut impl Headers, scheme: Scheme) {
    if !headers.map().contains_key(SET_COOKIE) {
        return;
    }
    let tamed: Vec<HeaderValue> = headers
        .map()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| tame_cookie(value, scheme))
        .collect();
    headers.remove(&SET_COOKIE);
    for value in tamed {
        headers.append(SET_COOKIE, value);
    }
}

fn tame_cookie(value: &HeaderValue, scheme: Scheme) -> Option<HeaderValue> {
    let text = String::from_utf8_lossy(value.as_bytes());
    let mut parts = text.split(';');
    let pair = parts.next().unwrap_or_default();
    let name = pair
        .split_once('=')
        .map(|(name, _)| name.trim())
        .unwrap_or_default();
    if name.is_empty() || is_hub_cookie(name) {
        return None;
    }
    let attribute = |part: &str| {
        part.split('=')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    };
    let mut kept = vec![pair.trim()];
    kept.extend(
        parts
            .filter(|part| attribute(part) != "domain")
            .map(str::trim),
    );
    let secure = kept.iter().skip(1).any(|part| attribute(part) == "secure");
    if scheme == Scheme::Https && !secure {
        kept.push("Secure");
    }
    HeaderValue::from_bytes(kept.join("; ").as_bytes()).ok()
}

/// `Clear-Site-Data: "cookies"` reaches every host under the same domain, so an app may not say it.
fn spare_the_others_data(headers: &mut impl Headers) {
    let Some(text) = headers.text(&CLEAR_SITE_DATA) else {
        return;
    };
    let kept: Vec<&str> = text
        .split(',')
        .map(str::trim)
        .filter(|directive| {
            matches!(
                *directive,
                "\"cache\"" | "\"storage\"" | "\"executionContexts\""
            )
        })
        .collect();
    let kept = kept.join(", ");
    match HeaderValue::from_str(&kept) {
        Ok(value) if !kept.is_empty() => headers.set(CLEAR_SITE_DATA, value),
        _ => headers.remove(&CLEAR_SITE_DATA),
    }
}

/// The public form of a URL that points at the app's own address; `None` when it need not change.
fn public_url(text: &str, route: &Route, public: &Public<'_>) -> Option<String> {
    let absolute = if text.starts_with("//") {
        format!("http:{text}")
    } else {
        text.to_owned()
    };
    let url = Url::parse(&absolute).ok()?;
    let host = url
        .host_str()?
        .trim_start_matches('[')
        .trim_end_matches(']');
    let port = url.port_or_known_default()?;
    let upstream = route
        .upstreams
        .iter()
        .any(|upstream| upstream.host.eq_ignore_ascii_case(host) && upstream.port == port);
    let downgraded =
        public.scheme == Scheme::Https && url.scheme() == "http" && on_public_host(&url, public);
    if !upstream && !downgraded {
        return None;
    }
    let rest = &url[url::Position::BeforePath..];
    Some(format!(
        "{}://{}{rest}",
        public.scheme.as_str(),
        public.authority
    ))
}

/// An app behind TLS that does not look at `X-Forwarded-Proto` redirects to `http://` of its public host.
fn on_public_host(url: &Url, public: &Public<'_>) -> bool {
    let host = super::route::split_authority(public.authority).map(|(host, _)| host);
    url.host_str()
        .is_some_and(|given| host.as_deref() == Some(given))
}

fn public_refresh(text: &str, route: &Route, public: &Public<'_>) -> Option<String> {
    let at = text.to_ascii_lowercase().find("url=")? + 4;
    let target = text[at..].trim().trim_matches(['"', '\'']);
    let moved = public_url(target, route, public)?;
    Some(format!("{}{moved}", &text[..at]))
}

/// Removes from a response of the hub's own service what the edge itself decides.
pub fn drop_framing(headers: &mut HeaderMap) {
    for name in [
        CONNECTION,
        KEEP_ALIVE,
        PROXY_CONNECTION,
        UPGRADE,
        http::header::TRANSFER_ENCODING,
    ] {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::route::{HubDef, RouteDef, RouteTable};
    use std::sync::Arc;

    fn route() -> Arc<Route> {
        let def = RouteDef::new(
            "a",
            "a.test",
            vec![Url::parse("http://10.1.2.3:8080/").unwrap()],
        );
        let table = RouteTable::build(HubDef::new(vec!["hub.test".into()]), vec![def]).unwrap();
        table.find("a.test").unwrap().clone()
    }

    const PUBLIC: Public<'_> = Public {
        scheme: Scheme::Https,
        authority: "a.test:8443",
        hsts: None,
    };

    fn cleaned(name: &'static str, value: &'static str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        clean(&mut headers, StatusCode::OK, &route(), &PUBLIC);
        headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn cookies_stay_where_they_were_set() {
        assert_eq!(
            cleaned("set-cookie", "a=1; Domain=.test; Path=/"),
            ["a=1; Path=/; Secure"]
        );
        assert_eq!(
            cleaned("set-cookie", "a=1; domain = hub.test ;secure"),
            ["a=1; secure"]
        );
        for stolen in [
            "__Host-divos=x; Path=/",
            "__HOST-divos-x=1",
            "=__Host-divos=x",
            "novalue",
        ] {
            assert!(cleaned("set-cookie", stolen).is_empty(), "{stolen}");
        }
    }

    #[test]
    fn redirects_never_leak_the_upstream() {
        for (given, expected) in [
            (
                "http://10.1.2.3:8080/login?a=b#c",
                "https://a.test:8443/login?a=b#c",
            ),
            ("//10.1.2.3:8080/x", "https://a.test:8443/x"),
            ("http://a.test/x", "https://a.test:8443/x"),
            ("https://other.test/x", "https://other.test/x"),
            ("/x", "/x"),
        ] {
            assert_eq!(cleaned("location", given), [expected]);
        }
        assert_eq!(
            cleaned("refresh", "0; url=http://10.1.2.3:8080/y"),
            ["0; url=https://a.test:8443/y"]
        );
    }

    #[test]
    fn an_app_cannot_sign_people_out_of_the_others() {
        assert_eq!(
            cleaned("clear-site-data", "\"cookies\", \"cache\""),
            ["\"cache\""]
        );
        assert!(cleaned("clear-site-data", "\"*\"").is_empty());
    }

    #[test]
    fn hop_by_hop_fields_stop_here() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Internal"),
            ("keep-alive", "timeout=5"),
            ("x-internal", "secret"),
            ("upgrade", "h2c"),
            ("x-kept", "1"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        drop_hop_by_hop(&mut headers, StatusCode::OK);
        assert_eq!(
            headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(),
            ["x-kept"]
        );
    }
}
