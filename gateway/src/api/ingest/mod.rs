//! `POST /api/v1/ingest/{app}`: events that an app pushes, as CloudEvents 1.0 or in the form that its signature brings.
//!
//! Owns who is believed, how much is taken at once, and what the app is told. An event is acknowledged once it is
//! saved; sent again, it changes nothing. It must never know a mapping or the store.

mod deliveries;
mod events;
mod proof;

use super::problem::reply;
use super::{ApiParts, Problem};
use crate::credentials::Credentials;
use crate::phases::lang_of;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use deliveries::Form;
use divos_feed::{Inbox, PushError, Pushed, Taken};
use divos_manifest::{Connector, Fetch, Proof, Webhook};
use divos_store::{EventKey, PushCredential};
use events::{Event, EventFault};
use http::{StatusCode, header};
use proof::{Doubt, Sent};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The largest request, in bytes.
const BODY_MAX: usize = 4 << 20;
/// Requests that are read at the same time; the others are asked to come again.
const AT_ONCE: usize = 16;

/// What the door for pushes needs at hand.
#[derive(Clone)]
struct Door {
    parts: ApiParts,
    places: Arc<Semaphore>,
}

/// Builds the route.
pub(super) fn router(parts: ApiParts) -> Router {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    Router::new()
        .route("/api/v1/ingest/{app}", post(take))
        .with_state(Door { parts, places })
}

async fn take(
    State(Door { parts, places }): State<Door>,
    Path(app): Path<String>,
    request: Request,
) -> Response {
    let lang = lang_of(request.headers());
    let taken = async {
        let Ok(_place) = places.try_acquire() else {
            return Err(Problem::busy());
        };
        let connector = (parts.connectors)().into_iter();
        let connector = connector.into_iter().find(|known| known.id.as_str() == app);
        let connector = connector.filter(|known| hooks(known).next().is_some());
        let connector = connector.ok_or_else(Problem::not_found)?;
        let headers = request.headers().clone();
        let body = axum::body::to_bytes(request.into_body(), BODY_MAX).await;
        let body = body.map_err(|_| Problem::too_large(BODY_MAX))?;
        let sent = Sent {
            headers: &headers,
            body: &body,
            now: parts.clock.now(),
        };
        let pushed = pushed(&parts, &connector, sent, &body).await;
        let (taken, refused) = match &pushed {
            Ok(total) => (total.taken.taken - total.taken.faulty, total.taken.faulty),
            Err(_) => (0, 1),
        };
        let (taken, refused) = (taken as u64, refused as u64);
        parts.usage.pushed(connector.id.as_str(), taken, refused);
        Ok(answer(&pushed?))
    };
    reply(lang, taken.await)
}

/// Takes the events of a request that proves itself.
async fn pushed(
    parts: &ApiParts,
    connector: &Arc<Connector>,
    sent: Sent<'_>,
    body: &Bytes,
) -> Result<Total, Problem> {
    let sources = believed(&parts.credentials, connector, sent).await?;
    let events = read(sent, body, form_of(&sources))?;
    push(&parts.inbox, connector, &sources, events).await
}

/// Lists the sources of a connector that are pushed to.
fn hooks(connector: &Connector) -> impl Iterator<Item = (&str, &Webhook)> {
    let sources = connector.sources.iter();
    sources.filter_map(|source| match &source.fetch {
        Fetch::Webhook(webhook) => Some((source.name.as_str(), webhook)),
        _ => None,
    })
}

/// Lists the sources whose proof the request has.
async fn believed<'a>(
    credentials: &Credentials,
    connector: &'a Connector,
    sent: Sent<'_>,
) -> Result<Vec<(&'a str, &'a Webhook)>, Problem> {
    let mut doubt = Doubt::NoSecret;
    let mut sources = Vec::new();
    let asks_hub = hooks(connector).any(|(_, hook)| matches!(hook.proof, Proof::Issued));
    let given = match asks_hub {
        true => credentials.list(&connector.id).await?,
        false => Vec::new(),
    };
    for (name, webhook) in hooks(connector) {
        let proved = match webhook.proof {
            Proof::Issued => {
                let secret = |one: &PushCredential| credentials.signing_secret(one.id);
                proof::issued(webhook, sent, &given, secret).map(Some)
            }
            _ => proof::check(webhook, sent).map(|()| None),
        };
        match proved {
            Ok(credential) => {
                sources.push((name, webhook));
                if let Some(credential) = credential {
                    credentials.used(credential, sent.now).await;
                }
            }
            Err(other) => doubt = other,
        }
    }
    if !sources.is_empty() {
        return Ok(sources);
    }
    tracing::warn!(app = %connector.id, ?doubt, "a push was not believed");
    Err(match doubt {
        Doubt::Unproved => Problem::unproved(),
        Doubt::Stale => Problem::unproved().saying(
            "Waktu pada tanda tangan terlalu jauh dari waktu hub; periksa jam server.",
            "The signature's time is too far from the hub's; check the server's clock.",
        ),
        Doubt::NoSecret => Problem::unavailable(),
    })
}

