//! A hub with stand-ins behind every port, on free loopback ports.
//!
//! The stand-ins are simple on purpose: the cookie `__Host-divos=NAME` or the token `divos-NAME` is that person; paths
//! under `/private` need a person, `/admin` needs `admin`; an app learns the name in `X-Divos-User`.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use axum::Router;
use divos_gateway::edge::{Drained, Edge, EdgeParts, HubService, Limits, Listener, hub_service};
use divos_gateway::phases::{
    Account, Assert, BuiltInPages, Caller, Credential, Decision, Failure, Guard, HubDef, Identify,
    Record, RequestView, Route, RouteDef, RouteTable, TrustedPeers,
};
use divos_gateway::tls::{Authority, ServerCerts, load};
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::soon;

pub struct Cookies;

#[async_trait]
impl Identify for Cookies {
    async fn identify(&self, request: &RequestView<'_>) -> Result<Caller, Failure> {
        let text = |name: &HeaderName| {
            request
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or("")
        };
        if let Some(name) = text(&AUTHORIZATION).strip_prefix("Bearer divos-") {
            return Ok(Caller::known(name, Credential::Bearer, name.to_owned()));
        }
        let cookie = text(&COOKIE)
            .split(';')
            .find_map(|pair| pair.trim().strip_prefix("__Host-divos="));
        Ok(cookie.map_or_else(Caller::anonymous, |name| {
            Caller::known(name, Credential::Session, name.to_owned())
        }))
    }
}

pub struct Paths;

impl Guard for Paths {
    fn decide(&self, caller: &Caller, route: &Route, request: &RequestView<'_>) -> Decision {
        let name = caller.get::<String>().map(String::as_str);
        let private = request.path.starts_with("/private") || request.path.starts_with("/admin");
        match name {
            None if private => Decision::SignIn {
                set_cookie: None,
                location: format!("https://hub.test/login?return={}", request.url()),
            },
            Some("admin") => Decision::Allow,
            _ if request.path.starts_with("/admin") => Decision::Forbidden { why: None },
            _ if request.path == "/slow-down" => Decision::TooMany { retry_after: 7 },
            _ if route.is_hub() || !private || name.is_some() => Decision::Allow,
            _ => Decision::Forbidden { why: None },
        }
    }
}

pub struct Names;

#[async_trait]
impl Assert for Names {
    async fn headers(
        &self,
        caller: &Caller,
        route: &Route,
        _request: &RequestView<'_>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
        let Some(name) = caller.get::<String>() else {
            return Ok(Vec::new());
        };
        if name == "vault-down" {
            return Err(Failure::Hub("vault"));
        }
        let value = HeaderValue::from_str(name).unwrap();
        let mut set = vec![(HeaderName::from_static("x-divos-user"), value.clone())];
        set.extend(
            route
                .def
                .sso_headers
                .iter()
                .map(|header| (header.clone(), value.clone())),
        );
        Ok(set)
    }
}

#[derive(Default)]
pub struct Ledger {
    records: Mutex<Vec<Record>>,
    changed: Notify,
}

impl Account for Ledger {
    fn account(&self, record: &Record) {
        self.records.lock().unwrap().push(record.clone());
        self.changed.notify_one();
    }
}

/// What a test may change before its hub starts.
pub struct Plan {
    pub apps: Vec<RouteDef>,
    pub hub: HubDef,
    pub service: HubService,
    pub limits: Limits,
    pub trusted: TrustedPeers,
    pub hsts: Option<HeaderValue>,
}

impl Plan {
    pub fn new() -> Self {
        Self {
            apps: Vec::new(),
            hub: HubDef::new(vec!["hub.test".into()]),
            service: hub_service(Router::new().route("/", axum::routing::get(|| async { "hub" }))),
            limits: Limits {
                drain: Duration::from_secs(2),
                ..Limits::default()
            },
            trusted: TrustedPeers::none(),
            hsts: None,
        }
    }

    pub fn app(mut self, id: &str, upstream: url::Url) -> Self {
        self.apps
            .push(RouteDef::new(id, format!("{id}.hub.test"), vec![upstream]));
        self
    }

    pub fn last(mut self, change: impl FnOnce(&mut RouteDef)) -> Self {
        change(self.apps.last_mut().unwrap());
        self
    }

    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    pub fn service(mut self, router: Router) -> Self {
        self.service = hub_service(router);
        self
    }

    pub fn trusting(mut self, network: &str) -> Self {
        self.trusted = TrustedPeers::parse([network]).unwrap();
        self
    }

    pub async fn start(self) -> Hub {
        Hub::start(self).await
    }
}

/// A running hub; ends when dropped.
pub struct Hub {
    pub plain: SocketAddr,
    pub tls: SocketAddr,
    pub redirect: SocketAddr,
    pub ca: Vec<u8>,
    pub certs: Arc<ServerCerts>,
    pub routes: Arc<ArcSwap<RouteTable>>,
    ledger: Arc<Ledger>,
    stop: CancellationToken,
    task: Option<JoinHandle<Drained>>,
    _dir: tempfile::TempDir,
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl Hub {
    async fn start(plan: Plan) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().unwrap();
        let names = ["hub.test".to_owned(), "*.hub.test".to_owned()];
        let authority = Authority::open(dir.path(), &names, chrono::Utc::now()).unwrap();
        let certs = ServerCerts::new(load(&[authority.leaf()]).unwrap());
        let routes = RouteTable::build(plan.hub, plan.apps).unwrap();
        let routes = Arc::new(ArcSwap::from_pointee(routes));
        let ledger = Arc::new(Ledger::default());
        let edge = Edge::new(EdgeParts {
            identify: Arc::new(Cookies),
            guard: Arc::new(Paths),
            assert: Arc::new(Names),
            account: ledger.clone(),
            pages: Arc::new(BuiltInPages),
            hub: plan.service,
            routes: routes.clone(),
            limits: plan.limits,
            trusted: plan.trusted,
            hsts: plan.hsts,
        });
        let [plain, tls, redirect] = [bind().await, bind().await, bind().await];
        let address = |listener: &TcpListener| listener.local_addr().unwrap();
        let (at, tls_at, redirect_at) = (address(&plain), address(&tls), address(&redirect));
        let stop = CancellationToken::new();
        let (listeners, token) = (
            vec![
                Listener::Plain { listener: plain },
                Listener::Tls {
                    listener: tls,
                    certs: certs.clone(),
                },
                Listener::Redirect {
                    listener: redirect,
                    https_port: 8443,
                },
            ],
            stop.clone(),
        );
        let task = tokio::spawn(async move { edge.serve(listeners, token).await });
        Self {
            plain: at,
            tls: tls_at,
            redirect: redirect_at,
            ca: std::fs::read(authority.certificate()).unwrap(),
            certs,
            routes,
            ledger,
            stop,
            task: Some(task),
            _dir: dir,
        }
    }

    /// Tells the hub to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the hub has ended.
    pub async fn ended(&mut self) -> Drained {
        soon("the end", self.task.take().unwrap()).await.unwrap()
    }

    /// The first record that fits, as soon as there is one.
    pub async fn record(&self, fits: impl Fn(&Record) -> bool) -> Record {
        soon("a record", async {
            loop {
                let found = self
                    .ledger
                    .records
                    .lock()
                    .unwrap()
                    .iter()
                    .find(|record| fits(record))
                    .cloned();
                match found {
                    Some(record) => return record,
                    None => self.ledger.changed.notified().await,
                }
            }
        })
        .await
    }
}

async fn bind() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Resident memory of this process in bytes.
pub fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    status.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}
