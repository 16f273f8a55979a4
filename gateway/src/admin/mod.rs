//! The operator's side door: metrics and administration, on loopback and on a socket in the data directory.
//!
//! Owns `/metrics` and `/admin/v1/…`. It must never be reachable from outside the machine unless an
//! operator listens there on purpose.

mod definitions;
mod serve;

pub use serve::{serve_socket, serve_tcp};

use crate::api::answer_ready;
use crate::definitions::editing::Editing;
use crate::phases::lang_of;
use crate::ready::Readiness;
use crate::reload::{ReloadError, Reloader};
use crate::telemetry::Telemetry;
use axum::extract::{Path, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use divos_feed::{Operations, RunNow};
use divos_model::{AppId, Clock};
use divos_store::ItemStore;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// Everything that administration can reach.
#[derive(Clone)]
pub struct AdminParts {
    /// Metrics.
    pub telemetry: Arc<Telemetry>,
    /// The sources.
    pub operations: Operations,
    /// The items, for what apps have in common.
    pub items: Arc<dyn ItemStore>,
    /// Proposals and the history of definitions.
    pub editing: Arc<Editing>,
    /// Reloads.
    pub reloader: Arc<Reloader>,
    /// Whether people can be served.
    pub ready: Readiness,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The hub's origin.
    pub origin: String,
    /// When the hub was started.
    pub started: Instant,
}

/// Builds the routes of administration.
pub fn router(parts: AdminParts) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/admin/v1/status", get(status))
        .route("/admin/v1/connectors", get(connectors))
        .route(
            "/admin/v1/connectors/{app}/history",
            get(definitions::history),
        )
        .route(
            "/admin/v1/connectors/{app}/history/{number}",
            get(definitions::version),
        )
        .route("/admin/v1/proposals", get(definitions::proposals))
        .route("/admin/v1/sources", get(sources))
        .route("/admin/v1/sources/{app}/{source}/run", post(run))
        .route("/admin/v1/sources/{app}/{source}/accept", post(accept))
        .route("/admin/v1/shared", get(shared))
        .route("/admin/v1/reload", post(reload))
        .layer(axum::middleware::from_fn(no_browser))
        .with_state(parts)
}

/// Refuses what a web page sends: the listener trusts whoever reaches it, and a page that an operator happens to
/// look at reaches their loopback. Every browser names the page's origin with a POST (Fetch, section 3.2).
async fn no_browser(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && request.headers().contains_key(header::ORIGIN) {
        let told = Json(json!({ "detail": "not from a web page" }));
        return (StatusCode::FORBIDDEN, told).into_response();
    }
    next.run(request).await
}

async fn metrics(State(parts): State<AdminParts>) -> Response {
    let kind = (
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    );
    ([kind], parts.telemetry.exposition()).into_response()
}

async fn ready(State(parts): State<AdminParts>) -> Response {
    answer_ready(&parts.ready)
}

async fn status(State(parts): State<AdminParts>) -> Json<Value> {
    let in_force = parts.reloader.definitions().in_force();
    let sources: Vec<Value> = parts.operations.sources().iter().map(brief).collect();
    Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
        "origin": parts.origin,
        "ready": parts.ready.reason().is_none(),
        "reason": parts.ready.reason(),
        "uptime_s": parts.started.elapsed().as_secs(),
        "as_of": parts.clock.now(),
        "connectors": in_force.connectors.len(),
        "kept": in_force.kept,
        "faults": in_force.faults.len(),
        "last_reload": parts.reloader.last(),
        "sources": sources,
    }))
}

fn brief(source: &divos_feed::SourceStatus) -> Value {
    json!({
        "app": source.app,
        "source": source.source,
        "state": source.state,
        "last_ok": source.last_ok,
        "next_run": source.next_run,
        "items": source.items,
        "row_faults": source.row_faults,
        "progress": source.progress,
        "code": source.troubles.first().map(|trouble| trouble.code.clone()),
    })
}

async fn sources(State(parts): State<AdminParts>) -> Json<Value> {
    Json(json!({ "sources": parts.operations.sources() }))
}

async fn connectors(State(parts): State<AdminParts>, headers: HeaderMap) -> Json<Value> {
    let in_force = parts.reloader.definitions().in_force();
    let shown: Vec<Value> = in_force
        .connectors
        .iter()
        .map(|connector| {
            json!({
                "id": connector.id,
                "title": connector.title,
                "version": connector.version,
                "file": connector.file,
                "templates": connector.templates,
                "kept": in_force.kept.contains(&connector.id),
            })
        })
        .collect();
    Json(
        json!({ "connectors": shown, "faults_text": parts.reloader.faults_text(lang_of(&headers)) }),
    )
}

/// How many items every two apps have in common, by their dedupe keys.
async fn shared(State(parts): State<AdminParts>) -> (StatusCode, Json<Value>) {
    match parts.items.shared().await {
        Ok(shared) => {
            let pairs = shared
                .iter()
                .map(|((one, other), items)| json!({ "one": one, "other": other, "items": items }));
            let pairs: Vec<Value> = pairs.collect();
            (StatusCode::OK, Json(json!({ "pairs": pairs })))
        }
        Err(error) => {
            let told = json!({ "detail": error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(told))
        }
    }
}

async fn run(
    State(parts): State<AdminParts>,
    Path((app, source)): Path<(String, String)>,
) -> (StatusCode, Json<Value>) {
    let Ok(app) = app.parse::<AppId>() else {
        return told(RunNow::Unknown);
    };
    told(parts.operations.run_now(&app, &source).await)
}

/// Accepts a source as it is now: the shape of its records, or what it lost.
async fn accept(
    State(parts): State<AdminParts>,
    Path((app, source)): Path<(String, String)>,
) -> (StatusCode, Json<Value>) {
    let Ok(app) = app.parse::<AppId>() else {
        return told(RunNow::Unknown);
    };
    told(parts.operations.accept(&app, &source).await)
}

fn told(run: RunNow) -> (StatusCode, Json<Value>) {
    let (status, word) = match run {
        RunNow::Queued => (StatusCode::ACCEPTED, "queued"),
        RunNow::Running => (StatusCode::ACCEPTED, "running"),
        RunNow::Full => (StatusCode::SERVICE_UNAVAILABLE, "too many sources wait"),
        RunNow::Unknown => (StatusCode::NOT_FOUND, "no such source"),
    };
    (status, Json(json!({ "detail": word })))
}

async fn reload(State(parts): State<AdminParts>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    // On a task of its own: whoever asked may leave, and half a reload is none.
    let reloader = Arc::clone(&parts.reloader);
    let reloaded = match tokio::spawn(async move { reloader.reload().await }).await {
        Ok(reloaded) => reloaded,
        Err(error) => Err(ReloadError::Interrupted(error)),
    };
    match reloaded {
        Ok(report) => {
            let mut answer = serde_json::to_value(report).unwrap_or_default();
            answer["faults_text"] = parts.reloader.faults_text(lang_of(&headers)).into();
            (StatusCode::OK, Json(answer))
        }
        Err(error) => {
            let mut says = error.to_string();
            if let Some(source) = std::error::Error::source(&error) {
                says = format!("{says}: {source}");
            }
            (StatusCode::CONFLICT, Json(json!({ "detail": says })))
        }
    }
}
