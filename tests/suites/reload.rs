//! An operator changes definitions while the hub runs: atomic, per connector, the last good one stays.
//!
//! Owns reload by changed file, by signal and by command.

use crate::samples::{SOON, city, plain_connector, source};
use divos_tests::{Browser, Hub, Settings, Tried, eventually};
use http::Method;
use serde_json::Value;

async fn apps(hub: &Hub, reader: &Browser) -> anyhow::Result<Vec<String>> {
    let answer = reader
        .send(Method::GET, &hub.url("/api/v1/apps"), &[], "")
        .await?
        .expect(200)?
        .json()?;
    Ok(answer["apps"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|app| app["id"].as_str())
        .map(ToOwned::to_owned)
        .collect())
}

async fn until_app(hub: &Hub, reader: &Browser, id: &str, there: bool) -> anyhow::Result<()> {
    let what = format!(
        "{id} {}",
        if there { "in the launcher" } else { "to leave" }
    );
    eventually(&what, SOON, || async {
        (apps(hub, reader).await.ok()?.iter().any(|app| app == id) == there).then_some(())
    })
    .await
}

#[tokio::test]
async fn a_new_file_becomes_an_app_and_a_removed_one_leaves() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.settings().connector(
        "izin",
        &plain_connector("izin", &city.app("sim-perijinan").base_url, ""),
    )?;
    until_app(&hub, &reader, "izin", true).await?;
    hub.feed_until(&reader, "app=izin", "the new app's items", SOON, |items| {
        items.len() == 37
    })
    .await?;
    std::fs::remove_file(hub.settings().connectors().join("izin.yaml"))?;
    until_app(&hub, &reader, "izin", false).await?;
    // Its door is closed too.
    let answer = reader.go(&hub.app_url("izin", "/")).await?;
    assert!(!answer.status.is_success(), "{answer}");
    Ok(())
}

#[tokio::test]
async fn a_broken_file_changes_nothing_and_is_told() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih", "harga-pasar"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "both apps", SOON, |items| {
        items.len() == 18 + 16
    })
    .await?;
    let version = source(&hub, "jdih").await?["version"].clone();
    let broken = city
        .connector_yaml("jdih")
        .replace("to: regulation", "to: regulasi");
    hub.settings().connector("jdih", &broken)?;
    // Asked by command, the answer names the file and the line, and is a failure.
    let said = hub
        .verb(&["reload"])
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default();
    assert!(
        said.contains("jdih.yaml") && said.contains("DV0104"),
        "{said}"
    );
    assert_eq!(
        source(&hub, "jdih").await?["version"],
        version,
        "the last good one stays"
    );
    assert_eq!(apps(&hub, &reader).await?.len(), 2);
    assert_eq!(hub.feed(&reader, "").await?.len(), 18 + 16);
    // The operator's page shows the fault.
    let operator = hub.signed_in("sekar").await?;
    let page = operator.go(&hub.url("/ops")).await?.expect(200)?;
    assert!(page.text().contains("jdih.yaml"), "{page}");
    hub.settings().connector(
        "jdih",
        &city
            .connector_yaml("jdih")
            .replace("every: 5m", "every: 6m"),
    )?;
    hub.verb(&["reload"])?;
    assert_ne!(source(&hub, "jdih").await?["version"], version);
    Ok(())
}

#[tokio::test]
async fn a_signal_reloads_when_files_are_not_watched() -> Tried {
    let city = city().await?;
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?
        .with_city(&city)?
        .only(&["jdih"])?;
    settings.more = "  watch: false\n".to_owned();
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.settings().connector(
        "izin",
        &plain_connector("izin", &city.app("sim-perijinan").base_url, ""),
    )?;
    hub.signal(libc::SIGHUP)?;
    until_app(&hub, &reader, "izin", true).await
}

#[tokio::test]
async fn requests_in_flight_survive_a_hundred_reloads() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["simak-dihati", "jdih"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    reader
        .go(&hub.app_url("simak-dihati", "/"))
        .await?
        .expect(200)?;
    let stop = tokio_util::sync::CancellationToken::new();
    let asking = tokio::spawn({
        let (reader, url, stop) = (
            reader.clone(),
            hub.app_url("simak-dihati", "/echo"),
            stop.clone(),
        );
        async move {
            let mut answers = 0_u64;
            while !stop.is_cancelled() {
                reader.send(Method::GET, &url, &[], "").await?.expect(200)?;
                answers += 1;
            }
            anyhow::Ok(answers)
        }
    });
    for round in 0..100 {
        let every = format!("every: {}m", 5 + round % 7);
        hub.settings().connector(
            "jdih",
            &city.connector_yaml("jdih").replace("every: 5m", &every),
        )?;
        let answer = hub.admin(Method::POST, "/admin/v1/reload").await?;
        assert!(answer.status.is_success(), "{answer}");
    }
    stop.cancel();
    let answers = asking.await??;
    assert!(answers > 100, "only {answers} requests were made");
    Ok(())
}

#[tokio::test]
async fn a_file_that_changes_nothing_leaves_the_source_alone() -> Tried {
    let city = city().await?;
    let hub = Hub::with_apps(&city, &["jdih"]).await?;
    let reader = hub.signed_in("wirawan").await?;
    hub.feed_until(&reader, "", "regulations", SOON, |items| items.len() == 18)
        .await?;
    let before = source(&hub, "jdih").await?;
    hub.settings().connector(
        "jdih",
        &format!("# a comment\n{}", city.connector_yaml("jdih")),
    )?;
    hub.verb(&["reload"])?;
    let after = source(&hub, "jdih").await?;
    let same = |name: &str| -> (Value, Value) { (before[name].clone(), after[name].clone()) };
    for name in ["version", "last_run"] {
        let (before, after) = same(name);
        assert_eq!(before, after, "{name}");
    }
    Ok(())
}
