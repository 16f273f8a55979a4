//! What is deleted, over every kind of source and every policy: the kind makes no difference.
//!
//! A mailbox has a server of its own and is looked at where that is (the adapters' suite).

mod documents;

use super::*;
use crate::schedule::Start;
use crate::sync::{Inbox, Outside, Pushed};
use divos_adapters::{Call, Outbound, Pseudonym, Reply, Transport, World};
use divos_manifest::{Fetch, LoadOptions, StaticSecrets, load_str};
use divos_store::EventKey;
use documents::{KINDS, Kind, Row, status};
use serde_json::json;
use std::path::Path;
use std::sync::Mutex;

/// An app that holds a document, on the wire or in a folder.
#[derive(Debug, Default)]
struct Desk(Mutex<Vec<u8>>);

#[async_trait]
impl Transport for Desk {
    async fn send(&self, call: &Call) -> Result<Reply, Fetching> {
        Ok(Reply {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::from(self.0.lock().expect("no panic").clone()).into(),
            url: call.url.clone(),
            close_delimited: false,
        })
    }
}

/// An app with one source, `inbox`.
fn connector(way: &str, id: &str, deletes: &str, folder: &Path) -> Arc<Connector> {
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\n\
         metadata: {{ name: surat, title: Surat Masuk, capability: letter }}\n\
         app: {{ upstreams: [\"http://app.example\"], retries: 0 }}\n\
         sources:\n  inbox:\n    {way}\n    deletes: {deletes}\n\
         \x20   to: task\n    map: {{ id: {id} | string, title: \"coalesce(title, summary, 'Baris')\" }}\n\
         privacy: {{ class: internal, audience: everyone }}\n"
    );
    let file = format!("sqlite://{}/data.db", folder.display());
    let secrets = [
        ("surat/dsn".to_owned(), file.as_str()),
        ("surat/token".to_owned(), "contoh"),
    ];
    let options = LoadOptions {
        secrets: Some(Arc::new(secrets.into_iter().collect::<StaticSecrets>())),
    };
    let loaded = load_str("surat.yaml", &yaml, options);
    let found = loaded.get("surat").cloned();
    found.unwrap_or_else(|| panic!("{yaml}\n{:?}", loaded.faults))
}

/// Reads the files of a folder, as an overlay would have it, instead of asking.
fn watch(connector: &mut Connector, folder: &Path) {
    let Fetch::Csv(request, _) = &mut connector.sources[0].fetch else {
        panic!("a table");
    };
    request.files = Some(folder.join("data-*.csv"));
}

/// A feed over the real adapters.
fn city(connector: Arc<Connector>, desk: &Arc<Desk>) -> City {
    let mut city = City::new(connector);
    let http = Outbound::new(desk.clone(), city.clock.clone());
    let outside = Outside::new(World {
        http: Arc::new(http),
        clock: city.clock.clone(),
        pseudonym: Arc::new(Pseudonym::new(vec![7; 32])),
    });
    Arc::get_mut(&mut city.sync).expect("only ours").outside = Arc::new(outside);
    city
}

/// Lets the app hold these rows and reads it.
async fn pass(city: &City, desk: &Desk, kind: &Kind, folder: &Path, rows: &[Row]) -> Vec<usize> {
    let answer = (kind.answer)(rows);
    match kind.name {
        "files" => std::fs::write(folder.join("data-1.csv"), &answer).expect("written"),
        "sql" => {
            let database = rusqlite::Connection::open(folder.join("data.db"));
            let script = String::from_utf8(answer.clone()).expect("text");
            database
                .expect("a database")
                .execute_batch(&script)
                .expect("filled");
        }
        _ => {}
    }
    *desk.0.lock().expect("no panic") = answer;
    let payload = Arc::new(Job {
        connector: Arc::clone(&city.connector),
        source: "inbox".to_owned(),
    });
    let start = Start {
        key: key(),
        payload,
        cancel: CancellationToken::new(),
    };
    let verdict = city.sync.run(start).await;
    assert_eq!(verdict, Verdict::Ok, "{}: {:#?}", kind.name, city.status());
    city.alive().await
}

#[tokio::test]
async fn every_policy_means_the_same_over_every_kind_of_source() {
    let rows =
        |numbers: std::ops::RangeInclusive<u8>| numbers.map(|n| (n, false)).collect::<Vec<Row>>();
    let flagged = [&rows(1..=9)[..], &[(10, true)]].concat();
    let (ten, nine): (Vec<usize>, Vec<usize>) = ((1..=10).collect(), (1..=9).collect());
    for kind in KINDS {
        for policy in ["sweep", "tombstone", "ttl", "never"] {
            let deletes = match policy {
                "tombstone" => format!("{{ tombstone: \"{}\" }}", kind.gone),
                "ttl" => "{ ttl: 48h }".to_owned(),
                plain => plain.to_owned(),
            };
            let dir = tempfile::tempdir().expect("a folder");
            let (folder, desk) = (dir.path(), Arc::<Desk>::default());
            let mut connector = connector(kind.way, kind.id, &deletes, folder);
            if kind.name == "files" {
                watch(Arc::make_mut(&mut connector), folder);
            }
            let city = city(connector, &desk);
            let cell = format!("{} with {policy}", kind.name);
            let kept = |by: &[&str]| {
                if by.contains(&policy) {
                    nine.clone()
                } else {
                    ten.clone()
                }
            };
            let read = async |rows: &[Row]| pass(&city, &desk, kind, folder, rows).await;
            assert_eq!(read(&rows(1..=10)).await, ten, "{cell}: all");
            assert_eq!(
                read(&rows(1..=9)).await,
                kept(&["sweep"]),
                "{cell}: one is absent"
            );
            assert_eq!(
                read(&flagged).await,
                kept(&["tombstone"]),
                "{cell}: one is called gone"
            );
            city.later(TimeDelta::hours(49));
            let left = kept(&["sweep", "tombstone", "ttl"]);
            assert_eq!(
                read(&rows(1..=9)).await,
                left,
                "{cell}: absent for two days"
            );
            assert_eq!(read(&rows(1..=4)).await, left, "{cell}: most are absent");
            let held = city.codes().contains(&"sweep_held".to_owned());
            assert_eq!(held, policy == "sweep", "{cell}: {:?}", city.codes());
        }
    }
}

/// Pushes one record; its title is new each time.
async fn push(city: &City, event: u8, (id, gone): Row) {
    let title = format!("Kiriman {event}");
    let record = json!({"title": title, "data": {"id": id, "status": status((id, gone))}});
    let event = Pushed {
        key: EventKey([event; 32]),
        record,
    };
    let taken = Inbox::new(Arc::clone(&city.sync));
    let taken = taken.take(&city.connector, "inbox", vec![event]).await;
    assert_eq!(taken.expect("taken").faulty, 0);
}

#[tokio::test]
async fn what_is_pushed_ends_by_its_own_word_or_by_its_lifetime() {
    let way = "webhook: { token: \"${secret:surat/token}\" }";
    for (deletes, called, later, at_last) in [
        (
            "{ tombstone: \"data.status == 'BATAL'\" }",
            vec![1],
            vec![1],
            vec![1],
        ),
        ("{ ttl: 48h }", vec![1, 2], vec![1, 2], vec![1]),
        ("never", vec![1, 2], vec![1, 2], vec![1, 2]),
    ] {
        let dir = tempfile::tempdir().expect("a folder");
        let city = city(
            connector(way, "data.id", deletes, dir.path()),
            &Arc::default(),
        );
        push(&city, 1, (1, false)).await;
        push(&city, 2, (2, false)).await;
        push(&city, 3, (2, true)).await;
        assert_eq!(city.alive().await, called, "{deletes}");
        city.later(TimeDelta::hours(47));
        city.lapse().await;
        assert_eq!(city.alive().await, later, "{deletes}: not two days");
        push(&city, 4, (1, true)).await;
        city.later(TimeDelta::hours(2));
        city.lapse().await;
        let last = if deletes.contains("tombstone") {
            vec![]
        } else {
            at_last
        };
        assert_eq!(city.alive().await, last, "{deletes}: two days");
    }
}
