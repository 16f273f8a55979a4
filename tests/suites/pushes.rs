//! Apps that push: what they send is saved before it is acknowledged, taken once, and believed only with a proof.
//!
//! Owns `POST /api/v1/ingest/{app}` from outside. What a proof and an event are is tested where they are read.

use crate::samples::source;
use anyhow::Context;
use divos_tests::{Browser, Hub, Settings, Tried};
use http::Method;
use ring::hmac;
use serde_json::{Value, json};
use std::time::Duration;

const SURAT: &str = r#"
apiVersion: divos/v1
kind: Connector
metadata: { name: surat, title: "Surat Masuk (contoh)", owner: "030801", capability: letter }
sources:
  masuk:
    webhook: { types: ["surat.*"], hmac: { secret: "${secret:surat/hook}" } }
    deletes: { tombstone: "type == 'surat.ditarik'" }
    to: letter
    map:
      id: data.nomor | slug
      title: data.perihal | text
      created_at: time | datetime
      number: data.nomor
  catatan:
    webhook: { types: [catatan], token: "${secret:surat/token}" }
    deletes: never
    to: announcement
    map: { id: id, title: data.judul }
privacy: { class: internal, audience: everyone }
"#;

async fn hub() -> anyhow::Result<(tempfile::TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let city = crate::samples::city().await?;
    let mut settings = Settings::new(root.path())?.with_city(&city)?.only(&[])?;
    settings.connector("surat", SURAT)?;
    for (path, value) in [
        ("surat/hook", "kunci contoh"),
        ("surat/token", "token-contoh"),
    ] {
        settings.secrets.push((path.to_owned(), value.to_owned()));
    }
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

fn letter(id: &str, kind: &str, number: &str, subject: Value) -> Value {
    json!({
        "specversion": "1.0", "source": "/surat", "id": id, "type": kind,
        "time": "2026-11-24T09:00:00+08:00",
        "data": {"nomor": number, "perihal": subject},
    })
}

/// Sends as the app would; `ago` is how many seconds ago it was signed.
async fn push(
    hub: &Hub,
    app: &Browser,
    events: &Value,
    ago: i64,
) -> anyhow::Result<divos_tests::Answer> {
    let body = events.to_string();
    let at = (chrono::Utc::now().timestamp() - ago).to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"kunci contoh");
    let tag = hex::encode(hmac::sign(&key, format!("{at}.{body}").as_bytes()));
    let media = match events {
        Value::Array(_) => "application/cloudevents-batch+json",
        _ => "application/cloudevents+json",
    };
    let headers = [
        ("content-type", media),
        ("x-signature", tag.as_str()),
        ("x-timestamp", at.as_str()),
    ];
    app.send(
        Method::POST,
        &hub.url("/api/v1/ingest/surat"),
        &headers,
        body.clone(),
    )
    .await
}

fn counts(answer: &Value) -> (u64, u64, u64, u64) {
    let of = |name: &str| answer[name].as_u64().unwrap_or(u64::MAX);
    (of("taken"), of("repeated"), of("ignored"), of("faulty"))
}

#[tokio::test]
async fn what_is_pushed_is_in_the_feed_once() -> Tried {
    let (_root, mut hub) = hub().await?;
    let app = hub.browser()?;
    let events = json!([
        letter("1", "surat.masuk", "005/1/UM", json!("Undangan rapat")),
        letter("2", "surat.masuk", "005/2/UM", json!("Permohonan data")),
        letter("3", "surat.masuk", "005/3/UM", Value::Null),
        letter("4", "lain", "005/4/UM", json!("Bukan untuk hub")),
    ]);
    let first = push(&hub, &app, &events, 0).await?.expect(200)?.json()?;
    assert_eq!(counts(&first), (3, 0, 1, 1), "{first}");
    assert_eq!(first["faults"][0]["field"], "title");
    let reader = hub.signed_in("wirawan").await?;
    let titles = |items: Vec<Value>| -> Vec<String> {
        let title = |item: &Value| item["title"].as_str().map(str::to_owned);
        let mut titles: Vec<String> = items.iter().filter_map(title).collect();
        titles.sort();
        titles
    };
    let both = ["Permohonan data", "Undangan rapat"];
    assert_eq!(titles(hub.feed(&reader, "app=surat").await?), both);

    // Killed right after the answer: nothing that was acknowledged is lost, nothing is taken twice.
    let third = letter("5", "surat.masuk", "005/5/UM", json!("Edaran"));
    push(&hub, &app, &third, 0).await?.expect(200)?;
    hub.kill()?;
    hub.start().await?;
    let all = json!([events[0], third]);
    let again = push(&hub, &app, &all, 0).await?.expect(200)?.json()?;
    assert_eq!(counts(&again), (0, 2, 0, 0), "{again}");
    let reader = hub.signed_in("wirawan").await?;
    assert_eq!(hub.feed(&reader, "app=surat").await?.len(), 3);

    let gone = letter("6", "surat.ditarik", "005/1/UM", json!("Undangan rapat"));
    push(&hub, &app, &gone, 0).await?.expect(200)?;
    let left = titles(hub.feed(&reader, "app=surat").await?);
    assert_eq!(left, ["Edaran", "Permohonan data"]);
    let status = source(&hub, "surat").await?;
    assert!(!status.to_string().contains("kunci contoh"), "{status}");
    Ok(())
}

