//! One open element on its way to JSON.
//!
//! Owns the rules of the JSON's shape. Knows neither paths nor bytes.

use super::event::Opening;
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
        if self.children > 0 && text.trim().is_empty() {
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
        match self.map.get_mut(&name) {
            None => {
                self.map.insert(name, value);
            }
            Some(Json::Array(list)) => list.push(value),
            Some(first) => {
                self.complex = true;
                let first = first.take();
                self.map.insert(name, Json::Array(vec![first, value]));
            }
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.children == 0 && self.text.trim().is_empty()
    }

    /// The JSON of the element.
    pub(super) fn value(mut self) -> Json {
        if self.nil && self.is_empty() {
            return Json::Null;
        }
        let blank = self.text.trim().is_empty();
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
    if let Some(colon) = name.rfind(':') {
        name.drain(..=colon);
    }
    name
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}
