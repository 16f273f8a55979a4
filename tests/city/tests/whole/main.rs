//! The whole city by itself: what each technology answers can be read, ends, and adds up.
//!
//! Owns the proof that every app is what its connector and the suites believe it to be. Never runs the hub.

mod client;
mod databases;
mod exports;
mod locks;
mod paging;
mod services;

use client::{Client, Tried};
use divos_city::{MADE_UP, Size, Technology, WholeApp, WholeCity, WholeOptions};
use std::path::Path;

/// A city in which every way of paging needs several pages.
async fn city() -> anyhow::Result<WholeCity> {
    sized(Size::Each(230)).await
}

async fn sized(size: Size) -> anyhow::Result<WholeCity> {
    let now = "2026-11-24T03:00:00Z".parse()?;
    let options = WholeOptions {
        size,
        now,
        ..WholeOptions::default()
    };
    Ok(WholeCity::start(options).await?)
}

/// Every app of a technology with a client that is let in.
fn apps(city: &WholeCity, technology: Technology) -> Vec<(WholeApp, Client)> {
    let of = |app: &&WholeApp| app.technology == technology;
    let found: Vec<_> = city
        .apps()
        .iter()
        .filter(of)
        .map(|app| (app.clone(), Client::of(city, app)))
        .collect();
    assert!(!found.is_empty(), "no app is {technology}");
    found
}

/// Rows of an app, those that say they are gone among them.
fn rows(city: &WholeCity, app: &WholeApp) -> u64 {
    let expected = city.expected(app.id).unwrap_or_default();
    // Every 25th row of an app that tells so is gone.
    let all = (expected..=expected + 20).find(|all| all - all / 25 == expected && *all != expected);
    match all {
        Some(all) if gone(app.id) => all,
        _ => expected,
    }
}

/// Whether the connector of an app says how it tells what is gone.
fn gone(id: &str) -> bool {
    let path = connectors().join(format!("{id}.yaml"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.contains("tombstone")
}

fn connectors() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../connectors.d")
}

#[tokio::test]
async fn every_app_has_a_first_page_that_says_its_data_is_made_up() -> Tried {
    let city = sized(Size::Each(3)).await?;
    assert_eq!(city.apps().len(), 143);
    for app in city.apps() {
        let page = Client::plain(app).get("/").await?;
        assert_eq!(page.status, 200, "{}", app.id);
        assert!(page.text().contains(MADE_UP), "{}", app.id);
        assert_eq!(city.titles(app.id, 2).len(), 2, "{}", app.id);
    }
    city.stop().await;
    Ok(())
}

#[tokio::test]
async fn every_app_has_a_connector_that_asks_where_the_app_answers() -> Tried {
    let city = sized(Size::Each(1)).await?;
    for app in city.apps() {
        let text = std::fs::read_to_string(connectors().join(format!("{}.yaml", app.id)))?;
        assert!(
            text.contains(&format!("name: {},", app.id))
                || text.contains(&format!("name: {}\n", app.id))
        );
        let by_product =
            text.contains("extends:") || text.contains("ckan:") || text.contains("jdih:");
        assert!(
            by_product || text.contains(app.path),
            "{} {}",
            app.id,
            app.path
        );
        assert!(!text.contains("http://127"), "{} has an address", app.id);
    }
    Ok(())
}

#[tokio::test]
async fn the_full_city_holds_about_two_hundred_thousand_items() -> Tried {
    let city = sized(Size::Full).await?;
    let all: u64 = city
        .apps()
        .iter()
        .filter_map(|app| city.expected(app.id))
        .sum();
    assert!((190_000..=215_000).contains(&all), "{all}");
    let largest = city.apps().iter().max_by_key(|app| city.expected(app.id));
    let titles = largest
        .map(|app| city.titles(app.id, 5))
        .unwrap_or_default();
    assert_eq!(titles.len(), 5);
    Ok(())
}

#[tokio::test]
async fn the_same_seed_gives_the_same_answers_and_another_seed_others() -> Tried {
    let start = |seed| {
        WholeCity::start(WholeOptions {
            seed,
            now: "2026-11-24T03:00:00Z".parse().unwrap_or_default(),
            size: Size::Each(5),
        })
    };
    let (one, same, other) = (start(4).await?, start(4).await?, start(5).await?);
    let titles = |city: &WholeCity| city.titles("kir", 5);
    assert_eq!(titles(&one), titles(&same));
    assert_ne!(titles(&one), titles(&other));
    Ok(())
}
