//! The bytes of a JSON document as UTF-8, value by value, in a buffer that grows to the largest value and no further.
//!
//! Owns the character set, the place that was reached and the bound on one value. It must never know which list is
//! read.

use super::scan::Scan;
use crate::charset::{self, Decoder};
use crate::{FormatFault, Input, Oddities, Oddity, Reason};
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value as Json;
use serde_json::error::Category;
use std::io::{self, Read, SeekFrom};
use std::ops::Range;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// A document being read.
pub(super) struct Text {
    input: Box<dyn Read + Send>,
    /// The character set by name.
    charset: &'static str,
    odd: Oddities,
    buffer: Vec<u8>,
    /// What of the buffer is not taken yet.
    ready: Range<usize>,
    /// Where the buffer begins in the document, in bytes.
    base: u64,
    /// Lines that were passed, and where the one that was reached begins.
    lines: u64,
    line_start: u64,
    exhausted: bool,
}

impl Text {
    pub(super) fn open(
        mut input: Box<dyn Input>,
        stated: Option<&str>,
        odd: Oddities,
    ) -> Result<Self, FormatFault> {
        let (encoding, mark) = encoding(&mut *input, stated, &odd)?;
        let input: Box<dyn Read + Send> = match encoding == UTF_8 {
            // Without a decoder between, bytes that do not fit are a fault with its place.
            true => input,
            false => Box::new(Decoder::new(input, encoding, odd.clone())),
        };
        let mut text = Self {
            input,
            charset: encoding.name(),
            odd,
            buffer: vec![0; CHUNK],
            ready: 0..0,
            base: 0,
            lines: 0,
            line_start: 0,
            exhausted: false,
        };
        if encoding == UTF_8 && mark > 0 {
            // A read may give less than the mark.
            while text.ready.len() < mark && text.more()? {}
            text.take(mark.min(text.ready.len()));
        }
        Ok(text)
    }

