//! Text of any character set as UTF-8, while it is read.
//!
//! Owns decoding, replacing and the places of what was replaced. Holds two fixed buffers, however long the text is.

use crate::{Oddities, Oddity};
use encoding_rs::{Decoder as Inner, DecoderResult, Encoding};
use std::io::{ErrorKind, Read};

/// Bytes read, and bytes decoded, at once.
const CHUNK: usize = 64 * 1024;

/// What a misfit becomes: U+FFFD in UTF-8.
const REPLACEMENT: &[u8] = "\u{fffd}".as_bytes();

/// Reads UTF-8 out of bytes of another character set. A byte order mark is left out, NUL characters are left out,
/// bytes that do not fit become U+FFFD; the last two are counted as oddities.
pub struct Decoder<R> {
    input: R,
    inner: Inner,
    source: Vec<u8>,
    /// The part of `source` that is still to be decoded.
    waiting: std::ops::Range<usize>,
    /// Bytes of the input before `waiting`.
    passed: u64,
    text: Vec<u8>,
    /// The part of `text` that is still to be handed out.
    ready: std::ops::Range<usize>,
    ended: bool,
    odd: Oddities,
}

impl<R: Read> Decoder<R> {
    /// Decodes `input`, which stands at its beginning.
    pub fn new(input: R, encoding: &'static Encoding, odd: Oddities) -> Self {
        Self {
            input,
            inner: encoding.new_decoder_with_bom_removal(),
            source: vec![0; CHUNK],
            waiting: 0..0,
            passed: 0,
            text: vec![0; CHUNK],
            ready: 0..0,
            ended: false,
            odd,
        }
    }

    /// Fills `text` with at least one byte, or finds the end.
    fn fill(&mut self) -> std::io::Result<()> {
        while self.ready.is_empty() && !self.ended {
            let mut last = false;
            if self.waiting.is_empty() {
                let read = read_some(&mut self.input, &mut self.source)?;
                self.waiting = 0..read;
                last = read == 0;
            }
            self.decode(last);
        }
        Ok(())
    }

    fn decode(&mut self, last: bool) {
        let room = self.text.len() - REPLACEMENT.len();
        let (result, read, written) = self.inner.decode_to_utf8_without_replacement(
            &self.source[self.waiting.clone()],
            &mut self.text[..room],
            last,
        );
        self.waiting.start += read;
        self.passed += read as u64;
        self.ready = 0..written;
        match result {
            DecoderResult::InputEmpty => self.ended = last,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => self.replace(length, after),
        }
        self.leave_out_nul();
    }

    fn replace(&mut self, length: u8, after: u8) {
        let at = self
            .passed
            .saturating_sub(u64::from(length) + u64::from(after));
        self.odd.add(Oddity::Replaced, None, Some(at));
        let end = self.ready.end + REPLACEMENT.len();
        self.text[self.ready.end..end].copy_from_slice(REPLACEMENT);
        self.ready.end = end;
    }

    fn leave_out_nul(&mut self) {
        let text = &mut self.text[self.ready.clone()];
        if !text.contains(&0) {
            return;
        }
        let mut kept = 0;
        for at in 0..text.len() {
            if text[at] != 0 {
                text[kept] = text[at];
                kept += 1;
            }
        }
        let nul = text.len() - kept;
        self.odd.add_many(Oddity::Nul, nul as u64, None, None);
        self.ready.end = self.ready.start + kept;
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.fill()?;
        let text = &self.text[self.ready.clone()];
        let given = text.len().min(buffer.len());
        buffer[..given].copy_from_slice(&text[..given]);
        self.ready.start += given;
        Ok(given)
    }
}

/// Reads once, again if it was interrupted.
fn read_some(input: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match input.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{UTF_8, UTF_16LE, WINDOWS_1252};

    /// Gives one byte at a time, so that every character is cut.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }

    fn read(
        encoding: &'static Encoding,
        bytes: &[u8],
    ) -> (String, Vec<(Oddity, u64, Option<u64>)>) {
        let odd = Oddities::default();
        let mut text = String::new();
        Decoder::new(Drops(bytes), encoding, odd.clone())
            .read_to_string(&mut text)
            .expect("it is UTF-8");
        let odd = odd.list();
        let odd = odd.iter().map(|odd| (odd.what, odd.count, odd.byte));
        (text, odd.collect())
    }

    #[test]
    fn text_of_any_charset_comes_out_as_utf8() {
        assert_eq!(
            read(UTF_8, "\u{feff}kopi é".as_bytes()),
            ("kopi é".into(), vec![])
        );
        assert_eq!(
            read(WINDOWS_1252, b"\x93caf\xe9\x94"),
            ("“café”".into(), vec![])
        );
        let (text, odd) = read(UTF_16LE, b"\xff\xfea\0=\xd8\x00\xde");
        assert_eq!((text.as_str(), odd.len()), ("a😀", 0));
    }

    #[test]
    fn misfits_are_replaced_counted_and_placed() {
        let (text, odd) = read(UTF_8, b"\xef\xbb\xbfab\xffc\xe2\x82d\xc3");
        assert_eq!(text, "ab\u{fffd}c\u{fffd}d\u{fffd}");
        assert_eq!(odd, [(Oddity::Replaced, 3, Some(5))]);
    }

    #[test]
    fn nul_is_left_out_and_counted() {
        let (text, odd) = read(UTF_8, b"a\0\0b\0");
        assert_eq!((text.as_str(), odd[0].1), ("ab", 3));
        assert_eq!(odd[0].0, Oddity::Nul);
    }

    #[test]
    fn long_text_passes_through_the_fixed_buffers_whole() {
        let long = "Denpasar é 😀 ".repeat(CHUNK / 8);
        let mut text = String::new();
        Decoder::new(long.as_bytes(), UTF_8, Oddities::default())
            .read_to_string(&mut text)
            .expect("it is UTF-8");
        assert!(text == long);
    }
}
