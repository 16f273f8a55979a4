//! Certificates by name, swapped while running; HTTPS for everybody; trust that is never shared.

use std::sync::Arc;

use divos_gateway::tls::{
    Authority, CertificateFiles, LoadError, ServerCerts, load, server_config,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use url::Url;

use super::client::{Wire, ask, get, h2, h2_ask, tls_connect};
use super::harness::{Hub, Plan};
use super::upstream::{Upstream, read_request};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_get_their_certificates_and_both_protocols() {
    let hub = Plan::new()
        .app("a", Upstream::echo().await.url())
        .start()
        .await;
    for name in ["hub.test", "a.hub.test"] {
        for (offered, chosen) in [
            (&[&b"h2"[..], b"http/1.1"][..], &b"h2"[..]),
            (&[&b"http/1.1"[..]][..], b"http/1.1"),
        ] {
            let stream = tls_connect(hub.tls, &hub.ca, name, offered).await.unwrap();
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(chosen));
        }
    }
    assert!(
        tls_connect(hub.tls, &hub.ca, "elsewhere.test", &[])
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_are_swapped_under_open_connections() {
    let hub = Plan::new().start().await;
    let mut old = Wire::open_tls(hub.tls, &hub.ca, "hub.test", &[b"http/1.1"])
        .await
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let names = ["hub.test".to_owned(), "new.test".to_owned()];
    let authority = Authority::open(dir.path(), &names, chrono::Utc::now()).unwrap();
    hub.certs.swap(load(&[authority.leaf()]).unwrap());
    let ca = std::fs::read(authority.certificate()).unwrap();
    assert!(
        tls_connect(hub.tls, &hub.ca, "hub.test", &[])
            .await
            .is_err(),
        "the old one is no longer shown"
    );
    assert!(tls_connect(hub.tls, &ca, "new.test", &[]).await.is_ok());
    old.send(get("hub.test", "/", "")).await;
    assert_eq!(old.reply().await.status, 200, "an open connection goes on");
}

#[test]
fn every_bad_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        Authority::open(
            &dir.path().join(name),
            &["a.test".to_owned()],
            chrono::Utc::now(),
        )
        .unwrap()
        .leaf()
    };
    let (one, two) = (open("one"), open("two"));
    let text = dir.path().join("text.pem");
    std::fs::write(&text, "not a certificate").unwrap();
    let errors = load(&[
        one.clone(),
        CertificateFiles {
            cert: one.cert.clone(),
            key: two.key.clone(),
        },
        CertificateFiles {
            cert: text.clone(),
            key: one.key.clone(),
        },
        CertificateFiles {
            cert: dir.path().join("missing.pem"),
            key: one.key,
        },
    ])
    .unwrap_err();
    assert!(
        matches!(errors[0], LoadError::WrongKey { .. }),
        "{:?}",
        errors[0]
    );
    assert!(
        matches!(errors[1], LoadError::Empty { .. }),
        "{:?}",
        errors[1]
    );
    assert!(
        matches!(errors[2], LoadError::Unreadable { .. }),
        "{:?}",
        errors[2]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_is_sent_to_https() {
    let app = Upstream::echo().await;
    let hub = Plan::new().app("a", app.url()).start().await;
    let reply = ask(hub.redirect, get("a.hub.test:8080", "/x?y=1", "")).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (308, Some("https://a.hub.test:8443/x?y=1"))
    );
    let post = "POST /x HTTP/1.1\r\nHost: a.hub.test\r\nContent-Length: 6\r\n\r\nsecret";
    assert_eq!(ask(hub.redirect, post).await.status, 403);
    assert_eq!(
        ask(hub.redirect, get("evil.test", "/", "")).await.status,
        404,
        "never to a host that is not ours"
    );
    assert_eq!(app.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hsts_is_sent_over_tls_only() {
    let app = Upstream::echo().await;
    let mut plan = Plan::new().app("a", app.url());
    plan.hsts = Some(http::HeaderValue::from_static("max-age=300"));
    let hub = plan.start().await;
    for host in ["hub.test", "a.hub.test"] {
        assert_eq!(
            ask(hub.plain, get(host, "/", ""))
                .await
                .header("strict-transport-security"),
            None
        );
        let mut wire = Wire::open_tls(hub.tls, &hub.ca, host, &[b"http/1.1"])
            .await
            .unwrap();
        wire.send(get(host, "/", "")).await;
        assert_eq!(
            wire.reply().await.header("strict-transport-security"),
            Some("max-age=300"),
            "{host}"
        );
    }
}

/// RFC 9110 §15.5.20: a connection made under another certificate does not serve this host.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_for_anothers_connection_is_misdirected() {
    let app = Upstream::echo().await;
    let mut plan = Plan::new().app("a", app.url());
    let other = divos_gateway::phases::RouteDef::new("other", "other.test", vec![app.url()]);
    plan.apps.push(other);
    let hub = plan.start().await;
    let mut sender = h2(hub.tls, &hub.ca, "hub.test").await;
    let shared = h2_ask(&mut sender, http::Request::get("https://a.hub.test/"), "")
        .await
        .0;
    assert_eq!(shared.status, 200, "one certificate covers both");
    let foreign = h2_ask(&mut sender, http::Request::get("https://other.test/"), "")
        .await
        .0;
    assert_eq!(foreign.status, 421);
}

/// An upstream that speaks TLS under its own authority.
struct Secure {
    url: Url,
    ca: String,
    _dir: tempfile::TempDir,
}

async fn secure() -> Secure {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let dir = tempfile::tempdir().unwrap();
    let authority =
        Authority::open(dir.path(), &["localhost".to_owned()], chrono::Utc::now()).unwrap();
    let certs = ServerCerts::new(load(&[authority.leaf()]).unwrap());
    let config = server_config(certs);
    let mut config = Arc::unwrap_or_clone(config);
    config.alpn_protocols.clear();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    ))
    .unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(socket).await else {
                    return;
                };
                let mut buffer = [0; 4096];
                while let Ok(1..) = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecure";
                    if stream.write_all(answer).await.is_err() || stream.flush().await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Secure {
        url,
        ca: std::fs::read_to_string(authority.certificate()).unwrap(),
        _dir: dir,
    }
}

