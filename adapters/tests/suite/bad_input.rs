//! Every kind of bad answer: a fault with a stable code, a bounded cost, and no secret told.

use crate::fake::{LIST, clock, ids, plain, read, world};
use crate::server::{Act, Server, answer, ok};
use divos_adapters::{AddressPolicy, Ask, Blame, FetchError, Note, Outbound, World};
use divos_model::Lang;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

pub(crate) const ONE: &[u8] = b"{\"data\":[{\"id\":1,\"title\":\"Satu\"}]}";
/// Short patience, one retry, small bodies: so that the tests are quick.
pub(crate) const QUICK: &str =
    "  timeouts: { connect: 1s, total: 3s }\n  retries: 1\n  limits: { body: 200kB }";

pub(crate) fn live(policy: AddressPolicy) -> World {
    let _ = rustls::crypto::ring::default_provider().install_default();
    world(Arc::new(Outbound::live(policy, clock())))
}

/// Reads a source of the server and returns the error; says nothing secret anywhere.
pub(crate) async fn fault(base: &str, source: &str, app: &str) -> FetchError {
    let connector = plain(base, source, app);
    let (pages, error, summary) = read(
        &connector,
        Ask::default(),
        &live(AddressPolicy::with_private()),
    )
    .await;
    let error = error.unwrap_or_else(|| panic!("no error, {} pages", pages.len()));
    assert!(
        !summary.complete && !summary.may_sweep(),
        "nothing may be swept after {error}"
    );
    let all = format!(
        "{error} {error:?} {} {}",
        error.sentence(Lang::Id),
        error.sentence(Lang::En)
    );
    assert!(
        !all.contains("S3CRET") && !all.contains("127.0.0.1:"),
        "{all}"
    );
    assert!(
        !error.sentence(Lang::Id).is_empty()
            && error.sentence(Lang::Id) != error.sentence(Lang::En)
    );
    error
}

pub(crate) async fn fault_of(
    act: impl Fn(usize, &str) -> Act + Send + Sync + 'static,
    source: &str,
) -> (FetchError, Server) {
    let server = Server::start(act).await;
    let error = fault(&server.base(), source, QUICK).await;
    (error, server)
}

#[tokio::test]
async fn html_for_json_is_told_as_such() {
    let page = b"<!DOCTYPE html><title>Masuk SIMPEG</title><input type=\"password\">";
    let (error, server) = fault_of(|_, _| ok("text/html", page), LIST).await;
    assert_eq!(error.code(), "not_json");
    let told = error.sentence(Lang::Id);
    assert!(
        told.contains("“Masuk SIMPEG”") && told.contains("halaman masuk"),
        "{told}"
    );
    assert_eq!(
        server.hits(),
        1,
        "what is wrong in itself is not tried again"
    );
}

#[tokio::test]
async fn ten_gigabytes_cost_no_more_than_the_limit() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n[",
        "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n[",
    ] {
        let act =
            move |_: usize, _: &str| Act::Endless(head.as_bytes().to_vec(), vec![b'1'; 65_536]);
        let (error, server) = fault_of(act, LIST).await;
        assert_eq!(error.code(), "too_large");
        assert_eq!(server.hits(), 1);
        let sent = server.sent.load(Ordering::Relaxed);
        assert!(
            sent < 20_000_000,
            "socket buffers aside, reading stops at the limit: {sent}"
        );
    }
}

#[tokio::test]
async fn a_gzip_bomb_costs_no_more_than_the_limit() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    (0..200).for_each(|_| gzip.write_all(&[b' '; 1 << 20]).expect("compressed"));
    let bomb = gzip.finish().expect("compressed");
    assert!(bomb.len() < 250_000, "{}", bomb.len());
    let act = move |_: usize, _: &str| {
        Act::Send(answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            &bomb[..190_000.min(bomb.len())],
        ))
    };
    let (error, _) = fault_of(act, LIST).await;
    assert_eq!(error.code(), "too_large");
}

