//! The XML of a part, one bounded step at a time.
//!
//! Owns prefixes and bounds. A document type declaration is never expanded.

use super::package::{EXPANSION, Part, expansion};
use crate::bound::Gate;
use crate::{FormatFault, Reason, entity};
use quick_xml::Reader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use std::borrow::Cow;
use std::io::Read;

/// The most bytes of one tag or one piece of text. A cell of Excel has at most 32 767 characters.
const STEP: u64 = 1024 * 1024;

/// What comes next; names are without their prefix.
pub(super) enum Step<'a> {
    Open(Tag<'a>),
    Close(End<'a>),
    Text(Cow<'a, str>),
    /// Comments and declarations.
    Nothing,
    Finished,
}

pub(super) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute, by its name without the prefix.
    pub(super) fn value(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        let attribute = attributes
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name)?;
        Some(match attribute.value {
            Cow::Borrowed(text) => entity::value(text),
            Cow::Owned(text) => Cow::Owned(entity::value(&text).into_owned()),
        })
    }
}

impl Tag<'_> {
    /// The values of all attributes of a name without the prefix, in their order.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = String> + 'a {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        let named =
            move |attribute: &Attribute<'_>| attribute.key.local_name().into_inner() == name;
        let values = attributes.flatten().filter(named);
        values.map(|attribute| entity::value(&attribute.value).into_owned())
    }
}

pub(super) struct End<'a>(BytesEnd<'a>);

impl End<'_> {
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

pub(super) struct Markup<R: Read> {
    reader: Reader<Part<R>>,
    gate: Gate,
    buffer: Vec<u8>,
}

impl<R: Read> Markup<R> {
    pub(super) fn new((part, gate): (Part<R>, Gate)) -> Self {
        let mut reader = Reader::from_reader(part);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        Self {
            reader,
            gate,
            buffer: Vec::new(),
        }
    }

    pub(super) fn step(&mut self) -> Result<Step<'_>, FormatFault> {
        let position = self.reader.buffer_position();
        if position > EXPANSION {
            return Err(expansion());
        }
        self.gate.open_from(position, STEP);
        self.buffer.clear();
        let event = self.reader.read_event_into(&mut self.buffer);
        event.map(step).map_err(|error| fault(&self.gate, &error))
    }
}

fn fault(gate: &Gate, error: &quick_xml::Error) -> FormatFault {
    let reason = match error {
        quick_xml::Error::Io(_) if gate.was_shut() => Reason::TooMuch {
            of: "cell bytes",
            limit: STEP,
        },
        quick_xml::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Reason::Truncated
        }
        other => Reason::Malformed(other.to_string()),
    };
    FormatFault::whole(reason)
}

fn step(event: Event<'_>) -> Step<'_> {
    match event {
        Event::Start(tag) => Step::Open(Tag(tag)),
        Event::End(end) => Step::Close(End(end)),
        Event::Text(text) => Step::Text(text.into_inner()),
        Event::CData(text) => Step::Text(text.into_inner()),
        Event::GeneralRef(reference) => Step::Text(entity::resolve(&reference)),
        Event::Eof => Step::Finished,
        _ => Step::Nothing,
    }
}
