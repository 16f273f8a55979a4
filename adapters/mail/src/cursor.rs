//! Where the reading of a folder stands.
//!
//! Owns the text `uidvalidity:uid`. UIDs count only within one UIDVALIDITY (RFC 3501, section 2.3.1.1).

/// Up to which letter a folder was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) validity: u32,
    pub(crate) uid: u32,
}

impl Cursor {
    /// Reads the text of a cursor; `None` if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (validity, uid) = text.split_once(':')?;
        Some(Self {
            validity: validity.parse().ok()?,
            uid: uid.parse().ok()?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.validity, self.uid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_as_text_and_other_text_is_none() {
        let cursor = Cursor {
            validity: 1_700_000_000,
            uid: 42,
        };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        for text in ["", ":", "1", "1:", "-1:2", "1:2:3", "a:b", "1:4294967296"] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
