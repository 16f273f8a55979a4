//! nginx as an app that asks for a client certificate.

use super::*;

/// Makes an authority, and what it signs: (certificate, key) of the server, of the hub.
struct Certificates {
    authority: String,
    server: (String, String),
    hub: String,
    stranger: String,
}

fn certificates() -> Certificates {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
    let authority = |name: &str| {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("signed")
    };
    let (ours, other) = (authority("Otoritas buatan"), authority("Otoritas lain"));
    let leaf = |by: &CertifiedIssuer<'_, KeyPair>, name: &str| {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.distinguished_name.push(DnType::CommonName, name);
        let signed = params.signed_by(&key, by).expect("signed");
        (signed.pem(), key.serialize_pem())
    };
    let joined = |(certificate, key): (String, String)| format!("{certificate}{key}");
    Certificates {
        server: leaf(&ours, "127.0.0.1"),
        hub: joined(leaf(&ours, "hub.example")),
        stranger: joined(leaf(&other, "hub.example")),
        authority: ours.pem(),
    }
}

const CERTIFICATE: &str = "certificate: { pem: \"${secret:app/pem}\" }";
/// Where the test that trusts the made-up authority finds it, and the server.
const GIVEN: &str = "DIVOS_TEST_MTLS";

/// The HTTP client trusts what the machine trusts, which a process can only be told as it starts: so the test runs
/// itself again.
#[tokio::test]
async fn nginx_lets_in_who_shows_a_certificate_of_its_authority_and_nobody_else() {
    if let Ok(given) = std::env::var(GIVEN) {
        return as_the_hub(Path::new(&given)).await;
    }
    let (dir, port, made) = (dir(), free_port(), certificates());
    let root = dir.path().display().to_string();
    write(dir.path(), "ca.pem", &made.authority);
    write(dir.path(), "server.pem", &made.server.0);
    write(dir.path(), "server.key", &made.server.1);
    write(dir.path(), "hub.pem", &made.hub);
    write(dir.path(), "stranger.pem", &made.stranger);
    write(dir.path(), "port", &port.to_string());
    write(
        dir.path(),
        "nginx.conf",
        &format!(
            "daemon off; master_process off; pid {root}/pid; error_log {root}/error.log;\n\
             events {{ worker_connections 64; }}\n\
             http {{ access_log off; client_body_temp_path {root}/b; proxy_temp_path {root}/p;\n\
             fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;\n\
             server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {root}/server.pem;\n\
             ssl_certificate_key {root}/server.key; ssl_client_certificate {root}/ca.pem; ssl_verify_client on;\n\
             default_type application/json;\n\
             location / {{ return 200 '{{\"data\":[{{\"id\":\"1\",\"title\":\"Buatan\"}}]}}'; }} }} }}\n"
        ),
    );
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-e").arg(dir.path().join("error.log"));
    command.arg("-c").arg(dir.path().join("nginx.conf"));
    let server = Peer::start(dir, port, &mut command).await;
    let name = "login_peers::nginx::nginx_lets_in_who_shows_a_certificate_of_its_authority_and_nobody_else";
    let again = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", name, "--nocapture"])
        .env(GIVEN, server._dir.path())
        .env("SSL_CERT_FILE", server._dir.path().join("ca.pem"))
        .output()
        .expect("the test runs again");
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&again.stderr)
    );
}

async fn as_the_hub(given: &Path) {
    let text = |name: &str| std::fs::read_to_string(given.join(name)).expect("a file");
    let base = format!("https://127.0.0.1:{}", text("port"));
    let world = live(Arc::new(SystemClock));
    let with = |pem: &str| app(&base, CERTIFICATE, ROWS, &[("pem", pem)]);
    let none = app(&base, "none", ROWS, &[]);
    assert_eq!(
        fault(&none, &world).await.code(),
        "rejected",
        "nginx says 400"
    );
    assert_eq!(good(&with(&text("hub.pem")), &world).await, ["1"]);
    let stranger = fault(&with(&text("stranger.pem")), &world).await;
    assert!(
        matches!(stranger.code(), "rejected" | "tls" | "refused"),
        "{stranger}"
    );
    // A replaced certificate is not the one of a client that was kept.
    assert_eq!(good(&with(&text("hub.pem")), &world).await, ["1"]);
    let broken = fault(&with("-----BEGIN KUNCI-RAHASIA"), &world).await;
    assert_eq!(broken.code(), "bad_request");
    let told = format!("{broken:?} {broken}");
    assert!(
        told.contains("${secret:app/pem}") && !told.contains("KUNCI-RAHASIA"),
        "{told}"
    );
}
