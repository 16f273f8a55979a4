//! Letters with their dispositions, wrapped twice as the city's letter app might.
//!
//! Owns `/api/surat`.

use super::{slice, web_path, wita};
use crate::state::{AppState, Record};
use axum::Json;
use axum::Router;
use axum::extract::{Query, State};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
struct Asked {
    halaman: Option<usize>,
    jumlah: Option<usize>,
}

pub(super) fn router() -> Router<Arc<AppState>> {
    Router::new().route("/api/surat", get(|State(state): State<Arc<AppState>>, Query(asked): Query<Asked>| async move {
        let records = state.records();
        let (page, size) = (asked.halaman.unwrap_or(1).max(1), asked.jumlah.unwrap_or(20).clamp(1, 50));
        let letters: Vec<Value> = slice(&records, (page - 1) * size, size).iter().map(|record| written(&state, record)).collect();
        let last = records.len().div_ceil(size).max(1);
        Json(json!({"status": "ok", "hasil": {"halaman": page, "jumlah_halaman": last, "jumlah_surat": records.len(), "surat": letters}}))
    }))
}

fn written(state: &AppState, record: &Record) -> Value {
    json!({
        "id_surat": record.id, "arah": record.word("arah"), "nomor": record.word("nomor"),
        "tanggal": record.created.format("%d-%m-%Y").to_string(), "hal": record.title, "ringkasan": record.text,
        "dari": record.word("dari"), "kepada": [crate::units::name_of(&record.unit)], "kode_unit": record.unit,
        "sifat": record.word("sifat"), "urgensi": record.priority, "klasifikasi": record.word("klasifikasi"),
        "penandatangan": record.author, "status": record.state, "disposisi": record.more["disposisi"],
        "batas": record.due.map(wita), "dibuat": wita(record.created), "diubah": wita(record.updated),
        "url": format!("{}{}", state.base_url, web_path(state.spec.make, record)),
    })
}
