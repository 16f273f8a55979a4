//! The tree of a YAML file as written: every value and every key knows where it came from.

use crate::fault::Place;
use std::path::PathBuf;
use std::sync::Arc;

/// A file that was read, kept so that a fault can show the line.
#[derive(Debug)]
pub(crate) struct File {
    /// As it was named to the loader.
    pub path: PathBuf,
    /// What it holds.
    pub text: String,
}

/// A stretch of a file.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    /// Which file.
    pub file: Arc<File>,
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Returns the text itself.
    pub(crate) fn text(&self) -> &str {
        self.file.text.get(self.start..self.end).unwrap_or_default()
    }

    /// Finds line, column and the line's text; `blots` are stretches whose text must not be shown.
    pub(crate) fn place(&self, blots: &[Span]) -> Place {
        let text = &self.file.text;
        let start = floor(text, self.start);
        let from = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = floor(text, self.end.clamp(start, to.max(start)));
        Place {
            file: self.file.path.clone(),
            line: text[..start].matches('\n').count() + 1,
            column: text[from..start].chars().count() + 1,
            length: text[start..end].chars().count().max(1),
            text: self.blot(from, to, blots),
        }
    }

    /// Copies a line; every character of a blot becomes a star, so that columns stay.
    fn blot(&self, from: usize, to: usize, blots: &[Span]) -> String {
        let hidden = |at: usize| {
            blots
                .iter()
                .any(|b| Arc::ptr_eq(&b.file, &self.file) && (b.start..b.end).contains(&at))
        };
        let line = self.file.text[from..to].trim_end_matches('\r');
        line.char_indices()
            .map(|(at, c)| if hidden(from + at) { '*' } else { c })
            .collect()
    }
}

/// The nearest character boundary at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A value as written.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What it is.
    pub value: Value,
    /// Where it was written.
    pub span: Span,
    /// Where a template asked for it, for a value that came in as a parameter.
    pub via: Option<Span>,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`, nothing else.
    Bool(bool),
    /// A number, with the digits as written (`1.10` stays `1.10` where a text is meant).
    Number(serde_json::Number, Arc<str>),
    /// A text.
    Text(Arc<str>),
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the file.
    Map(Vec<Entry>),
}

/// One key of a map.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// The key.
    pub key: Arc<str>,
    /// Where the key was written.
    pub key_span: Span,
    /// Its value.
    pub node: Node,
}

impl Node {
    pub(crate) fn new(value: Value, span: Span) -> Self {
        Self {
            value,
            span,
            via: None,
        }
    }

    /// Finds a key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// Finds a key of a map, with its place.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// Follows keys.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Lists the keys of a map; nothing for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Lists the elements of a list; nothing for anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Lists the elements of a list; of anything else the one value that it is.
    pub(crate) fn each(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns a text, or the digits or word of another scalar as written.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            Value::Number(_, raw) => Some(raw),
            Value::Bool(true) => Some("true"),
            Value::Bool(false) => Some("false"),
            _ => None,
        }
    }

    /// Returns a text; nothing for other scalars.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Copies the tree without its places.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(flag) => (*flag).into(),
            Value::Number(number, _) => number.clone().into(),
            Value::Text(text) => (**text).into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => {
                let pairs = entries
                    .iter()
                    .map(|e| (e.key.to_string(), e.node.to_json()));
                serde_json::Value::Object(pairs.collect())
            }
        }
    }
}

impl Node {
    /// Finds the place of some bytes of this node's text in the file; the whole node where the text as
    /// written differs from the text as read (escapes, folded lines, filled parameters).
    pub(crate) fn part(&self, text: &str, start: usize, end: usize) -> Span {
        let written = self.span.text();
        let shift = match written.chars().next() {
            Some('"' | '\'') if written.get(1..).is_some_and(|rest| rest.starts_with(text)) => 1,
            _ if written.starts_with(text) => 0,
            _ => return self.span.clone(),
        };
        let from = self.span.start + shift;
        Span {
            file: Arc::clone(&self.span.file),
            start: from + start,
            end: from + end.max(start + 1),
        }
    }

    /// As `part`, counted in characters.
    pub(crate) fn part_chars(&self, text: &str, from: usize, to: usize) -> Span {
        let byte = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
        self.part(text, byte(from), byte(to))
    }
}
