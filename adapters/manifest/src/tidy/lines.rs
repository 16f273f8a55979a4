//! The lines of a file: which hold keys, which comments belong to which key.

use crate::node::{Node, Value};

/// The lines of a file, with the place of each.
#[derive(Clone)]
pub(super) struct Lines {
    lines: Vec<String>,
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let mut starts = Vec::new();
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            starts.push(at);
            at += line.len();
            let line = line.strip_suffix('\n').unwrap_or(line);
            lines.push(line.strip_suffix('\r').unwrap_or(line).to_owned());
        }
        Self { lines, starts }
    }

    pub(super) fn all(&self) -> &[String] {
        &self.lines
    }

    /// The line that holds a byte of the file.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= byte)
            .saturating_sub(1)
    }

    /// The byte's place in its line.
    pub(super) fn column_of(&self, byte: usize) -> usize {
        byte - self.starts.get(self.line_of(byte)).copied().unwrap_or(0)
    }

    fn before(&self, byte: usize) -> &str {
        let line = self
            .lines
            .get(self.line_of(byte))
            .map_or("", String::as_str);
        line.get(..self.column_of(byte)).unwrap_or(line)
    }

    /// Tells whether every key of a map begins a line of its own, and all in the same column.
    pub(super) fn is_block_map(&self, node: &Node) -> bool {
        let Some(first) = node.entries().first() else {
            return false;
        };
        let column = self.column_of(first.key_span.start);
        let mut last = None;
        node.entries().iter().all(|entry| {
            let at = entry.key_span.start;
            let line = self.line_of(at);
            let below = last.is_none_or(|last| last < line);
            last = Some(line);
            let key_end = self.column_of(at) + entry.key_span.text().len();
            let after = self.lines[line].get(key_end..).unwrap_or_default();
            below
                && self.before(at).trim().is_empty()
                && self.column_of(at) == column
                && after.trim_start().starts_with(':')
        })
    }

    /// Tells whether every item of a list follows a dash that begins a line of its own.
    pub(super) fn is_block_list(&self, node: &Node) -> bool {
        let mut last = None;
        !node.items().is_empty()
            && node.items().iter().all(|item| {
                let at = item.span.start;
                let line = self.line_of(at);
                let below = last.is_none_or(|last| last < line);
                last = Some(line);
                below && self.before(at).trim() == "-"
            })
    }

    /// The column of a line's first sign, which is a dash.
    pub(super) fn dash(&self, line: usize) -> usize {
        indent(&self.lines[line])
    }

    /// The same lines, with a space in the place of a dash.
    pub(super) fn without_dash(&self, line: usize) -> Self {
        let mut other = self.clone();
        let dash = self.dash(line);
        if other.lines[line][dash..].starts_with('-') {
            other.lines[line].replace_range(dash..=dash, " ");
        }
        other
    }

    /// The first line of what stands above a key: empty lines, and comments not deeper than the key.
    pub(super) fn lead(&self, key: usize, column: usize, least: usize) -> usize {
        let belongs = |line: &str| {
            line.trim().is_empty() || (line.trim_start().starts_with('#') && indent(line) <= column)
        };
        let mut at = key;
        while at > least && belongs(&self.lines[at - 1]) {
            at -= 1;
        }
        at
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Moves a line from one column to another, as far as it has room.
pub(super) fn shifted(line: &str, from: usize, to: usize) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    match to.checked_sub(from) {
        Some(more) => format!("{}{line}", " ".repeat(more)),
        None => line[indent(line).min(from - to)..].to_owned(),
    }
}

/// What follows a key, without quotes where the text is plainly a text without them.
pub(super) fn unquoted(after: &str, node: &Node) -> String {
    let written = node.span.text();
    let Value::Text(text) = &node.value else {
        return after.to_owned();
    };
    let rest = after
        .strip_prefix(written)
        .filter(|_| written.starts_with(['\'', '"']));
    match rest {
        Some(rest) if is_plain(text) && (rest.is_empty() || rest.starts_with(' ')) => {
            format!("{text}{rest}")
        }
        _ => after.to_owned(),
    }
}

/// Tells whether a text is the same text without quotes, to any reader of YAML 1.1 or 1.2.
fn is_plain(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    const SIGNS: &str = "{}[],&*!|>'\"%@`\\#";
    text.starts_with(|c: char| c.is_alphabetic() || c == '/')
        && text.trim() == text
        && !text.contains(": ")
        && !text.ends_with(':')
        && !text.chars().any(|c| c.is_control() || SIGNS.contains(c))
        && !WORDS.contains(&text.to_lowercase().as_str())
}
