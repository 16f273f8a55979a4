//! What a DSN and a query may say; no text makes either panic.

use crate::world::ALL;
use divos_database::{Dsn, DsnFault, Product, Query, QueryFault, Tls};
use proptest::prelude::*;
use std::path::Path;

#[test]
fn a_dsn_is_read_in_parts_and_shows_none_that_is_secret() {
    let dsn =
        Dsn::parse("postgres://pembaca:p%40ss%3Aword@DB.example.org:6432/simpeg").expect("a DSN");
    assert_eq!(
        (dsn.product(), dsn.host(), dsn.port()),
        (Product::Postgres, "db.example.org", 6432)
    );
    assert_eq!(
        dsn.tls(),
        &Tls::Checked(None),
        "another machine is only read over TLS"
    );
    let shown = format!("{dsn:?}");
    assert!(
        !shown.contains("pembaca") && !shown.contains("ss:word") && !shown.contains("simpeg"),
        "{shown}"
    );
    let dsn = Dsn::parse("mariadb://u@[::1]/d").expect("a DSN");
    assert_eq!(
        (dsn.product(), dsn.host(), dsn.port()),
        (Product::Mysql, "::1", 3306)
    );
    assert_eq!(dsn.tls(), &Tls::Off);
    let dsn = Dsn::parse("mysql://u:p@db.example.org/d?ssl-mode=DISABLED").expect("a DSN");
    assert_eq!(dsn.tls(), &Tls::Off);
    let dsn = Dsn::parse("sqlite:///srv/data/arsip%20lama.db?mode=ro").expect("a DSN");
    assert_eq!(
        (dsn.product(), dsn.path()),
        (Product::Sqlite, Some(Path::new("/srv/data/arsip lama.db")))
    );
}

#[test]
fn a_dsn_that_cannot_be_meant_is_refused_without_its_secret() {
    for (text, fault) in [
        ("", DsnFault::Scheme),
        ("oracle://u:rahasia@h/d", DsnFault::Scheme),
        ("postgres://u:rahasia@h", DsnFault::Missing("database name")),
        (
            "postgres://u:rahasia@h/",
            DsnFault::Missing("database name"),
        ),
        ("postgres://h/d", DsnFault::Missing("user")),
        ("postgres://:rahasia@h/d", DsnFault::Missing("user")),
        ("postgres://u:rahasia@/d", DsnFault::Missing("host")),
        ("postgres://u:rahasia@h:0/d", DsnFault::Bad("port")),
        ("postgres://u:rahasia@h:x/d", DsnFault::Bad("port")),
        ("postgres://u:rahasia@h,i/d", DsnFault::Bad("host")),
        ("postgres://u:rahasia%FF@h/d", DsnFault::Bad("password")),
        (
            "postgres://u:rahasia@h/d?sslmode=prefer",
            DsnFault::Unchecked,
        ),
        (
            "mysql://u:rahasia@h/d?ssl-mode=REQUIRED",
            DsnFault::Unchecked,
        ),
        (
            "mysql://u:rahasia@h/d?enable_cleartext_plugin=true",
            DsnFault::Option,
        ),
        (
            "sqlite://data.db",
            DsnFault::Missing("absolute path (sqlite:///path)"),
        ),
        ("sqlite:///a.db?mode=rwc", DsnFault::Option),
        (
            "sqlite://:memory:",
            DsnFault::Missing("absolute path (sqlite:///path)"),
        ),
    ] {
        let found = Dsn::parse(text).expect_err(text);
        assert_eq!(found, fault, "{text}");
        assert!(!found.to_string().contains("rahasia"), "{text}");
    }
}

#[test]
fn parameters_become_placeholders_of_the_product() {
    let sql =
        "SELECT nip FROM v WHERE (diubah, nip) > (:cursor, :last_key) AND x = :cursor LIMIT :size;";
    let query = Query::read(Product::Postgres, sql).expect("a query");
    assert_eq!(
        query.sql(),
        "SELECT nip FROM v WHERE (diubah, nip) > ($1, $2) AND x = $3 LIMIT $4"
    );
    assert_eq!(query.names(), ["cursor", "last_key", "size"]);
    for product in [Product::Mysql, Product::Sqlite] {
        let query = Query::read(product, sql).expect("a query");
        assert_eq!(
            query.sql(),
            "SELECT nip FROM v WHERE (diubah, nip) > (?, ?) AND x = ? LIMIT ?"
        );
    }
    let slice = "SELECT a[lo:hi], a[:awal : :akhir], x::date, ':y', \":z\" FROM t";
    let query = Query::read(Product::Postgres, slice).expect("a query");
    assert_eq!(query.names(), ["awal", "akhir"]);
}

