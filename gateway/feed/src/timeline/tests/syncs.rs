//! Syncs: changes and what is gone, from the beginning, from a cursor, from a time.

use super::*;
use crate::Since;
use crate::timeline::syncs::Looks;

#[tokio::test]
async fn a_sync_tells_what_changed_and_what_is_gone() {
    let city = filled((0..10).map(task).collect()).await;
    let (timeline, reader) = (city.timeline(), anybody());
    let since = filter(&[("since", "0")]);
    let mut page = timeline
        .page(&reader, &since, None, 4)
        .await
        .expect("a page");
    let mut seen = numbers(&page);
    while !page.items.is_empty() {
        let cursor = page.next.clone();
        page = timeline
            .page(&reader, &since, cursor.as_deref(), 4)
            .await
            .expect("a page");
        seen.extend(numbers(&page));
    }
    assert_eq!(seen.len(), 10);
    let mut later: Vec<Item> = (1..10).map(task).collect();
    later[0].title = "Berubah".into();
    city.run(Pass::full(later)).await;
    let page = timeline
        .page(&reader, &since, page.next.as_deref(), 50)
        .await
        .expect("a page");
    assert_eq!(numbers(&page), [1]);
    let gone: Vec<_> = page
        .gone
        .iter()
        .map(|gone| (gone.id, gone.reason))
        .collect();
    assert_eq!(gone, [(id(0), DeletedReason::Removed)]);
    assert!(page.next.is_some(), "a sync always can go on");
}

#[tokio::test]
async fn a_lost_right_takes_the_item_away_in_the_sync() {
    let person = PersonId::random();
    let reader = Reader::new(person, [AudienceKey::Everyone]);
    let city = filled(vec![private(task(1), person)]).await;
    let timeline = city.timeline();
    let since = filter(&[("since", "0")]);
    let page = timeline
        .page(&reader, &since, None, 9)
        .await
        .expect("a page");
    assert_eq!(numbers(&page), [1]);
    city.run(Pass::full(vec![private(task(1), PersonId::random())]))
        .await;
    let page = timeline
        .page(&reader, &since, page.next.as_deref(), 9)
        .await
        .expect("a page");
    assert_eq!(page.gone[0].reason, DeletedReason::AccessRevoked);
    assert!(timeline.item(&reader, id(1)).await.expect("read").is_none());
}

#[tokio::test]
async fn a_sync_of_a_reader_whose_posts_changed_starts_over() {
    let city = filled((0..9).map(task).collect()).await;
    let timeline = city.timeline();
    let person = PersonId::random();
    let held = Reader::new(
        person,
        [AudienceKey::Everyone, AudienceKey::Role("operator".into())],
    );
    let since = filter(&[("since", "0")]);
    let page = timeline.page(&held, &since, None, 3).await.expect("a page");
    let lost = Reader::new(person, [AudienceKey::Everyone]);
    let got = timeline.page(&lost, &since, page.next.as_deref(), 3).await;
    let restart = DateTime::UNIX_EPOCH;
    assert!(
        matches!(got, Err(TimelineError::Cursor(CursorError::Expired { restart: r })) if r == restart)
    );
}

#[tokio::test]
async fn a_sync_older_than_the_tombstones_is_refused_but_a_fresh_one_is_not() {
    let city = filled((0..20).map(task).collect()).await;
    let (timeline, reader) = (city.timeline(), anybody());
    city.run(Pass::full((0..18).map(task).collect())).await;
    let purged = city
        .store
        .items
        .purge(noon() + TimeDelta::days(1))
        .await
        .expect("purged");
    assert_eq!(purged, 2);
    let old = timeline
        .page(&reader, &filter(&[("since", "3")]), None, 9)
        .await;
    assert!(
        matches!(old, Err(TimelineError::Cursor(CursorError::Expired { .. }))),
        "{old:?}"
    );
    let since = filter(&[("since", "0")]);
    let (mut cursor, mut seen) = (None, 0);
    for _ in 0..4 {
        let page = timeline
            .page(&reader, &since, cursor.as_deref(), 5)
            .await
            .expect("a fresh sync");
        seen += page.items.len();
        cursor = page.next;
    }
    assert_eq!(seen, 18);
}

