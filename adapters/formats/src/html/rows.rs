//! The records of a page, one at a time.
//!
//! Owns what is a record and what is not: headings, and the one cell that says that there is nothing.

use super::header::{self, Header};
use super::{Page, Plan, grid, text};
use crate::{FormatFault, Opened, Reason};
use ego_tree::NodeId;
use scraper::{ElementRef, Html};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::sync::Arc;

/// The most names given as a suggestion.
const NAMES: usize = 30;

/// What is known of one table.
struct Table {
    header: Header,
    /// For each of the plan's columns its place.
    places: Vec<Option<usize>>,
}

struct Walk {
    plan: Arc<Plan>,
    html: Html,
    rows: std::vec::IntoIter<NodeId>,
    tables: HashMap<NodeId, Table>,
    /// The groups of rows whose columns are being counted.
    layouts: HashMap<NodeId, grid::Layout>,
    given: u64,
    done: bool,
}

pub(super) fn open(plan: Arc<Plan>, page: Page) -> Result<Opened, FormatFault> {
    let Page { html, odd } = page;
    let rows: Vec<NodeId> = html.select(&plan.rows).map(|row| row.id()).collect();
    let first = rows.first().and_then(|row| element(&html, *row));
    let candidates = match first.and_then(header::table_of) {
        Some(table) => vec![table],
        None => header::tables(&html),
    };
    let headers: Vec<Header> = candidates.into_iter().map(Header::of).collect();
    let columns = guard(&plan, &headers)?;
    let walk = Walk {
        plan,
        rows: rows.into_iter(),
        html,
        tables: HashMap::new(),
        layouts: HashMap::new(),
        given: 0,
        done: false,
    };
    Ok(Opened {
        rows: Box::new(walk),
        columns,
        odd,
    })
}

/// The names of the first table that has all that must be there, or what the best one lacks.
fn guard(plan: &Plan, headers: &[Header]) -> Result<Option<Vec<String>>, FormatFault> {
    let options = &plan.options;
    let lacks = |header: &Header| {
        let mut columns = options.columns.iter().map(|(_, name)| name);
        let lacked = columns.find(|name| header.column(name).is_none());
        lacked.or_else(|| options.guard.iter().find(|name| !header.says(name)))
    };
    if let Some(good) = headers.iter().find(|header| lacks(header).is_none()) {
        return Ok(Some(good.names()).filter(|_| good.marked || required(plan)));
    }
    if !required(plan) {
        return Ok(None);
    }
    let words = || {
        options
            .columns
            .iter()
            .map(|(_, name)| name)
            .chain(&options.guard)
    };
    let best = headers
        .iter()
        .max_by_key(|header| words().filter(|name| header.says(name)).count());
    let name = best.and_then(lacks).or_else(|| words().next());
    let found = best.map(Header::names).unwrap_or_default();
    let found = found.into_iter().filter(|name| !name.is_empty());
    Err(FormatFault::missing(
        "column",
        name.cloned().unwrap_or_default(),
        found.take(NAMES).collect(),
    ))
}

/// Whether the connector states anything about the header.
fn required(plan: &Plan) -> bool {
    !plan.options.columns.is_empty() || !plan.options.guard.is_empty()
}

fn element(html: &Html, id: NodeId) -> Option<ElementRef<'_>> {
    html.tree.get(id).and_then(ElementRef::wrap)
}

impl Walk {
    fn record(&mut self, id: NodeId) -> Option<Json> {
        let row = element(&self.html, id)?;
        let table = header::table_of(row).filter(|_| row.value().name() == "tr");
        let plan = Arc::clone(&self.plan);
        let known = table.map(|table| {
            let entry = self.tables.entry(table.id());
            &*entry.or_insert_with(|| Table::of(table, &plan))
        });
        if known.is_some_and(|known| known.is_no_record(row, required(&plan))) {
            return None;
        }
        let mut record = Map::new();
        for (key, cell) in &plan.cells {
            if let Some(value) = cell.read(row) {
                record.insert(key.clone(), Json::String(value));
            }
        }
        if let Some(known) = known.filter(|_| !plan.options.columns.is_empty()) {
            let group = row.parent().map_or(id, |group| group.id());
            let placed = self.layouts.entry(group).or_default().advance(row);
            for ((key, _), place) in plan.options.columns.iter().zip(&known.places) {
                let cell = place.and_then(|at| placed.get(at).copied().flatten());
                if let Some(cell) = cell.and_then(|cell| element(&self.html, cell)) {
                    record.insert(key.clone(), Json::String(text::of(cell)));
                }
            }
        }
        Some(Json::Object(record))
    }

    fn end(&self) -> Option<Result<Json, FormatFault>> {
        let expected = self
            .plan
            .options
            .min_rows
            .filter(|least| self.given < *least)?;
        Some(Err(FormatFault::whole(Reason::TooFew {
            found: self.given,
            expected,
        })))
    }
}

impl Table {
    fn of(table: ElementRef<'_>, plan: &Plan) -> Self {
        let header = Header::of(table);
        let columns = plan.options.columns.iter();
        let places = columns.map(|(_, name)| header.column(name)).collect();
        Self { header, places }
    }

    /// A first row that is not marked as a header is one only if the connector says what is in it.
    fn is_no_record(&self, row: ElementRef<'_>, required: bool) -> bool {
        let heads = (self.header.marked || required) && self.header.rows.contains(&row.id());
        heads || header::is_heading(row) || self.says_nothing(row)
    }

    /// One cell across the whole table: "No data".
    fn says_nothing(&self, row: ElementRef<'_>) -> bool {
        let mut cells = row.child_elements();
        let (Some(only), None) = (cells.next(), cells.next()) else {
            return false;
        };
        let wide = grid::span(only, "colspan", 1000);
        wide > 1 && wide >= self.header.width()
    }
}

impl Iterator for Walk {
    type Item = Result<Json, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        while let Some(id) = self.rows.next() {
            if let Some(record) = self.record(id) {
                self.given += 1;
                return Some(Ok(record));
            }
        }
        self.done = true;
        self.end()
    }
}
