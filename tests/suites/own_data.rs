//! A person's own data: all of it, theirs alone, written down, and never more of it in memory than a few rows.
//!
//! Owns `/me/data` and `GET /api/v1/me/data` from outside. What the store finds is tested with the store.

use anyhow::Context;
use divos_city::people;
use divos_tests::{Browser, Hub, Settings, Tried};
use http::Method;
use serde_json::{Value, json};

const NOTES: &str = r#"
apiVersion: divos/v1
kind: Connector
metadata: { name: catatan, title: "Catatan Pegawai (contoh)", owner: "030801", capability: personnel }
sources:
  catatan:
    webhook: { types: [catatan], token: "${secret:catatan/token}" }
    deletes: never
    to: announcement
    map:
      id: id
      title: data.judul
      summary: data.isi
      audience.persons: data.untuk
      audience.exclude: data.kecuali
  hadir:
    webhook: { types: [hadir], token: "${secret:catatan/token}" }
    deletes: never
    to: attendance
    map: { id: id, title: data.judul, person: data.nip }
privacy: { class: internal, audience: everyone, pii: { person: hash }, retain: 365d }
"#;

async fn hub() -> anyhow::Result<(tempfile::TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?;
    settings.connector("catatan", NOTES)?;
    let token = ("catatan/token".to_owned(), "token-contoh".to_owned());
    settings.secrets.push(token);
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

fn nip(login: &str) -> String {
    let of = format!("{login}@");
    let found = people().into_iter().find(|one| one.email.starts_with(&of));
    found.expect("one of the thirty").nip
}

async fn id(hub: &Hub, browser: &Browser) -> anyhow::Result<String> {
    let me = get(hub, browser, "/api/v1/me").await?.expect(200)?.json()?;
    Ok(me["id"].as_str().context("an id")?.to_owned())
}

async fn get(hub: &Hub, browser: &Browser, path: &str) -> anyhow::Result<divos_tests::Answer> {
    browser.send(Method::GET, &hub.url(path), &[], "").await
}

fn event(id: &str, kind: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0", "source": "/catatan", "id": id, "type": kind,
        "time": "2026-11-24T09:00:00+08:00", "data": data,
    })
}

fn note(id: &str, text: &str, to: &[&str], but: &[&str]) -> Value {
    let data =
        json!({ "judul": format!("Catatan {id}"), "isi": text, "untuk": to, "kecuali": but });
    event(id, "catatan", data)
}

async fn push(hub: &Hub, events: &[Value]) -> Tried {
    let headers = [
        ("content-type", "application/cloudevents-batch+json"),
        ("authorization", "Bearer token-contoh"),
    ];
    let url = hub.url("/api/v1/ingest/catatan");
    let body = json!(events).to_string();
    let answer = hub
        .browser()?
        .send(Method::POST, &url, &headers, body)
        .await?;
    let taken = answer.expect(200)?.json()?;
    assert_eq!(
        (&taken["taken"], &taken["faulty"]),
        (&json!(events.len()), &json!(0)),
        "{taken}"
    );
    Ok(())
}

