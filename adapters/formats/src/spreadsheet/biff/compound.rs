//! The compound file around an old workbook (MS-CFB): its allocation table, its directory, its one stream that counts.
//!
//! Owns what a file may claim: every chain is as long as the file at most. Memory holds the table, four bytes for each
//! sector.

use crate::{FormatFault, Input};
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};

/// How a compound file begins.
pub(in crate::spreadsheet) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The largest file, in bytes: a workbook of this kind has 65 536 rows of 256 columns at most.
const LARGEST: u64 = 1024 * 1024 * 1024;
/// Sector numbers from here on are none (section 2.1).
const NONE: u32 = 0xffff_fffa;
/// Streams below this size lie in the stream of small sectors (section 2.2).
const SMALL: u64 = 4096;
/// The size of a small sector.
const MINI: usize = 64;

/// A stream of a compound file, or a file that is nothing else.
pub(super) enum Stream {
    /// The file itself.
    Bare(Box<dyn Input>),
    /// Small, and so in memory.
    Whole(Cursor<Vec<u8>>),
    Chained(Chained),
}

/// A stream in the order of its sectors.
pub(super) struct Chained {
    input: Box<dyn Input>,
    sectors: Vec<u32>,
    shift: u32,
    size: u64,
    at: u64,
}

/// A file whose table was read.
struct Compound {
    input: Box<dyn Input>,
    shift: u32,
    table: Vec<u32>,
}

/// What the directory says of a stream.
#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    size: u64,
}

/// Opens the stream of the workbook; `None` where the file holds another document.
pub(super) fn open(input: Box<dyn Input>) -> Result<Option<Stream>, FormatFault> {
    workbook(input).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => FormatFault::truncated(),
        ErrorKind::FileTooLarge => FormatFault::too_much("bytes", LARGEST),
        ErrorKind::InvalidData => FormatFault::malformed(error.to_string()),
        _ => FormatFault::io(&error),
    })
}

fn damaged(words: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, words)
}

fn workbook(mut input: Box<dyn Input>) -> io::Result<Option<Stream>> {
    let length = input.seek(SeekFrom::End(0))?;
    if length > LARGEST {
        return Err(ErrorKind::FileTooLarge.into());
    }
    let mut header = [0; 512];
    input.seek(SeekFrom::Start(0))?;
    input.read_exact(&mut header)?;
    let shift = u32::from(u16_at(&header, 30));
    if !matches!(shift, 9 | 12) {
        return Err(damaged("the sectors of the file have no size"));
    }
    let mut file = Compound {
        input,
        shift,
        table: Vec::new(),
    };
    file.table = file.table(&header, (length >> shift) as usize + 1)?;
    let (root, found) = file.directory(u32_at(&header, 48))?;
    let Some(entry) = found else {
        return Ok(None);
    };
    if entry.size < SMALL {
        let bytes = file.small(&header, root, entry)?;
        return Ok(Some(Stream::Whole(Cursor::new(bytes))));
    }
    let sectors = file.chain(entry.start)?;
    Ok(Some(Stream::Chained(Chained {
        size: entry.size.min((sectors.len() as u64) << shift),
        input: file.input,
        sectors,
        shift,
        at: 0,
    })))
}

impl Compound {
    /// Reads the allocation table: its sectors are named in the header, and further ones in a chain (section 2.5).
    fn table(&mut self, header: &[u8], most: usize) -> io::Result<Vec<u32>> {
        let own = (76..512).step_by(4).map(|at| u32_at(header, at));
        let mut named: Vec<u32> = own.filter(|sector| *sector < NONE).collect();
        let (mut next, mut left) = (u32_at(header, 68), most);
        while next < NONE && left > 0 {
            let sector = self.numbers(next)?;
            let (last, list) = sector.split_last().ok_or(ErrorKind::UnexpectedEof)?;
            named.extend(list.iter().filter(|sector| **sector < NONE));
            next = *last;
            left -= 1;
        }
        let mut table = Vec::new();
        for sector in named.into_iter().take(most) {
            table.extend(self.numbers(sector)?);
            if table.len() >= most {
                break;
            }
        }
        Ok(table)
    }

    fn sector(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; 1 << self.shift];
        let place = (u64::from(number) + 1) << self.shift;
        self.input.seek(SeekFrom::Start(place))?;
        let mut filled = 0;
        while filled < bytes.len() {
            match self.input.read(&mut bytes[filled..])? {
                // Some writers leave the last sector short.
                0 if filled > 0 => break,
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
        }
        Ok(bytes)
    }

