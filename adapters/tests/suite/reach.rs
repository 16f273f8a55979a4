//! Where requests go: redirects, addresses, names, TLS.

use crate::bad_input::{ONE, QUICK, fault, fault_of, live};
use crate::fake::{LIST, ids, plain, read};
use crate::server::{Act, Server, answer, ok};
use divos_adapters::{AddressPolicy, Ask};

#[tokio::test]
async fn a_redirect_elsewhere_is_not_followed() {
    let other = Server::start(|_, _| ok("application/json", ONE)).await;
    let away = format!("Location: http://localhost:{}/rows\r\n", other.port);
    for location in [
        away,
        "Location: http://169.254.169.254/latest\r\n".into(),
        "Location: ftp://127.0.0.1/x\r\n".into(),
    ] {
        let act = move |_: usize, _: &str| Act::Send(answer("302 Found", &location, b""));
        let (error, _) = fault_of(act, LIST).await;
        assert_eq!(error.code(), "redirected_away");
    }
    // The same host on a port that nobody named is another service.
    let away = format!("Location: http://127.0.0.1:{}/rows\r\n", other.port);
    let (error, _) = fault_of(move |_, _| Act::Send(answer("302 Found", &away, b"")), LIST).await;
    assert_eq!(error.code(), "redirected_away");
    assert_eq!(
        other.hits(),
        0,
        "nothing, and no key, ever reached the other host"
    );
}

#[tokio::test]
async fn a_redirect_at_home_is_followed_with_the_key() {
    let act = |_: usize, head: &str| match head.starts_with("GET /rows ") {
        true => Act::Send(answer("301 Moved", "Location: /v2/rows?x=1\r\n", b"")),
        false => ok("application/json", ONE),
    };
    let server = Server::start(act).await;
    let (pages, error, _) = read(
        &plain(&server.base(), LIST, QUICK),
        Ask::default(),
        &live(AddressPolicy::with_private()),
    )
    .await;
    assert_eq!((ids(&pages).len(), error), (1, None));
    let heads = server.heads.lock().expect("heads").clone();
    assert!(
        heads[1].starts_with("GET /v2/rows?x=1 ") && heads[1].contains("x-key: S3CRET-KEY"),
        "{heads:?}"
    );
    let circle = |_: usize, _: &str| Act::Send(answer("302 Found", "Location: /rows\r\n", b""));
    assert_eq!(fault_of(circle, LIST).await.0.code(), "too_many_redirects");
}

#[tokio::test]
async fn addresses_that_are_not_public_are_refused_unless_permitted() {
    let server = Server::start(|_, _| ok("application/json", ONE)).await;
    for host in [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "2130706433",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "0.0.0.0",
    ] {
        let connector = plain(&format!("http://{host}:{}", server.port), LIST, QUICK);
        let (_, error, _) = read(
            &connector,
            Ask::default(),
            &live(AddressPolicy::public_only()),
        )
        .await;
        assert_eq!(error.map(|e| e.code()), Some("address_refused"), "{host}");
    }
    assert_eq!(server.hits(), 0);
    let permitted = AddressPolicy::default()
        .with_networks(&["127.0.0.1/32".into()])
        .expect("a network");
    for host in ["127.0.0.1", "localhost"] {
        let connector = plain(&format!("http://{host}:{}", server.port), LIST, QUICK);
        let (pages, error, _) = read(&connector, Ask::default(), &live(permitted.clone())).await;
        assert_eq!((ids(&pages).len(), error), (1, None), "{host}");
    }
}

#[tokio::test]
async fn nobody_there_no_name_no_tls_no_http() {
    let port = Server::start(|_, _| ok("", b"")).await.port;
    tokio::task::yield_now().await;
    assert_eq!(
        fault(&format!("http://127.0.0.1:{port}"), LIST, QUICK)
            .await
            .code(),
        "refused"
    );
    assert_eq!(
        fault("http://tidak-ada.invalid", LIST, QUICK).await.code(),
        "dns"
    );
    let server = Server::start(|_, _| ok("application/json", ONE)).await;
    assert_eq!(
        fault(&format!("https://127.0.0.1:{}", server.port), LIST, QUICK)
            .await
            .code(),
        "tls"
    );
    let (error, _) = fault_of(|_, _| Act::Send(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), LIST).await;
    assert_eq!(error.code(), "bad_http");
    let (error, _) = fault_of(|_, _| Act::Send(Vec::new()), LIST).await;
    assert_eq!(error.code(), "refused", "closed before an answer");
}

/// Redirects, a login's form and its pages that send on all ask this one question.
#[test]
fn nobody_is_led_out_of_tls() {
    let connector = plain("https://app.example", LIST, "");
    let reach = divos_adapters::Reach::of(&connector).expect("a reach");
    let url = |text: &str| url::Url::parse(text).expect("an address");
    for (from, to, may) in [
        ("https://app.example/a", "https://app.example/b", true),
        ("http://app.example/a", "https://app.example/b", true),
        ("https://app.example/a", "http://app.example/b", false),
        ("https://app.example/a", "https://other.example/b", false),
    ] {
        assert_eq!(reach.may_follow(&url(from), &url(to)), may, "{from} {to}");
    }
}
