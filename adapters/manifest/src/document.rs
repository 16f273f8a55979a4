//! Reads any other YAML file of the hub (its settings) with the same exactness as a connector: the
//! spanned tree is checked against a JSON Schema, every fault at once, with places and suggestions.
//!
//! The schema decides; this module knows no setting by name. It understands the part of JSON Schema
//! that generated settings use: `properties`, `additionalProperties`, `items`, `type`, `enum`,
//! `minimum`, `maximum`, `$ref`, `anyOf` with `null`, and the forms below in `format`.

use crate::fault::{Fault, Place};
use crate::node::{File, Node, Value};
use crate::problem::{Form, Problem, Shape};
use crate::similar::similar;
use crate::{parse_duration, parse_size, yaml};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// A YAML file that was read and checked.
#[derive(Debug)]
pub struct Document {
    /// What it holds; `None` where the YAML itself is broken.
    pub value: Option<serde_json::Value>,
    /// Where each value was written, by dotted path, for example `listen.https`.
    pub places: BTreeMap<String, Place>,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
}

/// Reads `text`, which was found at `path`, and checks it against a JSON Schema.
#[must_use]
pub fn read_document(path: &Path, text: &str, schema: &serde_json::Value) -> Document {
    let file = Arc::new(File {
        path: path.to_owned(),
        text: text.to_owned(),
    });
    let read = yaml::read(&file);
    let mut check = Check {
        root: schema,
        places: BTreeMap::new(),
        faults: Vec::new(),
    };
    for (problem, span, _) in read.faults {
        check.faults.push(fault(problem, span.place(&[])));
    }
    let value = read.root.map(|node| {
        let empty = matches!(node.value, Value::Null);
        if !empty {
            check.node(&node, schema, "");
        }
        if empty {
            serde_json::json!({})
        } else {
            node.to_json()
        }
    });
    Document {
        value,
        places: check.places,
        faults: check.faults,
    }
}

fn fault(problem: Problem, place: Place) -> Fault {
    Fault {
        connector: None,
        problem,
        place: Some(place),
        notes: Vec::new(),
    }
}

struct Check<'a> {
    root: &'a serde_json::Value,
    places: BTreeMap<String, Place>,
    faults: Vec<Fault>,
}

impl<'a> Check<'a> {
    fn node(&mut self, node: &Node, schema: &'a serde_json::Value, path: &str) {
        let nullable = may_be_null(schema);
        let schema = self.meant(schema);
        if !path.is_empty() {
            self.places.insert(path.to_owned(), node.span.place(&[]));
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.choice(node, words, path);
        }
        match (&node.value, expected(schema)) {
            (Value::Map(_), Some(Shape::Map)) => self.map(node, schema, path),
            (Value::List(items), Some(Shape::List)) => {
                for (i, item) in items.iter().enumerate() {
                    self.node(item, &schema["items"], &format!("{path}.{i}"));
                }
            }
            (Value::Text(text), Some(Shape::Text)) => self.form(node, text, schema, path),
            (Value::Number(number, _), Some(Shape::Number)) => {
                self.range(node, number, schema, path)
            }
            (Value::Null, _) if nullable => {}
            (_, None) | (Value::Bool(_), Some(Shape::Flag)) => {}
            (value, Some(expected)) => {
                let problem = Problem::WrongType {
                    field: path.to_owned(),
                    expected,
                    found: shape(value),
                };
                self.say(problem, node);
            }
        }
    }

