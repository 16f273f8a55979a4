//! iCalendar (RFC 5545): one row for each occurrence of an event or a task.
//!
//! Owns the options, the shape of a row and the two passes over a document: the first finds time zones and changed
//! occurrences, the second gives rows. It must never ask the time: the caller says in which window recurrence is
//! followed. Start at [`open`].

mod event;
mod expand;
mod parts;
mod people;
mod survey;
mod zones;

use crate::charset::{Decoder, Head, Witnesses};
use crate::{FormatFault, Input, Oddities, Oddity, Opened, sniff};
use chrono::{DateTime, Utc};
use event::Event;
use expand::Occurrence;
use parts::{Kind, Parts, Piece};
use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Cursor, SeekFrom};
use survey::Survey;

pub use chrono_tz::Tz;

/// The most bytes of one event without its attachments and alarms; a longer one is left out as
/// [`Oddity::BadRow`].
pub const PART_BYTES: usize = 1 << 20;

/// The time in which repeated events are followed, ends before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// An occurrence that has ended by then is left out.
    pub from: DateTime<Utc>,
    /// An occurrence that begins then or later is left out.
    pub to: DateTime<Utc>,
}

/// How a calendar is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The character set, by a WHATWG label; else the bytes tell. RFC 5545 wants UTF-8.
    pub charset: Option<String>,
    /// Where repeated events are followed. Events that do not repeat are never left out. Without a window, repetition
    /// is followed from its first occurrence up to `most`.
    pub window: Option<Window>,
    /// The most occurrences of one event; more are left out as [`Oddity::TooManyOccurrences`].
    pub most: usize,
    /// The zone of times that name none, and of whole days. The document's own `X-WR-TIMEZONE` goes before it.
    pub zone: Tz,
    /// Times marked `Z` (UTC) are local in truth, a known fault of home-made exports.
    pub z_is_local: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            charset: None,
            window: None,
            most: 1000,
            zone: Tz::UTC,
            z_is_local: false,
        }
    }
}

/// Opens a calendar. Each row has `component` (`VEVENT`, `VTODO`), `uid`, `id` (the uid; of a repeated event with the
/// time of the occurrence, which stays when the occurrence is moved), `recurrence_id`, `start`, `end`, `created`,
/// `updated` (RFC 3339), `all_day`, `summary`, `description`, `location`, `url`, `status`, `class`, `sequence`,
/// `rrule`, `organizer` (`name`, `email`), `attendees`, `categories`; what the document does not say is absent. The
/// `end` of whole days is the midnight after the last. Memory grows with the time zones and the changed occurrences
/// (a bounded number), not with the events.
///
/// # Errors
/// [`crate::Reason::NotThis`] for a page or any document that does not begin with `BEGIN:VCALENDAR`; [`crate::Reason::Io`]. Rows
/// end with [`crate::Reason::Truncated`] where the calendar is not ended by `END:VCALENDAR`.
pub fn open(
    mut input: Box<dyn Input>,
    content_type: Option<&str>,
    options: &Options,
) -> Result<Opened, FormatFault> {
    let odd = Oddities::default();
    let head = Head::read(&mut *input)?;
    recognise(head.bytes())?;
    let witnesses = Witnesses {
        stated: options.charset.as_deref(),
        content_type,
        declared: None,
    };
    let encoding = head.pick(&witnesses, &mut *input, &odd)?;
    let first = Decoder::new(&mut input, encoding, Oddities::default());
    let survey = Survey::of(Parts::new(BufReader::new(first)), options, &odd)?;
    input
        .seek(SeekFrom::Start(0))
        .map_err(|error| FormatFault::io(&error))?;
    let again = BufReader::new(Decoder::new(input, encoding, odd.clone()));
    Ok(Rows::opened(Parts::new(again), survey, options, odd))
}

/// Opens one calendar that is a text already, as each `calendar-data` of a CalDAV answer (RFC 4791, section 9.6).
///
/// # Errors
/// As [`open`].
pub fn open_text(text: &str, options: &Options) -> Result<Opened, FormatFault> {
    let odd = Oddities::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    recognise(text.as_bytes())?;
    let survey = Survey::of(Parts::new(text.as_bytes()), options, &odd)?;
    let again = Cursor::new(text.to_owned());
    Ok(Rows::opened(Parts::new(again), survey, options, odd))
}

fn recognise(head: &[u8]) -> Result<(), FormatFault> {
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let first: Vec<u8> = head
        .iter()
        .copied()
        .filter(|byte| byte.is_ascii() && !byte.is_ascii_whitespace() && (!wide || *byte != 0))
        .take(15)
        .collect();
    if first.eq_ignore_ascii_case(b"BEGIN:VCALENDAR") {
        return Ok(());
    }
    let found =
        sniff::other_than_text(head).unwrap_or_else(|| match head.trim_ascii().is_empty() {
            true => "an empty document".to_owned(),
            false => "a text that does not begin with BEGIN:VCALENDAR".to_owned(),
        });
    Err(FormatFault::not_this("ical", found))
}

/// The second pass: events as they come, each with its occurrences.
struct Rows<R> {
    parts: Parts<R>,
    survey: Survey,
    options: Options,
    odd: Oddities,
    at_hand: Option<AtHand>,
    ended: bool,
}

/// An event whose occurrences are being given, with those that replace it from a time on.
struct AtHand {
    versions: Vec<Event>,
    occurrences: std::vec::IntoIter<Occurrence>,
}

impl AtHand {
    fn next(&mut self) -> Option<Json> {
        let occurrence = self.occurrences.next()?;
        let event = self.versions.get(occurrence.version)?;
        Some(event.row(&occurrence))
    }
}

impl<R: BufRead + Send + 'static> Rows<R> {
    fn opened(parts: Parts<R>, survey: Survey, options: &Options, odd: Oddities) -> Opened {
        let rows = Self {
            parts,
            survey,
            options: options.clone(),
            odd: odd.clone(),
            at_hand: None,
            ended: false,
        };
        Opened {
            rows: Box::new(rows),
            columns: None,
            odd,
        }
    }
}

impl<R> Rows<R> {
    fn take(&mut self, text: &str, kind: Kind, line: u64) {
        let Some(event) = Event::read(text, kind, &self.survey.zones, &self.odd, line) else {
            self.odd.add(Oddity::BadRow, Some(line), None);
            return;
        };
        let versions = self.survey.versions(event, &self.odd);
        let taken = expand::occurrences(&versions, &self.survey, &self.options);
        if taken.cut {
            self.odd.add(Oddity::TooManyOccurrences, Some(line), None);
        }
        if taken.bad_rule {
            self.odd.add(Oddity::BadRecurrence, Some(line), None);
        }
        self.at_hand = Some(AtHand {
            versions,
            occurrences: taken.list.into_iter(),
        });
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Json, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            if let Some(row) = self.at_hand.as_mut().and_then(AtHand::next) {
                return Some(Ok(row));
            }
            match self.parts.next() {
                None => self.ended = true,
                Some(Ok(Piece::Part {
                    kind, text, line, ..
                })) if kind != Kind::Zone => {
                    self.take(&text, kind, line);
                }
                Some(Ok(Piece::TooLong { line })) => self.odd.add(Oddity::BadRow, Some(line), None),
                Some(Ok(_)) => {}
                Some(Err(fault)) => {
                    self.ended = true;
                    return Some(Err(fault));
                }
            }
        }
        None
    }
}
