//! One way to end a line, so that lines can be counted and the end be told.

use std::io::Read;

/// Gives the text on with every line ended by a line feed, the last one, too.
pub(super) struct Lines<R> {
    text: R,
    /// Whether the last byte read was a carriage return, which may be half of a line end.
    returned: bool,
    /// Whether the last byte given ended a line; an empty text needs no end.
    at_end_of_line: bool,
}

impl<R> Lines<R> {
    pub(super) fn new(text: R) -> Self {
        Self {
            text,
            returned: false,
            at_end_of_line: true,
        }
    }

    /// Rewrites line ends in place; gives the new length.
    fn rewrite(&mut self, bytes: &mut [u8]) -> usize {
        if !self.returned && !bytes.contains(&b'\r') {
            return bytes.len();
        }
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            let second = self.returned && byte == b'\n';
            self.returned = byte == b'\r';
            if !second {
                bytes[kept] = if self.returned { b'\n' } else { byte };
                kept += 1;
            }
        }
        kept
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let read = self.text.read(buffer)?;
            if read == 0 && !self.at_end_of_line {
                buffer[0] = b'\n';
                self.at_end_of_line = true;
                return Ok(1);
            }
            let kept = self.rewrite(&mut buffer[..read]);
            if kept > 0 {
                self.at_end_of_line = buffer[kept - 1] == b'\n';
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives as many bytes at once as it is told.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = buffer.len().min(self.1);
            self.0.read(&mut buffer[..length])
        }
    }

    #[test]
    fn lines_end_in_one_way_however_they_are_cut() {
        for (text, lines) in [
            ("a\r\nb\rc\nd", "a\nb\nc\nd\n"),
            ("a\r\n\r\nb\r\r\n", "a\n\nb\n\n"),
            ("a\r", "a\n"),
            ("", ""),
        ] {
            for at_once in 1..5 {
                let mut read = String::new();
                Lines::new(Drops(text.as_bytes(), at_once))
                    .read_to_string(&mut read)
                    .expect("it is read");
                assert_eq!(read, lines, "{text:?} by {at_once}");
            }
        }
    }
}