#[tokio::test]
async fn an_event_is_known_by_its_id_whatever_else_it_says_and_need_not_say_when() -> Tried {
    let (_root, hub) = hub().await?;
    let app = hub.browser()?;
    let mut event = letter("1", "surat.masuk", "005/1/UM", json!("Undangan"));
    event.as_object_mut().context("an event")?.remove("time");
    let before = chrono::Utc::now();
    let first = push(&hub, &app, &event, 0).await?.expect(200)?.json()?;
    assert_eq!(counts(&first), (1, 0, 0, 0), "{first}");
    event["data"]["perihal"] = json!("Undangan yang diganti orang lain");
    let again = push(&hub, &app, &event, 0).await?.expect(200)?.json()?;
    assert_eq!(counts(&again), (0, 1, 0, 0), "{again}");
    // In one request too: the first counts.
    let twice = json!([
        letter("2", "surat.masuk", "005/2/UM", json!("Edaran")),
        letter("2", "surat.masuk", "005/2/UM", json!("Edaran palsu")),
    ]);
    let both = push(&hub, &app, &twice, 0).await?.expect(200)?.json()?;
    assert_eq!(counts(&both), (1, 1, 0, 0), "{both}");
    let reader = hub.signed_in("wirawan").await?;
    let items = hub.feed(&reader, "app=surat").await?;
    let mut titles = crate::samples::titles(&items);
    titles.sort_unstable();
    assert_eq!(titles, ["Edaran", "Undangan"]);
    let undated = items.iter().find(|item| item["title"] == "Undangan");
    let created = undated.and_then(|item| item["created_at"].as_str());
    let created = chrono::DateTime::parse_from_rfc3339(created.context("a time")?)?;
    let waited = created.to_utc() - before;
    assert!((-1..60).contains(&waited.num_seconds()), "{created}");
    Ok(())
}

#[tokio::test]
async fn a_push_that_was_cut_off_by_a_kill_is_taken_whole_or_not_at_all() -> Tried {
    let (_root, mut hub) = hub().await?;
    for round in 0..12_u64 {
        let event = |n: u64| {
            let (id, number) = (format!("{round}-{n}"), format!("{round}/{n}/UM"));
            letter(
                &id,
                "surat.masuk",
                &number,
                json!(format!("Surat {round}-{n}")),
            )
        };
        let batch = Value::Array((0..20).map(event).collect());
        let app = hub.browser()?;
        let sending = push(&hub, &app, &batch, 0);
        let killing = async {
            tokio::time::sleep(Duration::from_millis(round * 3 % 25)).await;
            hub.signal(libc::SIGKILL)
        };
        let (sent, killed) = tokio::join!(sending, killing);
        killed?;
        let acknowledged = sent.is_ok_and(|answer| answer.status.is_success());
        hub.kill()?;
        hub.start().await?;
        let again = push(&hub, &hub.browser()?, &batch, 0)
            .await?
            .expect(200)?
            .json()?;
        let (taken, repeated, ..) = counts(&again);
        assert!(
            matches!((taken, repeated), (20, 0) | (0, 20)),
            "round {round}: {again}"
        );
        assert!(
            !acknowledged || taken == 0,
            "round {round} was acknowledged and lost"
        );
    }
    let reader = hub.signed_in("wirawan").await?;
    assert_eq!(hub.feed(&reader, "app=surat").await?.len(), 12 * 20);
    Ok(())
}

