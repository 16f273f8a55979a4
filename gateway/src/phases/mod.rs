//! The life of a request, on `http` types only: *identify, route, guard, forward, answer, account*.
//!
//! Owns what each phase decides and the ports through which the rest of the hub takes part. It must
//! never know pingora, sockets or SQL: [`crate::edge`] calls these functions in order and does the I/O.
//! Start reading at [`request`] (what is known of a request), then the phases in the order above.

pub mod account;
pub mod answer;
pub mod breaker;
pub mod failure;
pub mod forward;
pub mod guard;
pub mod headers;
pub mod identify;
pub mod origin;
pub mod pages;
pub mod path;
pub mod request;
pub mod route;
pub mod trace;

pub use account::{Account, Record};
pub use failure::{Blame, Failure};
pub use forward::Assert;
pub use guard::{Decision, Guard};
pub use headers::Headers;
pub use identify::{Caller, Credential, Identify};
pub use origin::{Origin, TrustedPeers};
pub use pages::{BuiltInPages, ErrorPages, lang_of};
pub use request::{RequestInfo, RequestView, Scheme};
pub use route::{
    BreakerDef, HostPolicy, HubDef, Route, RouteDef, RouteFault, RouteTable, Timeouts, UpstreamTls,
};
pub use trace::TraceContext;
