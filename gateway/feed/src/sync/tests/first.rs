//! First loads that are interrupted: they go on where the last page was kept, and delete nothing that they did not see.

use super::*;
use divos_adapters::{Page, Place};
use serde_json::json;

/// The place behind so many of a hundred records, as the adapters hand it over.
fn place(rows: u64) -> Place {
    let turn = json!({"page": {"read": rows / 10, "rows": rows, "number": rows / 10 + 1}});
    let place = json!({"pages": rows / 10, "rows": rows, "total": 100, "distinct": rows, "nameless": 0, "missed": 0, "turn": turn});
    serde_json::from_value(place).expect("a place")
}

/// Ten records, and the place behind them.
fn ten(from: usize) -> Page {
    Page {
        place: Some(place(from as u64 + 10)),
        ..page(tasks(from..from + 10), vec![])
    }
}

fn down() -> FetchError {
    error(Fetching::Refused)
}

fn resumed(city: &City) -> Vec<Option<Place>> {
    city.asks().into_iter().map(|ask| ask.resume).collect()
}

#[tokio::test]
async fn a_first_load_goes_on_where_it_was_interrupted_after_a_restart_too() {
    let city = sweeping();
    city.run(Pass::of(vec![ten(0), ten(10)]).fails(down()))
        .await;
    assert_eq!(city.alive().await.len(), 20);
    let city = city.restart().await;
    let rest = Pass::of(vec![ten(20), page(tasks(30..35), vec![])]).with(|s| s.resumed = true);
    assert_eq!(city.run(rest).await, Verdict::Ok);
    assert_eq!(resumed(&city), [Some(place(20))]);
    assert_eq!(city.alive().await.len(), 35, "nothing is taken for gone");
    // The load has ended: the next pass is one like any other, and may sweep.
    city.run(Pass::full(tasks(0..34))).await;
    assert_eq!(resumed(&city)[1], None);
    assert_eq!(city.alive().await.len(), 34);
}

#[tokio::test]
async fn a_run_that_is_cut_off_keeps_the_place_of_what_is_in_the_store() {
    let city = sweeping();
    let mut pages = Pass::of((0..6).map(|n| ten(n * 10)).collect());
    pages.hangs = true;
    let cancel = CancellationToken::new();
    let run = city.run_until(pages, cancel.clone());
    let cut = async {
        while city
            .status()
            .progress
            .is_none_or(|progress| progress.since != city.clock.now())
            || city.alive().await.len() < 20
        {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    tokio::join!(run, cut);
    let city = city.restart().await;
    let alive = city.alive().await.len() as u64;
    city.run(Pass::of(vec![page(tasks(60..70), vec![])]).with(|s| s.resumed = true))
        .await;
    assert_eq!(
        resumed(&city),
        [Some(place(alive))],
        "no page less, none more"
    );
}

#[tokio::test]
async fn how_far_it_is_is_told_until_it_has_ended() {
    let city = sweeping();
    let read = |summary: &mut divos_adapters::Summary| {
        (summary.pages, summary.rows, summary.total_declared) = (2, 20, Some(100));
    };
    city.run(Pass::of(vec![ten(0), ten(10)]).with(read).fails(down()))
        .await;
    let progress = city.status().progress.expect("it is under way");
    assert_eq!(
        (progress.pages, progress.rows, progress.total),
        (2, 20, Some(100))
    );
    assert_eq!(progress.since, city.clock.now());
    city.later(TimeDelta::minutes(1));
    city.run(Pass::of(vec![ten(20)]).with(|s| s.resumed = true))
        .await;
    assert_eq!(city.status().progress, None);
}

#[tokio::test]
async fn a_place_that_the_app_knows_no_more_is_forgotten_and_one_it_cannot_be_asked_for_is_not() {
    let city = sweeping();
    city.run(Pass::of(vec![ten(0)]).fails(down())).await;
    let nothing = || Pass::of(vec![]);
    let expired = || error(Fetching::Rejected { status: 400 });
    city.run(nothing().fails(down())).await;
    city.run(nothing().fails(expired())).await;
    city.run(nothing().fails(expired())).await;
    assert_eq!(
        resumed(&city),
        [None, Some(place(10)), Some(place(10)), None]
    );
}

#[tokio::test]
async fn a_place_is_of_no_use_to_another_mapping_or_a_week_later() {
    let city = sweeping();
    city.run(Pass::of(vec![ten(0)]).fails(down())).await;
    city.later(TimeDelta::days(8));
    city.run(Pass::of(vec![ten(0)]).fails(down())).await;
    let mut city = city;
    city.connector = connector("sweep", "    select: other\n", "");
    city.run(Pass::of(vec![ten(0)]).fails(down())).await;
    assert_eq!(resumed(&city), [None, None, None]);
}

#[tokio::test]
async fn the_cursor_stays_behind_what_may_have_changed_while_the_load_waited() {
    let city = incremental();
    city.run(Pass::of(vec![ten(0)]).fails(down())).await;
    let began = city.clock.now();
    city.later(TimeDelta::hours(3));
    let late = (began + TimeDelta::hours(2)).to_rfc3339();
    let rest = Pass::of(vec![ten(10)]).with(|summary| {
        summary.resumed = true;
        summary.cursor = Some(late);
    });
    city.run(rest).await;
    city.run(Pass::full(tasks(0..1))).await;
    let asked = city.asks()[2].cursor.clone().expect("a cursor");
    assert_eq!(asked, began.format("%Y-%m-%dT%H:%M:%SZ").to_string());
}
