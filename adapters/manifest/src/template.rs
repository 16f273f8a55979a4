//! Templates: what known products have in common, taken in by `extends: name@major`.

use crate::fault::Note;
use crate::findings::Findings;
use crate::grammar::Type;
use crate::keys::CONNECTOR;
use crate::merge::{merge, prune};
use crate::node::{Entry, Node, Span, Value};
use crate::privacy::tightened;
use crate::problem::{Problem, Shape};
use crate::recognise::Sign;
use crate::similar::similar;
use crate::subst::{Fill, Params};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A template that connectors may extend.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateInfo {
    /// For example `wordpress@1`.
    pub name: String,
    /// What product it is for.
    pub title: String,
    /// What it reads, of which versions, and what to know: the comment that its file opens with.
    pub about: String,
    /// What such an app is for, for example `portal`.
    pub capability: Option<String>,
    /// What it asks for: name, type, whether it must be given, and what it means.
    pub params: Vec<ParamInfo>,
    /// How its product is recognised.
    pub recognise: Vec<Sign>,
    /// Whether it is compiled in (and not overridden by a file).
    pub built_in: bool,
}

/// What a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamInfo {
    /// Its name, for `with` and `${param.name}`.
    pub name: String,
    /// `text`, `secret`, `number`, `flag`, `list` or `map`.
    pub kind: String,
    /// Whether it must be given.
    pub required: bool,
    /// What it means.
    pub description: String,
    /// A value that could be given.
    pub example: Option<serde_json::Value>,
    /// The value where none is given.
    pub default: Option<serde_json::Value>,
}

/// A template as read.
#[derive(Debug)]
pub(crate) struct Template {
    pub name: String,
    pub root: Node,
    pub info: TemplateInfo,
    params: Vec<Param>,
}

/// One parameter as declared.
#[derive(Debug)]
struct Param {
    info: ParamInfo,
    default: Option<Node>,
    key_span: Span,
}

impl Template {
    /// Reads a template's file.
    pub(crate) fn read(
        name: &str,
        root: Node,
        about: String,
        recognise: Vec<Sign>,
        built_in: bool,
    ) -> Self {
        let params: Vec<Param> = root
            .get("params")
            .map_or(&[][..], Node::entries)
            .iter()
            .map(param)
            .collect();
        let said = |key| root.at(&["metadata", key]).and_then(Node::text);
        let info = TemplateInfo {
            name: name.to_owned(),
            title: said("title").unwrap_or_default().to_owned(),
            about,
            capability: said("capability").map(str::to_owned),
            params: params.iter().map(|param| param.info.clone()).collect(),
            recognise,
            built_in,
        };
        Self {
            name: name.to_owned(),
            root,
            info,
            params,
        }
    }
}

fn param(entry: &Entry) -> Param {
    let text = |key| {
        entry
            .node
            .get(key)
            .and_then(Node::text)
            .unwrap_or_default()
            .to_owned()
    };
    let required = entry
        .node
        .get("required")
        .is_some_and(|node| matches!(node.value, Value::Bool(true)));
    let kind = match text("type") {
        none if none.is_empty() => "text".to_owned(),
        kind => kind,
    };
    let default = entry
        .node
        .get("default")
        .filter(|node| !matches!(node.value, Value::Null));
    Param {
        info: ParamInfo {
            name: entry.key.to_string(),
            kind,
            required,
            description: text("description"),
            example: entry.node.get("example").map(Node::to_json),
            default: default.map(Node::to_json),
        },
        default: default.cloned(),
        key_span: entry.key_span.clone(),
    }
}

/// Every template that can be extended, by name.
pub(crate) type Library = BTreeMap<String, Arc<Template>>;

/// How deep templates may be nested.
const MAX_DEPTH: usize = 4;

/// Lays templates over each other for one connector.
pub(crate) struct Stack<'a> {
    pub library: &'a Library,
    pub findings: &'a mut Findings,
    /// The templates used, nearest first.
    pub used: Vec<String>,
}

