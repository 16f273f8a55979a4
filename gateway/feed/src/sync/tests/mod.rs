//! Runs over scripted passes and a real store: what is kept, what is deleted, what is told.

mod deletes;
mod drift;
mod first;
mod kinds;
mod order;
mod push;
mod told;

use super::*;
use crate::testing::{City, Pass, anybody, connector, id, key, page, row_fault, task, titled};
use divos_adapters::{Partial, Trouble as Fetching, Validators};
use divos_model::{DeletedReason, Lang};
use divos_store::{Change, RunOutcome};
use tokio_util::sync::CancellationToken;

fn sweeping() -> City {
    City::new(connector("sweep", "", ""))
}

fn incremental() -> City {
    let more = "    cursor: { field: diubah, start: 2025-01-01, param: sejak }\n";
    City::new(connector("{ sweep: { full_every: 6h } }", more, ""))
}

fn tasks(numbers: impl IntoIterator<Item = usize>) -> Vec<divos_model::Item> {
    numbers.into_iter().map(task).collect()
}

fn error(trouble: Fetching) -> FetchError {
    trouble.of(&crate::testing::app())
}

fn validators() -> Option<Validators> {
    Some(Validators {
        request: "r".into(),
        etag: Some("\"1\"".into()),
        last_modified: None,
    })
}

#[tokio::test]
async fn a_whole_pass_is_kept_and_the_same_again_changes_nothing() {
    let city = sweeping();
    let pages = || {
        Pass::of(vec![
            page(tasks(0..70), vec![]),
            page(tasks(70..75), vec![]),
        ])
    };
    assert_eq!(city.run(pages()).await, Verdict::Ok);
    assert_eq!(city.alive().await, (0..75).collect::<Vec<_>>());
    let head = city.store.items.head().await.expect("a head");
    city.later(TimeDelta::minutes(5));
    assert_eq!(city.run(pages()).await, Verdict::Ok);
    assert_eq!(
        city.store.items.head().await.expect("a head"),
        head,
        "nothing happened"
    );
    let status = city.status();
    assert_eq!(
        (status.items, status.failures, status.stale),
        (75, 0, false)
    );
    assert_eq!(status.last_ok, Some(city.clock.now()));
    assert!(status.troubles.is_empty());
    let runs = city
        .store
        .runs
        .runs(&key().app, "inbox", 9)
        .await
        .expect("runs");
    let told: Vec<_> = runs
        .iter()
        .map(|run| (run.outcome, run.new, run.unchanged))
        .collect();
    assert_eq!(told, [(RunOutcome::Ok, 0, 75), (RunOutcome::Ok, 75, 0)]);
}

#[tokio::test]
async fn the_status_counts_what_the_hub_holds_of_the_source() {
    let city = City::new(connector("never", "", ""));
    city.run(Pass::full(tasks(0..5))).await;
    assert_eq!(city.status().items, 5);
    city.run(Pass::full(tasks(3..7))).await;
    assert_eq!(city.status().items, 7, "what is absent is still held");
    let failing = Pass::full(tasks(7..9)).fails(error(Fetching::Truncated));
    city.run(failing).await;
    assert_eq!(city.status().items, 9, "pages before a failure count");
    let kept = city.store.runs.status(&key().app, "inbox").await;
    assert_eq!(kept.expect("read").expect("a status").items, 9);
}

#[tokio::test]
async fn pages_before_a_failure_are_kept_and_the_failure_is_told() {
    let city = sweeping();
    let retry_after = Some(Duration::from_secs(90));
    let trouble = Fetching::UpstreamError {
        status: 503,
        retry_after,
    };
    let pages = Pass::of(vec![page(tasks(0..5), vec![]), page(tasks(5..8), vec![])]);
    let verdict = city.run(pages.fails(error(trouble))).await;
    assert_eq!(verdict, Verdict::Failed { retry_after });
    assert_eq!(
        city.alive().await.len(),
        8,
        "the last page before the failure too"
    );
    let status = city.status();
    assert_eq!(
        (status.failures, status.last_ok, status.stale),
        (1, None, true)
    );
    assert_eq!(city.codes(), ["upstream_error"]);
    assert!(status.troubles[0].sentence(Lang::Id).contains("503"));
    let began = status.troubles[0].at;
    city.later(TimeDelta::minutes(1));
    let again = Fetching::UpstreamError {
        status: 503,
        retry_after: None,
    };
    city.run(Pass::of(vec![]).fails(error(again))).await;
    assert_eq!(
        (city.status().failures, city.status().troubles[0].at),
        (2, began)
    );
    city.run(Pass::full(tasks(0..8))).await;
    assert_eq!((city.status().failures, city.codes().len()), (0, 0));
}

