//! The answer, and what its clock says.

use super::Origin;
use super::report::{Report, both};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use divos_manifest::Timeouts;
use http::header::{ACCEPT, CONNECTION, DATE, HOST, USER_AGENT};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::ConfigVerifierExt;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// The most of an answer that is looked at, in bytes (RFC 9309, section 2.5, asks for at least so much).
const MOST: usize = 512 * 1024;
/// Clocks may differ by so many seconds before anybody should know.
const NOTED: i64 = 5;
/// Clocks may differ by so many seconds before tokens and signatures are refused.
const REFUSED: i64 = 60;

/// A way to an origin that was found.
pub(super) struct Way<'a> {
    pub(super) origin: &'a Origin,
    pub(super) address: SocketAddr,
    pub(super) waits: Timeouts,
}

/// What came back. The body is cut at [`MOST`]; an unreadable one is empty.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Asks for a path without any credentials.
///
/// # Errors
/// `None` where it took too long; else what went wrong.
pub(super) async fn get(way: &Way<'_>, path: &str) -> Result<Answer, Option<String>> {
    match timeout(way.waits.total, ask(way, path)).await {
        Ok(answer) => answer.map_err(|error| Some(error.to_string())),
        Err(_) => Err(None),
    }
}

async fn ask(way: &Way<'_>, path: &str) -> anyhow::Result<Answer> {
    let stream = open(way).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let task = tokio::spawn(connection);
    let request = Request::get(path)
        .header(HOST, way.origin.name())
        .header(USER_AGENT, concat!("divos/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "*/*")
        .header(CONNECTION, "close")
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let (head, body) = response.into_parts();
    let body = Limited::new(body, MOST).collect().await;
    task.abort();
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.map(|body| body.to_bytes()).unwrap_or_default(),
    })
}

async fn open(way: &Way<'_>) -> anyhow::Result<Box<dyn Stream>> {
    let socket = TcpStream::connect(way.address).await?;
    if !way.origin.tls {
        return Ok(Box::new(socket));
    }
    let config = ClientConfig::with_platform_verifier()?;
    let name = ServerName::try_from(way.origin.host.clone())?;
    let stream = TlsConnector::from(Arc::new(config))
        .connect(name, socket)
        .await?;
    Ok(Box::new(stream))
}

/// Checks that the app answers at all, and its clock; tells whether it answers.
pub(super) async fn check(way: &Way<'_>, path: &str, report: &mut Report) -> bool {
    let origin = way.origin.name();
    let answer = match get(way, path).await {
        Ok(answer) => answer,
        Err(None) => {
            report.slow("http", way.origin);
            return false;
        }
        Err(Some(error)) => {
            let todo = (
                "apakah porta ini sungguh berbicara HTTP? bandingkan http:// dan https:// dalam `app.upstreams`",
                "does this port speak HTTP at all? compare http:// and https:// in `app.upstreams`",
            );
            report.fault("http", &origin, both(error), todo);
            return false;
        }
    };
    let status = format!("GET {path} → {}", answer.status);
    if answer.status.is_server_error() {
        let todo = (
            "aplikasi sendiri gagal: beri tahu pengelolanya",
            "the app itself fails: tell the people who run it",
        );
        report.fault("http", &origin, both(status), todo);
    } else {
        report.ok("http", &origin, both(status));
    }
    clock(&origin, &answer.headers, Utc::now(), report);
    true
}

/// Compares the app's clock with ours (RFC 9110, section 6.6.1).
fn clock(origin: &str, headers: &HeaderMap, now: DateTime<Utc>, report: &mut Report) {
    let date = headers.get(DATE).and_then(|value| value.to_str().ok());
    let theirs = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    let Some(theirs) = theirs else {
        let says = (
            "jawaban tanpa `Date`".to_owned(),
            "no `Date` in the answer".to_owned(),
        );
        let todo = (
            "jam aplikasi tidak dapat diperiksa; pastikan memakai NTP",
            "the app's clock cannot be checked; make sure it uses NTP",
        );
        return report.note("clock", origin, says, todo);
    };
    let skew = (theirs.to_utc() - now).num_seconds();
    let says = (
        format!("jam aplikasi berbeda {skew} detik"),
        format!("the app's clock differs by {skew} s"),
    );
    let todo = (
        "setel NTP pada kedua mesin: token, tanda tangan, dan kursor bergantung pada jam",
        "set up NTP on both machines: tokens, signatures and cursors depend on the clock",
    );
    match skew.abs() {
        0..=NOTED => report.ok("clock", origin, says),
        ..=REFUSED => report.note("clock", origin, says, todo),
        _ => report.fault("clock", origin, says, todo),
    }
}
