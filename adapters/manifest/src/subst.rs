//! `${…}` inside texts: found, and filled per node after parsing, never in the file's text.

use crate::node::{Entry, Node, Span, Value};
use crate::problem::Problem;
use crate::similar::similar;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A `${…}` in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hole<'a> {
    /// What stands inside.
    pub kind: HoleKind<'a>,
    /// The first byte, at `$`.
    pub start: usize,
    /// One past the last byte, behind `}`.
    pub end: usize,
}

/// What stands inside `${…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HoleKind<'a> {
    /// `param.x`
    Param(&'a str),
    /// `secret:path`
    Secret(&'a str),
    /// `cursor`
    Cursor,
    /// `page`
    Page,
    /// `parent`
    Parent,
    /// `env:…` or `file:…`
    Reference(&'a str),
    /// Something else.
    Unknown(&'a str),
    /// `}` is missing.
    Open,
}

/// Finds every hole; `$${` is not one.
pub(crate) fn holes(text: &str) -> Vec<Hole<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].find("${").map(|n| at + n) {
        if text[..next].ends_with('$') {
            at = next + 2;
            continue;
        }
        let inside = &text[next + 2..];
        let Some(len) = inside.find('}') else {
            found.push(Hole {
                kind: HoleKind::Open,
                start: next,
                end: text.len(),
            });
            break;
        };
        let end = next + 2 + len + 1;
        found.push(Hole {
            kind: kind(inside[..len].trim()),
            start: next,
            end,
        });
        at = end;
    }
    found
}

fn kind(name: &str) -> HoleKind<'_> {
    match name {
        "cursor" => HoleKind::Cursor,
        "page" => HoleKind::Page,
        "parent" => HoleKind::Parent,
        _ => match name.split_once([':', '.']) {
            Some(("param", rest)) if name.starts_with("param.") => HoleKind::Param(rest),
            Some(("secret", rest)) if name.starts_with("secret:") && !rest.is_empty() => {
                HoleKind::Secret(rest)
            }
            Some(("env" | "file", _)) => HoleKind::Reference(name),
            _ => HoleKind::Unknown(name),
        },
    }
}

/// The values of a template's parameters; `None` for one that was given no value.
pub(crate) type Params = BTreeMap<String, Option<Node>>;

/// Fills `${param.x}` in a template's tree.
pub(crate) struct Fill<'a> {
    /// What the parameters are; `None` in a connector, which has none.
    pub params: Option<&'a Params>,
    /// What was found wrong.
    pub faults: Vec<(Problem, Span)>,
}

