//! One test for each row of the table of unsafe defaults: what goes wrong when the row is not fixed.

use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::client::{Wire, ask, get, h2, h2_ask, soon, tls_connect};
use super::harness::{Plan, resident};
use super::upstream::Upstream;

const SECOND: Duration = Duration::from_secs(1);

/// Row 1: after a first request an idle connection would be kept for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keep_alive_is_on_and_ends() {
    let hub = Plan::new()
        .limits(|limits| limits.keep_alive = SECOND)
        .start()
        .await;
    let mut wire = Wire::open(hub.plain).await;
    for _ in 0..2 {
        wire.send(get("hub.test", "/", "")).await;
        assert_eq!(wire.reply().await.header("connection"), Some("keep-alive"));
    }
    let idle = Instant::now();
    assert!(wire.ends().await);
    assert!(idle.elapsed() >= SECOND / 2, "not at once");
}

/// Row 1, the trap in its fix: keep-alive must stay off where it was off.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keep_alive_stays_off_where_it_was_off() {
    let hub = Plan::new().start().await;
    for request in [
        "GET / HTTP/1.0\r\nHost: hub.test\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: hub.test\r\nConnection: close\r\n\r\n",
    ] {
        let mut wire = Wire::open(hub.plain).await;
        wire.send(request).await;
        let reply = wire.reply().await;
        assert_eq!(
            (reply.status, reply.header("connection")),
            (200, Some("close")),
            "{request}"
        );
        assert!(wire.ends().await);
    }
}

/// Row 2: a header may not drip in for ever, neither the first one nor a later one, in the clear or over TLS.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_have_a_deadline() {
    let hub = Plan::new()
        .limits(|limits| limits.header_deadline = SECOND)
        .start()
        .await;
    let mut first = Wire::open(hub.plain).await;
    assert!(drips_until_cut(&mut first).await < 8 * SECOND);

    let mut later = Wire::open(hub.plain).await;
    later.send(get("hub.test", "/", "")).await;
    assert_eq!(later.reply().await.status, 200);
    assert!(drips_until_cut(&mut later).await < 8 * SECOND);

    let mut tls = Wire::open_tls(hub.tls, &hub.ca, "hub.test", &[b"http/1.1"])
        .await
        .unwrap();
    assert!(drips_until_cut(&mut tls).await < 8 * SECOND);
}

/// Row 2 on connections that say nothing at all: no TLS hello, or HTTP/2 chosen and then silence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_connections_have_a_deadline() {
    let hub = Plan::new()
        .limits(|limits| limits.header_deadline = SECOND)
        .start()
        .await;
    let mut no_hello = Wire::open(hub.tls).await;
    let mut no_request = Wire::open(hub.plain).await;
    let mut no_preface = Wire::open_tls(hub.tls, &hub.ca, "hub.test", &[b"h2"])
        .await
        .unwrap();
    assert!(no_hello.ends().await && no_request.ends().await && no_preface.ends().await);
}

/// A body takes the time it needs: the header deadline is over when the header is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_header_deadline_spares_bodies() {
    let app = Upstream::echo().await;
    let plan = Plan::new()
        .app("a", app.url())
        .limits(|limits| limits.header_deadline = SECOND / 2);
    let hub = plan.start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send("POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 5\r\n\r\n")
        .await;
    for byte in ["a", "b", "c", "d", "e"] {
        tokio::time::sleep(SECOND / 4).await;
        wire.send(byte).await;
    }
    assert!(wire.reply().await.text().ends_with("abcde"));
}

async fn drips_until_cut(wire: &mut Wire) -> Duration {
    let start = Instant::now();
    let line = get("hub.test", "/", &"X-Slow: yes\r\n".repeat(40));
    for byte in line.bytes() {
        if wire.io.write_all(&[byte]).await.is_err() {
            return start.elapsed();
        }
        let _ = wire.io.flush().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        if start.elapsed() > 10 * SECOND {
            break;
        }
    }
    start.elapsed()
}

/// Row 3: `h2c` is not spoken on a plain port.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2c_is_never_spoken() {
    let hub = Plan::new().start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    while wire.more().await {}
    let answer: Vec<u8> = wire.seen.iter().copied().collect();
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"),
        "{answer:?}"
    );
}

/// Row 4: a WebSocket may be silent for longer than any timeout of a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silent_websockets_live_on() {
    let app = Upstream::websocket().await;
    let short = Duration::from_millis(300);
    let plan = Plan::new()
        .app("a", app.url())
        .last(|def| (def.timeouts.read, def.timeouts.idle) = (short, short))
        .limits(|limits| {
            (limits.body_idle, limits.keep_alive, limits.header_deadline) = (short, SECOND, SECOND)
        });
    let hub = plan.start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get(
        "a.hub.test",
        "/ws",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n",
    ))
    .await;
    assert_eq!(wire.reply().await.status, 101);
    tokio::time::sleep(5 * SECOND / 2).await;
    wire.send("still there?").await;
    assert_eq!(wire.take(12).await.unwrap(), b"still there?");
}

/// Row 5: two requests in one packet get two answers, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipelined_requests_are_all_answered() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    for host in ["a.hub.test", "hub.test"] {
        let mut wire = Wire::open(hub.plain).await;
        let batch: String = (1..=3)
            .map(|n| get(host, &format!("/?n={n}"), ""))
            .collect();
        wire.send(batch).await;
        for n in 1..=3 {
            let reply = wire.reply().await;
            assert_eq!(reply.status, 200, "{host} {n}");
            assert!(host == "hub.test" || reply.text().contains(&format!("/?n={n}")));
        }
    }
}

