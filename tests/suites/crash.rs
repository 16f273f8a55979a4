//! Power cuts, a second hub, a full disk: what was acknowledged is there afterwards.
//!
//! Owns the data directory's promises.

use crate::samples::{SOON, city, run_now};
use anyhow::Context;
use divos_tests::{Hub, Settings, Tried};
use http::Method;
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

/// How often the hub is killed.
const KILLS: u64 = 100;

#[tokio::test]
async fn a_hundred_kills_lose_nothing_that_was_acknowledged() -> Tried {
    let city = city().await?;
    let mut hub = Hub::with_apps(&city, &["jdih"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    let items = hub
        .feed_until(&reader, "", "regulations", SOON, |items| items.len() == 18)
        .await?;
    let ids: Vec<String> = items
        .iter()
        .filter_map(|item| item["id"].as_str())
        .map(ToOwned::to_owned)
        .collect();
    let origin = hub.url("").origin().ascii_serialization();
    let headers = [
        ("content-type", "application/json"),
        ("origin", origin.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    let start = Instant::now();
    let mut acknowledged = Vec::new();
    for kill in 0..KILLS {
        // A mark that the hub acknowledged, an item that it showed, the session that it gave: then the power goes,
        // at another moment of the hub's work each time.
        let id = &ids[(kill % ids.len() as u64) as usize];
        let pinned = kill % 3 != 0;
        let url = hub.url(&format!("/api/v1/items/{id}/state"));
        let body = format!("{{\"pinned\":{pinned}}}");
        reader
            .send(Method::PUT, &url, &headers, body)
            .await?
            .expect(200)?;
        acknowledged.retain(|(other, _): &(String, bool)| other != id);
        acknowledged.push((id.clone(), pinned));
        let title = format!("Peraturan nomor {kill} (contoh)");
        city.knobs("jdih").insert(&title);
        run_now(&hub, "jdih").await?;
        tokio::time::sleep(Duration::from_millis(kill * 7 % 60)).await;
        let seen: Vec<Value> = hub.feed(&reader, "").await?;
        hub.kill()?;
        hub.start()
            .await
            .with_context(|| format!("after kill {kill}"))?;
        let after = hub
            .feed(&reader, "")
            .await
            .with_context(|| format!("the session, after kill {kill}"))?;
        for item in &seen {
            let same = after.iter().find(|other| other["id"] == item["id"]);
            assert!(same.is_some(), "kill {kill}: {} is lost", item["title"]);
        }
        for (id, pinned) in &acknowledged {
            let item = after
                .iter()
                .find(|item| item["id"] == id.as_str())
                .context("an item")?;
            assert_eq!(
                item["mark"]["pinned"], *pinned,
                "kill {kill}: a mark is lost"
            );
        }
    }
    assert!(
        start.elapsed() < Duration::from_secs(400),
        "{:?}",
        start.elapsed()
    );
    let whole = rusqlite::Connection::open(database(&hub)?)?;
    let verdict: String = whole.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    assert_eq!(verdict, "ok");
    Ok(())
}

/// The one database of a data directory.
fn database(hub: &Hub) -> anyhow::Result<std::path::PathBuf> {
    let found = std::fs::read_dir(hub.settings().data())?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            path.extension().is_some_and(|end| {
                ["db", "sqlite", "sqlite3"]
                    .iter()
                    .any(|known| end == *known)
            })
        });
    found.context("no database in the data directory")
}

#[tokio::test]
async fn a_second_hub_on_the_same_directory_is_refused_in_words() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let mut other = hub.settings().clone();
    other.port = Settings::new(tempfile::tempdir()?.path())?.port;
    other.admin = Settings::new(tempfile::tempdir()?.path())?.port;
    std::fs::write(
        other.root.join("second.yaml"),
        std::fs::read_to_string(other.file())?
            .replace(&hub.settings().port.to_string(), &other.port.to_string())
            .replace(&hub.settings().admin.to_string(), &other.admin.to_string()),
    )?;
    let start = Instant::now();
    let output = divos_tests::divos_in(
        &other.root,
        &[
            "serve",
            "-c",
            "second.yaml",
            "--data",
            &other.data().display().to_string(),
        ],
        "",
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        start.elapsed() < Duration::from_secs(10)
            && said.contains(&other.data().display().to_string()),
        "{said}"
    );
    assert!(!said.contains("panicked"), "{said}");
    // The first goes on.
    hub.signed_in("wirawan").await?;
    Ok(())
}

#[tokio::test]
async fn the_data_directory_is_the_owners_alone() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let mode = std::fs::metadata(hub.settings().data())?
        .permissions()
        .mode()
        & 0o777;
    assert_eq!(mode, 0o700);
    Ok(())
}

#[tokio::test]
async fn a_terminated_hub_drains_and_ends_well() -> Tried {
    let city = city().await?;
    let mut hub = Hub::with_apps(&city, &["simak-dihati"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    reader
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let url = hub.app_url("simak-dihati", "/sse?every=100&count=8");
    let running = tokio::spawn(async move { reader.send(Method::GET, &url, &[], "").await });
    divos_tests::eventually("the request at the app", SOON, || async {
        city.knobs("simak-dihati").last("/sse")
    })
    .await?;
    let status = hub.stop().await?;
    assert!(status.success(), "{status}: {}", hub.log());
    let answer = running.await??;
    assert_eq!(
        answer.text().matches("event: detak").count(),
        8,
        "a running answer was cut"
    );
    Ok(())
}

/// A small disk of its own, unmounted at the end.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn new(size: &str) -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "none"])
            .arg(dir.path())
            .status()?;
        anyhow::ensure!(
            mounted.success(),
            "a small disk could not be mounted (the suites run as root)"
        );
        Ok(Self(dir))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        std::process::Command::new("umount")
            .arg("-l")
            .arg(self.0.path())
            .status()
            .ok();
    }
}

#[tokio::test]
async fn a_full_disk_is_said_served_read_only_and_recovered_from() -> Tried {
    let city = city().await?;
    let disk = SmallDisk::new("24m")?;
    let settings = Settings::new(disk.0.path())?
        .with_city(&city)?
        .only(&["jdih"])?;
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "regulations", SOON, |items| items.len() == 18)
        .await?;
    let filler = disk.0.path().join("penuh");
    // Fill what is left, to the last page.
    let mut file = std::fs::File::create(&filler)?;
    while std::io::Write::write_all(&mut file, &[0; 4096]).is_ok() {}
    drop(file);
    for round in 0..200 {
        city.knobs("jdih").insert(&format!(
            "Peraturan yang tidak muat {round} {}",
            "x".repeat(200)
        ));
    }
    run_now(&hub, "jdih").await.ok();
    let found = divos_tests::eventually("the fault", SOON, || async {
        let found = crate::samples::source(&hub, "jdih").await.ok()?;
        crate::samples::codes(&found)
            .contains(&"not_saved")
            .then_some(found)
    })
    .await?;
    assert_eq!(found["troubles"][0]["blame"], "hub", "{found}");
    // People still read; what they would change is refused in words.
    let items = hub.feed(&reader, "").await?;
    assert!(items.len() >= 18);
    std::fs::remove_file(&filler)?;
    crate::samples::source_until(&hub, "jdih", "a good run", |source| source["failures"] == 0)
        .await?;
    hub.feed_until(&reader, "", "recovery", SOON, |items| items.len() == 218)
        .await?;
    Ok(())
}
