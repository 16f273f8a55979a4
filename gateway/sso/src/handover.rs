//! The way of a session from the hub's host to an app's.
//!
//! Owns tickets. An app's host sends the browser to the hub with a hash of a nonce that only this browser has on that
//! host; the hub answers with a ticket for that host, that nonce and thirty seconds; the host takes the ticket, once, from
//! the browser that has the nonce. So nobody can be signed in as somebody else by a link (login CSRF), and a
//! ticket that leaks is worth nothing. It must never know an app.
//!
//! ```text
//! app host, anonymous      --303-->  hub /handover?host=…&return=…&binding=…   begin_handover
//! hub, signed in           --303-->  app host /.divos/session?ticket=…         hand_over
//! app host, nonce cookie   --303-->  app host <return>, child session          redeem
//! ```

use crate::cookies::{self, Keep, SESSION_COOKIE};
use crate::sessions::signed_in;
use crate::token::Token;
use crate::{HostSet, SignedIn, Sso, SsoError, csrf, safe_path};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use divos_store::{Session, StoreError, Ticket, TokenHash};
use http::{HeaderMap, HeaderValue};
use std::sync::Arc;
use url::form_urlencoded;

/// Where the hub's host hands sessions over.
pub const HANDOVER_PATH: &str = "/handover";
/// Where an app's host takes tickets. The hub answers this path; it is never forwarded to the app.
pub const REDEEM_PATH: &str = "/.divos/session";

/// A ticket's life, in seconds.
const TICKET_SECONDS: i64 = 30;

/// The first step: where to send an anonymous browser.
#[derive(Debug, Clone)]
pub struct Departure {
    /// The `Location` of a 303.
    pub location: String,
    /// The nonce, where the browser had none yet.
    pub set_cookie: Option<HeaderValue>,
}

/// The second step, as the hub was asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandoverRequest {
    host: String,
    target: String,
    binding: TokenHash,
}

/// The third step: what the browser gets on the app's host.
#[derive(Debug)]
pub struct Arrival {
    /// Who is signed in on this host now.
    pub person: Arc<SignedIn>,
    /// The child session.
    pub set_cookie: HeaderValue,
    /// The path to go on to (303).
    pub location: String,
}

/// Why a ticket was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RedeemError {
    /// The browser sent no nonce: it keeps no cookies, or did not begin here. Going round again will not help; show a page.
    #[error("the browser has no nonce")]
    NoNonce,
    /// The ticket is used, expired, forged, for another host or for another browser, or its session ended.
    #[error("the ticket is not good")]
    Refused,
    /// The hub could not look.
    #[error("the ticket could not be checked")]
    Failed(#[source] SsoError),
}

impl HandoverRequest {
    /// Reads the query of [`HANDOVER_PATH`]. `None` where a parameter is missing, there twice, or names a host that is
    /// not an app's.
    #[must_use]
    pub fn parse(query: &str, hosts: &HostSet) -> Option<Self> {
        let host = only(query, "host").filter(|host| hosts.is_app(host))?;
        let target = only(query, "return").filter(|path| safe_path(path).is_some())?;
        let mut bytes = [0; 32];
        let read = URL_SAFE_NO_PAD
            .decode_slice(only(query, "binding")?, &mut bytes)
            .ok()?;
        (read == 32).then_some(Self {
            host,
            target,
            binding: TokenHash::from_bytes(bytes),
        })
    }

    /// Returns the app's host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl Sso {
    /// Sends an anonymous browser on an app's host to the hub. `path`: with query, where it wanted to go; an unsafe one
    /// becomes `/`.
    #[must_use]
    pub fn begin_handover(&self, host: &str, path: &str, headers: &HeaderMap) -> Departure {
        let (nonce, set_cookie) = csrf::nonce(headers);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("host", host)
            .append_pair("return", safe_path(path).unwrap_or("/"))
            .append_pair("binding", &URL_SAFE_NO_PAD.encode(bind(&nonce).bytes()))
            .finish();
        Departure {
            location: format!("https://{}{HANDOVER_PATH}?{query}", self.settings.hub_host),
            set_cookie,
        }
    }

