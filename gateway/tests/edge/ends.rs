//! How a hub stops: nothing new, what runs may end, what does not end is cut.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get as page;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::client::{Wire, get, h2, h2_ask, h2_body, soon};
use super::harness::Plan;
use super::upstream::Upstream;

struct Slow {
    router: Router,
    started: Arc<Notify>,
    go: Arc<Notify>,
}

fn slow() -> Slow {
    let (started, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (began, wait) = (started.clone(), go.clone());
    let handler = move || async move {
        began.notify_one();
        wait.notified().await;
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
    go.notify_one();
    let reply = busy.reply().await;
    assert_eq!(reply.text(), "finished");
    assert!(busy.ends().await);
    assert_eq!(hub.ended().await.cut, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_in_flight_on_h2_are_finished() {
    let Slow {
        router,
        started,
        go,
    } = slow();
    let mut hub = Plan::new().service(router).start().await;
    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    let request = http::Request::get("https://hub.test/slow")
        .body(h2_body(""))
        .unwrap();
    let response = tokio::spawn(sender.send_request(request));
    soon("the handler", started.notified()).await;
    hub.stop();
    tokio::time::sleep(Duration::from_millis(100)).await;
    go.notify_one();
    let response = soon("a response", response).await.unwrap().unwrap();
    let body = http_body_util::BodyExt::collect(response.into_body())
        .await
        .unwrap()
        .to_bytes();
    assert_eq!(body, "finished");
    drop(sender);
    assert_eq!(hub.ended().await.cut, 0);
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
