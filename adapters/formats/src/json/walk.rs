//! The walk to the list of records: records go out, the rest is kept.
//!
//! Owns the way, and what is said when it leads nowhere.

use super::text::Text;
use super::{AROUND, Around, BESIDE, RECORD, Rest, Step, WHOLE};
use crate::FormatFault;
use serde_json::{Map, Value as Json};

/// What a value costs besides its text: the entry in its parent.
const ENTRY: usize = 64;

/// The records of a document.
pub(super) struct Walk {
    text: Text,
    /// `None`: the document is the list, or the only record.
    way: Option<Vec<Step>>,
    /// The open objects and arrays, the outermost first.
    open: Vec<Frame>,
    /// What is kept of the document.
    root: Json,
    /// How much that takes, in bytes of the text with its names and entries.
    held: usize,
    begun: bool,
    whole: bool,
    missed: bool,
    rest: Rest,
    done: bool,
}

/// An object or an array on the way.
struct Frame {
    /// Under which name its parent has it, if it is an object.
    name: Option<String>,
    /// How many steps of the way lead to it.
    level: usize,
    /// What is kept of it.
    value: Json,
    /// Whether anything of it is kept.
    kept: bool,
    /// How many members were met.
    met: usize,
    /// Whether the member that the way leads to was.
    found: bool,
}

impl Walk {
    pub(super) fn new(text: Text, way: Option<Vec<Step>>, rest: Rest) -> Self {
        Self {
            text,
            way,
            open: Vec::new(),
            root: Json::Null,
            held: 0,
            begun: false,
            whole: false,
            missed: false,
            rest,
            done: false,
        }
    }

    fn steps(&self) -> &[Step] {
        self.way.as_deref().unwrap_or_default()
    }

    fn row(&mut self) -> Result<Option<Json>, FormatFault> {
        if !self.begun {
            self.begun = true;
            self.begin()?;
        }
        while let Some(frame) = self.open.last() {
            let (level, is_list, first) = (frame.level, frame.value.is_array(), frame.met == 0);
            let byte = self.must()?;
            if byte == if is_list { b']' } else { b'}' } {
                self.text.pass();
                self.close();
                continue;
            }
            if !first {
                self.expect(b',')?;
                self.must()?;
            }
            match (is_list, level == self.steps().len()) {
                (true, true) => return self.record().map(Some),
                (true, false) => self.element()?,
                (false, _) => self.field()?,
            }
        }
        self.end()
    }

    fn begin(&mut self) -> Result<(), FormatFault> {
        let byte = self.must()?;
        if self.way.is_some() || byte == b'[' {
            return self.enter(None, 0, true);
        }
        let whole = self.text.value(WHOLE)?;
        (self.root, _) = whole.ok_or_else(|| self.text.too_large(WHOLE))?;
        self.whole = true;
        Ok(())
    }

    /// Goes into the value that the way leads to; what is of another kind leads nowhere.
    fn enter(&mut self, name: Option<String>, level: usize, kept: bool) -> Result<(), FormatFault> {
        let step = self.steps().get(level);
        let is_list = matches!(step, Some(Step::All) | None);
        let (opens, empty) = match step {
            Some(Step::Field(_)) => (b'{', Json::Object(Map::new())),
            Some(Step::Index(_) | Step::All) | None => (b'[', Json::Array(Vec::new())),
        };
        if self.must()? != opens {
            self.missed |= is_list || !self.below_a_list(level);
            return self.beside(name, kept);
        }
        self.text.pass();
        self.open.push(Frame {
            name,
            level,
            value: empty,
            kept,
            met: 0,
            found: false,
        });
        Ok(())
    }

    /// Reads one record of the list.
    fn record(&mut self) -> Result<Json, FormatFault> {
        let (row, size) = match self.text.value(RECORD)? {
            Some(read) => read,
            None => return Err(self.text.too_large(RECORD)),
        };
        if let Some(frame) = self.open.last_mut() {
            frame.met += 1;
            // Whoever asks whether the list is empty, or for a total in its first record, gets the same answer.
            if frame.met == 1 && frame.kept && size <= BESIDE {
                put(&mut frame.value, None, row.clone());
            }
        }
        Ok(row)
    }

