//! Which character set a document is in, and its text as UTF-8.
//!
//! Owns the order of witnesses: a byte order mark, what the connector states, the `Content-Type` header, the bytes.
//! Knows no format.

mod decode;
mod whole;

pub use decode::Decoder;
pub use whole::Whole;

use crate::{FormatFault, Input, Oddities, Oddity};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};
use std::io::{Read, SeekFrom};

/// How many bytes a guess is made from.
const HEAD: usize = 64 * 1024;

/// Takes the `charset` parameter out of a `Content-Type` header (RFC 9110, section 8.3.1); other parameters, such as
/// the `header=present` of RFC 4180, say nothing.
#[must_use]
pub fn of_header(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
    })
}

/// Picks the character set of `input`. The witnesses, the strongest first: a byte order mark; `stated` by the
/// connector; the `Content-Type` header; the bytes. Two are overruled with an oddity: a stated set without such a
/// name is ignored, and bytes that are UTF-8 beyond ASCII are UTF-8, which hardly ever comes about by chance.
///
/// Where nothing is stated the whole input is looked through, so that one late byte does not surprise.
///
/// # Errors
/// [`Reason::Io`](crate::Reason::Io) if the input cannot be read. It is left at its beginning.
pub fn pick(
    stated: Option<&str>,
    content_type: Option<&str>,
    input: &mut dyn Input,
    odd: &Oddities,
) -> Result<&'static Encoding, FormatFault> {
    let witnesses = Witnesses {
        stated,
        content_type,
        declared: None,
    };
    Head::read(input)?.pick(&witnesses, input, odd)
}

/// What is said of a document's character set, the strongest first.
pub(crate) struct Witnesses<'a> {
    /// By the connector.
    pub(crate) stated: Option<&'a str>,
    /// By the header, with whatever else is in it.
    pub(crate) content_type: Option<&'a str>,
    /// By the document itself, in the way of its format.
    pub(crate) declared: Option<&'a str>,
}

/// The first bytes of a document: they tell its format and its character set.
pub(crate) struct Head(Vec<u8>);

impl Head {
    /// Reads the first 64 KiB, or less if there is less.
    ///
    /// # Errors
    /// [`Reason::Io`](crate::Reason::Io) if the input cannot be read.
    pub(crate) fn read(input: &mut dyn Input) -> Result<Self, FormatFault> {
        let mut head = Vec::new();
        let read = input
            .seek(SeekFrom::Start(0))
            .and_then(|_| input.take(HEAD as u64).read_to_end(&mut head));
        read.map_err(|error| FormatFault::io(&error))?;
        Ok(Self(head))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Picks the character set, see [`pick`]; `input` is that of these bytes and is left at its beginning.
    pub(crate) fn pick(
        &self,
        witnesses: &Witnesses<'_>,
        input: &mut dyn Input,
        odd: &Oddities,
    ) -> Result<&'static Encoding, FormatFault> {
        let chosen = self
            .weigh(witnesses, input, odd)
            .and_then(|encoding| input.seek(SeekFrom::Start(0)).map(|_| encoding));
        chosen.map_err(|error| FormatFault::io(&error))
    }

    fn weigh(
        &self,
        witnesses: &Witnesses<'_>,
        input: &mut dyn Input,
        odd: &Oddities,
    ) -> std::io::Result<&'static Encoding> {
        let labels = [
            witnesses.stated,
            witnesses.content_type.and_then(of_header),
            witnesses.declared,
        ];
        let named = labels
            .into_iter()
            .flatten()
            .find_map(|label| by_name(label, odd));
        if let Some((marked, _)) = Encoding::for_bom(&self.0) {
            if named.is_some_and(|named| named != marked) {
                odd.add(Oddity::ActuallyUnicode, None, Some(0));
            }
            return Ok(marked);
        }
        match named {
            Some(named) if named != UTF_8 && named.is_ascii_compatible() && is_utf8(&self.0) => {
                odd.add(Oddity::ActuallyUnicode, None, None);
                Ok(UTF_8)
            }
            Some(named) => Ok(named),
            None => guess(input, odd),
        }
    }
}

fn by_name(label: &str, odd: &Oddities) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes());
    if encoding.is_none() {
        odd.add(Oddity::UnknownCharset, None, None);
    }
    encoding
}

/// Whether it is UTF-8 beyond ASCII; a character cut in two at the end is no objection.
pub(crate) fn is_utf8(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => !head.is_ascii(),
        Err(error) => error.error_len().is_none() && !head[..error.valid_up_to()].is_ascii(),
    }
}

