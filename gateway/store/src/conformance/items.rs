//! Admitting, burying, reviving, sweeping.

use super::Site;
use super::fixtures::{admit, app, at, entry, id, item, reader, sealed, titles};
use crate::{Commit, EventKey, ItemMark, SourceCursor, StoreError, Tombstones, Validators};
use divos_model::{Audience, ContentHash, DeletedReason};
use serde_json::json;
use tokio::sync::oneshot;

/// New, changed and unchanged items are told apart; unchanged ones move nothing.
pub async fn counts_new_changed_and_unchanged(site: &dyn Site) {
    let store = site.open();
    let first = admit(&store, [item("berita", "1"), item("berita", "2")]).await;
    assert_eq!((first.new, first.changed, first.unchanged), (2, 0, 0));
    assert_eq!(first.seq, 2);
    let mut changed = item("berita", "2");
    changed.title = "Lain".to_owned();
    let second = admit(&store, [item("berita", "1"), sealed(changed.clone())]).await;
    assert_eq!((second.new, second.changed, second.unchanged), (0, 1, 1));
    let third = admit(&store, [item("berita", "1"), sealed(changed.clone())]).await;
    assert_eq!((third.new, third.changed, third.unchanged), (0, 0, 2));
    assert_eq!(third.seq, second.seq);
    assert_eq!(store.items.head().await.expect("a seq"), second.seq);

    // The same words for other readers are a change too.
    let mut entry = entry(sealed(changed.clone()));
    entry.keys.clear();
    let commit = Commit {
        entries: vec![entry],
        ..Commit::new(app("berita"), "utama", at(0))
    };
    let fourth = store.items.commit(commit).await.expect("a commit");
    assert_eq!((fourth.changed, fourth.unchanged), (1, 0));

    let mark = |native, hash| ItemMark {
        id: id("berita", native),
        hash,
    };
    let hash = item("berita", "1").hash;
    let marks = vec![
        mark("1", hash),
        mark("1", ContentHash::default()),
        mark("9", hash),
    ];
    let same = store
        .items
        .unchanged(&app("berita"), marks)
        .await
        .expect("an answer");
    assert_eq!(same, [true, false, false]);
}

/// Of two entries with one id, the last one counts.
pub async fn keeps_the_last_of_a_repeated_id(site: &dyn Site) {
    let store = site.open();
    let mut later = item("berita", "1");
    later.title = "Kedua".to_owned();
    let done = admit(&store, [item("berita", "1"), sealed(later)]).await;
    assert_eq!((done.new, done.changed), (1, 0));
    assert_eq!(titles(&store, &reader(1)).await, ["Kedua"]);
}

/// Items, deletes and the cursor of a page are written together.
pub async fn commits_items_deletes_and_cursor_together(site: &dyn Site) {
    let store = site.open();
    admit(&store, [item("berita", "1")]).await;
    let cursor = SourceCursor {
        value: Some(json!({"page": 2})),
        validators: Validators {
            etag: Some("\"x\"".to_owned()),
            last_modified: None,
        },
        place: None,
    };
    let commit = Commit {
        entries: vec![entry(item("berita", "2"))],
        gone: Some(Tombstones {
            ids: vec![id("berita", "1"), id("berita", "99")],
            reason: DeletedReason::Removed,
        }),
        cursor: Some(cursor.clone()),
        ..Commit::new(app("berita"), "utama", at(1))
    };
    let done = store.items.commit(commit).await.expect("a commit");
    assert_eq!((done.new, done.gone), (1, 1));
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 2"]);
    let kept = store.runs.cursor(&app("berita"), "utama").await;
    assert_eq!(kept.expect("a cursor"), cursor);
    let other = store.runs.cursor(&app("berita"), "lain").await;
    assert_eq!(other.expect("a cursor"), SourceCursor::default());
}

