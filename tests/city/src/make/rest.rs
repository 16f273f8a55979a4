//! Plain JSON in the ways that departments write it: by page, offset, cursor and `Link` header.
//!
//! Owns one list endpoint for each app; never knows which hub asks.

use super::{slice, utc, web_path, wita};
use crate::connectors::{BASIC_PASSWORD, BASIC_USER};
use crate::state::{AppState, Record};
use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

type App = State<Arc<AppState>>;

#[derive(Deserialize)]
struct Asked {
    page: Option<usize>,
    per_page: Option<usize>,
    offset: Option<usize>,
    limit: Option<usize>,
    after: Option<String>,
}

/// SIMPARSA: `offset`, `limit`, `total`.
pub(super) fn offset() -> Router<Arc<AppState>> {
    Router::new().route(
        "/api/agenda",
        get(|State(state): App, Query(asked): Query<Asked>| async move {
            let records = state.records();
            let (from, size) = (
                asked.offset.unwrap_or(0),
                asked.limit.unwrap_or(20).clamp(1, 50),
            );
            let rows: Vec<Value> = slice(&records, from, size)
                .iter()
                .map(|record| event(&state, record))
                .collect();
            Json(json!({"rows": rows, "offset": from, "limit": size, "total": records.len()}))
        }),
    )
}

fn event(state: &AppState, record: &Record) -> Value {
    let (from, to) = record.span.unwrap_or((record.created, record.created));
    json!({
        "id": record.id, "judul": record.title, "keterangan": record.text, "mulai": wita(from), "selesai": wita(to),
        "tempat": record.word("ruang"), "penyelenggara": record.word("penyelenggara"), "unit": record.unit,
        "status": record.state, "dibuat": wita(record.created), "diubah": wita(record.updated),
        "tautan": web_path(state.spec.make, record),
    })
}

/// SIPENJAR: an opaque `next_cursor`, null on the last page.
pub(super) fn cursor() -> Router<Arc<AppState>> {
    Router::new().route(
        "/api/v2/tugas",
        get(|State(state): App, Query(asked): Query<Asked>| async move {
            let records = state.records();
            let from = asked
                .after
                .as_deref()
                .and_then(|after| after.strip_prefix("k-"))
                .and_then(|at| at.parse().ok())
                .unwrap_or(0);
            let size = asked.limit.unwrap_or(15).clamp(1, 50);
            let next = (from + size < records.len()).then(|| format!("k-{}", from + size));
            let items: Vec<Value> = slice(&records, from, size)
                .iter()
                .map(|record| task(&state, record))
                .collect();
            Json(json!({"items": items, "next_cursor": next, "has_more": next.is_some()}))
        }),
    )
}

fn task(state: &AppState, record: &Record) -> Value {
    json!({
        "uuid": format!("tugas-{}", record.id), "name": record.title, "note": record.text, "status": record.state,
        "prio": record.priority, "assignees": record.more["pelaksana"], "progress": record.more["persen"],
        "origin": record.word("asal"), "unit": {"code": record.unit}, "due": record.due.map(wita),
        "created": utc(record.created), "changed": utc(record.updated), "url": web_path(state.spec.make, record),
    })
}

/// SIM Perijinan: a bare array, the next page in `Link`.
pub(super) fn linked() -> Router<Arc<AppState>> {
    Router::new().route("/permohonan", get(|State(state): App, Query(asked): Query<Asked>| async move {
        let records = state.records();
        let (page, size) = (asked.page.unwrap_or(1).max(1), asked.per_page.unwrap_or(10).clamp(1, 50));
        let rows: Vec<Value> = slice(&records, (page - 1) * size, size).iter().map(|record| permit(&state, record)).collect();
        let mut answer = Json(rows).into_response();
        if page * size < records.len() {
            let next = format!("<{}/permohonan?per_page={size}&page={}>; rel=\"next\", <{}/permohonan?page=1>; rel=\"first\"", state.base_url, page + 1, state.base_url);
            answer.headers_mut().extend(next.parse().ok().map(|next| (header::LINK, next)));
        }
        answer
    }))
}

fn permit(state: &AppState, record: &Record) -> Value {
    json!({
        "no_permohonan": format!("P-{}", record.id), "layanan": record.word("layanan"), "perihal": record.title,
        "uraian": record.text, "pemohon": record.word("pemohon"), "syarat": record.more["syarat"], "tahap": record.state,
        "tgl_masuk": wita(record.created), "tgl_ubah": wita(record.updated), "batas": record.due.map(wita),
        "url": format!("{}{}", state.base_url, web_path(state.spec.make, record)),
    })
}

