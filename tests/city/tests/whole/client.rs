//! A small HTTP client that is let into one app.
//!
//! Owns connections and credentials of the tests; never reads a format.

use anyhow::Context as _;
use divos_city::{WholeApp, WholeCity};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::net::TcpStream;

pub(crate) type Tried = anyhow::Result<()>;

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> anyhow::Result<serde_json::Value> {
        serde_json::from_slice(&self.body).with_context(|| self.text())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// Sends requests to one app, each with the app's credentials.
pub(crate) struct Client {
    address: String,
    headers: Vec<(String, String)>,
    query: String,
    pub(crate) secrets: Vec<(String, String)>,
}

impl Client {
    /// Without credentials.
    pub(crate) fn plain(app: &WholeApp) -> Self {
        Self {
            address: app.base_url.replacen("http://", "", 1),
            headers: Vec::new(),
            query: String::new(),
            secrets: Vec::new(),
        }
    }

    /// With what the overlay of the app says.
    pub(crate) fn of(city: &WholeCity, app: &WholeApp) -> Self {
        let mut client = Self::plain(app);
        client.secrets = city.secrets(app.id);
        let overlay = city.overlay(app.id).unwrap_or_default();
        let value = |at: usize| {
            client
                .secrets
                .get(at)
                .map(|(_, v)| v.clone())
                .unwrap_or_default()
        };
        let mut header = |name: &str, value: String| client.headers.push((name.to_owned(), value));
        if overlay.contains("bearer:") {
            header("authorization", format!("Bearer {}", value(0)));
        } else if overlay.contains("api_key:") {
            client.query = format!("api_key={}", value(0));
        } else if overlay.contains("header:") {
            let name = overlay
                .split("name: ")
                .nth(1)
                .and_then(|rest| rest.split(',').next());
            header(name.unwrap_or_default(), value(0));
        } else if overlay.contains("basic:") {
            use base64::Engine as _;
            let pair = format!("{}:{}", value(0), value(1));
            let pair = base64::engine::general_purpose::STANDARD.encode(pair);
            header("authorization", format!("Basic {pair}"));
        }
        client
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) async fn get(&self, target: &str) -> anyhow::Result<Answer> {
        self.send("GET", target, String::new()).await
    }

    pub(crate) async fn post(&self, target: &str, body: String) -> anyhow::Result<Answer> {
        self.send("POST", target, body).await
    }

    async fn send(&self, method: &str, target: &str, body: String) -> anyhow::Result<Answer> {
        let answer = self.exchange(method, target, body);
        tokio::time::timeout(Duration::from_secs(20), answer).await?
    }

    async fn exchange(&self, method: &str, target: &str, body: String) -> anyhow::Result<Answer> {
        let stream = TcpStream::connect(&self.address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let joint = if target.contains('?') { '&' } else { '?' };
        let target = match self.query.as_str() {
            "" => target.to_owned(),
            query => format!("{target}{joint}{query}"),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", &self.address);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let answer = sender
            .send_request(request.body(Full::new(Bytes::from(body)))?)
            .await?;
        let (parts, body) = answer.into_parts();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes().to_vec(),
        })
    }
}