#[tokio::test]
async fn most_passes_ask_for_changes_and_some_for_everything() {
    let city = incremental();
    let at = |cursor: &str, full| {
        let cursor = Some(cursor.to_owned());
        move |s: &mut divos_adapters::Summary| (s.cursor, s.full) = (cursor, full)
    };
    city.run(Pass::full(tasks(0..10)).with(at("A", true))).await;
    city.later(TimeDelta::hours(1));
    city.run(Pass::full(tasks(0..1)).with(at("B", false))).await;
    assert_eq!(
        city.alive().await.len(),
        10,
        "changes only: nothing is swept"
    );
    let city = city.restart().await;
    city.later(TimeDelta::hours(5));
    city.run(Pass::full(tasks(0..9)).with(at("C", true))).await;
    assert_eq!(city.alive().await.len(), 9);
    city.run(Pass::full(vec![]).with(at("C", false))).await;
    let asks: Vec<_> = city
        .asks()
        .into_iter()
        .map(|ask| (ask.cursor, ask.full))
        .collect();
    assert_eq!(asks, [(Some("B".into()), true), (Some("C".into()), false)]);
}

#[tokio::test]
async fn a_failed_pass_leaves_the_cursor_where_it_was() {
    let city = incremental();
    city.run(Pass::full(tasks(0..3)).with(|s| s.cursor = Some("A".into())))
        .await;
    let broken = Pass::full(tasks(3..5)).with(|s| s.cursor = Some("B".into()));
    city.run(broken.fails(error(Fetching::Truncated))).await;
    city.run(Pass::full(tasks(3..6)).with(|s| s.full = false))
        .await;
    assert_eq!(city.asks()[2].cursor.as_deref(), Some("A"));
}

#[tokio::test]
async fn another_mapping_begins_anew() {
    let mut city = sweeping();
    let valid = |s: &mut divos_adapters::Summary| {
        (s.cursor, s.validators) = (Some("A".into()), validators());
    };
    city.run(Pass::full(tasks(0..3)).with(valid)).await;
    city.run(Pass::of(vec![]).with(|s| s.not_modified = true))
        .await;
    assert_eq!(city.asks()[1].validators, validators());
    city.connector = connector(
        "sweep",
        "    paginate: { page: { param: hal, until: empty } }\n",
        "",
    );
    city.run(Pass::full(tasks(0..3))).await;
    let ask = city.asks()[2].clone();
    assert_eq!((ask.cursor, ask.validators, ask.full), (None, None, true));
}

#[tokio::test]
async fn another_mapping_asks_for_everything_although_there_is_a_cursor() {
    let mut city = incremental();
    let at = |s: &mut divos_adapters::Summary| s.cursor = Some("A".into());
    city.run(Pass::full(tasks(0..3)).with(at)).await;
    let more = "    cursor: { field: diubah, start: 2025-01-01, param: sejak, overlap: 1h }\n";
    city.connector = connector("{ sweep: { full_every: 6h } }", more, "");
    city.run(Pass::full(tasks(0..3)).with(at)).await;
    city.run(Pass::full(vec![]).with(|s| s.full = false)).await;
    let asks: Vec<_> = city
        .asks()
        .into_iter()
        .map(|ask| (ask.cursor, ask.full))
        .collect();
    let begun = (None, true);
    assert_eq!(asks, [begun.clone(), begun, (Some("A".into()), false)]);
}

