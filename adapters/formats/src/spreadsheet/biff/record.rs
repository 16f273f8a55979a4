//! The records of an old workbook (MS-XLS, section 2.1.4): a kind, a length, bytes.
//!
//! Owns their bounds and the texts in them. Holds one record.

use super::compound::{u16_at, u32_at};
use crate::{FormatFault, charset};
use encoding_rs::{Encoding, WINDOWS_1252};
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};

/// More of the record before.
const CONTINUE: u16 = 0x003c;

/// Reads records one after another.
pub(super) struct Records<R> {
    input: BufReader<R>,
    /// The bytes of the last record.
    pub(super) data: Vec<u8>,
}

impl<R: Read + Seek> Records<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(32 * 1024, input),
            data: Vec::new(),
        }
    }

    /// Goes to a place in the stream.
    pub(super) fn go(&mut self, to: u64) -> Result<(), FormatFault> {
        let gone = self.input.seek(SeekFrom::Start(to));
        gone.map(drop).map_err(|error| fault(&error))
    }

    /// Reads the next record and gives its kind; `None` at the end of the stream.
    pub(super) fn next(&mut self) -> Result<Option<u16>, FormatFault> {
        let Some((kind, length)) = self.head()? else {
            return Ok(None);
        };
        self.take(length)?;
        Ok(Some(kind))
    }

    /// Reads on in the record before; `false` where it has ended.
    pub(super) fn goes_on(&mut self) -> Result<bool, FormatFault> {
        match self.head()? {
            Some((CONTINUE, length)) => self.take(length).map(|()| true),
            Some(_) => {
                let back = self.input.seek_relative(-4);
                back.map(|()| false).map_err(|error| fault(&error))
            }
            None => Ok(false),
        }
    }

    fn head(&mut self) -> Result<Option<(u16, u16)>, FormatFault> {
        let mut head = [0; 4];
        let mut filled = 0;
        while filled < 4 {
            match self.input.read(&mut head[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(FormatFault::truncated()),
                Ok(read) => filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(fault(&error)),
            }
        }
        Ok(Some((u16_at(&head, 0), u16_at(&head, 2))))
    }

    fn take(&mut self, length: u16) -> Result<(), FormatFault> {
        self.data.resize(usize::from(length), 0);
        let read = self.input.read_exact(&mut self.data);
        read.map_err(|error| fault(&error))
    }
}

fn fault(error: &std::io::Error) -> FormatFault {
    match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::InvalidInput => FormatFault::truncated(),
        _ => FormatFault::io(error),
    }
}

/// How texts are written.
#[derive(Clone, Copy)]
pub(super) enum Letters {
    /// Since Excel 97: UTF-16, or its lower bytes alone.
    Unicode,
    /// Before: bytes of a code page.
    Bytes(&'static Encoding),
}

impl Letters {
    /// The letters of a Windows code page.
    pub(super) fn page(number: u16) -> Self {
        let label = format!("windows-{number}");
        let known = Encoding::for_label(label.as_bytes());
        Self::Bytes(known.unwrap_or(WINDOWS_1252))
    }

    /// Reads a text that begins with the number of its letters, in one byte or two.
    pub(super) fn text(self, data: &[u8], at: usize, wide_count: bool) -> String {
        let (count, at) = match wide_count {
            true => (usize::from(u16_at(data, at)), at + 2),
            false => (usize::from(data.get(at).copied().unwrap_or(0)), at + 1),
        };
        match self {
            Self::Unicode => {
                let is_wide = data.get(at).is_some_and(|flags| flags & 1 == 1);
                let mut text = String::new();
                units(
                    data.get(at + 1..).unwrap_or_default(),
                    count,
                    is_wide,
                    &mut text,
                );
                text
            }
            Self::Bytes(encoding) => {
                let rest = data.get(at..).unwrap_or_default();
                let bytes = &rest[..count.min(rest.len())];
                // Programs that know nothing of code pages write what they have.
                match std::str::from_utf8(bytes) {
                    Ok(text) if charset::is_utf8(bytes) || bytes.is_ascii() => text.to_owned(),
                    _ => encoding.decode_without_bom_handling(bytes).0.into_owned(),
                }
            }
        }
    }
}

/// Reads letters; gives how many there were and how many bytes they took.
fn units(bytes: &[u8], count: usize, wide: bool, text: &mut String) -> (usize, usize) {
    let (width, count) = match wide {
        true => (2, count.min(bytes.len() / 2)),
        false => (1, count.min(bytes.len())),
    };
    let unit = |at| match wide {
        true => u16_at(bytes, at * 2),
        false => u16::from(bytes[at]),
    };
    let letters = char::decode_utf16((0..count).map(unit));
    text.extend(letters.map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)));
    (count, count * width)
}

/// Reads the shared texts, which go on from record to record (section 2.4.265).
pub(super) fn shared<R: Read + Seek>(
    records: &mut Records<R>,
    mut push: impl FnMut(&str) -> Result<(), FormatFault>,
) -> Result<(), FormatFault> {
    let mut left = u32_at(&records.data, 4);
    let mut at = 8;
    let mut text = String::new();
    while left > 0 {
        if at >= records.data.len() {
            if !records.goes_on()? {
                return Ok(());
            }
            at = 0;
        }
        at = one(records, at, &mut text)?;
        push(&text)?;
        left -= 1;
    }
    Ok(())
}

/// Reads one shared text; gives the place behind it.
fn one<R: Read + Seek>(
    records: &mut Records<R>,
    at: usize,
    text: &mut String,
) -> Result<usize, FormatFault> {
    text.clear();
    let data = &records.data;
    let mut left = usize::from(u16_at(data, at));
    let flags = data.get(at + 2).copied().unwrap_or(0);
    let mut at = at + 3;
    // Behind the letters stand how parts of them look, and how they are said.
    let (mut runs, mut phonetic) = (0, 0);
    if flags & 8 != 0 {
        runs = usize::from(u16_at(data, at)) * 4;
        at += 2;
    }
    if flags & 4 != 0 {
        phonetic = u32_at(data, at) as usize;
        at += 4;
    }
    let mut wide = flags & 1 == 1;
    while left > 0 {
        let rest = records.data.get(at..).unwrap_or_default();
        let (read, bytes) = units(rest, left, wide, text);
        left -= read;
        at += bytes;
        if left > 0 {
            if !records.goes_on()? {
                return Err(FormatFault::truncated());
            }
            // The rest may be written in the other way.
            wide = records.data.first().is_some_and(|flags| flags & 1 == 1);
            at = 1;
        }
    }
    let mut skipped = runs.saturating_add(phonetic);
    while skipped > records.data.len().saturating_sub(at) {
        skipped -= records.data.len().saturating_sub(at);
        at = 0;
        if !records.goes_on()? {
            return Err(FormatFault::truncated());
        }
    }
    Ok(at + skipped)
}
