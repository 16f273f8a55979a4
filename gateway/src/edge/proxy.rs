//! The hooks, top to bottom in the order a request meets them.
//!
//! Owns the calls of the phases and nothing of what they decide. Each hook is a few lines; what needs more has a
//! file of its own.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;
use pingora::http::{RequestHeader, ResponseHeader};
use pingora::modules::http::HttpModules;
use pingora::proxy::{FailToProxy, ProxyHttp, Session};
use pingora::upstreams::peer::HttpPeer;
use pingora::{Error, ErrorSource, ErrorType, Result};

use super::EdgeParts;
use super::conn::info_of;
use super::handle::Next;
use super::peer::{Authorities, Manner, peer};
use super::resolve::Resolver;
use super::visit::Visit;
use crate::phases::answer::{self, Public};
use crate::phases::{Failure, forward};

/// One proxy for all hosts.
pub(super) struct Visits {
    pub(super) parts: EdgeParts,
    pub(super) resolver: Resolver,
    pub(super) authorities: Authorities,
}

#[async_trait]
impl ProxyHttp for Visits {
    type CTX = Visit;

    fn new_ctx(&self) -> Visit {
        Visit::new()
    }

    /// No modules: what pingora adds by default is switched off anyway.
    fn init_downstream_modules(&self, _modules: &mut HttpModules) {}

    async fn early_request_filter(&self, session: &mut Session, visit: &mut Visit) -> Result<()> {
        visit.conn = info_of(session);
        if let Some(conn) = &visit.conn {
            conn.gate.open();
            visit.client = conn.peer.ip();
        }
        // Only when it is on already: switching it on would undo what HTTP/1.0 and contradictory framing switched off.
        if session.get_keepalive().is_some() {
            let keep = if session.is_process_shutting_down() {
                None
            } else {
                Some(self.limits().keep_alive.as_secs().max(1))
            };
            session.set_keepalive(keep);
        }
        let limits = self.limits();
        let downstream = session.as_downstream_mut();
        if let pingora::protocols::http::ServerSession::H1(h1) = downstream {
            h1.set_pipelining_enabled(true);
        }
        downstream.set_read_timeout(Some(limits.body_idle));
        downstream.set_write_timeout(Some(limits.write_stall));
        downstream.set_total_drain_timeout(Some(limits.refused_body_patience));
        Ok(())
    }

    async fn request_filter(&self, session: &mut Session, visit: &mut Visit) -> Result<bool> {
        match self.visit(session, visit).await {
            Ok(Next::Forward) => Ok(false),
            Ok(Next::Answered) => Ok(true),
            Err(failure) => {
                self.tell(session, visit, failure).await;
                Ok(true)
            }
        }
    }

    async fn request_body_filter(
        &self,
        _session: &mut Session,
        body: &mut Option<Bytes>,
        _end: bool,
        visit: &mut Visit,
    ) -> Result<()> {
        visit.bytes_in += body.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let limit = visit.route.as_ref().map_or(0, |route| route.def.max_body);
        if visit.bytes_in > limit {
            visit.failure = Some(Failure::BodyTooLarge { limit });
            return Err(Error::new_down(ErrorType::HTTPStatus(413)));
        }
        Ok(())
    }

    async fn upstream_peer(
        &self,
        _session: &mut Session,
        visit: &mut Visit,
    ) -> Result<Box<HttpPeer>> {
        let route = visit
            .route
            .clone()
            .ok_or_else(|| Error::new_in(ErrorType::InternalError))?;
        let upstream = forward::choose(&route, visit.turn.wrapping_add(visit.attempt))
            .ok_or_else(|| Error::new_in(ErrorType::InternalError))?;
        visit.asked_upstream = Some(Instant::now());
        visit.bytes_in = 0;
        let addresses = self
            .resolver
            .resolve(&upstream.host, upstream.port)
            .await
            .map_err(|_| Error::new_up(ErrorType::ConnectNoRoute))?;
        let others = route.upstreams.len();
        visit.choices = others * addresses.len();
        let address = addresses[(visit.attempt / others) % addresses.len()];
        let manner = match (visit.websocket, visit.silent) {
            (true, _) => Manner::WebSocket,
            (false, true) => Manner::Events,
            (false, false) => Manner::Request,
        };
        peer(&self.authorities, &route, upstream, address, manner).map_err(|failure| {
            visit.failure = Some(failure);
            Error::new_in(ErrorType::InternalError)
        })
    }

    async fn upstream_request_filter(
        &self,
        _session: &mut Session,
        request: &mut RequestHeader,
        visit: &mut Visit,
    ) -> Result<()> {
        if let Some(route) = &visit.route
            && let Some(upstream) = forward::choose(route, visit.turn.wrapping_add(visit.attempt))
        {
            forward::set_host(request, route, upstream, &visit.authority);
        }
        forward::assert_identity(request, &visit.asserted);
        Ok(())
    }