#[test]
fn what_is_no_single_reading_statement_is_refused_with_its_place() {
    use QueryFault::{Empty, Executable, Many, NotReading, Placeholder, Unclosed};
    for product in ALL {
        for (sql, fault) in [
            ("", Empty),
            (" /* x */ ; ", Empty),
            (
                "DELETE FROM t",
                NotReading {
                    word: "DELETE".into(),
                    at: 1,
                },
            ),
            (
                "-- x\nCALL p()",
                NotReading {
                    word: "CALL".into(),
                    at: 6,
                },
            ),
            ("SELECT 1; DROP TABLE t", Many { at: 9 }),
            ("SELECT 'a", Unclosed { at: 8 }),
            ("SELECT 1 /* x", Unclosed { at: 10 }),
        ] {
            assert_eq!(
                Query::read(product, sql).expect_err(sql),
                fault,
                "{product:?} {sql}"
            );
        }
        for sql in [
            "SELECT 1",
            "(SELECT 1) UNION (SELECT 2)",
            "with a as (select 1) select * from a",
            "VALUES (1)",
            "SELECT 'é; :x' ;;",
        ] {
            assert!(Query::read(product, sql).is_ok(), "{product:?} {sql}");
        }
    }
    let read = |product, sql: &str| Query::read(product, sql).expect_err(sql);
    assert_eq!(
        read(Product::Mysql, "SELECT 1 /*! INTO OUTFILE '/tmp/x' */"),
        Executable { at: 10 }
    );
    assert_eq!(
        read(Product::Mysql, "SELECT 1 /*M!100000 + 1 */"),
        Executable { at: 10 }
    );
    assert_eq!(
        read(Product::Mysql, "SELECT 1 /* /* */ ; DROP TABLE t -- */"),
        Many { at: 19 }
    );
    assert_eq!(
        read(Product::Mysql, "SELECT '\\'; ', 1; x"),
        Many { at: 17 }
    );
    assert_eq!(
        read(Product::Postgres, "SELECT '\\'; DROP TABLE t -- '"),
        Many { at: 11 }
    );
    assert_eq!(
        read(Product::Postgres, "SELECT $1"),
        Placeholder {
            sign: "$1".into(),
            at: 8
        }
    );
    assert_eq!(
        read(Product::Mysql, "SELECT ?"),
        Placeholder {
            sign: "?".into(),
            at: 8
        }
    );
    assert_eq!(
        read(Product::Sqlite, "SELECT @a"),
        Placeholder {
            sign: "@a".into(),
            at: 8
        }
    );
    assert!(
        Query::read(
            Product::Postgres,
            "SELECT $q$ ; $q$, E'\\';', 1 /* /* ; */ ; */"
        )
        .is_ok()
    );
    assert!(Query::read(Product::Mysql, "SELECT 5 --1").is_ok());
}

fn sql() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ -~é\n]{0,6}",
        prop::sample::select(vec![
            "SELECT ", "WITH ", "'", "\"", "`", "[", "]", "$$", "$q$", "/*", "*/", "--", "#", "\\",
            ":", "::", ":a", ";", "E'", "e", "?", "$1", "é", "\u{0}", "1e'",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| format!("SELECT {}", pieces.concat()))
}

proptest! {
    #[test]
    fn no_text_makes_a_query_panic(text in ".{0,200}", sql in sql()) {
        for product in ALL {
            let _ = Query::read(product, &text);
            if let Ok(query) = Query::read(product, &sql) {
                prop_assert!(query.names().len() <= sql.matches(':').count());
                prop_assert!(sql.starts_with(query.sql().get(..7).unwrap_or("SELECT")));
            }
        }
    }

    #[test]
    fn no_text_makes_a_dsn_panic(text in ".{0,200}", rest in "[ -~é]{0,60}") {
        let _ = Dsn::parse(&text);
        for scheme in ["postgres", "mysql", "sqlite"] {
            let _ = Dsn::parse(&format!("{scheme}://{rest}"));
            if let Ok(dsn) = Dsn::parse(&format!("{scheme}://u:zzsecretzz@h/d?{rest}")) {
                let shown = format!("{dsn:?}");
                prop_assert!(!shown.contains("zzsecretzz"));
            }
        }
    }
}
