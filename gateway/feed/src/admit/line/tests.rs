//! Lines of pages before a real store: their order, and what becomes of those behind one that fails.

use super::*;
use crate::admit::clean;
use crate::testing::{app, id, noon, task, titled};
use crate::{Reader, Units};
use divos_model::{Audience, AudienceKey, DeletedReason, Item, PersonId};
use divos_store::{Change, ChangesQuery, Options, Store, Tombstones};
use std::sync::Arc;

/// A store in a directory of its own, and the line of one source before it.
struct Pass {
    store: Store,
    line: Line,
    rules: Arc<Rules>,
    _dir: tempfile::TempDir,
}

impl Pass {
    fn new(max_bytes: Option<u64>) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut options = Options::at(dir.path());
        options.max_bytes = max_bytes;
        let store = divos_store::open(options).expect("a store");
        Self {
            line: Admission::new(Arc::clone(&store.items)).line(),
            store,
            rules: Arc::new(Rules::new(app(), "inbox", Audience::everyone(), noon())),
            _dir: dir,
        }
    }

    /// Takes a page as a pass does; returns how many items it did not have to write.
    async fn take(&mut self, items: Vec<Item>, gone: Vec<ItemId>) -> Result<u64, StoreError> {
        let units = Arc::new(Units::default());
        self.line.proceed().await?;
        let mut page = clean(items, &self.rules, &units).await;
        self.line.sift(&mut page, &gone, &self.rules).await?;
        let reason = DeletedReason::Removed;
        let commit = Commit {
            entries: page.entries,
            gone: (!gone.is_empty()).then_some(Tombstones { ids: gone, reason }),
            ..Commit::new(app(), "inbox", noon())
        };
        self.line.push(commit, 1_000);
        Ok(page.tally.unchanged)
    }

    /// The titles of what is alive, in the order in which it was written.
    async fn written(&self) -> Vec<String> {
        let query = ChangesQuery {
            reader: Reader::new(PersonId::random(), [AudienceKey::Everyone]),
            after: 0,
            limit: 1_000,
        };
        let changes = self.store.items.changes(query).await.expect("changes");
        let title = |change| match change {
            Change::Item(row) => Some(row.item.title),
            Change::Gone { .. } => None,
        };
        changes.changes.into_iter().filter_map(title).collect()
    }
}

fn titles(numbers: impl IntoIterator<Item = usize>) -> Vec<String> {
    numbers.into_iter().map(|n| task(n).title).collect()
}

/// More than a store of half a megabyte holds.
fn too_much() -> Vec<Item> {
    let fat = |n| Item {
        summary: Some("Contoh ".repeat(250)),
        ..task(n)
    };
    (1_000..1_500).map(fat).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_written_in_their_order_and_the_last_is_handed_back() {
    let mut pass = Pass::new(None);
    for page in 0..40 {
        let items = (page * 5..page * 5 + 5).map(task).collect();
        pass.take(items, vec![]).await.expect("taken");
    }
    let line = std::mem::replace(&mut pass.line, Pass::new(None).line);
    let (_, held) = line.last().await.expect("written");
    let held: Vec<_> = held.expect("a commit").entries;
    let kept = 200 - held.len();
    assert_eq!(pass.written().await, titles(0..kept));
    let held = held.into_iter().map(|entry| entry.item.title);
    assert_eq!(held.collect::<Vec<_>>(), titles(kept..200));
}

#[tokio::test]
async fn an_item_that_is_on_its_way_is_compared_with_what_it_will_be() {
    let mut pass = Pass::new(None);
    let said = |title: &str| vec![titled(1, title)];
    assert_eq!(pass.take(said("Lama"), vec![]).await.expect("taken"), 0);
    pass.line.settle().await.expect("written");
    // It changes and changes back, on two pages.
    assert_eq!(pass.take(said("Baru"), vec![]).await.expect("taken"), 0);
    assert_eq!(pass.take(said("Lama"), vec![]).await.expect("taken"), 0);
    pass.line.settle().await.expect("written");
    assert_eq!(pass.written().await, ["Lama"]);
    // It goes and comes back.
    pass.take(vec![], vec![id(1)]).await.expect("taken");
    assert_eq!(pass.take(said("Lama"), vec![]).await.expect("taken"), 0);
    pass.line.settle().await.expect("written");
    assert_eq!(pass.written().await, ["Lama"]);
    // It comes and goes.
    pass.take(said("Lagi"), vec![]).await.expect("taken");
    pass.take(vec![], vec![id(1)]).await.expect("taken");
    pass.line.settle().await.expect("written");
    assert!(pass.written().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_page_that_cannot_be_written_none_is() {
    let mut pass = Pass::new(Some(512 << 10));
    pass.take(vec![task(1)], vec![]).await.expect("taken");
    pass.line.settle().await.expect("written");
    pass.take(too_much(), vec![]).await.expect("taken");
    // Sent off behind it, and small enough to be written.
    pass.take(vec![task(2)], vec![]).await.expect("taken");
    pass.line.send_off();
    pass.take(vec![task(3)], vec![])
        .await
        .expect("not yet known");
    let failed = pass.line.settle().await;
    assert!(matches!(failed, Err(StoreError::Full)), "{failed:?}");
    pass.line.settle().await.expect("nothing is left");
    assert_eq!(pass.written().await, titles([1]));
    assert!(
        pass.take(vec![task(4)], vec![]).await.is_ok() && pass.line.settle().await.is_err(),
        "the line stays shut"
    );
    assert_eq!(pass.written().await, titles([1]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_pages_come_few_wait() {
    let mut pass = Pass::new(None);
    for page in 0..60 {
        let items = (page * 200..page * 200 + 200).map(task).collect();
        pass.take(items, vec![]).await.expect("taken");
        let waiting = pass.line.waiting.as_ref().map_or(0, |one| one.ids.len());
        let under_way: usize = pass.line.under_way.iter().map(|one| one.ids.len()).sum();
        assert!(pass.line.under_way.len() <= UNDER_WAY);
        assert!(waiting < FULL_ITEMS + 200, "{waiting} wait");
        assert!(under_way < UNDER_WAY * (FULL_ITEMS + 200));
    }
    pass.line.settle().await.expect("written");
    let ids = pass.store.items.ids_of(&app(), "inbox").await;
    assert_eq!(ids.expect("ids").len(), 12_000);
}

#[tokio::test]
async fn where_all_lines_are_crowded_each_has_one_commit_under_way() {
    let mut pass = Pass::new(None);
    let load = pass.line.admission.load.clone();
    let others = load.share(CROWDED);
    for n in 0..8 {
        pass.take(vec![task(n)], vec![]).await.expect("taken");
        assert!(pass.line.under_way.len() <= 1, "page {n}");
    }
    drop(others);
    pass.line.settle().await.expect("written");
    assert_eq!(pass.written().await.len(), 8);
    assert_eq!(load.0.load(Ordering::Relaxed), 0, "all is given back");
}
