//! Nothing is written, locked or run that a source should not, even by an account that may.

use crate::world::{ALL, World, limits};
use divos_database::{FaultKind, Product, Query, QueryFault};
use serde_json::json;

async fn world(product: Product, test: &str) -> World {
    let mut setup = vec![
        "CREATE TABLE t (id integer PRIMARY KEY, nama varchar(80))",
        "INSERT INTO t VALUES (1, 'satu')",
    ];
    match product {
        Product::Postgres => setup.extend([
            "CREATE SEQUENCE s",
            "CREATE FUNCTION tulis() RETURNS integer LANGUAGE sql AS 'INSERT INTO t VALUES (99, ''x''); SELECT 1'",
        ]),
        Product::Mysql => setup.extend([
            "CREATE SEQUENCE s",
            "CREATE FUNCTION tulis() RETURNS integer MODIFIES SQL DATA BEGIN INSERT INTO t VALUES (99, 'x'); RETURN 1; END",
        ]),
        Product::Sqlite => {}
    }
    World::new(product, test, &setup).await
}

#[tokio::test]
async fn what_writes_is_refused_by_the_server_too() {
    for (product, sql) in [
        (Product::Postgres, "SELECT tulis()"),
        (Product::Postgres, "SELECT nextval('s')"),
        (
            Product::Postgres,
            "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d",
        ),
        (
            Product::Postgres,
            "WITH u AS (UPDATE t SET nama = 'x' RETURNING *) SELECT * FROM u",
        ),
        (
            Product::Postgres,
            "SELECT set_config('transaction_read_only', 'off', true), tulis()",
        ),
        (
            Product::Postgres,
            "SELECT set_config('transaction_read_only', 'off', false), tulis()",
        ),
        (Product::Mysql, "SELECT tulis()"),
        (Product::Mysql, "SELECT nextval(s)"),
        (Product::Sqlite, "WITH d AS (SELECT 1) DELETE FROM t"),
        (
            Product::Sqlite,
            "WITH d AS (SELECT 1) UPDATE t SET nama = 'x' RETURNING *",
        ),
    ] {
        let world = world(product, "writes").await;
        let fault = world.ask(sql, &[]).await.expect_err(sql);
        assert_eq!(
            fault.kind,
            FaultKind::NotReadOnly,
            "{product:?} {sql}: {fault:?}"
        );
        let rows = world
            .ask("SELECT id, nama FROM t", &[])
            .await
            .expect("rows");
        assert_eq!(
            rows,
            [json!({"id": 1, "nama": "satu"})],
            "{product:?} {sql}"
        );
    }
}

#[tokio::test]
async fn a_session_cannot_be_made_to_write_by_an_earlier_query() {
    let world = world(Product::Postgres, "session").await;
    let mut database = world.open(limits()).await;
    for sql in [
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT set_config('statement_timeout', '0', false)",
        "SELECT tulis()",
    ] {
        let query = world.query(sql);
        let done: Vec<_> = futures::StreamExt::collect(database.rows(&query, &[])).await;
        let fault = done.iter().find_map(|row| row.as_ref().err());
        assert_eq!(fault.is_some(), sql == "SELECT tulis()", "{sql}: {done:?}");
    }
}

