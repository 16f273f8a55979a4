//! What apps answer and push over HTTP: JSON, feeds, recordings, challenges, cookies, cursors, events.

#[path = "../../../gateway/src/api/ingest/deliveries.rs"]
#[allow(dead_code)]
mod deliveries;
#[path = "../../../gateway/src/api/ingest/events.rs"]
#[allow(dead_code)]
mod events;

use crate::definitions::connector;
use chrono::{DateTime, Utc};
use divos_adapters::fixture::{Exchange, Fixture, world};
use divos_adapters::{Ask, Document, Pages, Reader, fuzzing};
use divos_formats::json;
use divos_manifest::{Fetch, LoadOptions, Select, load_dir};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use std::cell::OnceCell;
use std::io::Cursor;
use std::path::Path;
use tokio::runtime::Runtime;

pub(crate) fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime")
}

pub(crate) fn fetch_of(way: &str) -> Fetch {
    connector(way, "").sources[0].fetch.clone()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600, 0).expect("a time")
}

/// Whole and row by row; a document never has more rows than bytes.
pub(crate) fn json(bytes: &[u8]) {
    let path = ["data", "rows"].map(|name| json::Step::Field(name.to_owned()));
    for path in [None, Some(Vec::new()), Some(path.to_vec())] {
        let options = json::Options {
            path,
            charset: None,
        };
        if let Ok(document) = json::open(Box::new(Cursor::new(bytes.to_vec())), &options) {
            let good = document.opened.rows.take_while(Result::is_ok);
            assert!(good.count() <= bytes.len(), "more rows than bytes");
        }
    }
    thread_local! {
        static FETCH: OnceCell<(Fetch, Vec<Select>)> = const { OnceCell::new() };
    }
    let made = || {
        let selects = ["data[*]", "$.data[?(@.a > 1)].rows[*]"].map(|select| {
            connector(
                &format!("rest: {{ get: /rows }}\n    select: {select:?}"),
                "",
            )
            .sources[0]
                .select
                .clone()
        });
        (fetch_of("rest: { get: /rows }"), selects.into())
    };
    FETCH.with(|fetch| {
        let (fetch, selects) = fetch.get_or_init(made);
        for header in ["application/json", "application/json; charset=iso-8859-1"] {
            if let Ok(document) = Document::read(fetch, Some(header), bytes) {
                selects
                    .iter()
                    .for_each(|select| drop(document.rows(select)));
            }
        }
    });
}

pub(crate) fn feed(bytes: &[u8]) {
    thread_local! {
        static FETCH: OnceCell<Fetch> = const { OnceCell::new() };
    }
    FETCH.with(|fetch| {
        let fetch = fetch.get_or_init(|| fetch_of("feed: { get: /feed }"));
        if let Ok(document) = Document::read(fetch, None, bytes) {
            let rows = document.rows(&Select::Root).map(|rows| rows.len());
            assert!(rows.is_ok(), "a feed has entries");
        }
    });
}

/// A shipped source, by the path that its recording is asked for.
struct Shipped {
    path: String,
    reader: Reader,
}

fn shipped() -> Vec<Shipped> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors.d");
    let addressed = |connector: &divos_manifest::Connector| {
        let mut connector = connector.clone();
        let base = "http://app.example".parse().expect("an address");
        connector.app.upstreams = vec![base];
        std::sync::Arc::new(connector)
    };
    let mut found = Vec::new();
    for connector in load_dir(&folder, None, LoadOptions::default()).connectors {
        for test in &connector.tests {
            let recorded = std::fs::read(&test.fixture)
                .ok()
                .and_then(|bytes| Fixture::parse(&bytes).ok());
            let (Some(recorded), Some(first)) = (recorded, connector.sources.first()) else {
                continue;
            };
            let source = test.source.clone().unwrap_or_else(|| first.name.clone());
            if let (Ok(reader), Some(exchange)) = (
                Reader::new(addressed(&connector), &source),
                recorded.exchanges.first(),
            ) {
                found.push(Shipped {
                    path: path_of(exchange).to_owned(),
                    reader,
                });
            }
        }
    }
    assert!(
        found.len() > 50,
        "only {} recordings are shipped",
        found.len()
    );
    found
}

fn path_of(exchange: &Exchange) -> &str {
    exchange.target.split('?').next().unwrap_or_default()
}

/// A recording is the same when it is written and read again; and the source it is of reads it to an end.
pub(crate) fn recording(bytes: &[u8]) {
    thread_local! {
        static SHIPPED: OnceCell<Vec<Shipped>> = const { OnceCell::new() };
    }
    let Ok(fixture) = Fixture::parse(bytes) else {
        return;
    };
    let again = Fixture::parse(&fixture.write());
    assert_eq!(
        again.as_ref(),
        Ok(&fixture),
        "a recording that comes back another"
    );
    SHIPPED.with(|all| {
        let path = fixture.exchanges.first().map(path_of).unwrap_or_default();
        let known = all
            .get_or_init(shipped)
            .iter()
            .find(|shipped| shipped.path == path);
        if let Some(known) = known {
            let ask = Ask {
                cursor: fixture.cursor.clone(),
                ..Ask::default()
            };
            runtime().block_on(drain(known.reader.pages(ask, &world(&fixture))));
        }
    });
}

