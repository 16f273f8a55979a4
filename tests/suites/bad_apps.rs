//! Three bad apps at once: one never answers, one sends without end, one answers with what is no data. The others are
//! as fresh as before.
//!
//! Owns a small measure that fits every build; `tests/bench/city.py` takes it in full, over all 143 apps.

use crate::samples::sources;
use anyhow::Context;
use divos_city::{Break, City, CityOptions};
use divos_tests::{Hub, Settings, Tried, eventually};
use serde_json::Value;
use std::time::{Duration, Instant};

const GOOD: [&str; 9] = [
    "tnde",
    "simak-dihati",
    "simparsa",
    "simonev",
    "jdih",
    "portal-spbe",
    "ppid",
    "harga-pasar",
    "sidok",
];
const BAD: [(&str, Break); 3] = [
    ("sipenjar", Break::Silence),
    ("e-kinerja", Break::Endless),
    ("sim-perijinan", Break::HtmlForJson),
];
/// How often each app is read, in seconds.
const EVERY: f64 = 3.0;
/// What a busy machine may add to an age, in seconds.
const NOISE: f64 = 1.0;

/// How old the good apps' data is, in seconds, sampled over some time: the 95th percentile, and the worst.
async fn ages(hub: &Hub, time: Duration) -> anyhow::Result<(f64, f64)> {
    let (mut ages, began) = (Vec::new(), Instant::now());
    while began.elapsed() < time {
        let now = chrono::Utc::now();
        for source in sources(hub).await? {
            let app = source["app"].as_str().unwrap_or_default();
            if GOOD.contains(&app) {
                let at = source["last_ok"].as_str().context("it was read")?;
                let at = chrono::DateTime::parse_from_rfc3339(at)?.to_utc();
                ages.push((now - at).as_seconds_f64());
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ages.sort_by(f64::total_cmp);
    let worst = *ages.last().context("a sample")?;
    Ok((ages[ages.len() * 95 / 100], worst))
}

#[tokio::test]
async fn three_bad_apps_leave_the_others_as_fresh_as_they_were() -> Tried {
    let city = City::start(CityOptions::default()).await?;
    let bad = BAD.map(|(app, _)| app);
    let root = tempfile::tempdir()?;
    let mut settings = Settings::new(root.path())?.with_city(&city)?;
    settings = settings.only(&[&GOOD[..], &bad].concat())?;
    // As few slots as leave one over.
    settings.more = "feed: { workers: 4 }\n".to_owned();
    for app in GOOD.iter().chain(&bad) {
        let file = settings.connectors().join(format!("{app}.yaml"));
        let yaml = std::fs::read_to_string(&file)?;
        let often = |line: &str| match line.starts_with("    every: ") {
            true => format!("    every: {EVERY}s\n"),
            false => format!("{line}\n"),
        };
        std::fs::write(file, yaml.lines().map(often).collect::<String>())?;
    }
    let mut hub = Hub::prepared(settings)?;
    hub.start().await?;
    eventually("every app", Duration::from_secs(60), || async {
        let all = sources(&hub).await.ok()?;
        let read = all.iter().all(|source| source["last_ok"].is_string());
        (read && all.len() >= GOOD.len() + bad.len()).then_some(())
    })
    .await?;
    let (before, _) = ages(&hub, Duration::from_secs(10)).await?;
    for (app, broken) in BAD {
        city.knobs(app).break_with(broken);
    }
    let (after, worst) = ages(&hub, Duration::from_secs(25)).await?;
    let all = sources(&hub).await?;
    let failing = |source: &&Value| source["failures"].as_u64().is_some_and(|count| count > 0);
    let mut failed: Vec<_> = all
        .iter()
        .filter(failing)
        .filter_map(|source| source["app"].as_str())
        .collect();
    failed.dedup();
    failed.sort_unstable();
    assert_eq!(failed, ["e-kinerja", "sim-perijinan", "sipenjar"]);
    assert!(
        after <= before * 1.1 + NOISE && worst <= 2.0 * EVERY + NOISE,
        "95th percentile {before:.1} s before, {after:.1} s with three bad apps, worst {worst:.1} s"
    );
    Ok(())
}
