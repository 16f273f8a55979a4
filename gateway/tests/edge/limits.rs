//! How much a visitor may use: header size, connections, body size, requests at once.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use super::client::{Wire, ask, get, h2, h2_ask, soon};
use super::harness::Plan;
use super::upstream::Upstream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_headers_are_refused() {
    let hub = Plan::new().start().await;
    let line = |size: usize| format!("X-Large: {}\r\n", "a".repeat(size));
    assert_eq!(
        ask(hub.plain, get("hub.test", "/", &line(60 << 10)))
            .await
            .status,
        200
    );
    assert_eq!(
        ask(hub.plain, get("hub.test", "/", &line(70 << 10)))
            .await
            .status,
        431
    );
    let mut wire = Wire::open(hub.plain).await;
    let endless = get("hub.test", "/", &line(900 << 10));
    let _ = wire.io.write_all(endless.as_bytes()).await;
    assert!(
        wire.try_reply(false)
            .await
            .is_none_or(|reply| reply.status == 431)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_has_so_many_connections() {
    let hub = Plan::new()
        .limits(|limits| limits.connections_per_client = 3)
        .start()
        .await;
    let mut kept = Vec::new();
    for _ in 0..3 {
        let mut wire = Wire::open(hub.plain).await;
        wire.send(get("hub.test", "/", "")).await;
        assert_eq!(wire.reply().await.status, 200);
        kept.push(wire);
    }
    let mut fourth = Wire::open(hub.plain).await;
    let _ = fourth
        .io
        .write_all(get("hub.test", "/", "").as_bytes())
        .await;
    assert!(fourth.try_reply(false).await.is_none());
    kept.pop();
    soon("room again", async {
        loop {
            let mut wire = Wire::open(hub.plain).await;
            let _ = wire.io.write_all(get("hub.test", "/", "").as_bytes()).await;
            if wire.try_reply(false).await.is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_the_cap_visitors_wait() {
    let hub = Plan::new()
        .limits(|limits| limits.connections = 1)
        .start()
        .await;
    let mut first = Wire::open(hub.plain).await;
    first.send(get("hub.test", "/", "")).await;
    assert_eq!(first.reply().await.status, 200);
    let mut second = Wire::open(hub.plain).await;
    second.send(get("hub.test", "/", "")).await;
    let waits = tokio::time::timeout(Duration::from_millis(300), second.head()).await;
    assert!(waits.is_err(), "the second visitor waits for the first");
    drop(first);
    assert_eq!(second.reply().await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_have_a_limit() {
    let app = Upstream::sink().await;
    let mut plan = Plan::new()
        .app("a", app.url())
        .last(|def| def.max_body = 1000);
    plan.hub.max_body = 1000;
    plan.service = divos_gateway::edge::hub_service(axum::Router::new().route(
        "/up",
        axum::routing::post(|body: axum::body::Bytes| async move { body.len().to_string() }),
    ));
    let hub = plan.start().await;
    for (host, target) in [("a.hub.test", "/"), ("hub.test", "/up")] {
        let announced = format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1001\r\n\r\n{}",
            "a".repeat(1001)
        );
        let reply = ask(hub.plain, announced).await;
        assert_eq!(reply.status, 413, "{host}");
        assert_eq!(reply.json()["type"], "urn:divos:problem:body-too-large");
        let fits = format!(
            "POST {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\n{}",
            "a".repeat(1000)
        );
        assert_eq!(ask(hub.plain, fits).await.text(), "1000", "{host}");
    }
    let chunks = "1f4\r\n".to_owned() + &"a".repeat(500) + "\r\n";
    let chunked = format!(
        "POST /up HTTP/1.1\r\nHost: hub.test\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunks.repeat(3)
    );
    assert_eq!(ask(hub.plain, chunked).await.status, 413);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunked_bodies_to_apps_have_a_limit() {
    let app = Upstream::echo().await;
    let hub = Plan::new()
        .app("a", app.url())
        .last(|def| def.max_body = 1000)
        .start()
        .await;
    let chunks = "1f4\r\n".to_owned() + &"a".repeat(500) + "\r\n";
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n",
        chunks.repeat(3)
    );
    assert_eq!(ask(hub.plain, chunked).await.status, 413);
    assert_eq!(app.count(), 0, "the app never saw a whole request");
    let mut sender = h2(hub.tls, &hub.ca, "a.hub.test").await;
    let request = http::Request::post("https://a.hub.test/");
    assert_eq!(
        h2_ask(&mut sender, request, &"a".repeat(1001))
            .await
            .0
            .status,
        413
    );
    let request = http::Request::post("https://a.hub.test/");
    assert_eq!(
        h2_ask(&mut sender, request, &"a".repeat(1000))
            .await
            .0
            .status,
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_slow_app_cannot_take_the_others_room() {
    let (slow, quick) = (Upstream::mute().await, Upstream::echo().await);
    let plan = Plan::new()
        .app("slow", slow.url())
        .last(|def| def.max_in_flight = 2)
        .app("quick", quick.url());
    let hub = plan.start().await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut wire = Wire::open(hub.plain).await;
        wire.send(get("slow.hub.test", "/", "")).await;
        waiting.push(wire);
    }
    soon("both requests at the app", async {
        while slow.count() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    let third = ask(hub.plain, get("slow.hub.test", "/", "")).await;
    assert_eq!(
        (third.status, third.header("retry-after")),
        (503, Some("1"))
    );
    assert_eq!(
        ask(hub.plain, get("quick.hub.test", "/", "")).await.status,
        200
    );
    waiting.clear();
    soon("room again", async {
        let routes = hub.routes.load();
        let route = routes.find("slow.hub.test").unwrap();
        while route.state.in_flight() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// A body that stops half-way ends, with an answer, on both protocols.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_bodies_end() {
    let router = axum::Router::new().route(
        "/up",
        axum::routing::post(|body: axum::body::Bytes| async move { body.len().to_string() }),
    );
    let plan = Plan::new()
        .service(router)
        .limits(|limits| limits.body_idle = Duration::from_millis(500));
    let hub = plan.start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send("POST /up HTTP/1.1\r\nHost: hub.test\r\nContent-Length: 10\r\n\r\nabc")
        .await;
    assert!(
        wire.try_reply(false)
            .await
            .is_none_or(|reply| reply.status == 408)
    );
    assert!(wire.ends().await);

    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    let (feed, body) =
        tokio::sync::mpsc::channel::<std::io::Result<http_body::Frame<bytes::Bytes>>>(1);
    let body = http_body_util::StreamBody::new(tokio_stream::wrappers::ReceiverStream::new(body));
    let request = http::Request::post("https://hub.test/up")
        .body(http_body_util::BodyExt::boxed(body))
        .unwrap();
    let response = soon("an answer to a stalled body", sender.send_request(request)).await;
    assert_eq!(response.unwrap().status(), 408);
    drop(feed);
}

/// The same on the way to an app: the visitor's pause ends it on HTTP/1.1, the app's silence on HTTP/2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stalled_bodies_to_apps_end() {
    let app = Upstream::echo().await;
    let short = Duration::from_millis(500);
    let plan = Plan::new()
        .app("a", app.url())
        .last(|def| def.timeouts.read = short)
        .limits(|limits| limits.body_idle = short);
    let hub = plan.start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send("POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 10\r\n\r\nabc")
        .await;
    let reply = wire.try_reply(false).await;
    assert!(reply.is_none_or(|reply| matches!(reply.status, 408 | 504)));
    assert!(wire.ends().await);

    let mut sender = h2(hub.tls, &hub.ca, "a.hub.test").await;
    let (feed, body) =
        tokio::sync::mpsc::channel::<std::io::Result<http_body::Frame<bytes::Bytes>>>(1);
    let body = http_body_util::StreamBody::new(tokio_stream::wrappers::ReceiverStream::new(body));
    let request = http::Request::post("https://a.hub.test/")
        .body(http_body_util::BodyExt::boxed(body))
        .unwrap();
    let response = soon("an answer", sender.send_request(request)).await;
    assert_eq!(response.unwrap().status(), 504);
    assert_eq!(app.count(), 0);
    drop(feed);
}