#[tokio::test]
async fn faulty_rows_are_counted_sampled_and_never_cost_a_good_one() {
    let city = City::new(connector("never", "", ""));
    let faults = (0..300)
        .map(|row| row_fault(row, Some(format!("x{row}"))))
        .collect();
    city.run(Pass::of(vec![page(tasks(0..100), faults)])).await;
    let status = city.status();
    assert_eq!((status.row_faults, status.faults.len()), (300, 100));
    assert_eq!(city.codes(), ["drift", "row_faults"]);
    assert!(status.troubles[0].sentence(Lang::En).contains("75%"));
    assert_eq!(city.alive().await.len(), 100);
    city.run(Pass::of(vec![]).with(|s| s.not_modified = true))
        .await;
    assert_eq!(
        city.status().row_faults,
        300,
        "an unchanged answer has the same faults"
    );
    city.run(Pass::full(tasks(0..100))).await;
    assert_eq!((city.status().row_faults, city.codes().len()), (0, 0));
}

#[tokio::test]
async fn retention_ends_what_is_too_old() {
    let city = City::new(connector("never", "", ", retain: 30d"));
    let aged = |days: i64, n: usize| {
        let mut item = task(n);
        item.updated_at -= TimeDelta::days(days);
        item
    };
    city.run(Pass::full(vec![aged(0, 1), aged(20, 2), aged(31, 3)]))
        .await;
    assert_eq!(
        city.alive().await,
        [1, 2],
        "what is too old is not even taken in"
    );
    city.later(TimeDelta::days(11));
    let ended = city.retain().await;
    assert_eq!((ended, city.alive().await), (1, vec![1]));
    assert_eq!(city.retain().await, 0, "once");
    let gone = city.changes(&anybody()).await;
    let retired = |c: &Change| {
        matches!(
            c,
            Change::Gone {
                reason: DeletedReason::Retention,
                ..
            }
        )
    };
    assert!(gone.iter().any(retired), "{gone:?}");
}

#[tokio::test]
async fn a_cancelled_run_ends_at_once_and_tells_nothing() {
    let city = sweeping();
    let cancel = CancellationToken::new();
    cancel.cancel();
    let hanging = Pass {
        hangs: true,
        ..Pass::full(tasks(0..3))
    };
    assert_eq!(city.run_until(hanging, cancel).await, Verdict::Cancelled);
    assert_eq!(
        city.store
            .runs
            .status(&key().app, "inbox")
            .await
            .expect("read"),
        None
    );
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_stopped() {
    let mut city = sweeping();
    let sync = Arc::get_mut(&mut city.sync).expect("only ours");
    sync.limit = Duration::from_millis(200);
    let hanging = Pass {
        hangs: true,
        ..Pass::of(vec![page(tasks(0..3), vec![]); 2])
    };
    assert_eq!(
        city.run(hanging).await,
        Verdict::Failed { retry_after: None }
    );
    assert_eq!(city.codes(), ["run_too_long"]);
}

#[tokio::test]
async fn a_store_that_cannot_write_is_told() {
    let city = sweeping();
    city.run(Pass::full(tasks(0..3))).await;
    city.store.upkeep.close().await.expect("closed");
    assert_eq!(
        city.run(Pass::full(tasks(0..3))).await,
        Verdict::Failed { retry_after: None }
    );
    assert_eq!(city.codes(), ["not_saved"]);
    assert_eq!(city.status().troubles[0].blame, "hub");
}

#[tokio::test]
async fn whenever_a_run_is_cut_off_the_next_one_makes_it_whole() {
    for cut in 0..8 {
        let city = incremental();
        let pages: Vec<_> = (0..6)
            .map(|n| page(tasks(n * 5..n * 5 + 5), vec![]))
            .collect();
        let mut pass = Pass::of(pages.clone()).with(|s| s.cursor = Some("END".into()));
        pass.pages.truncate(cut);
        let whole = cut > 6;
        pass.hangs = !whole;
        // One that hangs is cut off soon, one that does not has the time it takes on a busy machine.
        let limit = if whole { 60_000 } else { 150 };
        let run = tokio::time::timeout(Duration::from_millis(limit), city.run(pass)).await;
        assert_eq!(run.is_ok(), whole);
        let city = city.restart().await;
        let held = city
            .store
            .runs
            .cursor(&key().app, "inbox")
            .await
            .expect("a cursor");
        let ahead = Stand::read(&held).cursor.is_some();
        assert!(
            !ahead || city.alive().await.len() == 30,
            "the cursor never runs ahead of the items"
        );
        city.run(Pass::of(pages).with(|s| s.cursor = Some("END".into())))
            .await;
        assert_eq!(city.alive().await.len(), 30, "cut after {cut} pages");
    }
}
