//! The pages of every app: plain, Indonesian, and they greet whom the identity headers name.
//!
//! Owns the HTML; never decides who may see it (the hub in front does).

use crate::app::Make;
use crate::connectors::IDENTITY_HEADERS;
use crate::make::{escape, may_enter, unentered, web_path};
use crate::state::{AppState, Record};
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, Uri, header};
use std::sync::Arc;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:46rem;padding:1rem;color:#1d2733;background:#fbfaf7}\
header{border-bottom:3px solid #b5491f;margin-bottom:1rem}h1{font-size:1.4rem;margin:.3rem 0}a{color:#0b5a8a}li{margin:.4rem 0}\
table{border-collapse:collapse}td,th{border:1px solid #c9c4b8;padding:.3rem .6rem;text-align:left}footer{margin-top:2rem;color:#555;font-size:.9rem}.sapa{background:#e8f1e4;padding:.6rem;border-radius:.4rem}";

/// A way for a person to make something happen.
const MORE: &str =
    "<form method=\"post\" action=\"/contoh/baru\"><button>Buat item contoh baru</button></form>";

pub(crate) fn router() -> Router<Arc<AppState>> {
    Router::new()
        .route(
            "/gaya.css",
            get(|| async { ([(header::CONTENT_TYPE, "text/css")], STYLE) }),
        )
        .route("/contoh/baru", post(one_more))
        .fallback(get(any_page))
}

/// Adds a record as the person wished, so that she can watch it arrive in her feed, and shows the front page again.
async fn one_more(State(state): State<Arc<AppState>>) -> Response {
    let title = format!("Item contoh baru, dibuat lewat {}", state.spec.title);
    state.insert(&title);
    (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response()
}

/// The front page, the page of one record, or 404.
async fn any_page(State(state): State<Arc<AppState>>, headers: HeaderMap, uri: Uri) -> Response {
    if state.spec.make == Make::Basic && !may_enter(&headers) {
        return unentered();
    }
    let target = uri
        .path_and_query()
        .map(ToString::to_string)
        .unwrap_or_default();
    if uri.path() == "/" {
        return framed(&state, &headers, &front(&state, &headers)).into_response();
    }
    match state
        .records()
        .iter()
        .find(|record| web_path(state.spec.make, record) == target)
    {
        Some(record) => framed(&state, &headers, &one(record)).into_response(),
        None => (
            StatusCode::NOT_FOUND,
            framed(&state, &headers, "<h2>Halaman tidak ditemukan</h2>"),
        )
            .into_response(),
    }
}

fn front(state: &AppState, headers: &HeaderMap) -> String {
    let items: String = state
        .records()
        .iter()
        .take(12)
        .map(|record| {
            format!(
                "<li><a href=\"{}\">{}</a> <small>{} · {}</small></li>",
                web_path(state.spec.make, record),
                escape(&record.title),
                escape(&record.state),
                record.updated.format("%d-%m-%Y %H.%M")
            )
        })
        .collect();
    let identity = if state.spec.make == Make::Identity {
        received(headers)
    } else {
        String::new()
    };
    format!("{identity}<h2>Terbaru</h2><ul>{items}</ul>{MORE}")
}

/// The identity headers as they arrived, so that a person sees she is signed in.
fn received(headers: &HeaderMap) -> String {
    let rows: String = headers
        .iter()
        .filter(|(name, _)| {
            IDENTITY_HEADERS.contains(&name.as_str()) || name.as_str().starts_with("x-divos-")
        })
        .map(|(name, value)| {
            format!(
                "<tr><th>{name}</th><td>{}</td></tr>",
                escape(&String::from_utf8_lossy(value.as_bytes()))
            )
        })
        .collect();
    let rows = if rows.is_empty() {
        "<tr><td>tidak ada</td></tr>".to_owned()
    } else {
        rows
    };
    format!("<h2>Identitas yang diterima aplikasi ini</h2><table>{rows}</table>")
}

fn one(record: &Record) -> String {
    format!(
        "<article><h2>{}</h2><p>{}</p><dl><dt>Status</dt><dd>{}</dd><dt>Oleh</dt><dd>{}</dd><dt>Diubah</dt><dd>{} WITA</dd></dl><p><a href=\"/\">Kembali</a></p></article>",
        escape(&record.title),
        escape(&record.text),
        escape(&record.state),
        escape(&record.author),
        record.updated.format("%d-%m-%Y %H.%M")
    )
}

fn framed(state: &AppState, headers: &HeaderMap, body: &str) -> Html<String> {
    let greeting = match named(headers) {
        Some(name) => format!(
            "<p class=\"sapa\">Selamat datang, <strong>{}</strong>. Anda sudah masuk lewat hub.</p>",
            escape(&name)
        ),
        None => "<p class=\"sapa\">Anda belum dikenali oleh aplikasi ini.</p>".to_owned(),
    };
    let title = escape(state.spec.title);
    Html(format!(
        "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title><link rel=\"stylesheet\" href=\"/gaya.css\"></head><body><header><h1>{title}</h1></header><main>{greeting}{body}</main><footer>Aplikasi contoh. {}</footer></body></html>",
        crate::MADE_UP
    ))
}

/// The name in the identity headers, or the `name` claim of an assertion; the signature is not checked here.
fn named(headers: &HeaderMap) -> Option<String> {
    let plain = |name: &str| {
        headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .filter(|value| !value.is_empty())
    };
    IDENTITY_HEADERS
        .iter()
        .find_map(|name| plain(name))
        .or_else(|| {
            let token = plain("x-divos-jwt").or_else(|| {
                plain("authorization")?
                    .strip_prefix("Bearer ")
                    .map(ToOwned::to_owned)
            })?;
            let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
            let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
            ["name", "sub"]
                .iter()
                .find_map(|claim| claims[claim].as_str().map(ToOwned::to_owned))
        })
}
