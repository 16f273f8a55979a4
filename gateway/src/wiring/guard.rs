//! *Guard*, over each app's rules. What no rule allows is denied.

use super::identify::known;
use crate::phases::{Caller, Decision, Failure, Guard, RequestView, Route};
use crate::routes::AppRights;
use divos_sso::{Decision as Verdict, Sso};
use std::sync::Arc;

/// Decides by the rules of the route's app.
pub struct Rights(pub Arc<Sso>);

impl Guard for Rights {
    fn decide(&self, caller: &Caller, route: &Route, request: &RequestView<'_>) -> Decision {
        if route.is_hub() {
            // The hub's own pages and API decide for themselves, each for its own words.
            return Decision::Allow;
        }
        let Some(rights) = route.get::<AppRights>() else {
            return Decision::Refuse(Failure::Hub("an app without rights"));
        };
        match rights
            .access
            .decide(&known(caller), request.method.as_str(), request.path)
        {
            Verdict::Allowed => Decision::Allow,
            Verdict::SignInNeeded => self.sign_in(request),
            Verdict::Denied => Decision::Forbidden { why: None },
        }
    }
}

impl Rights {
    /// Sends a browser to the hub, from where it comes back with a ticket for this host.
    fn sign_in(&self, request: &RequestView<'_>) -> Decision {
        let wanted = match request.query {
            Some(query) => format!("{}?{query}", request.path),
            None => request.path.to_owned(),
        };
        let departure = self
            .0
            .begin_handover(request.authority, &wanted, request.headers);
        Decision::SignIn {
            location: departure.location,
            set_cookie: departure.set_cookie,
        }
    }
}
