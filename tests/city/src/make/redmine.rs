//! The issues of Redmine's REST API, as Redmine 5 writes them.
//!
//! Owns `/issues.json`: an API key in `X-Redmine-API-Key`, offset and limit, `total_count`, filters by status and time;
//! and `/users/current.json`, which tells whose key it is.

use super::{slice, utc};
use crate::connectors::REDMINE_KEY;
use crate::state::{AppState, Record};
use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, FixedOffset, NaiveDate};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

const CLOSED: [&str; 2] = ["Closed", "Rejected"];

pub(super) fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route("/issues.json", get(issues))
        .route("/users/current.json", get(current))
}

fn knows(headers: &HeaderMap) -> bool {
    headers
        .get("x-redmine-api-key")
        .is_some_and(|key| key == REDMINE_KEY)
}

async fn current(headers: HeaderMap) -> Response {
    match knows(&headers) {
        true => Json(json!({"user": {"id": 9, "login": "hub-contoh"}})).into_response(),
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[derive(Deserialize)]
struct Asked {
    offset: Option<usize>,
    limit: Option<usize>,
    status_id: Option<String>,
    updated_on: Option<String>,
    sort: Option<String>,
}

async fn issues(
    State(state): State<Arc<AppState>>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    if !knows(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let limit = asked.limit.unwrap_or(25).clamp(1, 100);
    let offset = asked.offset.unwrap_or(0);
    let mut found = state.records();
    match asked.status_id.as_deref() {
        Some("*") => {}
        Some("closed") => found.retain(|issue| CLOSED.contains(&issue.state.as_str())),
        _ => found.retain(|issue| !CLOSED.contains(&issue.state.as_str())),
    }
    if let Some(bounds) = asked.updated_on.as_deref() {
        found.retain(|issue| within(issue.updated, bounds));
    }
    match asked.sort.as_deref() {
        Some("updated_on:desc") => {}
        Some("updated_on" | "updated_on:asc") => found.reverse(),
        Some("id" | "id:asc") => found.sort_by_key(|issue| issue.id),
        _ => found.sort_by_key(|issue| std::cmp::Reverse(issue.id)),
    }
    let total = found.len();
    let shown: Vec<Value> = slice(&found, offset, limit).iter().map(written).collect();
    Json(json!({"issues": shown, "total_count": total, "offset": offset, "limit": limit}))
        .into_response()
}

/// `>=TIME`, `<=TIME` or `><FROM|TO`, each a day or an RFC 3339 time, as Redmine's filters are written.
fn within(updated: DateTime<FixedOffset>, bounds: &str) -> bool {
    let after = |text: &str| moment(text).is_none_or(|moment| updated >= moment);
    let before = |text: &str| moment(text).is_none_or(|moment| updated <= moment);
    match (
        bounds.strip_prefix(">="),
        bounds.strip_prefix("<="),
        bounds.strip_prefix("><"),
    ) {
        (Some(from), _, _) => after(from),
        (_, Some(to), _) => before(to),
        (_, _, Some(both)) => both
            .split_once('|')
            .is_none_or(|(from, to)| after(from) && before(to)),
        _ => true,
    }
}

fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let day = || {
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()?
            .and_hms_opt(0, 0, 0)?
            .and_utc()
            .fixed_offset()
            .into()
    };
    DateTime::parse_from_rfc3339(text).ok().or_else(day)
}

fn written(issue: &Record) -> Value {
    let number = |choices: &[&str], word: &str| {
        choices
            .iter()
            .position(|choice| *choice == word)
            .map_or(1, |at| at + 1)
    };
    let states = [
        "New",
        "In Progress",
        "Resolved",
        "Feedback",
        "Closed",
        "Rejected",
    ];
    json!({
        "id": issue.id,
        "project": {"id": 1, "name": "Pengaduan Warga (contoh)"},
        "tracker": {"id": 1, "name": issue.word("jenis")},
        "status": {"id": number(&states, &issue.state), "name": issue.state, "is_closed": CLOSED.contains(&issue.state.as_str())},
        "priority": {"id": number(&["Low", "Normal", "High", "Urgent"], &issue.priority), "name": issue.priority},
        "author": {"id": 5, "name": "Warga Contoh"},
        "assigned_to": {"id": 7, "name": issue.author},
        "subject": issue.title,
        "description": issue.text,
        "start_date": issue.created.format("%Y-%m-%d").to_string(),
        "due_date": issue.due.map(|due| due.format("%Y-%m-%d").to_string()),
        "done_ratio": issue.more["persen"],
        "is_private": false,
        "created_on": utc(issue.created),
        "updated_on": utc(issue.updated),
        "closed_on": CLOSED.contains(&issue.state.as_str()).then(|| utc(issue.updated)),
    })
}
