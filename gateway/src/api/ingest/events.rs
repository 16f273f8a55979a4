//! CloudEvents 1.0 as an HTTP request carries them: structured, binary, in batches.
//!
//! Owns that reading. Pure. What a connector maps is the event as a JSON object: its attributes, and `data`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, header};
use serde_json::{Map, Value as Json};

/// The most events of one request.
pub(super) const MOST: usize = 1_000;

/// One event: what tells it from others, and the record that the mapping reads.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    /// `source`.
    pub source: String,
    /// `id`; unique within `source`.
    pub id: String,
    /// `type`.
    pub kind: String,
    /// The whole event, with `data`.
    pub record: Json,
}

/// Why a request is no CloudEvents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum EventFault {
    /// Neither an event's media type nor the attributes as headers.
    NotEvents,
    /// The body is no JSON, or not of the shape that its media type promises.
    NotJson,
    /// An attribute is missing, empty or no text. Which event (from 1), which attribute.
    Attribute {
        /// Which event of the request, from 1.
        event: usize,
        /// The attribute.
        name: &'static str,
    },
    /// Another version than 1.0.
    Version {
        /// Which event of the request, from 1.
        event: usize,
    },
    /// More than [`MOST`] events.
    TooMany,
}

/// Reads the events of a request that arrived `now`. `time` is optional (section 3.1.2): an event that does not say when
/// it happened has the time of its arrival.
///
/// # Errors
/// Which event is wrong and in what; then none of them is taken.
pub(super) fn read(
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Vec<Event>, EventFault> {
    let media = media_type(headers);
    let event = |json, number| event(json, number, now);
    match media.as_str() {
        "application/cloudevents+json" => Ok(vec![event(parse(body)?, 1)?]),
        "application/cloudevents-batch+json" => {
            let Json::Array(list) = parse(body)? else {
                return Err(EventFault::NotJson);
            };
            if list.len() > MOST {
                return Err(EventFault::TooMany);
            }
            let each = list.into_iter().zip(1..);
            each.map(|(json, number)| event(json, number)).collect()
        }
        _ if headers.contains_key("ce-specversion") => {
            Ok(vec![event(binary(headers, &media, body)?, 1)?])
        }
        _ => Err(EventFault::NotEvents),
    }
}

/// Returns the media type without parameters, in lower case.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE);
    let text = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media = text.split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

pub(super) fn parse(body: &[u8]) -> Result<Json, EventFault> {
    serde_json::from_slice(body).map_err(|_| EventFault::NotJson)
}

/// Binary mode (HTTP binding, section 3.1): attributes are `ce-` headers, percent-encoded; the body is the data.
fn binary(headers: &HeaderMap, media: &str, body: &[u8]) -> Result<Json, EventFault> {
    let mut event = Map::new();
    for (name, value) in headers {
        let Some(name) = name.as_str().strip_prefix("ce-") else {
            continue;
        };
        let text = percent_encoding::percent_decode(value.as_bytes()).decode_utf8_lossy();
        event.insert(name.to_owned(), Json::String(text.into_owned()));
    }
    event.insert("data".to_owned(), data(media, body)?);
    Ok(Json::Object(event))
}

/// Reads the data of an event by its media type.
fn data(media: &str, bytes: &[u8]) -> Result<Json, EventFault> {
    let media = media.split(';').next().unwrap_or_default().trim();
    let is_json = media.is_empty() || media == "application/json" || media.ends_with("+json");
    match (bytes, is_json) {
        ([], _) => Ok(Json::Null),
        (bytes, true) => parse(bytes),
        (bytes, false) => Ok(Json::String(String::from_utf8_lossy(bytes).into_owned())),
    }
}

fn event(mut json: Json, number: usize, now: DateTime<Utc>) -> Result<Event, EventFault> {
    if let Some(data) = encoded(&json)? {
        json["data"] = data;
    }
    let attribute = |name: &'static str| {
        let text = json.get(name).and_then(Json::as_str);
        let text = text.filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or(EventFault::Attribute {
            event: number,
            name,
        })
    };
    if attribute("specversion")? != "1.0" {
        return Err(EventFault::Version { event: number });
    }
    let (source, id, kind) = (attribute("source")?, attribute("id")?, attribute("type")?);
    arrived(&mut json, now);
    Ok(Event {
        source,
        id,
        kind,
        record: json,
    })
}

/// Gives an event that does not say when it happened the time of its arrival.
pub(super) fn arrived(event: &mut Json, now: DateTime<Utc>) {
    let is_said = !matches!(event["time"], Json::Null) && event["time"] != "";
    if let Some(attributes) = event.as_object_mut().filter(|_| !is_said) {
        let now = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        attributes.insert("time".to_owned(), now.into());
    }
}

/// Reads `data_base64` (JSON format, section 3.1.1): JSON where the event says so, else a text.
fn encoded(json: &Json) -> Result<Option<Json>, EventFault> {
    let Some(text) = json.get("data_base64").and_then(Json::as_str) else {
        return Ok(None);
    };
    let bytes = STANDARD.decode(text).map_err(|_| EventFault::NotJson)?;
    let media = json.get("datacontenttype").and_then(Json::as_str);
    data(media.unwrap_or_default(), &bytes).map(Some)
}

