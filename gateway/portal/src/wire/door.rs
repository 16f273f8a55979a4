//! Sign-in, sessions and personal tokens, by `divos-sso`.

use super::device;
use crate::ports::{
    Credentials, Door, LoginForm, PortError, PostHeld, SessionLine, SignInError, SignedIn,
    TokenLine, Visitor,
};
use async_trait::async_trait;
use divos_sso::{
    AssignmentKind, Caller, Client, HostSet, SESSION_COOKIE, SafeReturn, SignInOutcome, Sso,
    SsoError, forget, safe_return,
};
use http::HeaderValue;
use http::request::Parts;
use secrecy::{ExposeSecret, SecretString};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Returns the hosts of the hub as they are now: they change with a reload.
pub type HostsNow = Arc<dyn Fn() -> Arc<HostSet> + Send + Sync>;

/// What the edge knows of a request and a page needs. To be put among the request's extensions, beside
/// the [`Caller`] that `identify` found.
#[derive(Debug, Clone)]
pub struct RequestFacts {
    /// The id by which the log knows the request.
    pub request_id: Arc<str>,
    /// The visitor's address, as far as trusted proxies tell it.
    pub client: IpAddr,
}

/// Counts sign-in attempts by what came of them: `ok`, `wrong`, `disabled`, `throttled`, `form_expired` or `unavailable`.
pub type Tally = Arc<dyn Fn(&'static str) + Send + Sync>;

/// The door that `divos-sso` keeps.
pub struct SsoDoor {
    sso: Arc<Sso>,
    hosts: HostsNow,
    tally: Tally,
}

impl SsoDoor {
    /// Takes the door of a hub with these hosts.
    #[must_use]
    pub fn new(sso: Arc<Sso>, hosts: HostsNow, tally: Tally) -> Self {
        Self { sso, hosts, tally }
    }

    /// Tells who calls: whom `identify` found, else whom the cookie names.
    async fn caller(&self, request: &Parts) -> Result<Caller, PortError> {
        if let Some(caller) = request.extensions.get::<Caller>() {
            return Ok(caller.clone());
        }
        self.sso
            .identify(&self.sso.settings().hub_host, &request.headers)
            .await
            .map_err(unavailable)
    }

    async fn attempt(&self, request: &Parts, typed: Credentials) -> Result<SignedIn, SignInError> {
        if !self.csrf_fits(request, &typed.csrf).await {
            return Err(SignInError::FormExpired);
        }
        let facts = request.extensions.get::<RequestFacts>();
        let address = facts.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |facts| facts.client);
        let client = Client {
            address,
            label: device::label(&request.headers),
        };
        let password = SecretString::from(typed.password);
        let outcome = self
            .sso
            .sign_in(&typed.login, &password, &client, &request.headers)
            .await;
        match outcome.map_err(|error| SignInError::Unavailable(told(&error)))? {
            SignInOutcome::SignedIn { cookies, .. } => Ok(SignedIn {
                set_cookies: cookies,
            }),
            SignInOutcome::Wrong => Err(SignInError::Wrong),
            SignInOutcome::Disabled => Err(SignInError::Disabled),
            SignInOutcome::Throttled { wait } => Err(SignInError::Throttled { wait }),
        }
    }

    async fn person(&self, request: &Parts) -> Result<Arc<divos_sso::SignedIn>, PortError> {
        self.caller(request)
            .await?
            .signed_in()
            .cloned()
            .ok_or(PortError::Refused)
    }
}

fn unavailable(error: SsoError) -> PortError {
    match error {
        SsoError::NotFound(_) => PortError::Missing,
        SsoError::Invalid(_) => PortError::Refused,
        other => PortError::Unavailable(told(&other)),
    }
}

/// Writes an error with its causes, for the log.
pub(super) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn visitor(person: &divos_sso::SignedIn, csrf: String) -> Visitor {
    let reader = &person.reader;
    let posts = reader.posts.iter().map(|post| PostHeld {
        title: post.post.title.clone(),
        unit: post.unit_name.clone(),
        assignment: assignment(post.kind).to_owned(),
        until: post.to,
    });
    Visitor {
        person: reader.person,
        name: reader.name.clone(),
        operator: reader.has_role("operator"),
        posts: posts.collect(),
        reader: reader.reads.clone(),
        csrf,
    }
}

/// The stem of the word for a capacity.
fn assignment(kind: AssignmentKind) -> &'static str {
    match kind {
        AssignmentKind::Definitif => "definitif",
        AssignmentKind::Plt => "plt",
        AssignmentKind::Plh => "plh",
        AssignmentKind::Pj => "pj",
    }
}

