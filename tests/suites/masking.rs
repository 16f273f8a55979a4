//! Masking by reader: what is masked for whoever has no need to know is masked in every way out of the hub.
//!
//! Owns the table of those ways. What the store keeps apart is tested with the store.

use crate::samples::SOON;
use anyhow::Context;
use divos_tests::{Browser, Form, Hub, Settings, Tried, divos_in, eventually};
use http::Method;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What only those with a need may read. All made up.
const SECRETS: [&str; 3] = ["Kenari Rahasia", "9971010101990001", "081299887766"];

/// Two apps of made-up complaints; the same complaint is in both.
fn connector(id: &str, owner: &str, base: &str) -> String {
    format!(
        r#"
apiVersion: divos/v1
kind: Connector
metadata: {{ name: {id}, title: "Aduan {id} (contoh)", owner: "{owner}", capability: complaint }}
app: {{ upstreams: ["{base}"], sso: none }}
sources:
  masuk:
    rest: {{ get: /{id} }}
    every: 1h
    deletes: sweep
    to: ticket
    map:
      id: nomor
      title: judul
      summary: isi
      reporter: pelapor
      thread: pesan
      actors.reporter: pelapor
      ext.nik: nik
      ext.telepon: telepon
      due_at: tenggat | datetime
      updated_at: diubah | datetime
      web: "concat('/aduan/', nomor)"
      dedupe: "concat('lapor:', kode)"
privacy:
  class: internal
  audience: everyone
  retain: 365d
  pii:
    summary: mask_for_others
    reporter: mask_for_others
    thread: mask_for_others
    actors.reporter: mask_for_others
    ext.nik: mask_for_others
    ext.telepon: mask_for_others
tests: []
"#
    )
}

fn rows(app: &str) -> Value {
    let row = |number: &str, due: &str| {
        json!({
            "nomor": number, "judul": format!("Lampu jalan padam {number}"), "kode": number,
            "isi": "Kenari Rahasia minta dihubungi di 081299887766", "pelapor": "Kenari Rahasia",
            "pesan": [{ "author": "Kenari Rahasia", "text": "NIK saya 9971010101990001" }],
            "nik": "9971010101990001", "telepon": "081299887766",
            "tenggat": due, "diubah": "2026-11-23T08:00:00+08:00",
        })
    };
    let good = row("A-1", "2026-12-24T10:00:00+08:00");
    match app {
        "lapor" => json!([good]),
        // The second one cannot be read: what is told of that must not quote it.
        _ => json!([good, row("A-2", "Kenari Rahasia")]),
    }
}

/// An app that answers with the complaints.
async fn app() -> anyhow::Result<String> {
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut asked = [0; 4096];
                let read = stream.read(&mut asked).await.unwrap_or_default();
                let lapor = String::from_utf8_lossy(&asked[..read]).starts_with("GET /lapor");
                let body = rows(if lapor { "lapor" } else { "aduan" }).to_string();
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    Ok(format!("http://{address}"))
}

