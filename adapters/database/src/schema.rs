//! What a database holds: tables, views, columns, keys, about how many rows.
//!
//! Owns the questions to each product's catalogue, so that a connector can be drafted. It must never read a row of
//! data, and never more than 200 tables.

use crate::database::{Database, Limits};
use crate::dsn::Product;
use crate::fault::{DatabaseFault, FaultKind};
use crate::query::Query;
use futures::TryStreamExt;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The most tables and views that are told.
const TABLES: usize = 200;
/// The most columns of all of them.
const COLUMNS: u64 = 20_000;

/// The tables and views that the account may see, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    /// At most 200.
    pub tables: Vec<Table>,
    /// Whether there are more.
    pub cut: bool,
}

/// One table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its schema, where the product has them; MySQL's is the database.
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// Table or view.
    pub kind: TableKind,
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in the key's order.
    pub key: Vec<String>,
    /// About how many rows, where the product knows without counting.
    pub rows: Option<u64>,
}

/// Table or view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// A table.
    Table,
    /// A view, materialized or not.
    View,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as the product writes it.
    pub kind: String,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// One line per column; `pk` is its place in the primary key, from 1.
const POSTGRES: &str = "WITH t AS (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.reltuples
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%' AND NOT c.relispartition
    AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
  ORDER BY n.nspname, c.relname LIMIT :tables)
SELECT t.nspname::text AS s, t.relname::text AS t, t.relkind IN ('v', 'm') AS v, a.attname::text AS c,
  pg_catalog.format_type(a.atttypid, a.atttypmod) AS k, NOT a.attnotnull AS n,
  array_position(i.indkey::int2[], a.attnum) + 1 AS pk,
  CASE WHEN t.reltuples >= 0 AND t.relkind <> 'v' THEN t.reltuples::int8 END AS r
FROM t JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = t.oid AND i.indisprimary
ORDER BY 1, 2, a.attnum";

const MYSQL: &str = "SELECT c.TABLE_SCHEMA AS s, t.TABLE_NAME AS t, t.TABLE_TYPE LIKE '%VIEW' AS v,
  c.COLUMN_NAME AS c, c.COLUMN_TYPE AS k, c.IS_NULLABLE = 'YES' AS n, u.ORDINAL_POSITION AS pk, t.TABLE_ROWS AS r
FROM (SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, TABLE_ROWS FROM information_schema.TABLES
  WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME LIMIT :tables) t
JOIN information_schema.COLUMNS c ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
LEFT JOIN information_schema.KEY_COLUMN_USAGE u ON u.TABLE_SCHEMA = c.TABLE_SCHEMA AND u.TABLE_NAME = c.TABLE_NAME
  AND u.COLUMN_NAME = c.COLUMN_NAME AND u.CONSTRAINT_NAME = 'PRIMARY'
ORDER BY t.TABLE_NAME, c.ORDINAL_POSITION";

const SQLITE: &str = "SELECT NULL AS s, t.name AS t, t.type = 'view' AS v, c.name AS c, c.type AS k,
  c.\"notnull\" = 0 AS n, c.pk AS pk, NULL AS r
FROM (SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  ORDER BY name LIMIT :tables) t
JOIN pragma_table_info(t.name) c ORDER BY t.name, c.cid";

impl Database {
    /// Tells the tables and views that the account may see, at most 200 by name.
    ///
    /// # Errors
    /// As [`Database::rows`].
    pub async fn schema(&mut self) -> Result<Schema, DatabaseFault> {
        let sql = match self.product() {
            Product::Postgres => POSTGRES,
            Product::Mysql => MYSQL,
            Product::Sqlite => SQLITE,
        };
        let words =
            |fault: crate::QueryFault| DatabaseFault::new(FaultKind::Other, fault.to_string());
        let query = Query::read(self.product(), sql).map_err(words)?;
        let limits = Limits {
            rows: COLUMNS,
            ..self.limits()
        };
        let params = [("tables", json!(TABLES + 1))];
        let rows: Vec<Json> = self
            .rows_within(&query, &params, limits)
            .try_collect()
            .await?;
        Ok(assemble(rows))
    }
}

fn assemble(rows: Vec<Json>) -> Schema {
    let mut tables: Vec<Table> = Vec::new();
    let mut keys: BTreeMap<u64, String> = BTreeMap::new();
    for row in rows {
        let (schema, name) = (word(&row, "s"), word(&row, "t").unwrap_or_default());
        let same = tables
            .last()
            .is_some_and(|last| last.name == name && last.schema == schema);
        if !same {
            finish(&mut tables, &mut keys);
            tables.push(Table {
                schema,
                name,
                kind: if yes(&row, "v") {
                    TableKind::View
                } else {
                    TableKind::Table
                },
                columns: Vec::new(),
                key: Vec::new(),
                rows: row["r"].as_u64(),
            });
        }
        let column = Column {
            name: word(&row, "c").unwrap_or_default(),
            kind: word(&row, "k").unwrap_or_default(),
            nullable: yes(&row, "n"),
        };
        if let Some(place) = row["pk"].as_u64().filter(|place| *place > 0) {
            keys.insert(place, column.name.clone());
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push(column);
        }
    }
    finish(&mut tables, &mut keys);
    let cut = tables.len() > TABLES;
    tables.truncate(TABLES);
    Schema { tables, cut }
}

fn finish(tables: &mut [Table], keys: &mut BTreeMap<u64, String>) {
    let key = std::mem::take(keys).into_values().collect();
    if let Some(table) = tables.last_mut() {
        table.key = key;
    }
}

fn word(row: &Json, name: &str) -> Option<String> {
    row[name].as_str().map(str::to_owned)
}

fn yes(row: &Json, name: &str) -> bool {
    row[name] == json!(true) || row[name].as_u64().is_some_and(|number| number != 0)
}