    fn map(&mut self, node: &Node, schema: &'a serde_json::Value, path: &str) {
        let properties = schema["properties"].as_object();
        let open = schema
            .get("additionalProperties")
            .filter(|more| more.is_object());
        for entry in node.entries() {
            let inner = if path.is_empty() {
                entry.key.to_string()
            } else {
                format!("{path}.{}", entry.key)
            };
            match properties.and_then(|known| known.get(&*entry.key)).or(open) {
                Some(schema) => self.node(&entry.node, schema, &inner),
                None => {
                    let known: Vec<String> =
                        properties.iter().flat_map(|p| p.keys().cloned()).collect();
                    let problem = Problem::UnknownField {
                        field: entry.key.to_string(),
                        within: path.to_owned(),
                        similar: similar(&entry.key, known.iter().map(String::as_str)),
                        known,
                    };
                    self.faults.push(fault(problem, entry.key_span.place(&[])));
                }
            }
        }
        for field in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|f| f.as_str())
        {
            if node.get(field).is_none() {
                let problem = Problem::Missing {
                    field: field.to_owned(),
                    within: path.to_owned(),
                };
                self.say(problem, node);
            }
        }
    }

    fn choice(&mut self, node: &Node, words: &[serde_json::Value], path: &str) {
        let known: Vec<String> = words
            .iter()
            .filter_map(|w| w.as_str().map(str::to_owned))
            .collect();
        let word = node.scalar().unwrap_or_default().to_owned();
        if !known.contains(&word) {
            let similar = similar(&word, known.iter().map(String::as_str));
            self.say(
                Problem::UnknownChoice {
                    field: path.to_owned(),
                    word,
                    similar,
                    known,
                },
                node,
            );
        }
    }

    fn form(&mut self, node: &Node, text: &str, schema: &serde_json::Value, path: &str) {
        let (form, fits) = match schema["x-form"].as_str().or(schema["format"].as_str()) {
            Some("duration") => (Form::Duration, parse_duration(text).is_some()),
            Some("size") => (Form::Size, parse_size(text).is_some()),
            Some("uri") => (
                Form::Url,
                url::Url::parse(text).is_ok_and(|url| url.has_host()),
            ),
            Some("listen") => (Form::Listen, text.parse::<std::net::SocketAddr>().is_ok()),
            Some("hostname") => (Form::Host, is_host(text)),
            _ => return,
        };
        if !fits {
            self.say(
                Problem::BadValue {
                    field: path.to_owned(),
                    value: text.to_owned(),
                    form,
                },
                node,
            );
        }
    }

    fn range(
        &mut self,
        node: &Node,
        number: &serde_json::Number,
        schema: &serde_json::Value,
        path: &str,
    ) {
        let min = schema["minimum"].as_f64().unwrap_or(0.0);
        let max = schema["maximum"].as_f64().unwrap_or(f64::MAX);
        let value = number.as_f64().unwrap_or(f64::NAN);
        if !(min..=max).contains(&value) {
            let (min, max) = (min as u64, max as u64);
            self.say(
                Problem::OutOfRange {
                    field: path.to_owned(),
                    min,
                    max,
                },
                node,
            );
        } else if schema["type"] == "integer" && value.fract() != 0.0 {
            let (expected, found) = (Shape::Number, Shape::Scalar);
            self.say(
                Problem::WrongType {
                    field: path.to_owned(),
                    expected,
                    found,
                },
                node,
            );
        }
    }

    fn say(&mut self, problem: Problem, node: &Node) {
        self.faults.push(fault(problem, node.span.place(&[])));
    }

    /// Follows `$ref`, and `anyOf` with `null` to its other branch.
    fn meant(&self, mut schema: &'a serde_json::Value) -> &'a serde_json::Value {
        for _ in 0..8 {
            if let Some(pointer) = schema["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
                schema = self.root.pointer(pointer).unwrap_or(schema);
            } else if let Some(branches) = schema["anyOf"].as_array() {
                let other = branches.iter().find(|branch| branch["type"] != "null");
                schema = other.unwrap_or(schema);
            } else {
                break;
            }
        }
        schema
    }
}

fn may_be_null(schema: &serde_json::Value) -> bool {
    let branches = schema["anyOf"].as_array().into_iter().flatten();
    let types = schema["type"].as_array().into_iter().flatten();
    branches
        .map(|branch| &branch["type"])
        .chain(types)
        .any(|word| word == "null")
}

fn expected(schema: &serde_json::Value) -> Option<Shape> {
    let word = match &schema["type"] {
        serde_json::Value::String(word) => word.as_str(),
        serde_json::Value::Array(words) => words
            .iter()
            .filter_map(|w| w.as_str())
            .find(|w| *w != "null")?,
        _ => return None,
    };
    match word {
        "object" => Some(Shape::Map),
        "array" => Some(Shape::List),
        "string" => Some(Shape::Text),
        "integer" | "number" => Some(Shape::Number),
        "boolean" => Some(Shape::Flag),
        _ => None,
    }
}

fn shape(value: &Value) -> Shape {
    match value {
        Value::Null => Shape::Nothing,
        Value::Bool(_) => Shape::Flag,
        Value::Number(..) => Shape::Number,
        Value::Text(_) => Shape::Text,
        Value::List(_) => Shape::List,
        Value::Map(_) => Shape::Map,
    }
}

/// A DNS name (RFC 1035, section 2.3.1, digits allowed first), without a port.
fn is_host(text: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
            && !l.starts_with('-')
            && !l.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}
