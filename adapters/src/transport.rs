//! The port to the network: one request, one answer. Live and replayed fixtures share everything above it.
//!
//! Owns the words of that port. It must never know retries, breakers or formats.

use crate::outbound::{AddressPolicy, Reach};
use crate::{Body, Trouble};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// Sends one request once. Follows nothing, retries nothing.
#[async_trait::async_trait]
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends the call and reads the whole answer, at most `call.body_limit` bytes of it after
    /// decompression.
    ///
    /// # Errors
    /// What kept an answer from coming whole. Any status is an answer.
    async fn send(&self, call: &Call) -> Result<Reply, Trouble>;

    /// Tells whether nothing ever leaves the process: then secrets need not be known.
    fn is_offline(&self) -> bool {
        false
    }

    /// Tells that what this call brought so far counts for nothing, because it is sent anew: a recording forgets it.
    fn forget(&self, _: &Call) {}

    /// Waits before another try; a recording has nobody to wait for.
    async fn pause(&self, wait: Duration) {
        tokio::time::sleep(wait).await;
    }

    /// Returns which addresses every app may be called at, besides those that its own connector permits.
    fn base_policy(&self) -> AddressPolicy {
        AddressPolicy::public_only()
    }
}

/// Reads trouble out of an answer where a protocol puts it into the body, whatever the status.
pub(crate) trait Verdict: Send + Sync {
    /// Returns what the answer says is wrong.
    fn on(&self, reply: &Reply) -> Option<Trouble>;
}

/// One request. Its `Debug` shows neither headers, query nor body.
#[derive(Clone)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The whole address; its query may hold a key.
    pub url: Url,
    /// Headers, credentials among them.
    pub headers: HeaderMap,
    /// A body.
    pub body: Option<Bytes>,
    /// The largest body that is read, in bytes after decompression.
    pub body_limit: u64,
    /// Where this app's requests may go.
    pub reach: Arc<Reach>,
    /// When all attempts together must be done.
    pub(crate) deadline: Option<Instant>,
    /// Whether a large body may be kept in a file, because it is read piece by piece.
    pub(crate) to_disk: bool,
    /// Whether it signs in: a recording never holds it.
    pub(crate) unrecorded: bool,
    /// The same for every attempt at one call and for every hop of its redirects, and for no other.
    pub(crate) chain: Arc<()>,
    /// What the answer's own words mean.
    pub(crate) verdict: Option<Arc<dyn Verdict>>,
}

impl Call {
    /// A request without credentials and body; of the answer at most `limit` bytes are read.
    #[must_use]
    pub fn plain(method: Method, url: Url, reach: Arc<Reach>, limit: u64) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: None,
            body_limit: limit,
            reach,
            deadline: None,
            to_disk: false,
            unrecorded: false,
            chain: Arc::default(),
            verdict: None,
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "Call({} {host}{})", self.method, self.url.path())
    }
}

/// One answer, whole.
#[derive(Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Body,
    /// The address that answered, after redirects.
    pub url: Url,
    /// Whether nothing but the end of the connection says where the body ends (RFC 9112, section 6.3): it may be cut.
    pub close_delimited: bool,
}

impl Reply {
    /// Returns a header's text; `None` where it is absent or not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}
