//! What a connector is made of, value by value, each with its origin; and the hashes of that.

use crate::grammar::{Field, Type};
use crate::keys::{CONNECTOR, SOURCE};
use crate::node::{Node, Span, Value};
use crate::overlay::join;
use crate::{Connector, parse_duration, parse_size};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// One value of the definition after templates, overlay and defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// Where it is, for example `app.timeouts.connect`.
    pub path: String,
    /// What it is; secrets show their reference only.
    pub value: String,
    /// The file and line that says so; `None` for one of the hub's own defaults.
    pub origin: Option<(PathBuf, usize)>,
}

/// One value, with its canonical form for hashing.
pub(crate) struct Leaf {
    path: String,
    value: String,
    canonical: String,
    span: Option<Span>,
}

/// Lists every value of a tree and every default, in the order of the grammar.
pub(crate) fn values(root: &Node) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    record(Some(root), CONNECTOR, "", &mut leaves);
    leaves
}

/// Turns the list into what people are shown.
pub(crate) fn explain(root: &Node) -> Vec<Explained> {
    let explained = |leaf: Leaf| Explained {
        path: leaf.path,
        value: leaf.value,
        origin: leaf.span.map(|span| {
            let place = span.place(&[]);
            (place.file, place.line)
        }),
    };
    // What templates were given shows where they use it.
    let given = |leaf: &Leaf| leaf.path.starts_with("with.");
    values(root)
        .into_iter()
        .filter(|leaf| !given(leaf))
        .map(explained)
        .collect()
}

/// Hashes what the data depends on; not its title, tests and bookkeeping.
pub(crate) fn version(leaves: &[Leaf]) -> String {
    let counts = |leaf: &&Leaf| {
        let first = leaf.path.split(['.', '[']).next().unwrap_or_default();
        !matches!(first, "apiVersion" | "kind" | "extends" | "with" | "tests")
            && leaf.path != "metadata.title"
    };
    let digest = digest(leaves.iter().filter(counts));
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Hashes everything, resolved secrets included.
pub(crate) fn fingerprint(connector: &Connector, leaves: &[Leaf]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(digest(leaves.iter()));
    for secret in connector.secrets() {
        hash.update(Sha256::digest(secret.reveal().unwrap_or_default()));
    }
    hash.finalize().into()
}

fn digest<'a>(leaves: impl Iterator<Item = &'a Leaf>) -> [u8; 32] {
    let mut lines: Vec<String> = leaves
        .map(|leaf| format!("{}\u{1f}{}", leaf.path, leaf.canonical))
        .collect();
    lines.sort();
    Sha256::digest(lines.join("\u{1e}")).into()
}

fn record(node: Option<&Node>, fields: &'static [Field], within: &str, leaves: &mut Vec<Leaf>) {
    for known in fields {
        let path = join(within, known.name);
        let found = node.and_then(|node| node.get(known.name));
        match (found, &known.ty, known.default) {
            (Some(node), ty, _) => value(node, ty, &path, leaves),
            // What a source does not say it does not do: it is read in one way of many.
            (None, Type::Record(below), None)
                if !std::ptr::eq(fields, SOURCE) && filled_by_defaults(below) =>
            {
                record(None, below, &path, leaves)
            }
            (None, _, Some(default)) => leaves.push(Leaf {
                path,
                value: default.to_owned(),
                canonical: canonical(default, &known.ty),
                span: None,
            }),
            (None, ..) => {}
        }
    }
}

/// Tells whether a map that is absent stands for its defaults, instead of for nothing.
fn filled_by_defaults(fields: &'static [Field]) -> bool {
    fields.iter().all(|known| !known.required)
}

fn value(node: &Node, ty: &'static Type, path: &str, leaves: &mut Vec<Leaf>) {
    match (ty, &node.value) {
        (Type::Record(fields) | Type::DurationOr(_, fields), Value::Map(_)) => {
            record(Some(node), fields, path, leaves)
        }
        (Type::Choice(_, fields) | Type::WordOrRecord(_, fields), Value::Map(entries)) => {
            for entry in entries {
                if let Some(known) = crate::grammar::field(fields, &entry.key) {
                    value(&entry.node, &known.ty, &join(path, &entry.key), leaves);
                }
            }
        }
        (Type::Map(below, _), Value::Map(entries)) => {
            entries
                .iter()
                .for_each(|entry| value(&entry.node, below, &join(path, &entry.key), leaves));
        }
        (Type::List(below) | Type::OneOrMany(below), Value::List(items)) => {
            for (at, item) in items.iter().enumerate() {
                value(item, below, &format!("{path}[{at}]"), leaves);
            }
        }
        (Type::OneOrMany(below), _) => value(node, below, &format!("{path}[0]"), leaves),
        _ => {
            let text = node
                .scalar()
                .map_or_else(|| node.to_json().to_string(), str::to_owned);
            leaves.push(Leaf {
                path: path.to_owned(),
                value: shown(&text, ty),
                canonical: canonical(&text, ty),
                span: Some(node.span.clone()),
            });
        }
    }
}

/// A secret shows its references only; a text without one is never shown in a secret's place.
fn shown(text: &str, ty: &Type) -> String {
    match ty {
        Type::Secret { strict: true } if !text.contains("${secret:") => "•••".to_owned(),
        _ => text.to_owned(),
    }
}

/// The same for all that means the same.
fn canonical(text: &str, ty: &Type) -> String {
    let number = match ty {
        Type::Duration(_) | Type::DurationOr(..) => {
            parse_duration(text).map(|duration| duration.as_millis().to_string())
        }
        Type::Size => parse_size(text).map(|size| size.to_string()),
        _ => None,
    };
    number.unwrap_or_else(|| text.to_owned())
}