    async fn upstream_response_filter(
        &self,
        _session: &mut Session,
        response: &mut ResponseHeader,
        visit: &mut Visit,
    ) -> Result<()> {
        if response.status.is_informational() && response.status != StatusCode::SWITCHING_PROTOCOLS
        {
            answer::drop_hop_by_hop(response, response.status);
            return Ok(());
        }
        visit.upstream = visit
            .asked_upstream
            .map_or(Duration::ZERO, |asked| asked.elapsed());
        self.report(visit, true);
        if let Some(route) = &visit.route {
            let public = Public {
                scheme: visit.scheme,
                authority: &visit.authority,
                hsts: self.parts.hsts.as_ref(),
            };
            answer::clean(response, response.status, route, &public);
        }
        if let Ok(id) = http::HeaderValue::from_str(&visit.request_id) {
            response.insert_header(crate::phases::trace::REQUEST_ID, id)?;
        }
        Ok(())
    }

    /// Another address may do better; nothing of the request was sent yet.
    fn fail_to_connect(
        &self,
        _session: &mut Session,
        _peer: &HttpPeer,
        visit: &mut Visit,
        mut error: Box<Error>,
    ) -> Box<Error> {
        visit.attempt += 1;
        error.set_retry(visit.attempt < visit.choices.min(self.limits().tries));
        error
    }

    /// Only what may be repeated, only while its body is still at hand, only when a kept connection had died.
    fn error_while_proxy(
        &self,
        _peer: &HttpPeer,
        session: &mut Session,
        mut error: Box<Error>,
        _visit: &mut Visit,
        reused: bool,
    ) -> Box<Error> {
        if !session.req_header().method.is_idempotent() || session.as_ref().retry_buffer_truncated()
        {
            error.set_retry(false);
        } else {
            error.retry.decide_reuse(reused);
        }
        error
    }

    async fn fail_to_proxy(
        &self,
        session: &mut Session,
        error: &Error,
        visit: &mut Visit,
    ) -> FailToProxy {
        let failure = visit.failure.take().or_else(|| failure_of(error));
        let blames_app = *error.esource() == ErrorSource::Upstream;
        if blames_app {
            self.report(visit, false);
        }
        let status = failure
            .as_ref()
            .map_or(0, |failure| failure.status().as_u16());
        session.set_keepalive(None);
        if let Some(failure) = failure {
            tracing::debug!(%failure, error = error.etype().as_str(), "a request failed");
            self.tell(session, visit, failure).await;
        }
        FailToProxy {
            error_code: status,
            can_reuse_downstream: false,
        }
    }

    fn suppress_error_log(&self, _session: &Session, _visit: &Visit, _error: &Error) -> bool {
        true
    }

    async fn logging(&self, session: &mut Session, _error: Option<&Error>, visit: &mut Visit) {
        let status = session
            .response_written()
            .map_or(0, |response| response.status.as_u16());
        let sent = session.as_downstream().body_bytes_sent() as u64;
        let record = visit.record(status, sent);
        self.parts.account.account(&record);
        if let Some(conn) = visit.conn.as_ref().filter(|_| !session.is_http2()) {
            conn.gate.close();
        }
    }
}

/// What a visitor is told about pingora's error; `None` when it was the visitor who left.
fn failure_of(error: &Error) -> Option<Failure> {
    use ErrorType as Kind;
    match (error.esource(), error.etype()) {
        (ErrorSource::Downstream, Kind::ReadTimedout) => Some(Failure::BodyStalled),
        (ErrorSource::Downstream, Kind::InvalidHTTPHeader) => {
            Some(Failure::Malformed("connection options"))
        }
        (ErrorSource::Downstream, Kind::HTTPStatus(413)) => {
            Some(Failure::BodyTooLarge { limit: 0 })
        }
        (ErrorSource::Downstream, _) => None,
        (
            ErrorSource::Upstream,
            Kind::ConnectTimedout
            | Kind::ReadTimedout
            | Kind::WriteTimedout
            | Kind::TLSHandshakeTimedout,
        ) => Some(Failure::TimedOut),
        (
            ErrorSource::Upstream,
            Kind::ConnectRefused
            | Kind::ConnectNoRoute
            | Kind::ConnectError
            | Kind::SocketError
            | Kind::TLSHandshakeFailure
            | Kind::InvalidCert
            | Kind::HandshakeError,
        ) => Some(Failure::Unreachable),
        (ErrorSource::Upstream, _) => Some(Failure::BadGateway),
        (ErrorSource::Internal | ErrorSource::Unset, _) => Some(Failure::Hub("proxying")),
    }
}
