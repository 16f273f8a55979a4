//! *Identify, route, guard*, and then either the hub's own service or the app.
//!
//! Owns the order in which a request meets the phases. Everything that decides is a phase or a port.

use std::sync::Arc;

use http::{HeaderValue, Method, StatusCode};
use pingora::proxy::Session;

use super::bridge::{self, Call, Ending};
use super::conn::Role;
use super::intake::{Intake, view};
use super::peer::Authorities;
use super::proxy::Visits;
use super::resolve::Resolver;
use super::visit::Visit;
use super::{EdgeParts, Limits, respond};
use crate::phases::{Decision, Failure, RequestInfo, Route, RouteTable, Scheme, forward, guard};

/// Where a request goes after the policy was asked.
pub(super) enum Next {
    /// To the app.
    Forward,
    /// Nowhere: it was answered.
    Answered,
}

impl Visits {
    pub(super) fn new(parts: EdgeParts) -> Self {
        let resolver = Resolver::new(parts.limits.dns_ttl);
        Self {
            parts,
            resolver,
            authorities: Authorities::default(),
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.parts.limits
    }

    fn routes(&self) -> Arc<RouteTable> {
        self.parts.routes.load_full()
    }

    /// *Identify, route, guard*, and then either the hub's own service or the app.
    pub(super) async fn visit(
        &self,
        session: &mut Session,
        visit: &mut Visit,
    ) -> Result<Next, Failure> {
        let table = self.routes();
        let intake = Intake {
            table: &table,
            trusted: &self.parts.trusted,
            header_bytes: self.limits().header_bytes,
        };
        intake.take_in(session, visit)?;
        let role = visit.conn.as_ref().map(|conn| conn.role.clone());
        if let Some(Role::Redirect { https_port }) = role {
            return self.to_https(session, visit, https_port).await;
        }
        visit.caller = self
            .parts
            .identify
            .identify(&view(session.req_header(), visit))
            .await?;
        let own = table.is_own_path(&visit.path);
        let route = self.judged_route(&table, visit, own)?;
        if let Some(next) = self.judge(session, visit, &route).await? {
            return Ok(next);
        }
        visit.permit = Some(guard::admit(&route)?);
        guard::check_announced_length(&session.req_header().headers, route.def.max_body)?;
        if route.is_hub() {
            return self.call_hub(session, visit, &route).await;
        }
        self.prepare_forward(session, visit, &route).await
    }

    /// The hub's route for the hub's own paths on any host, the app's for all others.
    fn judged_route(
        &self,
        table: &RouteTable,
        visit: &Visit,
        own: bool,
    ) -> Result<Arc<Route>, Failure> {
        if own {
            return Ok(table.hub().clone());
        }
        visit.route.clone().ok_or(Failure::UnknownHost)
    }

    async fn to_https(
        &self,
        session: &mut Session,
        visit: &mut Visit,
        port: u16,
    ) -> Result<Next, Failure> {
        if !matches!(visit.method, Method::GET | Method::HEAD) {
            return Err(Failure::HttpsRequired);
        }
        let host = &visit.host;
        let target = session
            .req_header()
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let location = match port {
            443 => format!("https://{host}{target}"),
            port => format!("https://{host}:{port}{target}"),
        };
        self.send_to(
            session,
            visit,
            StatusCode::PERMANENT_REDIRECT,
            &location,
            None,
        )
        .await
    }

    async fn send_to(
        &self,
        session: &mut Session,
        visit: &mut Visit,
        status: StatusCode,
        location: &str,
        cookie: Option<HeaderValue>,
    ) -> Result<Next, Failure> {
        if respond::redirect(session, visit, status, location, cookie, self.limits())
            .await
            .is_err()
        {
            tracing::debug!("the visitor left before a redirect");
        }
        Ok(Next::Answered)
    }

    /// Asks the policy. `Some` when that already settled the request.
    async fn judge(
        &self,
        session: &mut Session,
        visit: &mut Visit,
        route: &Route,
    ) -> Result<Option<Next>, Failure> {
        let decision =
            self.parts
                .guard
                .decide(&visit.caller, route, &view(session.req_header(), visit));
        match decision {
            Decision::Allow => Ok(None),
            Decision::SignIn {
                location,
                set_cookie,
            } if visit.manners.navigation => self
                .send_to(session, visit, StatusCode::FOUND, &location, set_cookie)
                .await
                .map(Some),
            Decision::SignIn { .. } => Err(Failure::SignInNeeded),
            Decision::Forbidden { why } => Err(Failure::Forbidden { why }),
            Decision::TooMany { retry_after } => Err(Failure::TooMany { retry_after }),
            Decision::Refuse(failure) => Err(failure),
        }
    }

    async fn call_hub(
        &self,
        session: &mut Session,
        visit: &mut Visit,
        route: &Route,
    ) -> Result<Next, Failure> {
        if forward::is_websocket(&session.req_header().headers) {
            tracing::debug!("the hub's own service speaks no WebSocket");
        }
        let (request_id, trace) = visit.identity();
        let call = Call {
            info: RequestInfo {
                request_id,
                client: visit.client,
                scheme: visit.scheme,
                host: visit.host.clone(),
                authority: visit.authority.clone(),
                app: visit
                    .route
                    .as_ref()
                    .map_or_else(|| route.id.clone(), |route| route.id.clone()),
                trace,
            },
            caller: visit.caller.clone(),
            max_body: route.def.max_body,
            hsts: self
                .parts
                .hsts
                .clone()
                .filter(|_| visit.scheme == Scheme::Https),
        };
        let mut received = 0;
        let ending =
            bridge::call(session, &self.parts.hub, call, self.limits(), &mut received).await;
        visit.bytes_in = received;
        match ending {
            Ending::Done => Ok(Next::Answered),
            Ending::Gone => {
                session.set_keepalive(None);
                Ok(Next::Answered)
            }
            Ending::Failed(failure) => Err(failure),
        }
    }

    /// The last decisions before an app is asked; nothing of the hub's own goes further.
    async fn prepare_forward(
        &self,
        session: &mut Session,
        visit: &mut Visit,
        route: &Arc<Route>,
    ) -> Result<Next, Failure> {
        if !route.state.breaker.admits(route.def.breaker.as_ref()) {
            return Err(Failure::BreakerOpen);
        }
        visit.turn = forward::take_turn(route);
        let seen = view(session.req_header(), visit);
        visit.asserted = self
            .parts
            .assert
            .headers(&visit.caller, route, &seen)
            .await?;
        let request = session.req_header_mut();
        forward::drop_hub_credentials(request, &visit.caller);
        if let Some(origin) = &visit.origin {
            origin.write(request, &visit.authority);
        }
        visit.silent = forward::may_be_silent(&request.headers);
        visit.websocket = forward::is_websocket(&request.headers);
        if visit.websocket {
            session.set_read_timeout(None);
        }
        Ok(Next::Forward)
    }

    pub(super) async fn tell(&self, session: &mut Session, visit: &mut Visit, failure: Failure) {
        let told =
            respond::failure(session, visit, failure, &*self.parts.pages, self.limits()).await;
        if let Err(error) = told {
            tracing::debug!(
                error = error.etype().as_str(),
                "the visitor left before a failure could be told"
            );
        }
    }

    pub(super) fn report(&self, visit: &Visit, ok: bool) {
        if let Some(route) = &visit.route {
            route.state.breaker.report(route.def.breaker.as_ref(), ok);
        }
    }
}
