//! Checks single values: texts of a form, numbers, expressions, secrets.

use super::{Check, cut, short};
use crate::grammar::Type;
use crate::node::{Node, Value};
use crate::problem::{Form, Problem, Shape};
use crate::subst::{HoleKind, holes};
use crate::{Expr, Path, forms, jsonpath, parse_duration, parse_size};

impl Check<'_> {
    pub(super) fn scalar(&mut self, node: &Node, ty: &'static Type, path: &str) {
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
                    (
                        Type::Duration(_) | Type::DurationOr(..) | Type::Size,
                        Value::Number(..)
                    )
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
            Type::Duration(least) | Type::DurationOr(least, _)
                if parse_duration(text).is_none_or(|d| d.as_millis() < u128::from(*least)) =>
            {
                bad(Form::Duration)
            }
            Type::Size if parse_size(text).is_none() => bad(Form::Size),
            Type::Words(words) if !words.contains(&text) => {
                return self.not_a_choice(text, &node.span, path, words.iter().copied());
            }
            Type::Select if text.starts_with('$') => match jsonpath::read(text) {
                Ok(_) => return,
                Err((problem, from)) => {
                    let span = node.part(text, from, text.len());
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
        let problem = match problem {
            // An address with a user may hold a password.
            Problem::BadValue {
                field,
                form: Form::Url,
                ..
            } if text.contains('@') => {
                self.findings.blots.push(node.span.clone());
                Problem::BadValue {
                    field,
                    value: "…".to_owned(),
                    form: Form::Url,
                }
            }
            other => other,
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
                    self.known_secret(node, text, &hole, name);
                }
                HoleKind::Cursor | HoleKind::Page | HoleKind::Parent => {
                    self.not_here(node, text, &hole, path)
                }
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
}
