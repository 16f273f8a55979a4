//! What is inside a table, as meant: cells, columns, guards.

use crate::fetch::{HtmlTable, TableShape};
use crate::keys::GUARD;
use crate::node::{Entry, Node};
use crate::view::{View, many};

pub(super) fn html(view: &View<'_>) -> Option<HtmlTable> {
    let guard = view.below("guard", GUARD);
    Some(HtmlTable {
        rows: view.string("rows")?,
        cells: texts(view, "cells"),
        columns: texts(view, "columns"),
        guard_columns: columns(&guard),
        min_rows: guard.read("min_rows"),
    })
}

pub(super) fn table(view: &View<'_>) -> TableShape {
    let guard = view.below("guard", GUARD);
    TableShape {
        header: view.read("header"),
        guard_columns: columns(&guard),
        min_rows: guard.read("min_rows"),
        footer: u8::try_from(view.number("footer")).unwrap_or(u8::MAX),
    }
}

fn columns(guard: &View<'_>) -> Vec<String> {
    let columns = many(guard.node("columns"));
    columns.into_iter().map(str::to_owned).collect()
}

pub(super) fn delimiter(text: &str) -> Option<char> {
    match text {
        "tab" => Some('\t'),
        _ => text.chars().next(),
    }
}

fn texts(view: &View<'_>, key: &str) -> Vec<(String, String)> {
    let entries = view.node(key).map_or(&[][..], Node::entries);
    let pair = |e: &Entry| Some((e.key.to_string(), e.node.scalar()?.to_owned()));
    entries.iter().filter_map(pair).collect()
}
