//! Records that come another way than by one request: a watched folder, a database file, parents and children.

use crate::fake::{Fake, ids, json, plain, read, through};
use crate::ways::{BASE, csv, good, made, request, titles};
use divos_adapters::{Ask, Transport};
use divos_manifest::{
    Connector, Cursor, CursorFormat, Deletes, Fetch, Paginate, Parent, Secret, Sql,
};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub(crate) fn in_folder(folder: &Path, deletes: Deletes) -> Arc<Connector> {
    made(BASE, |source| {
        let mut request = request(source);
        request.files = Some(folder.join("data-*.csv"));
        source.fetch = Fetch::Csv(request, csv());
        source.deletes = deletes;
    })
}

pub(crate) fn put(folder: &Path, name: &str, text: &str, age: u64) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    // The tests' clock stands still; a file's age is told by it.
    let now: SystemTime = divos_model::Clock::now(crate::fake::clock().as_ref()).into();
    let file = std::fs::File::options()
        .write(true)
        .open(&path)
        .expect("the file");
    file.set_modified(now - Duration::from_secs(age))
        .expect("aged");
    path
}

pub(crate) fn untouched() -> Arc<dyn Transport> {
    Fake::new(|_, call| panic!("nothing is asked over the network: {call:?}"))
}

#[tokio::test]
async fn a_folder_is_read_in_order_and_again_only_where_it_changed() {
    let dir = tempfile::tempdir().expect("a folder");
    put(dir.path(), "data-2.csv", "id,title\n3,Tiga\n", 60);
    put(dir.path(), "data-1.csv", "id,title\n1,Satu\n2,Dua\n", 60);
    put(dir.path(), "other.csv", "id,title\n9,Lain\n", 60);
    let world = through(untouched());
    for (deletes, again) in [
        (Deletes::Sweep { full_every: None }, vec!["1", "2", "4"]),
        (Deletes::Never, vec!["4"]),
    ] {
        put(dir.path(), "data-2.csv", "id,title\n3,Tiga\n", 60);
        let connector = in_folder(dir.path(), deletes);
        let (pages, first) = good(&connector, Ask::default(), &world).await;
        assert_eq!(
            (ids(&pages), first.may_sweep()),
            (vec!["1".into(), "2".into(), "3".into()], true)
        );
        let ask = Ask {
            validators: first.validators.clone(),
            ..Ask::default()
        };
        let (pages, second) = good(&connector, ask.clone(), &world).await;
        assert!(pages.is_empty() && second.not_modified);
        put(dir.path(), "data-2.csv", "id,title\n4,Empat\n", 30);
        let (pages, third) = good(&connector, ask, &world).await;
        assert_eq!(ids(&pages), again);
        assert_eq!(
            third.may_sweep(),
            again.len() == 3,
            "what was not read again is not gone"
        );
    }
}

#[tokio::test]
async fn half_written_files_wait_and_links_out_of_the_folder_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    put(dir.path(), "data-1.csv", "id,title\n1,Satu\n", 60);
    put(dir.path(), "data-2.csv", "id,title\n2,Du", 1);
    put(dir.path(), "data-3.csv.part", "id,ti", 60);
    let connector = in_folder(dir.path(), Deletes::Sweep { full_every: None });
    let world = through(untouched());
    let (pages, summary) = good(&connector, Ask::default(), &world).await;
    assert_eq!(
        (ids(&pages), summary.may_sweep()),
        (vec!["1".to_owned()], false)
    );
    assert_eq!((summary.faults, summary.validators), (2, None));
    let outside = tempfile::tempdir().expect("another folder");
    let secret = put(outside.path(), "passwd", "id,title\n7,Rahasia\n", 60);
    std::os::unix::fs::symlink(secret, dir.path().join("data-9.csv")).expect("a link");
    let (pages, error, _) = read(&connector, Ask::default(), &world).await;
    assert_eq!((pages.len(), error.map(|e| e.code())), (0, Some("folder")));
}

