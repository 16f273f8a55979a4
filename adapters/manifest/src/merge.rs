//! Lays one definition over another: maps merge deeply, scalars and lists replace, `null` deletes.
//!
//! The grammar guides it: where a map is a choice (`paginate: { page: … }`), another choice replaces the
//! first one; what stands beside a choice stays.

use crate::grammar::{Type, is_beside};
use crate::node::{Entry, Node, Value};

/// Lays `over` on `base`.
pub(crate) fn merge(ty: Option<&'static Type>, base: Node, over: &Node) -> Node {
    match (base.value, &over.value) {
        (Value::Map(mut entries), Value::Map(upper)) => {
            if replaces(ty, &entries, upper) {
                entries.retain(|entry| beside(ty, entry));
            }
            for entry in upper {
                lay(ty, &mut entries, entry);
            }
            Node {
                value: Value::Map(entries),
                span: over.span.clone(),
                via: over.via.clone(),
            }
        }
        _ => prune(ty, over),
    }
}

fn lay(ty: Option<&'static Type>, entries: &mut Vec<Entry>, over: &Entry) {
    let below = ty.and_then(|ty| ty.under(&over.key));
    let at = entries.iter().position(|entry| entry.key == over.key);
    match (at, &over.node.value) {
        (Some(at), Value::Null) => {
            entries.remove(at);
        }
        (None, Value::Null) if free(ty) => entries.push(over.clone()),
        (None, Value::Null) => {}
        (Some(at), _) => {
            let Entry { node, .. } = entries.remove(at);
            let node = merge(below, node, &over.node);
            entries.insert(
                at,
                Entry {
                    key: over.key.clone(),
                    key_span: over.key_span.clone(),
                    node,
                },
            );
        }
        (None, _) => {
            let node = prune(below, &over.node);
            entries.push(Entry {
                key: over.key.clone(),
                key_span: over.key_span.clone(),
                node,
            });
        }
    }
}

/// Tells whether a choice gives way to another one.
fn replaces(ty: Option<&'static Type>, base: &[Entry], over: &[Entry]) -> bool {
    let deletes = |entry: &Entry| matches!(entry.node.value, Value::Null);
    let mut chosen = over.iter().filter(|entry| !beside(ty, entry)).peekable();
    matches!(ty, Some(Type::Choice(..)))
        && chosen.peek().is_some()
        && !chosen.any(|entry| deletes(entry) || base.iter().any(|known| known.key == entry.key))
}

fn beside(ty: Option<&'static Type>, entry: &Entry) -> bool {
    matches!(ty, Some(Type::Choice(_, fields)) if is_beside(fields, &entry.key))
}

/// Tells whether `null` is a value of its own here.
fn free(ty: Option<&'static Type>) -> bool {
    matches!(
        ty,
        None | Some(Type::Any | Type::PatternTree | Type::SecretTree)
    )
}

/// Copies a tree without its deletions.
pub(crate) fn prune(ty: Option<&'static Type>, node: &Node) -> Node {
    if free(ty) {
        return node.clone();
    }
    let value = match &node.value {
        Value::Map(entries) => {
            let mut kept = Vec::with_capacity(entries.len());
            entries.iter().for_each(|entry| lay(ty, &mut kept, entry));
            Value::Map(kept)
        }
        other => other.clone(),
    };
    Node {
        value,
        span: node.span.clone(),
        via: node.via.clone(),
    }
}
