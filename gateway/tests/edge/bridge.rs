//! The hub's own service in process: bodies that stream both ways, and every way to end early.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{get as page, post};
use http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::sync::{Notify, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use super::client::{Wire, ask, get, h2, h2_ask, h2_body, soon};
use super::harness::{Hub, Plan};

async fn hub(router: Router) -> Hub {
    Plan::new().service(router).start().await
}

fn stream(chunks: mpsc::Receiver<Result<Bytes, Infallible>>) -> Body {
    Body::from_stream(ReceiverStream::new(chunks))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_framed_on_both_protocols() {
    let router = Router::new()
        .route("/exact", page(|| async { "exact" }))
        .route(
            "/chunked",
            page(|| async {
                let (feed, chunks) = mpsc::channel(4);
                for part in ["one", "two"] {
                    feed.send(Ok(Bytes::from(part))).await.unwrap();
                }
                stream(chunks)
            }),
        )
        .route("/nothing", page(|| async { StatusCode::NO_CONTENT }))
        .route(
            "/own-length",
            page(|| async {
                (
                    [("content-length", "99"), ("transfer-encoding", "chunked")],
                    "five!",
                )
            }),
        )
        .route("/unchanged", page(|| async { StatusCode::NOT_MODIFIED }));
    let hub = hub(router).await;
    let mut wire = Wire::open(hub.plain).await;
    let mut exchange = async |method: &str, target: &str| {
        wire.send(format!(
            "{method} {target} HTTP/1.1\r\nHost: hub.test\r\n\r\n"
        ))
        .await;
        wire.try_reply(method == "HEAD")
            .await
            .expect("the connection is kept")
    };
    let exact = exchange("GET", "/exact").await;
    assert_eq!(
        (exact.text().as_str(), exact.header("content-length")),
        ("exact", Some("5"))
    );
    let head = exchange("HEAD", "/exact").await;
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("5"))
    );
    let chunked = exchange("GET", "/chunked").await;
    assert_eq!(
        (chunked.text().as_str(), chunked.header("transfer-encoding")),
        ("onetwo", Some("chunked"))
    );
    assert_eq!(exchange("HEAD", "/chunked").await.status, 200);
    let nothing = exchange("GET", "/nothing").await;
    assert_eq!(
        (
            nothing.status,
            nothing.header("content-length"),
            nothing.header("transfer-encoding")
        ),
        (204, None, None)
    );
    assert_eq!(exchange("GET", "/own-length").await.text(), "five!");
    assert_eq!(exchange("GET", "/unchanged").await.status, 304);
    assert_eq!(exchange("GET", "/exact").await.text(), "exact");

    let mut old = Wire::open(hub.plain).await;
    old.send("GET /chunked HTTP/1.0\r\nHost: hub.test\r\n\r\n")
        .await;
    let reply = old.reply().await;
    assert_eq!(
        (reply.text().as_str(), reply.header("transfer-encoding")),
        ("onetwo", None)
    );

    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    for (target, expected) in [
        ("exact", "exact"),
        ("chunked", "onetwo"),
        ("own-length", "five!"),
        ("nothing", ""),
    ] {
        let request = http::Request::get(format!("https://hub.test/{target}"));
        assert_eq!(
            h2_ask(&mut sender, request, "").await.1,
            expected,
            "{target}"
        );
    }
    let (head, body) = h2_ask(
        &mut sender,
        http::Request::head("https://hub.test/exact"),
        "",
    )
    .await;
    assert_eq!((head.status, body.len()), (StatusCode::OK, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_stream_both_ways_at_once() {
    let router = Router::new().route(
        "/echo",
        post(|body: Body| async move { Body::from_stream(body.into_data_stream()) }),
    );
    let hub = hub(router).await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(
        "POST /echo HTTP/1.1\r\nHost: hub.test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nping\r\n",
    )
    .await;
    assert_eq!(wire.head().await.unwrap().status, 200);
    assert_eq!(
        wire.chunk().await.unwrap(),
        b"ping",
        "answered while the request goes on"
    );
    wire.send("4\r\npong\r\n0\r\n\r\n").await;
    assert_eq!(wire.chunk().await.unwrap(), b"pong");
    assert_eq!(wire.chunk().await.unwrap(), b"");

    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    let (_, body) = h2_ask(
        &mut sender,
        http::Request::post("https://hub.test/echo"),
        &"x".repeat(300_000),
    )
    .await;
    assert_eq!(body.len(), 300_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_does_not_read_makes_the_visitor_wait() {
    let (go, read) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (wait, counted) = (go.clone(), read.clone());
    let router = Router::new().route(
        "/up",
        post(move |mut body: Body| async move {
            wait.notified().await;
            while let Some(Ok(frame)) = body.frame().await {
                counted.fetch_add(
                    frame.into_data().map_or(0, |data| data.len()),
                    Ordering::Relaxed,
                );
            }
            "read"
        }),
    );
    let mut plan = Plan::new().service(router);
    plan.hub.max_body = 1 << 30;
    let hub = plan.start().await;
    let mut wire = Wire::open(hub.plain).await;
    const SIZE: usize = 32 << 20;
    wire.send(format!(
        "POST /up HTTP/1.1\r\nHost: hub.test\r\nContent-Length: {SIZE}\r\n\r\n"
    ))
    .await;
    let block = vec![0; 64 << 10];
    let mut sent = 0;
    while sent < SIZE {
        let write =
            tokio::io::AsyncWriteExt::write(&mut wire.io, &block[..block.len().min(SIZE - sent)]);
        match tokio::time::timeout(Duration::from_millis(300), write).await {
            Ok(count) => sent += count.unwrap(),
            Err(_) => break,
        }
    }
    assert!(sent < SIZE, "the hub took {sent} bytes that nobody wanted");
    go.notify_one();
    while sent < SIZE {
        let count = block.len().min(SIZE - sent);
        wire.send(&block[..count]).await;
        sent += count;
    }
    assert_eq!(wire.reply().await.text(), "read");
    assert_eq!(read.load(Ordering::Relaxed), SIZE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn continue_is_said_when_the_body_is_wanted() {
    let router = Router::new()
        .route(
            "/read",
            post(|body: Bytes| async move { body.len().to_string() }),
        )
        .route("/refuse", post(|| async { StatusCode::FORBIDDEN }));
    let hub = hub(router).await;
    let request = |target: &str| {
        format!(
            "POST {target} HTTP/1.1\r\nHost: hub.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
        )
    };
    let mut wire = Wire::open(hub.plain).await;
    for _ in 0..2 {
        wire.send(request("/read")).await;
        assert_eq!(wire.head().await.unwrap().status, 100);
        wire.send("body").await;
        let reply = wire.reply().await;
        assert_eq!(
            (reply.text().as_str(), reply.header("connection")),
            ("4", Some("keep-alive"))
        );
    }
    let mut wire = Wire::open(hub.plain).await;
    wire.send(request("/refuse")).await;
    assert_eq!(wire.head().await.unwrap().status, 403, "no 100 before it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_answer_is_seen_by_a_visitor_who_still_sends() {
    let router = Router::new().route(
        "/early",
        post(|| async { (StatusCode::CONFLICT, "no need") }),
    );
    let hub = hub(router).await;
    let mut wire = Wire::open(hub.plain).await;
    const SIZE: usize = 8 << 20;
    wire.send(format!(
        "POST /early HTTP/1.1\r\nHost: hub.test\r\nContent-Length: {SIZE}\r\n\r\n"
    ))
    .await;
    let block = vec![0; 1 << 20];
    for _ in 0..SIZE / block.len() {
        wire.send(&block).await;
    }
    let reply = wire.reply().await;
    assert_eq!((reply.status, reply.text().as_str()), (409, "no need"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panic_is_a_failure_and_nothing_more() {
    async fn boom() -> &'static str {
        panic!("a bug with a secret in it");
    }
    let half = || async {
        let (feed, chunks) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
        feed.send(Ok(Bytes::from_static(b"half"))).await.unwrap();
        feed.send(Err(std::io::Error::other("broke")))
            .await
            .unwrap();
        Body::from_stream(ReceiverStream::new(chunks))
    };
    let hub = hub(Router::new()
        .route("/boom", page(boom))
        .route("/half", page(half)))
    .await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("hub.test", "/boom", "")).await;
    let reply = wire.reply().await;
    assert_eq!(reply.status, 500);
    assert!(!reply.text().contains("secret"));
    assert_eq!(reply.json()["type"], "urn:divos:problem:hub-failure");
    wire.send(get("hub.test", "/boom", "")).await;
    assert_eq!(wire.reply().await.status, 500, "the connection survives");

    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("hub.test", "/half", "")).await;
    assert!(
        wire.try_reply(false).await.is_none(),
        "half an answer does not look whole"
    );

    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    assert_eq!(
        h2_ask(&mut sender, http::Request::get("https://hub.test/boom"), "")
            .await
            .0
            .status,
        500
    );
    let request = http::Request::get("https://hub.test/half")
        .body(h2_body(""))
        .unwrap();
    if let Ok(response) = soon("a head or a reset", sender.send_request(request)).await {
        assert!(
            soon("an end", response.into_body().collect())
                .await
                .is_err()
        );
    }
}

struct OnDrop(Arc<(AtomicBool, Notify)>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
        self.0.1.notify_one();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_ends_with_its_visitor() {
    let gone = Arc::new((AtomicBool::new(false), Notify::new()));
    let started = Arc::new(Notify::new());
    let (noted, began) = (gone.clone(), started.clone());
    let router = Router::new().route(
        "/wait",
        page(move || async move {
            let _on_drop = OnDrop(noted);
            began.notify_one();
            std::future::pending::<&'static str>().await
        }),
    );
    let hub = hub(router).await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("hub.test", "/wait", "")).await;
    soon("the handler", started.notified()).await;
    drop(wire);
    soon("the handler's end", gone.1.notified()).await;

    gone.0.store(false, Ordering::Release);
    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    let request = http::Request::get("https://hub.test/wait")
        .body(h2_body(""))
        .unwrap();
    let pending = tokio::spawn(sender.send_request(request));
    soon("the handler", started.notified()).await;
    pending.abort();
    soon("the handler's end on h2", gone.1.notified()).await;
    assert!(gone.0.load(Ordering::Acquire));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_arrive_one_by_one() {
    let (feed, chunks) = mpsc::channel::<Result<Bytes, Infallible>>(1);
    let chunks = Arc::new(std::sync::Mutex::new(Some(chunks)));
    let router = Router::new().route(
        "/events",
        page(move || async move {
            let chunks = chunks.lock().unwrap().take().unwrap();
            ([("content-type", "text/event-stream")], stream(chunks))
        }),
    );
    let hub = hub(router).await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("hub.test", "/events", "Accept: text/event-stream\r\n"))
        .await;
    assert_eq!(
        wire.head().await.unwrap().header("content-type"),
        Some("text/event-stream")
    );
    for n in 0..3 {
        let event = format!("data: {n}\n\n");
        feed.send(Ok(Bytes::from(event.clone()))).await.unwrap();
        assert_eq!(wire.chunk().await.unwrap(), event.as_bytes());
    }
    drop(wire);
    soon("the stream's end", feed.closed()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hub_serves_many_requests_on_one_connection() {
    let router = Router::new().route("/n", post(|body: Bytes| async move { body }));
    let hub = hub(router).await;
    let mut wire = Wire::open(hub.plain).await;
    for n in 0..200 {
        let body = format!("number {n}");
        wire.send(format!(
            "POST /n HTTP/1.1\r\nHost: hub.test\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
        assert_eq!(wire.reply().await.text(), body);
    }
    assert_eq!(ask(hub.plain, get("hub.test", "/n", "")).await.status, 405);
}
