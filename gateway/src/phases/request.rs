//! What is known of a request once it was read, cleaned and found well-formed.
//!
//! Owns [`RequestView`] (borrowed, for the ports) and [`RequestInfo`] (owned, an extension on what the
//! hub's own service receives). It must never hold a body.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{ACCEPT, HeaderMap};
use http::{HeaderName, Method};

use super::pages::lang_of;
use super::trace::TraceContext;
use divos_model::Lang;

/// How the visitor reached the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain HTTP.
    Http,
    /// HTTP over TLS, here or at a trusted proxy in front.
    Https,
}

impl Scheme {
    /// `http` or `https`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A request as the ports see it: cleaned, with its canonical path.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    /// The method.
    pub method: &'a Method,
    /// How the visitor reached the hub.
    pub scheme: Scheme,
    /// The public host in lower case, without port.
    pub host: &'a str,
    /// The public authority as the visitor wrote it: host, and port when not the default.
    pub authority: &'a str,
    /// The canonical path: exactly the bytes that are forwarded.
    pub path: &'a str,
    /// The query without `?`.
    pub query: Option<&'a str>,
    /// The headers after everything spoofable was removed.
    pub headers: &'a HeaderMap,
    /// The visitor's address (behind trusted proxies, the one they vouch for).
    pub client: IpAddr,
    /// The request id.
    pub request_id: &'a str,
}

impl RequestView<'_> {
    /// Whether a person is looking at a page: a redirect to sign-in helps here and nowhere else.
    pub fn is_navigation(&self) -> bool {
        is_navigation(self.method, self.headers)
    }

    /// Whether the answer will be read by a person rather than a program.
    pub fn wants_html(&self) -> bool {
        wants_html(self.headers)
    }

    /// The reader's language.
    pub fn lang(&self) -> Lang {
        lang_of(self.headers)
    }

    /// The address as the visitor sees it, for `return=` parameters.
    pub fn url(&self) -> String {
        let (scheme, authority, path) = (self.scheme.as_str(), self.authority, self.path);
        match self.query {
            Some(query) => format!("{scheme}://{authority}{path}?{query}"),
            None => format!("{scheme}://{authority}{path}"),
        }
    }
}

/// What the hub's own service finds among the request's extensions.
#[derive(Clone, Debug)]
pub struct RequestInfo {
    /// The request id, a UUIDv7 unless a trusted peer gave one.
    pub request_id: Arc<str>,
    /// The visitor's address.
    pub client: IpAddr,
    /// How the visitor reached the hub.
    pub scheme: Scheme,
    /// The public host in lower case, without port.
    pub host: Arc<str>,
    /// The public authority, with its port when not the default.
    pub authority: Arc<str>,
    /// The id of the route: the hub's own, or that of the app whose host was asked under the own prefix.
    pub app: Arc<str>,
    /// The trace this request belongs to.
    pub trace: TraceContext,
}

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const X_REQUESTED_WITH: HeaderName = HeaderName::from_static("x-requested-with");

/// `Sec-Fetch-Mode: navigate`, or without it a GET that accepts HTML and was not made by a script.
pub fn is_navigation(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return false;
    }
    match headers.get(SEC_FETCH_MODE) {
        Some(mode) => mode.as_bytes() == b"navigate",
        None => wants_html(headers) && !headers.contains_key(X_REQUESTED_WITH),
    }
}

/// Whether `Accept` names HTML.
pub fn wants_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html") || value.contains("application/xhtml+xml"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_a_page_load_counts_as_navigation() {
        let browser = headers(&[("accept", "text/html,*/*;q=0.8")]);
        let fetch = headers(&[("accept", "text/html"), ("sec-fetch-mode", "cors")]);
        let link = headers(&[("accept", "*/*"), ("sec-fetch-mode", "navigate")]);
        let ajax = headers(&[
            ("accept", "text/html"),
            ("x-requested-with", "XMLHttpRequest"),
        ]);
        assert!(is_navigation(&Method::GET, &browser));
        assert!(is_navigation(&Method::GET, &link));
        assert!(!is_navigation(&Method::POST, &browser));
        assert!(!is_navigation(&Method::GET, &fetch));
        assert!(!is_navigation(&Method::GET, &ajax));
        assert!(!is_navigation(&Method::GET, &HeaderMap::new()));
    }
}
