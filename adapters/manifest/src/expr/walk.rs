//! Walks an expression's tree: unknown words, wrong arguments, and the source fields it reads.

use super::{ExprFault, ROW, chars};
use crate::filters::{FILTERS, FUNCTIONS, TESTS, Word, find};
use crate::problem::Problem;
use crate::similar::similar;
use crate::{Path, Segment};
use minijinja::machinery::ast::{self, CallArg};

/// Reads `a.b[0]["c d"]` as a path; `None` for anything else.
pub(super) fn chain(expr: &ast::Expr<'_>) -> Option<Path> {
    let mut steps = Vec::new();
    let root = steps_of(expr, &mut steps)?;
    steps.reverse();
    let mut text = String::new();
    if root != ROW || steps.is_empty() {
        text.push_str(root);
    }
    for step in steps {
        match step {
            Segment::Field(name) if plain(&name) && text.is_empty() => text.push_str(&name),
            Segment::Field(name) if plain(&name) => text.push_str(&format!(".{name}")),
            Segment::Field(name) if name.contains('"') => text.push_str(&format!("['{name}']")),
            Segment::Field(name) => text.push_str(&format!("[\"{name}\"]")),
            Segment::Index(at) => text.push_str(&format!("[{at}]")),
            Segment::All => return None,
        }
    }
    (text != ROW).then(|| text.parse().ok()).flatten()
}

fn plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '@' | '$'))
}

/// Collects the steps of a chain, last first, and returns the variable at its root.
fn steps_of<'a>(expr: &'a ast::Expr<'a>, steps: &mut Vec<Segment>) -> Option<&'a str> {
    match expr {
        ast::Expr::Var(var) => Some(var.id),
        ast::Expr::GetAttr(attr) => {
            steps.push(Segment::Field(attr.name.to_owned()));
            steps_of(&attr.expr, steps)
        }
        ast::Expr::GetItem(item) => {
            let value = item.subscript_expr.as_const()?;
            steps.push(match value.as_str() {
                Some(name) => Segment::Field(name.to_owned()),
                None => Segment::Index(usize::try_from(value).ok()?),
            });
            steps_of(&item.expr, steps)
        }
        _ => None,
    }
}

/// Walks the whole tree once, for unknown words and for lineage.
pub(super) struct Walk<'s> {
    pub(super) source: &'s str,
    pub(super) lineage: Vec<String>,
    /// Whether something else is taken where a field is missing.
    pub(super) falls_back: bool,
    pub(super) faults: Vec<ExprFault>,
}

