//! *Account*: what is written down about a finished request.
//!
//! Owns the record. It must never hold a header, a query or a body: logs are not a place for secrets.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};

use super::failure::Failure;
use super::trace::TraceContext;

/// One finished request. Everything in it is shared or plain numbers; making one copies no text but the path.
#[derive(Clone, Debug)]
pub struct Record {
    /// The method.
    pub method: Method,
    /// The canonical path without query, or what could be told of a refused one.
    pub path: Arc<str>,
    /// The public host.
    pub host: Arc<str>,
    /// The app's id, `hub` for the hub's own, `None` for a host nobody has.
    pub app: Option<Arc<str>>,
    /// The status the visitor got; 0 when the visitor was gone first.
    pub status: u16,
    /// Body bytes received from the visitor.
    pub bytes_in: u64,
    /// Body bytes sent to the visitor.
    pub bytes_out: u64,
    /// From the first byte of the request to the last of the response.
    pub duration: Duration,
    /// From connecting to the app until its response header; zero when no app was asked.
    pub upstream: Duration,
    /// Which protocol the visitor spoke.
    pub protocol: http::Version,
    /// The caller's pseudonym.
    pub who: Option<Arc<str>>,
    /// The visitor's address.
    pub client: std::net::IpAddr,
    /// The request id.
    pub request_id: Arc<str>,
    /// The trace and this hop's span.
    pub trace: TraceContext,
    /// Whether a person was looking at a page, rather than a page or a program fetching something.
    pub navigation: bool,
    /// What went wrong, if anything.
    pub failure: Option<Failure>,
}

impl Record {
    /// The status, if one was sent.
    pub fn status_code(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status).ok()
    }
}

/// Takes note of finished requests. Called on the request's own task: it must not block.
pub trait Account: Send + Sync {
    /// Takes note of one.
    fn account(&self, record: &Record);
}
