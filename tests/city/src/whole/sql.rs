//! What is loaded into the database of an app whose data is a view: a table, the view, rows.
//!
//! Owns the SQL text for MySQL, MariaDB and PostgreSQL; never opens a connection.

use super::rows::Cell;
use super::shelf::Shelf;
use std::fmt::Write as _;
use std::sync::Arc;

/// Rows of one `INSERT`.
const BATCH: usize = 500;

/// The statements that build the database of an app.
pub struct SqlSeed {
    /// `mysql` (MariaDB, too) or `postgres`.
    pub dialect: &'static str,
    /// The view that the connector reads.
    pub view: &'static str,
    shelf: Arc<Shelf>,
}

impl SqlSeed {
    pub(crate) fn of(shelf: &Arc<Shelf>) -> Self {
        Self {
            dialect: shelf.entry.option("dialect"),
            view: shelf.entry.option("view"),
            shelf: shelf.clone(),
        }
    }

    fn table(&self) -> String {
        self.view.replacen("v_hub_", "t_", 1)
    }

    /// The table and the view, one statement each. The key is the first field, the time of change has its index.
    #[must_use]
    pub fn schema(&self) -> Vec<String> {
        let (table, fields) = (self.table(), &self.shelf.entry.fields);
        let columns: Vec<String> = fields
            .iter()
            .map(|(name, how)| self.column(name, how))
            .collect();
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let changed = fields.iter().find(|(_, how)| how.starts_with("updated"));
        let changed = changed.map_or(names[0], |(name, _)| *name);
        vec![
            format!(
                "CREATE TABLE {table} ({}, PRIMARY KEY ({}))",
                columns.join(", "),
                names[0]
            ),
            format!(
                "CREATE INDEX i_{table} ON {table} ({changed}, {})",
                names[0]
            ),
            format!(
                "CREATE VIEW {} AS SELECT {} FROM {table}",
                self.view,
                names.join(", ")
            ),
        ]
    }

    fn column(&self, name: &str, how: &str) -> String {
        let kind = match how.split(' ').next().unwrap_or_default() {
            "int" | "number" | "pct" | "year" => "INTEGER",
            "updated" if self.dialect == "postgres" => "TIMESTAMP(0)",
            "updated" => "DATETIME",
            _ => "VARCHAR(200)",
        };
        format!("{name} {kind} NOT NULL")
    }

    /// The rows, 500 in a statement, made while they are asked for.
    pub fn inserts(&self) -> impl Iterator<Item = String> + '_ {
        let ids = self.shelf.ids();
        let most = ids.len().div_ceil(BATCH);
        (0..most).map(move |part| {
            let from = part * BATCH;
            self.insert(&ids[from..(from + BATCH).min(ids.len())])
        })
    }

    fn insert(&self, ids: &[u64]) -> String {
        let mut text = format!("INSERT INTO {} VALUES ", self.table());
        for (at, row) in self.shelf.rows(ids).iter().enumerate() {
            let values: Vec<String> = row.cells.iter().map(|(_, cell)| literal(cell)).collect();
            let comma = if at == 0 { "" } else { ", " };
            // Writing into a text never fails.
            let _ = write!(text, "{comma}({})", values.join(", "));
        }
        text
    }
}

/// A literal that both dialects read alike: no row has a backslash.
fn literal(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        Cell::Text(_) | Cell::List(_) => format!("'{}'", cell.text().replace('\'', "''")),
    }
}
