//! Deliveries of senders who know nothing of CloudEvents, read after how they prove themselves: Standard Webhooks, GitHub.
//!
//! Owns that reading. Pure. Each delivery is one event, with `id`, `type`, `time` and `data` as of any other.

use super::events::{Event, EventFault, arrived, parse};
use chrono::{DateTime, Utc};
use http::HeaderMap;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

/// The header with the id of a delivery of Standard Webhooks.
pub(super) const DELIVERY: &str = "webhook-id";
/// The headers that say what a body that is signed alone is about.
const KINDS: [&str; 3] = ["x-github-event", "x-gitea-event", "x-gitlab-event"];

/// What the signature of a delivery covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Standard Webhooks: an id in a header, too.
    Standard,
    /// The body alone.
    Body,
}

/// Reads the delivery of a request that arrived `now`.
///
/// # Errors
/// Why it is none.
pub(super) fn read(
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
    form: Form,
) -> Result<Event, EventFault> {
    let mut event = match form {
        Form::Standard => standard(headers, parse(body)?)?,
        Form::Body => bare(headers, body)?,
    };
    arrived(&mut event.record, now);
    Ok(event)
}

/// `type`, `timestamp` and `data` in the body, though none of them must be there.
fn standard(headers: &HeaderMap, mut body: Json) -> Result<Event, EventFault> {
    let id = text(headers, DELIVERY).ok_or(EventFault::Attribute {
        event: 1,
        name: "id",
    })?;
    let said = |name: &str| body.get(name).and_then(Json::as_str).map(str::to_owned);
    let (kind, time) = (said("type").unwrap_or_default(), said("timestamp"));
    let data = match body.get_mut("data") {
        Some(data) if !kind.is_empty() => data.take(),
        _ => body,
    };
    Ok(made(id, kind, time, data))
}

/// What is in the body is what tells it from others: nothing else is signed. A header may say its type.
fn bare(headers: &HeaderMap, body: &[u8]) -> Result<Event, EventFault> {
    let id = hex::encode(Sha256::digest(body));
    let kind = KINDS.into_iter().find_map(|name| text(headers, name));
    Ok(made(id, kind.unwrap_or_default(), None, parse(body)?))
}

fn made(id: String, kind: String, time: Option<String>, data: Json) -> Event {
    let record = json!({ "id": id, "type": kind, "time": time, "data": data });
    Event {
        source: String::new(),
        id,
        kind,
        record,
    }
}

/// Returns a header that is a text and not empty.
fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (http::HeaderName::from_static(name), value.parse().unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    fn read(headers: &HeaderMap, body: &str, form: Form) -> Result<Event, EventFault> {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        super::read(headers, body.as_bytes(), now, form)
    }

    #[test]
    fn a_delivery_of_standard_webhooks_has_its_id_in_a_header() {
        let signed = headers(&[("webhook-id", "msg_1")]);
        let body =
            r#"{"type":"surat.masuk","timestamp":"2026-11-24T01:00:00Z","data":{"nomor":1}}"#;
        let one = read(&signed, body, Form::Standard).unwrap();
        assert_eq!((&*one.id, &*one.kind), ("msg_1", "surat.masuk"));
        assert_eq!(one.record["time"], "2026-11-24T01:00:00Z");
        assert_eq!(one.record["data"], json!({"nomor": 1}));
        let loose = read(&signed, r#"{"data":7}"#, Form::Standard).unwrap();
        assert_eq!(
            (&*loose.kind, &loose.record["data"]),
            ("", &json!({"data": 7}))
        );
        assert_eq!(loose.record["time"], "2026-09-21T14:13:20.000Z");
        let name = "id";
        let missing = EventFault::Attribute { event: 1, name };
        assert_eq!(read(&HeaderMap::new(), body, Form::Standard), Err(missing));
    }

    #[test]
    fn a_body_that_is_signed_alone_is_told_from_others_by_itself() {
        let github = headers(&[("x-github-event", "issues"), ("x-github-delivery", "1")]);
        let body = |body: &str| read(&github, body, Form::Body).unwrap();
        let (first, other) = (body(r#"{"a":1}"#), body(r#"{"a":2}"#));
        assert_eq!(
            (&*first.kind, &first.record["data"]),
            ("issues", &json!({"a": 1}))
        );
        assert!(first.id != other.id && first == body(r#"{"a":1}"#));
        assert_eq!(read(&github, "a=1", Form::Body), Err(EventFault::NotJson));
    }
}
