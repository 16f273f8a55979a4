//! The words people see, in Indonesian and English, compiled in from `words/*.ftl`.
//!
//! Owns the two bundles and how a sentence is formed from them. It must never know a page. That both
//! languages hold the same keys, and every key that is used, is held by the tests below.

#![allow(
    clippy::disallowed_types,
    reason = "compiled-in text, parsed once: a constant, not a state"
)]

use divos_model::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

/// The words as they are written, one file a language.
const WRITTEN: [(Lang, &str); 2] = [
    (Lang::Id, include_str!("../words/id.ftl")),
    (Lang::En, include_str!("../words/en.ftl")),
];

type Bundle = FluentBundle<FluentResource>;

/// Compiled-in text, parsed once: a constant, not a state.
static BUNDLES: LazyLock<[Bundle; 2]> =
    LazyLock::new(|| WRITTEN.map(|(lang, text)| bundle(lang, text)));

fn bundle(lang: Lang, text: &str) -> Bundle {
    let tag = lang.tag().parse().expect("our own tags are BCP 47");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Isolation marks would end up in attributes and in copied text.
    bundle.set_use_isolating(false);
    let resource =
        FluentResource::try_new(text.to_owned()).unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}

fn of(lang: Lang) -> &'static Bundle {
    match lang {
        Lang::Id => &BUNDLES[0],
        Lang::En => &BUNDLES[1],
    }
}

/// One value that a sentence needs.
pub(crate) enum Value<'a> {
    /// A number, which also decides between singular and plural. Written as the language does.
    Count(u64),
    /// Words.
    Text(&'a str),
}

/// Returns the sentence `key`. A key that is not defined is its own sentence; the tests keep that
/// from happening.
pub(crate) fn say(lang: Lang, key: &str, values: &[(&str, Value<'_>)]) -> String {
    let bundle = of(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut args = FluentArgs::new();
    for (name, value) in values {
        match value {
            Value::Count(n) => {
                args.set(*name, *n as f64);
                args.set(format!("{name}-said"), number(lang, *n));
            }
            Value::Text(text) => args.set(*name, FluentValue::from(*text)),
        }
    }
    let mut faults = Vec::new();
    bundle
        .format_pattern(pattern, Some(&args), &mut faults)
        .into_owned()
}

/// Tells whether a key is defined.
pub(crate) fn knows(key: &str) -> bool {
    of(Lang::Id).has_message(key)
}

/// Writes a whole number as the language groups it: `12.345` or `12,345`.
pub(crate) fn number(lang: Lang, n: u64) -> String {
    let mark = if lang == Lang::Id { '.' } else { ',' };
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(mark);
        }
        out.push(digit);
    }
    out
}

/// Writes a number with at most two decimals: `1.234,5` or `1,234.5`.
pub(crate) fn decimal(lang: Lang, value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    let text = format!("{:.2}", value.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole
        .parse()
        .map_or_else(|_| whole.to_owned(), |n| number(lang, n));
    let part = part.trim_end_matches('0');
    let sign = if value < 0.0 { "−" } else { "" };
    let mark = if lang == Lang::Id { ',' } else { '.' };
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}{mark}{part}")
    }
}

