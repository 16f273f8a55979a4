//! Which values of a recording have to be masked: secrets, what the connector's privacy marks, what a field's name
//! gives away, and what looks like a number or an address of a person.

use super::names;
use super::{BLOT, Made, Masker};
use crate::personal::personal;
use aho_corasick::{AhoCorasick, MatchKind};
use divos_adapters::infer::is_personal_name;
use divos_formats::html::Page;
use divos_manifest::{Connector, Path, Source};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// Shorter texts name nobody, and would be found in every other word.
const SHORTEST: usize = 4;
/// Shorter numbers are years and counts.
const FEWEST_DIGITS: usize = 6;

/// Learns values.
#[derive(Default)]
pub(in crate::cli::connector) struct Learner {
    secrets: BTreeSet<String>,
    /// Tokens that an app made up, each with what stands for it.
    tokens: BTreeMap<String, String>,
    /// Value → what stands for it.
    known: BTreeMap<String, String>,
}

impl Learner {
    /// Learns a secret. Of an address with a user and a password (a DSN), these are secrets of their own.
    pub(in crate::cli::connector) fn secret(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        self.secrets.insert(secret.to_owned());
        let login = secret.split_once("://").and_then(|(_, rest)| {
            let before = rest.split(['/', '?']).next()?;
            Some(before.rsplit_once('@')?.0)
        });
        for part in login.into_iter().flat_map(|login| login.split(':')) {
            let plain = percent_encoding::percent_decode_str(part).decode_utf8_lossy();
            for part in [part, &*plain] {
                if part.len() >= SHORTEST {
                    self.secrets.insert(part.to_owned());
                }
            }
        }
    }

