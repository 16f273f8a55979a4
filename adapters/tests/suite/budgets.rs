//! What apps and servers are spared: paces, places, turns, and a server that asks to be left alone. Time is tokio's,
//! and paused.

use crate::fake::{Answer, Fake, LIST, clock, json, plain, read, world};
use divos_adapters::{Ask, Call, FetchError, HostLimit, Outbound, World};
use divos_manifest::Connector;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

const BASE: &str = "http://server.example:8080";

fn spared(fake: Arc<Fake>, host: &str, limit: HostLimit) -> World {
    let limits = [(host.to_owned(), limit)].into_iter().collect();
    world(Arc::new(Outbound::new(fake, clock()).sparing(limits)))
}

/// Another app on the same server, or on another one.
fn app(id: &str, base: &str, more: &str) -> Arc<Connector> {
    let source = LIST.replace("/rows }", &format!("/rows, headers: {{ X-App: {id} }} }}"));
    let mut connector = (*plain(base, &source, more)).clone();
    connector.id = id.parse().expect("a slug");
    Arc::new(connector)
}

fn rows() -> Answer {
    json(json!({"data": [{"id": 1, "title": "a"}]}))
}

/// Reads so often at once; the errors.
async fn reads(connector: &Arc<Connector>, world: &World, times: usize) -> Vec<FetchError> {
    let pass = || read(connector, Ask::default(), world);
    let all = futures::future::join_all((0..times).map(|_| pass())).await;
    all.into_iter().filter_map(|(_, error, _)| error).collect()
}

#[tokio::test(start_paused = true)]
async fn an_app_is_asked_at_its_pace_and_no_call_times_out_for_waiting() {
    let fake = Fake::new(|_, _| rows());
    let connector = app("satu", BASE, "  limits: { reads_per_minute: 6 }");
    let world = world(Arc::new(Outbound::new(fake.clone(), clock())));
    let start = Instant::now();
    assert_eq!(reads(&connector, &world, 7).await, []);
    assert_eq!((fake.count(), start.elapsed().as_secs()), (7, 60));
}

#[tokio::test(start_paused = true)]
async fn the_apps_of_a_server_share_what_it_is_spared_and_take_turns() {
    let order: Arc<Mutex<Vec<(String, u64)>>> = Arc::default();
    let start = Instant::now();
    let heard = order.clone();
    let fake = Fake::new(move |_, call: &Call| {
        let app = call.headers["x-app"].to_str().expect("text").to_owned();
        heard
            .lock()
            .expect("no panic")
            .push((app, start.elapsed().as_secs()));
        rows()
    });
    let limit = HostLimit {
        per_minute: Some(12),
        in_flight: Some(1),
    };
    let world = spared(fake, "server.example", limit);
    let greedy = app("a-rakus", BASE, "  limits: { reads_in_flight: 50 }");
    let modest = app("b-sederhana", "http://server.example:9090", "");
    let later = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        reads(&modest, &world, 2).await
    };
    let (one, other) = tokio::join!(reads(&greedy, &world, 20), later);
    assert_eq!((one, other), (vec![], vec![]));
    let order = order.lock().expect("no panic").clone();
    let modest: Vec<(usize, u64)> = order
        .iter()
        .enumerate()
        .filter(|(_, (app, _))| app == "b-sederhana")
        .map(|(place, (_, at))| (place, *at))
        .collect();
    assert_eq!(
        modest,
        [(1, 5), (3, 15)],
        "every other turn is the second app's: {order:?}"
    );
    assert_eq!(
        order.last().map(|(_, at)| *at),
        Some(21 * 5),
        "12 in a minute"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_is_asked_so_many_things_at_a_time_over_all_its_apps() {
    let fake = Fake::slow(Duration::from_secs(1), |_, _| rows());
    let limit = HostLimit {
        per_minute: None,
        in_flight: Some(3),
    };
    let world = spared(fake.clone(), "server.example:8080", limit);
    let many = "  limits: { reads_in_flight: 8 }";
    let (one, two) = (app("satu", BASE, many), app("dua", BASE, many));
    let (a, b) = tokio::join!(reads(&one, &world, 8), reads(&two, &world, 8));
    assert_eq!((a, b), (vec![], vec![]));
    assert_eq!(fake.most_in_flight.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_to_be_left_alone_is_left_alone_by_all_its_apps_and_no_other() {
    for (asked, waits) in [(Some("30"), 30), (None, 10)] {
        let start = Instant::now();
        let fake = Fake::new(move |number, _| match (number, asked) {
            (0, Some(asked)) => Ok((429, vec![("retry-after".into(), asked.into())], vec![])),
            (0, None) => Ok((429, vec![], vec![])),
            _ => rows(),
        });
        let world = world(Arc::new(Outbound::new(fake, clock())));
        let first = app("satu", BASE, "  retries: 0");
        assert_eq!(reads(&first, &world, 1).await.len(), 1);
        let elsewhere = app("tiga", "http://other.example:8080", "");
        assert_eq!(reads(&elsewhere, &world, 1).await, []);
        assert_eq!(
            start.elapsed().as_secs(),
            0,
            "another server is asked at once"
        );
        let second = app("dua", BASE, "");
        assert_eq!(reads(&second, &world, 1).await, []);
        assert_eq!(start.elapsed().as_secs(), waits, "{asked:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_rather_than_wait_an_hour_and_says_for_how_long() {
    let start = Instant::now();
    let fake = Fake::new(|_, _| Ok((503, vec![("retry-after".into(), "3000".into())], vec![])));
    let world = world(Arc::new(Outbound::new(fake.clone(), clock())));
    reads(&app("satu", BASE, "  retries: 0"), &world, 1).await;
    let errors = reads(&app("dua", BASE, ""), &world, 3).await;
    assert_eq!(errors.len(), 3);
    for error in errors {
        assert_eq!(error.trouble.code(), "rate_limited");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3000)));
    }
    assert_eq!((fake.count(), start.elapsed().as_secs()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_rather_than_wait_for_a_server_that_asks_again_and_again() {
    let start = Instant::now();
    let fake = Fake::new(|_, _| Ok((429, vec![("retry-after".into(), "25".into())], vec![])));
    let limit = HostLimit {
        per_minute: None,
        in_flight: Some(1),
    };
    let world = spared(fake.clone(), "server.example", limit);
    let many = "  retries: 0\n  limits: { reads_in_flight: 8 }";
    let errors = reads(&app("satu", BASE, many), &world, 6).await;
    assert_eq!(errors.len(), 6);
    assert!(
        errors
            .iter()
            .all(|error| error.retry_after() == Some(Duration::from_secs(25)))
    );
    assert_eq!(
        (fake.count(), start.elapsed().as_secs()),
        (3, 50),
        "at 0, 25 and 50 seconds; those that would wait 75 do not"
    );
}
