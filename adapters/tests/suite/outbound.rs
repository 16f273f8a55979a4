//! The stack on paused time: retries, deadlines, breaker, queue.

use crate::fake::{Fake, LIST, json, plain, read, through};
use divos_adapters::{Ask, BreakerState, Trouble};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

const BASE: &str = "http://app.example";

fn failing() -> Arc<Fake> {
    Fake::new(|_, _| Ok((503, vec![], vec![])))
}

#[tokio::test(start_paused = true)]
async fn safe_requests_are_tried_again_with_jitter() {
    let fake = failing();
    let began = Instant::now();
    let connector = plain(BASE, LIST, "  retries: 3\n  timeouts: { total: 60s }");
    let (_, error, _) = read(&connector, Ask::default(), &through(fake.clone())).await;
    assert_eq!(
        (error.map(|e| e.code()), fake.count()),
        (Some("upstream_error"), 4)
    );
    let waited = began.elapsed();
    assert!(
        waited <= Duration::from_millis(200 + 400 + 800 + 50),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_search_by_post_is_sent_once() {
    let fake = failing();
    let source = "    rest: { path: /rows, method: POST, body: { q: 1 } }\n    select: data[*]\n    deletes: never\n";
    let (_, error, _) = read(
        &plain(BASE, source, "  retries: 3"),
        Ask::default(),
        &through(fake.clone()),
    )
    .await;
    assert_eq!(
        (error.map(|e| e.code()), fake.count()),
        (Some("upstream_error"), 1)
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_waited_for_as_seconds_and_as_a_date() {
    // The clock of the tests stands at 2026-11-24 00:00:00 UTC.
    for header in ["7", "Tue, 24 Nov 2026 00:00:07 GMT"] {
        let fake = Fake::new(move |number, _| match number {
            0 => Ok((503, vec![("retry-after".into(), header.into())], vec![])),
            _ => json(json!({"data": []})),
        });
        let began = Instant::now();
        let connector = plain(BASE, LIST, "  retries: 1\n  timeouts: { total: 15s }");
        let (_, error, summary) = read(&connector, Ask::default(), &through(fake.clone())).await;
        assert_eq!((error, summary.complete), (None, true));
        assert!(
            began.elapsed() >= Duration::from_secs(7) && began.elapsed() < Duration::from_secs(8)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn all_attempts_together_end_at_the_deadline() {
    let fake = Fake::slow(Duration::from_secs(600), |_, _| json(json!({"data": []})));
    let began = Instant::now();
    let connector = plain(BASE, LIST, "  retries: 5\n  timeouts: { total: 15s }");
    let (_, error, _) = read(&connector, Ask::default(), &through(fake.clone())).await;
    assert_eq!(error.map(|e| e.code()), Some("timed_out"));
    assert_eq!(began.elapsed().as_secs(), 15);
    assert_eq!(fake.count(), 2, "one attempt of 10 s, and what is left");
}

#[tokio::test(start_paused = true)]
async fn the_breaker_opens_probes_and_closes() {
    let well = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = well.clone();
    let fake = Fake::new(move |_, _| match seen.load(Ordering::SeqCst) {
        true => json(json!({"data": []})),
        false => Err(Trouble::Refused),
    });
    let connector = plain(
        BASE,
        LIST,
        "  retries: 0\n  breaker: { failures: 3, window: 1m, open: 30s }",
    );
    let world = through(fake.clone());
    let code = async || {
        read(&connector, Ask::default(), &world)
            .await
            .1
            .map(|e| e.code())
    };
    for _ in 0..3 {
        assert_eq!(code().await, Some("refused"));
    }
    assert!(matches!(
        world.http.breaker(&connector.id),
        BreakerState::Open { .. }
    ));
    let (_, error, _) = read(&connector, Ask::default(), &world).await;
    let error = error.expect("the breaker is open");
    assert_eq!(
        (error.code(), fake.count()),
        ("breaker_open", 3),
        "nothing is sent"
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(world.http.breaker(&connector.id).as_str(), "half_open");
    assert_eq!(code().await, Some("refused"), "the probe");
    assert_eq!(code().await, Some("breaker_open"));
    tokio::time::advance(Duration::from_secs(31)).await;
    well.store(true, Ordering::SeqCst);
    assert_eq!(code().await, None);
    assert_eq!(
        world.http.breaker(&connector.id),
        BreakerState::Closed { failures: 0 }
    );
}

#[tokio::test(start_paused = true)]
async fn one_app_never_sees_more_requests_at_a_time_than_it_bears() {
    let fake = Fake::slow(Duration::from_secs(1), |_, _| json(json!({"data": []})));
    let connector = plain(BASE, LIST, "  limits: { reads_in_flight: 2 }");
    let world = through(fake.clone());
    let passes = (0..7).map(|_| read(&connector, Ask::default(), &world));
    let done = futures::future::join_all(passes).await;
    assert!(done.iter().all(|(_, error, _)| error.is_none()));
    assert_eq!(fake.most_in_flight.load(Ordering::SeqCst), 2);
    assert_eq!(fake.count(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_reload_that_changes_limits_makes_a_new_gate() {
    let fake = Fake::new(|_, _| Err(Trouble::Refused));
    let world = through(fake.clone());
    let strict = plain(BASE, LIST, "  retries: 0\n  breaker: { failures: 1 }");
    let relaxed = plain(BASE, LIST, "  retries: 0\n  breaker: { failures: 9 }");
    read(&strict, Ask::default(), &world).await;
    assert_eq!(world.http.breaker(&strict.id).as_str(), "open");
    read(&relaxed, Ask::default(), &world).await;
    assert_eq!(
        world.http.breaker(&strict.id),
        BreakerState::Closed { failures: 1 }
    );
    world.http.forget(&strict.id);
    assert_eq!(
        world.http.breaker(&strict.id),
        BreakerState::Closed { failures: 0 }
    );
}
