//! Nobody outside can say who they are, and nothing of the hub's own reaches an app.

use http::HeaderName;

use super::client::{Wire, ask, get, h2, h2_ask};
use super::harness::Plan;
use super::upstream::Upstream;

/// Every spelling in which some server would read an identity.
const SPELLINGS: &str = "X-Divos-User: root\r\nx-divos-user: root\r\nX_Divos_User: root\r\nX-DIVOS_USER: root\r\n\
    X.Divos.User: root\r\nRemote-User: root\r\nREMOTE_USER: root\r\nX-Remote-User: root\r\nX-Forwarded-User: root\r\n\
    X-Forwarded-Email: root\r\nX_Forwarded_Groups: root\r\nX-Forwarded-Preferred-Username: root\r\n\
    X-Auth-Request-User: root\r\nX-Webauth-User: root\r\nSSL-Client-S-DN: root\r\nSSL_CLIENT_VERIFY: root\r\n\
    X-WP-Login: root\r\nx_wp_login: root\r\nX-Original-URL: root\r\nX-Rewrite-Url: root\r\nProxy: root\r\n";

fn plan(app: &Upstream) -> Plan {
    Plan::new()
        .app("a", app.url())
        .last(|def| def.sso_headers = vec![HeaderName::from_static("x-wp-login")])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_spelling_of_an_identity_gets_through() {
    let app = Upstream::echo().await;
    let hub = plan(&app).start().await;
    ask(hub.plain, get("a.hub.test", "/", SPELLINGS)).await;
    let seen = app.last();
    assert!(!seen.head.contains("root"), "{}", seen.head);
    ask(
        hub.plain,
        get(
            "a.hub.test",
            "/",
            &format!("{SPELLINGS}Cookie: __Host-divos=sari\r\n"),
        ),
    )
    .await;
    let seen = app.last();
    assert!(!seen.head.contains("root"), "{}", seen.head);
    assert_eq!(seen.values("x-divos-user"), ["sari"]);
    assert_eq!(seen.values("x-wp-login"), ["sari"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connection_and_trailers_cannot_forge_or_remove_an_identity() {
    let app = Upstream::echo().await;
    let hub = plan(&app).start().await;
    let lines = "Cookie: __Host-divos=sari\r\nConnection: keep-alive, X-Divos-User, X-WP-Login\r\nX-Divos-User: root\r\n";
    assert_eq!(
        ask(hub.plain, get("a.hub.test", "/", lines)).await.status,
        200
    );
    assert_eq!(app.last().values("x-divos-user"), ["sari"]);
    assert_eq!(app.last().values("x-wp-login"), ["sari"]);

    let mut wire = Wire::open(hub.plain).await;
    wire.send(
        "POST / HTTP/1.1\r\nHost: a.hub.test\r\nTransfer-Encoding: chunked\r\nTrailer: X-Divos-User\r\n\r\n\
         2\r\nhi\r\n0\r\nX-Divos-User: root\r\n\r\n",
    )
    .await;
    wire.reply().await;
    let seen = app.last();
    assert!(!String::from_utf8_lossy(&seen.body).contains("root"));
    assert!(seen.values("x-divos-user").is_empty() && !seen.head.contains("root"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn identities_are_stripped_on_h2_too() {
    let app = Upstream::echo().await;
    let hub = plan(&app).start().await;
    let mut sender = h2(hub.tls, &hub.ca, "a.hub.test").await;
    let request = http::Request::get("https://a.hub.test/")
        .header("x-divos-user", "root")
        .header("x_divos_user", "root")
        .header("remote-user", "root")
        .header("cookie", "a=1")
        .header("cookie", "__Host-divos=sari");
    assert_eq!(h2_ask(&mut sender, request, "").await.0.status, 200);
    let seen = app.last();
    assert_eq!(seen.values("x-divos-user"), ["sari"]);
    assert!(
        !seen.head.contains("root") && !seen.head.contains("__Host-divos"),
        "{}",
        seen.head
    );
    assert_eq!(seen.values("cookie"), ["a=1"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hubs_credentials_never_reach_an_app() {
    let app = Upstream::echo().await;
    let hub = plan(&app).start().await;
    ask(
        hub.plain,
        get(
            "a.hub.test",
            "/",
            "Cookie: a=1; __Host-divos=sari; __Host-divos-csrf=c; b=2\r\n",
        ),
    )
    .await;
    let seen = app.last();
    assert_eq!(seen.values("cookie"), ["a=1; b=2"]);
    ask(
        hub.plain,
        get("a.hub.test", "/", "Authorization: Bearer divos-sari\r\n"),
    )
    .await;
    assert!(app.last().values("authorization").is_empty());
    assert_eq!(app.last().values("x-divos-user"), ["sari"]);
    ask(
        hub.plain,
        get("a.hub.test", "/", "Authorization: Basic YTpi\r\n"),
    )
    .await;
    assert_eq!(
        app.last().values("authorization"),
        ["Basic YTpi"],
        "an app's own credentials are its own"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_cannot_touch_the_hubs_cookies() {
    let app = Upstream::fixed(
        "HTTP/1.1 200 OK\r\nSet-Cookie: __Host-divos=evil; Path=/; Secure\r\nSet-Cookie: sid=1; Domain=hub.test; Path=/\r\n\
         Set-Cookie: =__Host-divos=evil\r\nClear-Site-Data: \"*\"\r\nContent-Length: 0\r\n\r\n",
    )
    .await;
    let hub = plan(&app).start().await;
    let reply = ask(hub.plain, get("a.hub.test", "/", "")).await;
    assert!(!reply.head.contains("divos"), "{}", reply.head);
    assert_eq!(reply.header("set-cookie"), Some("sid=1; Path=/"));
    assert_eq!(reply.header("clear-site-data"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_a_request_came_from_cannot_be_forged() {
    let app = Upstream::echo().await;
    let hub = plan(&app).start().await;
    let forged = "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.test\r\n\
        X-Forwarded-Port: 1\r\nForwarded: for=1.2.3.4;host=evil.test\r\nX-Real-IP: 1.2.3.4\r\nTrue-Client-IP: 1.2.3.4\r\n\
        X-Request-Id: chosen\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\ntracestate: a=b\r\n";
    let reply = ask(hub.plain, get("a.hub.test", "/", forged)).await;
    let seen = app.last();
    assert!(
        !seen.head.contains("1.2.3.4") && !seen.head.contains("evil.test"),
        "{}",
        seen.head
    );
    assert!(
        !seen.head.contains("chosen") && !seen.head.contains("4bf92f35"),
        "{}",
        seen.head
    );
    assert_eq!(seen.values("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(seen.values("x-forwarded-proto"), ["http"]);
    assert_eq!(seen.values("x-forwarded-host"), ["a.hub.test"]);
    assert_eq!(
        seen.values("forwarded"),
        ["for=127.0.0.1;host=\"a.hub.test\";proto=http"]
    );
    assert_eq!(
        reply.header("x-request-id"),
        seen.values("x-request-id").first().copied()
    );
    assert_eq!(seen.values("traceparent")[0].len(), 55);
    assert!(seen.values("tracestate").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_is_believed() {
    let app = Upstream::echo().await;
    let hub = plan(&app).trusting("127.0.0.0/8").start().await;
    let told = "X-Forwarded-For: 9.9.9.9, 1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: a.hub.test\r\n\
        X-Request-Id: req-7\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    ask(hub.plain, get("inner.test", "/", told)).await;
    let seen = app.last();
    assert_eq!(
        seen.values("x-forwarded-for"),
        ["1.2.3.4, 127.0.0.1"],
        "only as far as the trust goes"
    );
    assert_eq!(seen.values("x-forwarded-proto"), ["https"]);
    assert_eq!(seen.values("host"), ["a.hub.test"]);
    assert_eq!(seen.values("x-request-id"), ["req-7"]);
    let trace = seen.values("traceparent")[0].to_owned();
    assert!(
        trace.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-")
            && !trace.contains("00f067aa0ba902b7")
    );
    let record = hub.record(|record| &*record.request_id == "req-7").await;
    assert_eq!(record.client.to_string(), "1.2.3.4");
}
