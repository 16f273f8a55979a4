//! Reads values out of a checked tree, with the defaults of the grammar's tables. What the check found
//! wrong reads as absent: it was said already.

use crate::grammar::{Field, field, is_beside};
use crate::node::Node;
use crate::{Path, Pattern, parse_duration, parse_size};
use std::str::FromStr;
use std::time::Duration;

/// A map of the tree (or nothing) with the table of its keys.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    node: Option<&'a Node>,
    fields: &'static [Field],
}

impl<'a> View<'a> {
    pub(crate) fn new(node: Option<&'a Node>, fields: &'static [Field]) -> Self {
        Self { node, fields }
    }

    /// Looks at a map below.
    pub(crate) fn below(&self, key: &str, fields: &'static [Field]) -> View<'a> {
        View {
            node: self.node(key),
            fields,
        }
    }

    pub(crate) fn node(&self, key: &str) -> Option<&'a Node> {
        self.node?.get(key)
    }

    fn default(&self, key: &str) -> Option<&'static str> {
        debug_assert!(
            field(self.fields, key).is_some(),
            "the grammar has no key {key}"
        );
        field(self.fields, key)?.default
    }

    /// A scalar as text, or its default.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        match self.node(key) {
            Some(node) => node.scalar(),
            None => self.default(key),
        }
    }

    pub(crate) fn string(&self, key: &str) -> Option<String> {
        self.text(key).map(str::to_owned)
    }

    /// A scalar that parses.
    pub(crate) fn read<T: FromStr>(&self, key: &str) -> Option<T> {
        self.text(key)?.parse().ok()
    }

    /// A flag; its default, or `false`.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.text(key) == Some("true")
    }

    /// A number; the default, or 0, where it is wrong.
    pub(crate) fn number(&self, key: &str) -> u64 {
        let written = self.read(key);
        written
            .or_else(|| self.default(key)?.parse().ok())
            .unwrap_or_default()
    }

    pub(crate) fn count(&self, key: &str) -> u32 {
        u32::try_from(self.number(key)).unwrap_or(u32::MAX)
    }

    pub(crate) fn duration(&self, key: &str) -> Option<Duration> {
        self.text(key).and_then(parse_duration)
    }

    /// A duration that has a default.
    pub(crate) fn span(&self, key: &str) -> Duration {
        self.duration(key).unwrap_or_default()
    }

    pub(crate) fn size(&self, key: &str) -> u64 {
        self.text(key).and_then(parse_size).unwrap_or_default()
    }

    pub(crate) fn path(&self, key: &str) -> Option<Path> {
        self.read(key)
    }

    pub(crate) fn pattern(&self, key: &str) -> Option<Pattern> {
        self.text(key).map(Pattern::read)
    }

    /// One text or a list of them.
    pub(crate) fn many(&self, key: &str) -> Vec<&'a str> {
        many(self.node(key))
    }

    /// The one key of a choice with what lies below it; nothing for a bare word.
    pub(crate) fn choice(&self, key: &str) -> Option<(&'a str, &'a Node)> {
        choice(self.node(key)?)
    }
}

/// One text or a list of them.
pub(crate) fn many(node: Option<&Node>) -> Vec<&str> {
    let each = node.map_or(&[][..], Node::each);
    each.iter().filter_map(Node::scalar).collect()
}

/// The one key of a choice among these with what lies below it, whatever stands beside it.
pub(crate) fn choice_among<'a>(
    node: &'a Node,
    fields: &'static [Field],
) -> Option<(&'a str, &'a Node)> {
    let all = node.entries().iter();
    let mut chosen = all.filter(|entry| !is_beside(fields, &entry.key));
    let one = chosen.next()?;
    chosen.next().is_none().then_some((&one.key, &one.node))
}

/// The one key of a choice with what lies below it.
pub(crate) fn choice(node: &Node) -> Option<(&str, &Node)> {
    match node.entries() {
        [entry] => Some((&entry.key, &entry.node)),
        _ => None,
    }
}