    /// Learns from records: the fields that the connector's privacy marks, and those whose name says that they are a
    /// person's, read or not.
    pub(in crate::cli::connector) fn rows(
        &mut self,
        connector: &Connector,
        source: &Source,
        rows: &[Json],
    ) {
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
            paths
                .iter()
                .filter_map(|path| path.get(row))
                .for_each(|value| self.value(value));
            self.tree(row);
        }
    }

    /// Learns every text and number of a value.
    pub(in crate::cli::connector) fn value(&mut self, value: &Json) {
        match value {
            Json::String(text) => self.person(text),
            Json::Number(number) => self.person(&number.to_string()),
            Json::Array(list) => list.iter().for_each(|value| self.value(value)),
            Json::Object(fields) => fields.values().for_each(|value| self.value(value)),
            Json::Null | Json::Bool(_) => {}
        }
    }

    fn person(&mut self, text: &str) {
        let text = text.trim();
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let least = if digits { FEWEST_DIGITS } else { SHORTEST };
        if text.chars().count() >= least {
            self.stand_in(text);
        }
        // As it is seen where it is said.
        let close = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(made) = self.known.get(text).filter(|_| close != text) {
            let made = made.clone();
            self.known.entry(close).or_insert(made);
        }
    }

    /// Learns what lies under names of people, and the tokens under names of secrets.
    fn named(&mut self, value: &Json) {
        match value {
            Json::Array(list) => list.iter().for_each(|value| self.named(value)),
            Json::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Json::String(text) if names::is_secret(name) => self.token(text),
                        _ if is_personal_name(name) => self.called(value),
                        _ => self.named(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// Learns texts that may be a name; a single word in lower case is a state (`aktif`).
    fn called(&mut self, value: &Json) {
        match value {
            Json::String(text) if text.chars().any(|c| !c.is_lowercase() && c != '_') => {
                self.person(text)
            }
            Json::Number(_) => self.value(value),
            Json::Array(list) => list.iter().for_each(|value| self.called(value)),
            Json::Object(fields) => fields.values().for_each(|value| self.called(value)),
            _ => {}
        }
    }

    /// Learns from a page: the cells of people's columns, and the tokens of its forms.
    pub(in crate::cli::connector) fn page(&mut self, page: &Page) {
        for text in page.labelled(is_personal_name) {
            self.called(&Json::from(text));
        }
        let forms = page.forms("http://127.0.0.1/");
        for field in forms.iter().flat_map(|form| &form.fields) {
            let hidden = field.kind == "hidden" && names::looks_random(&field.value);
            if hidden || names::is_secret(&field.name) {
                self.token(&field.value);
            }
        }
        page.forgery_tokens().for_each(|token| self.token(&token));
    }

    /// Learns what looks personal in any text, and the secrets in its addresses and tags.
    pub(in crate::cli::connector) fn text(&mut self, text: &str) {
        for found in personal(text) {
            self.stand_in(&found);
        }
        for token in names::tokens(text) {
            self.token(token);
        }
    }

    /// Learns from a document that is a tree.
    pub(in crate::cli::connector) fn tree(&mut self, json: &Json) {
        self.named(json);
        self.json(json);
    }

    /// Learns from a tree as from a text.
    pub(in crate::cli::connector) fn json(&mut self, json: &Json) {
        match json {
            Json::String(text) => self.text(text),
            Json::Number(number) => self.text(&number.to_string()),
            Json::Array(list) => list.iter().for_each(|value| self.json(value)),
            Json::Object(fields) => {
                for (name, value) in fields {
                    self.text(name);
                    self.json(value);
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// Learns a token that an app made up.
    pub(in crate::cli::connector) fn token(&mut self, token: &str) {
        let token = token.trim();
        if token.len() >= FEWEST_DIGITS && !self.secrets.contains(token) {
            let next = self.tokens.len() + 1;
            let made = || format!("token-contoh-{next}");
            self.tokens.entry(token.to_owned()).or_insert_with(made);
        }
    }

    /// What stands for a value: of the same length for numbers, plainly made up otherwise.
    fn stand_in(&mut self, value: &str) {
        if is_made(value) {
            return;
        }
        let next = self.known.len() + 1;
        let made = || match value {
            mail if mail.contains('@') => format!("contoh{next}@example.invalid"),
            digits if digits.bytes().all(|b| b.is_ascii_digit()) => {
                // No leading zero: a number stays a number of the same length.
                format!("9{next:0>width$}", width = digits.len() - 1)
            }
            date if day(date).is_some() => day(date).unwrap_or_default(),
            phone if !phone.chars().any(char::is_alphabetic) => format!("0800{next:0>6}"),
            _ => format!("Contoh {next}"),
        };
        self.known.entry(value.to_owned()).or_insert_with(made);
    }

    /// Ends the learning.
    ///
    /// # Errors
    /// There are more values than can be looked for at once.
    pub(in crate::cli::connector) fn masker(self) -> anyhow::Result<Masker> {
        let mut forms: BTreeMap<String, Made> = BTreeMap::new();
        // What stands for a value is looked for too, so that nothing is found within it.
        for made in self.known.values().chain(self.tokens.values()) {
            let (made, counts, digits) = (made.clone(), false, false);
            forms.insert(
                made.clone(),
                Made {
                    made,
                    counts,
                    digits,
                },
            );
        }
        let secrets = self.secrets.iter().map(|secret| (secret, BLOT));
        let tokens = self
            .tokens
            .iter()
            .map(|(token, made)| (token, made.as_str()));
        let known = self
            .known
            .iter()
            .map(|(value, made)| (value, made.as_str()));
        for (value, made) in known.chain(tokens).chain(secrets) {
            let digits = value.bytes().all(|b| b.is_ascii_digit());
            for (written, made) in written(value, made) {
                let counts = written != made;
                forms.insert(
                    written,
                    Made {
                        made,
                        counts,
                        digits,
                    },
                );
            }
        }
        let (values, made): (Vec<String>, Vec<Made>) = forms.into_iter().unzip();
        let mut builder = AhoCorasick::builder();
        Ok(Masker {
            values: builder
                .match_kind(MatchKind::LeftmostLongest)
                .build(&values)?,
            made,
            masked: self.known.len(),
        })
    }
}

/// Tells whether a value is one that stands for another, or a part of it, as in a recording of a recording.
fn is_made(value: &str) -> bool {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let behind = |before: &str| value.strip_prefix(before).is_some_and(number);
    let mail = value.strip_suffix("@example.invalid");
    "contoh".contains(&*value.to_lowercase())
        || "example.invalid".contains(value)
        || behind("Contoh ")
        || mail.is_some_and(|name| name.strip_prefix("contoh").is_some_and(number))
        || (value.len() == 10 && behind("0800"))
        || value.strip_prefix('9').is_some_and(|rest| {
            number(rest)
                && rest.len() > 6
                && rest.starts_with("00")
                && rest.trim_start_matches('0').len() <= 6
        })
}

/// A day in the place of another one: `1985-02-03` and `03/02/1985` stay days.
fn day(text: &str) -> Option<String> {
    let separator = text.chars().find(|c| matches!(c, '-' | '/'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let number = |part: &&str, length: usize| {
        part.len() == length && part.bytes().all(|b| b.is_ascii_digit())
    };
    let day = match parts.as_slice() {
        [year, month, day] if number(year, 4) && number(month, 2) && number(day, 2) => {
            ["1990", "01", "01"]
        }
        [day, month, year] if number(year, 4) && number(month, 2) && number(day, 2) => {
            ["01", "01", "1990"]
        }
        _ => return None,
    };
    Some(day.join(&separator.to_string()))
}

/// The ways in which documents write a value, with what stands for it there.
fn written(value: &str, made: &str) -> Vec<(String, String)> {
    let mut all = vec![(value.to_owned(), made.to_owned())];
    let markup = |quote: &str, apostrophe: &str| {
        value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', quote)
            .replace('\'', apostrophe)
    };
    let quotes = ["\"", "&quot;", "&#34;"];
    let apostrophes = ["'", "&#39;", "&#039;", "&apos;", "&#x27;"];
    for quote in quotes {
        for apostrophe in apostrophes {
            all.push((markup(quote, apostrophe), made.to_owned()));
        }
    }
    // Separated text doubles quotes; a calendar escapes (RFC 5545, section 3.3.11).
    all.push((value.replace('"', "\"\""), made.to_owned()));
    let escaped = ["\\", ",", ";"]
        .iter()
        .fold(value.to_owned(), |text, sign| {
            text.replace(sign, &format!("\\{sign}"))
        });
    all.push((escaped, made.to_owned()));
    let json = |text: &str| serde_json::Value::from(text).to_string();
    all.push((json(value).trim_matches('"').to_owned(), made.to_owned()));
    // Addresses.
    let percent = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let form =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    all.push((percent(value), percent(made)));
    all.push((form(value), form(made)));
    // A plain word is written alike everywhere, and then stands for itself.
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all.dedup_by(|a, b| a.0 == b.0);
    all
}
