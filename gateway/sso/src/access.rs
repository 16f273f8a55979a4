//! One app, as far as rights and sign-on go.
//!
//! Owns what of a connector this crate needs, ready to be asked on every request. Made anew at each reload.

use crate::{Caller, Decision, Explanation, Policy};
use divos_manifest::{Connector, Sso as Mode};
use divos_model::AppId;
use http::HeaderName;
use http::header::AUTHORIZATION;
use std::sync::Arc;

/// The rights and the sign-on of one app.
#[derive(Debug, Clone)]
pub struct AppAccess {
    pub(crate) app: AppId,
    pub(crate) mode: Mode,
    policy: Policy,
    open: String,
    asserted: Vec<HeaderName>,
    /// Names this very making, so that no assertion outlives a reload.
    pub(crate) making: Arc<()>,
}

/// Why a connector's sign-on cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("app `{app}`: `{name}` is not a header that may be set")]
pub struct AccessFault {
    /// The app.
    pub app: AppId,
    /// The header's name as written.
    pub name: String,
}

/// Headers that say how a message travels: none of them may carry a person.
const NEVER_SET: &[&str] = &[
    "host",
    "cookie",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "forwarded",
    "x-forwarded-for",
];

impl AppAccess {
    /// Takes from a connector what sign-on needs.
    ///
    /// # Errors
    /// Where a header to be set is none, or one that must not be set.
    pub fn of(connector: &Connector) -> Result<Self, AccessFault> {
        let policy = Policy::new(connector.app.rules.clone());
        let access = Self::new(connector.id.clone(), connector.app.sso.clone(), policy)?;
        Ok(Self {
            open: connector.app.open.clone(),
            ..access
        })
    }

    /// Puts an app's access together from its parts.
    ///
    /// # Errors
    /// As [`AppAccess::of`].
    pub fn new(app: AppId, mode: Mode, policy: Policy) -> Result<Self, AccessFault> {
        let fault = |name: &str| AccessFault {
            app: app.clone(),
            name: name.into(),
        };
        let read = |name: &str| {
            let parsed = HeaderName::try_from(name).map_err(|_| fault(name))?;
            if NEVER_SET.contains(&parsed.as_str()) {
                Err(fault(name))
            } else {
                Ok(parsed)
            }
        };
        let asserted = match &mode {
            Mode::None | Mode::Public => Vec::new(),
            Mode::Headers { set } => set
                .iter()
                .map(|(name, _)| read(name))
                .collect::<Result<_, _>>()?,
            Mode::Jwt { header, .. } => vec![read(header)?],
            Mode::Basic { .. } => vec![AUTHORIZATION],
        };
        Ok(Self {
            app,
            mode,
            policy,
            open: "/".into(),
            asserted,
            making: Arc::new(()),
        })
    }

    /// Returns the app's id.
    #[must_use]
    pub fn app(&self) -> &AppId {
        &self.app
    }

    /// Returns the headers by which the app recognises a person: strip every inbound copy, in every spelling, from every
    /// request to it, whoever calls.
    #[must_use]
    pub fn asserted_headers(&self) -> &[HeaderName] {
        &self.asserted
    }

    /// Tells whether an inbound header could be taken for one of [`AppAccess::asserted_headers`]: compared without regard
    /// to case, with `_` and `-` alike, as CGI and WSGI read them.
    #[must_use]
    pub fn is_asserted(&self, name: &HeaderName) -> bool {
        let alike = |a: u8, b: u8| a == b || matches!((a, b), (b'-', b'_') | (b'_', b'-'));
        self.asserted.iter().any(|own| {
            let (own, name) = (own.as_str().as_bytes(), name.as_str().as_bytes());
            own.len() == name.len() && own.iter().zip(name).all(|(&a, &b)| alike(a, b))
        })
    }

    /// Decides about a request; see [`Policy::decide`].
    #[must_use]
    pub fn decide(&self, caller: &Caller, method: &str, path: &str) -> Decision {
        self.policy.decide(caller, method, path)
    }

    /// Decides and says why.
    #[must_use]
    pub fn explain(&self, caller: &Caller, method: &str, path: &str) -> Explanation {
        self.policy.explain(caller, method, path)
    }

    /// Tells whether the launcher should offer the app to the caller: whether they may open the page that it opens, or,
    /// where that page cannot be judged, any at all.
    #[must_use]
    pub fn lets_in(&self, caller: &Caller) -> bool {
        let path = self.open.split(['?', '#']).next().unwrap_or("/");
        match crate::check_path(path) {
            Ok(()) => self.decide(caller, "GET", path) == Decision::Allowed,
            Err(_) => self.policy.lets_in(caller),
        }
    }
}