#[tokio::test]
async fn compressed_answers_are_read() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(ONE).expect("compressed");
    let body = gzip.finish().expect("compressed");
    let server =
        Server::start(move |_, _| Act::Send(answer("200 OK", "Content-Encoding: gzip\r\n", &body)))
            .await;
    let (pages, error, _) = read(
        &plain(&server.base(), LIST, QUICK),
        Ask::default(),
        &live(AddressPolicy::with_private()),
    )
    .await;
    assert_eq!((ids(&pages), error), (vec!["1".to_owned()], None));
}

#[tokio::test]
async fn half_a_body_is_truncated_and_tried_again() {
    let half = |_: usize, _: &str| {
        Act::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"data\":[".to_vec())
    };
    let (error, server) = fault_of(half, LIST).await;
    assert_eq!((error.code(), server.hits()), ("truncated", 2));
    // Without a length the connection's end says nothing; the document does.
    let cut =
        |_: usize, _: &str| Act::Send(b"HTTP/1.0 200 OK\r\n\r\n{\"data\":[{\"id\":1".to_vec());
    assert_eq!(fault_of(cut, LIST).await.0.code(), "truncated");
    let chunked = |_: usize, _: &str| {
        Act::Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"dat".to_vec())
    };
    assert_eq!(fault_of(chunked, LIST).await.0.code(), "truncated");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(ONE).expect("compressed");
    let body = gzip.finish().expect("compressed");
    let cut = move |_: usize, _: &str| {
        Act::Send(answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            &body[..body.len() / 2],
        ))
    };
    assert_eq!(fault_of(cut, LIST).await.0.code(), "truncated");
}

#[tokio::test]
async fn bytes_that_do_not_fit_are_told_with_their_place() {
    let body = b"{\"data\":[{\"id\":1,\"title\":\"caf\xe9\"}]}";
    let (error, _) = fault_of(
        move |_, _| ok("application/json; charset=utf-8", body),
        LIST,
    )
    .await;
    assert_eq!(error.code(), "bad_encoding");
    assert!(
        error.sentence(Lang::En).contains("Byte 29"),
        "{}",
        error.sentence(Lang::En)
    );
}

