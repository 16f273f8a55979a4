//! Drafts of databases and SOAP services: what is chosen, and what is left to the operator.

use divos_adapters::infer::{Place, service, table};
use divos_database::{Column, Product, Schema, Table, TableKind};
use divos_model::Lang;
use url::Url;

fn column(name: &str, kind: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind: kind.to_owned(),
        nullable: true,
    }
}

#[test]
fn a_view_made_for_the_hub_is_chosen_and_no_secret_is_read() {
    let made = |name: &str, kind, key: &[&str], columns: Vec<Column>| Table {
        schema: Some("public".to_owned()),
        name: name.to_owned(),
        kind,
        columns,
        key: key.iter().map(|name| (*name).to_owned()).collect(),
        rows: None,
    };
    let schema = Schema {
        tables: vec![
            made(
                "users",
                TableKind::Table,
                &["id"],
                vec![
                    column("id", "integer"),
                    column("nama", "text"),
                    column("password", "text"),
                ],
            ),
            made(
                "v_hub_pengaduan",
                TableKind::View,
                &[],
                vec![
                    column("kode", "text"),
                    column("Judul Aduan", "text"),
                    column("diubah", "timestamp"),
                    column("dihapus", "boolean"),
                    column("foto", "bytea"),
                ],
            ),
            made(
                "barang",
                TableKind::Table,
                &["No, Baris"],
                vec![
                    column("No, Baris", "integer"),
                    column("Is Deleted", "boolean"),
                ],
            ),
        ],
        cut: false,
    };
    let place = Place {
        id: "aduan".to_owned(),
        title: "Aduan".to_owned(),
        upstream: None,
        path: String::new(),
        query: Vec::new(),
    };
    let way = table(&schema, Product::Postgres, None, &place).expect("a table");
    let text = way.lines.join("\n");
    assert!(
        text.contains("SELECT kode, \"Judul Aduan\", diubah, dihapus FROM v_hub_pengaduan"),
        "{text}"
    );
    assert!(
        text.contains(
            "WHERE (diubah, kode) > (:cursor, :last_key) ORDER BY diubah, kode LIMIT :size"
        ),
        "{text}"
    );
    assert_eq!(way.deletes, "{ tombstone: dihapus | bool }");
    let odd = table(&schema, Product::Postgres, Some("barang"), &place).expect("a table");
    assert_eq!(odd.deletes, "{ tombstone: \"row['Is Deleted'] | bool\" }");
    let text = odd.lines.join("\n");
    assert!(
        text.contains("keyset: { key: \"No, Baris\", size"),
        "{text}"
    );
    let why = odd.findings[0].why.in_lang(Lang::En);
    assert_eq!(why, "a table with a key, without a time of change");
    let users = table(&schema, Product::Mysql, Some("users"), &place).expect("a table");
    assert!(!users.lines.join("\n").contains("password"), "{users:?}");
    let none = table(&schema, Product::Sqlite, Some("tiada"), &place).expect_err("no such table");
    assert!(none.why.in_lang(Lang::En).contains("v_hub_pengaduan"));
}

#[test]
fn a_service_that_lists_is_called_and_one_that_does_not_is_told() {
    let wsdl = include_str!("infer/tagihan.wsdl");
    let url: Url = "http://127.0.0.1:18088/?wsdl".parse().expect("an address");
    let place = Place::of_url("pajak", "Pajak", &url);
    let way = service(wsdl.as_bytes(), None, None, &place).expect("a way");
    let text = way.lines.join("\n");
    assert!(
        text.contains("body: { \"t:DaftarTagihan\": { \"t:halaman\": \"${page}\" } }"),
        "{text}"
    );
    assert!(
        text.contains("select: \"DaftarTagihanResponse.DaftarTagihanResult.Tagihan[*]\""),
        "{text}"
    );
    assert_eq!(way.name, "tagihan");
    let none = service(wsdl.as_bytes(), None, Some("SatuTagihan"), &place).expect_err("no list");
    assert!(
        none.why.in_lang(Lang::En).contains("SatuTagihan"),
        "{none:?}"
    );
}