#[test]
fn what_writes_or_locks_is_refused_before_it_is_sent() {
    for product in ALL {
        for sql in [
            "SELECT * INTO baru FROM t",
            "SELECT * FROM t INTO OUTFILE '/tmp/x'",
            "SELECT * FROM t into /* x */ dumpfile '/tmp/x'",
            "WITH d AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM d",
        ] {
            let fault = Query::read(product, sql).expect_err(sql);
            assert!(
                matches!(fault, QueryFault::Writes { .. }),
                "{product:?} {sql}: {fault:?}"
            );
        }
    }
    for product in [Product::Postgres, Product::Mysql] {
        for sql in [
            "SELECT * FROM t FOR UPDATE",
            "SELECT * FROM t for /* x */ share",
            "SELECT * FROM t FOR NO KEY UPDATE",
            "SELECT * FROM t LOCK IN SHARE MODE",
        ] {
            let fault = Query::read(product, sql).expect_err(sql);
            assert!(
                matches!(fault, QueryFault::Writes { .. }),
                "{product:?} {sql}: {fault:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_value_is_never_read_as_sql() {
    for product in ALL {
        let world = world(product, "injection").await;
        for value in [
            "' OR '1'='1",
            "x'; DROP TABLE t; --",
            "\\' OR 1=1 -- ",
            "\" OR \"\"=\"",
            "satu' UNION SELECT 1, 'x",
            "\\",
            ":nama",
            "$1",
            "?",
            "/*",
            "𝔲𝔫𝔦 é \u{1}",
        ] {
            let sql = "SELECT id, :nama AS kembali FROM t WHERE nama = :nama OR id = :id";
            let params = [("nama", json!(value)), ("id", json!(1))];
            let rows = world
                .ask(sql, &params)
                .await
                .unwrap_or_else(|fault| panic!("{product:?} {value}: {fault}"));
            assert_eq!(
                rows,
                [json!({"id": 1, "kembali": value})],
                "{product:?} {value}"
            );
            let none = world
                .ask("SELECT id FROM t WHERE nama = :nama", &params)
                .await
                .expect("rows");
            assert!(none.is_empty(), "{product:?} {value}: {none:?}");
        }
    }
}

#[tokio::test]
async fn every_mistake_has_its_kind_and_place() {
    for product in ALL {
        let world = world(product, "mistakes").await;
        for (sql, kind) in [
            ("SELECT id FROM tidak_ada", FaultKind::UnknownTable),
            ("SELECT tidak_ada FROM t", FaultKind::UnknownColumn),
        ] {
            assert_eq!(
                world.ask(sql, &[]).await.expect_err(sql).kind,
                kind,
                "{product:?}"
            );
        }
        let fault = world
            .ask("SELECT id FROM t WHERE id > :batas", &[("bts", json!(1))])
            .await
            .expect_err("no value");
        assert_eq!(fault.kind, FaultKind::MissingParameter);
        assert!(
            fault.message.contains(":batas") && fault.message.contains("bts"),
            "{fault}"
        );
        let sql = "SELECT id FROM t WHERE id = :batas_yang_panjang AND AND id = 1";
        let fault = world
            .ask(sql, &[("batas_yang_panjang", json!(1))])
            .await
            .expect_err("wrong");
        let at = sql.find("AND id").map(|at| at + 1);
        assert_eq!(
            fault.kind,
            FaultKind::Syntax { at },
            "{product:?}: {fault:?}"
        );
    }
}

#[tokio::test]
async fn after_a_mistake_the_same_connection_answers() {
    for product in ALL {
        let world = world(product, "again").await;
        let mut database = world.open(limits()).await;
        for _ in 0..3 {
            let wrong = world.query("SELECT x FROM tidak_ada");
            let done: Vec<_> = futures::StreamExt::collect(database.rows(&wrong, &[])).await;
            assert!(matches!(done.as_slice(), [Err(_)]), "{product:?}");
            let right = world.query("SELECT id FROM t");
            let done: Vec<_> = futures::StreamExt::collect(database.rows(&right, &[])).await;
            assert!(matches!(done.as_slice(), [Ok(_)]), "{product:?} {done:?}");
        }
    }
}

#[tokio::test]
async fn a_reader_who_may_not_is_told_so_and_no_password_is_shown() {
    let world = world(Product::Mysql, "account").await;
    let user = format!("divos_r_{}", std::process::id());
    world
        .execute(&format!(
            "CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'rahasia-besar'"
        ))
        .await;
    world
        .execute(&format!("GRANT SELECT (id) ON t TO {user}@'127.0.0.1'"))
        .await;
    let (base, name) = world.dsn.rsplit_once('/').expect("a name");
    let place = base.rsplit_once('@').expect("a host").1;
    let right = format!("mysql://{user}:rahasia-besar@{place}/{name}");
    let wrong = format!("mysql://{user}:rahasia-salah@{place}/{name}");
    let nowhere = format!("mysql://{user}:rahasia-besar@{place}/tidak_ada");
    let open = async |dsn: &str| {
        let dsn = divos_database::Dsn::parse(dsn).expect("a DSN");
        divos_database::Database::open(dsn, limits(), |_| true).await
    };
    let fault = open(&wrong).await.expect_err("a wrong password");
    assert_eq!(fault.kind, FaultKind::AuthFailed);
    assert!(!fault.message.contains("rahasia"), "{fault}");
    let kind = open(&nowhere).await.expect_err("no database").kind;
    assert!(matches!(
        kind,
        FaultKind::NoSuchDatabase | FaultKind::PermissionDenied
    ));
    let mut database = open(&right).await.expect("a connection");
    assert!(
        !format!("{database:?}").contains("rahasia") && !format!("{database:?}").contains(&user)
    );
    for (sql, fine) in [("SELECT id FROM t", true), ("SELECT nama FROM t", false)] {
        let query = world.query(sql);
        let done: Vec<_> = futures::StreamExt::collect(database.rows(&query, &[])).await;
        match (&done[0], fine) {
            (Ok(_), true) => {}
            (Err(fault), false) => assert_eq!(fault.kind, FaultKind::PermissionDenied),
            (other, _) => panic!("{sql}: {other:?}"),
        }
    }
    world
        .execute(&format!("DROP USER {user}@'127.0.0.1'"))
        .await;
}
