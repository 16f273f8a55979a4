//! Usage by the day.

use super::Site;
use super::fixtures::app;
use crate::{OpenUsage, UsageDay};
use chrono::NaiveDate;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, number).expect("a day")
}

fn row(slug: &str, on: u32, opens: u64) -> OpenUsage {
    OpenUsage {
        so_far: UsageDay {
            app: app(slug),
            day: day(on),
            opens,
            people: opens / 2,
            pushed: 3,
            refused: 1,
        },
        sketch: vec![on as u8; 16],
    }
}

/// A day is saved again and again; its sketch ends with it, and old days are forgotten.
pub async fn keeps_days_and_forgets_sketches(site: &dyn Site) {
    let store = site.open();
    let save = async |on, rows| {
        let saved = store.usage.save_usage(day(on), rows, day(2));
        saved.await.expect("saved");
    };
    save(1, vec![row("surat", 1, 4)]).await;
    save(2, vec![row("surat", 2, 4), row("cuti", 2, 8)]).await;
    save(2, vec![row("surat", 2, 10)]).await;
    let open = async |on| store.usage.open_usage(day(on)).await.expect("a list");
    assert_eq!(open(2).await, [row("cuti", 2, 8), row("surat", 2, 10)]);
    store.upkeep.close().await.expect("closed");
    drop(store);

    let store = site.open();
    let rows = vec![row("surat", 3, 6)];
    let saved = store.usage.save_usage(day(3), rows, day(2)).await;
    saved.expect("saved");
    assert_eq!(store.usage.open_usage(day(2)).await.expect("a list"), []);
    let days = store.usage.usage(&app("surat"), day(1)).await;
    let expected = [row("surat", 3, 6).so_far, row("surat", 2, 10).so_far];
    assert_eq!(
        days.expect("a list"),
        expected,
        "the first day is forgotten"
    );
    let days = store.usage.usage(&app("surat"), day(3)).await;
    assert_eq!(days.expect("a list").len(), 1);
}
