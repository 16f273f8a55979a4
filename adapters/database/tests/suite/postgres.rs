//! PostgreSQL's types, character sets, schema and accounts.

use crate::world::{World, limits};
use divos_database::{Database, Dsn, FaultKind, Product, TableKind};
use serde_json::json;

const TYPES: &str = "SELECT true AS b, 1::int2 AS i2, -2::int4 AS i4, 9007199254740993 AS i8, 4294967295::oid AS o,
  0.1::float4 AS f4, 0.1::float8 AS f8, 'NaN'::float8 AS nan, '-Infinity'::float8 AS inf,
  12345678901234567890.0123400::numeric AS n, 0.00001::numeric AS small, -0.5::numeric AS half, 100000000::numeric AS round,
  'NaN'::numeric AS nn, 0::numeric AS zero, 1e10::numeric(20,3) AS scaled,
  'teks é'::text AS t, 'v'::varchar(9) AS v, 'c'::char(3) AS c, 'n'::name AS na,
  date '2026-02-28' AS d, date 'infinity' AS di, date '0044-03-15 BC' AS bc, time '23:59:59.5' AS tm, time '24:00' AS t24,
  timestamp '2026-02-28 12:34:56.789' AS ts, timestamptz '2026-02-28 12:34:56+08' AS tz, timestamp 'infinity' AS tsi,
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS u, '{\"a\": [1, \"x\"]}'::jsonb AS jb, '{\"a\" :1}'::json AS js,
  '\\x00ff10'::bytea AS by, ARRAY[1, NULL, 3] AS ia, ARRAY[['a','b'],['c','d']] AS ta, '{}'::int[] AS ea,
  ARRAY[1.50, 2]::numeric[] AS nu, 'senang'::rasa AS en, ARRAY['senang']::rasa[] AS ens, 5::positif AS dm, NULL::int AS nil,
  12.5::money AS mo, interval '1 day 02:03' AS iv, '10.20.0.0/16'::cidr AS ci, '10.20.0.1'::inet AS ine, B'101' AS bi,
  '[1,5)'::int4range AS r, point(1,2) AS p, 'a b'::tsvector AS tv, ROW(1,'x') AS rw, '08:00:2b:01:02:03'::macaddr AS ma,
  1 AS dobel, 2 AS dobel -- a comment at the end";

#[tokio::test]
async fn every_type_is_given_exactly() {
    let setup = [
        "CREATE TYPE rasa AS ENUM ('senang', 'sedih')",
        "CREATE DOMAIN positif AS integer CHECK (value > 0)",
    ];
    let world = World::new(Product::Postgres, "types", &setup).await;
    let rows = world.ask(TYPES, &[]).await.expect("rows");
    let expected = json!({
        "b": true, "i2": 1, "i4": -2, "i8": 9_007_199_254_740_993_i64, "o": 4_294_967_295_u32,
        "f4": 0.1, "f8": 0.1, "nan": "NaN", "inf": "-Infinity",
        "n": "12345678901234567890.0123400", "small": "0.00001", "half": "-0.5", "round": "100000000",
        "nn": "NaN", "zero": "0", "scaled": "10000000000.000",
        "t": "teks é", "v": "v", "c": "c  ", "na": "n",
        "d": "2026-02-28", "di": "infinity", "bc": "-0043-03-15", "tm": "23:59:59.500", "t24": "24:00:00",
        "ts": "2026-02-28T12:34:56.789", "tz": "2026-02-28T04:34:56Z", "tsi": "infinity",
        "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "jb": {"a": [1, "x"]}, "js": {"a": 1},
        "by": "AP8Q", "ia": [1, null, 3], "ta": [["a", "b"], ["c", "d"]], "ea": [],
        "nu": ["1.50", "2"], "en": "senang", "ens": ["senang"], "dm": 5, "nil": null,
        "mo": "$12.50", "iv": "P1DT2H3M", "ci": "10.20.0.0/16", "ine": "10.20.0.1", "bi": "101",
        "r": "[1,5)", "p": "(1,2)", "tv": "'a' 'b'", "rw": "(1,x)", "ma": "08:00:2b:01:02:03",
        "dobel": 1, "dobel_2": 2
    });
    assert_eq!(rows, [expected]);
}

