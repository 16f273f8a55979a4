//! `GET /api/v1/feed` and `GET /api/v1/search`.

use super::ask::Ask;
use super::who::Who;
use super::{ApiParts, Problem};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use divos_feed::Filter;
use http::{HeaderValue, header};

const FEED: [&str; 12] = [
    "kind", "app", "state", "unit", "unread", "pinned", "done", "snoozed", "q", "since", "cursor", "limit",
];

pub(super) async fn list(
    State(parts): State<ApiParts>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let ask = Ask::read(query.as_deref(), &FEED);
    let asked = ask.and_then(|ask| Ok((ask.filter()?, ask.limit()?, ask)));
    let (filter, limit, ask) = asked.map_err(|problem| problem.answer(who.lang))?;
    page(&parts, &who, &filter, ask.text("cursor"), limit).await
}

pub(super) async fn search(
    State(parts): State<ApiParts>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let ask = Ask::read(query.as_deref(), &["q", "cursor", "limit"]);
    let asked = ask.and_then(|ask| {
        let q = ask.words()?.ok_or_else(|| {
            Problem::bad_request("Parameter `q` diperlukan.", "The parameter `q` is needed.")
        })?;
        Ok((Filter { q: Some(q), ..Filter::default() }, ask.limit()?, ask))
    });
    let (filter, limit, ask) = asked.map_err(|problem| problem.answer(who.lang))?;
    page(&parts, &who, &filter, ask.text("cursor"), limit).await
}

async fn page(
    parts: &ApiParts,
    who: &Who,
    filter: &Filter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Response, Response> {
    let page = parts
        .timeline
        .page(&who.reader, filter, cursor, limit)
        .await
        .map_err(|error| Problem::from(error).answer(who.lang))?;
    Ok(private(Json(page)))
}

/// An answer that is for this reader alone and is never kept by anything between.
pub(super) fn private(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
