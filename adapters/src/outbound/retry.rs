//! Tries safe requests again: full jitter, `Retry-After` honoured, never beyond the deadline.
//!
//! Owns the waiting times. It must never retry what may change something, unless the app itself says that it did
//! nothing and may be asked again.

use crate::{Call, Reply, Transport, Trouble};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use http::Method;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tower::retry::Policy;

const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);
/// The longest `Retry-After` that is believed.
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

/// Tries `GET` and `HEAD` again where the trouble may pass.
#[derive(Debug, Clone)]
pub(crate) struct RetrySafeMethods {
    left: u32,
    tried: u32,
    transport: Arc<dyn Transport>,
}

impl RetrySafeMethods {
    /// Tries so often; `transport` does the waiting.
    pub(crate) fn new(retries: u32, transport: Arc<dyn Transport>) -> Self {
        Self {
            left: retries,
            tried: 0,
            transport,
        }
    }
}

impl Policy<Call, Reply, Trouble> for RetrySafeMethods {
    type Future = BoxFuture<'static, ()>;

    fn retry(
        &mut self,
        call: &mut Call,
        outcome: &mut Result<Reply, Trouble>,
    ) -> Option<Self::Future> {
        let trouble = outcome.as_ref().err()?;
        if self.left == 0 || !trouble.is_passing() || !(is_safe(call) || trouble.is_invitation()) {
            return None;
        }
        let wait = match trouble.retry_after() {
            Some(asked) => asked,
            None => rand::random_range(Duration::ZERO..=ceiling(self.tried)),
        };
        let too_late = call
            .deadline
            .is_some_and(|deadline| Instant::now() + wait >= deadline);
        if too_late {
            return None;
        }
        self.left -= 1;
        self.tried += 1;
        self.transport.forget(call);
        let transport = Arc::clone(&self.transport);
        Some(Box::pin(async move { transport.pause(wait).await }))
    }

    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        (is_safe(call) || call.verdict.is_some()).then(|| call.clone())
    }
}

fn is_safe(call: &Call) -> bool {
    // REPORT only reads (RFC 3253, section 3.6).
    matches!(call.method, Method::GET | Method::HEAD) || call.method.as_str() == "REPORT"
}

/// Returns the longest wait before another try: it doubles up to a limit.
fn ceiling(tried: u32) -> Duration {
    FIRST_WAIT
        .saturating_mul(1 << tried.min(10))
        .min(LONGEST_WAIT)
}

/// Reads a `Retry-After` header (RFC 9110, section 10.2.3): seconds or a date; at most one hour.
pub(crate) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    let asked = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = DateTime::parse_from_rfc2822(value).ok()?;
            (at.with_timezone(&Utc) - now).to_std().unwrap_or_default()
        }
    };
    Some(asked.min(LONGEST_ASKED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_seconds_and_dates_up_to_an_hour() {
        let now = DateTime::parse_from_rfc3339("2026-11-24T08:00:00Z")
            .expect("a time")
            .to_utc();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("999999", Some(3600)),
            ("Tue, 24 Nov 2026 08:00:30 GMT", Some(30)),
            ("Tue, 24 Nov 2026 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
        ] {
            assert_eq!(
                retry_after(value, now).map(|d| d.as_secs()),
                seconds,
                "{value}"
            );
        }
    }

    #[test]
    fn waits_double_up_to_a_limit() {
        let waits: Vec<u128> = (0..7).map(|n| ceiling(n).as_millis()).collect();
        assert_eq!(waits, [200, 400, 800, 1600, 3200, 5000, 5000]);
    }
}
