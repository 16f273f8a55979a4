//! Odd endpoints for the tests of a proxy: a socket, an event stream, uploads and downloads, an echo.
//!
//! Owns `/ws`, `/sse`, `/upload`, `/download`, `/echo`, `/alih`; they belong to the identity app.

use crate::state::AppState;
use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route(
            "/ws",
            any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo_socket) }),
        )
        .route("/sse", get(events))
        .route("/upload", post(upload).put(upload))
        .route("/download", get(download))
        .route("/echo", any(echo))
        .route("/alih", get(moved))
        .layer(DefaultBodyLimit::disable())
}

/// Sends every message back as it came.
async fn echo_socket(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        let sent = match message {
            Message::Text(_) | Message::Binary(_) => socket.send(message).await,
            Message::Close(_) => break,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        };
        if sent.is_err() {
            break;
        }
    }
}

#[derive(Deserialize)]
struct Pace {
    /// Milliseconds between two events; 100 unless given.
    every: Option<u64>,
    /// How many events; without end unless given.
    count: Option<usize>,
}

/// Numbered events at a steady pace.
async fn events(Query(pace): Query<Pace>) -> Response {
    let every = Duration::from_millis(pace.every.unwrap_or(100));
    let all = stream::iter(0..pace.count.unwrap_or(usize::MAX)).then(move |number| async move {
        tokio::time::sleep(every).await;
        Ok::<_, io::Error>(Bytes::from(format!(
            "id: {number}\nevent: detak\ndata: {{\"nomor\":{number}}}\n\n"
        )))
    });
    (
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        Body::from_stream(all),
    )
        .into_response()
}

/// Counts a body without keeping it, and adds its bytes up.
async fn upload(body: Body) -> Response {
    let (mut bytes, mut sum) = (0_u64, 0_u64);
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let Ok(frame) = frame else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        bytes += frame.len() as u64;
        sum = frame
            .iter()
            .fold(sum, |sum, byte| sum.wrapping_add(u64::from(*byte)));
    }
    Json(json!({"bytes": bytes, "sum": sum})).into_response()
}

#[derive(Deserialize)]
struct Size {
    bytes: u64,
    /// Without a declared length when set.
    chunked: Option<bool>,
}

/// That many bytes: the letters a–z over and over.
async fn download(Query(size): Query<Size>) -> Response {
    const CHUNK: u64 = 26 * 2048;
    let block: Bytes = (0..CHUNK).map(|at| b'a' + (at % 26) as u8).collect();
    let body = stream::iter((0..size.bytes).step_by(CHUNK as usize)).map(move |from| {
        Ok::<_, io::Error>(block.slice(..(size.bytes - from).min(CHUNK) as usize))
    });
    let mut answer = Body::from_stream(body).into_response();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/octet-stream"),
    );
    if size.chunked != Some(true) {
        answer
            .headers_mut()
            .insert(header::CONTENT_LENGTH, size.bytes.into());
    }
    answer
}

/// What arrived, word for word: method, target, headers in order, body as text.
async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let headers: Vec<[String; 2]> = headers
        .iter()
        .map(|(name, value)| {
            [
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            ]
        })
        .collect();
    Json(
        json!({"method": method.as_str(), "target": uri.to_string(), "headers": headers, "body": String::from_utf8_lossy(&body)}),
    )
}

/// A redirect to the app's own absolute address with a cookie: what a proxy must rewrite.
async fn moved(State(state): State<Arc<AppState>>) -> Response {
    let target = format!("{}/", state.base_url);
    (
        StatusCode::FOUND,
        [
            (header::LOCATION, target),
            (
                header::SET_COOKIE,
                "sesi=contoh; Path=/; HttpOnly".to_owned(),
            ),
        ],
    )
        .into_response()
}
