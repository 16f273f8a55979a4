//! Reads YAML into the spanned tree. The only module that names the YAML parser.

use crate::node::{Entry, File, Node, Span, Value};
use crate::problem::Problem;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_yaml::{Location, Spanned};
use std::fmt;
use std::sync::Arc;

/// What reading one file gave: a tree as far as there is one, and what is wrong.
pub(crate) struct Read {
    /// The tree; `None` where the YAML itself is broken.
    pub root: Option<Node>,
    /// What is wrong, and a second place that explains it.
    pub faults: Vec<(Problem, Span, Option<Span>)>,
}

/// Reads one file. Keys must be texts and appear once; `NO` and `on` are texts, `0301` and `1_000` too.
pub(crate) fn read(file: &Arc<File>) -> Read {
    let options = serde_yaml::options! {
        // A definition is small; a bomb is not. Each level costs a debug build 40 kB of stack.
        budget: serde_yaml::budget! { max_depth: 24, max_nodes: 20_000 },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        emit_comments: false,
        with_snippet: false,
    };
    match serde_yaml::from_str_with_options::<Spanned<Raw>>(&file.text, options) {
        Ok(raw) => {
            let mut reader = Reader {
                file,
                faults: Vec::new(),
            };
            let root = reader.node(raw);
            Read {
                root: Some(root),
                faults: reader.faults,
            }
        }
        Err(error) => {
            let span = error
                .location()
                .map_or_else(|| start(file), |at| span_at(file, at));
            let says = first_line(&error.without_snippet().to_string());
            let problem = if says.contains("budget breached") || says.contains("recursion limit") {
                Problem::TooMuch
            } else {
                Problem::BrokenYaml { says }
            };
            Read {
                root: None,
                faults: vec![(problem, span, None)],
            }
        }
    }
}

/// The parser's own words, without the place, which is shown anyway.
fn first_line(says: &str) -> String {
    let line = says.lines().next().unwrap_or_default();
    let cut = line.find(" at line ").unwrap_or(line.len());
    line[..cut].trim_end_matches([' ', ',', ':']).to_owned()
}

fn start(file: &Arc<File>) -> Span {
    Span {
        file: Arc::clone(file),
        start: 0,
        end: 0,
    }
}

fn span_at(file: &Arc<File>, at: Location) -> Span {
    let span = at.span();
    let start = match span.byte_offset() {
        Some(byte) => byte as usize,
        None => byte_of(&file.text, at.line() as usize, at.column() as usize),
    };
    let start = start.min(file.text.len());
    let end = start + span.byte_len().unwrap_or(0) as usize;
    Span {
        file: Arc::clone(file),
        start,
        end: end.min(file.text.len()),
    }
}

fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let from = match line {
        0 | 1 => 0,
        n => text
            .match_indices('\n')
            .nth(n - 2)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let rest = text.get(from..).unwrap_or_default();
    from + rest
        .char_indices()
        .nth(column.saturating_sub(1))
        .map_or(rest.len(), |(at, _)| at)
}

/// Copies what the parser gives into our own tree.
struct Reader<'a> {
    file: &'a Arc<File>,
    faults: Vec<(Problem, Span, Option<Span>)>,
}

impl Reader<'_> {
    fn node(&mut self, raw: Spanned<Raw>) -> Node {
        let span = span_at(self.file, raw.defined);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Bool(flag) => Value::Bool(flag),
            Raw::Number(number) => {
                let digits = Arc::from(span.text().trim());
                Value::Number(number, digits)
            }
            Raw::Text(text) => Value::Text(text.into()),
            Raw::List(items) => {
                Value::List(items.into_iter().map(|item| self.node(item)).collect())
            }
            Raw::Map(pairs) => Value::Map(self.entries(pairs)),
        };
        Node::new(value, span)
    }

    fn entries(&mut self, pairs: Vec<(Spanned<Raw>, Spanned<Raw>)>) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let key = self.node(key);
            let node = self.node(value);
            let Some(name) = key.scalar() else {
                self.faults.push((Problem::KeyNotText, key.span, None));
                continue;
            };
            if let Some(first) = entries.iter().find(|entry| &*entry.key == name) {
                let problem = Problem::DuplicateKey {
                    key: name.to_owned(),
                };
                self.faults
                    .push((problem, key.span.clone(), Some(first.key_span.clone())));
                continue;
            }
            entries.push(Entry {
                key: name.into(),
                key_span: key.span,
                node,
            });
        }
        entries
    }
}

/// What the parser gives.
enum Raw {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(flag))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Raw, E> {
        Ok(Raw::Number(number.into()))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Raw, E> {
        Ok(Raw::Text(number.to_string()))
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Raw, E> {
        Ok(Raw::Text(number.to_string()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Raw, E> {
        Ok(serde_json::Number::from_f64(number).map_or(Raw::Null, Raw::Number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Raw, E> {
        Ok(Raw::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Raw::Map(pairs))
    }
}
