//! Makes personal data unreadable while it stays recognisable to those who know it anyway.
//!
//! Owns the rules per kind of data. Pure.

/// What kind of personal data a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MaskKind {
    /// A name: `I Ketut Sudana` → `I K*** S***`.
    Person,
    /// A civil servant number: its last three digits stay.
    Nip,
    /// A population number: its last two digits stay.
    Nik,
    /// An e-mail address: first letter and domain stay.
    Email,
    /// A telephone number: its last three digits stay.
    Phone,
    /// Anything: nothing stays.
    All,
}

impl MaskKind {
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "person" => Self::Person,
            "nip" => Self::Nip,
            "nik" => Self::Nik,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "all" => Self::All,
            _ => return None,
        })
    }

    /// Guesses the kind from the text itself; a name where nothing else fits.
    pub(crate) fn of(text: &str) -> Self {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        match digits {
            _ if text.contains('@') => Self::Email,
            18 if letters == 0 => Self::Nip,
            16 if letters == 0 => Self::Nik,
            8..=15 if letters == 0 => Self::Phone,
            _ => Self::Person,
        }
    }
}

/// Masks a text. Never longer than it has to be: the number of hidden letters is not told.
pub(crate) fn mask(text: &str, kind: MaskKind) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    match kind {
        MaskKind::Person => text
            .split_whitespace()
            .map(initial)
            .collect::<Vec<_>>()
            .join(" "),
        MaskKind::Nip | MaskKind::Phone => tail(text, 3),
        MaskKind::Nik => tail(text, 2),
        MaskKind::Email => match text.rsplit_once('@') {
            Some((name, domain)) => {
                format!("{}***@{domain}", name.chars().take(1).collect::<String>())
            }
            None => "***".to_owned(),
        },
        MaskKind::All => "***".to_owned(),
    }
}

/// Keeps a word's first letter; a single letter (`I`, `Dr.`'s kin) stays as it is.
fn initial(word: &str) -> String {
    let mut letters = word.chars();
    match (letters.next(), letters.next()) {
        (Some(only), None) => only.to_string(),
        (Some(first), Some(_)) => format!("{first}***"),
        (None, _) => String::new(),
    }
}

fn tail(text: &str, keep: usize) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 2 * keep {
        return "***".to_owned();
    }
    let end: String = digits[digits.len() - keep..].iter().collect();
    format!("***{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_by_kind() {
        for (text, kind, masked) in [
            ("I Ketut Sudana", "person", "I K*** S***"),
            ("  Ni  Wayan ", "person", "N*** W***"),
            ("198501012010011001", "nip", "***001"),
            ("5171 0101 0185 0001", "nik", "***01"),
            ("ketut@denpasar.example", "email", "k***@denpasar.example"),
            ("tanpa alamat", "email", "***"),
            ("+62 812-3456-789", "phone", "***789"),
            ("12", "phone", "***"),
            ("rahasia", "all", "***"),
            ("", "all", ""),
        ] {
            let kind = MaskKind::from_word(kind).expect(kind);
            assert_eq!(mask(text, kind), masked, "{text}");
        }
    }

    #[test]
    fn guesses_the_kind() {
        for (text, kind) in [
            ("a@b", MaskKind::Email),
            ("198501012010011001", MaskKind::Nip),
            ("5171010101850001", MaskKind::Nik),
            ("0812 3456 789", MaskKind::Phone),
            ("Made 2", MaskKind::Person),
        ] {
            assert_eq!(MaskKind::of(text), kind, "{text}");
        }
    }
}
