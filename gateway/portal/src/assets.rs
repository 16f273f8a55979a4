//! What a browser loads besides a page: one stylesheet, two scripts, one icon.
//!
//! Owns the files, their names and how they are served: under a name that holds a hash of the
//! content, so that a browser keeps them for ever and never sees an old one. It must never know a page.

#![allow(
    clippy::disallowed_types,
    reason = "compiled-in bytes, hashed once: a constant, not a state"
)]

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::LazyLock;

/// One file, compiled in.
pub(crate) struct Asset {
    /// `portal.<hash>.css`.
    pub(crate) name: String,
    mime: &'static str,
    plain: &'static [u8],
    gzip: Vec<u8>,
}

/// Every file. Compiled-in bytes, hashed and compressed once: a constant, not a state.
static SHELF: LazyLock<Shelf> = LazyLock::new(|| Shelf {
    css: asset(
        "portal",
        "css",
        "text/css; charset=utf-8",
        include_bytes!("../assets/portal.css"),
    ),
    js: asset(
        "portal",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/portal.js"),
    ),
    editor: asset(
        "editor",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/editor.js"),
    ),
    htmx: asset(
        "htmx",
        "js",
        "text/javascript; charset=utf-8",
        include_bytes!("../assets/htmx.min.js"),
    ),
    icon: asset(
        "icon",
        "svg",
        "image/svg+xml",
        include_bytes!("../assets/icon.svg"),
    ),
});

/// The files by name.
pub(crate) struct Shelf {
    /// The stylesheet.
    pub(crate) css: Asset,
    /// The portal's own script.
    pub(crate) js: Asset,
    /// What the editor of a definition does besides.
    pub(crate) editor: Asset,
    /// htmx 2 (0BSD; see `assets/htmx.LICENSE`).
    pub(crate) htmx: Asset,
    /// The icon of the tab.
    pub(crate) icon: Asset,
}

/// Returns the files.
pub(crate) fn shelf() -> &'static Shelf {
    &SHELF
}

fn asset(stem: &str, ending: &str, mime: &'static str, plain: &'static [u8]) -> Asset {
    let hash = Sha256::digest(plain);
    let short: String = hash
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Asset {
        name: format!("{stem}.{short}.{ending}"),
        mime,
        plain,
        gzip: gzip(plain),
    }
}

/// Compresses (RFC 1952) as small as it gets: it happens once.
fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let written = encoder.write_all(plain);
    written
        .and_then(|()| encoder.finish())
        .expect("a vector takes every byte")
}

/// `GET /assets/{name}`.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let shelf = shelf();
    let files = [
        &shelf.css,
        &shelf.js,
        &shelf.editor,
        &shelf.htmx,
        &shelf.icon,
    ];
    let Some(asset) = files.into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{name}\"");
    let fixed = [
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (
            header::ETAG,
            HeaderValue::try_from(&etag).expect("names are ASCII"),
        ),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        // The pages of errors on an app's own host load the stylesheet from here.
        (
            header::HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-site"),
        ),
    ];
    if holds(&headers, header::IF_NONE_MATCH, &etag) {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    let mime = [(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime))];
    if holds(&headers, header::ACCEPT_ENCODING, "gzip") {
        let coded = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
        return (fixed, mime, coded, asset.gzip.clone()).into_response();
    }
    (fixed, mime, asset.plain).into_response()
}

fn holds(headers: &HeaderMap, name: header::HeaderName, part: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .any(|value| value.to_str().is_ok_and(|text| text.contains(part)))
}
