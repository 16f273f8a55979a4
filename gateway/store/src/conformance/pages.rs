//! Pages: exactly what the model says, in its order, without a row twice or left out.

use super::Site;
use super::fixtures::{admit, at, item, reader, sealed};
use super::model::{Dice, Kept, Marked, Model, random_entry, random_query, random_reader};
use crate::{Commit, Order, PageQuery, StateChange, Store, Tombstones};
use divos_model::{DeletedReason, ItemId};
use std::collections::BTreeMap;

/// Reads a query to its end, page by page.
async fn read_all(store: &Store, query: &PageQuery) -> Vec<ItemId> {
    let mut query = query.clone();
    let mut ids = Vec::new();
    for _ in 0..10_000 {
        let page = store.items.page(query.clone()).await.expect("a page");
        assert!(page.rows.len() <= query.limit);
        ids.extend(page.rows.iter().map(|row| row.item.id));
        // A position goes through the API as JSON.
        let json = serde_json::to_string(&page.next).expect("JSON");
        query.after = serde_json::from_str(&json).expect("a position");
        if query.after.is_none() {
            return ids;
        }
    }
    panic!("the pages do not end");
}

/// Items come, change, go and are marked at random; each round, random queries of random readers are
/// read to their end and compared with the model.
pub async fn pages_are_what_the_model_says(site: &dyn Site) {
    let store = site.open();
    let mut model = Model::default();
    let mut full = 0;
    for round in 0..40 {
        let mut dice = Dice(round);
        change_some(&store, &mut model, &mut dice).await;
        mark_some(&store, &mut model, &mut dice).await;
        for _ in 0..12 {
            let reader = random_reader(&mut dice);
            let query = random_query(&mut dice, reader);
            let expected = model.page(&query);
            full += usize::from(!expected.is_empty());
            let found = read_all(&store, &query).await;
            assert_eq!(found, expected, "round {round}, {query:?}");
        }
    }
    assert!(full > 150, "the queries find too little to prove anything");
}

async fn change_some(store: &Store, model: &mut Model, dice: &mut Dice) {
    let mut by_app: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for _ in 0..25 {
        let entry = random_entry(dice);
        let entries = by_app.entry(entry.item.app.clone()).or_default();
        entries.retain(|one: &crate::Entry| one.item.id != entry.item.id);
        entries.push(entry);
    }
    for (app, entries) in by_app {
        entries.iter().cloned().for_each(|entry| model.admit(entry));
        let commit = Commit {
            entries,
            ..Commit::new(app, "utama", at(0))
        };
        store.items.commit(commit).await.expect("a commit");
    }
    let mut ids = Vec::new();
    for _ in 0..4 {
        let place = dice.roll(model.items.len() as u64) as usize;
        model.items[place].alive = false;
        ids.push(model.items[place].entry.item.id);
    }
    let gone = Tombstones {
        ids,
        reason: DeletedReason::Removed,
    };
    store.items.tombstone(gone, at(0)).await.expect("a count");
}

async fn mark_some(store: &Store, model: &mut Model, dice: &mut Dice) {
    for _ in 0..15 {
        let kept: Kept = dice.pick(&model.items);
        let id = kept.entry.item.id;
        let reader = random_reader(dice);
        let until = dice.one_in(2).then(|| at(dice.roll(20) as i64 - 10));
        let flip = |dice: &mut Dice| dice.pick(&[None, Some(true), Some(true), Some(false)]);
        let change = StateChange {
            seen: dice.one_in(2).then_some(Some(kept.entry.item.hash)),
            done: flip(dice),
            pinned: flip(dice),
            snoozed_until: dice.one_in(2).then_some(until),
            muted: flip(dice),
        };
        let marked = store.items.mark(&reader, id, change.clone(), at(0)).await;
        if marked.is_err() {
            continue;
        }
        let mark: &mut Marked = model.marks.entry((reader.person, id)).or_default();
        if change.seen.is_some() {
            mark.seen = Some(kept.version);
        }
        mark.done = change.done.unwrap_or(mark.done);
        mark.pinned = change.pinned.unwrap_or(mark.pinned);
        mark.snoozed = change.snoozed_until.unwrap_or(mark.snoozed);
        mark.muted = change.muted.unwrap_or(mark.muted);
    }
}

/// What is overdue is decided on the first page and stays so on the others.
pub async fn ranks_overdue_first_as_of_the_first_page(site: &dyn Site) {
    let store = site.open();
    let due = |native: &str, minutes: i64, priority| {
        let mut item = item("surat", native);
        item.due_at = Some(at(minutes).fixed_offset());
        item.priority = priority;
        sealed(item)
    };
    use divos_model::Priority::{Low, Urgent};
    let items = [
        due("mendesak", 60, Some(Urgent)),
        due("lewat", -5, Some(Low)),
        due("segera", 5, None),
        item("surat", "biasa"),
    ];
    admit(&store, items).await;
    let natives = |rows: &[crate::Row]| -> Vec<String> {
        rows.iter().map(|row| row.item.native_id.clone()).collect()
    };
    let first = PageQuery {
        limit: 2,
        ..PageQuery::ranked(reader(1), at(0))
    };
    let page = store.items.page(first.clone()).await.expect("a page");
    assert_eq!(natives(&page.rows), ["lewat", "mendesak"]);
    // Ten minutes later another one is overdue, but the list that is being read stays as it was.
    let later = PageQuery {
        after: page.next,
        order: Order::Rank { now: at(10) },
        now: at(10),
        ..first.clone()
    };
    let page = store.items.page(later).await.expect("a page");
    assert_eq!(natives(&page.rows), ["segera", "biasa"]);
    assert_eq!(page.next, None);
    let fresh = PageQuery {
        order: Order::Rank { now: at(10) },
        ..first
    };
    let page = store.items.page(fresh).await.expect("a page");
    assert_eq!(natives(&page.rows), ["segera", "lewat"]);
}

/// A scan that looks at one candidate at a time still reaches everything.
pub async fn a_short_scan_still_reaches_everything(site: &dyn Site) {
    let store = site.open();
    admit(&store, (0..30).map(|n| item("berita", &n.to_string()))).await;
    for order in [Order::Rank { now: at(0) }, Order::Newest, Order::Seq] {
        let query = PageQuery {
            order,
            scan: 1,
            limit: 4,
            ..PageQuery::ranked(reader(1), at(0))
        };
        assert_eq!(read_all(&store, &query).await.len(), 30);
    }
}

/// A page that holds the last row says so.
pub async fn a_page_never_ends_for_nothing(site: &dyn Site) {
    let store = site.open();
    admit(&store, (0..10).map(|n| item("berita", &n.to_string()))).await;
    for (limit, more) in [(9, true), (10, false), (11, false)] {
        let query = PageQuery {
            limit,
            ..PageQuery::ranked(reader(1), at(0))
        };
        let page = store.items.page(query).await.expect("a page");
        assert_eq!(page.rows.len(), limit.min(10));
        assert_eq!(page.next.is_some(), more, "limit {limit}");
    }
}
