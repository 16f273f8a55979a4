//! Between characters and the UTF-16 units of the protocol (LSP 3.17, "Position").

use lsp_types::{Position, Range};

/// The UTF-16 column of a character of a line.
pub(super) fn utf16(line: &str, chars: usize) -> u32 {
    let units: usize = line.chars().take(chars).map(char::len_utf16).sum();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The byte of a line at a UTF-16 column; the line's end where it is shorter.
pub(super) fn byte(line: &str, column: u32) -> usize {
    let mut units = 0;
    for (at, c) in line.char_indices() {
        if units >= column as usize {
            return at;
        }
        units += c.len_utf16();
    }
    line.len()
}

/// The range of some characters of a line, from 0.
pub(super) fn range(text: &str, line: usize, from: usize, length: usize) -> Range {
    let written = text.lines().nth(line).unwrap_or_default();
    let at = |chars| {
        Position::new(
            u32::try_from(line).unwrap_or(u32::MAX),
            utf16(written, chars),
        )
    };
    Range::new(at(from), at(from + length))
}

/// The range of a whole text.
pub(super) fn whole(text: &str) -> Range {
    let lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    Range::new(
        Position::new(0, 0),
        Position::new(lines.saturating_add(1), 0),
    )
}
