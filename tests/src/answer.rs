//! One HTTP answer, read to its end.
//!
//! Owns how a test looks at it.

use anyhow::Context;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

/// Status, headers and body of one answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Where it came from, after redirects that were followed.
    pub url: Url,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// The body as text; bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is not; the message shows the status and the start of the body.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("{self}"))
    }

    /// One header as text; empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Itself, if the status is this.
    ///
    /// # Errors
    /// When it is another.
    pub fn expect(self, status: u16) -> anyhow::Result<Self> {
        anyhow::ensure!(
            self.status.as_u16() == status,
            "wanted {status}, got {self}"
        );
        Ok(self)
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start: String = self.text().chars().take(400).collect();
        write!(
            formatter,
            "{} from {} ({}): {start}",
            self.status,
            self.url,
            self.header("location")
        )
    }
}
