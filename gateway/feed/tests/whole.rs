//! The whole feed: connectors, adapters, schedule, store and timeline, over a transport that answers from memory.

use async_trait::async_trait;
use bytes::Bytes;
use divos_adapters::{Call, Outbound, Pseudonym, Reply, Transport, Trouble, World};
use divos_feed::{
    AppState, CursorKey, Feed, FeedWorld, Filter, Outside, Reader, RunNow, ScheduleLimits,
    SourceState, SourceStatus,
};
use divos_manifest::{Connector, Fetch, LoadOptions, load_str};
use divos_model::{AppId, AudienceKey, Clock, Lang, PersonId, SystemClock};
use divos_store::{Options, Store};
use http::{HeaderMap, StatusCode, header};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Answers for each host, and counts what was asked.
#[derive(Debug, Default)]
struct Memory {
    answers: Mutex<HashMap<String, (u16, String)>>,
    asked: Mutex<HashMap<String, usize>>,
}

impl Memory {
    fn answers(&self, host: &str, status: u16, body: &str) {
        let answer = (status, body.to_owned());
        self.answers
            .lock()
            .expect("no panic")
            .insert(host.to_owned(), answer);
    }

    fn asked(&self, host: &str) -> usize {
        self.asked
            .lock()
            .expect("no panic")
            .get(host)
            .copied()
            .unwrap_or_default()
    }
}

#[async_trait]
impl Transport for Memory {
    async fn send(&self, call: &Call) -> Result<Reply, Trouble> {
        let host = call.url.host_str().unwrap_or_default().to_owned();
        *self
            .asked
            .lock()
            .expect("no panic")
            .entry(host.clone())
            .or_default() += 1;
        let answer = self.answers.lock().expect("no panic").get(&host).cloned();
        let Some((status, body)) = answer else {
            return std::future::pending().await;
        };
        let kind = if body.starts_with('<') {
            "text/html"
        } else {
            "application/json"
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().expect("a header"));
        Ok(Reply {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body: Bytes::from(body).into(),
            url: call.url.clone(),
            close_delimited: false,
        })
    }
}