/// The titles of the items of a file, each with why it is there.
fn items(file: &Value) -> Vec<String> {
    let one = |row: &Value| {
        let title = row["item"]["title"].as_str().unwrap_or_default();
        format!("{title}: {}", row["why"])
    };
    file["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(one)
        .collect()
}

#[tokio::test]
async fn everything_about_oneself_and_nothing_about_others() -> Tried {
    let (_root, hub) = hub().await?;
    let me = hub.signed_in("wirawan").await?;
    let other = hub.signed_in("intan").await?;
    let (my_id, other_id) = (id(&hub, &me).await?, id(&hub, &other).await?);
    let (my_nip, other_nip) = (nip("wirawan"), nip("intan"));
    let groups = format!(
        "{} {} {} {}",
        &my_nip[..8],
        &my_nip[8..14],
        &my_nip[14..15],
        &my_nip[15..]
    );
    let attends = |id: &str, nip: &str| {
        event(
            id,
            "hadir",
            json!({ "judul": format!("Hadir {id}"), "nip": nip }),
        )
    };
    push(
        &hub,
        &[
            note("1", "untuk saya", &[&my_id, &other_id], &[]),
            note("2", "bukan untuk saya", &[&other_id], &[]),
            note("3", &format!("NIP {my_nip} hadir"), &[], &[]),
            note(
                "4",
                &format!("tentang {my_nip}, bukan untuknya"),
                &[],
                &[&my_id],
            ),
            note("5", &format!("NIP {other_nip}"), &[], &[]),
            note("6", "surat ke WIRAWAN@denpasar.example", &[], &[]),
            note("7", &format!("NIP {groups}"), &[], &[]),
            note("8", "tidak menyebut siapa pun", &[], &[]),
            attends("9", &my_nip),
            attends("10", &other_nip),
        ],
    )
    .await?;
    let feed = hub.feed(&me, "app=catatan").await?;
    assert_eq!(feed.len(), 8, "{feed:?}");
    let first = feed
        .iter()
        .find(|item| item["title"] == "Catatan 8")
        .context("an item")?;
    let mark = format!(
        "/api/v1/items/{}/state",
        first["id"].as_str().context("an id")?
    );
    let origin = hub.url("/").origin().ascii_serialization();
    let headers = [
        ("content-type", "application/json"),
        ("origin", origin.as_str()),
    ];
    let body = r#"{"pinned":true,"snoozed_until":"2027-01-02T08:00:00+08:00"}"#;
    me.send(Method::PUT, &hub.url(&mark), &headers, body)
        .await?
        .expect(200)?;
    let token = hub.verb(&[
        "token",
        "create",
        "--label",
        "kalender",
        "--person",
        "wirawan@denpasar.example",
    ])?;
    let token = token
        .split_whitespace()
        .max_by_key(|word| word.len())
        .context("a token")?;

    let answer = get(&hub, &me, "/api/v1/me/data").await?.expect(200)?;
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=\"data-saya-")
    );
    assert_eq!(answer.header("cache-control"), "private, no-store");
    let (text, file) = (answer.text(), answer.json()?);
    assert_eq!(
        (&file["form"], &file["complete"]),
        (&json!("divos/own-data/1"), &json!(true))
    );
    assert_eq!(file["account"]["id"], json!(my_id));
    assert!(file["account"]["identifiers"].to_string().contains(&my_nip));
    assert_eq!(file["posts"][0]["title"], "Kepala Dinas");
    assert_eq!(
        (&file["posts"][0]["from"], &file["posts"][0]["until"]),
        (&json!("2025-01-01"), &Value::Null)
    );
    assert_eq!(file["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&file["tokens"][0]["label"], &file["tokens"][0]["ended"]),
        (&json!("kalender"), &json!(false))
    );
    assert_eq!(file["counts"]["marks"], 1);
    assert_eq!(
        (&file["marks"][0]["title"], &file["marks"][0]["muted"]),
        (&json!("Catatan 8"), &json!(false))
    );
    assert_eq!(
        items(&file),
        [
            "Catatan 1: [\"addressed\"]",
            "Catatan 3: [\"nip\"]",
            "Catatan 6: [\"email\"]",
            "Catatan 7: [\"nip\"]",
            "Hadir 9: [\"nip\"]",
        ]
    );
    assert_eq!(
        file["items"][0]["item"]["audience"],
        json!({ "persons_count": 2 })
    );
    assert_eq!(
        (
            &file["expected"]["addressed_items"],
            &file["expected"]["marks"]
        ),
        (&json!(1), &json!(1))
    );
    let events: Vec<&str> = file["log"]
        .as_array()
        .context("a log")?
        .iter()
        .filter_map(|row| row["event"].as_str())
        .collect();
    for event in ["own_data.sent", "sign_in.ok", "token.created"] {
        assert!(events.contains(&event), "{event} in {events:?}");
    }
    // Nobody else's id or number, no secret, no hash of one.
    for word in [
        &other_id,
        &other_nip,
        token,
        "$argon2",
        "tentang ",
        "bukan untuk saya",
    ] {
        assert!(!text.contains(word), "{word} in the file");
    }
    for part in file["about"].as_object().context("about")?.values() {
        assert!(part["what"].is_string() && part["why"].is_string() && part["kept"].is_string());
    }

    // The page says the same in words; each look is in the log.
    let page = me.go(&hub.url("/me/data")).await?.expect(200)?.text();
    for words in [
        my_nip.as_str(),
        "kalender",
        "Kepala Dinas",
        "Catatan Pegawai (contoh)",
        "365 hari",
        "Data saya diunduh",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let file = get(&hub, &me, "/api/v1/me/data")
        .await?
        .expect(200)?
        .json()?;
    let log = file["log"].as_array().context("a log")?;
    let looks = |event: &str| log.iter().filter(|row| row["event"] == event).count();
    assert_eq!((looks("own_data.sent"), looks("own_data.shown")), (2, 1));
    Ok(())
}

#[tokio::test]
async fn only_somebody_who_is_signed_in_and_only_their_own() -> Tried {
    let (_root, hub) = hub().await?;
    let token = hub.verb(&[
        "token",
        "create",
        "--label",
        "kalender",
        "--person",
        "wirawan@denpasar.example",
    ])?;
    let feed = token
        .split_whitespace()
        .max_by_key(|word| word.len())
        .context("a token")?
        .to_owned();
    let stranger = hub.browser()?;
    let url = hub.url("/api/v1/me/data");
    for headers in [
        vec![],
        vec![("authorization", format!("Bearer {feed}"))],
        vec![
            ("x-divos-user", "wirawan".to_owned()),
            ("x-forwarded-user", "wirawan".to_owned()),
        ],
        vec![("cookie", "__Host-divos=karangan".to_owned())],
    ] {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = stranger
            .send(Method::GET, &url, &headers, "")
            .await?
            .expect(401)?;
        assert!(!answer.text().contains("wirawan@"), "{answer}");
    }
    get(&hub, &stranger, &format!("/api/v1/me/data?token={feed}"))
        .await?
        .expect(401)?;
    let page = stranger.go(&hub.url("/me/data")).await?;
    assert_eq!(page.url.path(), "/login", "{page}");
    let operator = hub.signed_in("sekar").await?;
    let file = get(&hub, &operator, "/api/v1/me/data").await?.expect(200)?;
    assert!(
        file.text().contains("sekar@") && !file.text().contains("wirawan@"),
        "{file}"
    );
    let method = operator.send(Method::POST, &url, &[], "").await?;
    assert_eq!(method.status, 405, "{method}");
    Ok(())
}

/// A browser that reads slowly holds its file open: it may not begin a second one, and the hub's memory does not grow.
#[tokio::test]
async fn a_large_file_is_written_as_it_is_read() -> Tried {
    let (_root, hub) = hub().await?;
    let me = hub.signed_in("wirawan").await?;
    let text = format!("NIP {} {}", nip("wirawan"), "lorem ipsum ".repeat(160));
    for part in 0..24 {
        let notes = (0..250).map(|n| note(&format!("{part}-{n}"), &text, &[], &[]));
        push(&hub, &notes.collect::<Vec<_>>()).await?;
    }
    // A sign-in takes 19 MiB for a moment; what follows does not.
    let other = hub.signed_in("intan").await?;
    let before = memory(&hub)?;
    let mut open = me
        .open(Method::GET, &hub.url("/api/v1/me/data"), &[], "")
        .await?;
    assert_eq!(open.status(), 200);
    let again = get(&hub, &me, "/api/v1/me/data").await?.expect(429)?;
    assert_eq!(again.header("retry-after"), "5");
    assert!(
        again.json()?["detail"]
            .as_str()
            .is_some_and(|detail| detail.contains("Tunggu"))
    );
    let theirs = get(&hub, &other, "/api/v1/me/data")
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(theirs["complete"], true);
    let mut whole = Vec::new();
    while let Some(chunk) = open.chunk().await? {
        whole.extend_from_slice(&chunk);
    }
    let file: Value = serde_json::from_slice(&whole)?;
    assert_eq!(
        (&file["counts"]["items"], &file["complete"]),
        (&json!(6000), &json!(true))
    );
    assert!(whole.len() > 15_000_000, "{} bytes", whole.len());
    let grown = memory(&hub)?.saturating_sub(before);
    assert!(
        grown < whole.len() / 2,
        "{grown} bytes more for a file of {}",
        whole.len()
    );
    get(&hub, &me, "/api/v1/me/data").await?.expect(200)?;
    Ok(())
}

/// The most memory that the hub ever had, in bytes.
fn memory(hub: &Hub) -> anyhow::Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", hub.pid().context("a hub")?))?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .context("VmHWM")?;
    let kilobytes: usize = line
        .split_whitespace()
        .nth(1)
        .context("a number")?
        .parse()?;
    Ok(kilobytes * 1024)
}
