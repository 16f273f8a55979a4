//! A small document as a tree whose order and prefixes are kept: service descriptions.
//!
//! Owns the tree and its bound. Large documents are read as rows instead.

use super::event::{Token, Tokens};
use super::frame::local;
use crate::{FormatFault, Oddities, Reason};
use std::io::Cursor;

/// How much a tree may hold, in bytes of memory.
pub const TREE: usize = 32 << 20;

/// What an element costs besides its text.
const OVERHEAD: usize = 128;

/// An element with its attributes and children, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The name as it is written, with its prefix.
    pub name: String,
    /// The attributes as they are written; those of the `xsi` namespace are left out.
    pub attributes: Vec<(String, String)>,
    /// The child elements.
    pub children: Vec<Element>,
    /// The text of the element itself.
    pub text: String,
}

impl Element {
    /// The name without its prefix.
    #[must_use]
    pub fn local(&self) -> &str {
        local(&self.name)
    }

    /// Finds an attribute by its name as it is written.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut found = self.attributes.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The children of a name without prefix.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children
            .iter()
            .filter(move |child| child.local() == name)
    }

    /// The first child of a name without prefix.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.local() == name)
    }
}

/// Reads a whole document into its root element.
///
/// # Errors
/// It is not XML, is malformed, or is beyond a bound.
pub fn parse(document: &[u8], content_type: Option<&str>) -> Result<Element, FormatFault> {
    // The reader owns its input; service descriptions are small.
    let input = Box::new(Cursor::new(document.to_vec()));
    let mut tokens = Tokens::open(input, None, content_type, Oddities::default())?;
    let (mut open, mut root, mut held) = (Vec::<Element>::new(), Element::default(), 0);
    loop {
        held += match tokens.next()? {
            Token::Open(opening) => {
                open.push(Element {
                    name: opening.name,
                    attributes: opening.attributes,
                    ..Element::default()
                });
                open.last().map_or(0, cost)
            }
            Token::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&text);
                }
                text.len()
            }
            Token::Close => {
                let done = open.pop().unwrap_or_default();
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => root = done,
                }
                0
            }
            Token::End => return Ok(root),
        };
        if held > TREE {
            let limit = TREE as u64;
            let of = "document bytes";
            return Err(tokens.fault(Reason::TooMuch { of, limit }));
        }
    }
}

fn cost(element: &Element) -> usize {
    let attributes = element.attributes.iter();
    let attributes: usize = attributes.map(|(n, v)| n.len() + v.len() + 48).sum();
    element.name.len() + attributes + OVERHEAD
}
