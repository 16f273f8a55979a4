//! News as RSS 2.0 and Atom.
//!
//! Owns the two documents; never knows paging: a feed has none.

use super::rows::{Row, made};
use super::text;
use crate::make::escape;
use crate::whole::shelf::Shelf;
use axum::body::Body;
use http::{Response, StatusCode};
use std::fmt::Write as _;

fn newest(shelf: &Shelf) -> Vec<Row> {
    let ids: Vec<u64> = shelf.ids().into_iter().rev().collect();
    shelf.rows(&ids)
}

pub(super) fn rss(shelf: &Shelf) -> Response<Body> {
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{} (contoh)</title><link>{}/</link><description>{}</description>\n",
        escape(shelf.entry.name),
        shelf.base_url,
        crate::MADE_UP
    );
    for row in newest(shelf) {
        let _ = writeln!(
            body,
            "<item><title>{}</title><link>{}/lihat/{}</link><guid isPermaLink=\"false\">{}-{}</guid><pubDate>{}</pubDate><description><![CDATA[<p>{}</p>]]></description></item>",
            escape(&row.title),
            shelf.base_url,
            row.id,
            shelf.entry.slug,
            row.id,
            row.updated.to_rfc2822(),
            made(row.id)
        );
    }
    body.push_str("</channel></rss>\n");
    text(StatusCode::OK, "application/rss+xml; charset=utf-8", body)
}

pub(super) fn atom(shelf: &Shelf) -> Response<Body> {
    let slug = shelf.entry.slug;
    let rows = newest(shelf);
    let updated = rows.first().map_or(shelf.now, |row| row.updated);
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"id\"><id>tag:{slug}.example,2026:berita</id><title>{} (contoh)</title><updated>{}</updated>\n",
        escape(shelf.entry.name),
        updated.to_rfc3339()
    );
    for row in rows {
        let _ = writeln!(
            body,
            "<entry><id>tag:{slug}.example,2026:{}</id><title type=\"html\">{}</title><link rel=\"alternate\" href=\"{}/lihat/{}\"/><published>{}</published><updated>{}</updated><summary>{}</summary></entry>",
            row.id,
            escape(&escape(&row.title)),
            shelf.base_url,
            row.id,
            row.created.to_rfc3339(),
            row.updated.to_rfc3339(),
            made(row.id)
        );
    }
    body.push_str("</feed>\n");
    text(StatusCode::OK, "application/atom+xml", body)
}
