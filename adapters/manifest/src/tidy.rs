//! Writes a definition the usual way: keys in the order of the grammar, two spaces a level, quotes only
//! where they are needed. Comments stay with what they speak of.
//!
//! Line by line: maps and lists in blocks are moved and indented, everything else is copied as it stands.
//! What was written is read again; where it does not mean the same, the text stays as it was.

mod lines;

use crate::fault::Fault;
use crate::grammar::{Field, Type};
use crate::keys::{CONNECTOR, TEMPLATE};
use crate::node::{Entry, File, Node, Value};
use crate::yaml;
use lines::Lines;
use std::path::Path;
use std::sync::Arc;

/// Spaces of one level.
const STEP: usize = 2;

/// Writes a connector's or template's file the usual way; `path` is for faults only.
///
/// # Errors
/// What keeps the YAML from being read at all.
pub fn tidy(path: &Path, text: &str) -> Result<String, Vec<Fault>> {
    let root = read(path, text)?;
    let Some(written) = write(&root, text) else {
        return Ok(text.to_owned());
    };
    let unchanged = read(path, &written).is_ok_and(|again| same(&root, &again))
        && remarks(&written) == remarks(text);
    Ok(if unchanged { written } else { text.to_owned() })
}

fn read(path: &Path, text: &str) -> Result<Node, Vec<Fault>> {
    let file = Arc::new(File {
        path: path.to_owned(),
        text: text.to_owned(),
    });
    let read = yaml::read(&file);
    let fault = |(problem, span, _): (_, crate::node::Span, _)| Fault {
        connector: None,
        problem,
        place: Some(span.place(&[])),
        notes: Vec::new(),
    };
    match read.root {
        Some(root) if read.faults.is_empty() => Ok(root),
        _ => Err(read.faults.into_iter().map(fault).collect()),
    }
}

/// Tells whether two trees mean the same; the order of keys does not count.
fn same(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (Value::Map(a), Value::Map(b)) => {
            let found = |entry: &Entry| b.iter().find(|other| other.key == entry.key);
            a.len() == b.len()
                && a.iter()
                    .all(|entry| found(entry).is_some_and(|other| same(&entry.node, &other.node)))
        }
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(_, a), Value::Number(_, b)) | (Value::Text(a), Value::Text(b)) => a == b,
        _ => false,
    }
}

/// The lines that are comments, in any order.
fn remarks(text: &str) -> Vec<&str> {
    let lines = text.lines().map(str::trim);
    let mut found: Vec<&str> = lines.filter(|line| line.starts_with('#')).collect();
    found.sort_unstable();
    found
}

/// Writes the tree anew; `None` where the file is not one plain document in blocks.
fn write(root: &Node, text: &str) -> Option<String> {
    let lines = Lines::new(text);
    let special =
        |line: &&str| line.starts_with("---") || line.starts_with("...") || line.starts_with('%');
    if lines.all().iter().any(|line| special(&line.as_str())) || !lines.is_block_map(root) {
        return None;
    }
    let kind = root.get("kind").and_then(Node::text);
    let fields = if kind == Some("Template") {
        TEMPLATE
    } else {
        CONNECTOR
    };
    let first = lines.line_of(root.entries().first()?.key_span.start);
    let mut out = Vec::new();
    // What stands above the first key speaks of the whole file.
    let header = lines.lead(first, 0, 0);
    comments(&lines.all()[header..first], 0, &mut out);
    let writer = Writer { lines };
    let end = writer.lines.all().len();
    writer.map(root, Some(fields), first..end, 0, &mut out);
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    out.push(String::new());
    Some(out.join("\n"))
}

/// Copies comments at a level, with at most one empty line between them and none at the beginning.
fn comments(lines: &[String], level: usize, out: &mut Vec<String>) {
    for line in lines {
        match line.trim() {
            "" => {
                if out.last().is_some_and(|last| !last.is_empty()) {
                    out.push(String::new());
                }
            }
            comment => out.push(format!("{}{comment}", " ".repeat(level * STEP))),
        }
    }
}

struct Writer {
    lines: Lines,
}

type Part = std::ops::Range<usize>;

impl Writer {
    /// Writes a map in a block whose keys and comments are these lines.
    fn map(
        &self,
        node: &Node,
        fields: Option<&'static [Field]>,
        part: Part,
        level: usize,
        out: &mut Vec<String>,
    ) {
        self.typed_map(node, fields.map(Shape::Fields), part, level, out);
    }

    fn typed_map(
        &self,
        node: &Node,
        shape: Option<Shape>,
        part: Part,
        level: usize,
        out: &mut Vec<String>,
    ) {
        let keys: Vec<usize> = node
            .entries()
            .iter()
            .map(|entry| self.lines.line_of(entry.key_span.start))
            .collect();
        let column = node
            .entries()
            .first()
            .map_or(0, |entry| self.lines.column_of(entry.key_span.start));
        let lead = |at: usize| match at {
            // Nothing but comments can stand above the first.
            0 => part.start,
            _ => self.lines.lead(keys[at], column, keys[at - 1] + 1),
        };
        let mut order: Vec<usize> = (0..keys.len()).collect();
        if let Some(fields) = shape.as_ref().and_then(Shape::fields) {
            let rank = |at: usize| {
                let key = &node.entries()[at].key;
                let known = fields.iter().position(|field| field.name == &**key);
                known.unwrap_or(fields.len())
            };
            order.sort_by_key(|at| rank(*at));
        }
        for at in order {
            let entry = &node.entries()[at];
            let end = if at + 1 < keys.len() {
                lead(at + 1)
            } else {
                part.end
            };
            comments(&self.lines.all()[lead(at)..keys[at]], level, out);
            let ty = shape.as_ref().and_then(|shape| shape.under(&entry.key));
            self.entry(entry, ty, keys[at]..end, level, out);
        }
    }

