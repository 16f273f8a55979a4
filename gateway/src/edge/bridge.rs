//! The hub's own service, called in process on the visitor's own connection.
//!
//! Owns the translation of one exchange: a request body fed on demand while the handler runs, a response written as
//! it is made, and every way in which one of the two ends early. Only reads are ever abandoned half-way; a write
//! that is not finished would leave half a frame on the wire.

use std::panic::AssertUnwindSafe;

use axum::body::Body;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::header::{CONTENT_LENGTH, EXPECT, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Request, Response, StatusCode, Version};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use pingora::http::ResponseHeader;
use pingora::proxy::Session;
use tower::ServiceExt as _;

use super::fed_body::{Feeder, fed_body};
use super::respond::{discard_body, spare_connection};
use super::{HubService, Limits};
use crate::phases::answer::drop_framing;
use crate::phases::trace::REQUEST_ID;
use crate::phases::{Caller, Failure, Headers as _, RequestInfo};

/// How an exchange with the hub's own service ended.
pub(super) enum Ending {
    /// Answered in full.
    Done,
    /// The visitor left; the handler was dropped.
    Gone,
    /// To be answered by the edge, if nothing was written yet.
    Failed(Failure),
}

/// What the bridge is told about the request.
pub(super) struct Call {
    pub(super) info: RequestInfo,
    pub(super) caller: Caller,
    pub(super) max_body: u64,
    pub(super) hsts: Option<HeaderValue>,
}

/// Calls the service and writes what it answers.
pub(super) async fn call(
    session: &mut Session,
    service: &HubService,
    call: Call,
    limits: &Limits,
    bytes_in: &mut u64,
) -> Ending {
    let decorate = Decoration {
        request_id: call.info.request_id.to_string(),
        hsts: call.hsts.clone(),
    };
    let mut source = Source::new(session, &call, limits);
    let request = source.request(session, &call);
    let handler = AssertUnwindSafe(service.clone().oneshot(request)).catch_unwind();
    let ending = exchange(session, &mut source, Box::pin(handler), &decorate, limits).await;
    *bytes_in = source.received;
    if matches!(ending, Ending::Done) {
        discard_body(session, limits).await;
    }
    ending
}

type Answer = std::thread::Result<Result<Response<Body>, std::convert::Infallible>>;
type Handler<'a> = BoxFuture<'a, Answer>;

async fn exchange(
    session: &mut Session,
    source: &mut Source,
    mut handler: Handler<'_>,
    decorate: &Decoration,
    limits: &Limits,
) -> Ending {
    let response = loop {
        let event = tokio::select! {
            biased;
            answer = &mut handler => Event::Answer(answer),
            event = source.next(session) => event,
        };
        match event {
            Event::Answer(Ok(Ok(response))) => break response,
            Event::Answer(Ok(Err(never))) => match never {},
            Event::Answer(Err(_panic)) => {
                return Ending::Failed(Failure::Hub("a handler panicked"));
            }
            Event::Input(input) => {
                if let Err(ending) = source.accept(session, input).await {
                    return ending;
                }
            }
        }
    };
    drop(handler);
    match write(session, source, response, decorate, limits).await {
        Ok(()) => Ending::Done,
        Err(ending) => ending,
    }
}

enum Event {
    Answer(Answer),
    Input(Input),
}

/// What the visitor's side can bring.
enum Input {
    /// The handler wants to read and nobody has told the visitor to go on.
    Wanted,
    Chunk(Bytes),
    End,
    Stalled,
    Gone,
}

/// The request body, read only when wanted; afterwards a watch for a visitor who leaves.
struct Source {
    feeder: Option<Feeder>,
    wanted: bool,
    expects: bool,
    received: u64,
    max_body: u64,
    patience: std::time::Duration,
    body: Option<Body>,
}

impl Source {
    fn new(session: &mut Session, call: &Call, limits: &Limits) -> Self {
        let mut source = Self {
            feeder: None,
            wanted: false,
            expects: false,
            received: 0,
            max_body: call.max_body,
            patience: limits.body_idle,
            body: Some(Body::empty()),
        };
        if !session.is_body_done() {
            let headers = &session.req_header().headers;
            let length = headers
                .get(CONTENT_LENGTH)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            let (feeder, body) = fed_body(length);
            source.expects = headers
                .get(EXPECT)
                .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"));
            (source.feeder, source.body) = (Some(feeder), Some(Body::new(body)));
        }
        source
    }

    fn request(&mut self, session: &Session, call: &Call) -> Request<Body> {
        let mut parts = session.req_header().as_owned_parts();
        parts.headers.remove(EXPECT);
        parts.extensions.insert(call.info.clone());
        parts.extensions.insert(call.caller.clone());
        Request::from_parts(parts, self.body.take().unwrap_or_default())
    }

    /// The next thing from the visitor's side. Dropping this future loses nothing.
    async fn next(&mut self, session: &mut Session) -> Event {
        let Some(feeder) = &self.feeder else {
            return Event::Input(until_gone(session).await);
        };
        if !self.wanted {
            feeder.wanted().await;
            return Event::Input(Input::Wanted);
        }
        let read = tokio::time::timeout(self.patience, session.read_request_body()).await;
        Event::Input(match read {
            Ok(Ok(Some(chunk))) => Input::Chunk(chunk),
            Ok(Ok(None)) => Input::End,
            Ok(Err(_)) => Input::Gone,
            Err(_) => Input::Stalled,
        })
    }

    /// Does what an input asks for; an ending when the exchange is over.
    async fn accept(&mut self, session: &mut Session, input: Input) -> Result<(), Ending> {
        match input {
            Input::Wanted => self.want(session).await,
            Input::Chunk(chunk) => self.feed(session, chunk),
            Input::End => {
                self.feeder = None;
                Ok(())
            }
            Input::Stalled => Err(Ending::Failed(Failure::BodyStalled)),
            Input::Gone => Err(Ending::Gone),
        }
    }

