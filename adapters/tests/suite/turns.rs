//! Turns: databases and mailboxes keep to the same budgets as requests, and an app that is left alone takes none. Time
//! is tokio's, and paused.

use crate::fake::{Fake, LIST, clock, json, plain, read, world};
use divos_adapters::{Ask, FetchError, HostLimit, Outbound, World};
use divos_manifest::{Connector, Fetch, Imap, ImapTls, Paginate, Parent, Pattern, Secret, Sql};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const SERVER: &str = "127.0.0.1";

/// Answers everybody but `satu`, and takes a second for it.
fn server() -> Arc<Fake> {
    Fake::slow(
        Duration::from_secs(1),
        |_, call| match call.headers["x-app"].to_str() {
            Ok("satu") => Ok((500, vec![], vec![])),
            _ => json(json!({"data": [{"id": 1, "title": "a"}]})),
        },
    )
}

fn spared(fake: Arc<Fake>, limit: HostLimit) -> World {
    let limits = [(SERVER.to_owned(), limit)].into_iter().collect();
    world(Arc::new(Outbound::new(fake, clock()).sparing(limits)))
}

/// Twelve reads in a minute, one at a time.
fn one_in_five_seconds() -> HostLimit {
    HostLimit {
        per_minute: Some(12),
        in_flight: Some(1),
    }
}

/// An app that is asked over HTTP.
fn asked(id: &str, more: &str) -> Connector {
    let source = LIST.replace("/rows }", &format!("/rows, headers: {{ X-App: {id} }} }}"));
    let base = format!("http://{SERVER}:8080");
    let mut connector = plain(&base, &source, more).as_ref().clone();
    connector.id = id.parse().expect("a slug");
    connector
}

/// The same app with another way to its records.
fn by(id: &str, fetch: Fetch) -> Connector {
    let mut connector = asked(id, "");
    connector.sources[0].fetch = fetch;
    connector
}

fn query(dsn: &str, query: &str) -> Fetch {
    Fetch::Sql(Sql {
        dsn: Secret::known("${secret:app/dsn}", dsn),
        query: query.into(),
        statement: Duration::from_secs(5),
        rows: 5000,
    })
}

fn mailbox(host: &str) -> Fetch {
    Fetch::Imap(Imap {
        host: host.into(),
        port: 993,
        tls: ImapTls::Implicit,
        user: Secret::known("${secret:app/user}", "contoh"),
        password: Secret::known("${secret:app/password}", "contoh"),
        folder: "INBOX".into(),
    })
}

async fn once(connector: Connector, world: &World) -> Option<FetchError> {
    read(&Arc::new(connector), Ask::default(), world).await.1
}

#[tokio::test(start_paused = true)]
async fn a_server_is_spared_by_whatever_protocol_it_is_read() {
    let world = spared(server(), one_in_five_seconds());
    let began = Instant::now();
    for (turn, fetch) in [
        query("postgres://contoh@127.0.0.1:5432/contoh", "SELECT 1 AS id"),
        query("mysql://contoh@127.0.0.1:3306/contoh", "SELECT 1 AS id"),
        mailbox(SERVER),
    ]
    .into_iter()
    .enumerate()
    {
        // The address is not permitted, so that nothing is called; the turn was had all the same.
        let error = once(by("tiga", fetch), &world).await;
        assert_eq!(error.map(|error| error.code()), Some("address_refused"));
        assert_eq!(began.elapsed().as_secs(), turn as u64 * 5);
    }
    assert_eq!(once(asked("dua", ""), &world).await, None);
    assert_eq!(began.elapsed().as_secs(), 16, "its turn, and its second");
}

#[tokio::test(start_paused = true)]
async fn a_query_waits_while_the_server_has_no_room() {
    let limit = HostLimit {
        per_minute: None,
        in_flight: Some(1),
    };
    let world = spared(server(), limit);
    let began = Instant::now();
    let database = query("postgres://contoh@127.0.0.1:5432/contoh", "SELECT 1 AS id");
    let later = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        once(by("tiga", database), &world).await;
        began.elapsed().as_secs()
    };
    let (first, second) = tokio::join!(once(asked("dua", ""), &world), later);
    assert_eq!((first, second), (None, 1));
}

fn file(folder: &Path, rows: u32) -> String {
    let file = folder.join("data.db");
    let database = rusqlite::Connection::open(&file).expect("a database");
    database
        .execute_batch("DROP TABLE IF EXISTS v; CREATE TABLE v (id TEXT, title TEXT)")
        .expect("a table");
    for n in 0..rows {
        let row = (format!("k{n}"), format!("Baris rekaan {n}"));
        database
            .execute("INSERT INTO v VALUES (?1, ?2)", row)
            .expect("a row");
    }
    format!("sqlite://{}", file.display())
}

