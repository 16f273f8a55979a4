//! What goes on for long: uploads and downloads of a gigabyte, WebSockets, event streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::client::{Wire, get, h2, h2_body, soon};
use super::harness::{Plan, resident};
use super::upstream::Upstream;

const GIBIBYTE: usize = 1 << 30;
/// What a transfer may hold at once, whatever its size.
const FLAT: usize = 64 << 20;

/// Watches the process grow while something runs.
struct Peak {
    most: Arc<AtomicUsize>,
    done: Arc<AtomicBool>,
    before: usize,
}

impl Peak {
    fn watch() -> Self {
        let (most, done) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicBool::new(false)),
        );
        let (seen, stop) = (most.clone(), done.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                seen.fetch_max(resident(), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        Self {
            most,
            done,
            before: resident(),
        }
    }

    fn growth(self) -> usize {
        self.done.store(true, Ordering::Relaxed);
        self.most
            .load(Ordering::Relaxed)
            .saturating_sub(self.before)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_goes_up_in_flat_memory() {
    let app = Upstream::sink().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let mut wire = Wire::open(hub.plain).await;
    let peak = Peak::watch();
    wire.send(format!(
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: {GIBIBYTE}\r\n\r\n"
    ))
    .await;
    let block = vec![b'x'; 1 << 20];
    for _ in 0..GIBIBYTE / block.len() {
        wire.io.write_all(&block).await.unwrap();
    }
    assert_eq!(wire.reply().await.text(), GIBIBYTE.to_string());
    let growth = peak.growth();
    assert!(growth < FLAT, "grew by {growth} bytes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_comes_down_in_flat_memory() {
    let app = Upstream::source(GIBIBYTE).await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let mut wire = Wire::open(hub.plain).await;
    let peak = Peak::watch();
    wire.send(get("a.hub.test", "/", "")).await;
    assert_eq!(
        wire.head().await.unwrap().header("content-length"),
        Some(GIBIBYTE.to_string().as_str())
    );
    let (mut got, mut block) = (wire.seen.len(), vec![0; 1 << 20]);
    while got < GIBIBYTE {
        let count = soon("more", wire.io.read(&mut block)).await.unwrap();
        assert_ne!(count, 0, "ended after {got}");
        got += count;
    }
    let growth = peak.growth();
    assert!(growth < FLAT, "grew by {growth} bytes");
}

/// A visitor who reads slowly over HTTP/2 does not make the hub hold the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_h2_readers_are_not_buffered_for() {
    let app = Upstream::source(128 << 20).await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let mut sender = h2(hub.tls, &hub.ca, "a.hub.test").await;
    let peak = Peak::watch();
    let request = http::Request::get("https://a.hub.test/")
        .body(h2_body(""))
        .unwrap();
    let response = soon("a head", sender.send_request(request)).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let growth = peak.growth();
    assert!(growth < FLAT, "grew by {growth} bytes");
    drop(response);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websockets_pass_in_both_directions() {
    let app = Upstream::websocket().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let upgrade = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\nCookie: __Host-divos=sari; a=1\r\nX-Divos-User: root\r\n";
    for tls in [false, true] {
        let mut wire = match tls {
            false => Wire::open(hub.plain).await,
            true => Wire::open_tls(hub.tls, &hub.ca, "a.hub.test", &[b"http/1.1"])
                .await
                .unwrap(),
        };
        wire.send(get("a.hub.test", "/ws", upgrade)).await;
        let reply = wire.reply().await;
        assert_eq!(
            (reply.status, reply.header("upgrade")),
            (101, Some("websocket"))
        );
        assert!(
            reply
                .header("connection")
                .unwrap()
                .eq_ignore_ascii_case("upgrade")
        );
        for message in ["one", "two two", "three"] {
            wire.send(message).await;
            assert_eq!(wire.take(message.len()).await.unwrap(), message.as_bytes());
        }
        let seen = app.last();
        assert_eq!(seen.values("sec-websocket-key"), ["dGhlIHNhbXBsZQ=="]);
        assert_eq!(seen.values("x-divos-user"), ["sari"]);
        assert_eq!(seen.values("cookie"), ["a=1"]);
    }
}

/// Regression: an app that answered the handshake very fast lost its WebSocket every second time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn websockets_of_fast_apps_are_not_cut() {
    let app = Upstream::websocket().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    for n in 0..60 {
        let mut wire = Wire::open(hub.plain).await;
        wire.send(get(
            "a.hub.test",
            "/ws",
            "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        ))
        .await;
        assert_eq!(wire.reply().await.status, 101);
        wire.send("echo").await;
        assert_eq!(
            wire.take(4).await.as_deref(),
            Some(&b"echo"[..]),
            "WebSocket {n}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_private_websocket_needs_a_person() {
    let app = Upstream::websocket().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get(
        "a.hub.test",
        "/private/ws",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    ))
    .await;
    assert_eq!((wire.reply().await.status, app.count()), (401, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn event_streams_of_apps_are_not_held_back_and_may_be_silent() {
    let ticks = Arc::new(tokio::sync::Notify::new());
    let app = Upstream::events(ticks.clone()).await;
    let plan = Plan::new()
        .app("a", app.url())
        .last(|def| def.timeouts.read = Duration::from_millis(300));
    let hub = plan.start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get(
        "a.hub.test",
        "/events",
        "Accept: text/event-stream\r\n",
    ))
    .await;
    assert_eq!(wire.head().await.unwrap().status, 200);
    assert_eq!(wire.chunk().await.unwrap(), b"data: first\n\n");
    tokio::time::sleep(Duration::from_millis(900)).await;
    for n in 1..4 {
        ticks.notify_one();
        assert_eq!(
            wire.chunk().await.unwrap(),
            format!("data: {n}\n\n").as_bytes()
        );
    }

    let mut sender = h2(hub.tls, &hub.ca, "a.hub.test").await;
    let request = http::Request::get("https://a.hub.test/events")
        .header("accept", "text/event-stream")
        .body(h2_body(""))
        .unwrap();
    let mut body = soon("a head", sender.send_request(request))
        .await
        .unwrap()
        .into_body();
    let frame = soon("an event", http_body_util::BodyExt::frame(&mut body))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(frame.into_data().unwrap(), "data: first\n\n");
}
