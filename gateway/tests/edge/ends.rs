//! How a hub stops: nothing new, what runs may end, what does not end is cut.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get as page;
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};

use super::client::{Wire, get, h2, h2_ask, soon, tls_connect};
use super::harness::Plan;
use super::upstream::Upstream;

struct Slow {
    router: Router,
    started: Arc<Notify>,
    go: Arc<Semaphore>,
}

fn slow() -> Slow {
    let (started, go) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let (began, wait) = (started.clone(), go.clone());
    let handler = move || async move {
        began.notify_one();
        wait.acquire().await.unwrap().forget();
        "finished"
    };
    Slow {
        router: Router::new().route("/slow", page(handler)),
        started,
        go,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_are_finished() {
    let Slow {
        router,
        started,
        go,
    } = slow();
    let mut hub = Plan::new().service(router).start().await;
    let mut idle = Wire::open(hub.plain).await;
    idle.send(get("hub.test", "/nothing", "")).await;
    idle.reply().await;
    let mut busy = Wire::open(hub.plain).await;
    busy.send(get("hub.test", "/slow", "")).await;
    soon("the handler", started.notified()).await;
    hub.stop();
    assert!(idle.ends().await, "an idle connection ends at once");
    soon("a closed door", async {
        while TcpStream::connect(hub.plain).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    go.add_permits(1);
    let reply = busy.reply().await;
    assert_eq!(reply.text(), "finished");
    assert!(busy.ends().await);
    assert_eq!(hub.ended().await.cut, 0);
}

/// Asks through the bare HTTP/2 client: hyper's own gives a request up when a GOAWAY overtakes its bookkeeping, even
/// one that the server is answering (`ClientTask` in `hyper::proto::h2::client` asks `poll_ready` once more after it
/// has sent a request, and hands that error to the caller).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_on_h2_are_finished() {
    for pause in [0, 1, 3, 10, 100] {
        in_flight_on_h2(Duration::from_millis(pause)).await;
    }
}

/// A number of requests that are answered some time after the hub was told to stop.
async fn in_flight_on_h2(pause: Duration) {
    const STREAMS: usize = 12;
    let Slow {
        router,
        started,
        go,
    } = slow();
    let mut hub = Plan::new().service(router).start().await;
    let stream = tls_connect(hub.tls, &hub.ca, "hub.test", &[b"h2"]).await;
    let (mut sender, connection) = h2::client::handshake(stream.unwrap()).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut answers = Vec::new();
    for _ in 0..STREAMS {
        sender = sender.ready().await.unwrap();
        let request = http::Request::get("https://hub.test/slow")
            .body(())
            .unwrap();
        answers.push(sender.send_request(request, true).unwrap().0);
        soon("the handler", started.notified()).await;
    }
    hub.stop();
    tokio::time::sleep(pause).await;
    go.add_permits(STREAMS);
    drop(sender);
    for answer in answers {
        let answer = soon("a response", answer).await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut body = answer.into_body();
        let mut text = Vec::new();
        while let Some(chunk) = body.data().await {
            text.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(text, b"finished", "stopped {pause:?} before the answer");
    }
    assert_eq!(hub.ended().await.cut, 0);
    soon("an end", connection).await.unwrap().unwrap();
}

/// The hub's side is closed first; a reset would come back to a visitor who writes then, and overtake what they have
/// not read yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_still_sends_when_the_hub_has_ended_is_not_reset() {
    let mut hub = Plan::new().start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("hub.test", "/", "")).await;
    wire.reply().await;
    hub.stop();
    assert!(wire.ends().await);
    for _ in 0..5 {
        wire.send("still").await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(wire);
    assert_eq!(hub.ended().await.cut, 0);
}

/// The answer came before the body was read. It must survive that the visitor goes on sending.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_answer_reaches_a_visitor_who_still_sends() {
    let router = Router::new().route("/", axum::routing::post(|| async { "enough" }));
    let hub = Plan::new().service(router).start().await;
    for _ in 0..50 {
        let mut wire = Wire::open(hub.plain).await;
        let head = "POST / HTTP/1.1\r\nHost: hub.test\r\nContent-Length: 3000000\r\n\r\n";
        wire.send(head).await;
        for _ in 0..30 {
            // Whether the hub still wants it is not known to a visitor who writes first and reads then.
            wire.send("x".repeat(50_000)).await;
        }
        let reply = wire.reply().await;
        assert_eq!((reply.status, reply.text()), (200, "enough".into()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_never_ends_is_cut_at_the_deadline() {
    let events = Upstream::events(Arc::default()).await;
    let socket = Upstream::websocket().await;
    let plan = Plan::new()
        .app("events", events.url())
        .app("socket", socket.url())
        .limits(|limits| limits.drain = Duration::from_secs(1));
    let mut hub = plan.start().await;
    let mut stream = Wire::open(hub.plain).await;
    stream
        .send(get("events.hub.test", "/", "Accept: text/event-stream\r\n"))
        .await;
    assert_eq!(stream.head().await.unwrap().status, 200);
    let mut websocket = Wire::open(hub.plain).await;
    websocket
        .send(get(
            "socket.hub.test",
            "/",
            "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        ))
        .await;
    assert_eq!(websocket.reply().await.status, 101);
    let asked = Instant::now();
    hub.stop();
    websocket.send("still").await;
    assert_eq!(
        websocket.take(5).await.unwrap(),
        b"still",
        "until the deadline it lives"
    );
    let drained = hub.ended().await;
    assert_eq!(drained.cut, 2);
    assert!(asked.elapsed() >= Duration::from_millis(900));
    assert!(stream.ends().await && websocket.ends().await);
}

/// A hub that nobody uses stops at once, on every listener.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unused_hub_stops_at_once() {
    let mut hub = Plan::new().start().await;
    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    assert_eq!(
        h2_ask(&mut sender, http::Request::get("https://hub.test/"), "")
            .await
            .0
            .status,
        200
    );
    let asked = Instant::now();
    hub.stop();
    assert_eq!(hub.ended().await.cut, 0);
    assert!(asked.elapsed() < Duration::from_secs(2));
}
