//! The bare array that sites of the national legal-documents network (JDIHN) serve.
//!
//! Owns `/integrasi.json` with the network's own keys; every value is text, as those sites write it.

use super::web_path;
use crate::state::{AppState, Record};
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use chrono::Datelike;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<AppState>> {
    Router::new().route(
        "/integrasi.json",
        get(|State(state): State<Arc<AppState>>| async move {
            Json(
                state
                    .records()
                    .iter()
                    .map(|record| written(&state, record))
                    .collect::<Vec<Value>>(),
            )
        }),
    )
}

fn written(state: &AppState, record: &Record) -> Value {
    let kind = record.title.split(" (").next().unwrap_or("Peraturan");
    let short: String = kind
        .split(' ')
        .filter_map(|word| word.chars().next())
        .collect();
    let page = format!("{}{}", state.base_url, web_path(state.spec.make, record));
    json!({
        "idData": record.id.to_string(), "tahun_pengundangan": record.created.year().to_string(),
        "tanggal_pengundangan": record.created.format("%Y-%m-%d").to_string(), "jenis": kind, "noPeraturan": record.word("nomor"),
        "judul": format!("{} Nomor {} Tahun {}", record.title, record.word("nomor"), record.created.year()),
        "noPanggil": "-", "singkatanJenis": short.to_uppercase(), "tempatTerbit": "Denpasar (contoh)", "penerbit": "Bagian Hukum (contoh)",
        "deskripsiFisik": "-", "sumber": "LD CONTOH", "subjek": record.text, "isbn": "-", "status": record.state, "bahasa": "Indonesia",
        "lokasi": "Bagian Hukum", "bidangHukum": record.word("bidang"), "teuBadan": "Indonesia. Kota Denpasar (contoh)",
        "nomorIndukBuku": "-", "fileDownload": format!("contoh-{}.pdf", record.id), "urlDownload": format!("{page}/berkas"),
        "abstrak": "-", "urlAbstrak": "-", "urlDetailPeraturan": page, "operasi": "4", "display": "1",
    })
}
