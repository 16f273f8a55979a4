//! Checks a tree against the grammar's tables: every unknown key, missing key, wrong type and bad value.

mod places;
mod scalar;

use crate::findings::Findings;
use crate::forms;
use crate::grammar::{Field, Type, field, is_beside};
use crate::node::{Entry, Node, Span, Value};
use crate::overlay::join;
use crate::problem::{Form, Problem, Shape};
use crate::secret::SecretSource;
use crate::similar::similar;
use crate::subst::{HoleKind, holes};

/// One walk over one tree.
pub(crate) struct Check<'a> {
    pub findings: &'a mut Findings,
    /// Where secrets are looked up; `None` asks for none.
    pub secrets: Option<&'a dyn SecretSource>,
    /// Whether the tree is a template's own: nothing is required yet, and what mentions a parameter waits.
    pub template: bool,
}

impl Check<'_> {
    /// Checks a whole file.
    pub(crate) fn root(&mut self, root: &Node, fields: &'static [Field]) {
        self.record(root, fields, "", &root.span);
    }

    fn value(&mut self, node: &Node, ty: &'static Type, path: &str, key: &Span) {
        if self.template && mentions_param(node) {
            return;
        }
        match ty {
            Type::Any => self.no_secrets(node, path),
            Type::PatternTree => self.tree(node, path),
            Type::SecretTree => self.secret_tree(node),
            Type::DurationOr(_, fields) if matches!(node.value, Value::Map(_)) => {
                self.record(node, fields, path, key)
            }
            Type::Record(fields) => self.record(node, fields, path, key),
            Type::Map(value, form) => self.map(node, value, *form, path),
            Type::List(item) => self.list(node, item, path, key),
            Type::OneOrMany(item) => match &node.value {
                Value::List(_) => self.list(node, item, path, key),
                Value::Map(_) | Value::Null => self.wrong(node, path, Shape::TextOrList),
                _ => self.value(node, item, path, key),
            },
            Type::Choice(words, keys) => self.choice(node, (words, keys), 1, path, key),
            Type::WordOrRecord(words, keys) => {
                self.choice(node, (words, keys), keys.len(), path, key)
            }
            scalar => self.scalar(node, scalar, path),
        }
    }

    fn record(&mut self, node: &Node, fields: &'static [Field], path: &str, key: &Span) {
        let Value::Map(entries) = &node.value else {
            return self.wrong(node, path, Shape::Map);
        };
        for entry in entries {
            match field(fields, &entry.key) {
                Some(known) => self.value(
                    &entry.node,
                    &known.ty,
                    &join(path, &entry.key),
                    &entry.key_span,
                ),
                None => self.unknown(entry, fields, path),
            }
        }
        for known in fields
            .iter()
            .filter(|known| known.required && !self.template)
        {
            if node.get(known.name).is_none() {
                let problem = Problem::Missing {
                    field: known.name.to_owned(),
                    within: short(path),
                };
                self.findings.at(problem, key);
            }
        }
    }

    fn unknown(&mut self, entry: &Entry, fields: &'static [Field], path: &str) {
        let names = fields.iter().map(|known| known.name);
        let problem = Problem::UnknownField {
            field: entry.key.to_string(),
            within: short(path),
            similar: similar(&entry.key, names.clone()),
            known: names.map(str::to_owned).collect(),
        };
        self.findings.at(problem, &entry.key_span);
    }

    fn map(&mut self, node: &Node, ty: &'static Type, form: Option<Form>, path: &str) {
        let Value::Map(entries) = &node.value else {
            return self.wrong(node, path, Shape::Map);
        };
        for entry in entries {
            if let Some(form) = form.filter(|form| !forms::fits(*form, &entry.key)) {
                let problem = Problem::BadValue {
                    field: short(path),
                    value: cut(&entry.key),
                    form,
                };
                self.findings.at(problem, &entry.key_span);
            }
            self.value(&entry.node, ty, &join(path, &entry.key), &entry.key_span);
        }
    }

    fn list(&mut self, node: &Node, ty: &'static Type, path: &str, key: &Span) {
        let Value::List(items) = &node.value else {
            return self.wrong(node, path, Shape::List);
        };
        for (at, item) in items.iter().enumerate() {
            let place = if matches!(item.value, Value::Map(_)) {
                &item.span
            } else {
                key
            };
            self.value(item, ty, &format!("{path}[{at}]"), place);
        }
    }

    fn choice(
        &mut self,
        node: &Node,
        (words, keys): (&'static [(&'static str, &'static str)], &'static [Field]),
        most: usize,
        path: &str,
        key: &Span,
    ) {
        let is_word = |name: &str| words.iter().any(|(word, _)| *word == name);
        let known = || {
            let keys = keys.iter().filter(|key| !key.beside).map(|key| key.name);
            let words = words.iter().map(|(word, _)| *word);
            words.chain(keys.filter(|name| !is_word(name)))
        };
        let chosen = |entries: &[Entry]| {
            let all = entries.iter();
            all.filter(|entry| !is_beside(keys, &entry.key)).count()
        };
        match &node.value {
            Value::Map(entries) if (1..=most).contains(&chosen(entries)) => {
                for entry in entries {
                    match field(keys, &entry.key) {
                        Some(choice) => self.value(
                            &entry.node,
                            &choice.ty,
                            &join(path, &entry.key),
                            &entry.key_span,
                        ),
                        None => self.not_a_choice(&entry.key, &entry.key_span, path, known()),
                    }
                }
            }
            Value::Map(_) => {
                let known = known().map(str::to_owned).collect();
                self.findings.at(
                    Problem::NotOneChoice {
                        field: short(path),
                        known,
                    },
                    key,
                );
            }
            Value::Text(word) if is_word(word) => {}
            Value::Text(word) if let Some(choice) = field(keys, word) => {
                // `auth: basic` where `auth: { basic: { … } }` is meant.
                let problem = Problem::WrongType {
                    field: short(&join(path, word)),
                    expected: match choice.ty {
                        Type::Record(_) => Shape::Map,
                        _ => Shape::Text,
                    },
                    found: Shape::Nothing,
                };
                self.findings.on(problem, node);
            }
            Value::Text(word) => self.not_a_choice(word, &node.span, path, known()),
            _ => self.wrong(node, path, Shape::Choice),
        }
    }

    fn not_a_choice<'k>(
        &mut self,
        word: &str,
        span: &Span,
        path: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let known: Vec<String> = known.map(str::to_owned).collect();
        if let [expected] = &known[..] {
            let problem = Problem::WrongFormat {
                field: short(path),
                expected: expected.clone(),
            };
            return self.findings.at(problem, span);
        }
        let similar = similar(word, known.iter().map(String::as_str));
        let problem = Problem::UnknownChoice {
            field: short(path),
            word: cut(word),
            similar,
            known,
        };
        self.findings.at(problem, span);
    }

    fn wrong(&mut self, node: &Node, path: &str, expected: Shape) {
        let found = match &node.value {
            Value::Null => Shape::Nothing,
            Value::Bool(_) => Shape::Flag,
            Value::Number(..) => Shape::Number,
            Value::Text(_) => Shape::Text,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
        };
        let problem = Problem::WrongType {
            field: short(path),
            expected,
            found,
        };
        self.findings.on(problem, node);
    }
}

/// Tells whether a template's value waits for a parameter.
fn mentions_param(node: &Node) -> bool {
    let waits = |text: &str| {
        holes(text)
            .iter()
            .any(|hole| matches!(hole.kind, HoleKind::Param(_)))
    };
    node.text().is_some_and(waits)
}

/// Names a field as people think of it: without the source it belongs to.
pub(crate) fn short(path: &str) -> String {
    let rest = path
        .strip_prefix("sources.")
        .and_then(|rest| rest.split_once('.'));
    rest.map_or(path, |(_, rest)| rest).to_owned()
}

/// At most 60 characters of what somebody wrote.
pub(crate) fn cut(text: &str) -> String {
    if text.chars().count() <= 60 {
        return text.to_owned();
    }
    text.chars().take(59).chain(['…']).collect()
}
