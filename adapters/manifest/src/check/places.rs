//! Checks where `${…}` may stand: secrets, cursors and pages each have their places.

use super::{Check, short};
use crate::node::{Node, Value};
use crate::problem::Problem;
use crate::subst::{Hole, HoleKind, holes};

impl Check<'_> {
    /// Refuses secrets, cursors and pages in a text; `false` where there are any.
    pub(super) fn plain(&mut self, node: &Node, text: &str, path: &str) -> bool {
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
                HoleKind::Cursor | HoleKind::Page | HoleKind::Parent => {
                    self.not_here(node, text, &hole, path)
                }
                _ => {}
            }
        }
        fine
    }

    pub(super) fn not_here(&mut self, node: &Node, text: &str, hole: &Hole<'_>, path: &str) {
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
    pub(super) fn no_secrets(&mut self, node: &Node, path: &str) {
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

    /// Looks up the secrets of a tree that may hold them.
    pub(super) fn secret_tree(&mut self, node: &Node) {
        match &node.value {
            Value::Text(text) => {
                for hole in holes(text) {
                    if let HoleKind::Secret(name) = hole.kind {
                        self.known_secret(node, text, &hole, name);
                    }
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.secret_tree(item)),
            Value::Map(entries) => entries
                .iter()
                .for_each(|entry| self.secret_tree(&entry.node)),
            _ => {}
        }
    }

    /// Reports a secret that is not there.
    pub(super) fn known_secret(&mut self, node: &Node, text: &str, hole: &Hole<'_>, name: &str) {
        if self
            .secrets
            .is_some_and(|secrets| secrets.get(name).is_none())
        {
            let path = name.to_owned();
            let span = node.part(text, hole.start, hole.end);
            self.findings
                .on_part(Problem::MissingSecret { path }, node, &span);
        }
    }

    /// Refuses secrets anywhere in a tree that may hold cursors and pages.
    pub(super) fn tree(&mut self, node: &Node, path: &str) {
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
}
