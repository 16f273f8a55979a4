//! A transport that answers from a closure, and connectors to read through it.

use divos_adapters::{
    Ask, Call, FetchError, Outbound, Page, Pseudonym, Reader, Reply, Summary, Transport, Trouble,
    World,
};
use divos_manifest::{Connector, LoadOptions, StaticSecrets, load_str};
use divos_model::FixedClock;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a fake app answers: status, headers, body.
pub(crate) type Answer = Result<(u16, Vec<(String, String)>, Vec<u8>), Trouble>;
type Script = dyn Fn(usize, &Call) -> Answer + Send + Sync;

/// A transport that answers from a closure, after a delay.
pub(crate) struct Fake {
    script: Box<Script>,
    delay: Duration,
    pub(crate) calls: Mutex<Vec<String>>,
    in_flight: AtomicUsize,
    pub(crate) most_in_flight: AtomicUsize,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fake")
    }
}

impl Fake {
    pub(crate) fn new(
        script: impl Fn(usize, &Call) -> Answer + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::slow(Duration::ZERO, script)
    }

    pub(crate) fn slow(
        delay: Duration,
        script: impl Fn(usize, &Call) -> Answer + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            script: Box::new(script),
            delay,
            calls: Mutex::default(),
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
        })
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.lock().expect("calls").len()
    }
}

#[async_trait::async_trait]
impl Transport for Fake {
    async fn send(&self, call: &Call) -> Result<Reply, Trouble> {
        let number = {
            let mut calls = self.calls.lock().expect("calls");
            calls.push(format!("{} {}", call.method, call.url));
            calls.len() - 1
        };
        let now = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(now, Ordering::SeqCst);
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let (status, headers, body) = (self.script)(number, call)?;
        let pairs = headers.iter().map(|(name, value)| {
            let name: HeaderName = name.parse().expect("a header");
            (name, HeaderValue::from_str(value).expect("a value"))
        });
        Ok(Reply {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: HeaderMap::from_iter(pairs),
            body: body.into(),
            url: call.url.clone(),
            close_delimited: false,
        })
    }
}

pub(crate) fn json(value: serde_json::Value) -> Answer {
    Ok((
        200,
        vec![("content-type".into(), "application/json".into())],
        value.to_string().into_bytes(),
    ))
}

/// Loads one connector from YAML, with the secret `app/key`.
pub(crate) fn connector(yaml: &str) -> Arc<Connector> {
    connector_with(yaml, &[("key", "S3CRET-KEY")])
}

/// Loads one connector from YAML, with secrets `app/<name>`.
pub(crate) fn connector_with(yaml: &str, secrets: &[(&str, &str)]) -> Arc<Connector> {
    let given = secrets
        .iter()
        .map(|(name, value)| (format!("app/{name}"), *value));
    let options = LoadOptions {
        secrets: Some(Arc::new(given.collect::<StaticSecrets>())),
    };
    let loaded = load_str("app.yaml", yaml, options);
    let found = loaded.get("app").cloned();
    found.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.faults))
}

/// Writes a connector with one source `rows` that becomes announcements; `more` are lines of the source.
pub(crate) fn plain(base: &str, more: &str, app: &str) -> Arc<Connector> {
    let map = if more.contains("    map:") {
        ""
    } else {
        "    map: { id: id, title: title }\n"
    };
    connector(&format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: app, title: App, owner: \"030801\", capability: portal }}\n\
         app:\n  upstreams: \"{base}\"\n{app}\n\
         auth: {{ header: {{ name: X-Key, value: \"${{secret:app/key}}\" }} }}\n\
         sources:\n  rows:\n    every: 5m\n    to: announcement\n\
         {map}{more}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    ))
}

pub(crate) const LIST: &str = "    rest: { get: /rows }\n    select: data[*]\n    deletes: sweep\n";

pub(crate) fn world(http: Arc<Outbound>) -> World {
    World {
        http,
        clock: clock(),
        pseudonym: Arc::new(Pseudonym::new(b"test key".to_vec())),
    }
}

pub(crate) fn clock() -> Arc<FixedClock> {
    let at = chrono::DateTime::parse_from_rfc3339("2026-11-24T08:00:00+08:00").expect("a time");
    Arc::new(FixedClock::at(at.to_utc()))
}

/// A world whose clock the test moves.
pub(crate) fn rows_world(transport: Arc<dyn Transport>, clock: Arc<FixedClock>) -> World {
    world(Arc::new(Outbound::new(transport, clock)))
}

pub(crate) fn through(transport: Arc<dyn Transport>) -> World {
    world(Arc::new(Outbound::new(transport, clock())))
}

/// Reads a source to its end.
pub(crate) async fn read(
    connector: &Arc<Connector>,
    ask: Ask,
    world: &World,
) -> (Vec<Page>, Option<FetchError>, Summary) {
    let source = connector.sources[0].name.clone();
    let mut pages = Reader::open(connector.clone(), &source, ask, world).expect("the source opens");
    let mut read = Vec::new();
    let mut error = None;
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => read.push(page),
            Err(e) => {
                assert!(error.is_none(), "nothing comes after an error");
                error = Some(e);
            }
        }
    }
    (read, error, pages.summary().clone())
}

pub(crate) fn ids(pages: &[Page]) -> Vec<String> {
    pages
        .iter()
        .flat_map(|p| &p.batch.items)
        .map(|item| item.native_id.clone())
        .collect()
}
