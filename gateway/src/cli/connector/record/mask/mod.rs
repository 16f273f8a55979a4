//! What stands for personal data and secrets in a recording. The same value is always replaced by the same, so that
//! records still belong together. Pure.
//!
//! Owns the replacing. What has to be replaced is learned before ([`Learner`]): no value may be found in one place
//! after it was written down in another. Start with [`Masker::text`]; `body.rs` has the kinds of documents.

mod body;
mod learn;
mod names;
mod target;

pub(super) use body::{Document, is_markup};
pub(super) use learn::Learner;
pub(super) use target::Said;

use aho_corasick::AhoCorasick;
use serde_json::Value as Json;

/// What stands for a secret.
const BLOT: &str = "***";

/// A value, and what stands for it.
struct Made {
    made: String,
    /// Whether it has to be replaced; what stands for another value may be found and stays.
    counts: bool,
    /// Whether it is a number: within a longer one it is another number.
    digits: bool,
}

/// Replaces personal data and secrets.
pub(in crate::cli::connector) struct Masker {
    values: AhoCorasick,
    made: Vec<Made>,
    masked: usize,
}

impl Masker {
    /// How many values are replaced, secrets not counted.
    pub(in crate::cli::connector) fn masked(&self) -> usize {
        self.masked
    }

    /// Masks a text.
    pub(super) fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for (start, stop, made) in self.found(text) {
            out.push_str(&text[end..start]);
            out.push_str(made);
            end = stop;
        }
        out.push_str(&text[end..]);
        out
    }

    /// Tells whether a text still holds a secret or a value that was to be masked.
    pub(in crate::cli::connector) fn leaks(&self, text: &str) -> bool {
        self.found(text).next().is_some()
    }

    fn found<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, usize, &'a str)> {
        self.values.find_iter(text).filter_map(move |found| {
            let made = &self.made[found.pattern().as_usize()];
            let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
            let bytes = text.as_bytes();
            let before = found.start().checked_sub(1).and_then(|at| bytes.get(at));
            let longer = made.digits && (digit(before) || digit(bytes.get(found.end())));
            (made.counts && !longer).then(|| (found.start(), found.end(), made.made.as_str()))
        })
    }

    /// Masks every text, number and name of a tree.
    pub(super) fn json(&self, value: &mut Json) {
        match value {
            Json::String(text) => *text = self.text(text),
            Json::Number(number) => {
                let masked = self.text(&number.to_string());
                if let Ok(masked) = masked.parse() {
                    *number = masked;
                }
            }
            Json::Array(list) => list.iter_mut().for_each(|value| self.json(value)),
            Json::Object(fields) => {
                let masked = std::mem::take(fields).into_iter().map(|(name, mut value)| {
                    self.json(&mut value);
                    (self.text(&name), value)
                });
                fields.extend(masked);
            }
            Json::Null | Json::Bool(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masker(secrets: &[&str], people: &[&str], texts: &[&str]) -> Masker {
        let mut learner = Learner::default();
        secrets.iter().for_each(|secret| learner.secret(secret));
        people
            .iter()
            .for_each(|name| learner.value(&Json::from(*name)));
        texts.iter().for_each(|text| learner.text(text));
        learner.masker().expect("few values")
    }

    #[test]
    fn the_same_value_is_replaced_by_the_same_everywhere() {
        let texts = [r#"{"a": "oleh Ni Contoh", "n": 199001012020121001}"#];
        let masker = masker(&["kunci-rahasia"], &["Ni Buatan"], &texts);
        let text = "oleh Ni Buatan: 199001012020121001, kunci-rahasia, lagi Ni Buatan";
        assert_eq!(
            masker.text(text),
            "oleh Contoh 1: 900000000000000002, ***, lagi Contoh 1"
        );
        assert!(!masker.leaks(&masker.text(text)));
        assert!(masker.leaks("x 199001012020121001") && masker.leaks("k=kunci%2Drahasia"));
        let mut json =
            serde_json::json!({"199001012020121001": ["Ni Buatan", 199001012020121001_u64, 7]});
        masker.json(&mut json);
        assert_eq!(
            json,
            serde_json::json!({"900000000000000002": ["Contoh 1", 900000000000000002_u64, 7]})
        );
    }

    #[test]
    fn a_value_is_found_however_it_is_written_and_numbers_only_as_a_whole() {
        let masker = masker(&[], &["Bu \"Ayu\" & Ma'ruf", "123456", "1985-02-03"], &[]);
        for text in [
            "Bu &quot;Ayu&quot; &amp; Ma&#039;ruf",
            "Bu &#34;Ayu&#34; &amp; Ma&#39;ruf",
            "Bu \"\"Ayu\"\" & Ma'ruf",
            "?q=Bu%20%22Ayu%22%20%26%20Ma%27ruf",
            "?q=Bu+%22Ayu%22+%26+Ma%27ruf",
        ] {
            assert!(masker.leaks(text), "{text}");
            assert!(!masker.leaks(&masker.text(text)), "{text}");
        }
        assert!(!masker.leaks("x1234567") && masker.leaks("x123456,"));
        assert_eq!(masker.text("lahir 1985-02-03."), "lahir 1990-01-01.");
    }

    #[test]
    fn what_stands_for_a_value_is_no_value() {
        // Made-up data may itself be called an example.
        let masker = masker(
            &[],
            &["Contoh 2", "Ni Wayan"],
            &["surel a@b.example 08123456789"],
        );
        let text = masker.text("Contoh 2, Ni Wayan, a@b.example, 08123456789");
        assert!(!masker.leaks(&text), "{text}");
        assert!(
            !text.contains("Wayan") && !text.contains("a@b") && !text.contains("08123"),
            "{text}"
        );
    }
}
