//! Sign-in with a password.
//!
//! Owns the order of the steps: find, charge, verify, begin. Whether nobody has the login or the password is wrong
//! looks, reads and lasts the same. It must never know a page.

use crate::cookies::{self, DEVICE_COOKIE, Keep, NONCE_COOKIE, SESSION_COOKIE};
use crate::sessions::signed_in;
use crate::throttle::Attempt;
use crate::token::Token;
use crate::{Login, SignedIn, Sso, SsoError};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use divos_model::PersonId;
use divos_store::{Identifier, IdentifierKind, Person, Session};
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::net::IpAddr;
use std::sync::Arc;

/// How long a browser is remembered, in seconds.
const DEVICE_SECONDS: u32 = 365 * 24 * 3600;

/// Where somebody signs in from.
#[derive(Debug, Clone)]
pub struct Client {
    /// The address, as far as trusted proxies tell it.
    pub address: IpAddr,
    /// A word for the browser, for example `Firefox, Android`; cut at 80 characters.
    pub label: String,
}

/// What came of an attempt.
#[derive(Debug)]
pub enum SignInOutcome {
    /// The person is signed in on the hub's host.
    SignedIn {
        /// Who.
        person: Arc<SignedIn>,
        /// `Set-Cookie` values to answer with.
        cookies: Vec<HeaderValue>,
    },
    /// Nobody has the login, or the password is wrong; never say which.
    Wrong,
    /// Login and password are right, the account is disabled.
    Disabled,
    /// Too many attempts.
    Throttled {
        /// How long to wait.
        wait: TimeDelta,
    },
}

impl Sso {
    /// Tries to sign somebody in on the hub's host. `headers`: the request's, for the browser's earlier session (which
    /// ends) and for whether the browser is a known one. The form guard must have been checked before.
    ///
    /// # Errors
    /// Where the store does not answer, or too many people sign in at once.
    pub async fn sign_in(
        &self,
        login: &str,
        password: &SecretString,
        client: &Client,
        headers: &HeaderMap,
    ) -> Result<SignInOutcome, SsoError> {
        let Some(login) = Login::parse(login) else {
            // Costs as much as any other attempt, so that time tells nothing.
            self.passwords.verify(password, None).await?;
            return Ok(SignInOutcome::Wrong);
        };
        let person = self.find(&login).await?;
        let subject = person
            .as_ref()
            .map_or_else(|| login.as_str().to_owned(), |person| person.id.to_string());
        let device = person
            .as_ref()
            .and_then(|person| self.known_device(person.id, headers));
        let attempt = Attempt {
            subject: &subject,
            address: client.address,
            device,
        };
        let charge = match self.throttle.charge(&attempt, self.clock.now()) {
            Ok(charge) => charge,
            Err(wait) => {
                tracing::info!(person = ?person.map(|p| p.id), "sign-in throttled");
                return Ok(SignInOutcome::Throttled { wait });
            }
        };
        let right = match self.is_right(person.as_ref(), password).await {
            Ok(right) => right,
            Err(error) => {
                self.throttle.release(charge);
                return Err(error);
            }
        };
        if !right {
            self.throttle.blame(charge, self.clock.now());
            let who = person.map(|person| person.id);
            let details = json!({ "address": client.address.to_string(), "login": login.masked() });
            self.note("sign_in.failed", who, None, details).await;
            return Ok(SignInOutcome::Wrong);
        }
        self.throttle.forgive(charge);
        match person {
            Some(person) if !person.disabled => self.begin(person.id, client, headers).await,
            Some(person) => {
                self.note(
                    "sign_in.disabled",
                    Some(person.id),
                    None,
                    json!({ "address": client.address.to_string() }),
                )
                .await;
                Ok(SignInOutcome::Disabled)
            }
            None => Ok(SignInOutcome::Wrong),
        }
    }

    /// Finds who has a login.
    pub(crate) async fn find(&self, login: &Login) -> Result<Option<Person>, SsoError> {
        let kind = match login {
            Login::Nip(_) => IdentifierKind::Nip,
            Login::Email(_) => IdentifierKind::Email,
            Login::Name(_) => IdentifierKind::Username,
        };
        let identifier = Identifier::new(kind, login.as_str());
        self.stores
            .people
            .by_identifier(&identifier)
            .await
            .map_err(SsoError::store("look up a login"))
    }

