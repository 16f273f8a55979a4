//! `GET /api/v1/feed/stream`: server-sent events with replay.

use super::problem::reply;
use super::who::Who;
use super::{ApiParts, Problem, address};
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use divos_feed::LiveEvent;
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, header};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// A comment is sent this often, so that a proxy between does not close a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A stream ends after this long in any case; the browser connects again.
const LIFETIME: Duration = Duration::from_secs(300);
/// This often it is looked whether the reader is still let in and may still read the same.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

pub(super) async fn stream(
    State(parts): State<ApiParts>,
    who: Who,
    headers: HeaderMap,
) -> Response {
    reply(who.lang, subscribe(parts, who, headers).await)
}

async fn subscribe(parts: ApiParts, who: Who, headers: HeaderMap) -> Result<Response, Problem> {
    let last = last_event_id(&headers)?;
    let events = parts.live.subscribe(who.reader.clone(), last).await?;
    let launcher = Arc::clone(&parts.launcher);
    // A stopping hub would wait for its streams until it cuts them.
    let stopping = parts.ready.stopping();
    let refused = until_refused(async move || who.is_still(&headers, &parts).await);
    let over = futures::future::select(Box::pin(refused), Box::pin(stopping));
    let events = events
        .take_until(over)
        .map(move |event| Ok::<_, Infallible>(written(&address::event(&*launcher, event))));
    let heartbeat = KeepAlive::new().interval(HEARTBEAT).text("hidup");
    let mut response = Sse::new(events).keep_alive(heartbeat).into_response();
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    Ok(response)
}

/// Waits until the stream has to end: whoever signed out, was disabled or holds other posts hears no more.
async fn until_refused(mut is_still: impl AsyncFnMut() -> bool) {
    let end = tokio::time::Instant::now() + LIFETIME;
    while tokio::time::Instant::now() < end {
        tokio::time::sleep(LOOK_AGAIN).await;
        if !is_still().await {
            return;
        }
    }
}

fn written(event: &LiveEvent) -> Event {
    Event::default()
        .id(event.seq().to_string())
        .event(event.name())
        .data(event.json())
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .map(Some)
        .ok_or_else(|| {
            Problem::bad_request(
                "`Last-Event-ID` harus berupa angka seq.",
                "`Last-Event-ID` must be a seq.",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_with_the_right_to_it_and_after_its_lifetime() {
        let began = tokio::time::Instant::now();
        let mut looks = 0;
        until_refused(async || {
            looks += 1;
            looks < 3
        })
        .await;
        assert_eq!((looks, began.elapsed()), (3, LOOK_AGAIN * 3));
        let began = tokio::time::Instant::now();
        until_refused(async || true).await;
        assert_eq!(began.elapsed(), LIFETIME);
    }
}
