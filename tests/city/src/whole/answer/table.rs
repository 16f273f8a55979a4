//! The list page of an old PHP app: a table, fifty rows a page, an empty table behind the last one.
//!
//! Owns the markup; whether somebody is signed in was decided before.

use super::{Asked, page, slice};
use crate::make::escape;
use crate::whole::shelf::Shelf;
use axum::body::Body;
use http::Response;
use std::fmt::Write as _;

/// Rows on a page.
const SIZE: usize = 50;

pub(super) fn list(shelf: &Shelf, asked: &Asked) -> Response<Body> {
    let ids = shelf.ids();
    let number = asked.number(shelf.entry.option("page")).unwrap_or(1).max(1);
    let mut html = String::from("<a href=\"/logout\">Keluar</a><table id=\"data\"><thead><tr>");
    for (name, _) in &shelf.entry.fields {
        let _ = write!(html, "<th>{}</th>", escape(name));
    }
    html.push_str("<th>Aksi</th></tr></thead><tbody>\n");
    let shown = slice(&ids, (number - 1).saturating_mul(SIZE), SIZE);
    for row in shelf.rows(shown) {
        html.push_str("<tr>");
        for (_, cell) in &row.cells {
            let _ = write!(html, "<td>{}</td>", escape(&cell.text()));
        }
        let _ = writeln!(
            html,
            "<td><a href=\"/lihat/{}\">Lihat</a></td></tr>",
            row.id
        );
    }
    html.push_str("</tbody></table>");
    page(shelf, &html)
}
