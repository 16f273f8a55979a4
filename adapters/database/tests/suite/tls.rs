//! TLS to own servers with certificates of the test's own: checked, or refused.

use crate::servers::{Server, own_mariadb, own_postgres};
use crate::world::limits;
use divos_database::{Database, DatabaseFault, Dsn, FaultKind, Query};
use futures::TryStreamExt;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value as Json, json};

struct Authority {
    pem: String,
    certificate: String,
    key: String,
}

/// An authority and a certificate of it for `localhost`.
fn authority() -> Authority {
    let own = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = params.self_signed(&own).expect("a certificate").pem();
    let issuer = Issuer::new(params, own);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("parameters");
    Authority {
        pem,
        certificate: params
            .signed_by(&key, &issuer)
            .expect("a certificate")
            .pem(),
        key: key.serialize_pem(),
    }
}

async fn ask(
    scheme: &str,
    server: &Server,
    host: &str,
    options: &str,
    sql: &str,
) -> Result<Vec<Json>, DatabaseFault> {
    let (user, name) = if scheme == "postgres" {
        ("postgres", "postgres")
    } else {
        ("root", "mysql")
    };
    let dsn = Dsn::parse(&format!(
        "{scheme}://{user}@{host}:{}/{name}?{options}",
        server.port
    ))
    .expect("a DSN");
    let query = Query::read(dsn.product(), sql).expect("a query");
    Database::open(dsn, limits(), |_| true)
        .await?
        .rows(&query, &[])
        .try_collect()
        .await
}

async fn is_checked(
    scheme: &str,
    server: &Server,
    mine: &Authority,
    sql: &str,
    encrypted: impl Fn(&Json) -> bool,
) {
    let folder = tempfile::tempdir().expect("a folder");
    let (right, wrong) = (
        folder.path().join("right.pem"),
        folder.path().join("wrong.pem"),
    );
    std::fs::write(&right, &mine.pem).expect("a file");
    std::fs::write(&wrong, authority().pem).expect("a file");
    let right = format!("sslmode=verify-full&sslrootcert={}", right.display());
    let wrong = format!("sslmode=verify-full&sslrootcert={}", wrong.display());
    let rows = ask(scheme, server, "localhost", &right, sql)
        .await
        .expect("rows");
    assert!(encrypted(&rows[0]), "{scheme}: {rows:?}");
    for (host, options) in [
        ("localhost", wrong.as_str()),
        ("127.0.0.1", right.as_str()),
        (
            "localhost",
            "sslmode=verify-full&sslrootcert=/tidak/ada.pem",
        ),
    ] {
        let fault = ask(scheme, server, host, options, sql)
            .await
            .expect_err(options);
        assert_eq!(
            fault.kind,
            FaultKind::Tls,
            "{scheme} {host} {options}: {fault:?}"
        );
    }
    let rows = ask(scheme, server, "localhost", "sslmode=disable", sql)
        .await
        .expect("rows");
    assert!(!encrypted(&rows[0]), "{scheme}: {rows:?}");
}

#[tokio::test]
async fn postgresql_is_read_over_tls_that_is_checked() {
    let mine = authority();
    let server = own_postgres(&[
        ("ssl_cert_file", &mine.certificate),
        ("ssl_key_file", &mine.key),
    ])
    .await;
    let sql = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    is_checked("postgres", &server, &mine, sql, |row| {
        row["ssl"] == json!(true)
    })
    .await;
}

#[tokio::test]
async fn mariadb_is_read_over_tls_that_is_checked() {
    let mine = authority();
    let server = own_mariadb(&[("ssl-cert", &mine.certificate), ("ssl-key", &mine.key)]).await;
    let sql = "SHOW STATUS LIKE 'Ssl_version'";
    is_checked("mysql", &server, &mine, sql, |row| {
        row["Value"].as_str().is_some_and(|v| v.starts_with("TLS"))
    })
    .await;
}

#[tokio::test]
async fn a_server_without_tls_is_not_read_in_the_clear() {
    let (postgres, mariadb) = (own_postgres(&[]).await, own_mariadb(&[]).await);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a.pem");
    std::fs::write(&file, authority().pem).expect("a file");
    let options = format!("sslmode=verify-full&sslrootcert={}", file.display());
    for (scheme, server) in [("postgres", &postgres), ("mysql", &mariadb)] {
        let fault = ask(scheme, server, "localhost", &options, "SELECT 1 AS a")
            .await
            .expect_err("no TLS");
        assert_eq!(fault.kind, FaultKind::Tls, "{scheme}: {fault:?}");
    }
}
