//! Streams over a real store.

use super::*;
use crate::testing::{City, Pass, anybody, connector, id, private, task, titled};
use divos_model::{DeletedReason, Item, PersonId};
use futures::StreamExt;

async fn filled(count: usize) -> City {
    let city = City::new(connector("sweep", "", ""));
    city.run(Pass::full((0..count).map(task).collect())).await;
    city
}

/// Takes the next events; fails where one does not come.
async fn take(
    stream: &mut (impl Stream<Item = LiveEvent> + Unpin),
    count: usize,
) -> Vec<LiveEvent> {
    let events = stream.take(count).collect::<Vec<_>>();
    tokio::time::timeout(Duration::from_secs(20), events)
        .await
        .expect("events in time")
}

fn titles(events: &[LiveEvent]) -> Vec<String> {
    let title = |event: &LiveEvent| match event {
        LiveEvent::Item(shown) => shown.item.title.clone(),
        LiveEvent::Gone(gone) => format!("gone {}", gone.id),
        LiveEvent::Resync { .. } => "resync".to_owned(),
    };
    let mut titles: Vec<_> = events.iter().map(title).collect();
    titles.sort();
    titles
}

#[tokio::test]
async fn a_stream_tells_what_changes_for_its_reader_and_nothing_else() {
    let city = filled(10).await;
    let reader = anybody();
    let mut stream = Box::pin(city.live().subscribe(reader, None).await.expect("a stream"));
    let mut rows: Vec<Item> = (1..10).map(task).collect();
    rows[0].title = "Berubah".into();
    rows.push(private(titled(77, "Milik orang lain"), PersonId::random()));
    city.run(Pass::full(rows)).await;
    let events = take(&mut stream, 2).await;
    assert_eq!(
        titles(&events),
        ["Berubah".to_owned(), format!("gone {}", id(0))]
    );
    assert!(events.windows(2).all(|two| two[0].seq() < two[1].seq()));
    let mut rows: Vec<Item> = (1..10).map(task).collect();
    rows[0].title = "Berubah lagi".into();
    city.run(Pass::full(rows)).await;
    assert_eq!(titles(&take(&mut stream, 1).await), ["Berubah lagi"]);
}

#[tokio::test]
async fn a_stream_replays_what_was_missed() {
    let city = filled(10).await;
    let last = city.store.items.head().await.expect("a head");
    city.run(Pass::full((0..12).map(task).collect())).await;
    let live = city.live();
    let mut stream = Box::pin(
        live.subscribe(anybody(), Some(last))
            .await
            .expect("a stream"),
    );
    let events = take(&mut stream, 2).await;
    assert_eq!(titles(&events), ["Tugas 10", "Tugas 11"]);
    assert!(
        events
            .iter()
            .all(|event| event.seq() > last && event.name() == "item")
    );
    let LiveEvent::Item(shown) = &events[0] else {
        panic!("an item")
    };
    let json: serde_json::Value = serde_json::from_str(&events[0].json()).expect("JSON");
    assert_eq!(json["title"], shown.item.title.as_str());
    assert_eq!(json["mark"]["seen"], false);
}

#[tokio::test]
async fn a_reader_too_far_behind_is_told_to_read_anew_and_goes_on_from_there() {
    let city = filled(1).await;
    let last = city.store.items.head().await.expect("a head");
    city.run(Pass::full((0..500).map(task).collect())).await;
    let live = city.live();
    let mut stream = Box::pin(
        live.subscribe(anybody(), Some(last))
            .await
            .expect("a stream"),
    );
    let events = take(&mut stream, 1).await;
    let head = city.store.items.head().await.expect("a head");
    assert_eq!(events, [LiveEvent::Resync { seq: head }]);
    city.run(Pass::full((0..501).map(task).collect())).await;
    assert_eq!(titles(&take(&mut stream, 1).await), ["Tugas 500"]);
}

#[tokio::test]
async fn an_id_of_another_store_means_a_resync() {
    let city = filled(3).await;
    let mut stream = Box::pin(
        city.live()
            .subscribe(anybody(), Some(9_999))
            .await
            .expect("a stream"),
    );
    let events = take(&mut stream, 1).await;
    assert_eq!(
        (events[0].name(), events[0].json()),
        ("resync", "{\"seq\":3}".to_owned())
    );
}

#[tokio::test]
async fn many_commits_become_few_looks_and_no_event_is_lost() {
    let city = filled(1).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(Box::pin(
            city.live()
                .subscribe(anybody(), None)
                .await
                .expect("a stream"),
        ));
    }
    for count in 2..32 {
        city.run(Pass::full((0..count).map(task).collect())).await;
    }
    for stream in &mut streams {
        let events = take(stream, 30).await;
        let mut expected: Vec<_> = (1..31).map(|n| format!("Tugas {n}")).collect();
        expected.sort();
        assert_eq!(titles(&events), expected);
    }
}

#[tokio::test]
async fn a_lost_right_takes_the_item_away() {
    let person = PersonId::random();
    let reader = Reader::new(person, []);
    let city = City::new(connector("never", "", ""));
    city.run(Pass::full(vec![private(task(1), person)])).await;
    let mut stream = Box::pin(city.live().subscribe(reader, None).await.expect("a stream"));
    city.run(Pass::full(vec![private(task(1), PersonId::random())]))
        .await;
    let events = take(&mut stream, 1).await;
    let LiveEvent::Gone(gone) = &events[0] else {
        panic!("{events:?}")
    };
    assert_eq!(gone.reason, DeletedReason::AccessRevoked);
}