async fn status(hub: &Hub, host: &str) -> u16 {
    ask(hub.plain, get(host, "/", "")).await.status
}

/// Row 6: a route that must fail verification never rides another route's connection.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trust_is_never_shared() {
    let secure = secure().await;
    let other = self::secure().await;
    let with = |ca: Option<String>, insecure: bool| {
        move |def: &mut divos_gateway::phases::RouteDef| {
            (def.tls.ca_pem, def.tls.insecure, def.breaker) = (ca, insecure, None);
        }
    };
    let plan = Plan::new()
        .app("right", secure.url.clone())
        .last(with(Some(secure.ca.clone()), false))
        .app("system", secure.url.clone())
        .last(with(None, false))
        .app("wrong", secure.url.clone())
        .last(with(Some(other.ca), false))
        .app("careless", secure.url.clone())
        .last(with(None, true))
        .app("misnamed", secure.url.clone())
        .last(with(Some(secure.ca), false))
        .last(|def| def.tls.server_name = Some("elsewhere.test".into()));
    let hub = plan.start().await;
    for _ in 0..3 {
        assert_eq!(status(&hub, "right.hub.test").await, 200);
        assert_eq!(status(&hub, "careless.hub.test").await, 200);
        for refused in ["system.hub.test", "wrong.hub.test", "misnamed.hub.test"] {
            assert_eq!(status(&hub, refused).await, 502, "{refused}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upstream_that_speaks_no_tls_is_unreachable() {
    let app = Upstream::raw(|mut socket, _| async move {
        let _ = read_request(&mut socket).await;
    })
    .await;
    let url = Url::parse(&format!("https://{}/", app.address)).unwrap();
    let plan = Plan::new()
        .app("a", url)
        .last(|def| def.timeouts.connect = std::time::Duration::from_millis(500));
    let hub = plan.start().await;
    assert!(matches!(status(&hub, "a.hub.test").await, 502 | 504));
}
