//! The way out to the apps: one stack of layers for every data request.
//!
//! Owns what is kept between reads: each app's gate and its session, and what each server is spared. It must never
//! know formats, mapping or a store. Start with [`Outbound::call`]; [`stack`] reads top to bottom.

mod address;
mod breaker;
mod budget;
mod certificate;
mod deadline;
mod gate;
mod live;
mod reach;
mod redirect;
mod resolve;
mod retry;
mod send;
mod spare;
mod stack;

pub use address::{AddressPolicy, NetworkFault};
pub use breaker::BreakerState;
pub use budget::HostLimit;
pub use live::LiveTransport;
pub use reach::Reach;

use crate::login::{self, Grants, Sessions};
use crate::{Call, FetchError, Reply, Transport, Trouble};
use budget::Budgets;
use divos_manifest::{AppDef, Connector};
use divos_model::{AppId, Clock};
use gate::{Gate, Turn};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use url::Url;

/// The way out, shared by all apps. Cheap to clone through an `Arc`.
#[derive(Debug)]
pub struct Outbound {
    pub(crate) transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    gates: Mutex<BTreeMap<AppId, Arc<Gate>>>,
    budgets: Budgets,
    grants: Option<Arc<dyn Grants>>,
    sessions: Sessions,
}

impl Outbound {
    /// Goes out through the given transport; `clock` serves `Retry-After` dates,
    /// the life of tokens and cookies, and the times of signatures.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self {
            transport,
            clock,
            gates: Mutex::default(),
            budgets: Budgets::default(),
            grants: None,
            sessions: Sessions::default(),
        }
    }

    /// Goes out to the network. `base` says which addresses are permitted for every app besides the
    /// public ones; each connector's own `networks` come on top. The process needs a rustls crypto
    /// provider installed before the first call.
    #[must_use]
    pub fn live(base: AddressPolicy, clock: Arc<dyn Clock>) -> Self {
        Self::new(Arc::new(LiveTransport::new(base)), clock)
    }

    /// Spares servers, over all the apps on each: `limits` by host, or by `host:port`.
    #[must_use]
    pub fn sparing(self, limits: BTreeMap<String, HostLimit>) -> Self {
        Self {
            budgets: Budgets::new(limits),
            ..self
        }
    }

    /// Keeps grants that apps replace at each use; without it they are forgotten with the process.
    #[must_use]
    pub fn keeping(self, grants: Arc<dyn Grants>) -> Self {
        Self {
            grants: Some(grants),
            ..self
        }
    }

    pub(crate) fn grants(&self) -> Option<&dyn Grants> {
        self.grants.as_deref()
    }

    /// Sends one call through the app's whole stack: queue, breaker, deadline, retries, redirects.
    ///
    /// # Errors
    /// What went wrong, with the app's name. Where the app needs a session it is made first, and renewed once. Statuses other than 2xx and 304 are errors.
    pub async fn call(&self, connector: &Connector, call: Call) -> Result<Reply, FetchError> {
        let session = match self.is_offline() {
            true => None,
            false => self.sessions.of(connector, &self.clock),
        };
        let outcome = match session {
            None => self.once(connector, &self.transport, call).await,
            Some(session) => {
                let way = login::Way {
                    outbound: self,
                    connector,
                    session,
                };
                login::read(&way, call).await
            }
        };
        outcome.map_err(|trouble| trouble.of(&connector.id))
    }

    /// Sends one call through the app's stack, and out through the given transport.
    pub(crate) async fn once(
        &self,
        connector: &Connector,
        transport: &Arc<dyn Transport>,
        call: Call,
    ) -> Result<Reply, Trouble> {
        let gate = self.gate(&connector.id, &connector.app);
        let host = self.budgets.of(place(&call.url));
        let (id, app) = (&connector.id, &connector.app);
        let stack = stack::build(id, &gate, &host, app, transport, &self.clock);
        tower::ServiceExt::oneshot(stack, call).await
    }

    /// Waits for an app's turn to read one thing by another protocol than HTTP: a page of a query, letters of a mailbox.
    /// `server` is the host and port that are asked; `None` for a file.
    ///
    /// # Errors
    /// The server wants to be left alone for longer than a read waits.
    pub(crate) async fn turn(
        &self,
        connector: &Connector,
        server: Option<(&str, u16)>,
    ) -> Result<Turn, Trouble> {
        let gate = self.gate(&connector.id, &connector.app);
        let host = server.map(|place| self.budgets.of(place));
        gate.turn(&connector.id, host.as_ref(), || Ok(())).await
    }

    /// Tells whether nothing ever leaves the process.
    pub(crate) fn is_offline(&self) -> bool {
        self.transport.is_offline()
    }

    /// Returns which addresses an app may be called at, by whatever protocol.
    pub(crate) fn policy(&self, reach: &Reach) -> AddressPolicy {
        self.transport.base_policy().and(&reach.policy)
    }

    /// Names the server at a host and port, as [`sparing`](Self::sparing) tells servers apart.
    pub(crate) fn server(&self, place: (&str, u16)) -> String {
        self.budgets.name(place)
    }

    /// Tells where an app's breaker stands, for the operator's page.
    #[must_use]
    pub fn breaker(&self, app: &AppId) -> BreakerState {
        let gates = self.lock();
        gates
            .get(app)
            .map_or_else(BreakerState::closed, |gate| gate.breaker.state())
    }

    /// Forgets an app that is no longer defined.
    pub fn forget(&self, app: &AppId) {
        self.lock().remove(app);
        self.sessions.forget(app);
    }

    /// Finds or makes the app's gate. A reload that changes its limits makes a new one.
    fn gate(&self, id: &AppId, app: &AppDef) -> Arc<Gate> {
        let mut gates = self.lock();
        if let Some(gate) = gates.get(id).filter(|gate| gate.fits(app)) {
            return gate.clone();
        }
        let gate = Arc::new(Gate::new(app));
        gates.insert(id.clone(), gate.clone());
        gate
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<AppId, Arc<Gate>>> {
        self.gates.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// The host and port of an address.
pub(crate) fn place(url: &Url) -> (&str, u16) {
    let port = url.port_or_known_default().unwrap_or(0);
    (url.host_str().unwrap_or_default(), port)
}
