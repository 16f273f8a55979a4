//! The operator's overlay: addresses, secrets, schedules and limits of one connector, nothing else.

use crate::findings::Findings;
use crate::grammar::{Field, Overlay, Type, field};
use crate::keys::CONNECTOR;
use crate::node::{Entry, Node, Value};
use crate::problem::Problem;
use crate::similar::similar;

/// Reports whatever an overlay may not touch, and returns it without sources that do not exist;
/// `base` is the definition without it.
pub(crate) fn check_overlay(overlay: &Node, base: &Node, findings: &mut Findings) -> Node {
    for entry in overlay.entries() {
        record(entry, CONNECTOR, "", findings);
    }
    let known = base.get("sources").map_or(&[][..], Node::entries);
    let mut kept = overlay.clone();
    let Value::Map(entries) = &mut kept.value else {
        return kept;
    };
    for entry in entries.iter_mut().filter(|entry| &*entry.key == "sources") {
        let Value::Map(sources) = &mut entry.node.value else {
            continue;
        };
        sources.retain(|source| {
            let exists = known.iter().any(|other| other.key == source.key);
            if !exists {
                let similar = similar(&source.key, known.iter().map(|source| &*source.key));
                findings.at(
                    Problem::UnknownSource {
                        name: source.key.to_string(),
                        similar,
                    },
                    &source.key_span,
                );
            }
            exists
        });
    }
    kept
}

fn record(entry: &Entry, fields: &'static [Field], within: &str, findings: &mut Findings) {
    let path = join(within, &entry.key);
    match field(fields, &entry.key) {
        Some(known) if known.overlay != Overlay::Never => {}
        Some(known) if holds_some(&known.ty) && !entry.node.entries().is_empty() => {
            below(&entry.node, &known.ty, &path, findings);
        }
        Some(_) => findings.at(Problem::NotForOverlay { field: path }, &entry.key_span),
        // The check of the whole says it, with a suggestion.
        None => {}
    }
}

fn below(node: &Node, ty: &'static Type, path: &str, findings: &mut Findings) {
    match ty {
        Type::Record(fields) | Type::Choice(_, fields) => {
            node.entries()
                .iter()
                .for_each(|entry| record(entry, fields, path, findings));
        }
        Type::Map(value, _) => {
            for entry in node.entries() {
                below(&entry.node, value, &join(path, &entry.key), findings);
            }
        }
        _ => {}
    }
}

/// Tells whether anything below a type is the operator's.
fn holds_some(ty: &'static Type) -> bool {
    match ty {
        Type::Record(fields) | Type::Choice(_, fields) => fields
            .iter()
            .any(|f| f.overlay != Overlay::Never || holds_some(&f.ty)),
        Type::Map(value, _) => holds_some(value),
        _ => false,
    }
}

/// Reports what only an overlay may say, in a connector or template.
pub(crate) fn check_own(root: &Node, findings: &mut Findings) {
    own(root, CONNECTOR, "", findings);
}

fn own(node: &Node, fields: &'static [Field], within: &str, findings: &mut Findings) {
    for entry in node.entries() {
        let Some(known) = field(fields, &entry.key) else {
            continue;
        };
        let path = join(within, &entry.key);
        match &known.ty {
            _ if known.overlay == Overlay::Only => {
                findings.at(Problem::OnlyForOverlay { field: path }, &entry.key_span);
            }
            Type::Record(fields) => own(&entry.node, fields, &path, findings),
            Type::Map(Type::Record(fields), _) => {
                for entry in entry.node.entries() {
                    own(&entry.node, fields, &join(&path, &entry.key), findings);
                }
            }
            _ => {}
        }
    }
}

pub(crate) fn join(within: &str, key: &str) -> String {
    if within.is_empty() {
        key.to_owned()
    } else {
        format!("{within}.{key}")
    }
}