impl Walk<'_> {
    pub(super) fn expr(&mut self, expr: &ast::Expr<'_>) {
        if let Some(path) = chain(expr) {
            self.lineage.push(path.to_string());
            return;
        }
        match expr {
            ast::Expr::Var(_) | ast::Expr::Const(_) => {}
            ast::Expr::Slice(s) => {
                self.expr(&s.expr);
                [&s.start, &s.stop, &s.step]
                    .into_iter()
                    .flatten()
                    .for_each(|e| self.expr(e));
            }
            ast::Expr::UnaryOp(op) => self.expr(&op.expr),
            ast::Expr::BinOp(op) => {
                self.falls_back |= matches!(op.op, ast::BinOpKind::ScOr);
                self.expr(&op.left);
                self.expr(&op.right);
            }
            ast::Expr::Compare(compare) => {
                self.expr(&compare.expr);
                compare.ops.iter().for_each(|op| self.expr(&op.expr));
            }
            ast::Expr::IfExpr(choice) => {
                self.falls_back = true;
                self.expr(&choice.test_expr);
                self.expr(&choice.true_expr);
                choice.false_expr.iter().for_each(|e| self.expr(e));
            }
            ast::Expr::Filter(filter) => self.filter(filter),
            ast::Expr::Test(test) => {
                self.expr(&test.expr);
                let after = test.expr.span().end_offset as usize;
                self.word(TESTS, test.name, &test.args, after);
            }
            ast::Expr::GetAttr(attr) => self.expr(&attr.expr),
            ast::Expr::GetItem(item) => {
                self.expr(&item.expr);
                self.expr(&item.subscript_expr);
            }
            ast::Expr::Call(call) => self.call(call),
            ast::Expr::List(list) => list.items.iter().for_each(|e| self.expr(e)),
            ast::Expr::Tuple(tuple) => tuple.items.iter().for_each(|e| self.expr(e)),
            ast::Expr::Map(map) => map
                .keys
                .iter()
                .chain(&map.values)
                .for_each(|e| self.expr(e)),
        }
    }

    fn filter(&mut self, filter: &ast::Filter<'_>) {
        let after = filter
            .expr
            .as_ref()
            .map_or(0, |e| e.span().end_offset as usize);
        if let Some(inner) = &filter.expr {
            self.expr(inner);
        }
        self.word(FILTERS, filter.name, &filter.args, after);
    }

    fn call(&mut self, call: &ast::Call<'_>) {
        let start = call.expr.span().start_offset as usize;
        match &call.expr {
            ast::Expr::Var(var) => self.word(FUNCTIONS, var.id, &call.args, start),
            ast::Expr::GetAttr(attr) => {
                self.expr(&attr.expr);
                let similar = find(FILTERS, attr.name).map(|word| format!("| {}", word.name));
                let problem = Problem::UnknownFunction {
                    name: attr.name.to_owned(),
                    similar,
                };
                self.fault(problem, attr.name, attr.expr.span().end_offset as usize);
            }
            other => self.expr(other),
        }
    }

    fn word(&mut self, words: &'static [Word], name: &str, args: &[CallArg<'_>], after: usize) {
        self.falls_back |= matches!(name, "default" | "coalesce" | "defined" | "undefined");
        for arg in args {
            match arg {
                CallArg::Pos(e)
                | CallArg::Kwarg(_, e)
                | CallArg::PosSplat(e)
                | CallArg::KwargSplat(e) => self.expr(e),
            }
        }
        match find(words, name) {
            Some(word) if fits(word, args) => {}
            Some(word) => {
                let problem = Problem::WrongArguments {
                    name: name.to_owned(),
                    usage: word.usage,
                };
                self.fault(problem, name, after);
            }
            None => {
                let similar = similar(name, words.iter().map(|word| word.name));
                let name = name.to_owned();
                let problem = match words[0].name {
                    n if n == FILTERS[0].name => Problem::UnknownFilter {
                        name: name.clone(),
                        similar,
                    },
                    n if n == TESTS[0].name => Problem::UnknownTest {
                        name: name.clone(),
                        similar,
                    },
                    _ => Problem::UnknownFunction {
                        name: name.clone(),
                        similar,
                    },
                };
                self.fault(problem, &name, after);
            }
        }
    }

    /// Notes a fault at the next appearance of `name` behind a byte.
    fn fault(&mut self, problem: Problem, name: &str, after: usize) {
        let rest = self.source.get(after..).unwrap_or_default();
        let start = rest.find(name).map_or(0, |at| after + at);
        let (from, to) = chars(self.source, start, start + name.len());
        self.faults.push(ExprFault { problem, from, to });
    }
}

fn fits(word: &Word, args: &[CallArg<'_>]) -> bool {
    let named = |arg: &CallArg<'_>| match arg {
        CallArg::Pos(_) => true,
        CallArg::Kwarg(name, _) => word.named.contains(name),
        CallArg::PosSplat(_) | CallArg::KwargSplat(_) => false,
    };
    (word.min..=word.max).contains(&args.len()) && args.iter().all(named)
}

/// Collects the literal words that can come out of an expression.
pub(super) fn outcomes(
    source: &str,
    expr: &ast::Expr<'_>,
    found: &mut Vec<(String, usize, usize)>,
) {
    match expr {
        ast::Expr::Const(value) => {
            if let Some(word) = value.value.as_str() {
                let span = value.span();
                let (from, to) =
                    chars(source, span.start_offset as usize, span.end_offset as usize);
                found.push((word.to_owned(), from, to));
            }
        }
        ast::Expr::IfExpr(choice) => {
            outcomes(source, &choice.true_expr, found);
            choice
                .false_expr
                .iter()
                .for_each(|e| outcomes(source, e, found));
        }
        ast::Expr::Filter(filter) if matches!(filter.name, "lookup" | "default") => {
            if filter.name == "default" {
                filter.expr.iter().for_each(|e| outcomes(source, e, found));
            }
            for arg in &filter.args {
                match arg {
                    CallArg::Pos(ast::Expr::Map(map))
                    | CallArg::Kwarg("map", ast::Expr::Map(map)) => {
                        map.values.iter().for_each(|e| outcomes(source, e, found));
                    }
                    CallArg::Pos(e) | CallArg::Kwarg(_, e) => outcomes(source, e, found),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}
