//! Request ids and W3C trace context: accepted from trusted peers, made new for everyone else.
//!
//! Owns parsing and making. It must never trust a stranger's id: it ends up in logs and in other systems.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use uuid::Uuid;

use super::headers::Headers;

/// `X-Request-Id`.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// `traceparent` (W3C Trace Context).
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// `tracestate` (W3C Trace Context).
pub const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// A trace, this hop's span in it, and the span it came from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The trace.
    pub trace_id: [u8; 16],
    /// This hop's span, what the app sees as its parent.
    pub span_id: [u8; 8],
    /// The span of whoever sent the request, if trusted.
    pub parent: Option<[u8; 8]>,
    /// Whether the trace is being recorded.
    pub sampled: bool,
}

impl TraceContext {
    /// A new trace.
    pub fn start() -> Self {
        Self {
            trace_id: random_nonzero(),
            span_id: random_nonzero(),
            parent: None,
            sampled: true,
        }
    }

    /// The next hop of the trace in a `traceparent`, or `None` when it is not one.
    pub fn continue_from(traceparent: &str) -> Option<Self> {
        let bytes = traceparent.as_bytes();
        let versioned =
            bytes.len() == 55 || (bytes.len() > 55 && bytes[55] == b'-' && &bytes[..2] != b"00");
        if !versioned || [bytes[2], bytes[35], bytes[52]] != [b'-'; 3] || &bytes[..2] == b"ff" {
            return None;
        }
        let [_version] = lower_hex::<1>(&bytes[..2])?;
        let trace_id = lower_hex::<16>(&bytes[3..35])?;
        let parent = lower_hex::<8>(&bytes[36..52])?;
        let [flags] = lower_hex::<1>(&bytes[53..55])?;
        if trace_id == [0; 16] || parent == [0; 8] {
            return None;
        }
        Some(Self {
            trace_id,
            span_id: random_nonzero(),
            parent: Some(parent),
            sampled: flags & 1 == 1,
        })
    }

    /// The trace id in hexadecimal.
    pub fn trace_hex(&self) -> String {
        hex::encode(self.trace_id)
    }

    /// This hop's span id in hexadecimal.
    pub fn span_hex(&self) -> String {
        hex::encode(self.span_id)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = u8::from(self.sampled);
        write!(f, "00-{}-{}-{flags:02x}", self.trace_hex(), self.span_hex())
    }
}

impl fmt::Debug for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceContext({self})")
    }
}

/// Replaces the id and trace headers by this hop's, and says what they are.
pub fn adopt(headers: &mut impl Headers, trusted: bool) -> (Arc<str>, TraceContext) {
    let request_id = trusted
        .then(|| given_id(headers.map()))
        .flatten()
        .unwrap_or_else(|| Uuid::now_v7().to_string().into());
    let given = trusted
        .then(|| only(headers.map(), &TRACEPARENT).and_then(TraceContext::continue_from))
        .flatten();
    if given.is_none() {
        headers.remove(&TRACESTATE);
    }
    let trace = given.unwrap_or_else(TraceContext::start);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.set(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        headers.set(TRACEPARENT, value);
    }
    (request_id, trace)
}

/// A trusted peer's id, if it is one that can stand in a log.
fn given_id(headers: &HeaderMap) -> Option<Arc<str>> {
    let id = only(headers, &REQUEST_ID)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (!id.is_empty() && id.len() <= 128 && id.bytes().all(plain)).then(|| id.into())
}

fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    values
        .next()
        .is_none()
        .then(|| first.to_str().ok())
        .flatten()
}

fn lower_hex<const N: usize>(text: &[u8]) -> Option<[u8; N]> {
    let lower = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let mut bytes = [0; N];
    (text.iter().all(lower) && hex::decode_to_slice(text, &mut bytes).is_ok()).then_some(bytes)
}

fn random_nonzero<const N: usize>() -> [u8; N] {
    loop {
        let mut bytes = [0; N];
        rand::fill(&mut bytes[..]);
        if bytes != [0; N] {
            return bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_goes_on_with_a_new_span() {
        let next = TraceContext::continue_from(GIVEN).unwrap();
        assert_eq!(next.trace_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(
            next.parent.map(hex::encode).as_deref(),
            Some("00f067aa0ba902b7")
        );
        assert_ne!(next.span_hex(), "00f067aa0ba902b7");
        assert!(next.sampled);
    }

    #[test]
    fn what_is_not_a_traceparent_starts_a_new_trace() {
        for bad in [
            "",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(TraceContext::continue_from(bad), None, "{bad}");
        }
    }

    #[test]
    fn strangers_do_not_choose_ids() {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("chosen"));
        headers.insert(TRACEPARENT, HeaderValue::from_static(GIVEN));
        headers.insert(TRACESTATE, HeaderValue::from_static("a=b"));
        let mut known = headers.clone();
        let (id, trace) = adopt(&mut headers, false);
        assert_ne!(&*id, "chosen");
        assert_eq!(Uuid::parse_str(&id).unwrap().get_version_num(), 7);
        assert_ne!(trace.trace_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(!headers.contains_key(TRACESTATE));
        let (id, trace) = adopt(&mut known, true);
        assert_eq!(&*id, "chosen");
        assert_eq!(trace.trace_hex(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(known.contains_key(TRACESTATE));
    }
}
