//! Requests that two servers read differently: refused, or brought into the one form everybody reads alike.

use super::client::{Wire, ask, get};
use super::harness::Plan;
use super::upstream::Upstream;

/// What pingora lets through and what it refuses by itself: none of it reaches an app, all of it is answered 4xx.
const SMUGGLING: &[(&str, &str)] = &[
    (
        "CL and TE",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
    ),
    (
        "TE and CL",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nX",
    ),
    (
        "TE in HTTP/1.0",
        "POST / HTTP/1.0\r\nHost: a.hub.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE twice",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE identity",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE gzip",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE hidden",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "TE with space",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ),
    (
        "CL twice",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
    ),
    (
        "CL list",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 5, 5\r\n\r\nabcde",
    ),
    (
        "CL sign",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: +5\r\n\r\nabcde",
    ),
    (
        "CL hex",
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 0x5\r\n\r\nabcde",
    ),
    ("bare LF", "GET / HTTP/1.1\nHost: a.hub.test\n\n"),
    (
        "bare LF in a header",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nX: a\nX-Divos-User: root\r\n\r\n",
    ),
    (
        "bare CR",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nX: a\rb\r\n\r\n",
    ),
    (
        "folded",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nX: a\r\n b\r\n\r\n",
    ),
    (
        "null",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nX: a\0b\r\n\r\n",
    ),
    ("no host", "GET / HTTP/1.1\r\nX: a\r\n\r\n"),
    ("no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
    ("empty host", "GET / HTTP/1.1\r\nHost: \r\n\r\n"),
    (
        "two hosts",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nHost: b.hub.test\r\n\r\n",
    ),
    (
        "host with user",
        "GET / HTTP/1.1\r\nHost: x@a.hub.test\r\n\r\n",
    ),
    (
        "host with path",
        "GET / HTTP/1.1\r\nHost: a.hub.test/x\r\n\r\n",
    ),
    (
        "host and target differ",
        "GET http://b.hub.test/ HTTP/1.1\r\nHost: a.hub.test\r\n\r\n",
    ),
    (
        "space in name",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nX Divos: a\r\n\r\n",
    ),
    (
        "nominated host",
        "GET / HTTP/1.1\r\nHost: a.hub.test\r\nConnection: close, Host\r\n\r\n",
    ),
    (
        "connect",
        "CONNECT a.hub.test:80 HTTP/1.1\r\nHost: a.hub.test:80\r\n\r\n",
    ),
    ("trace", "TRACE / HTTP/1.1\r\nHost: a.hub.test\r\n\r\n"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smuggling_corpus_is_refused() {
    let app = Upstream::echo().await;
    let hub = Plan::new()
        .app("a", app.url())
        .app("b", app.url())
        .start()
        .await;
    for (name, request) in SMUGGLING {
        let mut wire = Wire::open(hub.plain).await;
        wire.send(request).await;
        let reply = wire.try_reply(false).await;
        let status = reply.as_ref().map_or(0, |reply| reply.status);
        let refused = status == 0 || (400..500).contains(&status);
        let harmless = *name == "nominated host" && status == 200;
        assert!(refused || harmless, "{name}: {reply:?}");
        if harmless {
            assert_eq!(app.last().values("host"), ["a.hub.test"], "{name}");
            app.seen.lock().unwrap().clear();
        }
        assert_eq!(app.count(), 0, "{name} reached the app");
    }
}

/// After a request that was refused for its framing nothing more is read from the connection as a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_a_refused_request_is_not_a_request() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let mut wire = Wire::open(hub.plain).await;
    let smuggled = get("a.hub.test", "/smuggled", "");
    wire.send(format!(
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}",
        smuggled.len() + 5
    ))
    .await;
    assert_eq!(wire.reply().await.status, 400);
    assert!(wire.try_reply(false).await.is_none());
    assert_eq!(app.count(), 0);
}

/// A body belongs to its request, however it looks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_is_never_a_request() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let inner = get("a.hub.test", "/inner", "");
    let mut wire = Wire::open(hub.plain).await;
    wire.send(format!(
        "POST /outer HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: {}\r\n\r\n{inner}",
        inner.len()
    ))
    .await;
    assert_eq!(wire.reply().await.status, 200);
    wire.send(format!(
        "POST / HTTP/1.1\r\nHost: hub.test\r\nContent-Length: {}\r\n\r\n{inner}",
        inner.len()
    ))
    .await;
    assert_eq!(
        wire.reply().await.status,
        405,
        "the hub's own page takes no POST"
    );
    wire.send(get("a.hub.test", "/after", "")).await;
    assert_eq!(wire.reply().await.status, 200);
    let targets: Vec<String> = app
        .seen
        .lock()
        .unwrap()
        .iter()
        .map(|seen| seen.target().to_owned())
        .collect();
    assert_eq!(targets, ["/outer", "/after"]);
}

/// The path the policy decides on is the path the app receives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paths_are_decided_on_as_forwarded() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    for (given, forwarded) in [
        ("/a//b", "/a/b"),
        ("/public/../b?x=../y", "/b?x=../y"),
        ("/a/./b", "/a/b"),
        ("/a/%2e%2e/b", "/b"),
        ("/%7Euser", "/%7Euser"),
        ("/x.jsp;jsessionid=1A?q=;", "/x.jsp?q=;"),
        ("/a?next=//evil/%2f..%5c", "/a?next=//evil/%2f..%5c"),
        ("http://a.hub.test/abs", "/abs"),
        ("http://a.hub.test", "/"),
        ("/a%20b", "/a%20b"),
    ] {
        let reply = ask(hub.plain, get("a.hub.test", given, "")).await;
        assert_eq!(reply.status, 200, "{given}: {}", reply.text());
        assert_eq!(app.last().target(), forwarded, "{given}");
    }
}