/// What a sender who is believed may push besides CloudEvents.
fn form_of(sources: &[(&str, &Webhook)]) -> Option<Form> {
    let mut proofs = sources.iter().map(|(_, hook)| &hook.proof);
    proofs.find_map(|proof| match proof {
        Proof::Standard(_) => Some(Form::Standard),
        Proof::Body { .. } => Some(Form::Body),
        Proof::Token(_) | Proof::Hmac { .. } | Proof::Issued => None,
    })
}

fn read(sent: Sent<'_>, body: &Bytes, form: Option<Form>) -> Result<Vec<Event>, Problem> {
    let read = match (events::read(sent.headers, body, sent.now), form) {
        (Err(EventFault::NotEvents), Some(form)) => {
            deliveries::read(sent.headers, body, sent.now, form).map(|event| vec![event])
        }
        (read, _) => read,
    };
    read.map_err(|fault| {
        let (id, en) = fault.sentence();
        Problem::bad_request(id, en)
    })
}

/// What became of all events of a request.
#[derive(Default)]
struct Total {
    taken: Taken,
    /// Events of a type that no source takes.
    ignored: usize,
}

/// Hands each source its events, in their order. What a failing source did not take may be sent again.
async fn push(
    inbox: &Inbox,
    connector: &Arc<Connector>,
    sources: &[(&str, &Webhook)],
    events: Vec<Event>,
) -> Result<Total, Problem> {
    let mut total = Total::default();
    let mut mine: Vec<Vec<Pushed>> = sources.iter().map(|_| Vec::new()).collect();
    for event in events {
        let takes = |(_, hook): &(&str, &Webhook)| takes(&hook.types, &event.kind);
        match sources.iter().position(takes) {
            None => total.ignored += 1,
            Some(at) => mine[at].push(Pushed {
                key: key(connector, &event),
                record: event.record,
            }),
        }
    }
    for ((name, _), events) in sources.iter().zip(mine) {
        if events.is_empty() {
            continue;
        }
        let taken = inbox.take(connector, name, events).await?;
        total.taken.taken += taken.taken;
        total.taken.repeated += taken.repeated;
        total.taken.faulty += taken.faulty;
        total.taken.faults.extend(taken.faults);
    }
    Ok(total)
}

/// Tells whether a list of types, perhaps with a `*` at the end, has this one. An empty list has all.
fn takes(types: &[String], kind: &str) -> bool {
    let fits = |pattern: &String| match pattern.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => kind == pattern,
    };
    types.is_empty() || types.iter().any(fits)
}

fn key(connector: &Connector, event: &Event) -> EventKey {
    let mut hash = Sha256::new();
    for part in [connector.id.as_str(), &event.source, &event.id] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    EventKey(hash.finalize().into())
}

/// 200 where at least one event was good, or all were repeated; 422 where every new one was faulty.
fn answer(total: &Total) -> Response {
    let Total { taken, ignored } = total;
    let all_faulty = taken.taken > 0 && taken.faulty >= taken.taken;
    let status = match all_faulty {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let faults: Vec<_> = taken
        .faults
        .iter()
        .map(|fault| json!({"id": fault.native_id, "field": fault.field, "message": fault.message}))
        .collect();
    let body = json!({
        "taken": taken.taken, "repeated": taken.repeated, "ignored": ignored,
        "faulty": taken.faulty, "faults": faults,
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

impl From<PushError> for Problem {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Store(error) => error.into(),
            PushError::Source(error) => {
                tracing::error!(%error, "a push could not be mapped");
                Self::unavailable()
            }
        }
    }
}
