//! A database by its catalogue: the table or view with a key, the time of change, and the query that reads both.

use super::column::expr;
use super::sketch::Nothing;
use super::words::{ENVELOPE, folded, words};
use super::{Finding, Place, Said, Way, lists, write};
use divos_database::{Column, Product, Schema, Table, TableKind};

/// Words in the name of what was made to be read by others.
const MADE_FOR: &[&str] = &[
    "hub",
    "view",
    "v",
    "publik",
    "public",
    "api",
    "integrasi",
    "ekspor",
    "export",
];
/// Columns that say that a row is gone, and what they hold then.
const GONE: &[(&str, &str)] = &[
    ("deleted_at", "not none"),
    ("dihapus_pada", "not none"),
    ("is_deleted", "true"),
    ("dihapus", "true"),
    ("deleted", "true"),
];

/// Drafts a source of a database; `wanted` names the table or view.
///
/// # Errors
/// [`Nothing`] where no table that the account sees has a key to page by.
pub fn table(
    schema: &Schema,
    product: Product,
    wanted: Option<&str>,
    place: &Place,
) -> Result<Way, Nothing> {
    let named = |table: &&Table| wanted.is_none_or(|name| table.name == name);
    let keyed = schema
        .tables
        .iter()
        .filter(named)
        .filter_map(|table| Some((table, key(table)?)));
    let Some((table, (key, sure))) = keyed.max_by_key(|(table, (_, sure))| (score(table), *sure))
    else {
        let names: Vec<&str> = schema
            .tables
            .iter()
            .map(|table| table.name.as_str())
            .take(20)
            .collect();
        let names = names.join(", ");
        return Err(Nothing::new(
            format!(
                "tidak ada tabel atau view dengan kunci untuk dibaca bertahap; yang terlihat: {names}"
            ),
            format!("no table or view has a key to page by; seen are: {names}"),
        ));
    };
    Ok(way(table, product, &key, sure, place))
}

fn score(table: &Table) -> usize {
    let said = words(&table.name);
    let made = MADE_FOR
        .iter()
        .any(|word| said.iter().any(|said| said == word));
    let changed = changed(table).is_some();
    usize::from(made) * 40
        + usize::from(table.kind == TableKind::View) * 20
        + usize::from(changed) * 30
        + table.columns.len().min(20)
}

/// The column to page by, and how sure it is that it is unique.
fn key(table: &Table) -> Option<(String, u8)> {
    if let [key] = table.key.as_slice() {
        return Some((key.clone(), 97));
    }
    let named = |names: &[&str]| {
        table
            .columns
            .iter()
            .find(|column| names.contains(&folded(&column.name).as_str()))
    };
    let found =
        named(&["id", "uuid", "kode", "code", "nip"]).map(|column| (column.name.clone(), 75));
    found.or_else(|| {
        let like = |column: &&Column| {
            words(&column.name)
                .iter()
                .any(|word| matches!(word.as_str(), "id" | "kode" | "nomor" | "no" | "nip"))
        };
        table
            .columns
            .iter()
            .find(like)
            .map(|column| (column.name.clone(), 60))
    })
}

/// The column with the time of the last change.
fn changed(table: &Table) -> Option<&Column> {
    let called = ENVELOPE
        .iter()
        .find(|called| called.target == "updated_at")?;
    let timed = |column: &&Column| {
        let kind = column.kind.to_lowercase();
        kind.contains("time") || kind.contains("date") || kind.contains("text") || kind.is_empty()
    };
    called.names.iter().find_map(|name| {
        table
            .columns
            .iter()
            .filter(timed)
            .find(|column| folded(&column.name) == *name)
    })
}