/// Detours to `/private` (needs a person) that would work if some other server read the path.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_detour_reaches_a_private_path() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    for detour in [
        "/private/x",
        "//private/x",
        "/./private/x",
        "/public/../private/x",
        "/public/%2e%2e/private/x",
        "/public/..%2fprivate/x",
        "/public/..%5cprivate/x",
        "/public\\..\\private/x",
        "/public/..;/private/x",
        "/public;/../private/x",
        "/public/%252e%252e/private/x",
        "/public/%252e%252e%252fprivate/x",
        "/%2fprivate/x",
        "/%5cprivate/x",
        "/public/.%2e/private/x",
        "/public/%2e./private/x",
        "/private;x/x",
        "/private%3bx/x",
        "/private%00/x",
        "/public/../../private/x",
        "/public/%c0%ae%c0%ae/../private/x",
        "http://a.hub.test//private/x",
        "/private/x?/public",
        "/private/x#/public",
        "/private/x%23/public",
        "/private/../private/x",
    ] {
        let reply = ask(hub.plain, get("a.hub.test", detour, "")).await;
        assert!(
            matches!(reply.status, 400 | 401),
            "{detour}: {}",
            reply.status
        );
    }
    assert_eq!(app.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_paths_are_forwarded_as_decided() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    const PIECES: &[&str] = &[
        "/",
        "//",
        ".",
        "..",
        "%2e",
        "%2E",
        "%2f",
        "%5c",
        "\\",
        ";",
        "a",
        "private",
        "public",
        "%25",
        "%252e",
        "%",
        "%00",
        ";jsessionid=1",
        "~",
        "%41",
    ];
    let mut state = 0x9e37_79b9_u32;
    let mut wire = Wire::open(hub.plain).await;
    let mut forwarded = 0;
    for _ in 0..400 {
        let mut path = "/".to_owned();
        for _ in 0..6 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            path.push_str(PIECES[(state >> 16) as usize % PIECES.len()]);
        }
        wire.send(get("a.hub.test", &path, "")).await;
        let Some(reply) = wire.try_reply(false).await else {
            wire = Wire::open(hub.plain).await;
            continue;
        };
        if reply.status == 200 {
            forwarded += 1;
            let target = app.last().target().to_owned();
            let record = hub
                .record(|record| record.status == 200 && *record.path == *target)
                .await;
            assert!(!record.path.starts_with("/private"), "{path} → {target}");
            assert!(
                !target.contains("..") || target.split('/').all(|part| part != ".."),
                "{path} → {target}"
            );
        }
        if reply.header("connection") == Some("close") {
            wire = Wire::open(hub.plain).await;
        }
    }
    assert!(
        forwarded > 20,
        "only {forwarded} of the random paths were well-formed"
    );
}