/// SIDOK: behind HTTP Basic, one page with everything.
pub(super) fn documents() -> Router<Arc<AppState>> {
    Router::new().route(
        "/api/dokumen",
        get(|State(state): App, headers: HeaderMap| async move {
            if !may_enter(&headers) {
                return unentered();
            }
            let rows: Vec<Value> = state
                .records()
                .iter()
                .map(|record| document(&state, record))
                .collect();
            Json(json!({"dokumen": rows})).into_response()
        }),
    )
}

/// Whether the request carries the user and password of the Basic app.
pub(crate) fn may_enter(headers: &HeaderMap) -> bool {
    let wanted = format!(
        "Basic {}",
        STANDARD.encode(format!("{BASIC_USER}:{BASIC_PASSWORD}"))
    );
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|given| given == wanted.as_str())
}

/// 401 with the challenge of RFC 7617.
pub(crate) fn unentered() -> Response {
    (
        StatusCode::UNAUTHORIZED,
        [(header::WWW_AUTHENTICATE, "Basic realm=\"SIDOK contoh\"")],
        "Masuk dahulu (contoh).",
    )
        .into_response()
}

fn document(state: &AppState, record: &Record) -> Value {
    json!({
        "id": record.id, "judul": record.title, "ringkas": record.text, "jenis": record.word("jenis"),
        "versi": record.word("versi"), "status": record.state, "unit": record.unit, "penulis": record.author,
        "dibuat": wita(record.created), "diubah": wita(record.updated), "halaman": web_path(state.spec.make, record),
        "berkas": {"nama": format!("dokumen-{}.pdf", record.id), "ukuran": record.more["ukuran"], "tipe": "application/pdf"},
    })
}

/// SIMAK DIHATI: approvals, by page, Laravel's names.
pub(super) fn approvals() -> Router<Arc<AppState>> {
    Router::new().route("/api/cuti", get(|State(state): App, Query(asked): Query<Asked>| async move {
        paged(&state, &asked, |record| json!({
            "id": record.id, "perihal": record.title, "catatan": record.text, "pengaju": record.author, "unit": record.unit,
            "langkah": record.word("langkah"), "keputusan": record.state, "prioritas": record.priority,
            "diajukan": wita(record.created), "diubah": wita(record.updated), "batas": record.due.map(wita),
            "tautan": web_path(state.spec.make, record),
        }))
    }))
}

/// e-Kinerja: attendance, by page, the NIP in clear as such apps do.
pub(super) fn attendance() -> Router<Arc<AppState>> {
    Router::new().route("/api/presensi", get(|State(state): App, Query(asked): Query<Asked>| async move {
        paged(&state, &asked, |record| json!({
            "id": record.id, "nip": record.word("nip"), "nama": record.word("nama"), "unit": record.unit,
            "tanggal": record.created.format("%Y-%m-%d").to_string(), "masuk": record.word("masuk"), "pulang": record.word("pulang"),
            "cara": record.word("cara"), "status": record.state, "keterangan": record.text, "diubah": wita(record.updated),
            "tautan": web_path(state.spec.make, record),
        }))
    }))
}

/// Smart Arsip: by page.
pub(super) fn archive() -> Router<Arc<AppState>> {
    Router::new().route("/api/arsip", get(|State(state): App, Query(asked): Query<Asked>| async move {
        paged(&state, &asked, |record| json!({
            "kode": format!("ARS/{}", record.id), "uraian": record.title, "isi": record.text, "klasifikasi": record.word("klasifikasi"),
            "nasib": record.word("nasib"), "status": record.state, "unit": record.unit, "dicatat": wita(record.created),
            "diubah": wita(record.updated), "tautan": web_path(state.spec.make, record),
        }))
    }))
}

/// Ketinggian Air: a plain list under `peringatan`.
pub(super) fn warnings() -> Router<Arc<AppState>> {
    Router::new().route("/api/peringatan", get(|State(state): App| async move {
        let rows: Vec<Value> = state.records().iter().map(|record| json!({
            "id": record.id, "judul": record.title, "isi": record.text, "status": record.state,
            "tinggi_cm": record.more["tinggi_cm"], "waktu": wita(record.updated), "tautan": web_path(state.spec.make, record),
        })).collect();
        Json(json!({"peringatan": rows}))
    }))
}

fn paged(state: &AppState, asked: &Asked, written: impl Fn(&Record) -> Value) -> Json<Value> {
    let records = state.records();
    let (page, size) = (
        asked.page.unwrap_or(1).max(1),
        asked.per_page.unwrap_or(15).clamp(1, 50),
    );
    let rows: Vec<Value> = slice(&records, (page - 1) * size, size)
        .iter()
        .map(written)
        .collect();
    let last = records.len().div_ceil(size).max(1);
    Json(
        json!({"data": rows, "current_page": page, "per_page": size, "last_page": last, "total": records.len()}),
    )
}