#[tokio::test]
async fn a_query_is_paged_along_its_key_and_goes_on_at_its_cursor() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("data.db");
    let script = "CREATE TABLE v (id TEXT, title TEXT, diubah TEXT);
        WITH RECURSIVE s(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM s WHERE n < 224)
        INSERT INTO v SELECT 'k' || n, 'Baris rekaan ' || n, strftime('%Y-%m-%dT%H:%M:%S', '2026-01-01', '+' || (n / 50) || ' days') FROM s;";
    let database = rusqlite::Connection::open(&file).expect("a database");
    database.execute_batch(script).expect("filled");
    let connector = made(BASE, |source| {
        let dsn = format!("sqlite://{}", file.display());
        source.fetch = Fetch::Sql(Sql {
            dsn: Secret::known("${secret:app/dsn}", &dsn),
            query: "SELECT id, title, diubah FROM v WHERE (diubah, id) > (:cursor, :last_key) ORDER BY diubah, id LIMIT :size".into(),
            statement: Duration::from_secs(5),
            rows: 5000,
        });
        source.paginate = Some(Paginate::Keyset {
            key: "id".parse().expect("a path"),
            size: 20,
            max_pages: 50,
        });
        source.cursor = Some(Cursor {
            field: "diubah".parse().expect("a path"),
            start: Some("2000-01-01T00:00:00".into()),
            overlap: Duration::ZERO,
            param: None,
            format: CursorFormat::Strftime("%Y-%m-%dT%H:%M:%S".into()),
        });
    });
    let world = through(untouched());
    let (pages, first) = good(&connector, Ask::default(), &world).await;
    let mut found = ids(&pages);
    found.dedup();
    assert_eq!(
        (found.len(), pages.len(), first.may_sweep()),
        (125, 7, true)
    );
    database
        .execute(
            "INSERT INTO v VALUES ('k900', 'Baru', '2026-06-01T00:00:00')",
            [],
        )
        .expect("inserted");
    let ask = Ask {
        cursor: first.cursor.clone(),
        ..Ask::default()
    };
    let (pages, second) = good(&connector, ask, &world).await;
    assert!(
        ids(&pages).contains(&"k900".to_owned()) && ids(&pages).len() < 30,
        "{:?}",
        ids(&pages)
    );
    assert!(!second.full);
}

#[tokio::test]
async fn keys_that_are_numbers_begin_with_the_least_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("data.db");
    let database = rusqlite::Connection::open(&file).expect("a database");
    let script = "CREATE TABLE v (id INTEGER, title TEXT); INSERT INTO v VALUES (-3, 'a'), (0, 'b'), (7, 'c'), (12, 'd');";
    database.execute_batch(script).expect("filled");
    for (text, rows) in [("v", 4), ("v WHERE 1 = 0 AND", 0)] {
        let only = if rows == 0 {
            text.to_owned()
        } else {
            format!("{text} WHERE")
        };
        let connector = made(BASE, |source| {
            source.fetch = Fetch::Sql(Sql {
                dsn: Secret::known("dsn", &format!("sqlite://{}", file.display())),
                query: format!(
                    "SELECT id, title FROM {only} id > :last_key ORDER BY id LIMIT :size"
                ),
                statement: Duration::from_secs(5),
                rows: 5000,
            });
            source.paginate = Some(Paginate::Keyset {
                key: "id".parse().expect("a path"),
                size: 3,
                max_pages: 50,
            });
        });
        let (pages, _) = good(&connector, Ask::default(), &through(untouched())).await;
        assert_eq!(ids(&pages).len(), rows);
    }
}

#[tokio::test]
async fn children_are_asked_for_once_per_parent_and_one_failing_parent_costs_itself_only() {
    let sources = "    rest: { get: /units }\n    select: data[*]\n    deletes: never\n  members:\n    every: 5m\n    to: announcement\n    map: { id: id, title: \"parent.name ~ ': ' ~ title\" }\n    rest: { get: /members }\n    select: data[*]\n    deletes: sweep\n";
    let mut connector = plain(
        BASE,
        &format!("    map: {{ id: id, title: name }}\n{sources}"),
        "",
    )
    .as_ref()
    .clone();
    connector
        .sources
        .sort_by_key(|source| source.name != "members");
    let parents = connector.sources[1].name.clone();
    let source = &mut connector.sources[0];
    let mut asked = request(source);
    asked.path = divos_manifest::Pattern::read("/units/${parent}/members");
    source.fetch = Fetch::Rest(asked);
    source.parent = Some(Parent {
        source: parents,
        field: "id".parse().expect("a path"),
    });
    let fake = Fake::new(|_, call| match call.url.path() {
        "/units" => json(
            json!({"data": [{"id": 1, "name": "Dinas A"}, {"id": "a/b", "name": "Dinas B"}, {"id": 3, "name": "Dinas C"}]}),
        ),
        "/units/1/members" => {
            json(json!({"data": [{"id": "m1", "title": "x"}, {"id": "m2", "title": "y"}]}))
        }
        "/units/3/members" => json(json!({"data": [{"id": "m3", "title": "z"}]})),
        _ => Ok((404, vec![], vec![])),
    });
    let (pages, summary) = good(&Arc::new(connector), Ask::default(), &through(fake.clone())).await;
    assert_eq!(titles(&pages), ["Dinas A: x", "Dinas A: y", "Dinas C: z"]);
    assert!(
        summary.complete && !summary.may_sweep(),
        "the children of the second are not gone"
    );
    let faults: Vec<_> = pages.iter().flat_map(|p| &p.batch.faults).collect();
    assert_eq!(
        (faults.len(), faults[0].native_id.as_deref()),
        (1, Some("a/b"))
    );
    let calls = fake.calls.lock().expect("calls").clone();
    assert!(calls[2].ends_with("/units/a%2Fb/members"), "{calls:?}");
}
