//! *Guard*, over each app's rules. What no rule allows is denied.

use super::identify::known;
use crate::phases::{Caller, Decision, Failure, Guard, RequestView, Route};
use crate::routes::AppRights;
use divos_sso::Decision as Verdict;
use url::form_urlencoded::byte_serialize;

/// Where a browser on an app's host begins to be signed in there.
pub(crate) const START_PATH: &str = "/.divos/start";

/// Decides by the rules of the route's app.
pub struct Rights;

impl Guard for Rights {
    fn decide(&self, caller: &Caller, route: &Route, request: &RequestView<'_>) -> Decision {
        if route.is_hub() {
            // The hub's own pages and API decide for themselves, each for its own words.
            return Decision::Allow;
        }
        let Some(rights) = route.get::<AppRights>() else {
            return Decision::Refuse(Failure::Hub("an app without rights"));
        };
        match rights.access.decide(&known(caller), request.method.as_str(), request.path) {
            Verdict::Allowed => Decision::Allow,
            Verdict::SignInNeeded => Decision::SignIn { location: start(request) },
            Verdict::Denied => Decision::Forbidden { why: None },
        }
    }
}

fn start(request: &RequestView<'_>) -> String {
    let mut wanted = request.path.to_owned();
    if let Some(query) = request.query {
        wanted.push('?');
        wanted.push_str(query);
    }
    let wanted: String = byte_serialize(wanted.as_bytes()).collect();
    format!("https://{}{START_PATH}?return={wanted}", request.authority)
}