/// UTF-8 if all of it is; otherwise what the bytes around the first misfit look like.
fn guess(input: &mut dyn Input, odd: &Oddities) -> std::io::Result<&'static Encoding> {
    let Some(misfit) = first_misfit(input)? else {
        return Ok(UTF_8);
    };
    let mut sample = Vec::new();
    input.seek(SeekFrom::Start(misfit.saturating_sub(HEAD as u64 / 2)))?;
    input.take(HEAD as u64).read_to_end(&mut sample)?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&sample, true);
    let encoding = detector.guess(Some(b"id"), Utf8Detection::Deny);
    odd.add(Oddity::GuessedCharset(encoding.name()), None, Some(misfit));
    Ok(encoding)
}

/// The first byte that is not UTF-8; a character cut in two at the very end is a document cut off, not a misfit.
pub(crate) fn first_misfit(input: &mut dyn Input) -> std::io::Result<Option<u64>> {
    let mut buffer = vec![0; HEAD];
    let (mut kept, mut done) = (0, 0_u64);
    input.seek(SeekFrom::Start(0))?;
    loop {
        let read = input.read(&mut buffer[kept..])?;
        if read == 0 {
            return Ok(None);
        }
        let filled = kept + read;
        match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => {
                done += filled as u64;
                kept = 0;
            }
            Err(error) if error.error_len().is_some() => {
                return Ok(Some(done + error.valid_up_to() as u64));
            }
            Err(error) => {
                done += error.valid_up_to() as u64;
                kept = filled - error.valid_up_to();
                buffer.copy_within(error.valid_up_to()..filled, 0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_header_states_a_charset_or_nothing() {
        for (header, charset) in [
            ("text/csv; charset=utf-8", Some("utf-8")),
            ("text/csv;Charset=\"ISO-8859-1\"", Some("ISO-8859-1")),
            ("text/csv; header=present", None),
            (
                "text/csv; header=present; charset=windows-1252",
                Some("windows-1252"),
            ),
            ("text/csv; charset=", None),
        ] {
            assert_eq!(of_header(header), charset, "{header}");
        }
    }

    #[test]
    fn the_strongest_witness_wins() {
        use Oddity::{ActuallyUnicode, GuessedCharset, UnknownCharset};
        type Case = (
            Option<&'static str>,
            Option<&'static str>,
            &'static [u8],
            &'static str,
            Vec<Oddity>,
        );
        let cases: [Case; 9] = [
            (None, None, b"\xef\xbb\xbfa", "UTF-8", vec![]),
            (None, None, b"\xff\xfea\0", "UTF-16LE", vec![]),
            (
                Some("windows-1252"),
                None,
                b"\xef\xbb\xbfa",
                "UTF-8",
                vec![ActuallyUnicode],
            ),
            (
                Some("windows-1252"),
                Some("text/csv; charset=utf-8"),
                b"caf\xe9",
                "windows-1252",
                vec![],
            ),
            (
                Some("latin-nonsense"),
                Some("text/csv; charset=iso-8859-2"),
                b"caf\xe9",
                "ISO-8859-2",
                vec![UnknownCharset],
            ),
            (
                None,
                Some("text/csv; charset=windows-1252"),
                "café".as_bytes(),
                "UTF-8",
                vec![ActuallyUnicode],
            ),
            (
                None,
                Some("text/csv; header=present"),
                "café".as_bytes(),
                "UTF-8",
                vec![],
            ),
            (
                None,
                None,
                b"Jalan Gajah Mada \x96 Denpasar, \x93Pasar Badung\x94 caf\xe9",
                "windows-1252",
                vec![GuessedCharset("windows-1252")],
            ),
            (None, None, b"caf\xc3", "UTF-8", vec![]),
        ];
        for (stated, header, bytes, name, odd) in cases {
            let seen = Oddities::default();
            let encoding = pick(stated, header, &mut Cursor::new(bytes), &seen).expect("a charset");
            let kinds: Vec<_> = seen.list().iter().map(|odd| odd.what).collect();
            assert_eq!(
                (encoding.name(), kinds),
                (name, odd),
                "{stated:?} {header:?}"
            );
        }
    }

    #[test]
    fn one_late_byte_is_seen_before_the_first_row() {
        let mut bytes = b"nama\n".repeat(100_000);
        bytes.extend_from_slice(b"caf\xe9 \x93Badung\x94\n");
        let odd = Oddities::default();
        let encoding = pick(None, None, &mut Cursor::new(bytes), &odd).expect("a charset");
        assert_eq!(encoding.name(), "windows-1252");
        assert_eq!(odd.list()[0].byte, Some(500_003));
    }

    #[test]
    fn a_character_cut_by_the_buffer_is_no_misfit() {
        let mut bytes = vec![b'a'; HEAD - 1];
        bytes.extend_from_slice("é".repeat(HEAD).as_bytes());
        let misfit = first_misfit(&mut Cursor::new(bytes)).expect("it is read");
        assert_eq!(misfit, None);
    }
}
