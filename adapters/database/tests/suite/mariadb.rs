//! MariaDB's types, character sets and schema, through the one driver for it and MySQL.

use crate::world::{World, limits};
use divos_database::{FaultKind, Product, Quirk, TableKind};
use futures::TryStreamExt;
use serde_json::{Value as Json, json};

const TABLE: &str = "CREATE TABLE t (ti tinyint, yes tinyint(1), us bigint unsigned, si bigint, f float, d double,
  n decimal(30,10), vc varchar(50), tx text, bl blob, vb varbinary(8), da date, dt datetime, dt6 datetime(6),
  ts timestamp NULL, tm time, neg time, y year, en enum('a','b'), st set('x','y'), bi bit(10), js json, nil int, z date, zt datetime,
  u uuid, ip inet6) CHARACTER SET utf8mb4";
const ROW: &str = "INSERT INTO t VALUES (-5, 1, 18446744073709551615, -9007199254740993, 0.1, 0.1, 12345678901234567890.0123400000,
  'teks é 🙂', 'panjang', x'00ff10', x'01', '2026-02-28', '2026-02-28 12:34:56', '2026-02-28 12:34:56.789', '2026-02-28 12:34:56',
  '23:59:59', '-100:00:01', 2026, 'b', 'x,y', b'1000000001', '{\"a\": [1]}', NULL, '0000-00-00', '2026-00-00 00:00:00',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '::1')";

#[tokio::test]
async fn every_type_is_given_exactly_and_zero_dates_are_noted() {
    let world = World::new(Product::Mysql, "types", &[TABLE]).await;
    world
        .execute(&format!(
            "SET STATEMENT sql_mode = '', time_zone = '+08:00' FOR {ROW}"
        ))
        .await;
    let query = world.query("SELECT t.*, 1 AS dobel, 2 AS dobel, 1.50 AS lit FROM t");
    let mut database = world.open(limits()).await;
    let mut rows = database.rows(&query, &[]);
    let row = rows.try_next().await.expect("a row").expect("a row");
    let expected = json!({
        "ti": -5, "yes": 1, "us": u64::MAX, "si": -9_007_199_254_740_993_i64, "f": 0.1, "d": 0.1,
        "n": "12345678901234567890.0123400000", "vc": "teks é 🙂", "tx": "panjang", "bl": "AP8Q", "vb": "AQ==",
        "da": "2026-02-28", "dt": "2026-02-28T12:34:56", "dt6": "2026-02-28T12:34:56.789000", "ts": "2026-02-28T04:34:56Z",
        "tm": "23:59:59", "neg": "-100:00:01", "y": 2026, "en": "b", "st": "x,y", "bi": 513, "js": "{\"a\": [1]}",
        "nil": null, "z": null, "zt": null, "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "ip": "::1",
        "dobel": 1, "dobel_2": 2, "lit": "1.50"
    });
    assert_eq!(row, expected);
    assert!(rows.try_next().await.expect("the end").is_none());
    let quirks = rows.quirks();
    assert!(
        quirks.contains(&("z".to_owned(), Quirk::ZeroDate, 1)),
        "{quirks:?}"
    );
    assert!(
        quirks.contains(&("zt".to_owned(), Quirk::ZeroDate, 1)),
        "{quirks:?}"
    );
}

#[tokio::test]
async fn latin1_columns_are_read_and_compared_as_utf8() {
    let setup = [
        "CREATE TABLE t (nama varchar(50) CHARACTER SET latin1) CHARACTER SET latin1",
        "INSERT INTO t VALUES ('Ñusa Penida é')",
    ];
    let world = World::with(Product::Mysql, "latin", "CHARACTER SET latin1", &setup).await;
    let bytes = world
        .ask("SELECT length(nama) AS n FROM t", &[])
        .await
        .expect("rows");
    assert_eq!(bytes, [json!({"n": 13})], "it is stored as latin1");
    let sql = "SELECT nama FROM t WHERE nama = :nama";
    let rows = world
        .ask(sql, &[("nama", json!("Ñusa Penida é"))])
        .await
        .expect("rows");
    assert_eq!(rows, [json!({"nama": "Ñusa Penida é"})]);
    let fault = world.ask(sql, &[("nama", json!("ᬩᬮᬶ"))]).await;
    assert_eq!(fault.expect_err("no latin1").kind, FaultKind::BadValue);
}

