//! A small tree of an XML document, tolerant of what feeds get wrong.
//!
//! Owns the tree, its limits and what counts as cut off. It must never resolve an external entity.

use crate::mapping::html;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

const DEEPEST: usize = 64;
/// The most elements of a document: a bound on memory, far beyond any feed.
const MOST: usize = 400_000;

/// An element with its text and children. Names are without prefix, in the document's case.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Element {
    /// The prefix, for example `dc`; empty where there is none.
    pub(crate) prefix: String,
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The text of the element itself and, where it holds markup, of its children, as written.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// Why there is no tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum XmlFault {
    /// There is no element at all.
    Empty,
    /// The document ends before its root element does.
    CutOff,
    /// It is not XML from here on, in bytes.
    Broken(usize),
}

impl Element {
    /// Finds the first child with a name, whatever its prefix.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children
            .iter()
            .find(|child| child.name.eq_ignore_ascii_case(name))
    }

    /// Finds the first child with a prefix and name.
    pub(crate) fn prefixed(&self, prefix: &str, name: &str) -> Option<&Self> {
        let is = |child: &&Self| {
            child.prefix.eq_ignore_ascii_case(prefix) && child.name.eq_ignore_ascii_case(name)
        };
        self.children.iter().find(is)
    }

    /// Finds an attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self
            .attributes
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the trimmed text; `None` where it is blank.
    pub(crate) fn said(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }
}

/// Reads a document into its root element.
pub(crate) fn parse(text: &str) -> Result<Element, XmlFault> {
    let mut reader = Reader::from_str(text.trim_start());
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut open: Vec<Element> = Vec::new();
    let mut seen = 0;
    loop {
        let place = reader.buffer_position() as usize;
        let event = reader
            .read_event()
            .map_err(|error| broken(&error, place, !open.is_empty()))?;
        match event {
            Event::Start(start) => {
                seen += 1;
                if open.len() >= DEEPEST || seen > MOST {
                    return Err(XmlFault::Broken(place));
                }
                open.push(element(&start));
            }
            Event::Empty(start) => {
                seen += 1;
                match open.last_mut() {
                    Some(parent) if seen <= MOST => parent.children.push(element(&start)),
                    Some(_) => return Err(XmlFault::Broken(place)),
                    None => return Ok(element(&start)),
                }
            }
            Event::End(end) => {
                let full = end.name().0.to_owned();
                let name = full.rsplit(':').next().unwrap_or_default().to_owned();
                if let Some(root) = close(&mut open, &name) {
                    return Ok(root);
                }
            }
            Event::Text(text) => push(&mut open, &text),
            Event::CData(data) => push(&mut open, &data),
            Event::GeneralRef(name) => push(&mut open, &html::decode(&format!("&{};", &*name))),
            Event::Eof if open.is_empty() => return Err(XmlFault::Empty),
            Event::Eof => return Err(XmlFault::CutOff),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
        }
    }
}

fn broken(error: &quick_xml::Error, place: usize, inside: bool) -> XmlFault {
    match error {
        quick_xml::Error::Syntax(_) if inside => XmlFault::CutOff,
        _ => XmlFault::Broken(place),
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// Closes the innermost open element of that name, and all that were left open inside; returns the
/// root when it is done.
fn close(open: &mut Vec<Element>, name: &str) -> Option<Element> {
    let depth = open.iter().rposition(|element| element.name == name)?;
    while open.len() > depth {
        let done = open.pop()?;
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => return Some(done),
        }
    }
    None
}

fn element(start: &BytesStart<'_>) -> Element {
    let full = start.name().0.to_owned();
    let (prefix, name) = full.split_once(':').unwrap_or(("", &full));
    let mut written = start.attributes();
    let attributes = written.with_checks(false).flatten().map(|attribute| {
        let key = attribute.key.0;
        let value = html::decode(&attribute.value).into_owned();
        (key.to_owned(), value)
    });
    Element {
        prefix: prefix.to_owned(),
        name: name.to_owned(),
        attributes: attributes.collect(),
        ..Element::default()
    }
}
