//! What a person types to say who they are, brought to one spelling.
//!
//! Owns the reading of login names: NIP, e-mail or name. It must never know whether anyone has it.

use crate::Nip;

/// The longest login that is looked at, in bytes; more is refused unread.
const LONGEST: usize = 254;

/// What was typed as login, in its one spelling. `Debug` masks it: people type passwords here too.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Login {
    /// A civil servant number.
    Nip(Nip),
    /// An e-mail address, lower case.
    Email(String),
    /// Another login name, lower case.
    Name(String),
}

impl Login {
    /// Reads a login; `None` for what can be nobody's (empty, too long, control characters).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        if let Ok(nip) = Nip::parse(text) {
            return Some(Self::Nip(nip));
        }
        let plain: String = text
            .chars()
            .filter(|c| !is_invisible(*c))
            .flat_map(char::to_lowercase)
            .collect();
        if plain.is_empty() || plain.chars().any(char::is_control) {
            return None;
        }
        Some(if plain.contains('@') {
            Self::Email(plain)
        } else {
            Self::Name(plain)
        })
    }

    /// Returns the one spelling, for the store's lookup.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Nip(nip) => nip.as_str(),
            Self::Email(text) | Self::Name(text) => text,
        }
    }

    /// Returns what an audit entry may hold.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Nip(nip) => nip.masked(),
            Self::Email(text) | Self::Name(text) => {
                let first = text.chars().next().unwrap_or('·');
                let domain = text.split_once('@').map_or("", |(_, domain)| domain);
                let at = if domain.is_empty() { "" } else { "@" };
                format!("{first}···{at}{domain}")
            }
        }
    }
}

/// Spaces and zero-width characters: copied along by accident, never part of a login.
fn is_invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Login({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_login_is_one_login() {
        for (one, other) in [
            ("990001012026011001", " 99000101 202601 1 001\n"),
            ("sekar@denpasar.example", " Sekar@Denpasar.Example "),
            ("sekar@denpasar.example", "sekar@denpasar.exam ple\u{200b}"),
            ("admin", "ADMIN"),
        ] {
            assert_eq!(
                Login::parse(one).expect(one),
                Login::parse(other).expect(other)
            );
        }
    }

    #[test]
    fn what_can_be_nobodys_is_refused() {
        for bad in ["", "   ", "a\0b", "a\u{1b}[2J", &"x".repeat(300)] {
            assert!(Login::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_mask_hides_the_name() {
        let login = Login::parse("sekar@denpasar.example").expect("a login");
        assert_eq!(format!("{login:?}"), "Login(s···@denpasar.example)");
    }
}
