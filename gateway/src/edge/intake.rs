//! From raw request to known visitor: everything before the policy is asked.
//!
//! Owns the order of the first phases and the one rewriting of the request header that follows from them: after
//! [`take_in`] the header holds the canonical path, the public host, and nothing a stranger could have forged.

use http::header::HOST;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri};
use pingora::http::RequestHeader;
use pingora::proxy::Session;

use super::check;
use super::conn::{ConnInfo, Role};
use super::visit::{Manners, Visit};
use crate::phases::request::{is_navigation, wants_html};
use crate::phases::{
    Failure, Origin, RequestView, RouteTable, Scheme, TrustedPeers, identify, lang_of, path, route,
    trace,
};

/// What the first phases need.
pub(super) struct Intake<'a> {
    pub(super) table: &'a RouteTable,
    pub(super) trusted: &'a TrustedPeers,
    pub(super) header_bytes: usize,
}

impl Intake<'_> {
    /// Reads, checks and cleans the request header; fills the visit up to its route.
    ///
    /// # Errors
    /// The first rule the request breaks.
    pub(super) fn take_in(&self, session: &mut Session, visit: &mut Visit) -> Result<(), Failure> {
        let conn = visit.conn.clone().ok_or(Failure::Hub("connection"))?;
        note_manners(session.req_header(), visit);
        self.check(session)?;
        let request = session.req_header_mut();
        self.note_origin(request, &conn, visit);
        let given_host = visit.origin.as_ref().and_then(|origin| origin.host.clone());
        let authority = match given_host {
            Some(host) => host,
            None => own_authority(request)?,
        };
        let (host, _port) = route::split_authority(&authority).ok_or(Failure::Malformed("host"))?;
        visit.host = host.as_str().into();
        visit.authority = authority.to_ascii_lowercase().into();
        identify::strip(request, self.table.reserved());
        identify::join_cookies(request);
        self.note_trace(request, visit);
        let path = canonical_target(request)?;
        visit.path = path.as_str().into();
        rewrite_target(request, path, &visit.authority)?;
        self.find_route(&conn, visit)
    }

    fn check(&self, session: &Session) -> Result<(), Failure> {
        if !session.is_http2() {
            check::raw_header(&session.to_h1_raw(), self.header_bytes)?;
        }
        let request = session.req_header();
        check::method(&request.method, &request.headers)
    }

    fn note_origin(&self, request: &RequestHeader, conn: &ConnInfo, visit: &mut Visit) {
        let spoken = if matches!(conn.role, Role::Tls(_)) {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let origin = Origin::of(&request.headers, conn.peer, spoken, self.trusted);
        visit.client = origin.client;
        visit.scheme = origin.scheme;
        visit.origin = Some(origin);
    }

    fn note_trace(&self, request: &mut RequestHeader, visit: &mut Visit) {
        let trusted = visit.origin.as_ref().is_some_and(|origin| origin.trusted);
        let (request_id, trace) = trace::adopt(request, trusted);
        visit.request_id = request_id;
        visit.trace = Some(trace);
    }

    fn find_route(&self, conn: &ConnInfo, visit: &mut Visit) -> Result<(), Failure> {
        let route = self.table.find(&visit.host).ok_or(Failure::UnknownHost)?;
        visit.route = Some(route.clone());
        match (&conn.role, &conn.sni) {
            (Role::Tls(certs), Some(sni))
                if **sni != *visit.host && !certs.share(sni, &visit.host) =>
            {
                Err(Failure::Misdirected)
            }
            _ => Ok(()),
        }
    }
}

fn note_manners(request: &RequestHeader, visit: &mut Visit) {
    visit.method = request.method.clone();
    visit.version = request.version;
    visit.manners = Manners {
        html: wants_html(&request.headers),
        navigation: is_navigation(&request.method, &request.headers),
        lang: lang_of(&request.headers),
    };
}

/// The host a request names: `Host`, the target's authority, or `:authority`. pingora has refused contradictions.
fn own_authority(request: &RequestHeader) -> Result<String, Failure> {
    let named = match request.headers.get(HOST) {
        Some(host) => host.to_str().map_err(|_| Failure::Malformed("host"))?,
        None => request
            .uri
            .authority()
            .map(|authority| authority.as_str())
            .ok_or(Failure::Malformed("missing host"))?,
    };
    if named.is_empty() || named.contains('@') {
        return Err(Failure::Malformed("host"));
    }
    Ok(named.to_owned())
}

/// The canonical path of the request target; `*` is only for `OPTIONS` and becomes the root.
fn canonical_target(request: &RequestHeader) -> Result<String, Failure> {
    if !request.raw_path_is_utf8() {
        return Err(Failure::AmbiguousPath("not UTF-8"));
    }
    let given = request.uri.path();
    if given == "*" || given.is_empty() {
        return Ok("/".to_owned());
    }
    path::canonical(given).map(std::borrow::Cow::into_owned)
}

fn rewrite_target(
    request: &mut RequestHeader,
    path: String,
    authority: &str,
) -> Result<(), Failure> {
    let target = match request.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let target = PathAndQuery::try_from(target).map_err(|_| Failure::Malformed("target"))?;
    request.set_uri(Uri::from(target));
    let host = HeaderValue::from_str(authority).map_err(|_| Failure::Malformed("host"))?;
    request
        .insert_header(HOST, host)
        .map_err(|_| Failure::HeadersTooLarge)
}

/// The cleaned request as the ports see it.
pub(super) fn view<'a>(request: &'a RequestHeader, visit: &'a Visit) -> RequestView<'a> {
    RequestView {
        method: &request.method,
        scheme: visit.scheme,
        host: &visit.host,
        authority: &visit.authority,
        path: request.uri.path(),
        query: request.uri.query(),
        headers: &request.headers,
        client: visit.client,
        request_id: &visit.request_id,
    }
}