#[tokio::test]
async fn a_sync_may_begin_at_a_time() {
    let city = City::new(connector("never", "", ""));
    let stamped = |n: usize, hours: i64| {
        let mut item = task(n);
        item.provenance.fetched_at += TimeDelta::hours(hours);
        item
    };
    city.run(Pass::full(
        (0..40).map(|n| stamped(n, i64::from(n >= 38))).collect(),
    ))
    .await;
    let since = filter(&[("since", "2026-11-24T04:30:00Z")]);
    let page = city
        .timeline()
        .page(&anybody(), &since, None, 5)
        .await
        .expect("a page");
    let mut found = numbers(&page);
    found.sort_unstable();
    assert_eq!(found, [38, 39]);
}

#[tokio::test]
async fn however_small_its_pages_a_sync_finds_what_the_filter_lets_through() {
    let city = City::new(connector("sweep", "", ""));
    let stamped = |n: usize| {
        let mut item = task(n);
        item.provenance.fetched_at += TimeDelta::hours(i64::from(n % 100 == 99));
        item
    };
    city.run(Pass::full((0..300).map(stamped).collect())).await;
    let since = filter(&[("since", "2026-11-24T04:30:00Z")]);
    let (timeline, reader) = (city.timeline(), anybody());
    let (mut cursor, mut found, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = timeline
            .page(&reader, &since, cursor.as_deref(), 1)
            .await
            .expect("a page");
        pages += 1;
        assert!(page.items.len() <= 1, "the limit holds");
        found.extend(numbers(&page));
        cursor = page.next;
        if !page.more {
            break;
        }
    }
    found.sort_unstable();
    assert_eq!((found, pages <= 4), (vec![99, 199, 299], true));
    city.later(TimeDelta::hours(1));
    city.run(Pass::full((0..297).map(stamped).collect())).await;
    let page = timeline
        .page(&reader, &since, cursor.as_deref(), 2)
        .await
        .expect("a page");
    assert_eq!((page.gone.len(), page.more), (2, true), "of three");
}

#[tokio::test]
async fn a_sync_that_looked_far_enough_says_that_there_may_be_more() {
    let city = filled((0..40).map(task).collect()).await;
    let (timeline, reader) = (city.timeline(), anybody());
    let letters = filter(&[("since", "0"), ("kind", "letter")]);
    let looks = Looks { most: 3, step: 10 };
    let (mut place, mut told) = (None, Vec::new());
    for _ in 0..3 {
        let (page, next) = timeline
            .sync(&reader, &letters, Since::Seq(0), place, 1, looks)
            .await
            .expect("a page");
        assert!(page.items.is_empty() && next.is_some());
        told.push(page.more);
        place = next;
    }
    assert_eq!(told, [true, false, false], "40 changes: 21, and the rest");
    let tasks = filter(&[("since", "0")]);
    let page = timeline
        .page(&reader, &tasks, None, 40)
        .await
        .expect("a page");
    let json = serde_json::to_value(&page).expect("JSON");
    assert_eq!(json.get("more"), None, "everything was told");
    let page = timeline
        .page(&reader, &tasks, None, 39)
        .await
        .expect("a page");
    let json = serde_json::to_value(&page).expect("JSON");
    assert_eq!(json.get("more"), Some(&true.into()));
}

#[tokio::test]
async fn what_changes_about_an_item_cannot_cut_a_sync() {
    let city = filled(vec![]).await;
    for word in [
        ("state", "done"),
        ("unread", "1"),
        ("q", "x"),
        ("unit", "03"),
        ("pinned", "1"),
    ] {
        let both = filter(&[("since", "0"), word]);
        let got = city.timeline().page(&anybody(), &both, None, 9).await;
        assert!(
            matches!(&got, Err(TimelineError::Filter(fault)) if fault.field == word.0),
            "{got:?}"
        );
    }
}
