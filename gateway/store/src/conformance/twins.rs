//! Items of several apps that are the same thing.

use super::Site;
use super::fixtures::{
    admit, app, at, changes, entry, id, item, item_for, reader, reader_in, sealed, titles,
};
use crate::{Commit, Entry, Filter, Order, PageQuery, Store, Tombstones};
use divos_model::{DeletedReason, Item};
use std::collections::BTreeSet;

/// An announcement with dedupe keys.
fn keyed(slug: &str, native_id: &str, keys: &[&str]) -> Item {
    let mut item = item(slug, native_id);
    item.dedupe = keys.iter().map(|key| (*key).to_owned()).collect();
    sealed(item)
}

/// Admits an item as the authority's.
async fn lead(store: &Store, item: Item) {
    let commit = Commit {
        entries: vec![Entry {
            leads: true,
            ..entry(item.clone())
        }],
        ..Commit::new(item.app, "utama", at(0))
    };
    store.items.commit(commit).await.expect("a commit");
}

async fn also(store: &Store, slug: &str, native_id: &str) -> Vec<String> {
    let row = store.items.get(id(slug, native_id), &reader(1)).await;
    let row = row.expect("an answer").expect("a row");
    row.twins.iter().map(|twin| twin.app.to_string()).collect()
}

/// Of items with a key in common a list shows one, the authority's before the oldest; each leads to the others, and
/// a sync tells them all.
pub async fn one_face_stands_for_all(site: &impl Site) {
    let store = site.open();
    admit(&store, [keyed("arsip", "1", &["letter:7"])]).await;
    admit(&store, [keyed("berita", "2", &["letter:7"])]).await;
    admit(&store, [keyed("berita", "3", &["letter:8"])]).await;
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 1", "Contoh 3"]);
    lead(&store, keyed("surat", "4", &["letter:7"])).await;
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 3", "Contoh 4"]);
    assert_eq!(also(&store, "surat", "4").await, ["arsip", "berita"]);
    assert_eq!(also(&store, "berita", "2").await, ["surat", "arsip"]);
    assert_eq!(also(&store, "berita", "3").await, [""; 0]);
    assert_eq!(
        changes(&store, &reader(1), 0).await.len(),
        4,
        "a sync tells all"
    );
}

/// Where the filter leaves out the face, its twin stands for it.
pub async fn a_filter_that_the_face_does_not_pass_shows_its_twin(site: &impl Site) {
    let store = site.open();
    admit(&store, [keyed("arsip", "1", &["letter:7"])]).await;
    admit(&store, [keyed("berita", "2", &["letter:7"])]).await;
    for (filter, shown) in [
        (Filter::default(), "Contoh 1"),
        (
            Filter {
                apps: vec![app("berita")],
                ..Filter::default()
            },
            "Contoh 2",
        ),
        (
            Filter {
                text: Some("contoh 2".into()),
                ..Filter::default()
            },
            "Contoh 2",
        ),
    ] {
        for order in [Order::Newest, Order::Rank { now: at(0) }] {
            let query = PageQuery {
                filter: filter.clone(),
                order,
                ..PageQuery::ranked(reader(1), at(0))
            };
            let page = store.items.page(query).await.expect("a page");
            let shown_now: Vec<_> = page.rows.iter().map(|row| &*row.item.title).collect();
            assert_eq!(shown_now, [shown], "{filter:?} {order:?}");
        }
    }
}

/// Nobody loses an item to a face that is not for them, and nobody learns of one.
pub async fn whoever_may_not_see_the_face_sees_its_twin(site: &impl Site) {
    let store = site.open();
    let mut secret = item_for("arsip", "1", "kepala");
    secret.dedupe = vec!["letter:7".into()];
    admit(&store, [sealed(secret)]).await;
    admit(&store, [keyed("berita", "2", &["letter:7"])]).await;
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 2"]);
    assert_eq!(also(&store, "berita", "2").await, [""; 0]);
    assert_eq!(titles(&store, &reader_in(2, "kepala")).await, ["Contoh 1"]);
}

/// However keys cross, something stands for every item: from the faces all are found.
pub async fn every_twin_stands_somewhere(site: &impl Site) {
    let store = site.open();
    lead(&store, keyed("a", "1", &["x:1", "y:1"])).await;
    lead(&store, keyed("b", "2", &["y:1", "z:1"])).await;
    lead(&store, keyed("c", "3", &["z:1", "x:1"])).await;
    admit(
        &store,
        [keyed("d", "4", &["z:1"]), keyed("d", "5", &["z:1"])],
    )
    .await;
    let page = store.items.page(PageQuery::ranked(reader(1), at(0))).await;
    let mut met = BTreeSet::new();
    for row in page.expect("a page").rows {
        met.insert(row.item.id);
        met.extend(row.twins.iter().map(|twin| twin.id));
    }
    let all = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("d", "5")];
    assert_eq!(met, all.map(|(slug, native)| id(slug, native)).into());
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 1"]);
}

/// Keys are counted for every two apps, each once.
pub async fn counts_what_apps_share(site: &impl Site) {
    let store = site.open();
    admit(
        &store,
        [
            keyed("arsip", "1", &["x:1"]),
            keyed("arsip", "2", &["x:1", "x:2"]),
        ],
    )
    .await;
    admit(&store, [keyed("berita", "1", &["x:1", "x:2", "x:3"])]).await;
    admit(&store, [keyed("surat", "1", &["x:3"])]).await;
    let shared = store.items.shared().await.expect("counts");
    let counted: Vec<_> = shared
        .into_iter()
        .map(|((one, other), n)| (one.to_string(), other.to_string(), n))
        .collect();
    let pair = |one: &str, other: &str, n| (one.to_owned(), other.to_owned(), n);
    assert_eq!(
        counted,
        [pair("arsip", "berita", 2), pair("berita", "surat", 1)]
    );
}

/// An item that changes its keys or goes is no twin any more; it lives through a reopening.
pub async fn lets_go_of_keys(site: &impl Site) {
    let store = site.open();
    admit(&store, [keyed("arsip", "1", &["x:1"])]).await;
    admit(&store, [keyed("berita", "2", &["x:1"])]).await;
    store.upkeep.close().await.expect("closed");
    let store = site.open();
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 1"]);
    admit(&store, [keyed("arsip", "1", &["x:2"])]).await;
    assert_eq!(titles(&store, &reader(1)).await.len(), 2);
    admit(&store, [keyed("arsip", "1", &["x:1"])]).await;
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 1"]);
    let gone = Tombstones {
        ids: vec![id("arsip", "1")],
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(1)).await.expect("gone");
    assert_eq!(titles(&store, &reader(1)).await, ["Contoh 2"]);
    assert!(store.items.shared().await.expect("counts").is_empty());
}
