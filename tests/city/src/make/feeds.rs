//! The three kinds of news feed: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1.
//!
//! Owns one document each; all answer conditional requests by `ETag`.

use super::{escape, wita};
use crate::state::{AppState, Record};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

pub(super) fn rss() -> Router<Arc<AppState>> {
    Router::new().route(
        "/rss.xml",
        get(
            |State(state): State<Arc<AppState>>, headers: HeaderMap| async move {
                answer(
                    &headers,
                    "application/rss+xml; charset=utf-8",
                    rss_text(&state),
                )
            },
        ),
    )
}

pub(super) fn atom() -> Router<Arc<AppState>> {
    Router::new().route(
        "/atom.xml",
        get(
            |State(state): State<Arc<AppState>>, headers: HeaderMap| async move {
                answer(&headers, "application/atom+xml", atom_text(&state))
            },
        ),
    )
}

pub(super) fn json_feed() -> Router<Arc<AppState>> {
    Router::new().route(
        "/feed.json",
        get(
            |State(state): State<Arc<AppState>>, headers: HeaderMap| async move {
                answer(&headers, "application/feed+json", json_text(&state))
            },
        ),
    )
}

/// The document with its tag, or 304 when the asker already has it.
fn answer(headers: &HeaderMap, kind: &'static str, text: String) -> Response {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|asked| asked == tag.as_str())
    {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    (
        [(header::CONTENT_TYPE, kind.to_owned()), (header::ETAG, tag)],
        text,
    )
        .into_response()
}

fn page_of(state: &AppState, record: &Record) -> String {
    format!(
        "{}{}",
        state.base_url,
        super::web_path(state.spec.make, record)
    )
}

fn rss_text(state: &AppState) -> String {
    let items: String = state
        .records()
        .iter()
        .map(|record| {
            format!(
                "<item><title>{}</title><link>{}</link><guid isPermaLink=\"false\">spbe-{}</guid><pubDate>{}</pubDate><dc:creator>{}</dc:creator><description><![CDATA[<p>{}</p>]]></description></item>\n",
                escape(&record.title), page_of(state, record), record.id, record.updated.to_rfc2822(), escape(&record.author), record.text
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>{} (contoh)</title><link>{}/</link><description>{}</description><language>id</language>\n{items}</channel></rss>\n",
        escape(state.spec.title),
        state.base_url,
        crate::MADE_UP
    )
}

fn atom_text(state: &AppState) -> String {
    let records = state.records();
    let latest = records
        .first()
        .map(|record| wita(record.updated))
        .unwrap_or_default();
    let entries: String = records
        .iter()
        .map(|record| {
            format!(
                "<entry><id>tag:denpasar.example,2026:ppid/{}</id><title type=\"html\">{}</title><link rel=\"alternate\" href=\"{}\"/><published>{}</published><updated>{}</updated><author><name>{}</name></author><summary>{}</summary></entry>\n",
                record.id, escape(&escape(&record.title)), page_of(state, record), wita(record.created), wita(record.updated), escape(&record.author), escape(&record.text)
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"id\"><id>tag:denpasar.example,2026:ppid</id><title>{} (contoh)</title><updated>{latest}</updated>\n{entries}</feed>\n",
        escape(state.spec.title)
    )
}

fn json_text(state: &AppState) -> String {
    let items: Vec<Value> = state
        .records()
        .iter()
        .map(|record| {
            json!({
                "id": record.id.to_string(), "url": page_of(state, record), "title": record.title,
                "content_text": record.text, "date_published": wita(record.created), "date_modified": wita(record.updated),
                "authors": [{"name": record.author}], "_harga": record.more["harga"],
            })
        })
        .collect();
    json!({"version": "https://jsonfeed.org/version/1.1", "title": format!("{} (contoh)", state.spec.title), "home_page_url": state.base_url, "language": "id", "items": items}).to_string()
}
