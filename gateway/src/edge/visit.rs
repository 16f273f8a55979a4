//! What is remembered of one request from its first hook to its last.
//!
//! Owns plain data. Each phase fills in its part; accounting reads all of it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, Method, Version};

use super::conn::ConnInfo;
use crate::phases::guard::Permit;
use crate::phases::{Caller, Failure, Origin, Record, Route, Scheme, TraceContext};
use divos_model::Lang;

/// One request's memory.
pub(super) struct Visit {
    pub(super) started: Instant,
    pub(super) conn: Option<Arc<ConnInfo>>,
    pub(super) method: Method,
    pub(super) version: Version,
    pub(super) host: Arc<str>,
    pub(super) authority: Arc<str>,
    pub(super) path: Arc<str>,
    pub(super) client: IpAddr,
    pub(super) scheme: Scheme,
    pub(super) origin: Option<Origin>,
    pub(super) request_id: Arc<str>,
    pub(super) trace: Option<TraceContext>,
    pub(super) route: Option<Arc<Route>>,
    pub(super) caller: Caller,
    pub(super) permit: Option<Permit>,
    pub(super) asserted: Vec<(HeaderName, HeaderValue)>,
    pub(super) manners: Manners,
    pub(super) silent: bool,
    pub(super) websocket: bool,
    pub(super) turn: usize,
    pub(super) attempt: usize,
    pub(super) choices: usize,
    pub(super) asked_upstream: Option<Instant>,
    pub(super) upstream: Duration,
    pub(super) bytes_in: u64,
    pub(super) failure: Option<Failure>,
}

/// How a failure is told, decided while the request header is at hand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manners {
    pub(super) html: bool,
    pub(super) navigation: bool,
    pub(super) lang: Lang,
}

impl Visit {
    pub(super) fn new() -> Self {
        Self {
            started: Instant::now(),
            conn: None,
            method: Method::GET,
            version: Version::HTTP_11,
            host: Arc::default(),
            authority: Arc::default(),
            path: Arc::default(),
            client: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            scheme: Scheme::Http,
            origin: None,
            request_id: Arc::default(),
            trace: None,
            route: None,
            caller: Caller::anonymous(),
            permit: None,
            asserted: Vec::new(),
            manners: Manners::default(),
            silent: false,
            websocket: false,
            turn: 0,
            attempt: 0,
            choices: 0,
            asked_upstream: None,
            upstream: Duration::ZERO,
            bytes_in: 0,
            failure: None,
        }
    }

    /// The id and trace, made up now if the request did not come far enough to get its own.
    pub(super) fn identity(&mut self) -> (Arc<str>, TraceContext) {
        if self.request_id.is_empty() {
            self.request_id = uuid::Uuid::now_v7().to_string().into();
        }
        let trace = *self.trace.get_or_insert_with(TraceContext::start);
        (self.request_id.clone(), trace)
    }

    /// The finished request as it is written down.
    pub(super) fn record(&mut self, status: u16, bytes_out: u64) -> Record {
        let (request_id, trace) = self.identity();
        Record {
            method: self.method.clone(),
            path: self.path.clone(),
            host: self.host.clone(),
            app: self.route.as_ref().map(|route| route.id.clone()),
            status,
            bytes_in: self.bytes_in,
            bytes_out,
            duration: self.started.elapsed(),
            upstream: self.upstream,
            protocol: self.version,
            who: self.caller.pseudonym().cloned(),
            client: self.client,
            request_id,
            trace,
            navigation: self.manners.navigation,
            failure: self.failure.take(),
        }
    }
}
