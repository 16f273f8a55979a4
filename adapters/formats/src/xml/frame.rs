//! One open element on its way to JSON.
//!
//! Owns the rules of the JSON's shape. Knows neither paths nor bytes.

use super::event::Opening;
use serde_json::map::Entry;
use serde_json::{Map, Value as Json};

/// What an element costs besides its text: the entry in its parent.
const OVERHEAD: usize = 64;

/// An element that is open.
pub(super) struct Frame {
    /// Its name without the prefix.
    pub(super) name: String,
    /// Attributes and children so far.
    map: Map<String, Json>,
    text: String,
    nil: bool,
    /// How many child elements have closed.
    pub(super) children: usize,
    /// A child has children itself, or is there more than once.
    pub(super) complex: bool,
}

impl Frame {
    /// Opens an element; tells what it costs in memory.
    pub(super) fn open(opening: Opening) -> (Self, usize) {
        let name = into_local(opening.name);
        let mut cost = name.len() + OVERHEAD;
        let mut map = Map::new();
        for (written, value) in opening.attributes {
            if written == "xmlns" || written.starts_with("xmlns:") {
                continue;
            }
            cost += written.len() + value.len() + OVERHEAD;
            map.entry(format!("@{}", local(&written)))
                .or_insert(Json::String(value));
        }
        let frame = Self {
            name,
            map,
            text: String::new(),
            nil: opening.nil,
            children: 0,
            complex: false,
        };
        (frame, cost)
    }

    /// Adds text.
    pub(super) fn say(&mut self, text: String) {
        // The space between the children of pretty-printed documents is not kept.
        if self.children > 0 && is_blank(&text) {
            return;
        }
        match self.text.is_empty() {
            true => self.text = text,
            false => self.text.push_str(&text),
        }
    }

    /// Adds a child that has closed; one of a name that is there already makes an array.
    pub(super) fn adopt(&mut self, mut child: Self) {
        self.children += 1;
        self.complex |= child.children > 0;
        let (name, value) = (std::mem::take(&mut child.name), child.value());
        match self.map.entry(name) {
            Entry::Vacant(place) => {
                place.insert(value);
            }
            Entry::Occupied(place) => match place.into_mut() {
                Json::Array(list) => list.push(value),
                first => {
                    self.complex = true;
                    *first = Json::Array(vec![first.take(), value]);
                }
            },
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.children == 0 && is_blank(&self.text)
    }

    /// The JSON of the element.
    pub(super) fn value(mut self) -> Json {
        if self.nil && self.is_empty() {
            return Json::Null;
        }
        let blank = is_blank(&self.text);
        if self.map.is_empty() {
            return Json::String(if blank { String::new() } else { self.text });
        }
        if !blank {
            let text = match self.children {
                0 => self.text,
                _ => self.text.trim().to_owned(),
            };
            self.map.insert("#text".to_owned(), Json::String(text));
        }
        Json::Object(self.map)
    }
}

fn into_local(mut name: String) -> String {
    if let Some(colon) = colon(&name) {
        name.drain(..=colon);
    }
    name
}

/// Where the prefix of a name ends; names are short.
fn colon(name: &str) -> Option<usize> {
    name.bytes().rposition(|byte| byte == b':')
}

/// Whether there is nothing but white space: most text says with its first letter that it is more.
fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    colon(name).map_or(name, |colon| &name[colon + 1..])
}
