//! The phases' view of pingora's header blocks.
//!
//! Owns two small implementations. pingora keeps the spelling of names beside the map, so every change must go
//! through its own methods.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use pingora::http::{RequestHeader, ResponseHeader};

use crate::phases::Headers;

macro_rules! headers_of {
    ($type:ty) => {
        impl Headers for $type {
            fn map(&self) -> &HeaderMap {
                &self.headers
            }
            fn remove(&mut self, name: &HeaderName) {
                self.remove_header(name);
            }
            fn set(&mut self, name: HeaderName, value: HeaderValue) {
                if self.insert_header(name, value).is_err() {
                    tracing::debug!("a header block is full");
                }
            }
            fn append(&mut self, name: HeaderName, value: HeaderValue) {
                if self.append_header(name, value).is_err() {
                    tracing::debug!("a header block is full");
                }
            }
        }
    };
}

headers_of!(RequestHeader);
headers_of!(ResponseHeader);