    fn numbers(&mut self, sector: u32) -> io::Result<Vec<u32>> {
        let bytes = self.sector(sector)?;
        Ok((0..bytes.len())
            .step_by(4)
            .map(|at| u32_at(&bytes, at))
            .collect())
    }

    /// The sectors of a stream in their order.
    fn chain(&self, start: u32) -> io::Result<Vec<u32>> {
        chain(&self.table, start)
    }

    /// Reads the directory (section 2.6): the root, and the stream of the workbook.
    fn directory(&mut self, start: u32) -> io::Result<(Option<Entry>, Option<Entry>)> {
        let (mut root, mut found, mut old) = (None, None, None);
        for sector in self.chain(start)? {
            let bytes = self.sector(sector)?;
            let (entries, _) = bytes.as_chunks::<128>();
            for bytes in entries {
                let length = usize::from(u16_at(bytes, 64)).clamp(2, 64) - 2;
                let units = (0..length).step_by(2).map(|at| u16_at(bytes, at));
                let name: String = char::decode_utf16(units).flatten().collect();
                let entry = Entry {
                    start: u32_at(bytes, 116),
                    // The upper half is not set by all writers.
                    size: u64::from(u32_at(bytes, 120)),
                };
                match (bytes[66], name.to_ascii_lowercase().as_str()) {
                    (5, _) => root = root.or(Some(entry)),
                    (2, "workbook") => found = found.or(Some(entry)),
                    (2, "book") => old = old.or(Some(entry)),
                    _ => {}
                }
            }
        }
        Ok((root, found.or(old)))
    }

    /// Reads a stream out of the stream of small sectors.
    fn small(&mut self, header: &[u8], root: Option<Entry>, entry: Entry) -> io::Result<Vec<u8>> {
        let root = root.ok_or_else(|| damaged("the file has no root"))?;
        let mut table = Vec::new();
        for sector in self.chain(u32_at(header, 60))? {
            table.extend(self.numbers(sector)?);
        }
        let large = self.chain(root.start)?;
        let mut bytes = Vec::new();
        for small in chain(&table, entry.start)? {
            let place = small as usize * MINI;
            let large = large.get(place >> self.shift);
            let sector = self.sector(*large.ok_or(ErrorKind::UnexpectedEof)?)?;
            let begin = place & ((1 << self.shift) - 1);
            bytes.extend_from_slice(&sector[begin..begin + MINI]);
            if bytes.len() as u64 >= entry.size {
                break;
            }
        }
        bytes.truncate(entry.size as usize);
        Ok(bytes)
    }
}

fn chain(table: &[u32], start: u32) -> io::Result<Vec<u32>> {
    let (mut sectors, mut next) = (Vec::new(), start);
    while next < NONE {
        if sectors.len() > table.len() {
            return Err(damaged("a stream of the file runs in a circle"));
        }
        sectors.push(next);
        next = *table.get(next as usize).ok_or(ErrorKind::UnexpectedEof)?;
    }
    Ok(sectors)
}

impl Read for Chained {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.at);
        if left == 0 || room.is_empty() {
            return Ok(0);
        }
        let index = (self.at >> self.shift) as usize;
        let within = self.at & ((1 << self.shift) - 1);
        // As far as the sectors lie one behind the other.
        let follows = |pair: &&[u32]| pair[1] == pair[0].wrapping_add(1);
        let run = 1 + self.sectors[index..].windows(2).take_while(follows).count() as u64;
        let most = ((run << self.shift) - within)
            .min(left)
            .min(room.len() as u64);
        let place = ((u64::from(self.sectors[index]) + 1) << self.shift) + within;
        self.input.seek(SeekFrom::Start(place))?;
        let read = self.input.read(&mut room[..most as usize])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Chained {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bare(input) => input.read(room),
            Self::Whole(bytes) => bytes.read(room),
            Self::Chained(stream) => stream.read(room),
        }
    }
}

impl Seek for Stream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Bare(input) => input.seek(to),
            Self::Whole(bytes) => bytes.seek(to),
            Self::Chained(stream) => stream.seek(to),
        }
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .map_or(0, |b| u16::from_le_bytes([b[0], b[1]]))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
