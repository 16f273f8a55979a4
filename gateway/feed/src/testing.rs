//! What this crate's tests share: a real store in a temporary directory, a clock that is told the time, and
//! scripted passes in place of apps. Nothing here touches a network.

use crate::admit::Admission;
use crate::board::Board;
use crate::schedule::{Runs, SourceKey, Start, Verdict};
use crate::sync::{Job, Opens, Passes, Sync, Witness};
use crate::units::UnitCache;
use crate::{CursorKey, Live, Reader, Timeline};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use divos_adapters::drift::Shape;
use divos_adapters::{Ask, FetchError, Page, Summary};
use divos_manifest::{Connector, LoadOptions, Source, load_str};
use divos_model::{
    AppId, Audience, AudienceKey, Batch, Body, Clock, FixedClock, Item, ItemId, Kind, PersonId,
    RowFault,
};
use divos_store::{Change, ChangesQuery, Options, Run, Store};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) fn app() -> AppId {
    "surat".parse().expect("a slug")
}

pub(crate) fn key() -> SourceKey {
    SourceKey::new(&app(), "inbox")
}

pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T04:00:00Z")
        .expect("a time")
        .with_timezone(&Utc)
}

/// A connector with one source, `inbox`; `more` holds further keys of the source.
pub(crate) fn connector(deletes: &str, more: &str, privacy: &str) -> Arc<Connector> {
    named("inbox", deletes, more, privacy)
}

/// The same with another name for its source.
pub(crate) fn named(source: &str, deletes: &str, more: &str, privacy: &str) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: surat, title: Surat Masuk, capability: letter, sla: {{ fresh: 30m }} }}\n\
         app: {{ upstreams: [\"http://127.0.0.1:9\"] }}\n\
         sources:\n  {source}:\n    rest: {{ get: /inbox.json }}\n    every: 5m\n    deletes: {deletes}\n{more}\
         \x20   to: task\n    map: {{ id: id, title: title, updated_at: diubah | datetime }}\n\
         privacy: {{ class: internal, audience: everyone{privacy} }}\n"
    );
    let loaded = load_str("surat.yaml", &yaml, LoadOptions::default());
    let said: Vec<String> = loaded
        .faults
        .iter()
        .map(|fault| format!("{fault:?}"))
        .collect();
    Arc::clone(
        loaded
            .get("surat")
            .unwrap_or_else(|| panic!("{yaml}\n{said:#?}")),
    )
}

pub(crate) fn task(n: usize) -> Item {
    titled(n, &format!("Tugas {n}"))
}

pub(crate) fn titled(n: usize, title: &str) -> Item {
    Item::new(
        app(),
        &format!("{n}"),
        title,
        noon().fixed_offset(),
        Body::empty(Kind::Task),
    )
}

pub(crate) fn id(n: usize) -> ItemId {
    ItemId::of(&app(), Kind::Task, &format!("{n}"))
}

pub(crate) fn row_fault(row: usize, native_id: Option<String>) -> RowFault {
    RowFault {
        row,
        native_id,
        field: "title".into(),
        message: "is missing".into(),
    }
}

/// A page as the adapters hand it over.
pub(crate) fn page(items: Vec<Item>, faults: Vec<RowFault>) -> Page {
    let named = faults.iter().filter_map(|fault| fault.native_id.as_deref());
    let named = named.map(|native_id| ItemId::of(&app(), Kind::Task, native_id));
    Page {
        number: 1,
        seen: items.iter().map(|item| item.id).chain(named).collect(),
        raw_rows: items.len() + faults.len(),
        batch: Batch { items, faults },
        cursor_after: None,
        place: None,
        notes: Vec::new(),
        bytes: 100,
    }
}

/// One scripted pass.
pub(crate) struct Pass {
    pub(crate) pages: VecDeque<Result<Page, FetchError>>,
    pub(crate) summary: Summary,
    /// Hangs after its pages instead of ending.
    pub(crate) hangs: bool,
}

impl Pass {
    /// A whole pass over everything, in one page.
    pub(crate) fn full(items: Vec<Item>) -> Self {
        Self::of(vec![page(items, Vec::new())])
    }

    pub(crate) fn of(pages: Vec<Page>) -> Self {
        let summary = Summary {
            complete: true,
            full: true,
            ..Summary::default()
        };
        Self {
            pages: pages.into_iter().map(Ok).collect(),
            summary,
            hangs: false,
        }
    }

    pub(crate) fn fails(mut self, error: FetchError) -> Self {
        self.pages.push_back(Err(error));
        self.summary.complete = false;
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Summary)) -> Self {
        change(&mut self.summary);
        self
    }
}

#[async_trait]
impl Passes for Pass {
    async fn next(&mut self) -> Option<Result<Page, FetchError>> {
        match self.pages.pop_front() {
            None if self.hangs => std::future::pending().await,
            next => next,
        }
    }

    fn summary(&self) -> Summary {
        self.summary.clone()
    }
}

/// Hands out scripted passes, and remembers what was asked.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) passes: Mutex<VecDeque<Pass>>,
    pub(crate) asks: Mutex<Vec<Ask>>,
}

#[async_trait]
impl Opens for Script {
    async fn recorded(&self, _: &Arc<Connector>, _: &Source) -> Option<Shape> {
        None
    }

    fn open(
        &self,
        _: &Arc<Connector>,
        _: &Source,
        ask: Ask,
    ) -> Result<Box<dyn Passes>, FetchError> {
        self.asks.lock().expect("no panic").push(ask);
        Ok(Box::new(
            self.passes
                .lock()
                .expect("no panic")
                .pop_front()
                .expect("a pass"),
        ))
    }

