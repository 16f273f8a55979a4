//! What is masked for readers who have no need to know, and what time ends.

use super::Site;
use super::fixtures::{app, at, changes, entry, id, item, reader, reader_in, sealed};
use crate::{
    AgedQuery, Change, Commit, Entry, Filter, PageQuery, Reader, Store, Tombstones, Whole,
};
use chrono::TimeDelta;
use divos_model::{AudienceKey, DeletedReason, Item};

/// A word that only those with a need may read.
const CANARY: &str = "Kenari-Rahasia";

/// An announcement whose summary is masked for all but the holders of the role `petugas`.
fn masked(native_id: &str) -> Entry {
    let whole = sealed(Item {
        summary: Some(CANARY.into()),
        ..item("aduan", native_id)
    });
    let shown = Item {
        summary: Some("K***".into()),
        hash: whole.hash,
        ..whole.clone()
    };
    Entry {
        whole: Some(Whole {
            item: Box::new(whole),
            need: vec![AudienceKey::Role("petugas".into())],
        }),
        ..entry(shown)
    }
}

async fn put(store: &Store, entries: Vec<Entry>) {
    let commit = Commit {
        entries,
        ..Commit::new(app("aduan"), "utama", at(0))
    };
    store.items.commit(commit).await.expect("a commit");
}

/// All that a reader gets of the store, as text.
async fn said(store: &Store, reader: &Reader) -> String {
    let page = store
        .items
        .page(PageQuery::ranked(reader.clone(), at(0)))
        .await;
    let one = store.items.get(id("aduan", "1"), reader).await;
    let changes = changes(store, reader, 0).await;
    format!(
        "{:?} {:?} {changes:?}",
        page.expect("a page"),
        one.expect("an answer")
    )
}

/// By every way out of the store a reader without a need gets what is masked, and is told so.
pub async fn masked_for_whoever_has_no_need(site: &impl Site) {
    let store = site.open();
    put(&store, vec![masked("1")]).await;
    let without = said(&store, &reader(1)).await;
    assert!(
        !without.contains(CANARY) && without.contains("K***"),
        "{without}"
    );
    assert_eq!(without.matches("masked: true").count(), 3, "{without}");
    let with = said(&store, &reader_in(2, "petugas")).await;
    assert!(
        !with.contains("K***") && !with.contains("masked: true"),
        "{with}"
    );
    assert_eq!(with.matches(CANARY).count(), 3, "{with}");
    let any = store
        .items
        .get_any(id("aduan", "1"))
        .await
        .expect("an answer");
    assert!(!format!("{any:?}").contains(CANARY));
}

/// A search finds by what everybody may read.
pub async fn never_found_by_what_is_masked(site: &impl Site) {
    let store = site.open();
    put(&store, vec![masked("1")]).await;
    for reader in [reader(1), reader_in(2, "petugas")] {
        for (text, found) in [(CANARY, 0), ("k***", 1)] {
            let query = PageQuery {
                filter: Filter {
                    text: Some(text.into()),
                    ..Filter::default()
                },
                ..PageQuery::ranked(reader.clone(), at(0))
            };
            let page = store.items.page(query).await.expect("a page");
            assert_eq!(page.rows.len(), found, "{text}");
        }
    }
}

/// What is masked changes and goes with its item; another need is a change, the same again is none.
pub async fn changes_and_ends(site: &impl Site) {
    let store = site.open();
    put(&store, vec![masked("1")]).await;
    let head = store.items.head().await.expect("a head");
    put(&store, vec![masked("1")]).await;
    assert_eq!(store.items.head().await.expect("a head"), head);
    let mut others = masked("1");
    others.whole = others.whole.map(|whole| Whole {
        need: vec![AudienceKey::Role("lurah".into())],
        ..whole
    });
    put(&store, vec![others]).await;
    assert!(
        !said(&store, &reader_in(2, "petugas"))
            .await
            .contains(CANARY)
    );
    assert!(said(&store, &reader_in(3, "lurah")).await.contains(CANARY));
    put(&store, vec![entry(sealed(item("aduan", "1")))]).await;
    let plain = said(&store, &reader_in(3, "lurah")).await;
    assert!(!plain.contains(CANARY) && !plain.contains("masked: true"));
}

/// Items are looked through by age part by part, those of every source of the app and of no other's.
pub async fn ages_by_app_in_parts(site: &impl Site) {
    let store = site.open();
    let aged = |slug: &str, n: i64| {
        let mut item = item(slug, &n.to_string());
        item.updated_at = (at(0) - TimeDelta::days(n)).fixed_offset();
        sealed(item)
    };
    for (slug, source) in [
        ("aduan", "utama"),
        ("aduan", "lama"),
        ("aduan-dua", "utama"),
    ] {
        let numbers = if source == "lama" { 10..20 } else { 0..10 };
        let commit = Commit {
            entries: numbers.map(|n| Entry::new(aged(slug, n), source)).collect(),
            ..Commit::new(app(slug), source, at(0))
        };
        store.items.commit(commit).await.expect("a commit");
    }
    let mut query = AgedQuery {
        app: app("aduan"),
        source: None,
        before: at(0) - TimeDelta::hours(15 * 24 + 1),
        after: None,
        limit: 3,
    };
    let (mut found, mut parts) = (Vec::new(), 0);
    loop {
        let part = store.items.aged(query.clone()).await.expect("a part");
        assert!(part.ids.len() <= 3);
        parts += 1;
        found.extend(part.ids);
        match part.next {
            Some(place) => query.after = Some(place),
            None => break,
        }
    }
    found.sort();
    let mut expected: Vec<_> = (16..20).map(|n| id("aduan", &n.to_string())).collect();
    expected.sort();
    assert_eq!((found, parts), (expected, 7));
    for (source, count) in [("lama", 4), ("utama", 0), ("lam", 0)] {
        let query = AgedQuery {
            source: Some(source.to_owned()),
            after: None,
            limit: 100,
            ..query.clone()
        };
        let part = store.items.aged(query).await.expect("a part");
        assert_eq!(part.ids.len(), count, "{source}");
    }
}

/// Of an item whose retention ended nothing is kept but that it was; its readers are told why.
pub async fn nothing_of_what_is_retired_stays(site: &impl Site) {
    let store = site.open();
    let mut personal = masked("51710101");
    personal.item.state_label = Some(CANARY.into());
    personal.item.dedupe = vec![format!("nik:{CANARY}")];
    let known = personal.item.id;
    put(&store, vec![personal]).await;
    let gone = Tombstones {
        ids: vec![known],
        reason: DeletedReason::Retention,
    };
    assert_eq!(
        store
            .items
            .tombstone(gone.clone(), at(1))
            .await
            .expect("gone"),
        1
    );
    assert_eq!(
        store.items.tombstone(gone, at(2)).await.expect("gone"),
        0,
        "once"
    );
    let stone = store
        .items
        .get_any(known)
        .await
        .expect("an answer")
        .expect("a stone");
    let text = format!("{stone:?}");
    for word in [CANARY, "51710101", "Contoh", "K***"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert_eq!(stone.hash, divos_model::ContentHash::from_bytes([0; 32]));
    let told = changes(&store, &reader(1), 0).await;
    let ended = |change: &Change| matches!(change, Change::Gone { id, reason: DeletedReason::Retention, .. } if *id == known);
    assert!(told.iter().any(ended), "{told:?}");
}
