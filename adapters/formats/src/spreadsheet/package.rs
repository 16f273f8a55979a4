//! The ZIP archive around a workbook (APPNOTE.TXT 6.3, ISO/IEC 29500-2): its directory and its parts.
//!
//! Owns what an archive may expand to. A part is inflated while it is read and never held as a whole.

use crate::bound::{Bounded, Gate};
use crate::{FormatFault, Input, Reason};
use flate2::read::DeflateDecoder;
use std::collections::HashMap;
use std::io::{BufReader, Read, Seek, SeekFrom, Take};

/// The most bytes of all parts that are read, inflated.
pub(super) const EXPANSION: u64 = 4 * 1024 * 1024 * 1024;

/// A part beyond this size must not be more than [`RATIO`] times its packed size.
const SUSPECT: u64 = 16 * 1024 * 1024;

/// Sheets of real numbers and words shrink by 5 to 20; one constant repeated, by about 100; a bomb, by 1000.
const RATIO: u64 = 200;

/// The most bytes of the directory: about 50 000 parts.
const DIRECTORY: u64 = 4 * 1024 * 1024;

/// The longest tail of an archive that holds the end of its directory: the record and a comment.
const TAIL: u64 = 22 + 65_535;

/// Where a part is.
#[derive(Debug, Clone)]
struct Entry {
    deflated: bool,
    packed: u64,
    size: u64,
    header: u64,
}

/// An archive whose directory was read.
pub(super) struct Package {
    input: Box<dyn Input>,
    parts: HashMap<String, Entry>,
}

/// The bytes of a part, inflated; the gate of it bounds one event of XML.
pub(super) type Part<R> = BufReader<Bounded<Inflated<R>>>;

pub(super) enum Inflated<R> {
    Stored(Take<R>),
    Deflated(DeflateDecoder<Take<R>>),
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Stored(bytes) => bytes.read(buffer),
            Self::Deflated(bytes) => bytes.read(buffer),
        }
    }
}

impl Package {
    /// Reads the directory; no part is touched.
    pub(super) fn open(mut input: Box<dyn Input>) -> Result<Self, FormatFault> {
        let directory = directory(&mut *input)?;
        let parts = entries(&directory.bytes, directory.shift)?;
        Ok(Self { input, parts })
    }

    /// Opens a part that leaves the package usable afterwards; `None` if there is none of this name.
    #[allow(clippy::type_complexity)]
    pub(super) fn part(
        &mut self,
        name: &str,
    ) -> Result<Option<(Part<&mut Box<dyn Input>>, Gate)>, FormatFault> {
        match self.parts.get(&key(name)) {
            Some(entry) => unpack(&mut self.input, entry).map(Some),
            None => Ok(None),
        }
    }

    /// Opens the last part that is needed.
    #[allow(clippy::type_complexity)]
    pub(super) fn into_part(
        self,
        name: &str,
    ) -> Result<Option<(Part<Box<dyn Input>>, Gate)>, FormatFault> {
        match self.parts.get(&key(name)) {
            Some(entry) => unpack(self.input, entry).map(Some),
            None => Ok(None),
        }
    }
}

/// Names are compared as Windows does; some writers separate folders with `\`.
fn key(name: &str) -> String {
    name.trim_start_matches('/')
        .replace('\\', "/")
        .to_ascii_lowercase()
}

fn unpack<R: Read + Seek>(mut input: R, entry: &Entry) -> Result<(Part<R>, Gate), FormatFault> {
    let bomb = entry.size > SUSPECT && entry.size / entry.packed.max(1) > RATIO;
    if bomb || entry.size > EXPANSION {
        return Err(expansion());
    }
    let mut header = [0; 30];
    input
        .seek(SeekFrom::Start(entry.header))
        .and_then(|_| input.read_exact(&mut header))
        .map_err(|error| io(&error))?;
    if !header.starts_with(b"PK\x03\x04") {
        return Err(FormatFault::malformed(
            "a part is not where the directory says",
        ));
    }
    let skipped = i64::from(u16_at(&header, 26)) + i64::from(u16_at(&header, 28));
    input
        .seek(SeekFrom::Current(skipped))
        .map_err(|error| io(&error))?;
    let packed = input.take(entry.packed);
    let (bounded, gate) = Bounded::new(if entry.deflated {
        Inflated::Deflated(DeflateDecoder::new(packed))
    } else {
        Inflated::Stored(packed)
    });
    Ok((BufReader::with_capacity(32 * 1024, bounded), gate))
}

struct Directory {
    bytes: Vec<u8>,
    /// How many bytes stand before the archive.
    shift: u64,
}

