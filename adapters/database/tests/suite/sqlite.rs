//! SQLite's values and files.

use crate::world::{World, limits};
use divos_database::{Database, Dsn, FaultKind, Product, Quirk};
use futures::TryStreamExt;
use serde_json::json;

#[tokio::test]
async fn values_are_given_as_they_are_stored() {
    let setup = [
        "CREATE TABLE t (a INTEGER, b REAL, c TEXT, d BLOB, e BOOLEAN, f DATE, g NUMERIC)",
        "INSERT INTO t VALUES (9007199254740993, 0.1, 'teks é', x'00ff10', 1, '2026-02-28', '1.50'), (NULL, 9e999, CAST(x'ff41' AS TEXT), 'teks', 0, 20260228, 'x')",
    ];
    let world = World::new(Product::Sqlite, "types", &setup).await;
    let query = world.query("SELECT *, a AS a FROM t");
    let mut database = world.open(limits()).await;
    let mut rows = database.rows(&query, &[]);
    let first = rows.try_next().await.expect("a row").expect("a row");
    let expected = json!({"a": 9_007_199_254_740_993_i64, "b": 0.1, "c": "teks é", "d": "AP8Q", "e": 1, "f": "2026-02-28", "g": 1.5, "a_2": 9_007_199_254_740_993_i64});
    assert_eq!(first, expected);
    let second = rows.try_next().await.expect("a row").expect("a row");
    assert_eq!(second["c"], "\u{fffd}A");
    assert_eq!(
        (&second["b"], &second["g"], &second["d"]),
        (&json!("Infinity"), &json!("x"), &json!("teks"))
    );
    assert!(rows.quirks().contains(&("c".to_owned(), Quirk::NotUtf8, 1)));
    assert!(
        rows.quirks()
            .contains(&("a".to_owned(), Quirk::SameName, 1))
    );
}

#[tokio::test]
async fn only_an_existing_file_that_is_a_database_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = async |path: &str| {
        let dsn = Dsn::parse(&format!("sqlite://{path}")).expect("a DSN");
        Database::open(dsn, limits(), |_| false)
            .await
            .expect_err(path)
            .kind
    };
    let missing = folder.path().join("tidak-ada.db");
    assert_eq!(
        open(&missing.display().to_string()).await,
        FaultKind::Unreachable
    );
    assert!(!missing.exists(), "a missing file is not made");
    assert_eq!(
        open(&folder.path().display().to_string()).await,
        FaultKind::Unreachable
    );
    let text = folder.path().join("x.db");
    std::fs::write(
        &text,
        "bukan basis data, hanya teks yang cukup panjang untuk dibaca".repeat(20),
    )
    .expect("a file");
    assert_eq!(
        open(&text.display().to_string()).await,
        FaultKind::NoSuchDatabase
    );
}

#[tokio::test]
async fn no_other_file_and_no_extension_can_be_reached() {
    let world = World::new(Product::Sqlite, "reach", &["CREATE TABLE t (a)"]).await;
    for sql in [
        "SELECT load_extension('/tmp/x')",
        "SELECT readfile('/etc/passwd')",
    ] {
        assert!(world.ask(sql, &[]).await.is_err(), "{sql}");
    }
    let none = world
        .ask(
            "SELECT * FROM pragma_database_list WHERE name <> 'main'",
            &[],
        )
        .await
        .expect("rows");
    assert!(none.is_empty(), "{none:?}");
}

#[tokio::test]
async fn a_writer_that_holds_the_file_is_waited_for_and_then_told() {
    let world = World::new(
        Product::Sqlite,
        "busy",
        &["CREATE TABLE t (a)", "INSERT INTO t VALUES (1)"],
    )
    .await;
    let path = world.dsn.strip_prefix("sqlite://").expect("a path");
    let mut database = world
        .open(divos_database::Limits {
            connect: std::time::Duration::from_millis(300),
            ..limits()
        })
        .await;
    let writer = rusqlite::Connection::open(path).expect("a writer");
    writer
        .execute_batch("BEGIN EXCLUSIVE; INSERT INTO t VALUES (2)")
        .expect("a lock");
    let query = world.query("SELECT a FROM t");
    let done: Result<Vec<_>, _> = database.rows(&query, &[]).try_collect().await;
    assert_eq!(done.expect_err("locked").kind, FaultKind::Timeout);
}

#[tokio::test]
async fn the_schema_tells_tables_and_keys() {
    let setup = [
        "CREATE TABLE pegawai (kode int, nip varchar(18), nama text NOT NULL, PRIMARY KEY (nip, kode))",
        "CREATE VIEW v_pegawai AS SELECT nip FROM pegawai",
    ];
    let world = World::new(Product::Sqlite, "schema", &setup).await;
    let schema = world.open(limits()).await.schema().await.expect("a schema");
    let names: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.as_str())
        .collect();
    assert_eq!(names, ["pegawai", "v_pegawai"]);
    assert_eq!(schema.tables[0].key, ["nip", "kode"]);
    assert_eq!(
        (
            schema.tables[0].columns[1].kind.as_str(),
            schema.tables[0].columns[2].nullable
        ),
        ("varchar(18)", false)
    );
}