    /// Hands the person's session over to an app's host. Returns the `Location` of a 303.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn hand_over(
        &self,
        person: &SignedIn,
        request: &HandoverRequest,
    ) -> Result<String, SsoError> {
        let token = Token::new();
        let ticket = Ticket {
            hash: token.hash(),
            session: person.session.root(),
            host: request.host.clone(),
            target: request.target.clone(),
            binding: Some(request.binding),
            expires_at: self.clock.now() + TimeDelta::seconds(TICKET_SECONDS),
        };
        self.stores
            .sessions
            .issue_ticket(ticket)
            .await
            .map_err(SsoError::store("issue a ticket"))?;
        Ok(format!(
            "https://{}{REDEEM_PATH}?ticket={}",
            request.host,
            token.written()
        ))
    }

    /// Takes a ticket on an app's host. `query`: of [`REDEEM_PATH`].
    ///
    /// # Errors
    /// Why it was not taken; whoever has a ticket that was refused stays who they were.
    pub async fn redeem(
        &self,
        host: &str,
        query: &str,
        headers: &HeaderMap,
    ) -> Result<Arrival, RedeemError> {
        let ticket = only(query, "ticket")
            .and_then(|text| Token::parse(&text))
            .ok_or(RedeemError::Refused)?;
        let now = self.clock.now();
        // Taken before the nonce is looked at: a ticket that was shown is used up, whoever showed it.
        let taken = self
            .stores
            .sessions
            .take_ticket(ticket.hash(), host, now)
            .await
            .map_err(failed("take a ticket"))?;
        let nonce = cookies::find(headers, cookies::NONCE_COOKIE)
            .one()
            .ok_or(RedeemError::NoNonce)?;
        let good = |ticket: &Ticket| {
            ticket.host == host && now < ticket.expires_at && ticket.binding == Some(bind(nonce))
        };
        let ticket = taken.filter(good).ok_or(RedeemError::Refused)?;
        let parent = self.parent_of(&ticket).await?;
        self.begin_child(parent, ticket, headers).await
    }

    /// Finds the portal session that a ticket speaks for, if it is still good.
    async fn parent_of(&self, ticket: &Ticket) -> Result<Session, RedeemError> {
        let found = self
            .stores
            .sessions
            .session(ticket.session)
            .await
            .map_err(failed("look up a session"))?;
        let known = found.filter(|known| {
            !known.disabled
                && known.epoch == known.session.epoch
                && self.clock.now() < known.session.expires_at
        });
        known.map(|known| known.session).ok_or(RedeemError::Refused)
    }

    async fn begin_child(
        &self,
        parent: Session,
        ticket: Ticket,
        headers: &HeaderMap,
    ) -> Result<Arrival, RedeemError> {
        let reader = self
            .directory
            .reader(parent.person)
            .await
            .map_err(RedeemError::Failed)?
            .ok_or(RedeemError::Refused)?;
        let (token, now) = (Token::new(), self.clock.now());
        let child = Session {
            hash: token.hash(),
            parent: Some(parent.hash),
            host: ticket.host,
            created_at: now,
            seen_at: now,
            ..parent
        };
        let person = Arc::new(signed_in(&child, reader));
        match self.stores.sessions.begin(child).await {
            Ok(()) => {}
            Err(StoreError::NotFound { .. }) => return Err(RedeemError::Refused), // signed out in between
            Err(source) => return Err(failed("begin a session")(source)),
        }
        // The host's earlier session ends: nobody can be left with one that they did not ask for.
        if let Some(earlier) = cookies::find(headers, SESSION_COOKIE)
            .one()
            .and_then(Token::parse)
        {
            self.end(earlier.hash())
                .await
                .map_err(RedeemError::Failed)?;
        }
        Ok(Arrival {
            person,
            set_cookie: cookies::set(SESSION_COOKIE, &token.written(), Keep::Session),
            location: ticket.target,
        })
    }
}

/// Hashes a nonce: the hub's host is told the hash alone.
fn bind(nonce: &str) -> TokenHash {
    TokenHash::of(nonce.as_bytes())
}

/// Returns a parameter that is there exactly once.
fn only(query: &str, name: &str) -> Option<String> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let value = values.next()?.1.into_owned();
    values.next().is_none().then_some(value)
}

fn failed(doing: &'static str) -> impl FnOnce(StoreError) -> RedeemError {
    move |source| RedeemError::Failed(SsoError::Store { doing, source })
}