fn directory(input: &mut dyn Input) -> Result<Directory, FormatFault> {
    let (tail, start) = tail(input).map_err(|error| io(&error))?;
    let mark = tail.windows(4).rposition(|window| window == b"PK\x05\x06");
    let end = mark.and_then(|at| Some((at, tail.get(at..at + 22)?)));
    let (at, end) = end.ok_or_else(FormatFault::truncated)?;
    let position = start + at as u64;
    let (mut size, mut offset) = (u64::from(u32_at(end, 12)), u64::from(u32_at(end, 16)));
    let mut shift = 0;
    if size == u64::from(u32::MAX) || offset == u64::from(u32::MAX) {
        (size, offset) = zip64(input, position)?;
    } else {
        shift = position
            .checked_sub(size)
            .and_then(|begin| begin.checked_sub(offset))
            .ok_or_else(FormatFault::truncated)?;
    }
    if size > DIRECTORY {
        return Err(FormatFault::too_much("entries", DIRECTORY / 80));
    }
    let mut bytes = vec![0; size as usize];
    input
        .seek(SeekFrom::Start(offset.saturating_add(shift)))
        .and_then(|_| input.read_exact(&mut bytes))
        .map_err(|error| io(&error))?;
    Ok(Directory { bytes, shift })
}

fn tail(input: &mut dyn Input) -> std::io::Result<(Vec<u8>, u64)> {
    let length = input.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(TAIL);
    let mut tail = Vec::new();
    input.seek(SeekFrom::Start(start))?;
    input.take(TAIL).read_to_end(&mut tail)?;
    Ok((tail, start))
}

/// The size and the place of a directory whose numbers do not fit 32 bits.
fn zip64(input: &mut dyn Input, end: u64) -> Result<(u64, u64), FormatFault> {
    let mut locator = [0; 20];
    let mut record = [0; 56];
    let from = end.checked_sub(20).ok_or_else(FormatFault::truncated)?;
    input
        .seek(SeekFrom::Start(from))
        .and_then(|_| input.read_exact(&mut locator))
        .and_then(|()| input.seek(SeekFrom::Start(u64_at(&locator, 8))))
        .and_then(|_| input.read_exact(&mut record))
        .map_err(|error| io(&error))?;
    if !locator.starts_with(b"PK\x06\x07") || !record.starts_with(b"PK\x06\x06") {
        return Err(FormatFault::malformed(
            "the end of the ZIP directory is damaged",
        ));
    }
    Ok((u64_at(&record, 40), u64_at(&record, 48)))
}

fn entries(directory: &[u8], shift: u64) -> Result<HashMap<String, Entry>, FormatFault> {
    let mut parts = HashMap::new();
    let mut rest = directory;
    while let Some(fixed) = rest
        .get(..46)
        .filter(|fixed| fixed.starts_with(b"PK\x01\x02"))
    {
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(fixed, at)));
        let [name, extra, comment] = lengths;
        let variable = rest
            .get(46..46 + name + extra + comment)
            .ok_or_else(FormatFault::truncated)?;
        let (name, variable) = variable.split_at(name);
        let entry = entry(fixed, &variable[..extra], shift)?;
        parts.insert(key(&String::from_utf8_lossy(name)), entry);
        rest = &rest[46 + lengths.iter().sum::<usize>()..];
    }
    Ok(parts)
}

fn entry(fixed: &[u8], extra: &[u8], shift: u64) -> Result<Entry, FormatFault> {
    if u16_at(fixed, 8) & 1 == 1 {
        return Err(FormatFault::whole(Reason::Encrypted));
    }
    let deflated = match u16_at(fixed, 10) {
        0 => false,
        8 => true,
        other => {
            let words = format!("ZIP method {other} is not used in workbooks");
            return Err(FormatFault::malformed(words));
        }
    };
    let mut wide = wide_numbers(extra);
    let mut number = |at| match u32_at(fixed, at) {
        u32::MAX => wide.next().unwrap_or(u64::from(u32::MAX)),
        number => u64::from(number),
    };
    // The order of the wide numbers: size, packed size, place.
    let (size, packed, header) = (number(24), number(20), number(42));
    Ok(Entry {
        deflated,
        packed,
        size,
        header: header.saturating_add(shift),
    })
}

fn wide_numbers(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut numbers = Vec::new();
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let length = usize::from(u16_at(head, 2)).min(rest.len());
        if u16_at(head, 0) == 1 {
            let (whole, _) = rest[..length].as_chunks::<8>();
            numbers.extend(whole.iter().map(|bytes| u64::from_le_bytes(*bytes)));
        }
        extra = &rest[length..];
    }
    numbers.into_iter()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

pub(super) fn expansion() -> FormatFault {
    FormatFault::too_much("expansion", EXPANSION)
}

/// What lies beyond the end was cut off.
fn io(error: &std::io::Error) -> FormatFault {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidInput => {
            FormatFault::truncated()
        }
        _ => FormatFault::io(error),
    }
}
