//! Collects what is found wrong while one definition is read, before places are turned into lines.

use crate::fault::{Fault, Note, Severity};
use crate::node::{Node, Span};
use crate::problem::Problem;

/// One thing found wrong.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub problem: Problem,
    pub span: Span,
    pub notes: Vec<(Note, Span)>,
}

/// Everything found wrong in one definition.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    pub list: Vec<Finding>,
    /// Stretches that hold secrets in plain text and must not be shown.
    pub blots: Vec<Span>,
}

impl Findings {
    /// Notes something wrong at a place.
    pub(crate) fn at(&mut self, problem: Problem, span: &Span) {
        self.note(problem, span, Vec::new());
    }

    /// Notes something wrong with a value, and where a template asked for it.
    pub(crate) fn on(&mut self, problem: Problem, node: &Node) {
        self.on_part(problem, node, &node.span);
    }

    /// Notes something wrong with a part of a value.
    pub(crate) fn on_part(&mut self, problem: Problem, node: &Node, span: &Span) {
        let via = node.via.iter().map(|span| (Note::UsedHere, span.clone()));
        self.note(problem, span, via.collect());
    }

    /// Notes something wrong, with other places that explain it.
    pub(crate) fn note(&mut self, problem: Problem, span: &Span, notes: Vec<(Note, Span)>) {
        let same = |known: &Finding| {
            known.span.start == span.start
                && std::sync::Arc::ptr_eq(&known.span.file, &span.file)
                && known.problem == problem
        };
        if !self.list.iter().any(same) {
            self.list.push(Finding {
                problem,
                span: span.clone(),
                notes,
            });
        }
    }

    /// Tells whether anything keeps the definition from being used.
    pub(crate) fn fatal(&self) -> bool {
        self.list
            .iter()
            .any(|finding| finding.problem.severity() == Severity::Error)
    }

    /// Turns places into lines. `extended` is where the connector takes in its templates: a fault in
    /// another file shows it.
    pub(crate) fn finish(&self, connector: Option<&str>, extended: Option<&Span>) -> Vec<Fault> {
        let fault = |finding: &Finding| {
            let mut notes = finding.notes.clone();
            if let Some(span) =
                extended.filter(|span| !std::sync::Arc::ptr_eq(&span.file, &finding.span.file))
            {
                notes.push((Note::ExtendedHere, span.clone()));
            }
            Fault {
                connector: connector.map(str::to_owned),
                problem: finding.problem.clone(),
                place: Some(finding.span.place(&self.blots)),
                notes: notes
                    .into_iter()
                    .map(|(note, span)| (note, span.place(&self.blots)))
                    .collect(),
            }
        };
        self.list.iter().map(fault).collect()
    }
}
