//! `GET /api/v1/feed/stream`: server-sent events with replay.

use super::who::Who;
use super::{ApiParts, Problem};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use divos_feed::LiveEvent;
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, header};
use std::convert::Infallible;
use std::time::Duration;

/// A comment is sent this often, so that a proxy between does not close a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream ends after this long; the browser connects again and its rights are resolved anew.
const LIFETIME: Duration = Duration::from_secs(300);

pub(super) async fn stream(
    State(parts): State<ApiParts>,
    who: Who,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let last = last_event_id(&headers).map_err(|problem| problem.answer(who.lang))?;
    let events = parts
        .live
        .subscribe(who.reader.clone(), last)
        .await
        .map_err(|error| Problem::from(error).answer(who.lang))?;
    let events = events
        .take_until(tokio::time::sleep(LIFETIME))
        .map(|event| Ok::<_, Infallible>(written(&event)));
    let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("hidup");
    let mut response = Sse::new(events).keep_alive(heartbeat).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

fn written(event: &LiveEvent) -> Event {
    Event::default().id(event.seq().to_string()).event(event.name()).data(event.json())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    value.to_str().ok().and_then(|text| text.parse().ok()).map(Some).ok_or_else(|| {
        Problem::bad_request(
            "`Last-Event-ID` harus berupa angka seq.",
            "`Last-Event-ID` must be a seq.",
        )
    })
}
