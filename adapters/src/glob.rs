//! Patterns with `*` and `?`, for names of files and for the words of faults.

/// Tells whether a text is as a pattern says: `*` is any text, `?` one character; letters in either case.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    let (pattern, text) = (plain(pattern), plain(text));
    let (mut p, mut t) = (0, 0);
    // Where the last `*` was, and from where its text is tried again.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_whole_texts() {
        for (pattern, text, fit) in [
            ("*.csv", "pegawai.CSV", true),
            ("*.csv", "pegawai.csv.part", false),
            ("*Timeout*", "a gateway timeout happened", true),
            ("data-??.xlsx", "data-01.xlsx", true),
            ("data-??.xlsx", "data-1.xlsx", false),
            ("a*b*c", "aXbXbc", true),
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(fits(pattern, text), fit, "{pattern} {text}");
        }
    }
}
