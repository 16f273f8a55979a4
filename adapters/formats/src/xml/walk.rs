//! The walk through a document: records go out, the rest is kept.
//!
//! Owns the path of the repeated element and what is said when it is not there.

use super::event::{Token, Tokens};
use super::frame::Frame;
use super::{Options, RECORD, Rest};
use crate::{FormatFault, Input, Oddities, Reason};
use serde_json::{Map, Value as Json, json};

/// The most names given as a suggestion.
const NAMES: usize = 30;

/// The records of a document.
pub(super) struct Walk {
    tokens: Tokens,
    path: Vec<String>,
    /// The open elements, the root first.
    open: Vec<Frame>,
    /// How many of them are those of the path.
    matched: usize,
    /// What the record that is open holds; beyond the records, what the rest holds.
    held: usize,
    rest_held: usize,
    rows: u64,
    there: There,
    rest: Rest,
    done: bool,
}

/// What was found at the deepest element of the path.
#[derive(Default)]
struct There {
    depth: usize,
    names: Vec<String>,
    /// It looks like an empty list.
    empty: bool,
}

impl Walk {
    pub(super) fn open(
        input: Box<dyn Input>,
        content_type: Option<&str>,
        options: &Options,
        rest: Rest,
    ) -> Result<(Self, Oddities), FormatFault> {
        let odd = Oddities::default();
        let walk = Self {
            tokens: Tokens::open(input, options.charset.as_deref(), content_type, odd.clone())?,
            path: options.rows.clone(),
            open: Vec::new(),
            matched: 0,
            held: 0,
            rest_held: 0,
            rows: 0,
            there: There::default(),
            rest,
            done: false,
        };
        Ok((walk, odd))
    }

    /// The depth of a record; the root is at 1.
    fn row_depth(&self) -> usize {
        self.path.len().max(1)
    }

    fn in_row(&self) -> bool {
        self.matched == self.row_depth()
    }

    fn row(&mut self) -> Result<Option<Json>, FormatFault> {
        loop {
            match self.tokens.next()? {
                Token::Open(opening) => {
                    let (frame, cost) = Frame::open(opening);
                    self.enter(frame);
                    self.charge(cost)?;
                }
                Token::Text(text) => {
                    let cost = text.len();
                    if let Some(frame) = self.open.last_mut() {
                        frame.say(text);
                    }
                    self.charge(cost)?;
                }
                Token::Close => {
                    if let Some(row) = self.leave() {
                        return Ok(Some(row));
                    }
                }
                Token::End => return self.end(),
            }
        }
    }

    fn enter(&mut self, frame: Frame) {
        let next = self.path.get(self.matched);
        let on_path = self.matched == self.open.len() && self.matched < self.row_depth();
        if on_path && next.is_none_or(|name| *name == frame.name) {
            self.matched += 1;
            if self.matched > self.there.depth {
                self.there = There {
                    depth: self.matched,
                    ..There::default()
                };
            }
        } else if self.matched == self.open.len()
            && self.matched == self.there.depth
            && self.there.names.len() < NAMES
            && !self.there.names.contains(&frame.name)
        {
            self.there.names.push(frame.name.clone());
        }
        self.open.push(frame);
    }

    fn charge(&mut self, cost: usize) -> Result<(), FormatFault> {
        let inside = self.in_row();
        let held = if inside {
            &mut self.held
        } else {
            &mut self.rest_held
        };
        *held += cost;
        if *held <= RECORD {
            return Ok(());
        }
        let of = if inside { "record bytes" } else { "rest bytes" };
        // A document that is all rest has another path than the connector says.
        let reason = if inside || self.rows > 0 {
            let limit = RECORD as u64;
            Reason::TooMuch { of, limit }
        } else {
            self.missing()
        };
        Err(self.tokens.fault(reason))
    }

    /// Closes the innermost element; a record goes out.
    fn leave(&mut self) -> Option<Json> {
        let frame = self.open.pop()?;
        let is_row = self.in_row() && self.open.len() + 1 == self.matched;
        if self.open.len() < self.matched {
            self.look(&frame);
            self.matched = self.open.len();
        }
        if is_row {
            self.held = 0;
            self.rows += 1;
            let value = frame.value();
            return match value {
                Json::Null => None,
                Json::Object(map) => Some(Json::Object(map)),
                plain => Some(json!({ "#text": plain })),
            };
        }
        match self.open.last_mut() {
            Some(parent) => parent.adopt(frame),
            None => {
                let mut root = Map::new();
                root.insert(frame.name.clone(), frame.value());
                self.rest.put(Json::Object(root));
            }
        }
        None
    }

    /// Keeps whether the deepest element of the path looks like an empty list.
    fn look(&mut self, frame: &Frame) {
        if self.matched != self.there.depth {
            return;
        }
        let is_parent = self.matched + 1 == self.row_depth();
        self.there.empty |= match is_parent {
            true => !frame.complex,
            false => self.matched > 1 && frame.is_empty(),
        };
    }

    fn end(&mut self) -> Result<Option<Json>, FormatFault> {
        if self.rows == 0 && !self.there.empty {
            return Err(FormatFault::whole(self.missing()));
        }
        Ok(None)
    }

    /// Names the first element of the path that is not there, with those that are in its place.
    fn missing(&self) -> Reason {
        let known = self.there.depth.min(self.path.len());
        let named = (known + 1).min(self.path.len());
        Reason::Missing {
            what: "element",
            name: self.path[..named].join("."),
            found: self.there.names.clone(),
        }
    }
}

impl Iterator for Walk {
    type Item = Result<Json, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let row = self.row().transpose();
        self.done = !matches!(row, Some(Ok(_)));
        row
    }
}