impl EventFault {
    /// Says it, in Indonesian and in English.
    pub(super) fn sentence(&self) -> (String, String) {
        match self {
            Self::NotEvents => (
                "Kirim CloudEvents 1.0: application/cloudevents+json, application/cloudevents-batch+json, atau atribut sebagai tajuk ce-.".into(),
                "Send CloudEvents 1.0: application/cloudevents+json, application/cloudevents-batch+json, or attributes as ce- headers.".into(),
            ),
            Self::NotJson => (
                "Isi bukan JSON dengan bentuk yang dijanjikan Content-Type.".into(),
                "The body is not JSON of the shape that Content-Type promises.".into(),
            ),
            Self::Attribute { event, name } => (
                format!("Kejadian ke-{event}: atribut `{name}` tidak ada atau kosong."),
                format!("Event {event}: the attribute `{name}` is missing or empty."),
            ),
            Self::Version { event } => (
                format!("Kejadian ke-{event}: `specversion` harus 1.0."),
                format!("Event {event}: `specversion` must be 1.0."),
            ),
            Self::TooMany => (
                format!("Paling banyak {MOST} kejadian sekali kirim; bagi menjadi beberapa kiriman."),
                format!("At most {MOST} events in one request; send several."),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                http::HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Vec<Event>, EventFault> {
        super::read(headers, body, now())
    }

    fn one(n: u32) -> Json {
        json!({"specversion": "1.0", "id": n.to_string(), "source": "/surat", "type": "surat.masuk", "data": {"nomor": n}})
    }

    #[test]
    fn all_three_modes_say_the_same() {
        let structured = headers(&[(
            "content-type",
            "Application/CloudEvents+JSON; charset=utf-8",
        )]);
        let single = read(&structured, one(1).to_string().as_bytes()).unwrap();
        let batch = headers(&[("content-type", "application/cloudevents-batch+json")]);
        let both = read(&batch, json!([one(1), one(2)]).to_string().as_bytes()).unwrap();
        let binary = headers(&[
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "%2Fsurat"),
            ("ce-type", "surat.masuk"),
            ("content-type", "application/json"),
        ]);
        let bare = read(&binary, br#"{"nomor":1}"#).unwrap();
        assert_eq!(single, bare);
        assert_eq!(single[0], both[0]);
        assert_eq!(both[1].id, "2");
        assert_eq!(bare[0].record["data"]["nomor"], 1);
    }

    #[test]
    fn an_event_that_does_not_say_when_it_happened_has_the_time_of_its_arrival() {
        let structured = headers(&[("content-type", "application/cloudevents+json")]);
        let arrival = json!("2026-09-21T14:13:20.000Z");
        let said = json!("2026-09-01T08:00:00+08:00");
        for (time, expected) in [
            (None, &arrival),
            (Some(Json::Null), &arrival),
            (Some(json!("")), &arrival),
            (Some(said.clone()), &said),
            // What is said is for the mapping to read, however odd.
            (Some(json!(1_790_000_000)), &json!(1_790_000_000)),
        ] {
            let mut event = one(1);
            if let Some(time) = time {
                event["time"] = time;
            }
            let events = read(&structured, event.to_string().as_bytes()).unwrap();
            assert_eq!(&events[0].record["time"], expected, "{event}");
        }
        let binary = headers(&[
            ("ce-specversion", "1.0"),
            ("ce-id", "1"),
            ("ce-source", "/surat"),
            ("ce-type", "surat.masuk"),
        ]);
        assert_eq!(read(&binary, b"{}").unwrap()[0].record["time"], arrival);
    }

    #[test]
    fn data_in_base64_is_read_as_what_it_is() {
        let single = headers(&[("content-type", "application/cloudevents+json")]);
        let with = |more: Json| {
            let mut json = one(1);
            json["data"].take();
            json.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            let read = read(&single, json.to_string().as_bytes());
            read.map(|events| events[0].record["data"].clone())
        };
        let json =
            json!({"data_base64": "eyJub21vciI6MX0=", "datacontenttype": "application/json"});
        assert_eq!(with(json), Ok(json!({"nomor": 1})));
        let text =
            json!({"data_base64": "aGFsbw==", "datacontenttype": "text/plain; charset=utf-8"});
        assert_eq!(with(text), Ok(json!("halo")));
        assert_eq!(with(json!({"data_base64": "?"})), Err(EventFault::NotJson));
    }

    #[test]
    fn faults_name_the_event_and_the_attribute() {
        let batch = headers(&[("content-type", "application/cloudevents-batch+json")]);
        let mut second = one(2);
        second["id"] = json!("");
        let body = json!([one(1), second]).to_string();
        let fault = read(&batch, body.as_bytes()).unwrap_err();
        let expected = EventFault::Attribute {
            event: 2,
            name: "id",
        };
        assert_eq!(fault, expected);
        assert!(fault.sentence().1.contains("Event 2") && fault.sentence().0.contains("`id`"));
        let mut old = one(1);
        old["specversion"] = json!("0.3");
        let single = headers(&[("content-type", "application/cloudevents+json")]);
        assert_eq!(
            read(&single, old.to_string().as_bytes()),
            Err(EventFault::Version { event: 1 })
        );
        assert_eq!(read(&single, b"<html>"), Err(EventFault::NotJson));
        assert_eq!(read(&HeaderMap::new(), b"{}"), Err(EventFault::NotEvents));
        let many = Json::Array(vec![one(1); MOST + 1]).to_string();
        assert_eq!(read(&batch, many.as_bytes()), Err(EventFault::TooMany));
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            for media in ["application/cloudevents+json", "application/cloudevents-batch+json"] {
                let _ = read(&headers(&[("content-type", media)]), &body);
            }
            let _ = read(&headers(&[("ce-specversion", "1.0")]), &body);
        }
    }
}
