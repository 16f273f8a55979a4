//! A first load that takes long: its progress, and what becomes of it when the hub is killed in the middle.
//!
//! Owns one app with twenty thousand letters.

use crate::samples::{city, source};
use anyhow::Context;
use divos_tests::{Hub, Settings, Tried, eventually};
use serde_json::Value;
use std::time::Duration;

/// Long enough for twenty thousand letters on a busy machine.
const LONG: Duration = Duration::from_secs(240);
/// Letters besides those that the city begins with.
const LETTERS: usize = 20_000;
/// Letters on a page, the most that the app gives.
const PAGE: u64 = 50;
/// What may be read and not yet kept when the power goes: two commits under way and one that waits.
const NOT_KEPT: u64 = 3 * 2_000 / PAGE + 2;

fn rows(source: &Value) -> u64 {
    source["progress"]["rows"].as_u64().unwrap_or(0)
}

#[tokio::test]
async fn a_first_load_that_is_killed_goes_on_where_its_last_page_was_kept() -> Tried {
    let city = city().await?;
    let letters = city.knobs("tnde");
    letters.fill(LETTERS);
    let total = letters.records().len() as u64;
    let dir = tempfile::tempdir()?;
    let settings = Settings::new(dir.path())?
        .with_city(&city)?
        .only(&["tnde"])?;
    let file = settings.connectors().join("tnde.yaml");
    let yaml = std::fs::read_to_string(file)?.replace("size: 20,", "size: 50,");
    settings.connector("tnde", &yaml)?;
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    eventually("a part of the load", LONG, || async {
        let found = source(&hub, "tnde").await.ok()?;
        (rows(&found) >= 7_000).then_some(())
    })
    .await?;
    let said = hub.verb(&["status"])?;
    assert!(
        said.contains("first load:") && said.contains(&format!("of {total} rows")),
        "{said}"
    );
    hub.kill()?;
    let before = letters.data_requests();
    assert!(
        before < total / PAGE,
        "it was not killed in the middle: {before}"
    );
    hub.start().await?;
    let found = eventually("the rest of the load", LONG, || async {
        let found = source(&hub, "tnde").await.ok()?;
        (rows(&found) > 0).then_some(found)
    })
    .await?;
    assert!(rows(&found) >= (before - NOT_KEPT) * PAGE, "{found}");
    assert_eq!(found["progress"]["total"], total, "{found}");
    assert!(
        found["progress"]["since"].as_str() < found["last_run"].as_str()
            || found["last_run"].is_null(),
        "{found}"
    );
    let found = eventually("the end of the load", LONG, || async {
        let found = source(&hub, "tnde").await.ok()?;
        (found["last_full"].is_string() && found["progress"].is_null()).then_some(found)
    })
    .await?;
    assert_eq!(found["items"], total, "{found}");
    let asked = letters.data_requests();
    let pages = total.div_ceil(PAGE);
    assert!(
        (pages..=pages + NOT_KEPT).contains(&asked),
        "{asked} requests for {pages} pages, {before} before the kill"
    );
    let again: Vec<String> = letters
        .seen()
        .into_iter()
        .map(|seen| seen.target)
        .skip(usize::try_from(before)?)
        .collect();
    let first = again
        .iter()
        .find(|target| target.contains("halaman="))
        .context("a page")?;
    assert!(!first.contains("halaman=1&"), "it began again: {first}");
    Ok(())
}
