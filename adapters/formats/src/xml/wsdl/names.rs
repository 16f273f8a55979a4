//! Qualified names: the prefixes in attribute values as the namespaces that they stand for.

use crate::xml::tree::Element;

/// The attribute under which [`resolve`] leaves an element's own namespace; no XML attribute can have this name.
pub(super) const NAMESPACE: &str = "{}";

/// Attributes whose values are qualified names.
const QUALIFIED: &[&str] = &[
    "base", "binding", "element", "message", "ref", "type", "itemType",
];

/// A name in a namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Name {
    pub(super) namespace: String,
    pub(super) local: String,
}

impl Name {
    /// Reads `{namespace}local`, as [`resolve`] leaves it.
    pub(super) fn of(resolved: &str) -> Self {
        let parts = resolved
            .strip_prefix('{')
            .and_then(|rest| rest.rsplit_once('}'));
        let (namespace, local) = parts.unwrap_or(("", resolved));
        Self {
            namespace: namespace.to_owned(),
            local: local.to_owned(),
        }
    }

    pub(super) fn new(namespace: &str, local: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            local: local.to_owned(),
        }
    }
}

/// Writes every qualified name below as `{namespace}local`.
pub(super) fn resolve(root: &mut Element) {
    walk(root, &mut Vec::new());
}

/// Prefixes in force and their namespaces, the innermost last.
type Scope = Vec<(String, String)>;

/// The most prefixes in force at once.
const PREFIXES: usize = 512;

/// The depth is bounded by that of the document.
fn walk(element: &mut Element, scope: &mut Scope) {
    let outer = scope.len();
    for (name, value) in &element.attributes {
        let prefix = match name.strip_prefix("xmlns:") {
            None if name == "xmlns" => "",
            None => continue,
            Some(prefix) => prefix,
        };
        if scope.len() < PREFIXES {
            scope.push((prefix.to_owned(), value.clone()));
        }
    }
    for (name, value) in &mut element.attributes {
        let local = name
            .rsplit_once(':')
            .map_or(name.as_str(), |(_, local)| local);
        // `wsdl:arrayType="t:Item[]"` is a qualified name with brackets.
        if QUALIFIED.contains(&name.as_str()) || local == "arrayType" {
            *value = resolved(value.trim(), scope);
        }
    }
    let namespace = namespace(&element.name, scope).to_owned();
    element.attributes.push((NAMESPACE.to_owned(), namespace));
    for child in &mut element.children {
        walk(child, scope);
    }
    scope.truncate(outer);
}

fn namespace<'a>(name: &str, scope: &'a Scope) -> &'a str {
    let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
    let mut inner = scope.iter().rev();
    inner
        .find(|(known, _)| known == prefix)
        .map_or("", |(_, namespace)| namespace)
}

fn resolved(name: &str, scope: &Scope) -> String {
    let local = name.split_once(':').map_or(name, |(_, local)| local);
    format!("{{{}}}{local}", namespace(name, scope))
}
