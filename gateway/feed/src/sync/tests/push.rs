//! What apps push: taken once, saved before it is acknowledged, told to the operator.

use super::*;
use crate::sync::push::{Inbox, Pushed, Taken};
use divos_store::EventKey;
use serde_json::json;

fn event(n: u8) -> Pushed {
    Pushed {
        key: EventKey([n; 32]),
        record: json!({}),
    }
}

async fn push(city: &City, page: divos_adapters::Page, events: Vec<Pushed>) -> Taken {
    let script = Pass::of(vec![page]);
    city.script
        .passes
        .lock()
        .expect("no panic")
        .push_back(script);
    let inbox = Inbox::new(Arc::clone(&city.sync));
    let taken = inbox.take(&city.connector, "inbox", events).await;
    taken.expect("taken")
}

#[tokio::test]
async fn an_event_is_taken_once_also_after_a_restart() {
    let city = City::new(connector("never", "", ""));
    let first = push(
        &city,
        page(tasks(0..2), vec![]),
        vec![event(1), event(2), event(1)],
    )
    .await;
    assert_eq!((first.taken, first.repeated, first.faulty), (2, 1, 0));
    assert_eq!(city.alive().await, [0, 1]);
    let city = city.restart().await;
    let again = push(&city, page(vec![task(7)], vec![]), vec![event(2), event(3)]).await;
    assert_eq!((again.taken, again.repeated), (1, 1));
    assert_eq!(city.alive().await, [0, 1, 7]);
    let inbox = Inbox::new(Arc::clone(&city.sync));
    let nothing = inbox.take(&city.connector, "inbox", vec![event(1)]).await;
    assert_eq!(nothing.expect("an answer").repeated, 1);
}

#[tokio::test]
async fn a_faulty_event_is_told_and_not_asked_for_again() {
    let city = City::new(connector("never", "", ""));
    let page = || page(vec![], vec![row_fault(0, Some("9".into()))]);
    let taken = push(&city, page(), vec![event(1)]).await;
    assert_eq!((taken.taken, taken.faulty), (1, 1));
    assert_eq!(taken.faults[0].field, "title");
    assert_eq!(city.status().row_faults, 1);
    let again = push(&city, page(), vec![event(1)]).await;
    assert_eq!((again.taken, again.repeated), (0, 1));
}

#[tokio::test]
async fn pushes_close_together_are_told_together_and_the_last_is_not_forgotten() {
    let city = City::new(connector("never", "", ""));
    let inbox = Inbox::telling_every(Arc::clone(&city.sync), Duration::from_secs(1));
    for n in 0..4_u8 {
        let first = usize::from(n) * 2;
        let script = Pass::of(vec![page(tasks(first..first + 2), vec![])]);
        let scripts = &city.script.passes;
        scripts.lock().expect("no panic").push_back(script);
        let taken = inbox.take(&city.connector, "inbox", vec![event(n)]).await;
        assert_eq!(taken.expect("taken").taken, 1);
    }
    let told = city.status().items;
    assert!((2..8).contains(&told), "told of each: {told}");
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while city.status().items < 8 {
        assert!(
            tokio::time::Instant::now() < until,
            "never told of the last"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
