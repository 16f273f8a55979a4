//! Mapping expressions: read, checked against the known words, and traced to the source fields they use.
//! Evaluating them is the adapters' work.

mod walk;

use crate::Path;
use crate::problem::Problem;
use std::sync::Arc;
use walk::{Walk, chain, outcomes};

/// The name under which an expression finds the record itself, for fields whose names are not words:
/// `row["Nama Lengkap"]`.
pub const ROW: &str = "row";

/// The longest expression, in characters.
pub(crate) const MAX_LENGTH: usize = 4000;

/// The deepest nesting of brackets and signs.
const MAX_NESTING: usize = 32;

/// An expression that reads well: every filter, function and test in it is known.
///
/// The record's fields are its variables; [`ROW`] is the record itself.
#[derive(Debug, Clone)]
pub struct Expr {
    source: Arc<str>,
    path: Option<Path>,
    lineage: Arc<[String]>,
    falls_back: bool,
    words: Vec<(String, usize, usize)>,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// What is wrong with an expression, and which characters of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExprFault {
    /// What is wrong.
    pub problem: Problem,
    /// The first character, from 0.
    pub from: usize,
    /// One past the last character.
    pub to: usize,
}

impl Expr {
    /// Reads and checks an expression.
    ///
    /// # Errors
    /// Every fault at once: a syntax error alone, or all unknown words and wrong arguments.
    pub fn read(source: &str) -> Result<Self, Vec<ExprFault>> {
        let length = source.chars().count();
        if length > MAX_LENGTH {
            let problem = Problem::ExpressionTooLong { max: MAX_LENGTH };
            return Err(vec![ExprFault {
                problem,
                from: 0,
                to: length,
            }]);
        }
        // The parser recurses for each bracket and sign, and a thread's stack is finite.
        if nesting(source) > MAX_NESTING {
            let problem = Problem::TooNested { max: MAX_NESTING };
            return Err(vec![ExprFault {
                problem,
                from: 0,
                to: length,
            }]);
        }
        let ast = minijinja::machinery::parse_expr(source).map_err(|e| vec![syntax(source, &e)])?;
        let mut walk = Walk {
            source,
            lineage: Vec::new(),
            falls_back: false,
            faults: Vec::new(),
        };
        walk.expr(&ast);
        if !walk.faults.is_empty() {
            return Err(walk.faults);
        }
        walk.lineage.sort();
        walk.lineage.dedup();
        let mut words = Vec::new();
        outcomes(source, &ast, &mut words);
        Ok(Self {
            source: source.into(),
            path: chain(&ast),
            lineage: walk.lineage.into(),
            falls_back: walk.falls_back,
            words,
        })
    }

    /// Returns the expression as written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the path where the expression is nothing but one: it can be walked without evaluation.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_ref()
    }

    /// Lists the source fields that the expression reads, dotted, sorted.
    #[must_use]
    pub fn lineage(&self) -> &[String] {
        &self.lineage
    }

    /// Tells whether something else is taken where a field that it reads is missing: `default`, `coalesce`, `or`, `if`.
    #[must_use]
    pub fn falls_back(&self) -> bool {
        self.falls_back
    }

    /// Lists the literal words that can come out of it, with their places: those of an outermost
    /// `lookup`, `default` or `if`, or the literal itself.
    pub(crate) fn outcomes(&self) -> &[(String, usize, usize)] {
        &self.words
    }
}

/// Counts how deep brackets stand in each other, outside quotes; signs in a row count as brackets.
pub(crate) fn nesting(source: &str) -> usize {
    let (mut depth, mut deepest, mut signs): (usize, usize, usize) = (0, 0, 0);
    let mut quote = None;
    let mut escaped = false;
    for c in source.chars() {
        match (quote, c) {
            (Some(_), '\\') => escaped = !escaped,
            (Some(open), c) if c == open && !escaped => quote = None,
            (Some(_), _) => escaped = false,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        match c {
            '-' | '!' if quote.is_none() => signs += 1,
            ' ' => {}
            _ => signs = 0,
        }
        deepest = deepest.max(depth + signs);
    }
    deepest
}

fn syntax(source: &str, error: &minijinja::Error) -> ExprFault {
    let says = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    let range = error.range().unwrap_or(source.len()..source.len());
    let (from, to) = chars(source, range.start, range.end);
    ExprFault {
        problem: Problem::BadExpression { says },
        from,
        to: to.max(from + 1),
    }
}

/// Turns byte offsets into character offsets.
fn chars(source: &str, start: usize, end: usize) -> (usize, usize) {
    let count = |to: usize| source.char_indices().take_while(|(at, _)| *at < to).count();
    (count(start), count(end))
}

#[cfg(test)]
#[path = "expr_test.rs"]
mod tests;
