//! Time, rows, bytes and memory: every bound holds, and says so.

use crate::world::{ALL, World, limits};
use divos_database::{Database, DatabaseFault, Dsn, FaultKind, Limits, Product};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value as Json;
use std::time::{Duration, Instant};

const COUNT: &str = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 2000000000) SELECT max(n) AS n FROM s";

fn slow(product: Product) -> Vec<&'static str> {
    match product {
        Product::Postgres => vec!["SELECT pg_sleep(30)", COUNT],
        Product::Mysql => vec![
            "SELECT SLEEP(30)",
            "SELECT count(*) AS n FROM seq_1_to_100000 a, seq_1_to_100000 b WHERE a.seq * b.seq % 7 = 8",
        ],
        Product::Sqlite => vec![COUNT],
    }
}

#[tokio::test]
async fn the_server_itself_cancels_a_slow_statement() {
    for product in ALL {
        let world = World::new(product, "slow", &[]).await;
        for sql in slow(product) {
            let short = Limits {
                statement: Duration::from_millis(400),
                ..limits()
            };
            let query = world.query(sql);
            let mut database = world.open(short).await;
            let started = Instant::now();
            let done: Result<Vec<Json>, _> = database.rows(&query, &[]).try_collect().await;
            assert_eq!(
                done.expect_err("too slow").kind,
                FaultKind::Timeout,
                "{product:?} {sql}"
            );
            assert!(
                started.elapsed() < Duration::from_millis(2500),
                "{product:?}: {:?}",
                started.elapsed()
            );
            assert!(!database.is_open());
            is_done(&world, Duration::from_secs(2), sql).await;
        }
    }
}

/// Waits until the server works at nothing of this database, or panics.
async fn is_done(world: &World, most: Duration, what: &str) {
    let gone = async {
        while still_running(world).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let gone = tokio::time::timeout(most, gone).await;
    gone.unwrap_or_else(|_| panic!("{:?} goes on: {what}", world.product));
}

/// How many statements of this test's database the server still works at, without ours.
async fn still_running(world: &World) -> u64 {
    let sql = match world.product {
        Product::Postgres => {
            "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
             AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        }
        Product::Mysql => {
            "SELECT count(*) AS n FROM information_schema.processlist WHERE db = database() AND command <> 'Sleep'
             AND id <> connection_id()"
        }
        Product::Sqlite => return 0,
    };
    world.ask(sql, &[]).await.expect("a count")[0]["n"]
        .as_u64()
        .expect("a number")
}

fn numbers(product: Product, count: u32) -> String {
    match product {
        Product::Postgres => {
            format!("SELECT n, 'baris rekaan ' || n AS t FROM generate_series(1, {count}) AS g(n)")
        }
        Product::Mysql => {
            format!("SELECT seq AS n, concat('baris rekaan ', seq) AS t FROM seq_1_to_{count}")
        }
        Product::Sqlite => format!(
            "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})
             SELECT n, 'baris rekaan ' || n AS t FROM s"
        ),
    }
}

#[tokio::test]
async fn too_many_rows_are_a_fault_after_exactly_the_limit() {
    for product in ALL {
        let world = World::new(product, "many", &[]).await;
        for (count, fault) in [(99, false), (100, false), (101, true), (100_000, true)] {
            let few = Limits {
                rows: 100,
                ..limits()
            };
            let query = world.query(&numbers(product, count));
            let mut database = world.open(few).await;
            let all: Vec<_> = database.rows(&query, &[]).collect().await;
            let rows = all.iter().filter(|row| row.is_ok()).count();
            assert_eq!(rows as u32, count.min(100), "{product:?}");
            let last = all.last().and_then(|last| last.as_ref().err());
            assert_eq!(last.is_some(), fault, "{product:?} {count}");
            assert!(
                last.is_none_or(|last| last.kind == FaultKind::TooManyRows),
                "{product:?}"
            );
            assert_eq!(database.is_open(), !fault);
        }
    }
}

#[tokio::test]
async fn a_row_that_is_too_large_is_a_fault_and_never_in_memory() {
    for product in ALL {
        let world = World::new(product, "large", &[]).await;
        let sql = match product {
            Product::Sqlite => "SELECT zeroblob(50000000) AS t".to_owned(),
            _ => "SELECT repeat('x', 15000000) AS t".to_owned(),
        };
        let narrow = Limits {
            row_bytes: 100_000,
            ..limits()
        };
        let query = world.query(&sql);
        let mut database = world.open(narrow).await;
        let done: Result<Vec<Json>, _> = database.rows(&query, &[]).try_collect().await;
        assert_eq!(
            done.expect_err("too large").kind,
            FaultKind::TooLarge,
            "{product:?}"
        );
    }
}

fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("pages");
    pages * 4096
}

