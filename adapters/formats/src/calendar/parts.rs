//! A calendar cut into its components, one at a time.
//!
//! Owns lines, nesting and their bounds. Knows only the names of components; what is in one, others read.

use super::PART_BYTES;
use crate::{FormatFault, Reason};
use std::io::BufRead;

/// The most bytes of one line; the rest of a longer one is left out.
const LINE_BYTES: usize = 256 * 1024;

/// What a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    Task,
    Zone,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        match name {
            "VEVENT" => Some(Self::Event),
            "VTODO" => Some(Self::Task),
            "VTIMEZONE" => Some(Self::Zone),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Event => "VEVENT",
            Self::Task => "VTODO",
            Self::Zone => "VTIMEZONE",
        }
    }
}

/// A piece of a calendar.
pub(super) enum Piece {
    /// A whole component, its lines as they are written; alarms and attachments are left out.
    Part {
        kind: Kind,
        text: String,
        line: u64,
        /// It names a place in a repetition.
        placed: bool,
    },
    /// The calendar's own `X-WR-TIMEZONE`.
    ZoneName(String),
    /// A component beyond the bound, which begins at this line.
    TooLong { line: u64 },
}

/// Cuts a calendar into pieces.
pub(super) struct Parts<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
    /// Calendars that have begun and not ended.
    open: u64,
    part: Option<Growing>,
    ended: bool,
}

struct Growing {
    kind: Kind,
    text: String,
    line: u64,
    depth: u64,
    skipping: bool,
    too_long: bool,
    placed: bool,
}

impl Growing {
    fn new(kind: Kind, line: u64) -> Self {
        let text = format!("BEGIN:{}\r\n", kind.name());
        Self {
            kind,
            text,
            line,
            depth: 0,
            skipping: false,
            too_long: false,
            placed: false,
        }
    }

    fn push(&mut self, line: &str) {
        let folded = line.starts_with([' ', '\t']);
        if !folded {
            self.skipping = is_attachment(line);
        }
        if self.skipping || (self.depth > 0 && self.kind != Kind::Zone) {
            return;
        }
        self.placed |= begins(line, "RECURRENCE-ID");
        self.too_long |= self.text.len() + line.len() > PART_BYTES;
        if !self.too_long {
            self.text.push_str(line);
            self.text.push_str("\r\n");
        }
    }

    fn finish(mut self) -> Piece {
        let line = self.line;
        if self.too_long {
            return Piece::TooLong { line };
        }
        self.text.push_str("END:");
        self.text.push_str(self.kind.name());
        self.text.push_str("\r\n");
        Piece::Part {
            kind: self.kind,
            text: self.text,
            line,
            placed: self.placed,
        }
    }
}

/// Whether a line begins with a word, in whatever case.
fn begins(line: &str, word: &str) -> bool {
    let head = line.get(..word.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// Whether a line begins an `ATTACH`, which may hold a whole file.
fn is_attachment(line: &str) -> bool {
    let name = line.split([':', ';']).next().unwrap_or_default();
    name.eq_ignore_ascii_case("ATTACH")
}

impl<R: BufRead> Parts<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            number: 0,
            open: 0,
            part: None,
            ended: false,
        }
    }

    fn fault(&self, reason: Reason) -> FormatFault {
        FormatFault::in_line(self.number, reason)
    }

    /// Reads a line without its end; `false` at the end of the document.
    fn read_line(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        let mut any = false;
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                break;
            }
            any = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let upto = end.unwrap_or(available.len());
            let room = LINE_BYTES.saturating_sub(self.line.len()).min(upto);
            self.line.extend_from_slice(&available[..room]);
            self.input.consume(end.map_or(upto, |end| end + 1));
            if end.is_some() {
                break;
            }
        }
        self.number += u64::from(any);
        while self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(any)
    }

    /// Takes a line in; gives the piece that it ends.
    fn take(&mut self, line: &str) -> Option<Piece> {
        if let Some(name) = marked(line, "BEGIN:") {
            return self.begin(&name, line);
        }
        if let Some(name) = marked(line, "END:") {
            return self.end(&name, line);
        }
        match self.part.as_mut() {
            Some(part) => part.push(line),
            None => return zone_name(line).map(Piece::ZoneName),
        }
        None
    }

    fn begin(&mut self, name: &str, line: &str) -> Option<Piece> {
        let kind = Kind::of(name);
        if name == "VCALENDAR" {
            self.open += 1;
            return self.part.take().map(Growing::finish);
        }
        if let (Some(part), None) = (self.part.as_mut(), kind) {
            if part.kind == Kind::Zone {
                part.push(line);
            }
            part.depth += 1;
            return None;
        }
        // Components of these kinds are never nested: the one before lacks its end.
        let before = self.part.take().map(Growing::finish);
        self.part = kind.map(|kind| Growing::new(kind, self.number));
        before
    }

    fn end(&mut self, name: &str, line: &str) -> Option<Piece> {
        if name == "VCALENDAR" {
            self.open = self.open.saturating_sub(1);
            return self.part.take().map(Growing::finish);
        }
        let part = self.part.as_mut()?;
        if part.depth == 0 || Kind::of(name) == Some(part.kind) {
            return self.part.take().map(Growing::finish);
        }
        part.depth -= 1;
        if part.kind == Kind::Zone {
            part.push(line);
        }
        None
    }

    fn finish(&mut self) -> Option<Result<Piece, FormatFault>> {
        self.ended = true;
        let whole = self.open == 0 && self.part.is_none();
        (!whole).then(|| Err(self.fault(Reason::Truncated)))
    }
}

/// The name after `BEGIN:` or `END:`, in upper case. A line that begins with a space continues the one before.
fn marked(line: &str, word: &str) -> Option<String> {
    let (head, name) = line.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word)
        .then(|| name.trim().to_ascii_uppercase())
}

fn zone_name(line: &str) -> Option<String> {
    let (name, value) = line.split_once(':')?;
    let name = name.split(';').next()?;
    let value = value.trim();
    (name.eq_ignore_ascii_case("X-WR-TIMEZONE") && !value.is_empty()).then(|| value.to_owned())
}

impl<R: BufRead> Iterator for Parts<R> {
    type Item = Result<Piece, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            match self.read_line() {
                Ok(true) => {}
                Ok(false) => return self.finish(),
                Err(error) => {
                    self.ended = true;
                    return Some(Err(self.fault(Reason::Io(error.to_string()))));
                }
            }
            // The line leaves `self` for as long as it is taken in.
            let line = std::mem::take(&mut self.line);
            let piece = self.take(&String::from_utf8_lossy(&line));
            self.line = line;
            if let Some(piece) = piece {
                return Some(Ok(piece));
            }
        }
        None
    }
}
