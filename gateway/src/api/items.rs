//! One item, and the reader's own marks on it.

use super::feed::private;
use super::problem::reply;
use super::who::Who;
use super::{ApiParts, Problem, address};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use chrono::Datelike;
use divos_feed::MarkChange;
use divos_model::ItemId;
use http::{HeaderMap, header};

const BODY_MAX: usize = 4096;

pub(super) async fn get(
    State(parts): State<ApiParts>,
    who: Who,
    Path(id): Path<String>,
) -> Response {
    let found = async {
        let item = parts.timeline.item(&who.reader, read_id(&id)?).await?;
        let mut item = item.ok_or_else(Problem::not_found)?;
        address::item(&*parts.launcher, &mut item);
        Ok(private(Json(item)))
    };
    reply(who.lang, found.await)
}

pub(super) async fn mark(
    State(parts): State<ApiParts>,
    who: Who,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let marked = async {
        let id = read_id(&id)?;
        let change = read_change(request).await?;
        let mark = parts.timeline.set_state(&who.reader, id, &change).await?;
        mark.map(|mark| private(Json(mark)))
            .ok_or_else(Problem::not_found)
    };
    reply(who.lang, marked.await)
}

fn read_id(text: &str) -> Result<ItemId, Problem> {
    text.parse().map_err(|_| {
        Problem::bad_request(
            "Id butir harus berupa UUID.",
            "An item's id must be a UUID.",
        )
    })
}

async fn read_change(request: Request) -> Result<MarkChange, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::not_json());
    }
    let body = axum::body::to_bytes(request.into_body(), BODY_MAX)
        .await
        .map_err(|_| Problem::too_large(BODY_MAX))?;
    // An object and nothing else: serde would take a list of values for a struct too.
    let fields = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body);
    let change = fields.and_then(|fields| serde_json::from_value(fields.into()));
    let change: MarkChange = change.map_err(|error| {
        Problem::bad_request(
            format!("Isi permintaan tidak sesuai: {error}."),
            format!("The body does not fit: {error}."),
        )
    })?;
    // RFC 3339 knows four digits of year; a later one has no local time and would break its reader's pages.
    match change.snoozed_until.flatten() {
        Some(until) if !(1970..=9999).contains(&until.year()) => Err(Problem::bad_request(
            "`snoozed_until` harus antara tahun 1970 dan 9999.",
            "`snoozed_until` must be between the years 1970 and 9999.",
        )),
        _ => Ok(change),
    }
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_time_that_no_page_can_show_is_refused() {
        let read = async |until: &str| {
            let body = format!("{{\"snoozed_until\":\"{until}\"}}");
            let request = Request::builder().header(header::CONTENT_TYPE, "application/json");
            let request = request.body(body.into()).expect("a request");
            read_change(request).await.is_ok()
        };
        assert!(read("2026-12-31T23:59:59Z").await);
        assert!(!read("+262142-12-31T23:59:59Z").await);
        assert!(!read("-262143-01-01T00:00:00Z").await);
    }
}
