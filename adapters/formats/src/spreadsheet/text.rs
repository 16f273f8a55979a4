//! Text of cells: the table of shared strings, and the escapes of Excel.

use super::markup::{Markup, Step};
use crate::FormatFault;
use std::io::Read;

/// The most bytes of all shared strings together; they are what a workbook costs in memory.
const TEXT: usize = 128 * 1024 * 1024;

/// The most shared strings.
const COUNT: usize = 8 * 1024 * 1024;

/// All shared strings in one piece of memory.
#[derive(Default)]
pub(super) struct Shared {
    text: String,
    /// Where each string ends.
    ends: Vec<u32>,
}

impl Shared {
    pub(super) fn read<R: Read>(mut markup: Markup<R>) -> Result<Self, FormatFault> {
        let mut shared = Self::default();
        let mut piece = Piece::default();
        loop {
            match markup.step()? {
                Step::Open(tag) if tag.name() == "si" => piece = Piece::default(),
                Step::Close(end) if end.name() == "si" => shared.push(&unescape(&piece.text))?,
                Step::Open(tag) => piece.open(tag.name()),
                Step::Close(end) => piece.close(end.name()),
                Step::Text(text) => piece.push(&text)?,
                Step::Nothing => {}
                Step::Finished => return Ok(shared),
            }
        }
    }

    pub(super) fn push(&mut self, text: &str) -> Result<(), FormatFault> {
        self.text.push_str(text);
        if self.text.len() > TEXT || self.ends.len() >= COUNT {
            return Err(FormatFault::too_much("shared strings", TEXT as u64));
        }
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

/// The longest text of one cell, in bytes.
const CELL: usize = 1024 * 1024;

/// Text that comes in runs: `<t>` within `<si>` or `<is>`; the phonetic runs of `<rPh>` are not of the text.
#[derive(Default)]
pub(super) struct Piece {
    pub(super) text: String,
    open: bool,
    phonetic: bool,
}

impl Piece {
    pub(super) fn open(&mut self, name: &str) {
        match name {
            "t" | "v" => self.open = !self.phonetic,
            "rPh" => self.phonetic = true,
            _ => {}
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "t" | "v" => self.open = false,
            "rPh" => self.phonetic = false,
            _ => {}
        }
    }

    pub(super) fn push(&mut self, text: &str) -> Result<(), FormatFault> {
        if !self.open {
            return Ok(());
        }
        if self.text.len() + text.len() > CELL {
            return Err(FormatFault::too_much("cell bytes", CELL as u64));
        }
        self.text.push_str(text);
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.open = false;
        self.phonetic = false;
    }
}

/// Gives `_x000D_` its meaning (ISO/IEC 29500-1, section 22.9.2.19); `_x005F_` is a bare `_`.
pub(super) fn unescape(text: &str) -> String {
    let mut meant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        meant.push_str(before);
        match character(escape) {
            Some(character) => {
                meant.push(character);
                rest = &escape["_x0000_".len()..];
            }
            None => {
                meant.push_str("_x");
                rest = &escape["_x".len()..];
            }
        }
    }
    meant.push_str(rest);
    meant
}

fn character(escape: &str) -> Option<char> {
    let digits = escape.get(2..6)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hex || escape.as_bytes().get(6) != Some(&b'_') {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_excel_get_their_meaning() {
        for (text, meant) in [
            ("baris_x000D_dua", "baris\rdua"),
            ("_x005F_x0041_", "_x0041_"),
            ("_x00e9_", "é"),
            ("_xZZZZ_ _x12", "_xZZZZ_ _x12"),
            ("_x00é_", "_x00é_"),
            ("_xD800_", "_xD800_"),
            ("a_b", "a_b"),
        ] {
            assert_eq!(unescape(text), meant);
        }
    }
}
