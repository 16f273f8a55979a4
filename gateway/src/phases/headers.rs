//! The one thing the phases need of a header block: read it, remove a name, set a name.
//!
//! Owns the trait. It must never know which server's header type lies behind it; `edge` implements it for
//! its own types, tests use [`HeaderMap`].

use http::header::{HeaderMap, HeaderName, HeaderValue};

/// A header block that the phases may edit.
pub trait Headers {
    /// Everything, in order.
    fn map(&self) -> &HeaderMap;
    /// Drops every field of this name.
    fn remove(&mut self, name: &HeaderName);
    /// Replaces every field of this name by one.
    fn set(&mut self, name: HeaderName, value: HeaderValue);
    /// Adds one field and keeps those of the same name.
    fn append(&mut self, name: HeaderName, value: HeaderValue);

    /// The first value of a name as text, if it is text.
    fn text(&self, name: &HeaderName) -> Option<&str> {
        self.map().get(name).and_then(|value| value.to_str().ok())
    }
}

impl Headers for HeaderMap {
    fn map(&self) -> &HeaderMap {
        self
    }
    fn remove(&mut self, name: &HeaderName) {
        HeaderMap::remove(self, name);
    }
    fn set(&mut self, name: HeaderName, value: HeaderValue) {
        self.insert(name, value);
    }
    fn append(&mut self, name: HeaderName, value: HeaderValue) {
        HeaderMap::append(self, name, value);
    }
}

/// The lower-case tokens of every `Connection` field (RFC 9110 §7.6.1).
pub fn connection_tokens(headers: &HeaderMap) -> impl Iterator<Item = String> + '_ {
    list_tokens(headers, http::header::CONNECTION)
}

/// The lower-case comma-separated tokens of every field of one name.
pub fn list_tokens(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = String> + '_ {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|token| token.trim().to_ascii_lowercase())
        .filter(|token| !token.is_empty())
}
