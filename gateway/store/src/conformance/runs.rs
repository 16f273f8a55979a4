//! How sources fare.

use super::Site;
use super::fixtures::{app, at};
use crate::{Run, RunError, RunOutcome, SourceCursor, SourceStatus};
use divos_model::RowFault;
use serde_json::json;

/// The status is what was saved last; the history is the newest fifty runs; both go with the app.
pub async fn keeps_status_and_history(site: &dyn Site) {
    let store = site.open();
    let berita = app("berita");
    let none = store.runs.status(&berita, "utama").await;
    assert_eq!(none.expect("an answer"), None);
    let run = |n: i64| Run {
        app: app("berita"),
        source: "utama".to_owned(),
        started_at: at(n),
        ended_at: at(n + 1),
        outcome: RunOutcome::Failed,
        pages: 1,
        bytes: 512,
        new: 0,
        changed: 0,
        unchanged: 0,
        gone: 0,
        faults: 0,
        error: Some(RunError {
            code: "unauthorized".to_owned(),
            blame: "operator".to_owned(),
            sentence_id: "Kunci API ditolak.".to_owned(),
            sentence_en: "The API key was refused.".to_owned(),
        }),
    };
    let mut status = SourceStatus::new(berita.clone(), "utama");
    status.failures = 60;
    status.next_at = Some(at(61));
    status.faults = (0..150)
        .map(|row| RowFault {
            row,
            native_id: None,
            field: "title".to_owned(),
            message: "missing".to_owned(),
        })
        .collect();
    for n in 0..60 {
        let saved = store.runs.save(status.clone(), Some(run(n))).await;
        saved.expect("saved");
    }
    let cursor = SourceCursor {
        value: Some(json!("2026-11-24")),
        ..SourceCursor::default()
    };
    let set = store
        .runs
        .set_cursor(&berita, "utama", cursor.clone())
        .await;
    set.expect("set");
    store.upkeep.close().await.expect("closed");
    drop(store);
    let store = site.open();
    let kept = store
        .runs
        .status(&berita, "utama")
        .await
        .expect("an answer");
    let kept = kept.expect("a status");
    assert_eq!((kept.failures, kept.next_at), (60, Some(at(61))));
    assert_eq!(kept.faults.len(), 100);
    let runs = store.runs.runs(&berita, "utama", 99).await.expect("runs");
    assert_eq!((runs.len(), &runs[0]), (50, &run(59)));
    assert_eq!(
        store
            .runs
            .runs(&berita, "utama", 3)
            .await
            .expect("runs")
            .len(),
        3
    );
    let back = store.runs.cursor(&berita, "utama").await;
    assert_eq!(back.expect("a cursor"), cursor);
    let other = SourceStatus::new(app("agenda"), "utama");
    store.runs.save(other, None).await.expect("saved");
    let statuses = store.runs.statuses().await.expect("statuses");
    let apps: Vec<_> = statuses.iter().map(|one| one.app.as_str()).collect();
    assert_eq!(apps, ["agenda", "berita"]);
    store.runs.forget(&berita).await.expect("forgotten");
    assert_eq!(store.runs.statuses().await.expect("statuses").len(), 1);
    assert!(
        store
            .runs
            .runs(&berita, "utama", 9)
            .await
            .expect("runs")
            .is_empty()
    );
    let start = store.runs.cursor(&berita, "utama").await;
    assert_eq!(start.expect("a cursor"), SourceCursor::default());
}
