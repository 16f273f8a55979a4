//! A request's way through route, guard, forward, answer and account.

use super::client::{Wire, ask, get, h2, h2_ask};
use super::harness::Plan;
use super::upstream::{Upstream, nobody};
use divos_gateway::phases::{BreakerDef, HostPolicy, HubDef, RouteDef};
use std::time::Duration;

const BROWSER: &str = "Accept: text/html,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_lead_to_their_apps() {
    let (one, two) = (Upstream::echo().await, Upstream::echo().await);
    let hub = Plan::new()
        .app("one", one.url())
        .app("two", two.url())
        .start()
        .await;
    assert_eq!(ask(hub.plain, get("hub.test", "/", "")).await.text(), "hub");
    assert_eq!(
        ask(hub.plain, get("HUB.test.:8443", "/", "")).await.text(),
        "hub"
    );
    ask(hub.plain, get("one.hub.test", "/1", "")).await;
    ask(hub.plain, get("TWO.hub.test:8443", "/2", "")).await;
    assert_eq!((one.last().target(), two.last().target()), ("/1", "/2"));
    let unknown = ask(hub.plain, get("three.hub.test", "/", "")).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.json()["type"], "urn:divos:problem:unknown-host");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_table_counts_from_the_next_request_on_open_connections() {
    let (one, two) = (Upstream::echo().await, Upstream::echo().await);
    let hub = Plan::new().app("one", one.url()).start().await;
    let mut wire = Wire::open(hub.plain).await;
    wire.send(get("one.hub.test", "/", "")).await;
    assert_eq!(wire.reply().await.status, 200);
    let moved = RouteDef::new("one", "one.hub.test", vec![two.url()]);
    let table = hub
        .routes
        .load()
        .rebuild(HubDef::new(vec!["hub.test".into()]), vec![moved])
        .unwrap();
    hub.routes.store(table.into());
    wire.send(get("one.hub.test", "/", "")).await;
    assert_eq!(wire.reply().await.status, 200);
    assert_eq!((one.count(), two.count()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_sent_to_sign_in_and_scripts_are_told() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let page = ask(hub.plain, get("a.hub.test", "/private?x=1", BROWSER)).await;
    assert_eq!(page.status, 302);
    assert_eq!(
        page.header("location"),
        Some("https://hub.test/login?return=http://a.hub.test/private?x=1")
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    for lines in [
        "Accept: application/json\r\n",
        "Accept: text/html\r\nSec-Fetch-Mode: cors\r\n",
        "Accept: text/html\r\nX-Requested-With: XMLHttpRequest\r\n",
        "User-Agent: GoogleHC/1.0\r\n",
        "User-Agent: kube-probe/1.29\r\n",
    ] {
        let script = ask(hub.plain, get("a.hub.test", "/private", lines)).await;
        assert_eq!(
            (script.status, script.header("location")),
            (401, None),
            "{lines}"
        );
    }
    let post =
        format!("POST /private HTTP/1.1\r\nHost: a.hub.test\r\n{BROWSER}Content-Length: 0\r\n\r\n");
    assert_eq!(ask(hub.plain, post).await.status, 401);
    assert_eq!(app.count(), 0);
    let known = ask(
        hub.plain,
        get("a.hub.test", "/private", "Cookie: __Host-divos=sari\r\n"),
    )
    .await;
    assert_eq!(known.status, 200);
    let not_admin = ask(
        hub.plain,
        get("a.hub.test", "/admin", "Cookie: __Host-divos=sari\r\n"),
    )
    .await;
    assert_eq!(not_admin.status, 403);
    let often = ask(hub.plain, get("a.hub.test", "/slow-down", "")).await;
    assert_eq!(
        (often.status, often.header("retry-after")),
        (429, Some("7"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_asserted_is_not_forwarded() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let reply = ask(
        hub.plain,
        get("a.hub.test", "/", "Cookie: __Host-divos=vault-down\r\n"),
    )
    .await;
    assert_eq!((reply.status, app.count()), (500, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_speak_the_readers_language_and_name_no_upstream() {
    let gone = nobody().await;
    let address = gone.authority().to_owned();
    let broken = Upstream::fixed("SSH-2.0-OpenSSH\r\n\r\n").await;
    let mute = Upstream::mute().await;
    let plan = Plan::new()
        .app("gone", gone)
        .app("broken", broken.url())
        .app("mute", mute.url())
        .last(|def| def.timeouts.read = Duration::from_millis(300));
    let hub = plan.start().await;
    let page = ask(hub.plain, get("gone.hub.test", "/", BROWSER)).await;
    assert_eq!(page.status, 502);
    assert!(
        page.text().contains("Aplikasi tidak dapat dihubungi"),
        "{}",
        page.text()
    );
    let id = page.header("x-request-id").unwrap();
    assert!(
        page.text().contains(id)
            && !page.text().contains(&address)
            && !page.head.contains(&address)
    );
    let english = ask(
        hub.plain,
        get(
            "gone.hub.test",
            "/",
            &format!("{BROWSER}Accept-Language: en\r\n"),
        ),
    )
    .await;
    assert!(english.text().contains("cannot be reached"));
    let problem = ask(hub.plain, get("broken.hub.test", "/", "")).await;
    assert_eq!(
        (problem.status, problem.header("content-type")),
        (502, Some("application/problem+json"))
    );
    assert_eq!(
        problem.json()["request_id"].as_str(),
        problem.header("x-request-id")
    );
    let slow = ask(hub.plain, get("mute.hub.test", "/", "")).await;
    assert_eq!(
        (slow.status, &slow.json()["type"]),
        (504, &"urn:divos:problem:app-timed-out".into())
    );
    let record = hub
        .record(|record| record.app.as_deref() == Some("mute"))
        .await;
    assert_eq!(record.status, 504);
    assert!(record.failure.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redirects_of_apps_stay_public() {
    let app = Upstream::raw(|mut socket, _| async move {
        use tokio::io::AsyncWriteExt as _;
        if super::upstream::read_request(&mut socket).await.is_some() {
            let own = socket.local_addr().unwrap();
            let response = format!(
                "HTTP/1.1 302 Found\r\nLocation: http://{own}/next?a=1\r\nContent-Length: 0\r\n\r\n"
            );
            let _ = socket.write_all(response.as_bytes()).await;
        }
    })
    .await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let reply = ask(hub.plain, get("a.hub.test:8080", "/", "")).await;
    assert_eq!(
        reply.header("location"),
        Some("http://a.hub.test:8080/next?a=1")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_told_the_host_its_route_says() {
    let app = Upstream::echo().await;
    let plan = Plan::new()
        .app("public", app.url())
        .app("own", app.url())
        .last(|def| def.host_policy = HostPolicy::Upstream);
    let hub = plan.start().await;
    ask(hub.plain, get("public.hub.test:8443", "/", "")).await;
    assert_eq!(app.last().values("host"), ["public.hub.test:8443"]);
    ask(hub.plain, get("own.hub.test:8443", "/", "")).await;
    assert_eq!(app.last().values("host"), [app.address.to_string()]);
    assert_eq!(app.last().values("x-forwarded-host"), ["own.hub.test:8443"]);
    let mut sender = h2(hub.tls, &hub.ca, "own.hub.test").await;
    h2_ask(
        &mut sender,
        http::Request::get("https://own.hub.test/h2"),
        "",
    )
    .await;
    assert_eq!(app.last().values("host"), [app.address.to_string()]);
    assert_eq!(app.last().values("x-forwarded-proto"), ["https"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_address_takes_over() {
    let app = Upstream::echo().await;
    let gone = nobody().await;
    let plan = Plan::new()
        .app("a", gone)
        .last(|def| def.upstreams.push(app.url()));
    let hub = plan.start().await;
    for _ in 0..4 {
        assert_eq!(ask(hub.plain, get("a.hub.test", "/", "")).await.status, 200);
    }
    let post = "POST / HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 4\r\n\r\nbody";
    for _ in 0..2 {
        assert!(ask(hub.plain, post).await.text().ends_with("body"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_app_is_left_alone_and_asked_again() {
    let app = Upstream::raw(|socket, _| async move { drop(socket) }).await;
    let breaker = BreakerDef {
        failures: 3,
        open_for: Duration::from_millis(400),
    };
    let plan = Plan::new()
        .app("a", app.url())
        .last(|def| def.breaker = Some(breaker));
    let hub = plan.start().await;
    for _ in 0..3 {
        assert_eq!(ask(hub.plain, get("a.hub.test", "/", "")).await.status, 502);
    }
    let asked = app.connections();
    let resting = ask(hub.plain, get("a.hub.test", "/", "")).await;
    assert_eq!((resting.status, app.connections()), (503, asked));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(ask(hub.plain, get("a.hub.test", "/", "")).await.status, 502);
    assert!(app.connections() > asked, "one request probes");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_accounted_for() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let request = "POST /up?secret=1 HTTP/1.1\r\nHost: a.hub.test\r\nCookie: __Host-divos=sari\r\nContent-Length: 4\r\n\r\nbody";
    let reply = ask(hub.plain, request).await;
    let record = hub.record(|record| record.status == 200).await;
    assert_eq!(
        (record.method.as_str(), &*record.path, &*record.host),
        ("POST", "/up", "a.hub.test")
    );
    assert_eq!(
        (record.app.as_deref(), record.who.as_deref()),
        (Some("a"), Some("sari"))
    );
    assert_eq!(
        (record.bytes_in, record.bytes_out),
        (4, reply.body.len() as u64)
    );
    assert_eq!(Some(&*record.request_id), reply.header("x-request-id"));
    assert!(record.upstream > Duration::ZERO && record.duration >= record.upstream);
    assert!(!format!("{record:?}").contains("secret"));
    ask(hub.plain, get("nobody.test", "/", "")).await;
    let refused = hub.record(|record| record.status == 404).await;
    assert!(refused.app.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_hub_answers_its_own_paths_on_every_host() {
    use divos_gateway::phases::{Caller, RequestInfo};
    let handler = |info: axum::Extension<RequestInfo>, caller: axum::Extension<Caller>| async move {
        format!(
            "{} {} {}",
            info.host,
            info.app,
            caller.pseudonym().map_or("-", |who| &**who)
        )
    };
    let router = axum::Router::new()
        .route("/.divos/ticket", axum::routing::get(handler))
        .route("/", axum::routing::get(handler));
    let app = Upstream::echo().await;
    let hub = Plan::new()
        .app("a", app.url())
        .service(router)
        .start()
        .await;
    let ticket = ask(
        hub.plain,
        get(
            "a.hub.test",
            "/.divos/ticket?t=1",
            "Cookie: __Host-divos=sari\r\n",
        ),
    )
    .await;
    assert_eq!(
        (ticket.text().as_str(), app.count()),
        ("a.hub.test a sari", 0)
    );
    assert_eq!(
        ask(hub.plain, get("hub.test", "/", "")).await.text(),
        "hub.test hub -"
    );
    assert_eq!(
        ask(hub.plain, get("a.hub.test", "/x/../.divos/ticket", ""))
            .await
            .text(),
        "a.hub.test a -"
    );
}
