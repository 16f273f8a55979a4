//! Reading over a real store: pages, syncs, marks, and what nobody may see.

mod syncs;

use super::*;
use crate::testing::{City, Pass, anybody, app, connector, id, noon, private, task, titled};
use crate::{AppState, MarkChange};
use chrono::TimeDelta;
use divos_model::{AudienceKey, DeletedReason, Item, PersonId, Sensitivity, State};
use std::collections::BTreeSet;

async fn filled(items: Vec<Item>) -> City {
    let city = City::new(connector("sweep", "", ""));
    city.run(Pass::full(items)).await;
    city
}

fn numbers(page: &FeedPage) -> Vec<usize> {
    page.items
        .iter()
        .map(|shown| shown.item.native_id.parse().expect("a number"))
        .collect()
}

fn filter(words: &[(&str, &str)]) -> Filter {
    let mut filter = Filter::default();
    for (name, value) in words {
        assert!(filter.set(name, value).expect("a filter"));
    }
    filter
}

fn change(json: &str) -> MarkChange {
    serde_json::from_str(json).expect("a change")
}

#[tokio::test]
async fn the_pages_hold_every_item_once() {
    let city = filled((0..57).map(task).collect()).await;
    let (timeline, reader) = (city.timeline(), anybody());
    let (mut cursor, mut seen, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = timeline
            .page(&reader, &Filter::default(), cursor.as_deref(), 10)
            .await
            .expect("a page");
        assert!(page.items.len() <= 10);
        seen.extend(numbers(&page));
        pages += 1;
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 57, "{pages} pages");
    assert_eq!(seen.into_iter().collect::<BTreeSet<_>>().len(), 57);
}

#[tokio::test]
async fn a_cursor_is_for_one_reader_one_filter_and_a_day() {
    let city = filled((0..30).map(task).collect()).await;
    let (timeline, reader) = (city.timeline(), anybody());
    let all = Filter::default();
    let page = timeline
        .page(&reader, &all, None, 10)
        .await
        .expect("a page");
    let next = page.next.expect("more");
    let tasks = filter(&[("kind", "task")]);
    let sync = filter(&[("since", "0")]);
    for (who, what) in [(&anybody(), &all), (&reader, &tasks), (&reader, &sync)] {
        let got = timeline.page(who, what, Some(&next), 10).await;
        assert!(
            matches!(got, Err(TimelineError::Cursor(CursorError::Invalid))),
            "{got:?}"
        );
    }
    city.later(TimeDelta::hours(25));
    let got = timeline.page(&reader, &all, Some(&next), 10).await;
    assert!(
        matches!(got, Err(TimelineError::Cursor(CursorError::Expired { .. }))),
        "{got:?}"
    );
}

