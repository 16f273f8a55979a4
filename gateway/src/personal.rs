//! What looks like personal data in a text, wherever it stands: NIK, NIP, e-mail addresses, telephone numbers.
//!
//! Owns that judgement. Pure. A name is not found: it looks like any other word.

/// Finds what looks like personal data wherever it stands.
pub(crate) fn personal(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || "@._%+-".contains(c);
    let mut found: Vec<String> = text
        .split(|c| !is_part(c))
        .map(|word| word.trim_matches(['.', '-', '%', '_']))
        .filter(|word| is_personal(word))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

fn is_personal(word: &str) -> bool {
    if let Some((name, host)) = word.split_once('@') {
        return !name.is_empty() && host.contains('.');
    }
    let digits: String = word.chars().filter(char::is_ascii_digit).collect();
    if !word
        .chars()
        .all(|c| c.is_ascii_digit() || "+-.".contains(c))
    {
        return false;
    }
    match digits.len() {
        16 | 18 => digits.len() == word.len(),
        9..=14 => digits.starts_with("08") || digits.starts_with("628") || word.starts_with("+62"),
        _ => false,
    }
}

/// Blots out what looks like personal data.
pub(crate) fn blotted(text: &str) -> String {
    let found = personal(text).into_iter();
    found.fold(text.to_owned(), |text, word| text.replace(&word, "•••"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_personal_is_found_and_what_does_not_stays() {
        let text = "NIK 5171010101850001, NIP=199001012020121001; a.b@kota.example +62-812-3456-789 0812-3456-7890 \
                    2026-11-24 20261124080000 005/112/UM v1.2.3 d41d8cd98f00b204 12345";
        let found = personal(text);
        assert_eq!(
            found,
            [
                "+62-812-3456-789",
                "0812-3456-7890",
                "199001012020121001",
                "5171010101850001",
                "a.b@kota.example"
            ]
        );
    }

    #[test]
    fn a_fault_can_be_shown_without_the_person() {
        let text = "`199001012020121001` is not a time; ask a.b@kota.example";
        assert_eq!(blotted(text), "`•••` is not a time; ask •••");
        assert_eq!(
            blotted("`kemarin` is not a time"),
            "`kemarin` is not a time"
        );
    }
}