#[tokio::test]
async fn a_latin1_database_is_read_as_utf8() {
    let options = "ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'";
    let setup = [
        "CREATE TABLE t (nama text)",
        "INSERT INTO t VALUES ('Ñusa Penida é')",
    ];
    let world = World::with(Product::Postgres, "latin", options, &setup).await;
    let sql = "SELECT nama FROM t WHERE nama = :nama";
    let rows = world
        .ask(sql, &[("nama", json!("Ñusa Penida é"))])
        .await
        .expect("rows");
    assert_eq!(rows, [json!({"nama": "Ñusa Penida é"})]);
}

#[tokio::test]
async fn casts_quotes_arrays_and_dollars_are_left_alone() {
    let world = World::new(Product::Postgres, "words", &[]).await;
    let sql = "SELECT (:a::text || ':b') AS x, (ARRAY[1,2,3])[1:2] AS s, $$:c$$ AS d, $q$ $$ :d $q$ AS e, E'\\':e' AS f,
      '{\"k\":1}'::jsonb ? 'k' AS g, 1 /* :f /* :g */ */ AS \":h\" -- :i";
    let rows = world
        .ask(sql, &[("a", json!("nilai"))])
        .await
        .expect("rows");
    let expected = json!({"x": "nilai:b", "s": [1, 2], "d": ":c", "e": " $$ :d ", "f": "':e", "g": true, ":h": 1});
    assert_eq!(rows, [expected]);
}

#[tokio::test]
async fn the_schema_tells_tables_views_keys_and_about_how_many_rows() {
    let setup = [
        "CREATE TABLE pegawai (kode int, nip varchar(18), nama text NOT NULL, PRIMARY KEY (nip, kode))",
        "INSERT INTO pegawai SELECT n, n::text, 'x' FROM generate_series(1, 500) AS g(n)",
        "CREATE VIEW v_pegawai AS SELECT nip, nama FROM pegawai",
        "ANALYZE pegawai",
    ];
    let world = World::new(Product::Postgres, "schema", &setup).await;
    let schema = world.open(limits()).await.schema().await.expect("a schema");
    assert!(!schema.cut);
    let [table, view] = schema.tables.as_slice() else {
        panic!("{schema:?}")
    };
    assert_eq!(
        (table.name.as_str(), table.schema.as_deref()),
        ("pegawai", Some("public"))
    );
    assert_eq!((table.kind, table.rows), (TableKind::Table, Some(500)));
    assert_eq!(table.key, ["nip", "kode"]);
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|c| (c.name.as_str(), c.kind.as_str(), c.nullable))
        .collect();
    assert_eq!(
        columns,
        [
            ("kode", "integer", false),
            ("nip", "character varying(18)", false),
            ("nama", "text", false)
        ]
    );
    assert_eq!(
        (view.name.as_str(), view.kind, view.rows),
        ("v_pegawai", TableKind::View, None)
    );
}

#[tokio::test]
async fn a_wrong_account_or_name_is_told() {
    let world = World::new(Product::Postgres, "wrong", &[]).await;
    let open = async |dsn: String| {
        Database::open(Dsn::parse(&dsn).expect("a DSN"), limits(), |_| true).await
    };
    let (base, _) = world.dsn.rsplit_once('/').expect("a name");
    let fault = open(format!("{base}/tidak_ada"))
        .await
        .expect_err("no database");
    assert_eq!(fault.kind, FaultKind::NoSuchDatabase, "{fault:?}");
    let place = base.rsplit_once('@').expect("a host").1;
    let fault = open(format!("postgres://tidak_ada:rahasia@{place}/postgres"))
        .await
        .expect_err("no account");
    assert_eq!(fault.kind, FaultKind::AuthFailed, "{fault:?}");
    assert!(!fault.message.contains("rahasia"));
}