#[async_trait]
impl Door for SsoDoor {
    async fn visitor(&self, request: &Parts) -> Result<Option<Visitor>, PortError> {
        let caller = self.caller(request).await?;
        let Some(person) = caller.signed_in() else {
            return Ok(None);
        };
        let guard = self.sso.form_guard(&caller, &request.headers);
        Ok(Some(visitor(person, guard.token)))
    }

    async fn csrf_fits(&self, request: &Parts, token: &str) -> bool {
        let caller = self.caller(request).await;
        caller.is_ok_and(|caller| {
            self.sso
                .check_form(&caller, &request.headers, token)
                .is_ok()
        })
    }

    async fn login_form(&self, request: &Parts) -> Result<LoginForm, PortError> {
        let caller = self.caller(request).await?;
        let guard = self.sso.form_guard(&caller, &request.headers);
        Ok(LoginForm {
            csrf: guard.token,
            set_cookie: guard.set_cookie,
        })
    }

    async fn sign_in(&self, request: &Parts, typed: Credentials) -> Result<SignedIn, SignInError> {
        let outcome = self.attempt(request, typed).await;
        (self.tally)(match &outcome {
            Ok(_) => "ok",
            Err(SignInError::Wrong) => "wrong",
            Err(SignInError::Disabled) => "disabled",
            Err(SignInError::Throttled { .. }) => "throttled",
            Err(SignInError::FormExpired) => "form_expired",
            Err(SignInError::Unavailable(_)) => "unavailable",
        });
        outcome
    }

    async fn sign_out(&self, request: &Parts) -> Result<Vec<HeaderValue>, PortError> {
        let person = self.person(request).await?;
        self.sso.sign_out(&person).await.map_err(unavailable)?;
        Ok(vec![forget(SESSION_COOKIE)])
    }

    fn safe_return(&self, wanted: &str) -> String {
        let found = safe_return(wanted, &(self.hosts)());
        // The sign-in page itself is no place to come back to.
        let found = found.filter(|place| !matches!(place, SafeReturn::Own(path) if path.starts_with("/login") || path.starts_with("/logout")));
        found.unwrap_or_else(SafeReturn::home).location()
    }

    async fn sessions(&self, request: &Parts) -> Result<Vec<SessionLine>, PortError> {
        let person = self.person(request).await?;
        let sessions = self.sso.sessions_of(&person).await.map_err(unavailable)?;
        // A session on an app's host hangs on the one at the hub, and ends with it.
        let own = sessions
            .into_iter()
            .filter(|session| session.parent.is_none());
        let lines = own.map(|session| SessionLine {
            id: session.public_id,
            device: session.label,
            since: session.created_at,
            last_seen: session.seen_at,
            current: session.current,
        });
        Ok(lines.collect())
    }

    async fn end_session(&self, request: &Parts, id: &str) -> Result<(), PortError> {
        let person = self.person(request).await?;
        self.sso.end_session(&person, id).await.map_err(unavailable)
    }

    async fn end_all(&self, request: &Parts) -> Result<Vec<HeaderValue>, PortError> {
        let person = self.person(request).await?;
        self.sso
            .sign_out_everywhere(&person, false)
            .await
            .map_err(unavailable)?;
        Ok(vec![forget(SESSION_COOKIE)])
    }

    async fn tokens(&self, request: &Parts) -> Result<Vec<TokenLine>, PortError> {
        let person = self.person(request).await?;
        let tokens = self.sso.feed_tokens(&person).await.map_err(unavailable)?;
        let lines = tokens.into_iter().map(|token| TokenLine {
            id: token.id.to_string(),
            label: token.label,
            since: token.created_at,
            last_used: token.used_at,
        });
        Ok(lines.collect())
    }

    async fn create_token(&self, request: &Parts, label: &str) -> Result<String, PortError> {
        let person = self.person(request).await?;
        let made = self
            .sso
            .create_feed_token(&person, label)
            .await
            .map_err(unavailable)?;
        Ok(made.secret.expose_secret().to_owned())
    }

    async fn revoke_token(&self, request: &Parts, id: &str) -> Result<(), PortError> {
        let person = self.person(request).await?;
        let id = id.parse().map_err(|_| PortError::Missing)?;
        self.sso
            .revoke_feed_token(&person, id)
            .await
            .map_err(unavailable)
    }
}