/// Writes a size: `1,4 MB`.
pub(crate) fn size(lang: Lang, bytes: u64) -> String {
    let (value, unit) = match bytes {
        0..1_000 => (bytes as f64, "B"),
        1_000..1_000_000 => (bytes as f64 / 1e3, "kB"),
        1_000_000..1_000_000_000 => (bytes as f64 / 1e6, "MB"),
        _ => (bytes as f64 / 1e9, "GB"),
    };
    format!("{} {unit}", decimal(lang, (value * 10.0).round() / 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Key → the variables that its sentence uses.
    fn defined(text: &str) -> BTreeMap<String, BTreeSet<String>> {
        let resource = FluentResource::try_new(text.to_owned());
        let resource =
            resource.unwrap_or_else(|(_, faults)| panic!("words do not parse: {faults:?}"));
        assert!(resource.entries().count() > 100);
        let mut keys = BTreeMap::new();
        let mut current = String::new();
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                current = line
                    .split(" =")
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_owned();
                assert!(
                    keys.insert(current.clone(), BTreeSet::new()).is_none(),
                    "{current} is defined twice"
                );
            }
            for part in line.split('$').skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                    .collect();
                let name = name
                    .trim_end_matches("-said")
                    .trim_end_matches('-')
                    .to_owned();
                keys.get_mut(&current)
                    .expect("a key before its text")
                    .insert(name);
            }
        }
        keys
    }

    /// Every quoted word of templates and code that has the form of a key.
    fn quoted(dir: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                quoted(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("text");
            let text = if path.extension().is_some_and(|e| e == "rs") {
                text.split("#[cfg(test)]")
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            } else {
                text
            };
            for piece in text.split('"').skip(1) {
                let fits = piece.len() < 60
                    && piece.bytes().all(|c| {
                        c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_'
                    });
                if fits {
                    found.insert(piece.to_owned());
                }
            }
        }
    }

    /// Every key that is said by name: `t("key")`, `n("key", …)`, `with("key", …)`.
    fn said(dir: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                said(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("text");
            for call in [
                "f.t(\"",
                "f.n(\"",
                "f.with(\"",
                "frame.t(\"",
                "frame.n(\"",
                "frame.with(\"",
                "say(lang, \"",
            ] {
                for piece in text.split(call).skip(1) {
                    found.insert(piece.split('"').next().unwrap_or_default().to_owned());
                }
            }
        }
    }

    fn root() -> std::path::PathBuf {
        std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"))
    }

    #[test]
    fn both_languages_hold_the_same_keys_and_variables() {
        let id = defined(WRITTEN[0].1);
        let en = defined(WRITTEN[1].1);
        assert_eq!(id, en);
    }

    #[test]
    fn every_key_that_is_said_is_defined() {
        let mut used = BTreeSet::new();
        said(&root().join("templates"), &mut used);
        said(&root().join("src"), &mut used);
        assert!(used.len() > 100, "only {} keys were found", used.len());
        let missing: Vec<_> = used
            .iter()
            .filter(|key| !key.is_empty() && !knows(key))
            .collect();
        assert!(missing.is_empty(), "not defined: {missing:?}");
    }

    #[test]
    fn every_defined_key_is_used() {
        let mut used = BTreeSet::new();
        quoted(&root().join("templates"), &mut used);
        quoted(&root().join("src"), &mut used);
        let by_rule = [
            "field-",
            "value-",
            "error-",
            "assignment-",
            "did-",
            "undo-",
            "actor-",
            "faq-",
            "op-state-",
            "relation-",
            "capability-",
            "proposal-",
            "ask-",
            "about-",
            "event-",
        ];
        let unused: Vec<_> = defined(WRITTEN[0].1)
            .into_keys()
            .filter(|key| !used.contains(key) && !by_rule.iter().any(|rule| key.starts_with(rule)))
            .collect();
        assert!(unused.is_empty(), "never used: {unused:?}");
    }

    #[test]
    fn numbers_are_written_as_each_language_does() {
        for (n, id, en) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1.000", "1,000"),
            (1_234_567, "1.234.567", "1,234,567"),
        ] {
            assert_eq!(
                (number(Lang::Id, n).as_str(), number(Lang::En, n).as_str()),
                (id, en)
            );
        }
        for (value, id, en) in [
            (1234.5, "1.234,5", "1,234.5"),
            (-0.256, "−0,26", "−0.26"),
            (2.0, "2", "2"),
            (f64::NAN, "", ""),
        ] {
            assert_eq!(
                (
                    decimal(Lang::Id, value).as_str(),
                    decimal(Lang::En, value).as_str()
                ),
                (id, en)
            );
        }
        assert_eq!(size(Lang::Id, 1_449_000), "1,4 MB");
    }

    #[test]
    fn english_has_a_singular() {
        assert_eq!(
            say(Lang::En, "when-minutes-ago", &[("n", Value::Count(1))]),
            "1 minute ago"
        );
        assert_eq!(
            say(Lang::En, "when-minutes-ago", &[("n", Value::Count(2))]),
            "2 minutes ago"
        );
        assert_eq!(
            say(Lang::Id, "when-minutes-ago", &[("n", Value::Count(1))]),
            "1 menit lalu"
        );
    }
}
