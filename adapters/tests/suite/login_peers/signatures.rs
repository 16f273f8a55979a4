//! Signatures that others verify: HAProxy, the library of Standard Webhooks, a SOAP service of npm.

use super::*;

/// `kunci buatan` in base64, as HAProxy wants its keys.
const KEY: &str = "a3VuY2kgYnVhdGFu";

/// HAProxy in the place of an app: it computes the signature over time, method, path, query and body, and takes a time
/// that is a minute away at most.
async fn haproxy() -> Peer {
    let (dir, port) = (dir(), free_port());
    write(
        dir.path(),
        "haproxy.cfg",
        &format!(
            "defaults\n  mode http\n  timeout connect 5s\n  timeout client 20s\n  timeout server 20s\n\
             frontend app\n  bind 127.0.0.1:{port}\n  option http-buffer-request\n\
             \x20 http-request set-var(txn.sent) req.hdr(x-timestamp)\n\
             \x20 http-request set-var(txn.given) req.hdr(x-signature)\n\
             \x20 http-request set-var-fmt(txn.message) \"%[req.hdr(x-timestamp)]&%[method]&%[path]&%[query]&%[req.body]\"\n\
             \x20 http-request set-var(txn.right) var(txn.message),hmac(sha256,{KEY}),hex,lower\n\
             \x20 acl signed var(txn.right),strcmp(txn.given) eq 0\n\
             \x20 acl fresh date,sub(txn.sent),add(60) 0:120\n\
             \x20 http-request deny deny_status 401 unless signed fresh\n\
             \x20 http-request return status 200 content-type application/json string '{{\"data\":[{{\"id\":\"1\",\"title\":\"Buatan\"}}]}}'\n"
        ),
    );
    let mut command = Command::new("/usr/sbin/haproxy");
    command
        .arg("-db")
        .arg("-f")
        .arg(dir.path().join("haproxy.cfg"));
    Peer::start(dir, port, &mut command).await
}

#[tokio::test]
async fn haproxy_lets_in_what_is_signed_with_its_key_and_its_time() {
    let server = haproxy().await;
    let base = server.base("http");
    let auth = "hmac: { secret: \"${secret:app/key}\", hex: true, \
                message: \"{timestamp}&{method}&{path}&{query}&{body}\" }";
    let get = ROWS.replace("/rows }", "/rows/a%20b, query: { q: \"c&d e\" } }");
    let post = ROWS.replace(
        "get: /rows }",
        "path: /rows, method: POST, body: { sejak: \"2026-11-24\", kata: \"café\" } }",
    );
    let world = live(Arc::new(SystemClock));
    for rows in [&get, &post] {
        let right = app(&base, auth, rows, &[("key", "kunci buatan")]);
        assert_eq!(good(&right, &world).await, ["1"], "{rows}");
        let wrong = app(&base, auth, rows, &[("key", "kunci lain")]);
        assert_eq!(fault(&wrong, &world).await.code(), "unauthorized");
        let less = auth.replace("&{body}", "");
        let less = app(&base, &less, rows, &[("key", "kunci buatan")]);
        assert_eq!(fault(&less, &world).await.code(), "unauthorized");
    }
    let late = divos_model::FixedClock::at(SystemClock.now() - chrono::TimeDelta::seconds(70));
    let right = app(&base, auth, &get, &[("key", "kunci buatan")]);
    assert_eq!(
        fault(&right, &live(Arc::new(late))).await.code(),
        "unauthorized"
    );
}

#[tokio::test]
async fn the_library_of_standard_webhooks_verifies_what_the_hub_signs() {
    let server = node("signed.mjs");
    let auth = "hmac: { secret: \"${secret:app/key}\", id: hub-1, id_header: webhook-id, header: webhook-signature, \
                prefix: \"v1,\", timestamp: webhook-timestamp, message: \"{id}.{timestamp}.{body}\" }";
    let world = live(Arc::new(SystemClock));
    let right = app(&server.base("http"), auth, ROWS, &[("key", "kunci buatan")]);
    assert_eq!(good(&right, &world).await, ["1"]);
    let bare = auth.replace("v1,", "");
    for (auth, key) in [(auth, "kunci lain"), (&*bare, "kunci buatan")] {
        let wrong = app(&server.base("http"), auth, ROWS, &[("key", key)]);
        assert_eq!(fault(&wrong, &world).await.code(), "unauthorized");
    }
}

const PERMITS: &str = "    soap: { endpoint: /izin, action: \"urn:contoh:izin#Daftar\", ns: { t: \"urn:contoh:izin\" }, \
    body: { \"t:Daftar\": { \"t:jumlah\": 3 } } }\n    select: DaftarResponse.Izin[*]\n";

#[tokio::test]
async fn a_soap_service_of_npm_takes_the_digest_of_the_password_and_a_nonce_once() {
    let server = node("wsse.mjs");
    let world = live(Arc::new(SystemClock));
    let with = |digest: bool, password: &str| {
        let auth = format!(
            "wsse: {{ username: hub, password: \"${{secret:app/password}}\", digest: {digest} }}"
        );
        let secrets = [("password", password)];
        app(&server.base("http"), &auth, PERMITS, &secrets)
    };
    for digest in [true, false] {
        for round in 0..3 {
            let came = good(&with(digest, "Sandi <buatan> & 1"), &world).await;
            assert_eq!(came, ["IZ-1", "IZ-2", "IZ-3"], "{digest} {round}");
        }
        let told = fault(&with(digest, "Salah-999"), &world).await;
        assert_eq!(told.code(), "soap_fault", "{told}");
        assert!(told.to_string().contains("Invalid username or password"));
        assert!(!format!("{told:?} {told}").contains("Salah-999"));
    }
}
