//! Pages are written while the next ones are read: what that must never change.

use super::*;
use divos_store::Options;

/// The same city on a disk of half a megabyte.
fn on_a_small_disk(mut city: City) -> City {
    let mut options = Options::at(city.dir.path().join("small"));
    options.max_bytes = Some(512 << 10);
    let store = divos_store::open(options).expect("a store");
    let sync = Arc::get_mut(&mut city.sync).expect("only ours");
    sync.admission = Admission::new(Arc::clone(&store.items));
    sync.items = Arc::clone(&store.items);
    sync.runs = Arc::clone(&store.runs);
    sync.units = UnitCache::new(Arc::clone(&store.people));
    city.store = store;
    city
}

fn at(cursor: &str) -> impl FnOnce(&mut divos_adapters::Summary) {
    let cursor = Some(cursor.to_owned());
    move |summary| summary.cursor = cursor
}

async fn cursor(city: &City) -> Option<String> {
    let held = city.store.runs.cursor(&key().app, "inbox").await;
    Stand::read(&held.expect("a cursor")).cursor
}

#[tokio::test]
async fn a_fault_on_the_third_page_keeps_the_first_two_and_the_cursor_stays() {
    let city = incremental();
    city.run(Pass::full(tasks(0..10)).with(at("A"))).await;
    let pages = vec![page(tasks(0..9), vec![]), page(tasks(20..25), vec![])];
    let broken = Pass::of(pages).with(at("B"));
    let verdict = city.run(broken.fails(error(Fetching::Truncated))).await;
    assert!(matches!(verdict, Verdict::Failed { .. }));
    let all: Vec<_> = (0..10).chain(20..25).collect();
    assert_eq!(city.alive().await, all, "both pages, and nothing was swept");
    assert_eq!(cursor(&city).await.as_deref(), Some("A"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_page_that_cannot_be_saved_no_page_no_cursor_and_no_sweep_follows() {
    let city = on_a_small_disk(incremental());
    city.run(Pass::full(tasks(0..10)).with(at("A"))).await;
    let fat = |n| divos_model::Item {
        summary: Some("Contoh ".repeat(250)),
        ..task(n)
    };
    let too_much = page((1_000..1_500).map(fat).collect(), vec![]);
    let pages = vec![
        page(tasks(0..9), vec![]),
        too_much,
        page(tasks(20..22), vec![]),
        page(tasks(22..24), vec![]),
    ];
    city.later(TimeDelta::hours(7));
    let verdict = city.run(Pass::of(pages).with(at("B"))).await;
    assert_eq!(verdict, Verdict::Failed { retry_after: None });
    assert_eq!(city.alive().await, (0..10).collect::<Vec<_>>());
    assert_eq!(cursor(&city).await.as_deref(), Some("A"));
    assert_eq!(city.codes(), ["not_saved"]);
}
