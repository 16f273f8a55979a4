//! Compiles an expression once: to a walk along a path, a chain of filters, or minijinja's machine.
//!
//! Owns the choice and the evaluation. Pure: the same row and world give the same value.

use super::filters::{self, Args, Fault, FilterWorld};
use super::json::to_value;
use super::script::{Script, Scripts};
use divos_manifest::{Expr, Path, Segment};
use minijinja::Value;
use minijinja::machinery::ast::{self, CallArg};
use serde_json::Value as Json;

/// How an expression is evaluated, cheapest first.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// A field of the row.
    Walk(Path),
    /// Always the same.
    Literal(Value),
    /// A filter over another plan.
    Filter(Box<Filtered>),
    /// `concat(…)` or `a ~ b`.
    Concat(Vec<Plan>),
    /// `coalesce(…)`.
    Coalesce(Vec<Plan>),
    /// Anything else.
    Script(Script),
}

/// A filter with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Filtered {
    of: Plan,
    filter: filters::Filter,
    args: Vec<(Option<String>, Plan)>,
    /// The arguments, where they are all literals.
    ready: Option<Args>,
}

impl Plan {
    /// Compiles an expression that the manifest has checked.
    pub(crate) fn compile(expr: &Expr) -> Result<Self, minijinja::Error> {
        if let Some(path) = expr.path() {
            return Ok(Self::Walk(path.clone()));
        }
        let source = expr.source();
        let tree = minijinja::machinery::parse_expr(source)?;
        match plan(&tree) {
            Some(plan) => Ok(plan),
            None => Script::compile(expr).map(Self::Script),
        }
    }

    /// Evaluates over a row. A missing field comes back undefined.
    pub(crate) fn eval(
        &self,
        row: &Json,
        scripts: &Scripts<'_>,
        world: &FilterWorld,
    ) -> Result<Value, Fault> {
        match self {
            Self::Walk(path) => Ok(path.get(row).map_or(Value::UNDEFINED, to_value)),
            Self::Literal(value) => Ok(value.clone()),
            Self::Filter(filtered) => filtered.eval(row, scripts, world),
            Self::Concat(parts) => filters::concat(evaluated(parts, row, scripts, world)?),
            Self::Coalesce(parts) => Ok(filters::coalesce(evaluated(parts, row, scripts, world)?)),
            Self::Script(script) => scripts.eval(script, row),
        }
    }

    /// Returns the first path that the plan walks: the source's own word before lookups and filters.
    pub(crate) fn root(&self) -> Option<&Path> {
        match self {
            Self::Walk(path) => Some(path),
            Self::Filter(filtered) => filtered.of.root(),
            _ => None,
        }
    }

    /// Tells whether any part of the plan needs minijinja's machine.
    pub(crate) fn scripts<'a>(&'a self, found: &mut Vec<&'a Script>) {
        match self {
            Self::Script(script) => found.push(script),
            Self::Filter(filtered) => {
                filtered.of.scripts(found);
                filtered
                    .args
                    .iter()
                    .for_each(|(_, plan)| plan.scripts(found));
            }
            Self::Concat(parts) | Self::Coalesce(parts) => {
                parts.iter().for_each(|p| p.scripts(found))
            }
            Self::Walk(_) | Self::Literal(_) => {}
        }
    }
}

impl Filtered {
    fn eval(&self, row: &Json, scripts: &Scripts<'_>, world: &FilterWorld) -> Result<Value, Fault> {
        let value = self.of.eval(row, scripts, world)?;
        if let Some(args) = &self.ready {
            return self.filter.apply(value, args, world);
        }
        let mut args = Args::default();
        for (name, plan) in &self.args {
            args.push(name.as_deref(), plan.eval(row, scripts, world)?);
        }
        self.filter.apply(value, &args, world)
    }
}

fn evaluated(
    parts: &[Plan],
    row: &Json,
    scripts: &Scripts<'_>,
    world: &FilterWorld,
) -> Result<Vec<Value>, Fault> {
    parts
        .iter()
        .map(|part| part.eval(row, scripts, world))
        .collect()
}