/// Five records in three pages.
fn paged(folder: &Path) -> Connector {
    let dsn = file(folder, 5);
    let text = "SELECT id, title FROM v WHERE id > :last_key ORDER BY id LIMIT :size";
    let mut connector = asked("dua", "  limits: { reads_per_minute: 6 }");
    connector.sources[0].fetch = query(&dsn, text);
    connector.sources[0].paginate = Some(Paginate::Keyset {
        key: "id".parse().expect("a path"),
        size: 2,
        max_pages: 50,
    });
    connector
}

#[tokio::test(start_paused = true)]
async fn each_page_of_a_query_is_a_read_and_each_child_another() {
    let dir = tempfile::tempdir().expect("a folder");
    let fake = server();
    let world = spared(fake.clone(), HostLimit::default());
    let began = Instant::now();
    assert_eq!(once(paged(dir.path()), &world).await, None);
    assert_eq!(
        began.elapsed().as_secs(),
        20,
        "three pages, ten seconds apart"
    );
    let mut connector = paged(dir.path());
    let child = asked("dua", "").sources.remove(0);
    let mut request = child.request().expect("a request").clone();
    request.path = Pattern::read("/rows/${parent}");
    let parents = std::mem::replace(&mut connector.sources[0], child);
    let child = &mut connector.sources[0];
    child.fetch = Fetch::Rest(request);
    child.name = "children".into();
    child.parent = Some(Parent {
        source: parents.name.clone(),
        field: "id".parse().expect("a path"),
    });
    connector.sources.push(parents);
    let began = Instant::now();
    let (pages, error, _) = read(&Arc::new(connector), Ask::default(), &world).await;
    assert_eq!((error, fake.count()), (None, 5), "{pages:?}");
    // Eight reads, the first of them ten seconds after the last one of the pass before.
    assert_eq!(began.elapsed().as_secs(), 80 + 1);
}

#[tokio::test(start_paused = true)]
async fn an_app_that_is_left_alone_waits_for_nothing_and_takes_nothing() {
    let fake = server();
    let world = spared(fake.clone(), one_in_five_seconds());
    let failing = "  retries: 0\n  breaker: { failures: 1, window: 1m, open: 10m }\n  limits: { reads_in_flight: 4 }";
    let failing = Arc::new(asked("satu", failing));
    let began = Instant::now();
    let codes = async || {
        let pass = || async { once(failing.as_ref().clone(), &world).await };
        let errors = futures::future::join_all((0..4).map(|_| pass())).await;
        let mut codes: Vec<_> = errors.into_iter().flatten().map(|e| e.code()).collect();
        codes.sort_unstable();
        codes
    };
    let open = "breaker_open";
    assert_eq!(codes().await, [open, open, open, "upstream_error"]);
    assert_eq!(codes().await, [open; 4]);
    assert_eq!(
        (fake.count(), began.elapsed().as_secs()),
        (1, 1),
        "those that waited leave the queue when the breaker opens"
    );
    assert_eq!(once(asked("dua", ""), &world).await, None);
    assert_eq!(
        began.elapsed().as_secs(),
        5 + 1,
        "the server's next turn was not taken by those that may not go"
    );
}

#[test]
fn a_database_and_a_mailbox_name_their_server_too() {
    let limits = [("surel.example".to_owned(), HostLimit::default())];
    let outbound = Outbound::new(server(), clock()).sparing(limits.into_iter().collect());
    let world = world(Arc::new(outbound));
    for (fetch, server) in [
        (
            query("postgres://a@db.example/x", "SELECT 1"),
            Some("db.example:5432"),
        ),
        (
            query("mysql://a@DB.example:3307/x", "SELECT 1"),
            Some("db.example:3307"),
        ),
        (
            query("postgres://a@[::1]/x", "SELECT 1"),
            Some("[::1]:5432"),
        ),
        (query("sqlite:///srv/data.db", "SELECT 1"), None),
        (mailbox("Surat.example"), Some("surat.example:993")),
        (mailbox("surel.example"), Some("surel.example")),
    ] {
        let connector = by("satu", fetch);
        let named = world.server(&connector, &connector.sources[0]);
        assert_eq!(named.as_deref(), server);
    }
    let connector = asked("satu", "");
    let named = world.server(&connector, &connector.sources[0]);
    assert_eq!(named.as_deref(), Some("127.0.0.1:8080"));
}