#[tokio::test]
async fn a_million_rows_pass_through_flat_memory() {
    for product in ALL {
        let world = World::new(product, "million", &[]).await;
        let wide = Limits {
            rows: 2_000_000,
            statement: Duration::from_secs(300),
            ..limits()
        };
        let query = world.query(&numbers(product, 1_000_000));
        let mut database = world.open(wide).await;
        let mut rows = database.rows(&query, &[]);
        let (mut count, mut sum, mut most, mut start) = (0_u64, 0_u64, 0, 0);
        let began = Instant::now();
        while let Some(row) = rows.next().await {
            let row = row.expect("a row");
            sum += row["n"].as_u64().expect("a number");
            count += 1;
            if count == 10_000 {
                start = resident();
            }
            if count % 10_000 == 0 {
                most = most.max(resident());
            }
        }
        let grown = most.saturating_sub(start);
        println!(
            "{product:?}: 1000000 rows in {:?}, {} KiB more",
            began.elapsed(),
            grown / 1024
        );
        assert_eq!((count, sum), (1_000_000, 500_000_500_000), "{product:?}");
        assert!(
            grown < 8 * 1024 * 1024,
            "{product:?}: grew by {grown} bytes"
        );
    }
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_middle_is_lost_and_not_an_end() {
    for product in [Product::Postgres, Product::Mysql] {
        let world = World::new(product, "broken", &[]).await;
        let wide = Limits {
            rows: 100_000_000,
            ..limits()
        };
        let query = world.query(&numbers(product, 50_000_000));
        let mut database = world.open(wide).await;
        let mut rows = database.rows(&query, &[]);
        for _ in 0..100 {
            rows.next().await.expect("a row").expect("a row");
        }
        match product {
            Product::Postgres => {
                world.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
            }
            _ => {
                let ids = world.ask("SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()", &[]).await.expect("ids");
                world.execute(&format!("KILL {}", ids[0]["id"])).await;
            }
        }
        let fault = loop {
            match rows.next().await {
                Some(Ok(_)) => {}
                Some(Err(fault)) => break fault,
                None => panic!("{product:?}: a break looks like the end"),
            }
        };
        assert_eq!(fault.kind, FaultKind::Lost, "{product:?}: {fault:?}");
        assert!(rows.next().await.is_none());
        drop(rows);
        let again: Result<Vec<Json>, DatabaseFault> =
            database.rows(&query, &[]).try_collect().await;
        assert_eq!(again.expect_err("lost").kind, FaultKind::Lost);
    }
}

#[tokio::test]
async fn a_stream_that_is_dropped_leaves_nothing_running() {
    for product in ALL {
        let world = World::new(product, "dropped", &[]).await;
        let query = world.query(&numbers(product, 50_000_000));
        let mut database = world.open(limits()).await;
        let mut rows = database.rows(&query, &[]);
        rows.next().await.expect("a row").expect("a row");
        drop(rows);
        assert!(!database.is_open(), "{product:?}");
        drop(database);
        is_done(&world, Duration::from_secs(5), "after the drop").await;
    }
}

#[tokio::test]
async fn an_address_that_is_not_permitted_is_never_called() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    for scheme in ["postgres", "mysql"] {
        let dsn = Dsn::parse(&format!("{scheme}://u:rahasia@localhost:{port}/d")).expect("a DSN");
        let fault = Database::open(dsn, limits(), |_| false)
            .await
            .expect_err("refused");
        assert_eq!(fault.kind, FaultKind::RefusedAddress);
    }
    let called = tokio::time::timeout(Duration::from_millis(200), listener.accept()).await;
    assert!(called.is_err(), "somebody called");
}

#[tokio::test]
async fn a_server_that_says_nothing_and_one_that_is_not_there_are_told_apart() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let port = silent.local_addr().expect("an address").port();
    for scheme in ["postgres", "mysql"] {
        let short = Limits {
            connect: Duration::from_millis(300),
            ..limits()
        };
        let dsn = Dsn::parse(&format!("{scheme}://u@127.0.0.1:{port}/d")).expect("a DSN");
        let fault = Database::open(dsn, short, |_| true)
            .await
            .expect_err("silent");
        assert_eq!(fault.kind, FaultKind::Timeout, "{scheme}");
        let dsn = Dsn::parse(&format!("{scheme}://u@127.0.0.1:1/d")).expect("a DSN");
        let fault = Database::open(dsn, short, |_| true)
            .await
            .expect_err("nobody");
        assert_eq!(fault.kind, FaultKind::Unreachable, "{scheme}: {fault:?}");
    }
}
