//! The message of a SOAP operation as meant: its elements in the order of the file, and their prefixes.

use super::Resolve;
use crate::fetch::{Soap, SoapNode, SoapVersion};
use crate::keys::SOAP_FAULT;
use crate::node::{Entry, Node, Value};
use crate::problem::{Problem, Shape};
use crate::view::View;

impl Resolve<'_> {
    pub(super) fn soap(&mut self, view: &View<'_>) -> Soap {
        let fault = view.below("fault", SOAP_FAULT);
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        let namespaces = view.node("ns").map_or(&[][..], Node::entries);
        let pair = |e: &Entry| Some((e.key.to_string(), e.node.scalar()?.to_owned()));
        let namespaces: Vec<(String, String)> = namespaces.iter().filter_map(pair).collect();
        for part in ["header", "body"] {
            self.is_tree(view.node(part), part);
            self.names(view.node(part), &namespaces);
        }
        Soap {
            version: match view.text("version") {
                Some("1.2") => SoapVersion::V12,
                _ => SoapVersion::V11,
            },
            action: view.string("action"),
            header: self.elements(view.node("header")),
            body: self.elements(view.node("body")),
            namespaces,
            retry: owned(fault.many("retry")),
            fatal: owned(fault.many("fatal")),
        }
    }

    /// A message has elements, not a text.
    fn is_tree(&mut self, node: Option<&Node>, part: &str) {
        let found = match node.map(|node| &node.value) {
            None | Some(Value::Map(_)) => return,
            Some(Value::List(_)) => Shape::List,
            Some(Value::Null) => Shape::Nothing,
            Some(_) => Shape::Text,
        };
        if let Some(node) = node {
            let problem = Problem::WrongType {
                field: format!("soap.{part}"),
                expected: Shape::Map,
                found,
            };
            self.findings.on(problem, node);
        }
    }

    /// Child elements in the order of the file; a list repeats its element.
    fn elements(&self, node: Option<&Node>) -> Vec<(String, SoapNode)> {
        let mut found = Vec::new();
        for entry in node.map_or(&[][..], Node::entries) {
            for item in each(&entry.node) {
                let element = match item.scalar() {
                    Some(_) => SoapNode::Text(self.secret(Some(item))),
                    None => SoapNode::Children(self.elements(Some(item))),
                };
                found.push((entry.key.to_string(), element));
            }
        }
        found
    }

    /// Refuses names that no XML element can have, and prefixes without a namespace.
    fn names(&mut self, node: Option<&Node>, namespaces: &[(String, String)]) {
        for entry in node.map_or(&[][..], Node::entries) {
            let (prefix, local) = match entry.key.split_once(':') {
                Some((prefix, local)) => (Some(prefix), local),
                None => (None, &*entry.key),
            };
            if !is_name(local) || prefix.is_some_and(|prefix| !is_name(prefix)) {
                let problem = Problem::BadElement {
                    name: entry.key.to_string(),
                };
                self.findings.at(problem, &entry.key_span);
            } else if let Some(prefix) = prefix
                && !namespaces.iter().any(|(known, _)| known == prefix)
            {
                let problem = Problem::UnknownPrefix {
                    prefix: prefix.to_owned(),
                    known: namespaces.iter().map(|(known, _)| known.clone()).collect(),
                };
                self.findings.at(problem, &entry.key_span);
            }
            for item in each(&entry.node) {
                self.names(Some(item), namespaces);
            }
        }
    }
}

/// An element, or each of a list.
fn each(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![node],
    }
}

/// A name without a colon (Namespaces in XML 1.0, section 3), as far as services use them.
fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}