    /// Verifies the password, or does the same work for nobody. A published password opens nothing.
    async fn is_right(
        &self,
        person: Option<&Person>,
        password: &SecretString,
    ) -> Result<bool, SsoError> {
        let stored = match person {
            Some(person) => self
                .stores
                .people
                .password(person.id)
                .await
                .map_err(SsoError::store("read a password hash"))?,
            None => None,
        };
        let phc = stored.as_ref().map(ExposeSecret::expose_secret);
        let right = self.passwords.verify(password, phc).await?;
        if let (true, Some(person), Some(phc)) = (right, person, phc)
            && self.passwords.is_outdated(phc)
        {
            let hash = self.passwords.hash(password).await?;
            let kept = self
                .stores
                .people
                .set_password(person.id, hash.into(), true)
                .await;
            kept.map_err(SsoError::store("renew a password hash"))?;
        }
        Ok(right && !self.passwords.is_published(password))
    }

    /// Begins a session with a token that nobody has seen, and ends the browser's earlier one.
    async fn begin(
        &self,
        person: PersonId,
        client: &Client,
        headers: &HeaderMap,
    ) -> Result<SignInOutcome, SsoError> {
        self.directory.forget(person);
        let reader = self
            .directory
            .reader(person)
            .await?
            .ok_or(SsoError::NotFound("person"))?;
        let (token, now) = (Token::new(), self.clock.now());
        let session = Session {
            hash: token.hash(),
            person,
            parent: None,
            host: self.settings.hub_host.clone(),
            created_at: now,
            seen_at: now,
            expires_at: now + self.settings.absolute,
            proved_at: now,
            methods: vec!["pwd".into()],
            acting: None,
            label: client
                .label
                .chars()
                .filter(|c| !c.is_control())
                .take(80)
                .collect(),
            epoch: reader.epoch,
        };
        let signed_in = Arc::new(signed_in(&session, reader));
        self.replace(session, headers).await?;
        let details = json!({ "address": client.address.to_string(), "method": "pwd" });
        self.note(
            "sign_in.ok",
            Some(person),
            Some(signed_in.session.public_id()),
            details,
        )
        .await;
        let cookies = vec![
            cookies::set(SESSION_COOKIE, &token.written(), Keep::Session),
            cookies::set(
                DEVICE_COOKIE,
                &self.device_cookie(person),
                Keep::Seconds(DEVICE_SECONDS),
            ),
            cookies::forget(NONCE_COOKIE),
        ];
        Ok(SignInOutcome::SignedIn {
            person: signed_in,
            cookies,
        })
    }

    /// Keeps the new session, and ends whatever session the browser had, with its children on apps' hosts: they are
    /// handed over anew when they are next needed.
    async fn replace(&self, new: Session, headers: &HeaderMap) -> Result<(), SsoError> {
        let earlier = match cookies::find(headers, SESSION_COOKIE)
            .one()
            .and_then(Token::parse)
        {
            Some(token) => self.recognise(&token, &self.settings.hub_host).await?.ok(),
            None => None,
        };
        self.stores
            .sessions
            .begin(new)
            .await
            .map_err(SsoError::store("begin a session"))?;
        if let Some(earlier) = earlier {
            self.end(earlier.session.root()).await?;
        }
        Ok(())
    }

    /// Writes the cookie that makes a browser known as one that a person signed in from.
    fn device_cookie(&self, person: PersonId) -> String {
        let nonce = hex::encode(crate::seal::random::<16>());
        let mac = self
            .seal
            .mac("device", &[person.uuid().as_bytes(), nonce.as_bytes()]);
        format!("{nonce}.{}", URL_SAFE_NO_PAD.encode(mac))
    }

    /// Returns the nonce of a device cookie, where it is this person's.
    fn known_device<'a>(&self, person: PersonId, headers: &'a HeaderMap) -> Option<&'a str> {
        let (nonce, mac) = cookies::find(headers, DEVICE_COOKIE)
            .one()?
            .split_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        self.seal
            .holds(
                "device",
                &[person.uuid().as_bytes(), nonce.as_bytes()],
                &mac,
            )
            .then_some(nonce)
    }
}
