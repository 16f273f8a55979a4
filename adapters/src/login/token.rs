//! Signing in by a request that answers with a token: an app's own, or OAuth 2.0 (RFC 6749).
//!
//! Owns the token, its life and its successor. It must never print one.

use super::grant::Seal;
use super::{Way, bad, lock, refused, request};
use crate::fault::Refusal;
use crate::transport::Verdict;
use crate::{Call, Reply, Trouble};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::{OAuth2, TokenLogin};
use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::{Map, Value as Json};
use std::sync::Arc;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// The longest token, in bytes.
const LONGEST: usize = 16 * 1024;
/// How long before its end a token is renewed, in seconds; a tenth of its life where that is less.
const MARGIN: i64 = 30;
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A token and how it is sent.
pub(super) struct Pass {
    pub(super) header: String,
    pub(super) value: String,
    until: Option<DateTime<Utc>>,
    grants: Grant,
}

/// The refresh tokens around a token.
#[derive(Clone, Default)]
struct Grant {
    /// The one that was kept when it was asked for.
    kept: Option<String>,
    /// The one that comes next.
    next: Option<String>,
}

impl Pass {
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// Asks for the app's own token.
pub(super) async fn login(way: &Way<'_>, login: &TokenLogin, like: &Call) -> Result<(), Trouble> {
    let url = way.address(&login.url)?;
    if !like.reach.may_call(&url) {
        return Err(bad("the login address is not on the app's own hosts"));
    }
    let mut fields = Vec::new();
    for (name, value) in &login.fields {
        fields.push((name.as_str(), value.reveal()?));
    }
    let (kind, body) = if login.json {
        let fields = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), Json::from(*v)));
        (JSON, Json::from(fields.collect::<Map<_, _>>()).to_string())
    } else {
        (
            FORM,
            Serializer::new(String::new()).extend_pairs(fields).finish(),
        )
    };
    let answer = ask(way, like, url, HeaderMap::new(), (kind, body)).await?;
    let token = text(login.token.get(&answer)).ok_or_else(|| refused(Refusal::NoToken))?;
    let life = login.expires.as_ref().and_then(|path| path.get(&answer));
    keep(
        way,
        &login.header,
        &format!("{}{token}", login.prefix),
        life,
        Grant::default(),
    );
    Ok(())
}

/// Asks for an access token by client credentials (section 4.4) or a refresh token (section 6).
pub(super) async fn oauth(way: &Way<'_>, oauth: &OAuth2, like: &Call) -> Result<(), Trouble> {
    let (id, secret) = (oauth.client_id.reveal()?, oauth.client_secret.reveal()?);
    let last = lock(&way.session.pass)
        .as_ref()
        .map_or_else(Grant::default, |pass| pass.grants.clone());
    let given = oauth
        .refresh_token
        .as_ref()
        .map(divos_manifest::Secret::reveal)
        .transpose()?;
    let seal = Seal::of(&way.connector.id, oauth)?;
    // What is kept comes first: the editor of definitions, too, may have used the grant since. Not where it is still
    // what it was the last time: then its successor could not be kept, and is known here alone.
    let kept = kept(way, seal.as_ref()).await;
    let newer = kept.clone().filter(|kept| last.kept.as_ref() != Some(kept));
    let refresh = newer.or(last.next).or(given.map(str::to_owned));
    let mut headers = HeaderMap::new();
    if !oauth.in_body {
        // Both are written as form values first (section 2.3.1); a blank as `%20`, which every decoder knows: not all
        // of them read `+` outside a form.
        let part = |text: &str| {
            let written: String = byte_serialize(text.as_bytes()).collect();
            written.replace('+', "%20")
        };
        let pair = STANDARD.encode(format!("{}:{}", part(id), part(secret)));
        super::sign::put(&mut headers, AUTHORIZATION, &format!("Basic {pair}"))?;
    }
    let client = oauth.in_body.then_some((id, secret));
    let grant = grant(
        oauth,
        client,
        refresh.as_deref().filter(|_| given.is_some()),
    );
    let url = way.address(&oauth.token_url)?;
    let answer = ask(way, like, url, headers, (FORM, grant)).await?;
    let token = text(answer.get("access_token"));
    let token = token.ok_or_else(|| refused(Refusal::NoToken))?;
    let rotated = text(answer.get("refresh_token"));
    let next = rotated.or(refresh);
    if let Some((seal, next)) = seal.zip(next.as_deref())
        && kept.as_deref().or(given) != Some(next)
    {
        hand_on(way, &seal, next).await;
    }
    let value = format!("Bearer {token}");
    keep(
        way,
        AUTHORIZATION.as_str(),
        &value,
        answer.get("expires_in"),
        Grant { kept, next },
    );
    Ok(())
}

