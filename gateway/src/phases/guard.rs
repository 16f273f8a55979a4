//! *Guard*: may this caller do this, and is there room for it.
//!
//! Owns the decision's shape, the per-app concurrency permit and the body limit. The policy itself is a port.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue};

use super::failure::Failure;
use super::identify::Caller;
use super::request::RequestView;
use super::route::{Route, RouteState};

/// Decides by policy. Asked for every request, the hub's own pages included; the default must be to deny.
pub trait Guard: Send + Sync {
    /// Decides on exactly the path that will be forwarded (`request.path`).
    fn decide(&self, caller: &Caller, route: &Route, request: &RequestView<'_>) -> Decision;
}

/// What the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Sign in first. A page load is sent to `location`, anything else gets 401 and no redirect.
    SignIn {
        /// An absolute or origin-relative URL that leads back afterwards.
        location: String,
        /// A cookie that binds the way back to this browser, where it has none yet.
        set_cookie: Option<HeaderValue>,
    },
    /// Signed in, and not allowed.
    Forbidden {
        /// A sentence for the person, in their language.
        why: Option<String>,
    },
    /// Too often.
    TooMany {
        /// Seconds until it may be tried again.
        retry_after: u32,
    },
    /// Any other refusal.
    Refuse(Failure),
}

/// Room for one request; gives it back when dropped.
#[derive(Debug)]
pub struct Permit(Arc<RouteState>);

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Takes room for one request.
///
/// # Errors
/// [`Failure::TooBusy`] when the app already has as many requests in flight as it may.
pub fn admit(route: &Route) -> Result<Permit, Failure> {
    let before = route.state.in_flight.fetch_add(1, Ordering::AcqRel);
    let permit = Permit(route.state.clone());
    if before >= route.def.max_in_flight {
        return Err(Failure::TooBusy);
    }
    Ok(permit)
}

/// Refuses a body that says it is too large before any of it is read.
///
/// # Errors
/// [`Failure::BodyTooLarge`].
pub fn check_announced_length(headers: &HeaderMap, max_body: u64) -> Result<(), Failure> {
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<u64>().ok());
    match announced {
        Some(length) if length > max_body => Err(Failure::BodyTooLarge { limit: max_body }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::route::{HubDef, RouteDef, RouteTable};
    use url::Url;

    #[test]
    fn room_is_given_back() {
        let mut def = RouteDef::new(
            "a",
            "a.test",
            vec![Url::parse("http://127.0.0.1/").unwrap()],
        );
        def.max_in_flight = 2;
        let table = RouteTable::build(HubDef::new(vec!["hub.test".into()]), vec![def]).unwrap();
        let route = table.find("a.test").unwrap();
        let first = admit(route).unwrap();
        let _second = admit(route).unwrap();
        assert_eq!(admit(route).unwrap_err(), Failure::TooBusy);
        drop(first);
        assert!(admit(route).is_ok());
        assert_eq!(route.state.in_flight(), 1);
    }
}