    /// Passes white space; returns the byte behind it, `None` at the end of the document.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, FormatFault> {
        loop {
            let ready = &self.buffer[self.ready.clone()];
            match ready.iter().position(|byte| !byte.is_ascii_whitespace()) {
                Some(blank) => {
                    self.take(blank);
                    return Ok(Some(self.buffer[self.ready.start]));
                }
                None => self.take(ready.len()),
            }
            if !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Passes one byte that was peeked at.
    pub(super) fn pass(&mut self) {
        self.take(1);
    }

    /// Reads the value that begins here; `None` where it takes more than `most` bytes: it is passed then.
    /// Returns its length in bytes beside it.
    pub(super) fn value(&mut self, most: usize) -> Result<Option<(Json, usize)>, FormatFault> {
        let mut scan = Scan::default();
        let mut looked = 0;
        loop {
            let start = self.ready.start + looked;
            if let Some(more) = scan.look(&self.buffer[start..self.ready.end]) {
                if looked + more > most {
                    self.take(looked + more);
                    return Ok(None);
                }
                return self.parse(looked + more).map(Some);
            }
            looked = self.ready.len();
            if looked > most {
                self.skip(scan)?;
                return Ok(None);
            }
            if !self.more()? {
                return match scan.may_end() {
                    true => self.parse(looked).map(Some),
                    false => Err(self.cut_off()),
                };
            }
        }
    }

    /// Passes the rest of a value.
    fn skip(&mut self, mut scan: Scan) -> Result<(), FormatFault> {
        loop {
            self.take(self.ready.len());
            if !self.more()? {
                return Err(self.cut_off());
            }
            if let Some(end) = scan.look(&self.buffer[self.ready.clone()]) {
                self.take(end);
                return Ok(());
            }
        }
    }

    fn parse(&mut self, length: usize) -> Result<(Json, usize), FormatFault> {
        let start = self.ready.start;
        let bytes = &self.buffer[start..start + length];
        match serde_json::from_slice(bytes) {
            Ok(value) => {
                self.take(length);
                Ok((value, length))
            }
            Err(error) => Err(self.wrong(length, &error)),
        }
    }

    /// Says what is wrong inside a value of this length.
    fn wrong(&self, length: usize, error: &serde_json::Error) -> FormatFault {
        let start = self.ready.start;
        let bytes = &self.buffer[start..start + length];
        if let Err(misfit) = std::str::from_utf8(bytes) {
            let at = self.at() + misfit.valid_up_to() as u64;
            return self.misfit(at);
        }
        if error.classify() == Category::Eof {
            return self.cut_off();
        }
        let (down, across) = (error.line() as u64, error.column() as u64);
        let before = match down {
            0 | 1 => self.at() - self.line_start,
            _ => 0,
        };
        self.fault(self.lines + down.max(1), before + across)
    }

    /// What stands here is not what has to stand here.
    pub(super) fn unexpected(&self) -> FormatFault {
        self.fault(self.lines + 1, self.at() - self.line_start + 1)
    }

    /// A document ends in the middle.
    pub(super) fn cut_off(&self) -> FormatFault {
        FormatFault::truncated()
    }

    /// A value is larger than its bound.
    pub(super) fn too_large(&self, limit: usize) -> FormatFault {
        let reason = Reason::TooMuch {
            of: "record bytes",
            limit: limit as u64,
        };
        FormatFault::in_line(self.lines + 1, reason)
    }

    fn fault(&self, line: u64, column: u64) -> FormatFault {
        FormatFault::in_line(line, Reason::Unexpected { column })
    }

    fn misfit(&self, at: u64) -> FormatFault {
        FormatFault {
            line: None,
            byte: Some(at),
            reason: Reason::Misfit {
                charset: self.charset,
            },
        }
    }

    /// Where in the text the next byte is.
    fn at(&self) -> u64 {
        self.base + self.ready.start as u64
    }

    fn take(&mut self, count: usize) {
        let taken = &self.buffer[self.ready.start..self.ready.start + count];
        let breaks = taken.iter().filter(|byte| **byte == b'\n').count();
        if breaks > 0 {
            let last = taken.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
            self.lines += breaks as u64;
            self.line_start = self.at() + last as u64 + 1;
        }
        self.ready.start += count;
    }

    /// Reads on; tells whether there was anything.
    fn more(&mut self) -> Result<bool, FormatFault> {
        if self.exhausted {
            return Ok(false);
        }
        if self.ready.start > 0 {
            self.base += self.ready.start as u64;
            self.buffer.copy_within(self.ready.clone(), 0);
            self.ready = 0..self.ready.len();
        }
        if self.ready.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = read_some(&mut *self.input, &mut self.buffer[self.ready.end..])
            .map_err(|error| FormatFault::io(&error))?;
        self.ready.end += read;
        self.exhausted = read == 0;
        self.unreplaced()?;
        Ok(read > 0)
    }

    /// Refuses a text in which the decoder had to replace something.
    fn unreplaced(&self) -> Result<(), FormatFault> {
        if self.charset == UTF_8.name() {
            return Ok(());
        }
        let odd = self.odd.list();
        let replaced = odd.iter().find(|odd| odd.what == Oddity::Replaced);
        replaced.map_or(Ok(()), |odd| Err(self.misfit(odd.byte.unwrap_or(0))))
    }
}

/// The character set, and how long its mark is.
fn encoding(
    input: &mut dyn Input,
    stated: Option<&str>,
    odd: &Oddities,
) -> Result<(&'static Encoding, usize), FormatFault> {
    let head = charset::Head::read(input)?;
    let head = head.bytes();
    let io = |error: io::Error| FormatFault::io(&error);
    let marked = Encoding::for_bom(head);
    let stated = stated.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    let chosen = match (marked, stated) {
        (Some(marked), _) => marked,
        (None, Some(stated))
            if stated != UTF_8
                && stated.is_ascii_compatible()
                && charset::first_misfit(input).map_err(io)?.is_none() =>
        {
            if charset::is_utf8(head) {
                odd.add(Oddity::ActuallyUnicode, None, None);
            }
            (UTF_8, 0)
        }
        (None, stated) => (stated.unwrap_or(UTF_8), 0),
    };
    input.seek(SeekFrom::Start(0)).map_err(io)?;
    Ok(chosen)
}

fn read_some(input: &mut dyn Read, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match input.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}
