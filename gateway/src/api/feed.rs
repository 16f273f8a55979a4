//! `GET /api/v1/feed` and `GET /api/v1/search`.

use super::ask::Ask;
use super::problem::reply;
use super::who::Who;
use super::{ApiParts, Problem, address};
use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use divos_feed::Filter;
use http::{HeaderValue, header};

const FEED: [&str; 12] = [
    "kind", "app", "state", "unit", "unread", "pinned", "done", "snoozed", "q", "since", "cursor",
    "limit",
];

pub(super) async fn list(
    State(parts): State<ApiParts>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Response {
    let listed = async {
        let ask = Ask::read(query.as_deref(), &FEED)?;
        page(
            &parts,
            &who,
            &ask.filter()?,
            ask.text("cursor"),
            ask.limit()?,
        )
        .await
    };
    reply(who.lang, listed.await)
}

pub(super) async fn search(
    State(parts): State<ApiParts>,
    who: Who,
    RawQuery(query): RawQuery,
) -> Response {
    let found = async {
        let ask = Ask::read(query.as_deref(), &["q", "cursor", "limit"])?;
        let q = ask.words()?.ok_or_else(|| {
            Problem::bad_request("Parameter `q` diperlukan.", "The parameter `q` is needed.")
        })?;
        let filter = Filter {
            q: Some(q),
            ..Filter::default()
        };
        page(&parts, &who, &filter, ask.text("cursor"), ask.limit()?).await
    };
    reply(who.lang, found.await)
}

async fn page(
    parts: &ApiParts,
    who: &Who,
    filter: &Filter,
    cursor: Option<&str>,
    limit: usize,
) -> Result<Response, Problem> {
    let page = parts
        .timeline
        .page(&who.reader, filter, cursor, limit)
        .await?;
    Ok(private(Json(address::page(&*parts.launcher, page))))
}

/// An answer that is for this reader alone and is never kept by anything between.
pub(super) fn private(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    response
}
