//! JSON APIs of the city's own apps: by page, by offset, by an opaque cursor, by the `Link` header.
//!
//! Owns paging and wrapping; never knows a field.

use super::rows::Row;
use super::{Asked, json as whole, slice};
use crate::whole::shelf::{Shelf, moment};
use axum::body::Body;
use http::{Response, StatusCode, header};
use serde_json::{Map, Value, json};

/// The most rows of a page.
const MOST: usize = 200;

pub(super) fn page(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let entry = &shelf.entry;
    let ids = chosen(shelf, asked);
    let number = asked.number(entry.option("page")).unwrap_or(1).max(1);
    let size = size(asked, entry.option("size"));
    wrapped(shelf, &ids, (number - 1).saturating_mul(size), size)
}

pub(super) fn offset(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let entry = &shelf.entry;
    let ids = chosen(shelf, asked);
    let from = asked.number(entry.option("page")).unwrap_or(0);
    wrapped(shelf, &ids, from, size(asked, entry.option("size")))
}

fn wrapped(shelf: &Shelf, ids: &[u64], from: usize, size: usize) -> Response<Body> {
    let rows = written(&shelf.rows(slice(ids, from, size)));
    let mut body = json!({"keterangan_layanan": crate::MADE_UP});
    put(&mut body, shelf.entry.option("list"), rows);
    put(&mut body, shelf.entry.option("total"), ids.len().into());
    whole(StatusCode::OK, &body)
}

pub(super) fn cursor(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let Some((rows, next)) = after(shelf, asked, "after") else {
        let says = json!({"message": "after tidak dikenal"});
        return whole(StatusCode::BAD_REQUEST, &says);
    };
    let body = json!({"items": rows, "next_cursor": next, "has_more": next.is_some()});
    whole(StatusCode::OK, &body)
}

/// As the national gateway of procurement data answers.
pub(super) fn gateway(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let Some((rows, next)) = after(shelf, asked, "cursor") else {
        let says = json!({"success": false, "message": "cursor tidak dikenal"});
        return whole(StatusCode::BAD_REQUEST, &says);
    };
    let meta = json!({"limit": size(asked, "limit"), "has_more": next.is_some(), "cursor": next});
    let body = json!({"success": true, "data": rows, "meta": meta});
    whole(StatusCode::OK, &body)
}

/// The rows after a token, and the token of those after them; nothing for an unknown one. A token is the number of the
/// last row that was given.
fn after(shelf: &Shelf, asked: &Asked, name: &str) -> Option<(Value, Option<String>)> {
    let ids = shelf.ids();
    let last = match asked.query(name).unwrap_or_default() {
        "" => 0,
        token => token.strip_prefix("c-")?.parse::<u64>().ok()?,
    };
    let from = ids.partition_point(|id| *id <= last);
    let shown = slice(&ids, from, size(asked, "limit"));
    let more = from + shown.len() < ids.len();
    let next = shown.last().filter(|_| more).map(|id| format!("c-{id}"));
    Some((written(&shelf.rows(shown)), next))
}

pub(super) fn link(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let ids = chosen(shelf, asked);
    let (number, size) = (
        asked.number("page").unwrap_or(1).max(1),
        size(asked, "per_page"),
    );
    let from = (number - 1).saturating_mul(size);
    let mut answer = whole(
        StatusCode::OK,
        &written(&shelf.rows(slice(&ids, from, size))),
    );
    if from.saturating_add(size) < ids.len() {
        let path = shelf.entry.option("path");
        let since = asked.query("sejak").unwrap_or_default().replace('+', "%2B");
        let since = if since.is_empty() {
            since
        } else {
            format!("&sejak={since}")
        };
        let next = format!(
            "<{}{path}?per_page={size}&page={}{since}>; rel=\"next\"",
            shelf.base_url,
            number + 1
        );
        let next = next.parse().ok();
        answer
            .headers_mut()
            .extend(next.map(|next| (header::LINK, next)));
    }
    answer
}

/// Every row, or those changed since the time that the request names.
fn chosen(shelf: &Shelf, asked: &Asked) -> Vec<u64> {
    let since = shelf.entry.option("since");
    match asked.query(since).and_then(moment) {
        Some(time) if !since.is_empty() => shelf.since(time),
        _ => shelf.ids(),
    }
}

fn size(asked: &Asked, name: &str) -> usize {
    asked.number(name).unwrap_or(20).clamp(1, MOST)
}

fn written(rows: &[Row]) -> Value {
    rows.iter().map(object).collect()
}

/// One row as an object.
pub(super) fn object(row: &Row) -> Value {
    let member = |(name, cell): &(&str, super::rows::Cell)| ((*name).to_owned(), cell.json());
    Value::Object(row.cells.iter().map(member).collect::<Map<_, _>>())
}

/// Puts a value at a dotted place.
fn put(body: &mut Value, place: &str, value: Value) {
    let mut at = body;
    for word in place.split('.') {
        at = &mut at[word];
    }
    *at = value;
}