    /// Reads one element of an array on the way.
    fn element(&mut self) -> Result<(), FormatFault> {
        let Some(frame) = self.open.last_mut() else {
            return Ok(());
        };
        let (level, at, kept) = (frame.level, frame.met, frame.kept);
        frame.met += 1;
        let leads = match self.way.as_ref().and_then(|way| way.get(level)) {
            Some(Step::All) => return self.enter(None, level + 1, kept && at == 0),
            Some(Step::Index(wanted)) => *wanted == at,
            _ => false,
        };
        if !leads {
            return self.beside(None, kept);
        }
        frame.found = true;
        self.enter(None, level + 1, kept)
    }

    /// Reads one field of an object on the way.
    fn field(&mut self) -> Result<(), FormatFault> {
        if self.must()? != b'"' {
            return Err(self.text.unexpected());
        }
        let Some((Json::String(name), _)) = self.text.value(BESIDE)? else {
            return Err(self.text.too_large(BESIDE));
        };
        self.must()?;
        self.expect(b':')?;
        self.must()?;
        let Some(frame) = self.open.last_mut() else {
            return Ok(());
        };
        let (level, kept) = (frame.level, frame.kept);
        frame.met += 1;
        let step = self.way.as_ref().and_then(|way| way.get(level));
        if !matches!(step, Some(Step::Field(wanted)) if *wanted == name) {
            return self.beside(Some(name), kept);
        }
        frame.found = true;
        self.enter(Some(name), level + 1, kept)
    }

    /// Keeps a value that is not on the way, unless it is too large to be anything but other records.
    fn beside(&mut self, name: Option<String>, kept: bool) -> Result<(), FormatFault> {
        let most = match kept && self.held < AROUND {
            true => BESIDE,
            false => 0,
        };
        match self.text.value(most)? {
            Some((value, size)) if kept => {
                self.held += size + name.as_ref().map_or(0, String::len) + ENTRY;
                self.keep(name, value);
            }
            // The elements behind it stay in their places, as long as one of them is looked for or kept.
            None if kept && name.is_none() && (most > 0 || !self.is_found()) => {
                self.held += ENTRY;
                self.keep(name, Json::Null);
            }
            _ => {}
        }
        Ok(())
    }

    /// Tells whether the innermost array or object has given what the way leads to.
    fn is_found(&self) -> bool {
        self.open.last().is_some_and(|frame| frame.found)
    }

    fn keep(&mut self, name: Option<String>, value: Json) {
        match self.open.last_mut() {
            Some(frame) => put(&mut frame.value, name, value),
            None => self.root = value,
        }
    }

    fn close(&mut self) {
        let Some(frame) = self.open.pop() else {
            return;
        };
        let leads_on = matches!(
            self.steps().get(frame.level),
            Some(Step::Field(_) | Step::Index(_))
        );
        self.missed |= leads_on && !frame.found && !self.below_a_list(frame.level);
        if frame.kept {
            self.keep(frame.name, frame.value);
        }
    }

    /// Tells whether a step stands below a list, which may be empty: then it need not be there.
    fn below_a_list(&self, level: usize) -> bool {
        self.steps()[..level].contains(&Step::All)
    }

    fn end(&mut self) -> Result<Option<Json>, FormatFault> {
        if self.text.peek()?.is_some() {
            return Err(self.text.unexpected());
        }
        self.rest.put(Around {
            root: std::mem::take(&mut self.root),
            whole: self.whole,
        });
        match self.missed {
            false => Ok(None),
            true => {
                let name = written(self.steps());
                Err(FormatFault::missing("element", name, Vec::new()))
            }
        }
    }

    /// Looks at the next byte that is no white space; there must be one.
    fn must(&mut self) -> Result<u8, FormatFault> {
        self.text.peek()?.ok_or_else(|| self.text.cut_off())
    }

    fn expect(&mut self, byte: u8) -> Result<(), FormatFault> {
        if self.text.peek()? != Some(byte) {
            return Err(self.text.unexpected());
        }
        self.text.pass();
        Ok(())
    }
}

fn put(parent: &mut Json, name: Option<String>, value: Json) {
    match (parent, name) {
        (Json::Object(fields), Some(name)) => {
            fields.insert(name, value);
        }
        (Json::Array(list), _) => list.push(value),
        _ => {}
    }
}

/// Writes a way as a connector does.
fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Field(name) if text.is_empty() => text.push_str(name),
            Step::Field(name) => text.extend([".", name]),
            Step::Index(at) => text.push_str(&format!("[{at}]")),
            Step::All => text.push_str("[*]"),
        }
    }
    text
}

impl Iterator for Walk {
    type Item = Result<Json, FormatFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let row = self.row().transpose();
        self.done = !matches!(row, Some(Ok(_)));
        row
    }
}
