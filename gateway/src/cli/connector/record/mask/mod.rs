//! What stands for personal data and secrets in a recording. The same value is always replaced by the same, so that
//! records still belong together. Pure.

use crate::personal::personal;
use divos_manifest::{Connector, Path, Source};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Shorter texts name nobody, and would be found in every other word.
const SHORTEST: usize = 4;
/// What stands for a secret.
const BLOT: &str = "***";

/// Replaces personal data and secrets.
pub(super) struct Masker {
    secrets: Vec<String>,
    /// Value → what stands for it.
    known: BTreeMap<String, String>,
}

impl Masker {
    pub(super) fn new(secrets: Vec<String>) -> Self {
        let secrets = secrets
            .into_iter()
            .filter(|secret| secret.len() >= SHORTEST);
        Self {
            secrets: secrets.collect(),
            known: BTreeMap::new(),
        }
    }

    /// Learns the values of the fields that the connector's privacy marks.
    pub(super) fn learn(&mut self, connector: &Connector, source: &Source, rows: &[Json]) {
        let marked = |target: &str| connector.privacy.pii_of(target).is_some();
        let fields = source
            .map
            .fields
            .iter()
            .filter(|(target, _)| marked(target));
        let paths: Vec<Path> = fields
            .flat_map(|(_, expr)| expr.lineage().to_vec())
            .filter_map(|field| field.parse().ok())
            .collect();
        for row in rows {
            for value in paths.iter().filter_map(|path| path.get(row)) {
                self.learn_value(value);
            }
        }
    }

    fn learn_value(&mut self, value: &Json) {
        match value {
            Json::String(text) => {
                let text = text.trim();
                if text.chars().count() >= SHORTEST {
                    self.stand_in(text);
                }
            }
            Json::Number(number) => {
                let text = number.to_string();
                if text.len() >= SHORTEST {
                    self.stand_in(&text);
                }
            }
            Json::Array(list) => list.iter().for_each(|value| self.learn_value(value)),
            Json::Object(fields) => fields.values().for_each(|value| self.learn_value(value)),
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// What stands for a value: of the same length for numbers, plainly made up otherwise.
    fn stand_in(&mut self, value: &str) -> String {
        let next = self.known.len() + 1;
        let made = || match value {
            mail if mail.contains('@') => format!("contoh{next}@example.invalid"),
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
                // No leading zero: a number stays a number of the same length.
                format!("9{next:0>width$}", width = digits.len() - 1)
            }
            phone if !phone.chars().any(char::is_alphabetic) => format!("0800{next:0>6}"),
            _ => format!("Contoh {next}"),
        };
        self.known
            .entry(value.to_owned())
            .or_insert_with(made)
            .clone()
    }

    /// How many values were replaced.
    pub(super) fn masked(&self) -> usize {
        self.known.len()
    }

    /// Masks a text: secrets, learned values, and whatever looks like a NIK, a NIP, an address or a telephone.
    pub(super) fn text(&mut self, text: &str) -> String {
        let mut out = text.to_owned();
        for secret in &self.secrets {
            out = out.replace(secret, BLOT);
        }
        // The longest first: a name may hold another.
        let mut known: Vec<(&String, &String)> = self.known.iter().collect();
        known.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        for (value, made) in known {
            if out.contains(value.as_str()) {
                out = out.replace(value.as_str(), made);
            }
            let escaped = value
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('\'', "&#39;");
            if escaped != *value {
                out = out.replace(&escaped, made);
            }
        }
        for found in personal(&out) {
            if !self.known.values().any(|made| *made == found) {
                let made = self.stand_in(&found);
                out = out.replace(&found, &made);
            }
        }
        out
    }

    /// Masks every text and number of a tree.
    pub(super) fn json(&mut self, value: &mut Json) {
        match value {
            Json::String(text) => *text = self.text(text),
            Json::Number(number) => {
                let masked = self.text(&number.to_string());
                if let Ok(masked) = masked.parse() {
                    *number = masked;
                }
            }
            Json::Array(list) => list.iter_mut().for_each(|value| self.json(value)),
            Json::Object(fields) => fields.values_mut().for_each(|value| self.json(value)),
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// Masks a body; `None` where it is no text.
    pub(super) fn body(&mut self, body: &[u8]) -> Option<Vec<u8>> {
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|text| !text.contains('\0'))?;
        if let Ok(mut json) = serde_json::from_str::<Json>(text) {
            self.json(&mut json);
            return serde_json::to_vec_pretty(&json).ok();
        }
        Some(self.text(text).into_bytes())
    }

    /// Leaves out the path up to the last part that a definition says itself and that must not be written down, such as
    /// the owner of a calendar who signs in too: a replay asks for that part as it is, and fits by the end of the path.
    pub(super) fn ending<'t>(&mut self, target: &'t str, said: &[&str]) -> &'t str {
        let path = target.split('?').next().unwrap_or_default();
        let (mut at, mut end) = (0, 0);
        for part in path.split('/') {
            let word = percent_decode_str(part).decode_utf8_lossy();
            if said.contains(&&*word) && self.text(&word) != word {
                end = at + part.len();
            }
            at += part.len() + 1;
        }
        match &target[end..] {
            // A request is for something.
            "" => target,
            ending => ending,
        }
    }

