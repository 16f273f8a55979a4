//! An app as they were written in 2012: every number a string, a key with a space, Indonesian dates without a zone.
//!
//! Owns `/data.php`.

use super::web_path;
use crate::state::{AppState, Record};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{DateTime, Datelike, FixedOffset, Timelike};
use http::header;
use serde_json::{Value, json};
use std::sync::Arc;

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

pub(super) fn router() -> Router<Arc<AppState>> {
    Router::new().route("/data.php", get(list))
}

/// JSON that calls itself HTML, as PHP does when nobody sets the type, with a byte-order mark in front.
async fn list(State(state): State<Arc<AppState>>) -> Response {
    let records = state.records();
    let rows: Vec<Value> = records
        .iter()
        .enumerate()
        .map(|(index, record)| written(&state, index, record))
        .collect();
    let text =
        json!({"success": "1", "jumlah": records.len().to_string(), "data": rows}).to_string();
    (
        [(header::CONTENT_TYPE, "text/html; charset=UTF-8")],
        format!("\u{feff}{text}"),
    )
        .into_response()
}

fn written(state: &AppState, index: usize, record: &Record) -> Value {
    json!({
        "No ": (index + 1).to_string(), "id": record.id.to_string(), "Kode Kegiatan": record.word("kode"),
        "Nama Kegiatan": record.title, "Keterangan": record.text, "Fisik": record.word("fisik"), "Keuangan": record.word("keuangan"),
        "Pagu": record.word("pagu"), "OPD": record.unit, "Status": record.state, "Tgl Input": spoken(record.created),
        "Tgl Ubah": spoken(record.updated), "Tgl Selesai": "0000-00-00", "link": web_path(state.spec.make, record),
    })
}

/// `24 November 2026 09:15:03`: the month in Indonesian, no zone.
fn spoken(time: DateTime<FixedOffset>) -> String {
    format!(
        "{} {} {} {:02}:{:02}:{:02}",
        time.day(),
        MONTHS[time.month0() as usize],
        time.year(),
        time.hour(),
        time.minute(),
        time.second()
    )
}
