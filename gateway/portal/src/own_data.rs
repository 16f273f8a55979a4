//! What each part of a person's own data is, why it is kept and how long, in words.
//!
//! Owns those sentences for the page and the file alike. It must never know a person.

use crate::when;
use crate::words::{Value, say};
use chrono::TimeDelta;
use divos_model::Lang;

/// The parts, in the order of the page and of the file.
pub(crate) const PARTS: [&str; 8] = [
    "account", "posts", "sessions", "tokens", "marks", "items", "work", "log",
];

/// What one part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name in the file.
    pub part: &'static str,
    /// What is kept.
    pub what: String,
    /// Why.
    pub why: String,
    /// How long.
    pub kept: String,
}

/// Tells of every part; a session ends after `lives` whatever happens.
#[must_use]
pub fn about(lang: Lang, lives: TimeDelta) -> Vec<About> {
    let seconds = u64::try_from(lives.num_seconds()).unwrap_or_default();
    let lives = when::span(seconds, lang);
    let said = |part: &str, of: &str| {
        let key = format!("about-{part}-{of}");
        say(lang, &key, &[("x", Value::Text(&lives))])
    };
    let one = |part: &&'static str| About {
        part,
        what: said(part, "what"),
        why: said(part, "why"),
        kept: said(part, "kept"),
    };
    PARTS.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_told_in_both_languages() {
        for lang in [Lang::Id, Lang::En] {
            for told in about(lang, TimeDelta::hours(12)) {
                for words in [&told.what, &told.why, &told.kept] {
                    assert!(words.contains(' ') && !words.contains("about-"), "{told:?}");
                }
            }
        }
        let sessions = &about(Lang::Id, TimeDelta::hours(12))[2];
        assert!(sessions.kept.contains("12 jam"), "{sessions:?}");
    }
}
