//! The civil servant number: read, compared and masked; nothing is ever derived from it.
//!
//! Owns its form (18 digits) and how it is shown. It must never know who holds it.

use std::fmt;
use zeroize::Zeroize;

/// A civil servant number (NIP or NI PPPK): 18 digits. Personal data: `Debug` and `Display` mask it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Nip(String);

/// What is wrong with a written NIP. Never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NipFault {
    /// Something besides digits and the usual separators.
    #[error("a nip holds digits only")]
    NotDigits,
    /// Not 18 digits; carries how many there were.
    #[error("a nip has 18 digits, not {0}")]
    Length(usize),
}

impl Nip {
    /// Reads a NIP. Spaces, dots and hyphens between the digits are tolerated, since people write
    /// `19800101 200501 1 001`.
    ///
    /// # Errors
    /// Where other characters, or not 18 digits, are left.
    pub fn parse(text: &str) -> Result<Self, NipFault> {
        let digits: String = text.chars().filter(|&c| !is_separator(c)).collect();
        if !digits.bytes().all(|c| c.is_ascii_digit()) {
            return Err(NipFault::NotDigits);
        }
        match digits.len() {
            18 => Ok(Self(digits)),
            length => Err(NipFault::Length(length)),
        }
    }

    /// Returns the 18 digits, for the store and for apps that are told them; never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what people and logs may see: the last three digits.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("···············{}", &self.0[15..])
    }
}

/// Tells whether a character may stand between the digits of a NIP.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '\u{200b}' | '\u{feff}')
}

impl fmt::Display for Nip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Nip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Nip({})", self.masked())
    }
}

impl Drop for Nip {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighteen_digits_however_they_are_spaced() {
        for written in [
            "990001012026011001",
            " 99000101 202601 1 001 ",
            "99000101.202601.1.001",
            "99000101-202601-1-001",
            "99000101\u{a0}202601\u{a0}1\u{a0}001",
        ] {
            assert_eq!(
                Nip::parse(written).expect(written).as_str(),
                "990001012026011001"
            );
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (written, fault) in [
            ("", NipFault::Length(0)),
            ("1234", NipFault::Length(4)),
            ("9900010120260110011", NipFault::Length(19)),
            ("99000101202601100x", NipFault::NotDigits),
            ("９９0001012026011001", NipFault::NotDigits),
        ] {
            assert_eq!(Nip::parse(written).expect_err(written), fault);
        }
    }

    #[test]
    fn it_is_never_shown_whole() {
        let nip = Nip::parse("990001012026011001").expect("a nip");
        for shown in [format!("{nip}"), format!("{nip:?}")] {
            assert!(!shown.contains("99000101"), "{shown}");
            assert!(shown.contains("001"));
        }
    }
}