#[tokio::test]
async fn a_wrong_charset_is_seen_through() {
    let world = live(AddressPolicy::with_private());
    let latin = b"{\"data\":[{\"id\":1,\"title\":\"caf\xe9\"}]}";
    let utf8 = "{\"data\":[{\"id\":1,\"title\":\"café\"}]}".as_bytes();
    for (content_type, body, source, noted) in [
        (
            "application/json; charset=ISO-8859-1",
            &latin[..],
            LIST.to_owned(),
            false,
        ),
        (
            "application/json; charset=ISO-8859-1",
            utf8,
            LIST.to_owned(),
            true,
        ),
        (
            "application/json; charset=utf-8",
            &latin[..],
            LIST.replace("/rows }", "/rows, charset: windows-1252 }"),
            false,
        ),
    ] {
        let body = body.to_vec();
        let server = Server::start(move |_, _| ok(content_type, &body)).await;
        let (pages, error, summary) = read(
            &plain(&server.base(), &source, QUICK),
            Ask::default(),
            &world,
        )
        .await;
        assert_eq!(error, None);
        assert_eq!(pages[0].batch.items[0].title, "café");
        let said: Vec<String> = summary.notes.iter().map(|n| n.sentence(Lang::En)).collect();
        assert_eq!(
            said.iter()
                .any(|words| words.contains("character set is wrong")),
            noted,
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn an_error_inside_a_good_status_is_found() {
    let source = LIST.replace(
        "/rows }",
        "/rows, fail: { when: \"ok != 1\", message: pesan } }",
    );
    let act = |_: usize, _: &str| {
        ok(
            "application/json",
            b"{\"ok\":0,\"pesan\":\"<b>Token kedaluwarsa</b>\",\"data\":[]}",
        )
    };
    let (error, _) = fault_of(act, &source).await;
    assert_eq!(error.code(), "error_inside");
    assert!(
        error.sentence(Lang::Id).contains("Token kedaluwarsa"),
        "{}",
        error.sentence(Lang::Id)
    );
    let (error, _) = fault_of(|_, _| ok("application/json", b"{\"error\":\"x\"}"), LIST).await;
    assert_eq!(
        (error.code(), error.blame()),
        ("select_missed", Blame::Operator)
    );
}

#[tokio::test]
async fn silence_ends_in_time() {
    let impatient = "  timeouts: { connect: 200ms, total: 400ms }\n  retries: 0";
    for start in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"data\"",
    ] {
        let server = Server::start(move |_, _| Act::Hang(start.to_vec())).await;
        let began = Instant::now();
        let error = fault(&server.base(), LIST, impatient).await;
        assert_eq!(error.code(), "timed_out");
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}

#[tokio::test]
async fn statuses_have_their_codes() {
    for (status, code, blame, hits) in [
        ("401 Unauthorized", "unauthorized", Blame::Operator, 1),
        ("403 Forbidden", "forbidden", Blame::Operator, 1),
        ("404 Not Found", "not_found", Blame::Operator, 1),
        ("410 Gone", "not_found", Blame::Operator, 1),
        ("400 Bad Request", "rejected", Blame::Operator, 1),
        (
            "500 Internal Server Error",
            "upstream_error",
            Blame::Upstream,
            2,
        ),
        (
            "503 Service Unavailable",
            "upstream_error",
            Blame::Upstream,
            2,
        ),
        ("501 Not Implemented", "upstream_error", Blame::Upstream, 1),
        ("304 Not Modified", "upstream_error", Blame::Upstream, 1),
    ] {
        let act =
            move |_: usize, _: &str| Act::Send(answer(status, "", b"<html>secret details</html>"));
        let (error, server) = fault_of(act, LIST).await;
        assert_eq!(
            (error.code(), error.blame(), server.hits()),
            (code, blame, hits),
            "{status}"
        );
    }
}

#[tokio::test]
async fn too_many_requests_wait_as_long_as_asked() {
    let act = |number: usize, _: &str| match number {
        0 => Act::Send(answer("429 Too Many Requests", "Retry-After: 1\r\n", b"")),
        _ => ok("application/json", ONE),
    };
    let server = Server::start(act).await;
    let began = Instant::now();
    let (pages, error, _) = read(
        &plain(&server.base(), LIST, QUICK),
        Ask::default(),
        &live(AddressPolicy::with_private()),
    )
    .await;
    assert_eq!((ids(&pages).len(), error), (1, None));
    assert!(began.elapsed() >= Duration::from_secs(1));
    let long =
        |_: usize, _: &str| Act::Send(answer("429 Too Many Requests", "Retry-After: 600\r\n", b""));
    let (error, server) = fault_of(long, LIST).await;
    assert_eq!(
        (error.code(), server.hits()),
        ("rate_limited", 1),
        "a long wait is the scheduler's"
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)));
}

#[tokio::test]
async fn nothing_at_all_is_empty() {
    let feed = "    feed: { get: /rss }\n    deletes: sweep\n";
    for (body, source) in [
        (&b""[..], LIST),
        (b" \r\n", LIST),
        (b"<?xml version=\"1.0\"?>", feed),
        (b"", feed),
    ] {
        let act = move |_: usize, _: &str| ok("application/rss+xml", body);
        assert_eq!(fault_of(act, source).await.0.code(), "empty");
    }
}

#[tokio::test]
async fn old_servers_and_odd_headers_are_read() {
    let feed = "    feed: { get: /rss }\n    deletes: sweep\n";
    let body = "<rss><channel><item><guid>1</guid><title>Caf\u{e9}</title></item></channel></rss>";
    let latin: Vec<u8> = body.chars().map(|c| c as u8).collect();
    let act = move |_: usize, _: &str| {
        let mut out = b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n".to_vec();
        out.extend_from_slice(&latin);
        Act::Send(out)
    };
    let server = Server::start(act).await;
    let (pages, error, summary) = read(
        &plain(&server.base(), feed, QUICK),
        Ask::default(),
        &live(AddressPolicy::with_private()),
    )
    .await;
    assert_eq!(error, None);
    assert_eq!(pages[0].batch.items[0].title, "Café");
    assert_eq!(summary.notes, [Note::AssumedWindows1252]);
}