/// Plans a tree; `None` where it needs minijinja's machine.
fn plan(tree: &ast::Expr<'_>) -> Option<Plan> {
    if let Some(value) = tree.as_const() {
        return Some(Plan::Literal(value));
    }
    match tree {
        ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => walk(tree),
        ast::Expr::Filter(filter) => filtered(filter),
        ast::Expr::BinOp(op) if matches!(op.op, ast::BinOpKind::Concat) => joined(op),
        ast::Expr::Call(call) => called(call),
        _ => None,
    }
}

fn filtered(filter: &ast::Filter<'_>) -> Option<Plan> {
    let of = plan(filter.expr.as_ref()?)?;
    let mut args = Vec::with_capacity(filter.args.len());
    for arg in &filter.args {
        args.push(match arg {
            CallArg::Pos(tree) => (None, plan(tree)?),
            CallArg::Kwarg(name, tree) => (Some((*name).to_owned()), plan(tree)?),
            CallArg::PosSplat(_) | CallArg::KwargSplat(_) => return None,
        });
    }
    let mut ready = Some(Args::default());
    for (name, plan) in &args {
        match (plan, &mut ready) {
            (Plan::Literal(value), Some(ready)) => ready.push(name.as_deref(), value.clone()),
            _ => ready = None,
        }
    }
    let filter = filters::Filter::from_name(filter.name)?;
    Some(Plan::Filter(Box::new(Filtered {
        of,
        filter,
        args,
        ready,
    })))
}

fn joined(op: &ast::BinOp<'_>) -> Option<Plan> {
    // `a ~ b` with a missing `a` is a fault, unlike `concat`, so both sides must be there.
    let strict = |tree: &ast::Expr<'_>| {
        let of = plan(tree)?;
        let filter = filters::Filter::from_name("string")?;
        let ready = Some(Args::default());
        Some(Plan::Filter(Box::new(Filtered {
            of,
            filter,
            args: Vec::new(),
            ready,
        })))
    };
    Some(Plan::Concat(vec![strict(&op.left)?, strict(&op.right)?]))
}

fn called(call: &ast::Call<'_>) -> Option<Plan> {
    let ast::Expr::Var(name) = &call.expr else {
        return None;
    };
    let mut parts = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        match arg {
            CallArg::Pos(tree) => parts.push(plan(tree)?),
            _ => return None,
        }
    }
    match name.id {
        "concat" => Some(Plan::Concat(parts)),
        "coalesce" => Some(Plan::Coalesce(parts)),
        _ => None,
    }
}

/// Reads `a.b[0]["c d"]` as a path.
fn walk(tree: &ast::Expr<'_>) -> Option<Plan> {
    let mut steps = Vec::new();
    let mut at = tree;
    let root = loop {
        match at {
            ast::Expr::Var(var) => break var.id,
            ast::Expr::GetAttr(attr) => {
                steps.push(Segment::Field(attr.name.to_owned()));
                at = &attr.expr;
            }
            ast::Expr::GetItem(item) => {
                let key = item.subscript_expr.as_const()?;
                steps.push(match key.as_str() {
                    Some(name) => Segment::Field(name.to_owned()),
                    None => Segment::Index(usize::try_from(key).ok()?),
                });
                at = &item.expr;
            }
            _ => return None,
        }
    };
    if root != "row" {
        steps.push(Segment::Field(root.to_owned()));
    }
    written(steps.iter().rev()).map(Plan::Walk)
}

/// Writes steps in the notation that a path is read from.
fn written<'a>(steps: impl Iterator<Item = &'a Segment>) -> Option<Path> {
    let mut text = String::new();
    for step in steps {
        match step {
            Segment::Field(name) if !name.contains('"') => text.push_str(&format!("[\"{name}\"]")),
            Segment::Field(name) if !name.contains('\'') => text.push_str(&format!("['{name}']")),
            Segment::Index(at) => text.push_str(&format!("[{at}]")),
            Segment::Field(_) | Segment::All => return None,
        }
    }
    text.parse().ok()
}
