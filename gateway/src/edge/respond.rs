//! What the edge says by itself: failures, and redirects to sign-in or to HTTPS.
//!
//! Owns the writing of small answers and the polite end of a request whose body nobody wants. A person gets a page
//! in their language, a program gets RFC 9457 JSON, and nobody gets an upstream's address.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HeaderName, HeaderValue, LOCATION,
    RETRY_AFTER, SET_COOKIE, VARY,
};
use http::{Method, StatusCode};
use pingora::Result;
use pingora::http::ResponseHeader;
use pingora::protocols::http::ServerSession;
use pingora::proxy::Session;

use super::Limits;
use super::visit::Visit;
use crate::phases::trace::REQUEST_ID;
use crate::phases::{ErrorPages, Failure, Headers as _};

const CONTENT_SECURITY: HeaderName = http::header::CONTENT_SECURITY_POLICY;
const NOSNIFF: HeaderName = http::header::X_CONTENT_TYPE_OPTIONS;

/// Tells a failure, unless a response was begun already. The visit remembers it for accounting.
pub(super) async fn failure(
    session: &mut Session,
    visit: &mut Visit,
    failure: Failure,
    pages: &dyn ErrorPages,
    limits: &Limits,
) -> Result<()> {
    let begun = session
        .response_written()
        .is_some_and(|response| !response.status.is_informational());
    if begun {
        visit.failure = Some(failure);
        return Ok(());
    }
    let (request_id, _) = visit.identity();
    let lang = visit.manners.lang;
    let (kind, text) = if visit.manners.html {
        (
            "text/html; charset=utf-8",
            pages.page(&failure, visit.route.as_deref(), lang, &request_id),
        )
    } else {
        (
            "application/problem+json",
            failure.problem(lang, &request_id),
        )
    };
    let mut head = small_head(failure.status(), &request_id)?;
    head.set(CONTENT_TYPE, HeaderValue::from_static(kind));
    head.set(
        http::header::CONTENT_LANGUAGE,
        HeaderValue::from_static(lang.tag()),
    );
    head.set(VARY, HeaderValue::from_static("accept, accept-language"));
    if visit.manners.html {
        head.set(CONTENT_SECURITY, pages.policy());
    }
    if let Some(seconds) = failure.retry_after() {
        head.set(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if matches!(failure, Failure::Malformed(_) | Failure::HeadersTooLarge) {
        // Whatever follows on this connection cannot be trusted to begin where it seems to.
        session.set_keepalive(None);
    }
    visit.failure = Some(failure);
    small_answer(session, head, text.into(), limits).await
}

/// Sends the visitor elsewhere.
pub(super) async fn redirect(
    session: &mut Session,
    visit: &mut Visit,
    status: StatusCode,
    location: &str,
    cookie: Option<HeaderValue>,
    limits: &Limits,
) -> Result<()> {
    let (request_id, _) = visit.identity();
    let mut head = small_head(status, &request_id)?;
    match HeaderValue::from_str(location) {
        Ok(location) => head.set(LOCATION, location),
        Err(_) => tracing::warn!("a redirect location is not a header value"),
    }
    if let Some(cookie) = cookie {
        head.set(SET_COOKIE, cookie);
    }
    small_answer(session, head, Bytes::new(), limits).await
}

fn small_head(status: StatusCode, request_id: &str) -> Result<ResponseHeader> {
    let mut head = ResponseHeader::build(status, Some(10))?;
    head.set(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    head.set(NOSNIFF, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        head.set(REQUEST_ID, id);
    }
    Ok(head)
}

async fn small_answer(
    session: &mut Session,
    mut head: ResponseHeader,
    body: Bytes,
    limits: &Limits,
) -> Result<()> {
    head.set(CONTENT_LENGTH, HeaderValue::from(body.len()));
    let downstream = session.as_downstream_mut();
    downstream.set_write_timeout(Some(limits.write_stall));
    spare_connection(downstream);
    downstream.write_response_header(Box::new(head)).await?;
    let silent = body.is_empty() || downstream.req_header().method == Method::HEAD;
    if silent {
        downstream.finish_body().await?;
    } else {
        downstream.write_response_body(body, true).await?;
    }
    discard_body(session, limits).await;
    Ok(())
}

/// A rest of a body up to this size is read rather than the connection given up.
const SMALL_REST: u64 = 64 << 10;

/// Keeps the connection through an early answer when little of the body can be left; see [`discard_body`]. A visitor
/// who waits for `100 Continue` may never send it, so that connection cannot be kept (RFC 9110 §10.1.1).
pub(super) fn spare_connection(downstream: &mut ServerSession) {
    let headers = &downstream.req_header().headers;
    if headers.contains_key(EXPECT) {
        return;
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length <= SMALL_REST) {
        downstream.set_close_on_response_before_downstream_finish(false);
    }
}

/// Reads on for a while after an early answer: closing at once would reset the connection, and the visitor would
/// see the reset instead of the answer. On HTTP/2 the stream alone ends, so nothing need be read.
pub(super) async fn discard_body(session: &mut Session, limits: &Limits) {
    if session.is_http2() || session.is_body_done() {
        return;
    }
    let _ = tokio::time::timeout(limits.refused_body_patience, async {
        let mut left = limits.refused_body_drain;
        while let Ok(Some(chunk)) = session.read_request_body().await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                break;
            }
        }
    })
    .await;
    if !session.is_body_done() {
        session.set_keepalive(None);
    }
}
