//! Proposals and the history of definitions, for programs on this machine. Reading only: what is decided is decided
//! by a person in the portal.

use super::AdminParts;
use crate::definitions::editing::EditError;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use divos_model::AppId;
use divos_store::{ProposalQuery, ProposalState};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// How many rows one answer holds; `before` asks for older ones.
const LISTED: usize = 100;

#[derive(Deserialize)]
pub(super) struct Which {
    app: Option<AppId>,
    state: Option<ProposalState>,
    before: Option<u64>,
}

/// `GET /admin/v1/proposals`: without the drafts, which are their authors' alone.
pub(super) async fn proposals(
    State(parts): State<AdminParts>,
    Query(which): Query<Which>,
) -> Response {
    let query = ProposalQuery {
        app: which.app,
        state: which.state,
        before: which.before,
        limit: LISTED,
        author: None,
    };
    match parts.editing.proposals(query).await {
        Ok(mut found) => {
            found.retain(|proposal| proposal.state != ProposalState::Draft);
            Json(json!({ "proposals": found })).into_response()
        }
        Err(error) => failed(&error),
    }
}

/// `GET /admin/v1/connectors/{app}/history`: versions, the newest first.
pub(super) async fn history(
    State(parts): State<AdminParts>,
    Path(app): Path<AppId>,
    Query(which): Query<Which>,
) -> Response {
    match parts.editing.versions(&app, which.before, LISTED).await {
        Ok(versions) => Json(json!({ "versions": versions })).into_response(),
        Err(error) => failed(&error),
    }
}

/// `GET /admin/v1/connectors/{app}/history/{number}`: a version with its text.
pub(super) async fn version(
    State(parts): State<AdminParts>,
    Path((app, number)): Path<(AppId, u64)>,
) -> Response {
    match parts.editing.version(&app, number).await {
        Ok((version, text)) => Json(json!({ "version": version, "text": text })).into_response(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &EditError) -> Response {
    let status = match error {
        EditError::Missing => StatusCode::NOT_FOUND,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, Json(json!({ "detail": error.to_string() }))).into_response()
}
