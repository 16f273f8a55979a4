//! Apps, the person, and the hub itself.

use super::feed::private;
use super::who::Who;
use super::{ApiParts, Problem};
use crate::ready::Readiness;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use divos_feed::{AppHealth, AppState};
use divos_manifest::Connector;
use divos_sso::{AppAccess, Caller, Reader};
use http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) async fn apps(State(parts): State<ApiParts>, who: Who) -> Result<Response, Problem> {
    let health: BTreeMap<_, _> = parts
        .operations
        .health()
        .into_iter()
        .map(|h| (h.app.clone(), h))
        .collect();
    let connectors = (parts.connectors)();
    let shown: Vec<Value> = connectors
        .iter()
        .filter(|connector| may_open(connector, &who.person))
        .map(|connector| app(&parts, connector, health.get(&connector.id)))
        .collect();
    Ok(private(Json(json!({ "apps": shown }))))
}

/// Tells whether the person may open the app.
fn may_open(connector: &Connector, person: &Arc<Reader>) -> bool {
    let caller = Caller::of_reader(Arc::clone(person));
    AppAccess::of(connector).is_ok_and(|access| access.lets_in(&caller))
}

fn app(parts: &ApiParts, connector: &Connector, health: Option<&AppHealth>) -> Value {
    let connected = !connector.app.upstreams.is_empty();
    let url = connected.then(|| {
        format!(
            "{}{}",
            parts.address.app_origin(connector),
            connector.app.open
        )
    });
    let state = match health {
        Some(health) => serde_json::to_value(health.state).unwrap_or(Value::Null),
        None if connected => "up".into(),
        None => "unconnected".into(),
    };
    json!({
        "id": connector.id,
        "title": connector.title,
        "owner": connector.owner,
        "capability": connector.capability,
        "url": url,
        "state": state,
        "since": health.and_then(|h| h.since),
        "last_ok": health.and_then(|h| h.last_ok),
    })
}

pub(super) async fn me(who: Who) -> Response {
    let posts: Vec<Value> = who
        .person
        .posts
        .iter()
        .map(|post| {
            json!({
                "title": post.post.title,
                "unit": post.post.unit,
                "unit_name": post.unit_name,
                "assignment": post.kind,
            })
        })
        .collect();
    private(Json(json!({
        "id": who.person.person,
        "name": who.person.name,
        "roles": who.person.roles,
        "posts": posts,
    })))
}

pub(super) async fn status(State(parts): State<ApiParts>, _: Who) -> Response {
    let health = parts.operations.health();
    let count = |state: AppState| health.iter().filter(|h| h.state == state).count();
    private(Json(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "as_of": parts.clock.now().with_timezone(&divos_model::wita()).to_rfc3339(),
        "apps": {
            "total": (parts.connectors)().len(),
            "up": count(AppState::Up),
            "failing": count(AppState::Failing),
            "stale": count(AppState::Stale),
            "down": count(AppState::Down),
            "never": count(AppState::Never),
        },
    })))
}

/// The keys that verify the JWTs which apps receive (RFC 7517).
pub(super) async fn jwks(State(parts): State<ApiParts>) -> Json<Value> {
    Json(parts.sso.jwks())
}

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

pub(super) async fn ready(State(parts): State<ApiParts>) -> Response {
    answer_ready(&parts.ready)
}

/// Says whether the hub can serve people, and why not.
pub(crate) fn answer_ready(ready: &Readiness) -> Response {
    match ready.reason() {
        None => "ready\n".into_response(),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}
