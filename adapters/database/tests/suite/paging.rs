//! Keyset paging over ties while others write, the same on all three products.

use crate::world::{ALL, World, limits};
use divos_database::Product;
use futures::TryStreamExt;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const PAGE: &str =
    "SELECT nip, nama, diubah FROM pegawai WHERE (diubah, nip) > (:cursor, :last_key)
  ORDER BY diubah, nip LIMIT :size";

/// 10,000 made-up people; each hundred of them changed at the same second.
fn fill(product: Product) -> Vec<String> {
    let (kind, numbers) = match product {
        Product::Postgres => (
            "timestamp",
            "SELECT n FROM generate_series(0, 9999) AS g(n)",
        ),
        Product::Mysql => ("datetime", "SELECT seq AS n FROM seq_0_to_9999"),
        Product::Sqlite => (
            "text",
            "WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < 9999) SELECT n FROM s",
        ),
    };
    let when = match product {
        Product::Postgres => "timestamp '2026-01-01 00:00:00' + (n / 100) * interval '1 second'",
        Product::Mysql => "timestamp('2026-01-01 00:00:00') + INTERVAL (n DIV 100) SECOND",
        Product::Sqlite => {
            "strftime('%Y-%m-%dT%H:%M:%S', '2026-01-01 00:00:00', '+' || (n / 100) || ' seconds')"
        }
    };
    let name = if product == Product::Mysql {
        "concat('Nama rekaan ', n)"
    } else {
        "'Nama rekaan ' || n"
    };
    let nip = match product {
        Product::Postgres => "lpad(n::text, 18, '0')",
        Product::Mysql => "lpad(n, 18, '0')",
        Product::Sqlite => "printf('%018d', n)",
    };
    vec![
        format!(
            "CREATE TABLE pegawai (nip varchar(18) PRIMARY KEY, nama varchar(80), diubah {kind} NOT NULL)"
        ),
        format!("INSERT INTO pegawai SELECT {nip}, {name}, {when} FROM ({numbers}) AS numbers"),
    ]
}

#[tokio::test]
async fn paging_by_a_key_gives_every_row_once_while_others_write() {
    for product in ALL {
        let setup = fill(product);
        let setup: Vec<&str> = setup.iter().map(String::as_str).collect();
        let world = World::new(product, "paging", &setup).await;
        let mut database = world.open(limits()).await;
        let query = world.query(PAGE);
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let (mut cursor, mut key, mut page) = (json!("2000-01-01T00:00:00"), json!(""), 0);
        loop {
            let params = [
                ("cursor", cursor.clone()),
                ("last_key", key.clone()),
                ("size", json!(500)),
            ];
            let rows: Vec<Json> = database
                .rows(&query, &params)
                .try_collect()
                .await
                .expect("a page");
            let Some(last) = rows.last() else { break };
            (cursor, key) = (last["diubah"].clone(), last["nip"].clone());
            for row in &rows {
                *seen
                    .entry(row["nip"].as_str().expect("a key").to_owned())
                    .or_default() += 1;
            }
            page += 1;
            if page == 5 {
                // Rows 0 to 9 are behind the reader, 9000 to 9009 before it; all of them move to the end.
                world.execute("UPDATE pegawai SET diubah = '2026-06-01T00:00:00' WHERE nip < '000000000000000010'").await;
                world
                    .execute("UPDATE pegawai SET diubah = '2026-06-01T00:00:00' WHERE nip >= '000000000000009000' AND nip < '000000000000009010'")
                    .await;
                world
                    .execute("DELETE FROM pegawai WHERE nip = '000000000000009500'")
                    .await;
                world.execute("INSERT INTO pegawai VALUES ('999999999999999999', 'Baru', '2026-07-01T00:00:00')").await;
            }
            assert!(page < 40, "{product:?}: paging does not end");
        }
        assert_eq!(
            seen.len(),
            10_000,
            "{product:?}: 9,999 of the first ones, and the new one"
        );
        assert!(!seen.contains_key("000000000000009500"), "{product:?}");
        let twice: Vec<_> = seen
            .iter()
            .filter(|(_, count)| **count > 1)
            .map(|(nip, _)| nip.as_str())
            .collect();
        assert_eq!(
            twice.len(),
            10,
            "{product:?}: only what moved past the reader comes again: {twice:?}"
        );
        assert!(
            twice.iter().all(|nip| *nip < "000000000000000010"),
            "{product:?}"
        );
    }
}

#[tokio::test]
async fn a_text_cursor_is_compared_in_the_columns_type() {
    for (product, kind, low, high, cursor, expect) in [
        (Product::Postgres, "bigint", "9", "10", json!("9"), 1),
        (Product::Mysql, "bigint", "9", "10", json!("9"), 1),
        (Product::Sqlite, "bigint", "9", "10", json!("9"), 1),
        (
            Product::Postgres,
            "bigint",
            "9007199254740992",
            "9007199254740993",
            json!("9007199254740992"),
            1,
        ),
        (
            Product::Mysql,
            "bigint",
            "9007199254740992",
            "9007199254740993",
            json!("9007199254740992"),
            1,
        ),
        (
            Product::Sqlite,
            "bigint",
            "9007199254740992",
            "9007199254740993",
            json!("9007199254740992"),
            1,
        ),
        (
            Product::Postgres,
            "numeric(10,2)",
            "9.50",
            "10.25",
            json!("9.50"),
            1,
        ),
        (
            Product::Mysql,
            "decimal(10,2)",
            "9.50",
            "10.25",
            json!("9.50"),
            1,
        ),
        (
            Product::Postgres,
            "date",
            "'2026-01-09'",
            "'2026-01-10'",
            json!("2026-01-09"),
            1,
        ),
        (
            Product::Mysql,
            "date",
            "'2026-01-09'",
            "'2026-01-10'",
            json!("2026-01-09"),
            1,
        ),
        (
            Product::Postgres,
            "timestamptz",
            "'2026-01-09 08:00+08'",
            "'2026-01-09 08:01+08'",
            json!("2026-01-09T00:00:00Z"),
            1,
        ),
        (
            Product::Mysql,
            "datetime",
            "'2026-01-09 00:00:00'",
            "'2026-01-09 00:01:00'",
            json!("2026-01-09T08:00:00+08:00"),
            1,
        ),
        (
            Product::Postgres,
            "uuid",
            "'00000000-0000-0000-0000-000000000001'",
            "'00000000-0000-0000-0000-000000000002'",
            json!("00000000-0000-0000-0000-000000000001"),
            1,
        ),
        (Product::Postgres, "text", "'a'", "'b'", json!("a"), 1),
        (Product::Mysql, "varchar(10)", "'a'", "'b'", json!("a"), 1),
    ] {
        let table = format!("CREATE TABLE t (v {kind} NOT NULL)");
        let rows = format!("INSERT INTO t VALUES ({low}), ({high})");
        let world = World::new(product, "cursor", &[&table, &rows]).await;
        let found = world
            .ask("SELECT v FROM t WHERE v > :cursor", &[("cursor", cursor)])
            .await
            .expect("rows");
        assert_eq!(found.len(), expect, "{product:?} {kind}: {found:?}");
    }
}

#[tokio::test]
async fn a_cursor_that_the_column_cannot_hold_is_named() {
    let world = World::new(Product::Postgres, "badcursor", &["CREATE TABLE t (v date)"]).await;
    let fault = world
        .ask(
            "SELECT v FROM t WHERE v > :cursor",
            &[("cursor", json!("kemarin"))],
        )
        .await
        .expect_err("no date");
    assert_eq!(fault.kind, divos_database::FaultKind::BadValue);
}