    async fn want(&mut self, session: &mut Session) -> Result<(), Ending> {
        self.wanted = true;
        if std::mem::take(&mut self.expects)
            && !session.is_http2()
            && session.response_written().is_none()
        {
            // pingora would close the connection after an informational answer to an unread body.
            let keepalive = session.get_keepalive();
            let head =
                ResponseHeader::build(StatusCode::CONTINUE, Some(0)).map_err(|_| Ending::Gone)?;
            let sent = session
                .as_downstream_mut()
                .write_response_header(Box::new(head))
                .await;
            sent.map_err(|_| Ending::Gone)?;
            session.set_keepalive(keepalive);
        }
        Ok(())
    }

    fn feed(&mut self, session: &mut Session, chunk: Bytes) -> Result<(), Ending> {
        self.received += chunk.len() as u64;
        if self.received > self.max_body {
            return Err(Ending::Failed(Failure::BodyTooLarge {
                limit: self.max_body,
            }));
        }
        if chunk.is_empty() {
            return Ok(());
        }
        self.wanted = false;
        let fed = self
            .feeder
            .as_ref()
            .is_some_and(|feeder| feeder.feed(Ok(chunk)));
        if !fed || session.is_body_done() {
            self.feeder = None;
        }
        Ok(())
    }

    /// Nobody will read the rest.
    fn give_up_if_abandoned(&mut self) {
        if self.feeder.as_ref().is_some_and(Feeder::is_abandoned) {
            self.feeder = None;
        }
    }
}

/// Resolves when the visitor leaves; never while an unread body is in the way.
async fn until_gone(session: &mut Session) -> Input {
    if !session.is_body_done() {
        return std::future::pending().await;
    }
    match session.as_downstream_mut().read_body_or_idle(true).await {
        Ok(_) | Err(_) => Input::Gone,
    }
}

/// What every answer of the hub carries.
struct Decoration {
    request_id: String,
    hsts: Option<HeaderValue>,
}

async fn write(
    session: &mut Session,
    source: &mut Source,
    response: Response<Body>,
    decorate: &Decoration,
    limits: &Limits,
) -> Result<(), Ending> {
    let (mut parts, mut body) = response.into_parts();
    drop_framing(&mut parts.headers);
    let bodiless = is_bodiless(&session.req_header().method, parts.status);
    frame(&mut parts, &body, session.req_header(), bodiless);
    let mut head = ResponseHeader::from(parts);
    head.set_version(Version::HTTP_11);
    if let Ok(id) = HeaderValue::from_str(&decorate.request_id) {
        head.set(REQUEST_ID, id);
    }
    if let Some(hsts) = &decorate.hsts {
        head.set(http::header::STRICT_TRANSPORT_SECURITY, hsts.clone());
    }
    let downstream = session.as_downstream_mut();
    downstream.set_write_timeout(Some(limits.write_stall));
    spare_connection(downstream);
    downstream
        .write_response_header(Box::new(head))
        .await
        .map_err(|_| Ending::Gone)?;
    if !bodiless {
        stream(session, source, &mut body).await?;
    }
    session
        .as_downstream_mut()
        .finish_body()
        .await
        .map_err(|_| Ending::Gone)
}

async fn stream(session: &mut Session, source: &mut Source, body: &mut Body) -> Result<(), Ending> {
    loop {
        source.give_up_if_abandoned();
        let input = tokio::select! {
            biased;
            frame = AssertUnwindSafe(body.frame()).catch_unwind() => {
                match frame {
                    Ok(None) => return Ok(()),
                    Ok(Some(Ok(frame))) => write_frame(session, frame).await?,
                    // The header is out: all that can still be said is that the body is not whole.
                    Ok(Some(Err(_))) | Err(_) => return Err(cut_short(session).await),
                }
                continue;
            }
            Event::Input(input) = source.next(session) => input,
        };
        source.accept(session, input).await?;
    }
}

async fn write_frame(session: &mut Session, frame: http_body::Frame<Bytes>) -> Result<(), Ending> {
    let Ok(data) = frame.into_data() else {
        return Ok(());
    };
    if data.is_empty() {
        return Ok(());
    }
    let written = session
        .as_downstream_mut()
        .write_response_body(data, false)
        .await;
    written.map_err(|_| Ending::Gone)
}

async fn cut_short(session: &mut Session) -> Ending {
    session.set_keepalive(None);
    session.as_downstream_mut().shutdown().await;
    Ending::Failed(Failure::Hub("a response broke off"))
}

fn is_bodiless(method: &Method, status: StatusCode) -> bool {
    *method == Method::HEAD
        || status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

/// pingora frames nothing by itself: an exact size becomes `Content-Length`, anything else is chunked on HTTP/1.1
/// and ends with the connection on HTTP/1.0.
fn frame(
    parts: &mut http::response::Parts,
    body: &Body,
    request: &pingora::http::RequestHeader,
    bodiless: bool,
) {
    let exact = body.size_hint().exact();
    if parts.status.is_informational() || parts.status == StatusCode::NO_CONTENT {
        parts.headers.remove(CONTENT_LENGTH);
        return;
    }
    if let (Some(length), false) = (
        exact,
        bodiless && parts.headers.contains_key(CONTENT_LENGTH),
    ) {
        if !(bodiless && length == 0) {
            parts
                .headers
                .insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        return;
    }
    if parts.headers.contains_key(CONTENT_LENGTH) || bodiless {
        return;
    }
    if request.version == Version::HTTP_11 {
        parts
            .headers
            .insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
}
