//! What is inside a message or a table, as meant: SOAP elements, HTML cells, columns.

use crate::fetch::{HtmlTable, Soap, SoapNode, SoapVersion, TableShape};
use crate::keys::{GUARD, SOAP_FAULT};
use crate::node::{Entry, Node, Value};
use crate::secret::Secret;
use crate::view::{View, many};

pub(super) fn soap(view: &View<'_>) -> Soap {
    let fault = view.below("fault", SOAP_FAULT);
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    Soap {
        version: match view.text("version") {
            Some("1.2") => SoapVersion::V12,
            _ => SoapVersion::V11,
        },
        action: view.string("action"),
        namespaces: texts(view, "ns"),
        header: elements(view.node("header")),
        body: elements(view.node("body")),
        retry: owned(fault.many("retry")),
        fatal: owned(fault.many("fatal")),
    }
}

/// Child elements in the order of the file; a list repeats its element.
fn elements(node: Option<&Node>) -> Vec<(String, SoapNode)> {
    let mut found = Vec::new();
    for entry in node.map_or(&[][..], Node::entries) {
        let items = match &entry.node.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![&entry.node],
        };
        for item in items {
            let element = match item.scalar() {
                Some(text) => SoapNode::Text(Secret::known(text, text)),
                None => SoapNode::Children(elements(Some(item))),
            };
            found.push((entry.key.to_string(), element));
        }
    }
    found
}

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
