//! Every way in which an app answers badly: a fault on that source, a bounded cost, the other apps untouched.
//!
//! Owns the table of breakages and the codes that the operator sees.

use crate::samples::{SOON, city, codes, plain_connector, run_now, source, source_until};
use anyhow::Context;
use divos_city::{Break, City};
use divos_tests::{Hub, Settings, Tried, eventually};
use std::time::{Duration, Instant};

/// A hub with one app that will break and one that will not.
async fn two_apps(city: &City) -> anyhow::Result<(tempfile::TempDir, Hub)> {
    let root = tempfile::tempdir()?;
    let settings = Settings::new(root.path())?;
    settings.connector(
        "rusak",
        &plain_connector("rusak", &city.app("sim-perijinan").base_url, ""),
    )?;
    std::fs::write(
        settings.connectors().join("jdih.yaml"),
        city.connector_yaml("jdih"),
    )?;
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    Ok((root, hub))
}

/// What each breakage must be called; several where the hub may notice either first.
fn expected() -> Vec<(Break, &'static [&'static str])> {
    vec![
        (Break::HtmlForJson, &["not_json"]),
        (Break::HtmlClaimingJson, &["not_json"]),
        (Break::HalfBody, &["truncated", "bad_http"]),
        (Break::InvalidUtf8, &["bad_encoding", "not_json"]),
        (Break::WrongCharset, &["bad_encoding", "not_json"]),
        (Break::GzipBomb, &["too_large"]),
        (
            Break::ErrorInside,
            &["error_inside", "select_missed", "row_faults", "drift"],
        ),
        (
            Break::RedirectTo("http://127.0.0.2:9/lain".to_owned()),
            &["redirected_away"],
        ),
        (Break::Endless, &["too_large", "timed_out"]),
        (Break::Huge, &["too_large"]),
        (Break::Silence, &["timed_out"]),
        (Break::HangUp, &["bad_http", "truncated", "refused"]),
        (Break::Empty, &["empty", "not_json"]),
        (Break::TooMany(30), &["rate_limited"]),
        (Break::Status(401), &["unauthorized"]),
        (Break::Status(403), &["forbidden"]),
        (Break::Status(404), &["not_found"]),
        (Break::Status(500), &["upstream_error"]),
        (Break::Status(503), &["upstream_error"]),
    ]
}

#[tokio::test]
async fn each_bad_answer_is_a_fault_on_its_source_alone() -> Tried {
    let city = city().await?;
    for (broken, wanted) in expected() {
        let (_root, hub) = two_apps(&city).await?;
        let reader = hub.signed_in("wirawan").await?;
        hub.feed_until(&reader, "", "both apps", SOON, |items| {
            items.len() == 37 + 18
        })
        .await?;
        let before = resident(&hub)?;
        city.knobs("sim-perijinan").break_with(broken.clone());
        let start = Instant::now();
        run_now(&hub, "rusak").await?;
        let found = eventually(&format!("the fault of {broken:?}"), SOON, || async {
            let found = source(&hub, "rusak").await.ok()?;
            (!codes(&found).is_empty()).then_some(found)
        })
        .await?;
        let codes = codes(&found);
        assert!(
            codes.iter().any(|code| wanted.contains(code)),
            "{broken:?} gave {codes:?}, wanted one of {wanted:?}"
        );
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "{broken:?} took {:?}",
            start.elapsed()
        );
        let cost = resident(&hub)?.saturating_sub(before);
        assert!(cost < 64 << 20, "{broken:?} cost {} MiB", cost >> 20);
        // Said in words, without the app's address.
        let words = found["troubles"][0]["sentence_id"]
            .as_str()
            .context("a sentence")?;
        assert!(
            words.len() > 10 && !found["troubles"].to_string().contains("127.0.0.1"),
            "{found}"
        );
        // Nothing was deleted, and the other app goes on.
        run_now(&hub, "jdih").await?;
        source_until(&hub, "jdih", "a good run", |source| {
            source["failures"] == 0 && source["items"] == 18
        })
        .await?;
        assert_eq!(hub.feed(&reader, "").await?.len(), 37 + 18, "{broken:?}");
        city.knobs("sim-perijinan").heal();
    }
    Ok(())
}

#[tokio::test]
async fn retry_after_is_honoured() -> Tried {
    let city = city().await?;
    let (_root, hub) = two_apps(&city).await?;
    source_until(&hub, "rusak", "a good run", |source| source["items"] == 37).await?;
    city.knobs("sim-perijinan").break_with(Break::TooMany(600));
    run_now(&hub, "rusak").await?;
    let found = eventually("the fault", SOON, || async {
        source(&hub, "rusak")
            .await
            .ok()
            .filter(|found| codes(found).contains(&"rate_limited"))
    })
    .await?;
    let next =
        chrono::DateTime::parse_from_rfc3339(found["next_run"].as_str().context("next_run")?)?;
    let wait = next.to_utc() - chrono::Utc::now();
    assert!(
        wait > chrono::Duration::seconds(500),
        "asked again in {wait}"
    );
    Ok(())
}

#[tokio::test]
async fn a_bad_row_never_costs_a_good_one() -> Tried {
    let city = city().await?;
    let (_root, hub) = two_apps(&city).await?;
    source_until(&hub, "rusak", "a good run", |source| source["items"] == 37).await?;
    let knobs = city.knobs("sim-perijinan");
    let bad = knobs.records()[5].id;
    knobs.edit(bad, |record| record.title.clear());
    let added = knobs
        .insert("Baris yang baik (contoh)")
        .context("a record")?;
    run_now(&hub, "rusak").await?;
    let found = source_until(&hub, "rusak", "a row fault", |source| {
        source["row_faults"] == 1
    })
    .await?;
    assert!(found["faults"][0].to_string().contains("title"), "{found}");
    let reader = hub.signed_in("wirawan").await?;
    let items = hub.feed(&reader, "app=rusak").await?;
    assert!(
        items
            .iter()
            .any(|item| item["native_id"] == format!("P-{added}"))
    );
    // The bad row's item stays as it was: a row that cannot be read is no delete.
    assert!(
        items
            .iter()
            .any(|item| item["native_id"] == format!("P-{bad}"))
    );
    Ok(())
}

/// Resident memory of the hub's process in bytes.
fn resident(hub: &Hub) -> anyhow::Result<u64> {
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", hub.pid().context("a process")?))?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .context("VmRSS")?;
    Ok(line
        .split_whitespace()
        .nth(1)
        .context("a number")?
        .parse::<u64>()?
        * 1024)
}
