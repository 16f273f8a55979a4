//! What was odd about a document and did not stop it.
//!
//! Owns the list that grows while rows are read. Knows no sentence for people: the caller says it.

use std::sync::{Arc, Mutex, PoisonError};

/// Something that a person should be told about a document whose rows are read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Oddity {
    /// No character set was stated and it is not UTF-8: this one (its WHATWG name) was taken from the bytes.
    GuessedCharset(&'static str),
    /// The stated character set has no such name; it was ignored.
    UnknownCharset,
    /// Another character set was stated, but the bytes are UTF-8 or begin with a byte order mark.
    ActuallyUnicode,
    /// Bytes that do not fit the character set became U+FFFD; the place is the first of them.
    Replaced,
    /// Rows with fewer cells than the header: the keys are absent.
    ShortRow,
    /// Rows with more cells than the header: the rest are under `c<number>`.
    LongRow,
    /// Rows left out because they cannot be read.
    BadRow,
    /// Two columns have one name: the later is `name_2`.
    RepeatedColumn,
    /// A column with values has no name: it is `c<number>`.
    NamelessColumn,
    /// NUL characters were left out.
    Nul,
    /// Cells that hold an error (`#N/A`, `#DIV/0!`): the keys are absent.
    ErrorCell,
    /// A calendar names a time zone that nobody knows; its times are read in the zone of the options.
    UnknownZone,
    /// Times of a calendar that cannot be read: the keys are absent, or the occurrence is.
    BadTime,
    /// A rule of repetition that cannot be followed: only the dates that are stated are given.
    BadRecurrence,
    /// An event has more occurrences than the bound, or too many before the window; the later ones are left out.
    TooManyOccurrences,
    /// A calendar has more changed occurrences than can be kept in mind; some occurrences may be given twice.
    TooManyOverrides,
}

/// One oddity: how often, and where it was first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Odd {
    /// What is odd.
    pub what: Oddity,
    /// How often it was seen.
    pub count: u64,
    /// The first line (or sheet row), from 1, where it is known.
    pub line: Option<u64>,
    /// The first byte, from 0, where it is known.
    pub byte: Option<u64>,
}

/// The oddities of one document; complete when its rows have ended. Clones share one list, which has at most one
/// entry for each [`Oddity`].
#[derive(Debug, Clone, Default)]
pub struct Oddities(Arc<Mutex<Vec<Odd>>>);

impl Oddities {
    /// Counts one more; only the first place is kept.
    pub fn add(&self, what: Oddity, line: Option<u64>, byte: Option<u64>) {
        self.add_many(what, 1, line, byte);
    }

    /// Counts several at once; only the first place is kept.
    pub fn add_many(&self, what: Oddity, count: u64, line: Option<u64>, byte: Option<u64>) {
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match list.iter_mut().find(|odd| odd.what == what) {
            Some(odd) => odd.count = odd.count.saturating_add(count),
            None => list.push(Odd {
                what,
                count,
                line,
                byte,
            }),
        }
    }

    /// Copies what was seen so far, in the order in which it was first seen.
    #[must_use]
    pub fn list(&self) -> Vec<Odd> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oddity_is_counted_and_keeps_its_first_place() {
        let odd = Oddities::default();
        let reader = odd.clone();
        odd.add(Oddity::ShortRow, Some(3), None);
        odd.add(Oddity::Replaced, None, Some(9));
        odd.add_many(Oddity::ShortRow, 4, Some(7), None);
        let short = Odd {
            what: Oddity::ShortRow,
            count: 5,
            line: Some(3),
            byte: None,
        };
        assert_eq!(reader.list()[0], short);
        assert_eq!(reader.list().len(), 2);
    }
}