impl Stack<'_> {
    /// Returns everything that `root` extends, laid over each other, without `root` itself; nothing
    /// where a template is missing or the chain is broken.
    pub(crate) fn below(&mut self, root: &Node, chain: &[String]) -> Option<Node> {
        let extends = root.get("extends")?;
        let names = extends.each();
        let found: Vec<Option<Arc<Template>>> =
            names.iter().map(|node| self.find(node, chain)).collect();
        let found: Option<Vec<Arc<Template>>> = found.into_iter().collect();
        let found = found?;
        self.unknown_params(root.get("with"), &found);
        let mut base: Option<Node> = None;
        for (node, template) in names.iter().zip(&found) {
            let layer = self.layer(template, root.get("with"), node, chain);
            base = Some(self.lay(base, &layer));
        }
        base
    }

    /// Lays a definition over what it extends; privacy may only be tightened.
    pub(crate) fn lay(&mut self, base: Option<Node>, over: &Node) -> Node {
        if let (Some(stated), Some(said)) = (
            base.as_ref().and_then(|b| b.get("privacy")),
            over.get("privacy"),
        ) {
            tightened(stated, said, self.findings);
        }
        match base {
            Some(base) => merge(Some(&WHOLE), base, over),
            None => prune(Some(&WHOLE), over),
        }
    }

    fn find(&mut self, node: &Node, chain: &[String]) -> Option<Arc<Template>> {
        let name = node.text()?;
        let chain_to = |name: &str| {
            chain
                .iter()
                .cloned()
                .chain([name.to_owned()])
                .collect::<Vec<_>>()
        };
        let problem = match self.library.get(name) {
            _ if chain.iter().any(|known| known == name) => Problem::TemplateCycle {
                chain: chain_to(name),
            },
            Some(_) if chain.len() >= MAX_DEPTH => Problem::TooDeep {
                chain: chain_to(name),
            },
            Some(template) => return Some(Arc::clone(template)),
            None if !name.contains('@') => {
                let prefix = format!("{name}@");
                let newest = self
                    .library
                    .keys()
                    .filter(|known| known.starts_with(&prefix))
                    .max()
                    .cloned();
                Problem::NotPinned {
                    name: name.to_owned(),
                    newest,
                }
            }
            None => {
                let similar = similar(name, self.library.keys().map(String::as_str));
                Problem::UnknownTemplate {
                    name: name.to_owned(),
                    similar,
                }
            }
        };
        self.findings.on(problem, node);
        None
    }

    /// Fills one template and lays it over what it extends itself.
    fn layer(
        &mut self,
        template: &Template,
        with: Option<&Node>,
        ask: &Node,
        chain: &[String],
    ) -> Node {
        if !self.used.contains(&template.name) {
            self.used.push(template.name.clone());
        }
        let params = self.bind(template, with, ask);
        let mut fill = Fill {
            params: Some(&params),
            faults: Vec::new(),
        };
        let body: Vec<Entry> = template
            .root
            .entries()
            .iter()
            .filter(|entry| !matches!(&*entry.key, "params" | "recognise"))
            .cloned()
            .collect();
        let body = Node {
            value: Value::Map(body),
            span: template.root.span.clone(),
            via: None,
        };
        let filled = fill.node(&body, false).unwrap_or(body);
        for (problem, span) in fill.faults {
            self.findings.at(problem, &span);
        }
        let chain: Vec<String> = chain
            .iter()
            .cloned()
            .chain([template.name.clone()])
            .collect();
        let base = self.below(&filled, &chain);
        self.lay(base, &own_part(&filled))
    }

    fn bind(&mut self, template: &Template, with: Option<&Node>, ask: &Node) -> Params {
        let mut params = Params::new();
        for param in &template.params {
            let name = &param.info.name;
            let given = with
                .and_then(|with| with.get(name))
                .filter(|node| !matches!(node.value, Value::Null));
            if let Some(node) = given {
                self.judge(param, node);
            } else if param.info.required && param.default.is_none() {
                let problem = Problem::MissingParam {
                    name: name.clone(),
                    template: template.name.clone(),
                    about: param.info.description.clone(),
                };
                let declared = vec![(Note::DeclaredHere, param.key_span.clone())];
                self.findings.note(problem, &ask.span, declared);
            }
            params.insert(
                name.clone(),
                given.cloned().or_else(|| param.default.clone()),
            );
        }
        params
    }

    fn judge(&mut self, param: &Param, node: &Node) {
        let expected = match (param.info.kind.as_str(), &node.value) {
            ("text", Value::Text(_))
            | ("secret", Value::Text(_))
            | ("number", Value::Number(..)) => return,
            ("flag", Value::Bool(_)) | ("list", Value::List(_)) | ("map", Value::Map(_)) => return,
            ("secret", _) => Shape::Secret,
            ("number", _) => Shape::Number,
            ("flag", _) => Shape::Flag,
            ("list", _) => Shape::List,
            ("map", _) => Shape::Map,
            _ => Shape::Text,
        };
        let found = match &node.value {
            Value::Null => Shape::Nothing,
            Value::Bool(_) => Shape::Flag,
            Value::Number(..) => Shape::Number,
            Value::Text(_) => Shape::Text,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
        };
        let declared = vec![(Note::DeclaredHere, param.key_span.clone())];
        let problem = Problem::ParamType {
            name: param.info.name.clone(),
            expected,
            found,
        };
        self.findings.note(problem, &node.span, declared);
    }

    fn unknown_params(&mut self, with: Option<&Node>, templates: &[Arc<Template>]) {
        let known: Vec<String> = templates
            .iter()
            .flat_map(|t| &t.params)
            .map(|param| param.info.name.clone())
            .collect();
        for entry in with.map_or(&[][..], Node::entries) {
            if !known.iter().any(|name| **name == *entry.key) {
                let similar = similar(&entry.key, known.iter().map(String::as_str));
                let problem = Problem::UnknownParam {
                    name: entry.key.to_string(),
                    similar,
                    known: known.clone(),
                };
                self.findings.at(problem, &entry.key_span);
            }
        }
    }
}

static WHOLE: Type = Type::Record(CONNECTOR);

/// What of a template a connector takes over: everything but its own name and bookkeeping.
fn own_part(root: &Node) -> Node {
    let kept = |entry: &&Entry| {
        !matches!(
            &*entry.key,
            "apiVersion" | "kind" | "extends" | "with" | "params"
        )
    };
    let mut entries: Vec<Entry> = root.entries().iter().filter(kept).cloned().collect();
    for entry in entries.iter_mut().filter(|entry| &*entry.key == "metadata") {
        if let Value::Map(fields) = &mut entry.node.value {
            fields.retain(|field| !matches!(&*field.key, "name" | "title"));
        }
    }
    Node {
        value: Value::Map(entries),
        span: root.span.clone(),
        via: None,
    }
}

#[cfg(test)]
#[path = "template_test.rs"]
mod tests;