/// Returns the grant that was kept last.
async fn kept(way: &Way<'_>, seal: Option<&Seal>) -> Option<String> {
    let (seal, grants) = (seal?, way.outbound.grants()?);
    let sealed = grants.kept(&way.connector.id).await?;
    seal.open(&sealed)
}

/// Keeps the grant that comes next; the one before it is used up.
async fn hand_on(way: &Way<'_>, seal: &Seal, grant: &str) {
    if let (Some(grants), Some(sealed)) = (way.outbound.grants(), seal.close(grant)) {
        grants.keep(&way.connector.id, sealed).await;
    }
}

/// Writes the body of a request for a token.
fn grant(oauth: &OAuth2, client: Option<(&str, &str)>, refresh: Option<&str>) -> String {
    let mut form = Serializer::new(String::new());
    match refresh {
        Some(refresh) => form
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", refresh),
        None => form.append_pair("grant_type", "client_credentials"),
    };
    if let Some(scope) = &oauth.scope {
        form.append_pair("scope", scope);
    }
    form.extend_pairs(&oauth.params);
    if let Some((id, secret)) = client {
        form.append_pair("client_id", id)
            .append_pair("client_secret", secret);
    }
    form.finish()
}

async fn ask(
    way: &Way<'_>,
    like: &Call,
    url: Url,
    mut headers: HeaderMap,
    (kind, body): (HeaderValue, String),
) -> Result<Json, Trouble> {
    headers.insert(ACCEPT, JSON);
    headers.insert(CONTENT_TYPE, kind);
    let mut call = request(like, Method::POST, url, headers, Some(body.into()));
    call.verdict = Some(Arc::new(Words));
    let reply = way.send(call, true).await?;
    let body = reply.body.whole().await?;
    serde_json::from_slice(&body).map_err(|_| refused(Refusal::NotJson))
}

/// Reads the words of a refusal (RFC 6749, section 5.2).
struct Words;

impl Verdict for Words {
    fn on(&self, reply: &Reply) -> Option<Trouble> {
        let status = reply.status.as_u16();
        if !matches!(status, 400 | 401 | 403 | 422) {
            return None;
        }
        let body: Option<Json> = reply
            .body
            .in_memory()
            .and_then(|body| serde_json::from_slice(body).ok());
        // Only the code: further words may repeat what was sent.
        let code = body.and_then(|body| Some(body.get("error")?.as_str()?.to_owned()));
        let code = code.filter(|code| {
            code.len() <= 64 && code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        });
        Some(refused(Refusal::Said { code, status }))
    }
}

fn text(value: Option<&Json>) -> Option<String> {
    let text = match value? {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.len() <= LONGEST).then_some(text)
}

fn keep(way: &Way<'_>, header: &str, value: &str, life: Option<&Json>, grants: Grant) {
    let seconds = text(life).and_then(|life| life.parse::<f64>().ok());
    let until = seconds.and_then(|seconds| {
        let seconds = seconds as i64;
        let left = seconds - MARGIN.min(seconds / 10);
        let life = TimeDelta::try_seconds(left.max(1))?;
        way.session.clock.now().checked_add_signed(life)
    });
    *lock(&way.session.pass) = Some(Pass {
        header: header.to_owned(),
        value: value.to_owned(),
        until,
        grants,
    });
}