#[tokio::test]
async fn filters_cut_the_page() {
    let mut items: Vec<Item> = (0..6).map(task).collect();
    items[1].state = State::Done;
    items[2].owner_unit = Some("030101".parse().expect("a code"));
    items[3].title = "Rapat anggaran".into();
    let city = filled(items).await;
    let unit = |code: &str, parent: Option<&str>| divos_store::Unit {
        code: code.parse().expect("a code"),
        parent: parent.map(|parent| parent.parse().expect("a code")),
        name: code.into(),
    };
    let units = vec![
        unit("03", None),
        unit("0301", Some("03")),
        unit("030101", Some("0301")),
    ];
    city.store.people.put_units(units).await.expect("units");
    let (timeline, reader) = (city.timeline(), anybody());
    for n in [4, 5] {
        let pinned = change(r#"{"pinned":true}"#);
        timeline
            .set_state(&reader, id(n), &pinned)
            .await
            .expect("a mark")
            .expect("seen");
    }
    timeline
        .set_state(&reader, id(5), &change(r#"{"done":true}"#))
        .await
        .expect("a mark");
    timeline
        .set_state(&reader, id(0), &change(r#"{"seen":true}"#))
        .await
        .expect("a mark");
    for (words, expected) in [
        (vec![], vec![0, 1, 2, 3, 4]),
        (vec![("state", "done")], vec![1]),
        (vec![("unit", "03")], vec![2]),
        (vec![("unit", "0301")], vec![2]),
        (vec![("unit", "99")], vec![]),
        (vec![("q", "anggaran")], vec![3]),
        (vec![("pinned", "1")], vec![4, 5]),
        (vec![("done", "1")], vec![5]),
        (vec![("unread", "1")], vec![1, 2, 3, 4]),
        (vec![("kind", "letter")], vec![]),
        (vec![("app", "lain")], vec![]),
    ] {
        let page = timeline
            .page(&reader, &filter(&words), None, 50)
            .await
            .expect("a page");
        let mut found = numbers(&page);
        found.sort_unstable();
        assert_eq!(found, expected, "{words:?}");
    }
}

#[tokio::test]
async fn nobody_sees_what_is_not_for_them() {
    let person = PersonId::random();
    let city = filled(vec![task(1), private(titled(2, "Pribadi"), person)]).await;
    let timeline = city.timeline();
    let owner = Reader::new(person, [AudienceKey::Everyone]);
    let stranger = anybody();
    assert!(timeline.item(&owner, id(2)).await.expect("read").is_some());
    assert!(
        timeline
            .item(&stranger, id(2))
            .await
            .expect("read")
            .is_none()
    );
    let seen = change(r#"{"seen":true}"#);
    assert_eq!(
        timeline
            .set_state(&stranger, id(2), &seen)
            .await
            .expect("read"),
        None
    );
    for words in [vec![], vec![("q", "pribadi")], vec![("since", "0")]] {
        let page = timeline
            .page(&stranger, &filter(&words), None, 50)
            .await
            .expect("a page");
        assert!(!numbers(&page).contains(&2), "{words:?}");
    }
    let counts = timeline.unread(&stranger).await.expect("counts");
    assert_eq!(counts.iter().map(|count| count.count).sum::<u32>(), 1);
}

#[tokio::test]
async fn a_restricted_item_shows_its_title_alone_in_lists() {
    let mut item = titled(1, "Teguran");
    item.sensitivity = Sensitivity::Restricted;
    item.summary = Some("isi teguran".into());
    let city = filled(vec![item]).await;
    let (timeline, reader) = (city.timeline(), anybody());
    for words in [vec![], vec![("since", "0")]] {
        let page = timeline
            .page(&reader, &filter(&words), None, 9)
            .await
            .expect("a page");
        let shown = &page.items[0].item;
        assert_eq!(
            (shown.title.as_str(), shown.summary.as_deref()),
            ("Teguran", None),
            "{words:?}"
        );
    }
    let whole = timeline
        .item(&reader, id(1))
        .await
        .expect("read")
        .expect("an item");
    assert_eq!(whole.item.summary.as_deref(), Some("isi teguran"));
}

#[tokio::test]
async fn marks_are_the_readers_own_and_a_change_makes_unread_again() {
    let city = filled(vec![task(1)]).await;
    let (timeline, reader) = (city.timeline(), anybody());
    let snooze = change(r#"{"seen":true,"snoozed_until":"2026-11-24T05:00:00Z"}"#);
    let mark = timeline
        .set_state(&reader, id(1), &snooze)
        .await
        .expect("a mark")
        .expect("seen");
    assert!(mark.seen && mark.snoozed_until.is_some());
    let open = Filter::default();
    let page = timeline
        .page(&reader, &open, None, 9)
        .await
        .expect("a page");
    assert!(page.items.is_empty(), "put off");
    let other = timeline
        .page(&anybody(), &open, None, 9)
        .await
        .expect("a page");
    assert_eq!(other.items[0].mark, Mark::default());
    city.later(TimeDelta::hours(2));
    let page = timeline
        .page(&reader, &open, None, 9)
        .await
        .expect("a page");
    assert!(page.items[0].mark.seen, "back again");
    city.run(Pass::full(vec![titled(1, "Berubah")])).await;
    let page = timeline
        .page(&reader, &open, None, 9)
        .await
        .expect("a page");
    assert!(!page.items[0].mark.seen);
    let wake = change(r#"{"seen":true,"snoozed_until":null}"#);
    let mark = timeline
        .set_state(&reader, id(1), &wake)
        .await
        .expect("a mark")
        .expect("seen");
    assert_eq!((mark.seen, mark.snoozed_until), (true, None));
}

#[tokio::test]
async fn the_calendar_holds_what_has_a_date_in_its_order() {
    let mut items: Vec<Item> = (0..5).map(task).collect();
    for (n, days) in [(1, 9), (2, 3), (3, 99)] {
        items[n].due_at = Some((noon() + TimeDelta::days(days)).fixed_offset());
    }
    let city = filled(items).await;
    let until = noon() + TimeDelta::days(30);
    let page = city
        .timeline()
        .calendar(&anybody(), noon(), until, 50)
        .await
        .expect("a calendar");
    assert_eq!(numbers(&page), [2, 1]);
}

#[tokio::test]
async fn stale_apps_are_told_with_every_page() {
    let city = City::new(connector("never", "", ""));
    let (timeline, reader) = (city.timeline(), anybody());
    let all = Filter::default();
    let state = async || {
        let page = timeline.page(&reader, &all, None, 9).await.expect("a page");
        page.stale_apps.first().map(|stale| stale.state)
    };
    assert_eq!(state().await, Some(AppState::Never));
    city.run(Pass::full(vec![task(1)])).await;
    assert_eq!(state().await, None);
    city.later(TimeDelta::minutes(31));
    assert_eq!(state().await, Some(AppState::Stale));
    city.run(Pass::of(vec![]).fails(divos_adapters::Trouble::Refused.of(&app())))
        .await;
    assert_eq!(state().await, Some(AppState::Down));
    let other = filter(&[("app", "lain")]);
    let page = timeline
        .page(&reader, &other, None, 9)
        .await
        .expect("a page");
    assert!(page.stale_apps.is_empty(), "not asked for");
}
