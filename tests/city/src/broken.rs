//! The answers of a broken app.
//!
//! Owns what each [`Break`] puts on the wire; never decides when one applies.

use crate::knobs::Break;
use axum::body::Body;
use bytes::Bytes;
use flate2::{Compress, Compression, FlushCompress};
use futures::future::BoxFuture;
use futures::stream::{self, StreamExt};
use http::{Response, StatusCode, header};
use std::io;
use std::time::Duration;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const GIGABYTE: u64 = 1 << 30;
const PAGE: &str = "<!doctype html><html lang=\"id\"><title>Gangguan</title><h1>Sistem sedang gangguan (contoh)</h1></html>";
/// What is cut or twisted is at most this long.
const WHOLE: usize = 64 << 20;

type Answer = io::Result<Response<Body>>;

/// The answer in place of the app's own, or `None` where the app answers and [`twist`] changes that.
pub(crate) fn instead(what: &Break) -> Option<BoxFuture<'static, Answer>> {
    let response = match what {
        Break::HtmlForJson => plain(200, HTML, PAGE),
        Break::HtmlClaimingJson => plain(200, JSON, PAGE),
        Break::ErrorInside => plain(
            200,
            JSON,
            r#"{"status":"error","message":"koneksi basis data gagal","data":null}"#,
        ),
        Break::Empty => plain(200, JSON, ""),
        Break::Status(401) => challenge(),
        Break::Status(status) => plain(*status, HTML, PAGE),
        Break::TooMany(seconds) => with(
            plain(429, JSON, r#"{"message":"terlalu banyak permintaan"}"#),
            header::RETRY_AFTER,
            &seconds.to_string(),
        ),
        Break::RedirectTo(target) => with(plain(302, HTML, ""), header::LOCATION, target),
        Break::GzipBomb => bomb(),
        Break::Endless => endless(None),
        Break::Huge => endless(Some(10 * GIGABYTE)),
        Break::Silence => return Some(Box::pin(std::future::pending())),
        Break::HangUp
        | Break::HalfBody
        | Break::InvalidUtf8
        | Break::WrongCharset
        | Break::Late(_) => return None,
    };
    Some(Box::pin(async { Ok(response) }))
}

/// Changes the app's own answer on its way out.
pub(crate) async fn twist(what: &Break, response: Response<Body>) -> Answer {
    if let Break::Late(time) = what {
        tokio::time::sleep(*time).await;
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, WHOLE)
        .await
        .map_err(io::Error::other)?;
    let body = match what {
        Break::HalfBody => {
            parts
                .headers
                .insert(header::CONTENT_LENGTH, bytes.len().into());
            cut(bytes.slice(..bytes.len() / 2))
        }
        Break::InvalidUtf8 => renewed(&mut parts, spoiled(&bytes)),
        Break::WrongCharset => renewed(&mut parts, latin(&bytes)),
        _ => Body::from(bytes),
    };
    Ok(Response::from_parts(parts, body))
}

fn plain(status: u16, kind: &str, body: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    with(response, header::CONTENT_TYPE, kind)
}

fn with(mut response: Response<Body>, name: header::HeaderName, value: &str) -> Response<Body> {
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
    response
}

fn challenge() -> Response<Body> {
    with(
        plain(401, JSON, r#"{"message":"kunci ditolak"}"#),
        header::WWW_AUTHENTICATE,
        "Basic realm=\"contoh\"",
    )
}

fn renewed(parts: &mut http::response::Parts, bytes: Vec<u8>) -> Body {
    parts.headers.remove(header::CONTENT_LENGTH);
    Body::from(bytes)
}

/// Half of a body, then, once that is on its way, an error: the connection closes before the declared length is reached.
fn cut(half: Bytes) -> Body {
    let end = stream::once(async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(io::Error::other("cut"))
    });
    Body::from_stream(stream::iter([Ok(half)]).chain(end))
}

/// Puts two bytes that UTF-8 never has behind each word for "data".
fn spoiled(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 64);
    for &byte in bytes {
        out.push(byte);
        if byte == b'D' {
            out.extend_from_slice(b"\xff\xc0");
        }
    }
    out
}

/// The text in windows-1252 (code points up to 255 as one byte, a dash as 0x96), while the header goes on saying UTF-8.
fn latin(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).replacen("contoh", "contoh caf\u{e9} \u{2013}", 3);
    text.chars()
        .map(|letter| match letter {
            '\u{2013}' => 0x96,
            '\u{2026}' => 0x85,
            other => u8::try_from(u32::from(other)).unwrap_or(b'?'),
        })
        .collect()
}

/// 512 MiB of spaces, deflated to about half a megabyte: one block, flushed so that it stands alone, over and over.
/// The checksum at the end is wrong; whoever gets there has already unfolded everything.
fn bomb() -> Response<Body> {
    let mut block = Vec::with_capacity(1 << 16);
    let mut deflate = Compress::new(Compression::best(), false);
    let spaces = vec![b' '; 1 << 20];
    deflate
        .compress_vec(&spaces, &mut block, FlushCompress::Full)
        .ok();
    let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    body.extend(block.repeat(512));
    body.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 32]);
    let response = with(Response::new(Body::from(body)), header::CONTENT_TYPE, JSON);
    with(response, header::CONTENT_ENCODING, "gzip")
}

fn endless(declared: Option<u64>) -> Response<Body> {
    let chunk = Bytes::from_static(&[b' '; 65_536]);
    let body = stream::repeat(chunk).map(Ok::<_, io::Error>);
    let response = with(
        Response::new(Body::from_stream(body)),
        header::CONTENT_TYPE,
        JSON,
    );
    match declared {
        Some(length) => with(response, header::CONTENT_LENGTH, &length.to_string()),
        None => response,
    }
}