async fn drain(mut pages: Pages) -> usize {
    let mut count = 0;
    while let Some(page) = pages.next().await {
        count += 1;
        assert!(count < 10_000, "a pass without an end");
        let Ok(page) = page else { continue };
        assert!(
            page.batch.items.len() + page.batch.faults.len() <= page.raw_rows,
            "more than there was"
        );
    }
    count
}

fn headers(name: HeaderName, bytes: &[u8]) -> HeaderMap {
    let lines = bytes.split(|byte| *byte == b'\n');
    let values = lines.filter_map(|line| HeaderValue::from_bytes(line).ok());
    values.map(|value| (name.clone(), value)).collect()
}

/// What is proved can be sent.
pub(crate) fn challenge(bytes: &[u8]) {
    if let Some(proof) = fuzzing::proof(&headers(http::header::WWW_AUTHENTICATE, bytes)) {
        assert!(
            proof.starts_with("Digest ") && HeaderValue::from_str(&proof).is_ok(),
            "{proof}"
        );
    }
}

/// A cookie never goes to a host that may not have it.
pub(crate) fn cookies(bytes: &[u8]) {
    let headers = headers(http::header::SET_COOKIE, bytes);
    let at = "https://a.app.example/masuk/in"
        .parse()
        .expect("an address");
    for to in [
        "https://a.app.example/masuk/x",
        "http://app.example/",
        "https://b.app.example/",
    ] {
        let _ = fuzzing::cookies(&headers, &at, &to.parse().expect("an address"), now());
    }
    for to in [
        "https://other.example/",
        "https://example/",
        "https://127.0.0.1/",
        "https://xa.app.example.org/",
    ] {
        let sent = fuzzing::cookies(&headers, &at, &to.parse().expect("an address"), now());
        assert_eq!(sent, None, "{to}");
    }
}

/// What a source keeps as its cursor, it takes again and never goes back behind.
pub(crate) fn cursor(bytes: &[u8]) {
    thread_local! {
        static READERS: OnceCell<Vec<Reader>> = const { OnceCell::new() };
    }
    let readers = || {
        let ways = [
            "",
            ", format: epoch",
            ", format: date",
            ", format: raw",
            ", format: '%d/%m/%Y'",
        ]
        .iter();
        let way = |more: &str| {
            format!(
                "rest: {{ get: \"/rows?x=${{cursor}}\" }}\n    select: data[*]\n    cursor: {{ field: t, overlap: 1h{more} }}"
            )
        };
        ways.map(|more| Reader::new(connector(&way(more), ""), "rows").expect("it opens"))
            .collect()
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (last, seen) = text.split_once('\n').unwrap_or((text, text));
    let body = serde_json::json!({ "data": [{ "id": 1, "title": "Satu", "t": seen }, { "id": 2, "title": "Dua", "t": last }] });
    let fixture = Fixture {
        exchanges: vec![Exchange {
            method: Method::GET,
            target: "/rows".to_owned(),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.to_string().into_bytes(),
        }],
        ..Fixture::still()
    };
    READERS.with(|all| {
        for reader in all.get_or_init(readers) {
            let ask = Ask {
                cursor: Some(last.to_owned()),
                ..Ask::default()
            };
            runtime().block_on(drain(reader.pages(ask, &world(&fixture))));
        }
    });
}

/// An event that is taken has what tells it from others.
pub(crate) fn event(bytes: &[u8]) {
    let (head, body) = match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (&[][..], bytes),
    };
    let media = |media: &'static str| {
        HeaderMap::from_iter([(http::header::CONTENT_TYPE, HeaderValue::from_static(media))])
    };
    let mut binary = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = parts
            .next()
            .and_then(|name| HeaderName::from_bytes(name).ok());
        let value = parts
            .next()
            .and_then(|value| HeaderValue::from_bytes(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            binary.append(name, value);
        }
    }
    for headers in [
        media("application/cloudevents+json"),
        media("application/cloudevents-batch+json"),
        binary,
    ] {
        match events::read(&headers, body, now()) {
            Ok(events) => assert!(events.iter().all(|event| !event.id.is_empty()
                && !event.source.is_empty()
                && event.record["time"] != serde_json::Value::Null)),
            Err(fault) => drop(fault.sentence()),
        }
        for form in [deliveries::Form::Standard, deliveries::Form::Body] {
            match deliveries::read(&headers, body, now(), form) {
                Ok(event) => assert!(!event.id.is_empty() && event.record.is_object()),
                Err(fault) => drop(fault.sentence()),
            }
        }
    }
}