#[tokio::test]
async fn a_timestamp_goes_out_and_comes_back_as_the_same_moment() {
    let setup = [
        "CREATE TABLE t (ts timestamp(6) NOT NULL)",
        "SET STATEMENT time_zone = '+08:00' FOR INSERT INTO t VALUES ('2026-01-01 08:00:00.5'), ('2026-01-01 08:00:01')",
    ];
    let world = World::new(Product::Mysql, "moment", &setup).await;
    let rows = world
        .ask("SELECT ts FROM t ORDER BY ts", &[])
        .await
        .expect("rows");
    assert_eq!(rows[0], json!({"ts": "2026-01-01T00:00:00.500000Z"}));
    let later = world
        .ask(
            "SELECT ts FROM t WHERE ts > :cursor",
            &[("cursor", rows[0]["ts"].clone())],
        )
        .await
        .expect("rows");
    assert_eq!(later, rows[1..]);
}

#[tokio::test]
async fn quotes_comments_and_variables_are_left_alone() {
    let world = World::new(Product::Mysql, "words", &[]).await;
    let sql = "SELECT concat(:a, ':b') AS x, \"it\\'s :c\" AS y, 'it''s :d' AS z, `k`.`:e`, @v := 3 AS v # :f
      FROM (SELECT 5 AS `:e`) AS k -- :g";
    let rows = world
        .ask(sql, &[("a", json!("nilai"))])
        .await
        .expect("rows");
    assert_eq!(
        rows,
        [json!({"x": "nilai:b", "y": "it's :c", "z": "it's :d", ":e": 5, "v": 3})]
    );
}

#[tokio::test]
async fn the_schema_tells_tables_views_keys_and_about_how_many_rows() {
    let setup = [
        "CREATE TABLE pegawai (kode int, nip varchar(18), nama text NOT NULL, PRIMARY KEY (nip, kode))",
        "INSERT INTO pegawai SELECT seq, seq, 'x' FROM seq_1_to_500",
        "CREATE VIEW v_pegawai AS SELECT nip, nama FROM pegawai",
        "ANALYZE TABLE pegawai",
    ];
    let world = World::new(Product::Mysql, "schema", &setup).await;
    let schema = world.open(limits()).await.schema().await.expect("a schema");
    let [table, view] = schema.tables.as_slice() else {
        panic!("{schema:?}")
    };
    assert_eq!(
        (table.name.as_str(), table.kind),
        ("pegawai", TableKind::Table)
    );
    assert!(
        table.rows.is_some_and(|rows| (300..700).contains(&rows)),
        "{table:?}"
    );
    assert_eq!(table.key, ["nip", "kode"]);
    assert_eq!(table.columns[1].kind, "varchar(18)");
    assert!(!table.columns[2].nullable);
    assert_eq!(
        (view.name.as_str(), view.kind),
        ("v_pegawai", TableKind::View)
    );
    let many: Vec<String> = (0..205)
        .map(|n| format!("CREATE TABLE x{n:03} (a int)"))
        .collect();
    for sql in &many {
        world.execute(sql).await;
    }
    let schema = world.open(limits()).await.schema().await.expect("a schema");
    assert_eq!((schema.tables.len(), schema.cut), (200, true));
}

#[tokio::test]
async fn a_broken_server_side_mode_does_not_change_how_quotes_are_read() {
    let world = World::new(Product::Mysql, "modes", &[]).await;
    let rows: Vec<Json> = world
        .ask("SELECT @@sql_mode AS m, @@time_zone AS z", &[])
        .await
        .expect("rows");
    assert_eq!(rows, [json!({"m": "", "z": "+00:00"})]);
}
