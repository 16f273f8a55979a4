//! Checks a tree against the grammar's tables: every unknown key, missing key, wrong type and bad value.

use crate::findings::Findings;
use crate::forms;
use crate::grammar::{Field, Type, field};
use crate::node::{Entry, Node, Span, Value};
use crate::overlay::join;
use crate::problem::{Form, Problem, Shape};
use crate::secret::SecretSource;
use crate::similar::similar;
use crate::subst::{HoleKind, holes};
use crate::{Expr, Path, parse_duration, parse_size};

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
        let known = || {
            words
                .iter()
                .map(|(word, _)| *word)
                .chain(keys.iter().map(|key| key.name))
        };
        match &node.value {
            Value::Map(entries) if (1..=most).contains(&entries.len()) => {
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
            Value::Text(word) if words.iter().any(|(known, _)| **known == **word) => {}
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
        let similar = similar(word, known.iter().map(String::as_str));
        let problem = Problem::UnknownChoice {
            field: short(path),
            word: cut(word),
            similar,
            known,
        };
        self.findings.at(problem, span);
    }

    fn scalar(&mut self, node: &Node, ty: &'static Type, path: &str) {
        match ty {
            Type::Flag if matches!(node.value, Value::Bool(_)) => {}
            Type::Flag => self.wrong(node, path, Shape::Flag),
            Type::Int(min, max) => self.int(node, path, *min, *max),
            Type::Secret { strict } => self.secret(node, path, *strict),
            Type::Expr => self.expr(node, path),
            Type::Scalar => match node.scalar() {
                Some(text) => {
                    self.plain(node, text, path);
                }
                None => self.wrong(node, path, Shape::Scalar),
            },
            Type::Pattern => match node.scalar() {
                Some(_) => self.tree(node, path),
                None => self.wrong(node, path, Shape::Scalar),
            },
            _ => match node.text() {
                Some(text) => self.text(node, text, ty, path),
                None if matches!(
                    (ty, &node.value),
                    (Type::Duration(_) | Type::Size, Value::Number(..))
                ) =>
                {
                    let form = if matches!(ty, Type::Size) {
                        Form::Size
                    } else {
                        Form::Duration
                    };
                    let value = node.scalar().unwrap_or_default().to_owned();
                    self.findings.on(
                        Problem::BadValue {
                            field: short(path),
                            value,
                            form,
                        },
                        node,
                    );
                }
                None if matches!(ty, Type::Duration(_)) && node.get("cron").is_some() => {
                    self.findings.on(Problem::CronNotYet, node);
                }
                None => self.wrong(node, path, Shape::Text),
            },
        }
    }

    fn text(&mut self, node: &Node, text: &str, ty: &'static Type, path: &str) {
        if !self.plain(node, text, path) {
            return;
        }
        let bad = |form| Problem::BadValue {
            field: short(path),
            value: cut(text),
            form,
        };
        let problem = match ty {
            Type::Text(Some(form)) if !forms::fits(*form, text) => bad(*form),
            Type::Duration(least)
                if !parse_duration(text).is_some_and(|d| d.as_millis() >= u128::from(*least)) =>
            {
                bad(Form::Duration)
            }
            Type::Size if parse_size(text).is_none() => bad(Form::Size),
            Type::Words(words) if !words.contains(&text) => {
                return self.not_a_choice(text, &node.span, path, words.iter().copied());
            }
            Type::Select if text.starts_with('$') => match serde_json_path::JsonPath::parse(text) {
                Ok(_) => return,
                Err(error) => {
                    let (from, says) = (error.position(), error.message().to_owned());
                    let span = node.part(text, from.min(text.len()), text.len());
                    let problem = Problem::BadJsonPath {
                        path: cut(text),
                        says,
                    };
                    return self.findings.on_part(problem, node, &span);
                }
            },
            Type::Path | Type::Select => match text.parse::<Path>() {
                Ok(_) => return,
                Err(fault) => {
                    let span = node.part_chars(text, fault.at - 1, fault.at);
                    let problem = Problem::BadPath {
                        path: cut(text),
                        why: fault.why,
                    };
                    return self.findings.on_part(problem, node, &span);
                }
            },
            _ => return,
        };
        self.findings.on(problem, node);
    }

    fn int(&mut self, node: &Node, path: &str, min: u64, max: u64) {
        match &node.value {
            Value::Number(number, _)
                if number.as_u64().is_some_and(|n| (min..=max).contains(&n)) => {}
            Value::Number(..) => self.findings.on(
                Problem::OutOfRange {
                    field: short(path),
                    min,
                    max,
                },
                node,
            ),
            _ => self.wrong(node, path, Shape::Number),
        }
    }

    fn expr(&mut self, node: &Node, path: &str) {
        let Some(text) = node.scalar() else {
            return self.wrong(node, path, Shape::Text);
        };
        for fault in Expr::read(text).err().into_iter().flatten() {
            let span = node.part_chars(text, fault.from, fault.to);
            self.findings.on_part(fault.problem, node, &span);
        }
    }

    fn secret(&mut self, node: &Node, path: &str, strict: bool) {
        let Some(text) = node.scalar() else {
            return self.wrong(node, path, Shape::Secret);
        };
        let mut held = false;
        for hole in holes(text) {
            match hole.kind {
                HoleKind::Secret(name) => {
                    held = true;
                    if self
                        .secrets
                        .is_some_and(|secrets| secrets.get(name).is_none())
                    {
                        let span = node.part(text, hole.start, hole.end);
                        self.findings.on_part(
                            Problem::MissingSecret {
                                path: name.to_owned(),
                            },
                            node,
                            &span,
                        );
                    }
                }
                HoleKind::Cursor | HoleKind::Page => self.not_here(node, text, &hole, path),
                // Said already when parameters were filled.
                _ => return,
            }
        }
        if strict && !held {
            self.findings.blots.push(node.span.clone());
            self.findings
                .on(Problem::LiteralSecret { field: short(path) }, node);
        }
    }

    /// Refuses secrets, cursors and pages in a text; `false` where there are any.
    fn plain(&mut self, node: &Node, text: &str, path: &str) -> bool {
        let mut fine = true;
        for hole in holes(text) {
            fine = false;
            match hole.kind {
                HoleKind::Secret(_) => {
                    let span = node.part(text, hole.start, hole.end);
                    self.findings.on_part(
                        Problem::SecretNotHere { field: short(path) },
                        node,
                        &span,
                    );
                }
                HoleKind::Cursor | HoleKind::Page => self.not_here(node, text, &hole, path),
                _ => {}
            }
        }
        fine
    }

    fn not_here(&mut self, node: &Node, text: &str, hole: &crate::subst::Hole<'_>, path: &str) {
        let name = text[hole.start + 2..hole.end - 1].trim().to_owned();
        let span = node.part(text, hole.start, hole.end);
        self.findings.on_part(
            Problem::PlaceholderNotHere {
                name,
                field: short(path),
            },
            node,
            &span,
        );
    }

    /// Refuses secrets, cursors and pages anywhere in a free tree.
    fn no_secrets(&mut self, node: &Node, path: &str) {
        match &node.value {
            // What is given to a template is judged where the template uses it.
            _ if path.starts_with("with.") => {}
            Value::Text(text) => {
                self.plain(node, text, path);
            }
            Value::List(items) => items.iter().for_each(|item| self.no_secrets(item, path)),
            Value::Map(entries) => entries
                .iter()
                .for_each(|entry| self.no_secrets(&entry.node, path)),
            _ => {}
        }
    }

    /// Refuses secrets anywhere in a tree that may hold cursors and pages.
    fn tree(&mut self, node: &Node, path: &str) {
        match &node.value {
            Value::Text(text) => {
                for hole in holes(text)
                    .into_iter()
                    .filter(|hole| matches!(hole.kind, HoleKind::Secret(_)))
                {
                    let span = node.part(text, hole.start, hole.end);
                    self.findings.on_part(
                        Problem::SecretNotHere { field: short(path) },
                        node,
                        &span,
                    );
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.tree(item, path)),
            Value::Map(entries) => entries
                .iter()
                .for_each(|entry| self.tree(&entry.node, path)),
            _ => {}
        }
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
