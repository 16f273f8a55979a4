//! What each part of the file says, row by row. Never a secret, never somebody else's id.

use crate::own_data::Overview;
use chrono::{DateTime, Utc};
use divos_feed::FeedItem;
use divos_model::{PersonId, wita};
use divos_portal::own_data::About;
use divos_sso::public_id;
use divos_store::{
    AuditRow, IdentifierKind, Marked, OwnCounts, Person, Proposal, PushCredential, PushProof,
    Registration, Session, Tenure, Token, TokenKind,
};
use serde_json::{Map, Value, json};

/// Writes a time as the API does: RFC 3339 in the city's time.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.with_timezone(&wita()).to_rfc3339()
}

fn maybe(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(time)
}

/// How much of the long parts there is, as far as that is known before they are read.
pub(super) fn expected(counts: &OwnCounts) -> Value {
    json!({
        "marks": counts.marked,
        "addressed_items": counts.addressed,
        "registrations": counts.registrations,
        "proposals": counts.proposals,
        "push_credentials": counts.credentials,
    })
}

/// What each part is, why it is kept and how long.
pub(super) fn about(parts: &[About]) -> Value {
    let told = |one: &About| {
        let said = json!({ "what": one.what, "why": one.why, "kept": one.kept });
        (one.part.to_owned(), said)
    };
    Value::Object(parts.iter().map(told).collect())
}

/// The account. Of the password only that there is one.
pub(super) fn account(overview: &Overview) -> Value {
    let person = &overview.person;
    let identifiers = person
        .identifiers
        .iter()
        .map(|one| json!({ "kind": one.kind, "value": one.value }));
    json!({
        "id": person.id,
        "name": person.name,
        "status": person.status,
        "identifiers": identifiers.collect::<Vec<_>>(),
        "roles": person.roles,
        "disabled": person.disabled,
        "has_password": person.has_password,
        "known_since": time(overview.account.since),
    })
}

/// A post that they hold or held.
pub(super) fn post(tenure: &Tenure) -> Value {
    let held = &tenure.held;
    json!({
        "title": held.post.title,
        "type": held.post.kind,
        "unit": held.post.unit,
        "unit_name": held.unit_name,
        "assignment": held.kind,
        "from": tenure.from,
        "until": held.to,
    })
}

/// A session.
pub(super) fn session(session: &Session) -> Value {
    json!({
        "id": public_id(&session.hash),
        "within": session.parent.as_ref().map(public_id),
        "host": session.host,
        "device": session.label,
        "began_at": time(session.created_at),
        "used_at": time(session.seen_at),
        "ends_at": time(session.expires_at),
        "proved_at": time(session.proved_at),
        "proved_by": session.methods,
        "acting": session.acting,
    })
}

/// A token, without itself.
pub(super) fn token(token: &Token, epoch: u64, now: DateTime<Utc>) -> Value {
    json!({
        "id": token.id,
        "kind": match token.kind { TokenKind::Feed => "feed", TokenKind::Api => "api" },
        "label": token.label,
        "scopes": token.scopes,
        "made_at": time(token.created_at),
        "used_at": maybe(token.used_at),
        "ends_at": maybe(token.expires_at),
        "ended": token.has_ended(epoch, now),
    })
}

/// What they marked on an item.
pub(super) fn mark(mark: &Marked) -> Value {
    json!({
        "item": mark.id,
        "app": mark.app,
        "title": mark.title,
        "seen": mark.seen,
        "done_at": maybe(mark.state.done_at),
        "pinned_at": maybe(mark.state.pinned_at),
        "snoozed_until": maybe(mark.state.snoozed_until),
        "muted": mark.state.muted,
    })
}

/// How an item names somebody.
pub(super) fn why(shown: &FeedItem, person: &Person) -> Vec<&'static str> {
    let item = &shown.item;
    let addressed = item.audience.persons.contains(&person.id);
    let has_part = item.actors.iter().any(|one| one.person == Some(person.id));
    let text = serde_json::to_string(item)
        .unwrap_or_default()
        .to_lowercase();
    let stands = |kind| {
        let values = person
            .identifiers
            .iter()
            .filter(move |one| one.kind == kind);
        values
            .map(|one| &one.value)
            .any(|value| text.contains(value.as_str()))
    };
    let named = [
        (addressed, "addressed"),
        (has_part, "has_part"),
        (stands(IdentifierKind::Nip), "nip"),
        (stands(IdentifierKind::Email), "email"),
    ];
    let named: Vec<_> = named
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| word)
        .collect();
    match named.is_empty() {
        // By the hub's own code for the number, or by the number in groups.
        true => vec!["nip"],
        false => named,
    }
}

/// An item as the reader may read it. Of its audience only how many others are named in person.
pub(super) fn item(shown: &FeedItem, why: &[&str]) -> Value {
    let mut whole = serde_json::to_value(shown).unwrap_or(Value::Null);
    if let Some(audience) = whole.get_mut("audience").and_then(Value::as_object_mut) {
        count_persons(audience);
    }
    json!({ "why": why, "item": whole })
}

fn count_persons(audience: &mut Map<String, Value>) {
    for list in ["persons", "exclude"] {
        if let Some(persons) = audience.remove(list) {
            let count = persons.as_array().map_or(0, Vec::len);
            audience.insert(format!("{list}_count"), json!(count));
        }
    }
}

/// A registration with what they typed.
pub(super) fn registration(one: &Registration) -> Value {
    json!({
        "number": one.number,
        "answers": one.typed,
        "proposal": one.proposal,
        "made_at": time(one.created_at),
        "changed_at": time(one.changed_at),
    })
}

/// A change of a definition that they proposed; its text is about an app, and stays with it.
pub(super) fn proposal(one: &Proposal) -> Value {
    json!({
        "number": one.number,
        "kind": one.kind,
        "app": one.app,
        "reason": one.reason,
        "state": one.state,
        "restores": one.restores,
        "answered": one.note,
        "made_at": time(one.created_at),
        "changed_at": time(one.changed_at),
    })
}

/// A push credential that they made, without its secret.
pub(super) fn credential(one: &PushCredential) -> Value {
    json!({
        "id": one.id,
        "app": one.app,
        "sort": match one.proof { PushProof::Token(_) => "token", PushProof::Hmac => "hmac" },
        "label": one.label,
        "made_at": time(one.created_at),
        "used_at": maybe(one.used_at),
    })
}

/// Something that they did, or that was done to them; by whom else is not theirs to know.
pub(super) fn event(row: &AuditRow, person: PersonId) -> Value {
    let draft = &row.draft;
    let by = match draft.actor {
        Some(actor) if actor == person => "self",
        Some(_) => "other",
        None => "hub",
    };
    json!({
        "number": row.number,
        "at": time(draft.at),
        "event": draft.event,
        "by": by,
        "subject": draft.subject,
        "details": draft.details,
    })
}