    /// Writes a key, what follows it on its line, and the lines below it.
    fn entry(
        &self,
        entry: &Entry,
        ty: Option<&'static Type>,
        part: Part,
        level: usize,
        out: &mut Vec<String>,
    ) {
        let line = &self.lines.all()[part.start];
        let from = self.lines.column_of(entry.key_span.start);
        let to = from + entry.key_span.text().len();
        let after = line.get(to..).unwrap_or_default();
        let after = after.trim_start().strip_prefix(':').unwrap_or(after).trim();
        let mut text = format!(
            "{}{}:",
            " ".repeat(level * STEP),
            &line[from..to.min(line.len())]
        );
        if !after.is_empty() {
            text.push(' ');
            text.push_str(&lines::unquoted(after, &entry.node));
        }
        out.push(text);
        self.below(
            &entry.node,
            ty,
            part.start + 1..part.end,
            (from, level),
            out,
        );
    }

    /// Writes the lines below a key or a dash: a block at the next level, or whatever it is, shifted.
    fn below(
        &self,
        node: &Node,
        ty: Option<&'static Type>,
        part: Part,
        (column, level): (usize, usize),
        out: &mut Vec<String>,
    ) {
        let inside = |at: usize| part.contains(&self.lines.line_of(at));
        let first = node.entries().first().map(|entry| entry.key_span.start);
        if first.is_some_and(inside) && self.lines.is_block_map(node) {
            return self.typed_map(node, ty.map(Shape::Type), part, level + 1, out);
        }
        if node
            .items()
            .first()
            .is_some_and(|item| inside(item.span.start))
            && self.lines.is_block_list(node)
        {
            return self.list(node, ty, part, level + 1, out);
        }
        let flow = node.span.text().starts_with(['{', '[']);
        for line in &self.lines.all()[part] {
            let shifted = lines::shifted(line, column, level * STEP);
            out.push(if flow {
                shifted.trim_end().to_owned()
            } else {
                shifted
            });
        }
    }

    fn list(
        &self,
        node: &Node,
        ty: Option<&'static Type>,
        part: Part,
        level: usize,
        out: &mut Vec<String>,
    ) {
        let ty = match ty {
            Some(Type::List(ty) | Type::OneOrMany(ty)) => Some(*ty),
            _ => None,
        };
        let dashes: Vec<usize> = node
            .items()
            .iter()
            .map(|item| self.lines.line_of(item.span.start))
            .collect();
        let lead = |at: usize| match at {
            0 => part.start,
            _ => {
                let column = self.lines.dash(dashes[at]);
                self.lines.lead(dashes[at], column, dashes[at - 1] + 1)
            }
        };
        for (at, item) in node.items().iter().enumerate() {
            let end = if at + 1 < dashes.len() {
                lead(at + 1)
            } else {
                part.end
            };
            comments(&self.lines.all()[lead(at)..dashes[at]], level, out);
            self.item(item, ty, dashes[at]..end, level, out);
        }
    }

    fn item(
        &self,
        item: &Node,
        ty: Option<&'static Type>,
        part: Part,
        level: usize,
        out: &mut Vec<String>,
    ) {
        let dash = self.lines.dash(part.start);
        let bare = Writer {
            lines: self.lines.without_dash(part.start),
        };
        if bare.lines.is_block_map(item) {
            let mut inner = Vec::new();
            bare.typed_map(item, ty.map(Shape::Type), part, level + 1, &mut inner);
            // The dash goes before the first key; comments above it are those of the item.
            let first = inner
                .iter()
                .position(|line| !line.is_empty() && !line.trim_start().starts_with('#'));
            for (at, line) in inner.iter_mut().enumerate() {
                if Some(at) == first {
                    line.replace_range(level * STEP..=level * STEP, "-");
                } else if first.is_some_and(|first| at < first) && !line.is_empty() {
                    line.replace_range(..STEP, "");
                }
            }
            return out.extend(inner);
        }
        let after = self.lines.all()[part.start][dash + 1..].trim();
        let after = lines::unquoted(after, item);
        out.push(format!("{}- {after}", " ".repeat(level * STEP)));
        for line in &self.lines.all()[part.start + 1..part.end] {
            out.push(lines::shifted(line, dash, level * STEP));
        }
    }
}

/// What is known of a map's keys.
enum Shape {
    Fields(&'static [Field]),
    Type(&'static Type),
}

impl Shape {
    /// The keys whose order is the grammar's; a map with free keys keeps its own.
    fn fields(&self) -> Option<&'static [Field]> {
        match self {
            Self::Fields(fields) => Some(fields),
            Self::Type(
                Type::Record(fields)
                | Type::Choice(_, fields)
                | Type::WordOrRecord(_, fields)
                | Type::DurationOr(_, fields),
            ) => Some(fields),
            Self::Type(_) => None,
        }
    }

    fn under(&self, key: &str) -> Option<&'static Type> {
        match self {
            Self::Fields(fields) => crate::grammar::field(fields, key).map(|field| &field.ty),
            Self::Type(ty) => ty.under(key),
        }
    }
}
