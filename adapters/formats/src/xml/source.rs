//! The bytes of an XML document as UTF-8, with the line that was reached.
//!
//! Owns the place of the declaration among the witnesses of the character set (XML 1.0 appendix F, RFC 7303) and the
//! bound on one token. Knows nothing of elements.

use crate::bound::{Bounded, Gate};
use crate::charset::{self, Decoder, Head, Witnesses};
use crate::{FormatFault, Input, Oddities, Oddity, sniff};
use encoding_rs::Encoding;
use std::io::{self, BufRead, BufReader, Read};

/// Bytes decoded at once.
const CHUNK: usize = 64 * 1024;

/// A document being read.
pub(super) struct Source {
    text: BufReader<Bounded<Decoder<Box<dyn Input>>>>,
    gate: Gate,
    /// The lines that end in what was read so far, the buffer included.
    lines: u64,
    limit: u64,
}

impl Source {
    /// Looks at the beginning and chooses the character set. No token may be longer than `limit` bytes, or a
    /// buffer more.
    pub(super) fn open(
        mut input: Box<dyn Input>,
        stated: Option<&str>,
        content_type: Option<&str>,
        odd: Oddities,
        limit: u64,
    ) -> Result<Self, FormatFault> {
        let head = Head::read(&mut *input)?;
        refuse(head.bytes())?;
        let said = stated.or_else(|| content_type.and_then(charset::of_header));
        let witnesses = Witnesses {
            stated,
            content_type,
            declared: match said {
                Some(_) => None,
                None => witness(head.bytes(), &odd),
            },
        };
        let encoding = head.pick(&witnesses, &mut *input, &odd)?;
        let (bounded, gate) = Bounded::new(Decoder::new(input, encoding, odd));
        Ok(Self {
            text: BufReader::with_capacity(CHUNK, bounded),
            gate,
            lines: 0,
            limit,
        })
    }

    /// The line that was reached, from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines - ends(self.text.buffer()) + 1
    }

    /// Whether the token is longer than its bound.
    pub(super) fn over(&self) -> bool {
        self.gate.was_shut()
    }

    /// A token begins at `byte`: it has the whole bound to itself.
    pub(super) fn next_token(&self, byte: u64) {
        self.gate.open_from(byte, self.limit);
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(into.len());
        into[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.text.buffer().is_empty() {
            self.lines += ends(self.text.fill_buf()?);
        }
        self.text.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.text.consume(count);
    }
}

/// How many lines end within these bytes. Counted in bytes, of which a processor adds many at once.
fn ends(bytes: &[u8]) -> u64 {
    let some = |bytes: &[u8]| -> u8 { bytes.iter().map(|byte| u8::from(*byte == b'\n')).sum() };
    bytes.chunks(255).map(|chunk| u64::from(some(chunk))).sum()
}

/// What the document says of its own character set.
fn witness<'a>(head: &'a [u8], odd: &Oddities) -> Option<&'a str> {
    match head {
        [b'<', 0, ..] => return Some("utf-16le"),
        [0, b'<', ..] => return Some("utf-16be"),
        _ => {}
    }
    let label = declared(head)?;
    let encoding = Encoding::for_label(label.as_bytes());
    // What says in plain bytes that it is UTF-16 is not: .NET declares so whatever it then writes.
    if encoding.is_some_and(|encoding| !encoding.is_ascii_compatible()) {
        odd.add(Oddity::ActuallyUnicode, None, None);
        return None;
    }
    Some(label)
}

/// The encoding in an XML declaration (XML 1.0, 4.3.3).
fn declared(head: &[u8]) -> Option<&str> {
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = head.iter().take(200).position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(&head[..end]).ok()?;
    let (_, rest) = declaration.split_once("encoding")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// Refuses what cannot be XML, by its first bytes.
fn refuse(head: &[u8]) -> Result<(), FormatFault> {
    let bare = head
        .strip_prefix(b"\xef\xbb\xbf")
        .or_else(|| head.strip_prefix(b"\xff\xfe"))
        .or_else(|| head.strip_prefix(b"\xfe\xff"))
        .unwrap_or(head);
    let first: Vec<u8> = bare
        .iter()
        .copied()
        .filter(|byte| *byte != 0)
        .take(200)
        .collect();
    let first = first.trim_ascii_start();
    let found = match (sniff::binary(head), sniff::html(head), first) {
        (Some(binary), ..) => binary.to_owned(),
        (None, Some(page), _) if !declares(first) => page,
        (_, _, []) => "nothing at all".to_owned(),
        (_, _, [b'<', ..]) => return Ok(()),
        (_, _, [b'{' | b'[', ..]) => "a JSON document".to_owned(),
        _ => format!("text: {}", words(first)),
    };
    Err(FormatFault::not_this("xml", found))
}

/// Small documents may well have a root such as `<table>`; only a whole page is refused.
fn declares(first: &[u8]) -> bool {
    let lower = first.to_ascii_lowercase();
    !lower.starts_with(b"<!doctype html")
        && !lower.starts_with(b"<html")
        && !lower.starts_with(b"<!--")
}

fn words(start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start);
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8], header: Option<&str>) -> (String, Vec<Oddity>) {
        let odd = Oddities::default();
        let input = Box::new(Cursor::new(bytes.to_vec()));
        let mut source = Source::open(input, None, header, odd.clone(), 1 << 20).expect("XML");
        source.next_token(0);
        let mut text = String::new();
        source.read_to_string(&mut text).expect("UTF-8");
        (text, odd.list().iter().map(|odd| odd.what).collect())
    }

    #[test]
    fn a_mark_goes_before_the_header_and_the_header_before_the_declaration() {
        const LATIN: Option<&str> = Some("text/xml; charset=iso-8859-1");
        assert_eq!(read("\u{feff}<a>é</a>".as_bytes(), LATIN).0, "<a>é</a>");
        let stated = read(b"<?xml version='1.0' encoding='koi8-r'?><a>\xe9</a>", LATIN);
        assert!(stated.0.ends_with("<a>é</a>"));
        let declared = read(
            b"<?xml version='1.0' encoding='windows-1252'?><a>\x93</a>",
            None,
        );
        assert!(declared.0.ends_with("<a>“</a>"));
        let wide: Vec<u8> = "<a>é</a>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(read(&wide, None).0, "<a>é</a>");
    }

    #[test]
    fn a_declared_utf16_in_plain_bytes_is_not_believed() {
        let dotnet = "<?xml version='1.0' encoding='utf-16'?><a>é</a>".as_bytes();
        let (text, odd) = read(dotnet, None);
        assert!(text.ends_with("<a>é</a>"));
        assert_eq!(odd, [Oddity::ActuallyUnicode]);
    }

    #[test]
    fn lines_are_counted_and_a_token_is_bounded() {
        let bytes = format!("<a>\n\n{}", "x".repeat(CHUNK * 3));
        let input = Box::new(Cursor::new(bytes.into_bytes()));
        let odd = Oddities::default();
        let mut source = Source::open(input, None, None, odd, CHUNK as u64).expect("XML");
        source.next_token(0);
        let mut text = Vec::new();
        assert!(source.read_to_end(&mut text).is_err());
        assert!(source.over() && source.line() == 3 && text.len() < CHUNK * 3);
    }
}