/// Where a first load stands goes with its page beside the cursor, and ends with the next cursor.
pub async fn keeps_a_place_beside_the_cursor_until_it_moves(site: &dyn Site) {
    let store = site.open();
    let commit = |cursor: Option<&str>, place: Option<u32>| Commit {
        cursor: cursor.map(|value| SourceCursor {
            value: Some(json!(value)),
            ..SourceCursor::default()
        }),
        place: place.map(|page| json!({ "page": page })),
        ..Commit::new(app("berita"), "utama", at(0))
    };
    let kept = async || {
        let cursor = store.runs.cursor(&app("berita"), "utama").await;
        let cursor = cursor.expect("a cursor");
        (cursor.value, cursor.place)
    };
    let (first, second) = (Some(json!("a")), Some(json!("b")));
    let page = |number: u32| Some(json!({ "page": number }));
    for (moved, place, expected) in [
        (None, Some(1), (None, page(1))),
        (Some("a"), None, (first.clone(), None)),
        (None, Some(2), (first.clone(), page(2))),
        (None, None, (first.clone(), page(2))),
        (None, Some(3), (first, page(3))),
        (Some("b"), Some(4), (second, None)),
    ] {
        let done = store.items.commit(commit(moved, place)).await;
        done.expect("a commit");
        assert_eq!(kept().await, expected, "{moved:?} {place:?}");
    }
    let held = SourceCursor {
        place: page(5),
        ..SourceCursor::default()
    };
    let runs = store.runs.clone();
    let set = runs.set_cursor(&app("berita"), "utama", held).await;
    set.expect("set");
    assert_eq!(kept().await, (None, page(5)));
    runs.forget(&app("berita")).await.expect("forgotten");
    assert_eq!(kept().await, (None, None));
}

/// A commit that has to wait is not written before its turn, and never where its turn cannot come.
pub async fn commits_in_turn_or_never(site: &dyn Site) {
    let store = site.open();
    let commit = |native: &str| Commit {
        entries: vec![entry(item("berita", native))],
        cursor: Some(SourceCursor {
            value: Some(json!(native)),
            ..SourceCursor::default()
        }),
        ..Commit::new(app("berita"), "utama", at(0))
    };
    let (turn, waits) = oneshot::channel();
    let items = store.items.clone();
    let later = commit("2");
    let later = tokio::spawn(async move { items.commit_in_turn(later, waits).await });
    store.items.commit(commit("1")).await.expect("a commit");
    tokio::task::yield_now().await;
    assert_eq!(store.items.head().await.expect("a seq"), 1);
    turn.send(()).expect("it waits");
    let done = later.await.expect("no panic").expect("a commit");
    assert_eq!((done.new, done.seq), (1, 2));
    let (turn, waits) = oneshot::channel::<()>();
    drop(turn);
    let never = store.items.commit_in_turn(commit("3"), waits).await;
    assert!(matches!(never, Err(StoreError::Closed)), "{never:?}");
    assert_eq!(store.items.head().await.expect("a seq"), 2);
    let cursor = store.runs.cursor(&app("berita"), "utama").await;
    assert_eq!(cursor.expect("a cursor").value, Some(json!("2")));
}

/// A tombstone keeps who the item was and nothing of what it said; the source may bring it back.
pub async fn buries_and_revives(site: &dyn Site) {
    let store = site.open();
    let mut secret = item("berita", "1");
    secret.summary = Some("rahasia".to_owned());
    let secret = sealed(secret);
    admit(&store, [secret.clone()]).await;
    let gone = Tombstones {
        ids: vec![secret.id],
        reason: DeletedReason::Withdrawn,
    };
    let buried = store.items.tombstone(gone.clone(), at(5)).await;
    assert_eq!(buried.expect("a count"), 1);
    let again = store.items.tombstone(gone, at(6)).await;
    assert_eq!(again.expect("a count"), 0);
    let seen = store.items.get(secret.id, &reader(1)).await;
    assert_eq!(seen.expect("an answer"), None);
    let stone = store.items.get_any(secret.id).await.expect("an answer");
    let stone = stone.expect("a tombstone");
    let deleted = stone.deleted.clone().expect("deleted");
    assert_eq!(
        (deleted.at, deleted.reason),
        (at(5).fixed_offset(), DeletedReason::Withdrawn)
    );
    let text = serde_json::to_string(&stone).expect("JSON");
    assert!(!text.contains("rahasia") && !text.contains("Contoh"));

    let back = admit(&store, [secret.clone()]).await;
    assert_eq!((back.new, back.changed, back.unchanged), (1, 0, 0));
    let row = store.items.get(secret.id, &reader(1)).await;
    let row = row.expect("an answer").expect("a row");
    assert_eq!(row.item.summary.as_deref(), Some("rahasia"));
    assert_eq!((row.item.seq, row.item.hash), (back.seq, secret.hash));
}