    /// Masks the path and the query of a request, part by part.
    pub(super) fn target(&mut self, target: &str) -> String {
        let mut out = String::new();
        for part in target.split_inclusive(['/', '?', '&', '=']) {
            let word = part.trim_end_matches(['/', '?', '&', '=']);
            let decoded = percent_decode_str(word)
                .decode_utf8_lossy()
                .replace('+', " ");
            let masked = self.text(&decoded);
            match masked == decoded {
                true => out.push_str(part),
                false => {
                    out.extend(utf8_percent_encode(&masked, NON_ALPHANUMERIC));
                    out.push_str(&part[word.len()..]);
                }
            }
        }
        out
    }

    /// Tells whether a recording still holds a secret or a value that was to be masked, as it is or encoded.
    pub(super) fn leaks(&self, bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes);
        let encoded = |word: &str| utf8_percent_encode(word, NON_ALPHANUMERIC).to_string();
        let words = self.secrets.iter().chain(self.known.keys());
        words
            .into_iter()
            .any(|word| text.contains(word.as_str()) || text.contains(&encoded(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_is_replaced_by_the_same_everywhere() {
        let mut masker = Masker::new(vec!["kunci-rahasia".to_owned()]);
        masker.learn_value(&Json::from("Ni Contoh"));
        let body = masker
            .body(br#"{"a": "oleh Ni Contoh", "n": 199001012020121001, "k": "kunci-rahasia"}"#);
        let body = String::from_utf8(body.expect("text")).expect("UTF-8");
        assert!(
            body.contains("oleh Contoh 1") && body.contains("900000000000000002"),
            "{body}"
        );
        assert_eq!(
            masker.target("/p/Ni%20Contoh?nip=199001012020121001"),
            "/p/Contoh%201?nip=900000000000000002"
        );
        assert!(!masker.leaks(body.as_bytes()));
        assert!(masker.leaks(b"x 199001012020121001") && masker.leaks(b"k=kunci%2Drahasia"));
        assert!(masker.body(b"PK\0\xff").is_none());
    }

    #[test]
    fn what_a_definition_says_itself_is_left_out_of_a_path() {
        let mut masker = Masker::new(vec!["walikota".to_owned()]);
        let said = ["", "dav", "walikota", "a@kota.example", ""];
        for (target, ending) in [
            ("/dav/walikota/agenda/?a=1", "/agenda/?a=1"),
            ("/dav/a%40kota.example/", "/"),
            ("/dav/walikota?a=1", "?a=1"),
            ("/dav/walikota", "/dav/walikota"),
            ("/dav/agenda/", "/dav/agenda/"),
        ] {
            assert_eq!(masker.ending(target, &said), ending, "{target}");
        }
        // What an answer said is masked there too, so that a replay asks for what stands for it.
        assert_eq!(
            masker.ending("/dav/b@kota.example/", &said),
            "/dav/b@kota.example/"
        );
    }
}