impl Fill<'_> {
    /// Fills a tree. `expr` says that texts are expressions: values go in as literals there.
    /// A map entry or list element whose whole value is a parameter without a value is left out, and so
    /// is a map that loses all its entries that way: `auth: { basic: { password: "${param.p}" } }` vanishes.
    pub(crate) fn node(&mut self, node: &Node, expr: bool) -> Option<Node> {
        let value = match &node.value {
            Value::Text(text) if text.contains("${") => return self.text(node, text, expr),
            Value::List(items) => Value::List(
                items
                    .iter()
                    .filter_map(|item| self.node(item, expr))
                    .collect(),
            ),
            Value::Map(entries) => {
                let filled: Vec<Entry> = entries
                    .iter()
                    .filter_map(|entry| self.entry(entry, expr))
                    .collect();
                let filled = self.apart(entries, filled);
                if filled.is_empty() && !entries.is_empty() {
                    return None;
                }
                Value::Map(filled)
            }
            other => other.clone(),
        };
        Some(Node {
            value,
            span: node.span.clone(),
            via: node.via.clone(),
        })
    }

    fn entry(&mut self, entry: &Entry, expr: bool) -> Option<Entry> {
        if &*entry.key == "auth" && self.unasked(&entry.node) {
            return None;
        }
        let expr = expr || matches!(&*entry.key, "map" | "tombstone" | "when");
        let node = self.node(&entry.node, expr)?;
        let (key, key_span) = self.key(entry)?;
        Some(Entry {
            key,
            key_span,
            node,
        })
    }

    /// Leaves out, as a fault, every entry whose key became one that another entry has.
    fn apart(&mut self, written: &[Entry], filled: Vec<Entry>) -> Vec<Entry> {
        if !written.iter().any(|entry| entry.key.contains("${param.")) {
            return filled;
        }
        let mut kept: Vec<Entry> = Vec::with_capacity(filled.len());
        for entry in filled {
            if kept.iter().any(|known| known.key == entry.key) {
                let key = entry.key.to_string();
                self.faults
                    .push((Problem::DuplicateKey { key }, entry.key_span));
            } else {
                kept.push(entry);
            }
        }
        kept
    }

    /// Fills a key, such as the name of a form's field; with the place where it was given.
    fn key(&mut self, entry: &Entry) -> Option<(Arc<str>, Span)> {
        if !entry.key.contains("${param.") {
            return Some((Arc::clone(&entry.key), entry.key_span.clone()));
        }
        let written = Node {
            value: Value::Text(Arc::clone(&entry.key)),
            span: entry.key_span.clone(),
            via: None,
        };
        let filled = self.text(&written, &entry.key, false)?;
        let key = filled.scalar().map(Arc::from)?;
        Some((key, filled.span))
    }

    /// Tells whether credentials stand on parameters none of which was given: then there are none.
    fn unasked(&self, node: &Node) -> bool {
        let (mut asked, mut given) = (0, 0);
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            open.extend(
                node.items()
                    .iter()
                    .chain(node.entries().iter().map(|entry| &entry.node)),
            );
            for hole in node.text().map(holes).unwrap_or_default() {
                if let HoleKind::Param(name) = hole.kind {
                    let param = self.params.and_then(|params| params.get(name));
                    asked += 1;
                    given += usize::from(!matches!(param, Some(None)));
                }
            }
        }
        asked > 0 && given == 0
    }

    fn text(&mut self, node: &Node, text: &str, expr: bool) -> Option<Node> {
        let holes = holes(text);
        if let [
            Hole {
                kind: HoleKind::Param(name),
                start: 0,
                end,
            },
        ] = holes[..]
            && end == text.len()
            && !expr
        {
            return self.whole(node, name);
        }
        let mut filled = String::with_capacity(text.len());
        let mut at = 0;
        let mut given = None;
        for hole in &holes {
            filled.push_str(&text[at..hole.start]);
            let piece = self.piece(node, hole, text, expr);
            given = given.or_else(|| self.given(hole));
            filled.push_str(&piece);
            at = hole.end;
        }
        filled.push_str(&text[at..]);
        let changed = filled != text;
        let (span, via) = match given {
            Some(span) if changed => (span, Some(node.span.clone())),
            _ => (node.span.clone(), node.via.clone()),
        };
        Some(Node {
            value: Value::Text(filled.into()),
            span,
            via,
        })
    }

    /// The place where a parameter's value was given.
    fn given(&self, hole: &Hole<'_>) -> Option<Span> {
        match hole.kind {
            HoleKind::Param(name) => Some(self.params?.get(name)?.as_ref()?.span.clone()),
            _ => None,
        }
    }

    /// What a hole becomes inside a longer text.
    fn piece(&mut self, node: &Node, hole: &Hole<'_>, text: &str, expr: bool) -> String {
        let as_written = text[hole.start..hole.end].to_owned();
        let HoleKind::Param(name) = hole.kind else {
            self.complain(node, hole, text);
            return as_written;
        };
        match self.param(node, name) {
            Some(Some(value)) if expr => literal(&value.to_json()),
            Some(Some(value)) => match value.scalar() {
                Some(text) => text.to_owned(),
                None => {
                    self.faults.push((
                        Problem::ParamInText {
                            name: name.to_owned(),
                        },
                        node.span.clone(),
                    ));
                    as_written
                }
            },
            Some(None) if expr => "none".to_owned(),
            Some(None) => String::new(),
            None => as_written,
        }
    }

    fn whole(&mut self, node: &Node, name: &str) -> Option<Node> {
        match self.param(node, name) {
            Some(value) => value.map(|value| Node {
                via: Some(node.span.clone()),
                ..value
            }),
            None => Some(node.clone()),
        }
    }

    /// Finds a parameter; the outer `None` means that there is none and that this was said.
    fn param(&mut self, node: &Node, name: &str) -> Option<Option<Node>> {
        let found = self.params.and_then(|params| params.get(name)).cloned();
        if found.is_none() {
            let known = self
                .params
                .into_iter()
                .flat_map(|params| params.keys().map(String::as_str));
            let similar = similar(name, known).map(|name| format!("${{param.{name}}}"));
            let problem = Problem::UnknownPlaceholder {
                name: format!("param.{name}"),
                similar,
            };
            self.faults.push((problem, node.span.clone()));
        }
        found
    }

    fn complain(&mut self, node: &Node, hole: &Hole<'_>, text: &str) {
        let problem = match hole.kind {
            HoleKind::Unknown(name) => {
                let similar = similar(name, ["cursor", "page"]).map(|name| format!("${{{name}}}"));
                Problem::UnknownPlaceholder {
                    name: name.to_owned(),
                    similar,
                }
            }
            HoleKind::Open => Problem::OpenPlaceholder,
            HoleKind::Reference(name) => Problem::ReferenceNotHere {
                name: name.to_owned(),
            },
            _ => return,
        };
        self.faults
            .push((problem, node.part(text, hole.start, hole.end)));
    }
}

/// Writes a value as a literal of the expression language.
fn literal(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "none".to_owned(),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        serde_json::Value::Object(pairs) => {
            let pair = |(key, value): (&String, &serde_json::Value)| {
                format!(
                    "{}: {}",
                    serde_json::Value::from(key.as_str()),
                    literal(value)
                )
            };
            let pairs: Vec<String> = pairs.iter().map(pair).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_holes() {
        let kinds = |text| {
            holes(text)
                .into_iter()
                .map(|hole| hole.kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            kinds("a ${param.x} ${secret:a/b}"),
            [HoleKind::Param("x"), HoleKind::Secret("a/b")]
        );
        assert_eq!(
            kinds("$${param.x} ${cursor}${page}"),
            [HoleKind::Cursor, HoleKind::Page]
        );
        assert_eq!(
            kinds("${env:HOME} ${x} ${"),
            [
                HoleKind::Reference("env:HOME"),
                HoleKind::Unknown("x"),
                HoleKind::Open
            ]
        );
        assert_eq!(kinds("${secret:}"), [HoleKind::Unknown("secret:")]);
    }

    #[test]
    fn literals_are_those_of_the_expression_language() {
        let value = serde_json::json!({"it's": [1, null, true, "a\"b"]});
        let text = literal(&value);
        assert!(crate::Expr::read(&text).is_ok(), "{text}");
    }
}