fn way(table: &Table, product: Product, key: &str, sure: u8, place: &Place) -> Way {
    let quote = |name: &str| quote(product, name);
    let from = match (&table.schema, product) {
        (Some(schema), Product::Postgres) if schema != "public" => {
            format!("{}.{}", quote(schema), quote(&table.name))
        }
        _ => quote(&table.name),
    };
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| readable(column))
        .map(|column| quote(&column.name))
        .collect();
    let changed = changed(table).filter(|changed| changed.name != key);
    let (condition, order) = match changed {
        Some(changed) => {
            let both = format!("{}, {}", quote(&changed.name), quote(key));
            (format!("({both}) > (:cursor, :last_key)"), both)
        }
        None => (format!("{} > :last_key", quote(key)), quote(key)),
    };
    let word = match product {
        Product::Postgres => "postgres",
        Product::Mysql => "mysql",
        Product::Sqlite => "sqlite",
    };
    let mut lines = vec![
        "sql:".to_owned(),
        format!("  {word}: \"${{secret:{}/dsn}}\"", place.id),
        "  query: >-".to_owned(),
        format!("    SELECT {} FROM {from}", columns.join(", ")),
        format!("    WHERE {condition} ORDER BY {order} LIMIT :size"),
        format!(
            "paginate: {{ keyset: {{ key: {}, size: 500 }} }}",
            write::scalar(key)
        ),
    ];
    let what = if table.kind == TableKind::View {
        ("view", "view")
    } else {
        ("tabel", "table")
    };
    let with = match changed {
        Some(_) => ("kunci dan waktu ubah", "a key and a time of change"),
        None => ("kunci, tanpa waktu ubah", "a key, without a time of change"),
    };
    let mut findings = vec![
        Finding::new(
            "source",
            format!("sql {}", table.name),
            if score(table) >= 50 { 85 } else { 65 },
            Said::new(
                format!("{} dengan {}", what.0, with.0),
                format!("a {} with {}", what.1, with.1),
            ),
        ),
        Finding::new(
            "paginate",
            format!("keyset {key}"),
            sure,
            Said::new(
                if sure > 90 {
                    "kunci utama"
                } else {
                    "namanya seperti kunci"
                },
                if sure > 90 {
                    "the primary key"
                } else {
                    "it is called like a key"
                },
            ),
        ),
    ];
    if let Some(changed) = changed {
        lines.push(format!(
            "cursor: {{ field: {}, start: 2000-01-01, overlap: 1h }}",
            write::scalar(&changed.name)
        ));
        findings.push(Finding::new(
            "cursor",
            changed.name.clone(),
            85,
            Said::new("kolom waktu ubah", "the column with the time of change"),
        ));
    }
    let (deletes, confidence, why) = match gone(table) {
        Some(expr) => (
            format!("{{ tombstone: {} }}", write::scalar(&expr)),
            75,
            Said::new(
                "kolom yang menandai baris terhapus",
                "the column that marks deleted rows",
            ),
        ),
        None => (
            "sweep".to_owned(),
            80,
            Said::new(
                "seluruh tabel dibaca sampai habis pada tiap pembacaan penuh",
                "a full pass reads the whole table to its end",
            ),
        ),
    };
    findings.push(Finding::new("deletes", deletes.clone(), confidence, why));
    Way {
        name: lists::name_of(&[&table.name]),
        lines,
        deletes,
        about: format!("{} {}", place.about(), table.name),
        findings,
        notes: vec![Said::new(
            format!(
                "alamat basis data ada di rahasia `{}/dsn`; akunnya cukup boleh SELECT",
                place.id
            ),
            format!(
                "the database's address is the secret `{}/dsn`; its account needs SELECT and nothing else",
                place.id
            ),
        )],
        ..Way::empty()
    }
}

/// Secrets and large things are not read.
fn readable(column: &Column) -> bool {
    let kind = column.kind.to_lowercase();
    let large = ["blob", "bytea", "binary", "geometry"]
        .iter()
        .any(|word| kind.contains(word));
    let secret = words(&column.name).iter().any(|word| {
        matches!(
            word.as_str(),
            "password" | "passwd" | "sandi" | "pass" | "pin" | "secret" | "token" | "salt"
        )
    });
    !large && !secret
}

fn gone(table: &Table) -> Option<String> {
    GONE.iter().find_map(|(name, held)| {
        let column = table
            .columns
            .iter()
            .find(|column| folded(&column.name) == *name)?;
        let read = expr(std::slice::from_ref(&column.name));
        Some(match *held {
            "not none" => format!("{read} is not none"),
            _ => format!("{read} | bool"),
        })
    })
}

/// A name as the product wants it, quoted only where it has to be.
fn quote(product: Product, name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let reserved = [
        "order", "group", "user", "select", "from", "where", "limit", "table", "key", "desc",
        "end", "default", "check", "to", "column", "index",
    ]
    .contains(&name);
    match product {
        _ if plain && !reserved => name.to_owned(),
        Product::Mysql => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