fn connector(name: &str, title: &str) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: {name}, title: Aplikasi {name} }}\n\
         app: {{ upstreams: [\"http://{name}.example\"], retries: 0 }}\n\
         sources:\n  tugas:\n    rest: {{ get: /tugas.json }}\n    every: 1h\n    deletes: sweep\n    to: task\n\
         \x20   map: {{ id: id, title: {title}, updated_at: diubah | datetime, web: \"'/t/' ~ id\" }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    let loaded = load_str(&format!("{name}.yaml"), &yaml, LoadOptions::default());
    let said: Vec<String> = loaded
        .faults
        .iter()
        .map(|fault| format!("{fault:?}"))
        .collect();
    Arc::clone(
        loaded
            .get(name)
            .unwrap_or_else(|| panic!("{yaml}\n{said:#?}")),
    )
}

fn rows(count: usize) -> String {
    let row = |n: usize| {
        format!(r#"{{"id":{n},"judul":"Tugas {n}","diubah":"2026-11-24T08:00:00+08:00"}}"#)
    };
    format!("[{}]", (0..count).map(row).collect::<Vec<_>>().join(","))
}

fn open(dir: &Path) -> Store {
    divos_store::open(Options::at(dir.join("data"))).expect("a store")
}

async fn start(store: &Store, memory: &Arc<Memory>, connectors: Vec<Arc<Connector>>) -> Feed {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let http = Outbound::new(Arc::clone(memory) as Arc<dyn Transport>, Arc::clone(&clock));
    let pseudonym = Arc::new(Pseudonym::new(vec![7; 32]));
    let world = World {
        http: Arc::new(http),
        clock: Arc::clone(&clock),
        pseudonym,
    };
    let limits = ScheduleLimits {
        first_spread: Duration::ZERO,
        grace: Duration::from_millis(200),
        ..ScheduleLimits::default()
    };
    let world = FeedWorld {
        store: store.clone(),
        clock,
        outside: Arc::new(Outside::new(world)),
        witness: Arc::new(()),
        cursor_key: CursorKey::new(&[9; 32]),
        limits,
        seed: Some(1),
    };
    Feed::start(world, connectors).await.expect("a feed")
}

fn id(app: &str) -> AppId {
    app.parse().expect("a slug")
}

/// Waits until a source is as it should be; fails where it never is.
async fn until(feed: &Feed, app: &str, fits: impl Fn(&SourceStatus) -> bool) -> SourceStatus {
    let wait = async {
        loop {
            if let Some(status) = feed.operations().source(&id(app), "tugas")
                && fits(&status)
            {
                return status;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .unwrap_or_else(|_| {
            panic!("{app}: {:#?}", feed.operations().source(&id(app), "tugas"));
        })
}

async fn titles(feed: &Feed, app: &str) -> Vec<String> {
    let reader = Reader::new(PersonId::random(), [AudienceKey::Everyone]);
    let filter = Filter {
        app: Some(id(app)),
        ..Filter::default()
    };
    let page = feed
        .timeline()
        .page(&reader, &filter, None, 50)
        .await
        .expect("a page");
    let mut titles: Vec<_> = page
        .items
        .into_iter()
        .map(|shown| shown.item.title)
        .collect();
    titles.sort();
    titles
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn good_apps_are_read_whatever_the_others_do() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, memory) = (open(dir.path()), Arc::new(Memory::default()));
    memory.answers("baik.example", 200, &rows(3));
    memory.answers("kunci.example", 401, "{}");
    memory.answers("halaman.example", 200, "<html><title>Masuk</title></html>");
    let apps = ["diam", "kunci", "halaman", "baik"].map(|app| connector(app, "judul"));
    let feed = start(&store, &memory, apps.to_vec()).await;
    let good = until(&feed, "baik", |s| {
        s.last_ok.is_some() && s.state == SourceState::Waiting
    })
    .await;
    assert_eq!((good.items, good.troubles.len(), good.stale), (3, 0, false));
    assert!(good.next_run.is_some());
    assert_eq!(
        titles(&feed, "baik").await,
        ["Tugas 0", "Tugas 1", "Tugas 2"]
    );
    let refused = until(&feed, "kunci", |s| s.state == SourceState::Failing).await;
    assert_eq!(refused.troubles[0].code, "unauthorized");
    assert!(refused.troubles[0].sentence(Lang::Id).contains("401"));
    let page = until(&feed, "halaman", |s| s.failures > 0).await;
    assert_eq!(page.troubles[0].code, "not_json");
    until(&feed, "diam", |s| s.state == SourceState::Running).await;
    let health: HashMap<_, _> = feed
        .operations()
        .health()
        .into_iter()
        .map(|h| (h.app.to_string(), h.state))
        .collect();
    assert_eq!(
        (health["baik"], health["kunci"]),
        (AppState::Up, AppState::Never)
    );
    feed.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_mends_a_connector_while_the_feed_runs() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, memory) = (open(dir.path()), Arc::new(Memory::default()));
    memory.answers("satu.example", 200, &rows(2));
    memory.answers("dua.example", 200, &rows(2));
    let (satu, dua) = (connector("satu", "judul"), connector("dua", "juduul"));
    let feed = start(&store, &memory, vec![Arc::clone(&satu), dua]).await;
    let broken = until(&feed, "dua", |s| s.last_ok.is_some()).await;
    assert_eq!(
        broken.row_faults, 2,
        "a field that is not there is a row fault"
    );
    until(&feed, "satu", |s| {
        s.state == SourceState::Waiting && s.last_ok.is_some()
    })
    .await;
    feed.replace(vec![Arc::clone(&satu), connector("dua", "judul")])
        .await
        .expect("swapped");
    until(&feed, "dua", |s| s.row_faults == 0 && s.items == 2).await;
    assert_eq!(titles(&feed, "dua").await, ["Tugas 0", "Tugas 1"]);
    assert_eq!(
        memory.asked("satu.example"),
        1,
        "what did not change is not read again"
    );
    memory.answers("satu.example", 200, &rows(3));
    let tugas = "tugas";
    assert_eq!(
        feed.operations().run_now(&id("satu"), tugas).await,
        RunNow::Queued
    );
    until(&feed, "satu", |s| s.items == 3).await;
    feed.replace(vec![satu]).await.expect("swapped");
    assert_eq!(feed.operations().source(&id("dua"), tugas), None);
    assert_eq!(
        feed.operations().run_now(&id("dua"), tugas).await,
        RunNow::Unknown
    );
    assert_eq!(titles(&feed, "dua").await.len(), 2, "its items stay");
    feed.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_remembers_how_the_sources_fared() {
    let dir = tempfile::tempdir().expect("a directory");
    let memory = Arc::new(Memory::default());
    memory.answers("baik.example", 200, &rows(3));
    memory.answers("kunci.example", 403, "{}");
    let apps = || vec![connector("baik", "judul"), connector("kunci", "judul")];
    let store = open(dir.path());
    let feed = start(&store, &memory, apps()).await;
    until(&feed, "baik", |s| s.last_ok.is_some()).await;
    until(&feed, "kunci", |s| s.state == SourceState::Failing).await;
    feed.stop().await;
    let kept = store.runs.status(&id("baik"), "tugas").await;
    let mut kept = kept.expect("read").expect("a status");
    kept.items = 77;
    store.runs.save(kept, None).await.expect("saved");
    store.upkeep.close().await.expect("closed");
    drop((feed, store));
    memory.answers("kunci.example", 200, &rows(1));
    let store = open(dir.path());
    let feed = start(&store, &memory, apps()).await;
    let good = feed
        .operations()
        .source(&id("baik"), "tugas")
        .expect("a line");
    assert!(good.last_ok.is_some() && good.items == 3, "{good:#?}");
    until(&feed, "kunci", |s| s.items == 1 && s.failures == 0).await;
    assert_eq!(memory.asked("baik.example"), 1, "not due before its hour");
    let runs = feed
        .operations()
        .runs(&id("kunci"), "tugas", 9)
        .await
        .expect("runs");
    assert_eq!(runs.len(), 2);
    feed.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_without_an_address_is_neither_read_nor_judged_until_it_has_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let (store, memory) = (open(dir.path()), Arc::new(Memory::default()));
    for app in ["baik", "belum", "sendiri"] {
        memory.answers(&format!("{app}.example"), 200, &rows(2));
    }
    let (baik, belum) = (connector("baik", "judul"), connector("belum", "judul"));
    let mut nowhere = Arc::clone(&belum);
    Arc::make_mut(&mut nowhere).app.upstreams.clear();
    let mut own = connector("sendiri", "judul");
    let alone = Arc::make_mut(&mut own);
    let base = alone.app.upstreams.pop();
    let (Fetch::Rest(request) | Fetch::Feed(request)) = &mut alone.sources[0].fetch else {
        panic!("a request");
    };
    request.base = base;
    let set = vec![Arc::clone(&baik), nowhere, own];
    let feed = start(&store, &memory, set.clone()).await;
    until(&feed, "baik", |s| s.last_ok.is_some()).await;
    until(&feed, "sendiri", |s| s.items == 2).await;
    let judged = |feed: &Feed| -> Vec<String> {
        let health = feed.operations().health().into_iter();
        health.map(|health| health.app.to_string()).collect()
    };
    let operations = feed.operations();
    assert_eq!(judged(&feed), ["baik", "sendiri"]);
    assert_eq!(operations.sources().len(), 2);
    assert_eq!(operations.app(&id("belum")), None);
    assert_eq!(
        operations.run_now(&id("belum"), "tugas").await,
        RunNow::Unknown
    );
    assert_eq!(operations.run_app_now(&id("belum")).await, []);
    assert_eq!(stale_apps(&feed).await, [""; 0]);
    assert_eq!(memory.asked("belum.example"), 0);
    let given = vec![Arc::clone(&baik), belum];
    feed.replace(given).await.expect("swapped");
    until(&feed, "belum", |s| s.items == 2).await;
    assert_eq!(judged(&feed), ["baik", "belum"]);
    feed.replace(set).await.expect("swapped");
    assert_eq!(operations.source(&id("belum"), "tugas"), None);
    assert_eq!(titles(&feed, "belum").await.len(), 2, "its items stay");
    feed.stop().await;
}

async fn stale_apps(feed: &Feed) -> Vec<String> {
    let reader = Reader::new(PersonId::random(), [AudienceKey::Everyone]);
    let page = feed
        .timeline()
        .page(&reader, &Filter::default(), None, 50)
        .await
        .expect("a page");
    let stale = page.stale_apps.into_iter();
    stale.map(|stale| stale.app.to_string()).collect()
}
