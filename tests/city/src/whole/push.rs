//! What an app that pushes sends: CloudEvents 1.0 in batches, with its proof.
//!
//! Owns events and signatures; never sends. Whoever drives the city posts each [`Push`] to the hub it knows.

use super::lock::key;
use super::shelf::Shelf;
use super::table::Lock;
use chrono::{DateTime, Utc};
use ring::hmac;
use serde_json::{Map, Value, json};

/// One request to the hub's place for events, `POST /api/v1/ingest/{app}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Push {
    /// Its headers: the media type and the proof.
    pub headers: Vec<(String, String)>,
    /// Its body: a batch of events as JSON.
    pub body: String,
    /// How many events it holds.
    pub events: usize,
}

impl std::fmt::Debug for Push {
    /// Tells the size and never the proof.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Push");
        shown.field("events", &self.events).finish_non_exhaustive()
    }
}

/// Everything that an app would push.
pub(crate) fn all(shelf: &Shelf, batch: usize, at: DateTime<Utc>) -> Vec<Push> {
    let ids = shelf.ids();
    ids.chunks(batch).map(|ids| push(shelf, ids, at)).collect()
}

/// The newest item that an app would push.
pub(crate) fn newest(shelf: &Shelf, at: DateTime<Utc>) -> Option<Push> {
    let newest = *shelf.ids().last()?;
    Some(push(shelf, &[newest], at))
}

fn push(shelf: &Shelf, ids: &[u64], at: DateTime<Utc>) -> Push {
    let events: Vec<Value> = ids.iter().map(|id| event(shelf, *id)).collect();
    let body = Value::Array(events).to_string();
    let mut headers = vec![(
        "content-type".to_owned(),
        "application/cloudevents-batch+json".to_owned(),
    )];
    let key = key(&shelf.entry);
    if shelf.entry.lock == Lock::Hmac {
        let time = at.timestamp().to_string();
        let secret = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
        let sign = hmac::sign(&secret, format!("{time}.{body}").as_bytes());
        let hex: String = sign.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        headers.push(("x-timestamp".to_owned(), time));
        headers.push(("x-signature".to_owned(), hex));
    } else {
        headers.push(("authorization".to_owned(), format!("Bearer {key}")));
    }
    Push {
        headers,
        body,
        events: ids.len(),
    }
}

fn event(shelf: &Shelf, id: u64) -> Value {
    let row = shelf.row(id);
    let data: Map<String, Value> = row
        .cells
        .iter()
        .map(|(name, cell)| ((*name).to_owned(), cell.json()))
        .collect();
    json!({
        "specversion": "1.0", "id": format!("{}-{}", row.id, row.updated.timestamp()),
        "source": format!("/{}", shelf.entry.slug), "type": format!("{}.baru", shelf.entry.option("type")),
        "time": row.updated.to_rfc3339(), "subject": row.id.to_string(), "datacontenttype": "application/json", "data": data,
    })
}
