//! Apps that push with the libraries of others: the SDKs of CloudEvents, Standard Webhooks, GitHub's signer. Each sends
//! by its own HTTP client, over TLS, to the running hub. What is missing fails the test.

use anyhow::{Context, ensure};
use divos_tests::{Hub, Settings, Tried};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const SURAT: &str = r#"
metadata: { name: surat, title: "Surat Masuk (contoh)", owner: "030801", capability: letter }
sources:
  masuk:
    webhook: { types: ["surat.*"], token: "${secret:surat/token}" }
    deletes: never
    to: letter
    map:
      id: data.nomor | slug
      title: data.perihal | text
      created_at: time | datetime
      number: data.nomor
privacy: { class: internal, audience: everyone }
"#;
const IZIN: &str = r#"
metadata: { name: izin, title: "Perizinan (contoh)", owner: "030801", capability: permit }
sources:
  terbit:
    webhook: { types: [izin.terbit], standard_webhooks: { secret: "${secret:izin/hook}" } }
    deletes: never
    to: announcement
    map: { id: data.nomor, title: data.hal, updated_at: time | datetime }
privacy: { class: internal, audience: everyone }
"#;
const LAPOR: &str = r#"
metadata: { name: lapor, title: "Pengaduan (contoh)", owner: "030801", capability: complaint }
sources:
  aduan:
    webhook: { types: [issues], github: { secret: "${secret:lapor/hook}" } }
    deletes: never
    to: ticket
    map: { id: data.issue.number, title: data.issue.title, updated_at: data.issue.updated_at | datetime }
privacy: { class: internal, audience: everyone }
"#;

async fn hub() -> anyhow::Result<(tempfile::TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let city = crate::samples::city().await?;
    let mut settings = Settings::new(root.path())?.with_city(&city)?.only(&[])?;
    for (name, text) in [("surat", SURAT), ("izin", IZIN), ("lapor", LAPOR)] {
        settings.connector(name, text)?;
    }
    for (path, value) in [
        ("surat/token", "token-contoh"),
        ("izin/hook", "whsec_cmFoYXNpYSBjb250b2g="),
        ("lapor/hook", "rahasia contoh"),
    ] {
        settings.secrets.push((path.to_owned(), value.to_owned()));
    }
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

/// What the hub said to each delivery: its status, and how many events were taken and repeated.
type Said = HashMap<String, (u64, Option<u64>, Option<u64>)>;

/// Runs a sender to its end.
async fn send(hub: &Hub, program: PathBuf, script: &str) -> anyhow::Result<Said> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("peers")
        .join(script);
    let url = hub.url("/");
    let mut command = Command::new(&program);
    command.arg(&script).arg(url.host_str().context("a host")?);
    command.arg(url.port().context("a port")?.to_string());
    command.arg(hub.settings().data().join("tls/ca.pem"));
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    let output = output.with_context(|| format!("{program:?}: see tests/run --install"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{script:?}: {errors}");
    let lines = String::from_utf8(output.stdout)?;
    let one = |line: &str| -> anyhow::Result<_> {
        let (name, status, said): (String, u64, Value) = serde_json::from_str(line)?;
        Ok((
            name,
            (status, said["taken"].as_u64(), said["repeated"].as_u64()),
        ))
    };
    lines.lines().map(one).collect()
}

fn titles(items: &[Value]) -> Vec<String> {
    let title = |item: &Value| item["title"].as_str().map(str::to_owned);
    let mut titles: Vec<String> = items.iter().filter_map(title).collect();
    titles.sort();
    titles
}

const TAKEN: (u64, Option<u64>, Option<u64>) = (200, Some(1), Some(0));
const REPEATED: (u64, Option<u64>, Option<u64>) = (200, Some(0), Some(1));
const REFUSED: (u64, Option<u64>, Option<u64>) = (401, None, None);

#[tokio::test]
async fn the_python_libraries_of_cloudevents_and_standard_webhooks_are_understood() -> Tried {
    let (_root, hub) = hub().await?;
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv/bin/python");
    let said = send(&hub, python, "push.py").await?;
    for name in [
        "structured json",
        "structured bytes",
        "binary json",
        "binary bytes",
        "webhook good",
    ] {
        assert_eq!(said.get(name), Some(&TAKEN), "{name}: {said:?}");
    }
    assert_eq!(said["webhook again"], REPEATED);
    assert_eq!(
        (said["webhook old"], said["webhook wrong"]),
        (REFUSED, REFUSED)
    );
    let reader = hub.signed_in("wirawan").await?;
    let letters = hub.feed(&reader, "app=surat").await?;
    assert_eq!(titles(&letters), ["Undangan \u{2013} caf\u{e9}"; 4]);
    for letter in &letters {
        let made = letter["created_at"].as_str().context("a time")?;
        let made = chrono::DateTime::parse_from_rfc3339(made)?;
        assert_eq!(made.to_utc().to_rfc3339(), "2026-11-24T01:00:00+00:00");
    }
    assert_eq!(
        titles(&hub.feed(&reader, "app=izin").await?),
        ["Izin contoh"]
    );
    Ok(())
}

#[tokio::test]
async fn the_libraries_of_cloudevents_standard_webhooks_and_github_of_npm_are_understood() -> Tried
{
    let (_root, hub) = hub().await?;
    let said = send(&hub, PathBuf::from("node"), "push.mjs").await?;
    for name in [
        "structured",
        "binary",
        "bytes",
        "webhook good",
        "github good",
    ] {
        assert_eq!(said.get(name), Some(&TAKEN), "{name}: {said:?}");
    }
    assert_eq!(
        said["batch"],
        (200, Some(2), Some(1)),
        "one of them came before"
    );
    assert_eq!(
        said["github again"], REPEATED,
        "another delivery of the same body"
    );
    assert_eq!(
        (said["github wrong"], said["webhook other id"]),
        (REFUSED, REFUSED)
    );
    let reader = hub.signed_in("wirawan").await?;
    let letters = titles(&hub.feed(&reader, "app=surat").await?);
    let expected = [
        "Bita",
        "Undangan \u{2013} caf\u{e9} 1",
        "Undangan \u{2013} caf\u{e9} 2",
        "Undangan \u{2013} caf\u{e9} 3",
        "Undangan \u{2013} caf\u{e9} 4",
    ];
    assert_eq!(letters, expected);
    assert_eq!(
        titles(&hub.feed(&reader, "app=izin").await?),
        ["Izin contoh dua"]
    );
    assert_eq!(
        titles(&hub.feed(&reader, "app=lapor").await?),
        ["Lampu jalan padam (contoh)"]
    );
    Ok(())
}
