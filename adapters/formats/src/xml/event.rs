//! The tokens of an XML document, each within its bounds, and the faults with their places.
//!
//! Owns attributes and document types. Builds nothing.

use super::source::Source;
use super::{ATTRIBUTES, DEPTH, RECORD};
use crate::{FormatFault, Input, Oddities, Reason, entity};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The namespace of `xsi:nil` (XML Schema part 1, 2.6).
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// One token, as far as the document's meaning goes.
pub(super) enum Token {
    /// An element opens.
    Open(Opening),
    /// The innermost open element closes.
    Close,
    /// Text, decoded.
    Text(String),
    /// The document has ended with its root element closed.
    End,
}

/// An element that opens.
pub(super) struct Opening {
    /// The name as it is written, with its prefix.
    pub(super) name: String,
    /// Attributes as they are written, decoded, without those of the `xsi` namespace.
    pub(super) attributes: Vec<(String, String)>,
    /// `xsi:nil` is true.
    pub(super) nil: bool,
}

/// The tokens of one document.
pub(super) struct Tokens {
    reader: Reader<Source>,
    buffer: Vec<u8>,
    depth: usize,
    rooted: bool,
    /// `<a/>` was given as [`Token::Open`]: its end is still owed.
    owed: bool,
    /// Prefixes of the `xsi` namespace.
    instance: Vec<String>,
}

impl Tokens {
    pub(super) fn open(
        input: Box<dyn Input>,
        stated: Option<&str>,
        content_type: Option<&str>,
        odd: Oddities,
    ) -> Result<Self, FormatFault> {
        let source = Source::open(input, stated, content_type, odd, RECORD as u64)?;
        let mut reader = Reader::from_reader(source);
        // `A & B` is what hand-written exports hold; it can mean only one thing.
        reader.config_mut().allow_dangling_amp = true;
        Ok(Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
            rooted: false,
            owed: false,
            instance: vec!["xsi".to_owned()],
        })
    }

    /// Puts the place that was reached to a reason.
    pub(super) fn fault(&self, reason: Reason) -> FormatFault {
        FormatFault {
            line: Some(self.reader.get_ref().line()),
            byte: Some(self.reader.buffer_position()),
            reason,
        }
    }

    /// Reads the next token.
    pub(super) fn next(&mut self) -> Result<Token, FormatFault> {
        if std::mem::take(&mut self.owed) {
            return Ok(self.close());
        }
        loop {
            self.buffer.clear();
            let position = self.reader.buffer_position();
            self.reader.get_ref().next_token(position);
            // The buffer leaves `self` for as long as the event borrows it.
            let mut buffer = std::mem::take(&mut self.buffer);
            let event = self.reader.read_event_into(&mut buffer);
            let token = match event {
                Ok(event) => self.token(event),
                Err(error) => Err(self.parse_fault(&error)),
            };
            self.buffer = buffer;
            if let Some(token) = token? {
                return Ok(token);
            }
        }
    }

    fn token(&mut self, event: Event<'_>) -> Result<Option<Token>, FormatFault> {
        Ok(match event {
            Event::Start(start) => Some(Token::Open(self.opening(&start)?)),
            Event::Empty(start) => {
                self.owed = true;
                Some(Token::Open(self.opening(&start)?))
            }
            Event::End(_) => Some(self.close()),
            Event::Text(text) => self.text(&text.xml10_content())?,
            Event::CData(data) => self.text(&data.xml10_content())?,
            Event::GeneralRef(reference) => {
                let text = entity::resolve(&reference);
                self.text(&text)?
            }
            Event::DocType(kind) => {
                self.doctype(&kind)?;
                None
            }
            Event::Eof if self.rooted && self.depth == 0 => Some(Token::End),
            Event::Eof => return Err(self.fault(Reason::Truncated)),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => None,
        })
    }

    fn close(&mut self) -> Token {
        self.depth = self.depth.saturating_sub(1);
        Token::Close
    }

    /// Text outside the root element is no part of the document.
    fn text(&self, text: &str) -> Result<Option<Token>, FormatFault> {
        if self.depth > 0 {
            return Ok(Some(Token::Text(text.to_owned())));
        }
        if !self.rooted && !text.trim().is_empty() {
            return Err(self.not_xml(text.trim().chars().take(60).collect()));
        }
        Ok(None)
    }

    fn doctype(&self, kind: &str) -> Result<(), FormatFault> {
        if kind.trim().eq_ignore_ascii_case("html") {
            return Err(self.not_xml("an HTML page".to_owned()));
        }
        if kind.contains("<!ENTITY") {
            return Err(self.fault(Reason::TooMuch {
                of: "entities",
                limit: 0,
            }));
        }
        Ok(())
    }

    fn not_xml(&self, found: String) -> FormatFault {
        let expected = "xml";
        self.fault(Reason::NotThis { expected, found })
    }

    fn opening(&mut self, start: &BytesStart<'_>) -> Result<Opening, FormatFault> {
        if self.depth == 0 && self.rooted {
            let words = "a second root element".to_owned();
            return Err(self.fault(Reason::Malformed(words)));
        }
        if self.depth >= DEPTH {
            return Err(self.too_much("depth", DEPTH));
        }
        self.depth += 1;
        self.rooted = true;
        let mut written = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(&error))?;
            if written.len() == ATTRIBUTES {
                return Err(self.too_much("attributes", ATTRIBUTES));
            }
            let name = attribute.key.0.to_owned();
            written.push((name, entity::value(&attribute.value).into_owned()));
        }
        let nil = self.take_instance(&mut written);
        Ok(Opening {
            name: start.name().0.to_owned(),
            attributes: written,
            nil,
        })
    }

    /// Removes the attributes of the `xsi` namespace and tells whether one of them was `nil`.
    fn take_instance(&mut self, attributes: &mut Vec<(String, String)>) -> bool {
        for (name, value) in attributes.iter() {
            let prefix = name.strip_prefix("xmlns:").filter(|_| value == INSTANCE);
            if let Some(prefix) = prefix
                && self.instance.len() < 8
                && !self.instance.iter().any(|known| known == prefix)
            {
                self.instance.push(prefix.to_owned());
            }
        }
        let mut nil = false;
        attributes.retain(|(name, value)| {
            let Some((prefix, local)) = name.split_once(':') else {
                return true;
            };
            let ours = self.instance.iter().any(|known| known == prefix);
            nil |= ours && local == "nil" && matches!(value.trim(), "true" | "1");
            !ours
        });
        nil
    }

    fn too_much(&self, of: &'static str, limit: usize) -> FormatFault {
        let limit = limit as u64;
        self.fault(Reason::TooMuch { of, limit })
    }

    fn malformed(&self, words: &dyn std::fmt::Display) -> FormatFault {
        self.fault(Reason::Malformed(words.to_string()))
    }

    fn parse_fault(&self, error: &quick_xml::Error) -> FormatFault {
        match error {
            quick_xml::Error::Io(_) if self.reader.get_ref().over() => {
                self.too_much("record bytes", RECORD)
            }
            quick_xml::Error::Io(error) => self.fault(Reason::Io(error.to_string())),
            // The parser's syntax errors all say that the end came before something was closed.
            quick_xml::Error::Syntax(_) => self.fault(Reason::Truncated),
            other => self.malformed(other),
        }
    }
}
