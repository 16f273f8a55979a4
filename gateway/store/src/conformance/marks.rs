//! What readers mark, apart from what the source says.

use super::Site;
use super::fixtures::{
    admit, app, at, entry, id, item, item_for, reader, reader_in, sealed, titles,
};
use crate::{
    Commit, Filter, PageQuery, Reader, ReaderState, StateChange, StateFilter, Store, StoreError,
};
use divos_model::{ContentHash, ItemId};

async fn mark(store: &Store, reader: &Reader, id: ItemId, change: StateChange) -> ReaderState {
    let marked = store.items.mark(reader, id, change, at(1)).await;
    marked.expect("a mark")
}

fn seen(hash: ContentHash) -> StateChange {
    StateChange {
        seen: Some(Some(hash)),
        ..StateChange::default()
    }
}

async fn unread(store: &Store, reader: &Reader, id: ItemId) -> bool {
    let row = store.items.get(id, reader).await.expect("an answer");
    row.expect("a row").unread
}

async fn shown(store: &Store, reader: &Reader, marks: StateFilter, minutes: i64) -> usize {
    let query = PageQuery {
        filter: Filter {
            marks,
            ..Filter::default()
        },
        ..PageQuery::ranked(reader.clone(), at(minutes))
    };
    store.items.page(query).await.expect("a page").rows.len()
}

/// What was seen is read until it says something else; each reader for themselves.
pub async fn reads_and_unreads(site: &dyn Site) {
    let store = site.open();
    let (me, you) = (reader(1), reader(2));
    let first = item("berita", "1");
    admit(&store, [first.clone()]).await;
    assert!(unread(&store, &me, first.id).await);
    let state = mark(&store, &me, first.id, seen(first.hash)).await;
    assert_eq!(state.seen, Some(first.hash));
    assert!(!unread(&store, &me, first.id).await);
    assert!(unread(&store, &you, first.id).await);
    let only = |unread| StateFilter {
        unread: Some(unread),
        ..StateFilter::default()
    };
    assert_eq!(shown(&store, &me, only(true), 0).await, 0);
    assert_eq!(shown(&store, &me, only(false), 0).await, 1);
    // For other readers besides, but with the same words: still read.
    let mut wider = entry(first.clone());
    wider.keys.push(divos_model::AudienceKey::Role("x".into()));
    let commit = Commit {
        entries: vec![wider],
        ..Commit::new(app("berita"), "utama", at(0))
    };
    store.items.commit(commit).await.expect("a commit");
    assert!(!unread(&store, &me, first.id).await);
    let mut second = first.clone();
    second.title = "Ralat".to_owned();
    let second = sealed(second);
    admit(&store, [second.clone()]).await;
    assert!(unread(&store, &me, first.id).await);
    assert_eq!(shown(&store, &me, only(true), 0).await, 1);
    mark(&store, &me, first.id, seen(second.hash)).await;
    assert!(!unread(&store, &me, first.id).await);
    let change = StateChange {
        seen: Some(None),
        ..StateChange::default()
    };
    assert_eq!(
        mark(&store, &me, first.id, change).await,
        ReaderState::default()
    );
    assert!(unread(&store, &me, first.id).await);
}

/// Having seen what it said before does not make what it says now read.
pub async fn a_late_glance_does_not_hide_news(site: &dyn Site) {
    let store = site.open();
    let me = reader(1);
    let old = item("berita", "1");
    admit(&store, [old.clone()]).await;
    let mut new = old.clone();
    new.title = "Ralat".to_owned();
    let new = sealed(new);
    admit(&store, [new.clone()]).await;
    let state = mark(&store, &me, old.id, seen(old.hash)).await;
    assert_eq!(state.seen, Some(old.hash));
    assert!(unread(&store, &me, old.id).await);
    mark(&store, &me, old.id, seen(new.hash)).await;
    let state = mark(&store, &me, old.id, seen(old.hash)).await;
    assert_eq!(state.seen, Some(new.hash));
    assert!(!unread(&store, &me, old.id).await);
}

/// Done, pinned and snoozed items are found and hidden by their marks; a snooze ends by itself.
pub async fn hides_what_is_done_or_snoozed(site: &dyn Site) {
    let store = site.open();
    let me = reader(1);
    admit(&store, (0..4).map(|n| item("berita", &n.to_string()))).await;
    let change = |done, pinned, snoozed| StateChange {
        done,
        pinned,
        snoozed_until: snoozed,
        ..StateChange::default()
    };
    let one = |n: &str| id("berita", n);
    let state = mark(&store, &me, one("0"), change(Some(true), None, None)).await;
    assert_eq!(state.done_at, Some(at(1)));
    mark(&store, &me, one("1"), change(None, Some(true), None)).await;
    mark(
        &store,
        &me,
        one("2"),
        change(None, None, Some(Some(at(10)))),
    )
    .await;
    assert_eq!(shown(&store, &me, StateFilter::open(), 0).await, 2);
    assert_eq!(shown(&store, &me, StateFilter::open(), 10).await, 3);
    assert_eq!(shown(&store, &reader(2), StateFilter::open(), 0).await, 4);
    let none = StateFilter::default();
    for (marks, minutes, expected) in [
        (
            StateFilter {
                done: Some(true),
                ..none
            },
            0,
            1,
        ),
        (
            StateFilter {
                pinned: Some(true),
                ..none
            },
            0,
            1,
        ),
        (
            StateFilter {
                pinned: Some(false),
                ..none
            },
            0,
            3,
        ),
        (
            StateFilter {
                snoozed: Some(true),
                ..none
            },
            0,
            1,
        ),
        (
            StateFilter {
                snoozed: Some(true),
                ..none
            },
            10,
            0,
        ),
    ] {
        assert_eq!(
            shown(&store, &me, marks, minutes).await,
            expected,
            "{marks:?}"
        );
    }
    mark(&store, &me, one("0"), change(Some(false), None, None)).await;
    mark(&store, &me, one("2"), change(None, None, Some(None))).await;
    assert_eq!(shown(&store, &me, StateFilter::open(), 0).await, 4);
}

/// A muted item is hidden unless it must show.
pub async fn muting_never_hides_what_must_show(site: &dyn Site) {
    let store = site.open();
    let me = reader(1);
    let mut urgent = entry(item("surat", "1"));
    urgent.must_show = true;
    let commit = Commit {
        entries: vec![urgent, entry(item("surat", "2"))],
        ..Commit::new(app("surat"), "utama", at(0))
    };
    store.items.commit(commit).await.expect("a commit");
    let mute = StateChange {
        muted: Some(true),
        ..StateChange::default()
    };
    mark(&store, &me, id("surat", "1"), mute.clone()).await;
    mark(&store, &me, id("surat", "2"), mute).await;
    assert_eq!(shown(&store, &me, StateFilter::open(), 0).await, 1);
    let muted = StateFilter {
        muted: Some(true),
        ..StateFilter::default()
    };
    assert_eq!(shown(&store, &me, muted, 0).await, 2);
}

/// Nobody marks what they do not see.
pub async fn marks_only_what_is_seen(site: &dyn Site) {
    let store = site.open();
    let hidden = item_for("surat", "1", "kepala");
    admit(&store, [hidden.clone()]).await;
    for id in [hidden.id, id("surat", "99")] {
        let me = reader(1);
        let refused = store.items.mark(&me, id, seen(hidden.hash), at(0)).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })));
    }
    mark(
        &store,
        &reader_in(1, "kepala"),
        hidden.id,
        seen(hidden.hash),
    )
    .await;
    assert!(titles(&store, &reader(1)).await.is_empty());
}
