//! A text in memory that is to be changed and written back in its own character set.

use super::pick;
use crate::Oddities;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::Cursor;

/// A text, and how it was written.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The text, without a byte order mark.
    pub text: String,
    encoding: &'static Encoding,
    mark: Vec<u8>,
}

impl Whole {
    /// Reads bytes by the character set that [`pick`] finds; `None` where they are no text, or would not come back as
    /// they are.
    #[must_use]
    pub fn read(stated: Option<&str>, content_type: Option<&str>, bytes: &[u8]) -> Option<Self> {
        let mut input = Cursor::new(bytes.to_vec());
        let picked = pick(stated, content_type, &mut input, &Oddities::default()).ok()?;
        let length = Encoding::for_bom(bytes).map_or(0, |(_, length)| length);
        let (mark, rest) = bytes.split_at(length);
        let mut read = [picked, UTF_8, WINDOWS_1252].into_iter().map(|encoding| {
            let (text, _) = encoding.decode_without_bom_handling(rest);
            Self {
                text: text.into_owned(),
                encoding,
                mark: mark.to_vec(),
            }
        });
        let whole = read.find(|whole| whole.write(&whole.text) == bytes)?;
        (!whole.text.contains('\0')).then_some(whole)
    }

    /// Writes another text in the same way.
    #[must_use]
    pub fn write(&self, text: &str) -> Vec<u8> {
        let mut bytes = self.mark.clone();
        match self.encoding {
            little if little == UTF_16LE => {
                bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            }
            big if big == UTF_16BE => bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            other => bytes.extend_from_slice(&other.encode(text).0),
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_in_its_own_character_set() {
        let utf16: Vec<u8> = [0xfeff_u16]
            .into_iter()
            .chain("kafé".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for (stated, bytes, text) in [
            (None, &b"kaf\xc3\xa9"[..], "kafé"),
            (None, b"kaf\xe9 dan lain-lain", "kafé dan lain-lain"),
            (Some("windows-1252"), b"a\x96b", "a–b"),
            (None, b"\xef\xbb\xbfkaf\xc3\xa9", "kafé"),
            (None, &utf16, "kafé"),
            // Cut in the middle of a character.
            (Some("utf-8"), b"kaf\xc3", "kafÃ"),
        ] {
            let whole = Whole::read(stated, None, bytes).expect("a text");
            assert_eq!(whole.text, text);
            assert_eq!(whole.write(&whole.text), bytes);
        }
        assert!(Whole::read(None, None, b"PK\x03\x04\0\xff").is_none());
    }
}
