//! Where a JSON value ends, found without reading its meaning (RFC 8259).
//!
//! Owns strings and brackets as far as the end depends on them. It must never judge: what is malformed inside a value
//! is told by whoever parses it.

/// A search for the end of one value, over as many pieces of text as it takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Scan {
    begun: bool,
    depth: usize,
    in_string: bool,
    escaped: bool,
    bare: bool,
}

impl Scan {
    /// Looks at the next piece; returns how much of it belongs to the value where that ends here.
    pub(super) fn look(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < piece.len() {
            if self.in_string {
                at += self.string(&piece[at..]);
                if !self.in_string && self.depth == 0 {
                    return Some(at);
                }
                continue;
            }
            let byte = piece[at];
            if self.bare {
                if is_end(byte) {
                    return Some(at);
                }
                at += 1;
                continue;
            }
            at += 1;
            if self.plain(byte) {
                return Some(at);
            }
        }
        None
    }

    /// Tells whether the value may end where the text does: a number or a word has no end of its own.
    pub(super) fn may_end(&self) -> bool {
        self.bare
    }

    /// Takes a byte outside strings; tells whether it closes the value.
    fn plain(&mut self, byte: u8) -> bool {
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ if !self.begun => self.bare = true,
            _ => {}
        }
        self.begun = true;
        matches!(byte, b'}' | b']') && self.depth == 0
    }

    /// Passes what is inside a string; returns how much that was, with its closing quote.
    fn string(&mut self, piece: &[u8]) -> usize {
        let mut at = 0;
        if self.escaped {
            self.escaped = false;
            at = 1;
        }
        while at < piece.len() {
            let Some(next) = piece[at..].iter().position(|b| matches!(b, b'"' | b'\\')) else {
                return piece.len();
            };
            at += next + 1;
            if piece[at - 1] == b'"' {
                self.in_string = false;
                return at;
            }
            self.escaped = at == piece.len();
            at += 1;
        }
        piece.len()
    }
}

/// Tells whether a byte cannot belong to a number or a word.
fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b',' | b':' | b']' | b'}' | b'"' | b'[' | b'{')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives the text in pieces of so many bytes.
    fn end(text: &str, size: usize) -> Option<usize> {
        let mut scan = Scan::default();
        for (n, piece) in text.as_bytes().chunks(size).enumerate() {
            if let Some(at) = scan.look(piece) {
                return Some(n * size + at);
            }
        }
        scan.may_end().then_some(text.len())
    }

    #[test]
    fn a_value_ends_where_it_ends_however_it_is_cut() {
        for (text, length) in [
            (r#"{"a": "}", "b": [1, {}]} , 2"#, Some(24)),
            (r#""x\"y\\" ]"#, Some(8)),
            (r#"["\\\"]", "a"]]"#, Some(14)),
            ("12.5e3,", Some(6)),
            ("null", Some(4)),
            ("true]", Some(4)),
            ("[]", Some(2)),
            (r#""""#, Some(2)),
            (r#""open"#, None),
            ("[[]", None),
            (r#""cut\"#, None),
        ] {
            for size in 1..=text.len() {
                assert_eq!(end(text, size), length, "{text} in pieces of {size}");
            }
        }
    }
}
