//! What the expressions of a sign may read of an answer; [`divos_manifest::FACTS`] names them.

use super::Answer;
use divos_formats::xml;
use serde_json::{Map, Value as Json, json};
use std::io::Cursor;
use url::Url;

/// How much of a body is text to look in, in bytes.
const TEXT: usize = 256 * 1024;
/// The largest body that is read as a tree, in bytes.
const TREE: usize = 4 * 1024 * 1024;

/// Gathers the facts of an answer; `base` is the address of the app, `id` what the connector will be called.
pub(super) fn facts(answer: &Answer, base: &Url, id: &str) -> Json {
    let media = answer.media();
    let root = base.as_str().trim_end_matches('/');
    let path = answer.url.as_str().strip_prefix(root).unwrap_or_default();
    let path = path.split(['?', '#']).next().unwrap_or_default();
    json!({
        "url": answer.url.as_str(),
        "base": root,
        "path": if path.is_empty() { "/" } else { path },
        "host": host(base),
        "id": id,
        "status": answer.status,
        "type": media,
        "header": headers(answer),
        "json": tree(&answer.body).unwrap_or_default(),
        "xml": document(answer).unwrap_or_default(),
        "text": text(&answer.body),
    })
}

/// The host as links name it: with the port where it is not the scheme's own.
fn host(base: &Url) -> String {
    let name = base.host_str().unwrap_or_default();
    match base.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

fn headers(answer: &Answer) -> Map<String, Json> {
    let mut found = Map::new();
    for (name, value) in &answer.headers {
        let name = name.as_str().replace('-', "_");
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match found.get_mut(&name).and_then(|known| match known {
            Json::String(text) => Some(text),
            _ => None,
        }) {
            Some(known) => {
                known.push_str(", ");
                known.push_str(&value);
            }
            None => {
                found.insert(name, value.into());
            }
        }
    }
    found
}

/// Reads a body as JSON, where it is some.
pub(super) fn tree(body: &[u8]) -> Option<Json> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let first = body.trim_ascii_start().first()?;
    let likely = matches!(first, b'{' | b'[') && body.len() <= TREE;
    likely.then(|| serde_json::from_slice(body).ok()).flatten()
}

/// Reads a body as an XML document, where it is one: `{"rss": {…}}`.
pub(super) fn document(answer: &Answer) -> Option<Json> {
    let start = answer.body.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let html = answer.media().contains("html") || is_html(start);
    if !start.starts_with(b"<") || html || start.len() > TREE {
        return None;
    }
    let input = Box::new(Cursor::new(answer.body.clone()));
    let content_type = answer.header("content-type");
    // No element is called so: all of the document is what surrounds the records.
    let nowhere = xml::Options {
        rows: vec![String::new()],
        charset: None,
    };
    let document = xml::open(input, content_type, &nowhere).ok()?;
    document.opened.rows.for_each(drop);
    document.rest.take()
}

fn is_html(start: &[u8]) -> bool {
    let head = start.get(..64).unwrap_or(start).to_ascii_lowercase();
    head.starts_with(b"<!doctype html") || head.starts_with(b"<html")
}

fn text(body: &[u8]) -> String {
    let part = body.get(..TEXT).unwrap_or(body);
    String::from_utf8_lossy(part).into_owned()
}