    fn take(
        &self,
        _: &Arc<Connector>,
        _: &Source,
        _: &[serde_json::Value],
    ) -> Result<Page, FetchError> {
        let mut passes = self.passes.lock().expect("no panic");
        let mut pass = passes.pop_front().expect("a pass");
        pass.pages.pop_front().expect("a page")
    }

    fn server(&self, _: &Connector, _: &Source) -> Option<String> {
        None
    }

    fn breaker(&self, _: &AppId) -> &'static str {
        "closed"
    }

    fn forget(&self, _: &AppId) {}
}

/// Remembers the runs that it heard of.
#[derive(Default)]
pub(crate) struct Heard(pub(crate) Mutex<Vec<Run>>);

impl Witness for Heard {
    fn ran(&self, run: &Run) {
        self.0.lock().expect("no panic").push(run.clone());
    }
}

/// A hub's feed without its schedule, over a real store.
pub(crate) struct City {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) board: Arc<Board>,
    pub(crate) script: Arc<Script>,
    pub(crate) heard: Arc<Heard>,
    pub(crate) sync: Arc<Sync>,
    pub(crate) connector: Arc<Connector>,
}

impl City {
    pub(crate) fn new(connector: Arc<Connector>) -> Self {
        Self::open(tempfile::tempdir().expect("a directory"), connector, noon())
    }

    fn open(dir: tempfile::TempDir, connector: Arc<Connector>, at: DateTime<Utc>) -> Self {
        let store = divos_store::open(Options::at(dir.path().join("data"))).expect("a store");
        let clock = Arc::new(FixedClock::at(at));
        let board = Arc::new(Board::default());
        board.put(std::slice::from_ref(&connector), &BTreeMap::new());
        let script = Arc::new(Script::default());
        let heard = Arc::new(Heard::default());
        let sync = Arc::new(Sync {
            admission: Admission::new(Arc::clone(&store.items)),
            items: Arc::clone(&store.items),
            runs: Arc::clone(&store.runs),
            units: UnitCache::new(Arc::clone(&store.people)),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            outside: Arc::clone(&script) as Arc<dyn Opens>,
            board: Arc::clone(&board),
            witness: Arc::clone(&heard) as Arc<dyn Witness>,
            limit: Duration::from_secs(60),
        });
        Self {
            dir,
            store,
            clock,
            board,
            script,
            heard,
            sync,
            connector,
        }
    }

    /// Ends the hub and starts another one on the same directory.
    pub(crate) async fn restart(self) -> Self {
        self.store.upkeep.close().await.expect("closed");
        let Self {
            dir,
            store,
            clock,
            board,
            script,
            heard: _,
            sync,
            connector,
        } = self;
        drop((store, board, script, sync));
        Self::open(dir, connector, clock.now())
    }

    pub(crate) fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Makes one run of the source over a scripted pass.
    pub(crate) async fn run(&self, pass: Pass) -> Verdict {
        self.run_until(pass, CancellationToken::new()).await
    }

    pub(crate) async fn run_until(&self, pass: Pass, cancel: CancellationToken) -> Verdict {
        self.script.passes.lock().expect("no panic").push_back(pass);
        let connector = Arc::clone(&self.connector);
        let source = connector.sources[0].name.clone();
        let key = SourceKey::new(&app(), &source);
        let payload = Arc::new(Job { connector, source });
        self.sync
            .run(Start {
                key,
                payload,
                cancel,
            })
            .await
    }

    /// Carries retention out, as the upkeep does; returns how many items ended.
    pub(crate) async fn retain(&self) -> u64 {
        let now = self.clock.now();
        let ended = crate::upkeep::retain(&self.store, &self.connector, now).await;
        ended.expect("retention")
    }

    /// Lets what was pushed with a lifetime end, as the upkeep does.
    pub(crate) async fn lapse(&self) -> u64 {
        let now = self.clock.now();
        let ended = crate::upkeep::lapse(&self.store, &self.connector, now).await;
        ended.expect("a lifetime")
    }

    pub(crate) fn status(&self) -> crate::SourceStatus {
        self.board.source(&key(), self.clock.now()).expect("a line")
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        self.status()
            .troubles
            .into_iter()
            .map(|trouble| trouble.code)
            .collect()
    }

    pub(crate) fn asks(&self) -> Vec<Ask> {
        self.script.asks.lock().expect("no panic").clone()
    }

    /// The native ids of what is alive, sorted.
    pub(crate) async fn alive(&self) -> Vec<usize> {
        let ids = self.store.items.ids_of(&app(), "inbox").await.expect("ids");
        let mut found = Vec::new();
        for id in ids {
            let item = self
                .store
                .items
                .get_any(id)
                .await
                .expect("read")
                .expect("an item");
            found.push(item.native_id.parse().expect("a number"));
        }
        found.sort_unstable();
        found
    }

    /// What a reader's sync tells from the beginning.
    pub(crate) async fn changes(&self, reader: &Reader) -> Vec<Change> {
        let query = ChangesQuery {
            reader: reader.clone(),
            after: 0,
            limit: 1000,
        };
        self.store
            .items
            .changes(query)
            .await
            .expect("changes")
            .changes
    }

    pub(crate) fn timeline(&self) -> Timeline {
        Timeline {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            key: CursorKey::new(&[7; 32]),
            board: Arc::clone(&self.board),
        }
    }

    pub(crate) fn live(&self) -> Live {
        Live {
            store: self.store.clone(),
        }
    }
}

/// Somebody who is signed in and holds nothing.
pub(crate) fn anybody() -> Reader {
    Reader::new(PersonId::random(), [AudienceKey::Everyone])
}

/// An item for one person only.
pub(crate) fn private(mut item: Item, person: PersonId) -> Item {
    item.audience = Audience::person(person);
    item
}