/// Row 7: the HTTP/2 window is 2 MiB, for a stream and for the connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_windows_are_two_mebibytes() {
    let hub = Plan::new().start().await;
    let stream = tls_connect(hub.tls, &hub.ca, "hub.test", &[b"h2"])
        .await
        .unwrap();
    let mut wire = Wire {
        io: Box::new(stream),
        seen: Default::default(),
    };
    wire.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    let (mut window, mut grown) = (0, 0);
    while window == 0 || grown == 0 {
        let head = wire.take(9).await.expect("a frame");
        let payload = wire
            .take(usize::from(head[1]) << 8 | usize::from(head[2]))
            .await
            .unwrap();
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte))
        };
        match head[3] {
            4 if head[4] == 0 => {
                let setting = payload
                    .chunks(6)
                    .find(|setting| number(&setting[..2]) == 4)
                    .expect("a window");
                window = number(&setting[2..]);
            }
            8 if number(&head[5..]) == 0 => grown = number(&payload) + 65_535,
            _ => {}
        }
    }
    assert_eq!((window, grown), (2 << 20, 2 << 20));
}

/// Row 8: an idle connection costs little, on both protocols' common ground: HTTP/1.1 after a request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_are_cheap() {
    const COUNT: usize = 400;
    let hub = Plan::new().start().await;
    let request = get("hub.test", "/", "");
    let mut kept = Vec::new();
    let mut before = 0;
    for n in 0..COUNT + 50 {
        if n == 50 {
            before = resident();
        }
        let mut wire = Wire::open(hub.plain).await;
        wire.send(&request).await;
        wire.reply().await;
        wire.seen.shrink_to_fit();
        kept.push(wire);
    }
    let each = resident().saturating_sub(before) / COUNT;
    assert!(each < 32 << 10, "{each} bytes for each idle connection");
}

/// Row 9: HTTP/2 connections without requests end; one with a request in flight does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_h2_connections_end() {
    let hub = Plan::new()
        .limits(|limits| limits.h2_idle = SECOND)
        .start()
        .await;
    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    let request = || http::Request::get("https://hub.test/");
    assert_eq!(h2_ask(&mut sender, request(), "").await.0.status, 200);
    soon("the end of an idle connection", async {
        while !sender.is_closed() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// Row 9: whoever does not read is cut, in the clear and on HTTP/2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_readers_are_cut() {
    let app = Upstream::source(256 << 20).await;
    let hub = Plan::new()
        .app("a", app.url())
        .limits(|limits| limits.write_stall = SECOND)
        .start()
        .await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("a.hub.test", "/h1", "")).await;
    let record = hub.record(|record| &*record.path == "/h1").await;
    assert!(record.bytes_out < 256 << 20);

    let mut sender = h2(hub.tls, &hub.ca, "a.hub.test").await;
    let request = http::Request::get("https://a.hub.test/h2")
        .body(super::client::h2_body(""))
        .unwrap();
    let response = soon("a head", sender.send_request(request)).await.unwrap();
    let record = hub.record(|record| &*record.path == "/h2").await;
    assert!(record.bytes_out < 256 << 20);
    drop(response);
}

/// Row 10: what concerns only the hub and the app stays between them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hop_by_hop_response_headers_stop_here() {
    let app = Upstream::fixed(
        "HTTP/1.1 200 OK\r\nConnection: close, X-Internal\r\nKeep-Alive: timeout=5\r\nX-Internal: secret\r\n\
         Proxy-Authenticate: Basic\r\nServer: old/1.0\r\nX-Powered-By: php\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok",
    )
    .await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let reply = ask(hub.plain, get("a.hub.test", "/", "")).await;
    assert_eq!(
        (reply.text().as_str(), reply.header("x-kept")),
        ("ok", Some("1"))
    );
    for name in [
        "keep-alive",
        "x-internal",
        "proxy-authenticate",
        "server",
        "x-powered-by",
    ] {
        assert_eq!(reply.header(name), None, "{name}");
    }
    assert_eq!(
        reply.header("connection"),
        Some("keep-alive"),
        "the visitor's connection is another one"
    );
}

/// Row 11: names are resolved without blocking, every address of a name is tried, and a dead name is an answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apps_may_have_names() {
    let app = Upstream::echo().await;
    let named = url::Url::parse(&format!("http://localhost:{}/", app.address.port())).unwrap();
    let dead = url::Url::parse("http://nowhere.invalid/").unwrap();
    let hub = Plan::new().app("a", named).app("b", dead).start().await;
    assert_eq!(ask(hub.plain, get("a.hub.test", "/", "")).await.status, 200);
    assert_eq!(ask(hub.plain, get("b.hub.test", "/", "")).await.status, 502);
}

/// Row 12: a failing app is not asked sixteen times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retries_are_few() {
    let app = Upstream::raw(|socket, _seen| async move { drop(socket) }).await;
    let plan = Plan::new()
        .app("a", app.url())
        .last(|def| def.breaker = None);
    let hub = plan.start().await;
    assert_eq!(ask(hub.plain, get("a.hub.test", "/", "")).await.status, 502);
    assert!(
        app.connections() <= 3,
        "{} connections for one request",
        app.connections()
    );
}

/// A kept connection to an app that died meanwhile costs the visitor nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_kept_connection_is_replaced() {
    let app = Upstream::raw(|mut socket, seen| async move {
        if let Some(request) = super::upstream::read_request(&mut socket).await {
            seen.lock().unwrap().push(request);
            let _ = socket
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                .await;
            close_hard(socket);
        }
    })
    .await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let mut wire = Wire::open(hub.plain).await;
    for _ in 0..5 {
        wire.send(get("a.hub.test", "/", "")).await;
        assert_eq!(wire.reply().await.text(), "ok");
    }
}

fn close_hard(socket: TcpStream) {
    drop(socket);
}