async fn hub() -> anyhow::Result<(tempfile::TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?;
    let base = app().await?;
    for (id, owner) in [("aduan", "170001"), ("lapor", "170001")] {
        settings.connector(id, &connector(id, owner, &base))?;
    }
    settings.more = "log: { filter: debug }\n".to_owned();
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

/// What one address answers, whatever its status.
async fn text(hub: &Hub, browser: &Browser, path: &str) -> anyhow::Result<String> {
    let answer = browser.send(Method::GET, &hub.url(path), &[], "").await?;
    anyhow::ensure!(!answer.status.is_server_error(), "{path}: {answer}");
    Ok(answer.text())
}

/// What a live stream tells from the beginning, as far as it comes at once.
async fn stream(hub: &Hub, browser: &Browser) -> anyhow::Result<String> {
    let url = hub.url("/api/v1/feed/stream");
    let headers = [("last-event-id", "0"), ("accept", "text/event-stream")];
    let mut open = browser.open(Method::GET, &url, &headers, "").await?;
    let mut told = String::new();
    while let Ok(Ok(Some(chunk))) = tokio::time::timeout(Duration::from_secs(2), open.chunk()).await
    {
        told.push_str(&String::from_utf8_lossy(&chunk));
        if told.matches("event: item").count() == 2 {
            break;
        }
    }
    Ok(told)
}

/// The token of a personal feed address of somebody.
fn feed_token(hub: &Hub, login: &str) -> anyhow::Result<String> {
    let person = format!("{login}@denpasar.example");
    let made = hub.verb(&["token", "create", "--label", "uji", "--person", &person])?;
    let token = made.split_whitespace().max_by_key(|word| word.len());
    Ok(token.context("a token")?.to_owned())
}

/// The complaints as a reader's feed has them, once both apps were read: one, with its twin.
async fn complaints(hub: &Hub, reader: &Browser) -> anyhow::Result<Vec<Value>> {
    let both = |items: &[Value]| items.first().is_some_and(|item| item["also"].is_array());
    hub.feed_until(reader, "", "the complaint in both apps", SOON, both)
        .await
}

/// Every way by which a reader gets at items, with what it says.
async fn ways(hub: &Hub, login: &str) -> anyhow::Result<Vec<(String, String)>> {
    let reader = hub.signed_in(login).await?;
    let items = complaints(hub, &reader).await?;
    let item = items[0]["id"].as_str().context("an id")?;
    let twin = items[0]["also"][0]["id"].as_str().context("a twin")?;
    let token = feed_token(hub, login)?;
    let mut said = vec![("the live stream".to_owned(), stream(hub, &reader).await?)];
    for path in [
        "/api/v1/feed".to_owned(),
        "/api/v1/feed?since=0".to_owned(),
        "/api/v1/feed?app=lapor".to_owned(),
        "/api/v1/search?q=lampu".to_owned(),
        format!("/api/v1/items/{item}"),
        format!("/api/v1/items/{twin}"),
        format!("/feed.json?token={token}"),
        format!("/feed.atom?token={token}"),
        format!("/agenda.ics?token={token}"),
        "/api/v1/me/data".to_owned(),
        "/api/v1/apps".to_owned(),
        "/feed".to_owned(),
        "/search?q=lampu".to_owned(),
        "/agenda".to_owned(),
        format!("/items/{item}"),
        format!("/items/{twin}"),
        "/me/data".to_owned(),
        "/apps/aduan".to_owned(),
    ] {
        let answer = text(hub, &reader, &path).await?;
        said.push((path, answer));
    }
    Ok(said)
}

fn leaks(said: &[(String, String)]) -> Vec<String> {
    let found = |(way, text): &(String, String)| {
        let secrets = SECRETS.iter().filter(|secret| text.contains(*secret));
        let secrets: Vec<_> = secrets.copied().collect();
        (!secrets.is_empty()).then(|| format!("{way}: {secrets:?}"))
    };
    said.iter().filter_map(found).collect()
}

#[tokio::test]
async fn by_no_way_out_does_whoever_has_no_need_read_what_is_masked() -> Tried {
    let (_root, hub) = hub().await?;
    // An employee of another agency, and an operator: running the hub is no need to know.
    for login in ["wirawan", "sekar"] {
        let said = ways(&hub, login).await?;
        assert_eq!(leaks(&said), [""; 0], "{login}");
        let masked = said.iter().filter(|(_, text)| text.contains("K*** R***"));
        let masked: Vec<_> = masked.map(|(way, _)| way.as_str()).collect();
        assert!(masked.len() >= 7, "masked where it is shown: {masked:?}");
    }
    // Whoever heads the unit that owns the apps reads it whole, by the same ways: the table can tell.
    let said = ways(&hub, "intan").await?;
    let whole: Vec<String> = leaks(&said);
    for way in [
        "the live stream",
        "/api/v1/feed:",
        "/api/v1/feed?since=0",
        "/api/v1/search",
        "/api/v1/items/",
        "/feed.json",
        "/feed.atom",
        "/agenda.ics",
        "/items/",
    ] {
        assert!(
            whole.iter().any(|one| one.starts_with(way)),
            "{way} in {whole:#?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn nobody_finds_an_item_by_what_is_masked() -> Tried {
    let (_root, hub) = hub().await?;
    for login in ["wirawan", "sekar", "intan"] {
        let reader = hub.signed_in(login).await?;
        complaints(&hub, &reader).await?;
        for secret in [
            "kenari",
            "rahasia",
            "9971010101990001",
            "081299887766",
            "dihubungi",
        ] {
            for path in ["/api/v1/search?q=", "/api/v1/feed?q="] {
                let answer = text(&hub, &reader, &format!("{path}{secret}")).await?;
                let page: Value = serde_json::from_str(&answer)?;
                assert_eq!(page["items"], json!([]), "{login} {path}{secret}");
            }
            let page = text(&hub, &reader, &format!("/search?q={secret}")).await?;
            assert!(!page.contains("Lampu jalan"), "{login} {secret}");
        }
        let found = text(&hub, &reader, "/api/v1/search?q=lampu").await?;
        assert!(found.contains("Lampu jalan"), "the search finds at all");
    }
    Ok(())
}

/// Somebody who watches for changes must not be able to guess a masked value from a hash.
#[tokio::test]
async fn no_hash_of_what_is_masked_is_told() -> Tried {
    let (_root, hub) = hub().await?;
    let hash = async |login: &str| -> anyhow::Result<String> {
        let reader = hub.signed_in(login).await?;
        let items = complaints(&hub, &reader).await?;
        Ok(items[0]["hash"].as_str().context("a hash")?.to_owned())
    };
    let (without, operator, with) = (
        hash("wirawan").await?,
        hash("sekar").await?,
        hash("intan").await?,
    );
    assert_eq!(without, operator);
    assert_ne!(without, with);
    Ok(())
}

// The command line blocks its thread, and the app has to answer it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_faults_trials_and_records_without_what_is_masked() -> Tried {
    let (_root, hub) = hub().await?;
    let operator = hub.signed_in("sekar").await?;
    complaints(&hub, &operator).await?;
    let mut said = Vec::new();
    for path in [
        "/ops",
        "/ops/aduan",
        "/ops/aduan/edit",
        "/ops/aduan/history",
        "/ops/overlap",
        "/ops/overlap.csv",
        "/ops/processing",
        "/ops/processing.csv",
        "/ops/processing/aduan",
        "/apps/aduan",
    ] {
        said.push((path.to_owned(), text(&hub, &operator, path).await?));
    }
    assert!(
        said[1].1.contains("A-2"),
        "the faulty row is told: {}",
        said[1].1
    );

    // A trial of the text as it is.
    let edit = "/ops/aduan/edit";
    let text_now = std::fs::read_to_string(hub.settings().connectors().join("aduan.yaml"))?;
    let page = operator.go(&hub.url(edit)).await?.expect(200)?;
    let forms = Form::all(&page.text());
    let form = forms
        .into_iter()
        .find(|form| form.action == edit)
        .context("the editor")?;
    operator
        .submit(&page.url, &form.set("text", &text_now).set("act", "try"))
        .await?
        .expect(200)?;
    let tried = eventually("the trial to end", SOON, || async {
        let page = text(&hub, &operator, edit).await.ok()?;
        (page.contains("class=\"tried\"") && !page.contains("aria-busy")).then_some(page)
    })
    .await?;
    said.push(("a trial".to_owned(), tried));

    for path in [
        "/admin/v1/sources",
        "/admin/v1/status",
        "/admin/v1/connectors",
        "/admin/v1/connectors/aduan/history",
        "/admin/v1/proposals",
        "/metrics",
    ] {
        let answer = hub.admin(Method::GET, path).await?.expect(200)?;
        said.push((format!("admin {path}"), answer.text()));
    }
    let folder = hub.settings().connectors().display().to_string();
    for words in [
        vec!["connector", "run", "aduan", "--allow-private"],
        vec![
            "connector",
            "record",
            "lapor",
            "-o",
            "lapor.http",
            "--allow-private",
        ],
        vec!["connector", "overlap"],
        vec!["connector", "processing"],
    ] {
        let mut all = words.clone();
        all.extend(["--connectors", &folder]);
        let done = divos_in(&hub.settings().root, &all, "");
        let printed = [done.stdout, done.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        let wanted = match words[1] {
            "run" => "Lampu jalan padam A-1",
            _ => "lapor",
        };
        assert!(printed.contains(wanted), "{words:?}: {printed}");
        said.push((format!("divos {}", words.join(" ")), printed));
    }
    let recorded = std::fs::read_to_string(hub.settings().root.join("lapor.http"))?;
    assert!(recorded.contains("Lampu jalan"), "{recorded}");
    said.push(("a recording".to_owned(), recorded));
    said.push(("the status verb".to_owned(), hub.verb(&["status"])?));
    said.push(("the log".to_owned(), hub.whole_log()));
    assert_eq!(leaks(&said), [""; 0]);
    Ok(())
}
