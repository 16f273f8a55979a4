//! How each technology answers: a pure step from a request and the app's rows to a response.
//!
//! Owns the request as an app sees it and the choice of writer; the formats are in the files below.

mod calendar;
mod feeds;
mod json;
mod known;
mod oai;
mod sheets;
mod soap;
mod table;

pub(crate) use soap::{element, fault};

use super::shelf::Shelf;
use super::table::Technology;
use super::{lock, rows};
use crate::MADE_UP;
use crate::make::escape;
use axum::body::Body;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::Value;
use std::fmt::Write as _;

/// A request as an app sees it.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    pub(crate) fn new(parts: Parts, body: Bytes) -> Self {
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: pairs(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body,
        }
    }

    /// A query parameter; the first where there are several.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A number in the query.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// A header; empty where it is missing or no text.
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Reads `a=1&b=2`.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (plain(name), plain(value))
    };
    text.split('&')
        .filter(|part| !part.is_empty())
        .map(pair)
        .collect()
}

/// Takes the percent signs and the plus for a space away.
fn plain(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = std::str::from_utf8(&pair).unwrap_or_default();
                u8::from_str_radix(digits, 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Answers one request.
pub(crate) fn answer(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let (entry, path) = (&shelf.entry, asked.path.as_str());
    if !entry.option("login").is_empty() && path == entry.option("login") {
        return lock::sign_in(shelf, asked);
    }
    if path != entry.option("path") {
        return other(shelf, asked);
    }
    if entry.technology == Technology::Soap && asked.method == Method::GET {
        return soap::wsdl(shelf);
    }
    if let Some(refusal) = lock::refusal(shelf, asked) {
        return refusal;
    }
    match entry.technology {
        Technology::Page => json::page(shelf, asked),
        Technology::Offset => json::offset(shelf, asked),
        Technology::Cursor => json::cursor(shelf, asked),
        Technology::Gateway => json::gateway(shelf, asked),
        Technology::Link => json::link(shelf, asked),
        Technology::Rss => feeds::rss(shelf),
        Technology::Atom => feeds::atom(shelf),
        Technology::Wordpress => known::wordpress(shelf, asked),
        Technology::Redmine => known::redmine(shelf, asked),
        Technology::Html => table::list(shelf, asked),
        Technology::Soap => soap::call(shelf, asked),
        Technology::Xml => soap::document(shelf),
        Technology::Csv => sheets::csv(shelf),
        Technology::Xlsx => sheets::xlsx(shelf),
        Technology::Ical => calendar::calendar(shelf),
        Technology::Oai => oai::answer(shelf, asked),
        Technology::Ckan => known::ckan(shelf, asked),
        Technology::Jdih => known::jdih(shelf),
        Technology::Webhook | Technology::Sql => nothing(shelf),
    }
}

/// Pages of the app beside its data: the first one, a single row, what is behind the sign-in.
fn other(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let number = asked
        .path
        .strip_prefix("/lihat/")
        .and_then(|id| id.parse().ok());
    if let Some(id) = number.filter(|id| shelf.ids().contains(id)) {
        let row = shelf.row(id);
        let mut body = format!("<h2>{}</h2><dl>", escape(&row.title));
        for (name, cell) in &row.cells {
            let _ = write!(body, "<dt>{name}</dt><dd>{}</dd>", escape(&cell.text()));
        }
        return page(shelf, &(body + "</dl>"));
    }
    match asked.path.as_str() {
        "/" => page(shelf, ""),
        "/users/current.json" if shelf.entry.technology == Technology::Redmine => {
            let user = serde_json::json!({"user": {"id": 9, "login": "hub-contoh"}});
            lock::refusal(shelf, asked).unwrap_or_else(|| json(StatusCode::OK, &user))
        }
        "/beranda" if shelf.is_signed_in(&lock::session(asked)) => {
            page(shelf, "<a href=\"/logout\">Keluar</a>")
        }
        _ => nothing(shelf),
    }
}

fn nothing(shelf: &Shelf) -> Response<Body> {
    let mut answer = page(shelf, "<p>Halaman tidak ditemukan.</p>");
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

/// A page of the app in HTML.
pub(crate) fn page(shelf: &Shelf, body: &str) -> Response<Body> {
    let name = escape(shelf.entry.name);
    let html = format!(
        "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><title>{name} (contoh)</title></head><body><h1>{name}</h1>{body}<footer>{MADE_UP}</footer></body></html>"
    );
    text(StatusCode::OK, "text/html; charset=utf-8", html)
}

/// An answer of some type.
pub(crate) fn text(
    status: StatusCode,
    kind: &'static str,
    body: impl Into<Bytes>,
) -> Response<Body> {
    let mut answer = Response::new(Body::from(body.into()));
    *answer.status_mut() = status;
    let kind = HeaderValue::from_static(kind);
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    answer
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response<Body> {
    text(status, "application/json", body.to_string())
}

/// The numbers of one page.
fn slice(ids: &[u64], from: usize, size: usize) -> &[u64] {
    let from = from.min(ids.len());
    &ids[from..from.saturating_add(size).min(ids.len())]
}