/// A source's live ids are those that it brought and nobody buried.
pub async fn sweeps_by_source(site: &dyn Site) {
    let store = site.open();
    admit(&store, [item("berita", "1"), item("berita", "2")]).await;
    let mut other = entry(item("berita", "3"));
    other.source = "lain".to_owned();
    let commit = Commit {
        entries: vec![other],
        ..Commit::new(app("berita"), "lain", at(0))
    };
    store.items.commit(commit).await.expect("a commit");
    let gone = Tombstones {
        ids: vec![id("berita", "2")],
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(0)).await.expect("a count");
    for (source, expected) in [("utama", "1"), ("lain", "3")] {
        let ids = store.items.ids_of(&app("berita"), source).await;
        assert_eq!(ids.expect("ids"), [id("berita", expected)]);
        let count = store.items.count_of(&app("berita"), source).await;
        assert_eq!(count.expect("a count"), 1);
    }
    let none = store.items.ids_of(&app("surat"), "utama").await;
    assert!(none.expect("ids").is_empty());
    let none = store.items.count_of(&app("surat"), "utama").await;
    assert_eq!(none.expect("a count"), 0);
}

/// A watcher sees the new `seq` when the change can be read, and none for an unchanged item.
pub async fn wakes_watchers(site: &dyn Site) {
    let store = site.open();
    let mut watch = store.items.watch();
    assert_eq!(*watch.borrow_and_update(), 0);
    let done = admit(&store, [item("berita", "1")]).await;
    watch.changed().await.expect("a change");
    assert_eq!(*watch.borrow_and_update(), done.seq);
    admit(&store, [item("berita", "1")]).await;
    assert!(!watch.has_changed().expect("open"));
}

/// What was written is there after closing and opening; `seq` goes on.
pub async fn survives_reopening(site: &dyn Site) {
    let store = site.open();
    let before = admit(&store, [item("berita", "1")]).await;
    store.upkeep.close().await.expect("closed");
    let refused = store.items.page(crate::PageQuery::ranked(reader(1), at(0)));
    assert!(matches!(refused.await, Err(crate::StoreError::Closed)));
    drop(store);
    let store = site.open();
    assert_eq!(store.items.head().await.expect("a seq"), before.seq);
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 1"]);
    let after = admit(&store, [item("berita", "2")]).await;
    assert!(after.seq > before.seq);
    store.upkeep.check().await.expect("sound");
    let health = store.upkeep.health().await.expect("health");
    assert!(health.writable && health.fault.is_none() && health.bytes > 0);
}

/// An item without a key is nobody's.
pub async fn shows_nobody_what_is_for_nobody(site: &dyn Site) {
    let store = site.open();
    let mut hidden = item("berita", "1");
    hidden.audience = Audience::default();
    let hidden = sealed(hidden);
    admit(&store, [hidden.clone()]).await;
    assert!(titles(&store, &reader(1)).await.is_empty());
    let row = store.items.get(hidden.id, &reader(1)).await;
    assert_eq!(row.expect("an answer"), None);
}

/// A pushed event is known once its commit is, with or without an item, and for as long as a tombstone is.
pub async fn knows_pushed_events(site: &dyn Site) {
    let store = site.open();
    let keys = [EventKey([1; 32]), EventKey([2; 32])];
    let taken = |store: crate::Store| async move {
        let keys = vec![EventKey([1; 32]), EventKey([2; 32])];
        store.items.taken(keys).await.expect("an answer")
    };
    assert_eq!(taken(store.clone()).await, [false, false]);
    let commit = |events: Vec<EventKey>, n| Commit {
        events,
        ..Commit::new(app("berita"), "utama", at(n))
    };
    for n in [0, 100] {
        let done = store.items.commit(commit(keys[..1].to_vec(), n)).await;
        assert_eq!(done.expect("a commit").new, 0);
    }
    assert_eq!(taken(store.clone()).await, [true, false]);
    drop(store);
    let store = site.open();
    assert_eq!(taken(store.clone()).await, [true, false]);
    store.items.purge(at(0)).await.expect("a purge");
    assert_eq!(taken(store.clone()).await, [true, false]);
    store.items.purge(at(50)).await.expect("a purge");
    assert_eq!(taken(store.clone()).await, [false, false]);
}
