//! Known products: WordPress, Redmine, CKAN and the national network of legal documents.
//!
//! Owns their documents and their way of paging; what is behind a fixed shape has a title, times and made-up words.

use super::rows::{Row, made};
use super::{Asked, json as whole, slice};
use crate::make::escape;
use crate::whole::shelf::{Shelf, moment};
use axum::body::Body;
use chrono::{DateTime, Datelike, FixedOffset};
use http::{HeaderName, Response, StatusCode};
use serde_json::{Value, json};

fn utc(time: DateTime<FixedOffset>) -> String {
    time.to_utc().format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `/wp-json/wp/v2/posts`: a page behind the last one is refused.
pub(super) fn wordpress(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let after = asked.query("modified_after").and_then(moment);
    let mut ids = after.map_or_else(|| shelf.ids(), |time| shelf.since(time));
    if asked.query("order") != Some("asc") {
        ids.reverse();
    }
    let (number, size) = (
        asked.number("page").unwrap_or(1),
        asked.number("per_page").unwrap_or(10),
    );
    let pages = ids.len().div_ceil(size.max(1));
    if !(1..=100).contains(&size) || number == 0 || (number > 1 && number > pages) {
        let says = json!({"code": "rest_post_invalid_page_number", "message": "Nomor halaman tidak sah.", "data": {"status": 400}});
        return whole(StatusCode::BAD_REQUEST, &says);
    }
    let post = |row: &Row| {
        json!({
            "id": row.id, "date_gmt": utc(row.created), "modified_gmt": utc(row.updated), "status": "publish", "type": "post",
            "link": format!("{}/lihat/{}", shelf.base_url, row.id), "title": {"rendered": escape(&row.title)},
            "excerpt": {"rendered": format!("<p>{} [&hellip;]</p>\n", made(row.id))}, "sticky": false,
        })
    };
    let rows = shelf.rows(slice(&ids, (number - 1) * size, size));
    let mut answer = whole(StatusCode::OK, &rows.iter().map(post).collect());
    let headers = answer.headers_mut();
    headers.insert(HeaderName::from_static("x-wp-total"), ids.len().into());
    headers.insert(HeaderName::from_static("x-wp-totalpages"), pages.into());
    answer
}

/// `/issues.json`, oldest change first.
pub(super) fn redmine(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let after = asked
        .query("updated_on")
        .and_then(|text| moment(text.strip_prefix(">=")?));
    let ids = after.map_or_else(|| shelf.ids(), |time| shelf.since(time));
    let (from, size) = (
        asked.number("offset").unwrap_or(0),
        asked.number("limit").unwrap_or(25).clamp(1, 100),
    );
    let pick = |row: &Row, words: [&'static str; 4]| words[(row.id % 4) as usize];
    let issue = |row: &Row| {
        json!({
            "id": row.id, "project": {"id": 1, "name": "Pengaduan (contoh)"}, "tracker": {"id": 1, "name": "Aduan"},
            "status": {"id": 1, "name": pick(row, ["New", "In Progress", "Resolved", "Closed"])},
            "priority": {"id": 2, "name": pick(row, ["Normal", "Normal", "High", "Urgent"])},
            "author": {"id": 7, "name": "Warga Contoh"}, "subject": row.title, "description": made(row.id),
            "due_date": null, "created_on": utc(row.created) + "Z", "updated_on": utc(row.updated) + "Z",
        })
    };
    let rows = shelf.rows(slice(&ids, from, size));
    let issues: Value = rows.iter().map(issue).collect();
    let body = json!({"issues": issues, "total_count": ids.len(), "offset": from, "limit": size});
    whole(StatusCode::OK, &body)
}

/// CKAN's `package_search`.
pub(super) fn ckan(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let ids = shelf.ids();
    let (from, size) = (
        asked.number("start").unwrap_or(0),
        asked.number("rows").unwrap_or(10).clamp(1, 1000),
    );
    let package = |row: &Row| {
        let name = format!("{}-{}", shelf.entry.slug, row.id);
        json!({
            "id": format!("00000000-0000-4000-8000-{:012x}", row.id), "name": name, "title": row.title, "notes": made(row.id),
            "metadata_created": utc(row.created), "metadata_modified": utc(row.updated), "private": false, "state": "active",
            "license_title": "Creative Commons Attribution", "organization": {"name": "contoh", "title": "Dinas Contoh"},
            "resources": [{"name": "Tabel", "format": "CSV", "mimetype": "text/csv", "url": format!("{}/unduh/{}.csv", shelf.base_url, row.id)}],
        })
    };
    let rows = shelf.rows(slice(&ids, from, size));
    let results: Value = rows.iter().map(package).collect();
    let body = json!({"success": true, "result": {"count": ids.len(), "results": results}});
    whole(StatusCode::OK, &body)
}

/// A bare array in which every value is a text.
pub(super) fn jdih(shelf: &Shelf) -> Response<Body> {
    let document = |row: &Row| {
        let pick = |words: [&'static str; 3]| words[(row.id % 3) as usize];
        json!({
            "idData": row.id.to_string(), "tahun_pengundangan": row.created.year().to_string(),
            "tanggal_pengundangan": row.created.format("%Y-%m-%d").to_string(), "jenis": pick(["Peraturan Wali Kota", "Peraturan Daerah", "Keputusan Wali Kota"]),
            "singkatanJenis": pick(["PERWALI", "PERDA", "KEPWALI"]), "noPeraturan": row.id.to_string(), "judul": row.title, "noPanggil": "-",
            "tempatTerbit": "Denpasar (contoh)", "penerbit": "Bagian Hukum (contoh)", "deskripsiFisik": "-", "sumber": "BD CONTOH", "subjek": made(row.id),
            "isbn": "-", "status": if row.id.is_multiple_of(9) { "Dicabut" } else { "Berlaku" }, "bahasa": "Indonesia", "lokasi": "Bagian Hukum",
            "bidangHukum": "Pemerintahan", "teuBadan": "Indonesia", "nomorIndukBuku": "-", "urlDetailPeraturan": format!("/lihat/{}", row.id), "operasi": "4", "display": "1",
        })
    };
    let ids: Vec<u64> = shelf.ids().into_iter().rev().collect();
    whole(
        StatusCode::OK,
        &shelf.rows(&ids).iter().map(document).collect(),
    )
}