#[tokio::test]
async fn only_who_proves_it_is_believed() -> Tried {
    let (_root, hub) = hub().await?;
    let app = hub.browser()?;
    let event = letter("1", "surat.masuk", "005/1/UM", json!("Undangan"));
    // A replay, or a clock that is more than five minutes off, in either direction.
    for (ago, status) in [(310, 401), (-310, 401), (270, 200), (-270, 200)] {
        let answer = push(&hub, &app, &event, ago).await?;
        answer.expect(status).with_context(|| format!("{ago} s"))?;
    }
    let event = letter("2", "surat.masuk", "005/2/UM", json!("Undangan"));
    let url = hub.url("/api/v1/ingest/surat");
    let media = ("content-type", "application/cloudevents+json");
    let body = event.to_string();
    for headers in [
        vec![media],
        vec![media, ("authorization", "Bearer salah")],
        vec![media, ("x-signature", "00"), ("x-timestamp", "1")],
    ] {
        let answer = app.send(Method::POST, &url, &headers, body.clone()).await?;
        let answer = answer.expect(401)?;
        assert!(answer.header("www-authenticate").contains("Bearer"));
        assert!(answer.json()?["detail"].as_str().context("why")?.len() > 10);
    }
    // The token of one source opens no other.
    let token = [media, ("authorization", "Bearer token-contoh")];
    let answer = app.send(Method::POST, &url, &token, body.clone()).await?;
    let answer = answer.expect(200)?.json()?;
    assert_eq!(counts(&answer), (0, 0, 1, 0), "{answer}");
    let note = json!({"judul": "Apel pagi"}).to_string();
    let binary = [
        ("content-type", "application/json"),
        ("authorization", "Bearer token-contoh"),
        ("ce-specversion", "1.0"),
        ("ce-id", "a"),
        ("ce-source", "/catatan"),
        ("ce-type", "catatan"),
    ];
    let answer = app.send(Method::POST, &url, &binary, note.clone()).await?;
    assert_eq!(counts(&answer.expect(200)?.json()?), (1, 0, 0, 0));
    for nobody in ["tidak-ada", "jdih"] {
        let url = hub.url(&format!("/api/v1/ingest/{nobody}"));
        let answer = app.send(Method::POST, &url, &token, body.clone()).await?;
        answer.expect(404)?;
    }
    let large = "x".repeat(5 << 20);
    let answer = app.send(Method::POST, &url, &token, large).await?;
    answer.expect(413)?;
    Ok(())
}

const CUTI: &str = r#"
apiVersion: divos/v1
kind: Connector
metadata: { name: cuti, title: "Cuti (contoh)", owner: "030801", capability: personnel }
sources:
  masuk:
    webhook: { credentials: hub }
    deletes: never
    to: announcement
    map: { id: id, title: data.judul }
privacy: { class: internal, audience: everyone }
"#;

#[tokio::test]
async fn what_the_hub_gave_an_app_proves_it_until_it_is_revoked() -> Tried {
    let root = tempfile::tempdir()?;
    let city = crate::samples::city().await?;
    let settings = Settings::new(root.path())?.with_city(&city)?.only(&[])?;
    settings.connector("cuti", CUTI)?;
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    let (app, url) = (hub.browser()?, hub.url("/api/v1/ingest/cuti"));
    let media = ("content-type", "application/cloudevents+json");
    let event = |id: &str| {
        json!({"specversion": "1.0", "source": "/cuti", "id": id, "type": "cuti.baru",
               "data": {"judul": format!("Cuti {id}")}})
        .to_string()
    };
    let with_token = async |token: &str, id: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [media, ("authorization", bearer.as_str())];
        app.send(Method::POST, &url, &headers, event(id)).await
    };
    let credential = |words: &[&str]| {
        let verb = ["connector", "credential"];
        hub.verb(&[&verb, words].concat())
    };

    // Made beside the running hub, good at once; two of a sort, not three.
    let old = credential(&["make", "cuti", "--label", "lama"])?
        .trim()
        .to_owned();
    let new = credential(&["make", "cuti"])?.trim().to_owned();
    assert!(credential(&["make", "cuti"]).is_err(), "a third");
    with_token(&old, "1").await?.expect(200)?;
    with_token(&new, "2").await?.expect(200)?;
    with_token("dvp_tebakan", "3").await?.expect(401)?;

    let secret = credential(&["make", "cuti", "--sort", "hmac"])?
        .trim()
        .to_owned();
    let at = chrono::Utc::now().timestamp().to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hex::encode(hmac::sign(&key, format!("{at}.{}", event("4")).as_bytes()));
    let signed = [media, ("x-signature", &*tag), ("x-timestamp", &*at)];
    let answer = app.send(Method::POST, &url, &signed, event("4")).await?;
    answer.expect(200)?;

    // The old one is revoked, beside the running hub too.
    let listed: Vec<Value> = serde_json::from_str(&credential(&["list", "cuti", "--json"])?)?;
    let named = listed.iter().find(|one| one["label"] == "lama");
    let named = named.context("the one called lama")?;
    assert!(named["used_at"].is_string(), "{named}");
    let id = named["id"].as_str().context("id")?;
    credential(&["revoke", "cuti", id])?;
    with_token(&old, "5").await?.expect(401)?;
    with_token(&new, "5").await?.expect(200)?;

    let reader = hub.signed_in("wirawan").await?;
    assert_eq!(hub.feed(&reader, "app=cuti").await?.len(), 4);
    // No secret is in the log, in the list or anywhere in the store.
    hub.stop().await?;
    let store = std::fs::read(hub.settings().data().join("divos.db"))?;
    for secret in [&old, &new, &secret] {
        assert!(!hub.whole_log().contains(secret.as_str()));
        assert!(
            !listed
                .iter()
                .any(|one| one.to_string().contains(secret.as_str()))
        );
        assert!(
            !store
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        );
    }
    Ok(())
}
