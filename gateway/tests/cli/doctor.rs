//! `divos connector doctor`.

use crate::app::{date, start, start_tls};
use crate::desk::{Desk, Done, SURAT};
use chrono::TimeDelta;

const ROWS: &str = r#"{"data": [{"nomor": "1", "perihal": "Contoh"}]}"#;

/// A desk whose connector calls `base` and signs in with a token.
fn desk(base: &str) -> Desk {
    let desk = Desk::new();
    let with = SURAT.replace("http://127.0.0.1:9", base).replace(
        "sources:\n",
        "auth: { bearer: { token: \"${secret:surat/token}\" } }\nsources:\n",
    );
    desk.write("connectors.d/surat.yaml", &with);
    desk.write(
        "config/hub.yaml",
        "connectors: { secrets: { surat/token: \"${env:SURAT_TOKEN}\" } }\n",
    );
    desk
}

fn doctor(desk: &Desk, more: &[&str], env: &[(&str, &str)]) -> Done {
    let words = [&["connector", "doctor", "surat"], more].concat();
    let env = [&[("SURAT_TOKEN", "kunci-contoh")], env].concat();
    desk.run_with(&words, "", &env)
}

/// An app that checks its key, or does not.
fn app(head: &str, checks: bool, shift: TimeDelta) -> (u16, String, String) {
    let headers = format!("{}Content-Type: application/json\r\n", date(shift));
    let answer = |status, body: &str| (status, headers.clone(), body.to_owned());
    match head {
        head if head.starts_with("GET /robots.txt") => {
            answer(200, "User-agent: *\nDisallow: /api/\n")
        }
        head if head.starts_with("GET / ") => answer(200, "hai"),
        head if !checks || head.to_lowercase().contains("bearer kunci-contoh") => answer(200, ROWS),
        _ => answer(401, ""),
    }
}

#[test]
fn a_healthy_app_has_no_fault() {
    let port = start(|head| app(head, true, TimeDelta::zero()));
    let desk = desk(&format!("http://127.0.0.1:{port}"));
    let done = doctor(&desk, &["--allow-private"], &[]);
    assert_eq!(done.code, 0, "{done:?}");
    for line in [
        "OK    dns     127.0.0.1: 127.0.0.1",
        "OK    http    ",
        "OK    clock   ",
        "NOTE  robots  ",
        "OK    source  surat/masuk: the first request succeeds, 1 records",
        "OK    auth    surat/masuk: a wrong key: ",
    ] {
        assert!(done.out.contains(line), "{line}: {}", done.out);
    }
    assert!(!format!("{done:?}").contains("kunci-contoh"), "{done:?}");
}

#[test]
fn an_app_that_does_not_check_its_key_is_a_fault() {
    let port = start(|head| app(head, false, TimeDelta::zero()));
    let desk = desk(&format!("http://127.0.0.1:{port}"));
    let done = doctor(&desk, &["--allow-private", "--json"], &[]);
    assert_eq!(done.code, 1, "{done:?}");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&done.out).expect("JSON");
    let faults: Vec<_> = rows.iter().filter(|row| row["state"] == "fault").collect();
    assert_eq!(faults.len(), 1, "{rows:?}");
    assert_eq!(faults[0]["step"], "auth");
}

#[test]
fn a_clock_that_is_wrong_is_a_fault() {
    let port = start(|head| app(head, true, TimeDelta::minutes(-10)));
    let desk = desk(&format!("http://127.0.0.1:{port}"));
    let done = doctor(&desk, &["--allow-private", "--lang", "id"], &[]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.out.contains("FAULT clock"), "{done:?}");
    assert!(done.out.contains("jam aplikasi berbeda -60"), "{done:?}");
}

#[test]
fn a_private_address_is_not_called_unasked() {
    let port = start(|_| panic!("nobody may call"));
    let desk = desk(&format!("http://127.0.0.1:{port}"));
    let done = doctor(&desk, &[], &[]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(
        done.out
            .contains("FAULT dns     127.0.0.1: 127.0.0.1 may not be called")
    );
    assert!(done.out.contains("--allow-private"), "{done:?}");
    assert_eq!(done.out.lines().count(), 2, "nothing after it: {done:?}");
}

#[test]
fn a_closed_port_says_what_to_look_at() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let done = doctor(
        &desk(&format!("http://127.0.0.1:{port}")),
        &["--allow-private"],
        &[],
    );
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.out.contains("FAULT tcp"), "{done:?}");
}

#[test]
fn a_certificate_is_shown_whether_it_is_trusted_or_not() {
    let (port, pem) = start_tls("localhost", |head| app(head, true, TimeDelta::zero()));
    let (_, other) = start_tls("lain.example", |head| app(head, true, TimeDelta::zero()));
    let desk = desk(&format!("https://localhost:{port}"));
    let (own, other) = (desk.write("own.pem", &pem), desk.write("other.pem", &other));
    let trusting = |path: &std::path::Path| {
        let path = path.to_string_lossy();
        doctor(&desk, &["--allow-private"], &[("SSL_CERT_FILE", &path)])
    };
    let unknown = trusting(&other);
    assert_eq!(unknown.code, 1, "{unknown:?}");
    assert!(unknown.out.contains("FAULT tls"), "{unknown:?}");
    assert!(
        unknown
            .out
            .contains("the certificate is for localhost, until"),
        "{unknown:?}"
    );
    assert!(
        !unknown.out.contains("source"),
        "nothing is asked: {unknown:?}"
    );
    let known = trusting(&own);
    assert!(known.out.contains("OK    tls     localhost:"), "{known:?}");
    assert!(known.out.contains("OK    source"), "{known:?}");
}

#[test]
fn an_app_that_serves_strangers_too_is_known_by_its_check() {
    let port = start(|head| match head {
        head if head.starts_with("GET /akun ") => {
            app(head, !head.contains("kunci-contoh"), TimeDelta::zero())
        }
        head => app(head, false, TimeDelta::zero()),
    });
    let desk = desk(&format!("http://127.0.0.1:{port}"));
    let path = desk.path("connectors.d/surat.yaml");
    let yaml = std::fs::read_to_string(&path).expect("a file");
    let with = yaml.replace("surat/token}\" } }", "surat/token}\" }, check: /akun }");
    desk.write("connectors.d/surat.yaml", &with);
    let done = doctor(&desk, &["--allow-private"], &[]);
    assert_eq!(done.code, 0, "{done:?}");
    for line in [
        "OK    auth    surat/masuk: `/akun` opens: the app knows these credentials",
        "OK    auth    surat/masuk: a wrong key: The app does not let the hub sign in (`/akun` answers 401",
    ] {
        assert!(done.out.contains(line), "{line}: {}", done.out);
    }
    let wrong = doctor(&desk, &["--allow-private"], &[("SURAT_TOKEN", "lain")]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        wrong
            .out
            .contains("FAULT source  surat/masuk: The app does not let the hub sign in"),
        "{wrong:?}"
    );
}
