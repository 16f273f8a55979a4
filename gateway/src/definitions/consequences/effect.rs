//! What a difference between two definitions does to the data. Pure: it sees values by path, and no file.

use divos_manifest::{Explained, Pii, parse_duration, parse_size};
use divos_model::{PersonalData, Sensitivity};
use std::collections::{BTreeMap, BTreeSet};

/// What a difference does to the data, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Nothing is read any more: the items go.
    Deleted,
    /// Every item gets another id.
    Rekeyed,
    /// More people may see more, or personal data is hidden less.
    Widened,
    /// The hub may now delete what it kept before.
    DeletesMore,
    /// Items are kept for a shorter time.
    ShorterKept,
    /// What is asked for or how pages follow: everything is read again.
    Refetched,
    /// What a record becomes.
    Remapped,
    /// Who an item is for.
    Audience,
    /// Fewer people may see less.
    Tightened,
    /// How gone records are recognised, without deleting more.
    DeletesLess,
    /// Where the app is.
    Address,
    /// How the hub or people sign in, and who may open what.
    Access,
    /// How often and when.
    Schedule,
    /// New data.
    Added,
    /// Nothing that the data notices.
    Setting,
}

impl Effect {
    /// Tells whether data or its protection is lost.
    pub(crate) fn is_destructive(self) -> bool {
        self <= Self::ShorterKept
    }

    /// Its name for programs.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Rekeyed => "re-keyed",
            Self::Widened => "privacy-widened",
            Self::DeletesMore => "deletes-more",
            Self::ShorterKept => "kept-shorter",
            Self::Refetched => "re-fetched",
            Self::Remapped => "re-mapped",
            Self::Audience => "audience",
            Self::Tightened => "privacy-tightened",
            Self::DeletesLess => "deletes",
            Self::Address => "address",
            Self::Access => "access",
            Self::Schedule => "schedule",
            Self::Added => "added",
            Self::Setting => "setting",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) effect: Effect,
    pub(crate) connector: String,
    pub(crate) source: Option<String>,
    pub(crate) path: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

type Values<'a> = BTreeMap<&'a str, &'a str>;

/// Compares two states of one connector; a missing state is a connector that was not or is no more.
pub(crate) fn compare(
    id: &str,
    old: Option<&Vec<Explained>>,
    new: Option<&Vec<Explained>>,
) -> Vec<Change> {
    let empty = Vec::new();
    let (old, new) = (old.unwrap_or(&empty), new.unwrap_or(&empty));
    let (old, new) = (values(old), values(new));
    let (was, is) = (names(&old), names(&new));
    let pair = Pair {
        id,
        old: &old,
        new: &new,
        was: &was,
        is: &is,
    };
    let mut changes = pair.sources();
    let paths: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    for path in paths {
        changes.extend(pair.value(path));
    }
    changes
}

fn values(list: &[Explained]) -> Values<'_> {
    list.iter()
        .map(|value| (value.path.as_str(), value.value.as_str()))
        .collect()
}

/// Finds the source that a path speaks of, and the rest of the path.
fn within_source(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("sources.")?.split_once('.')
}

struct Pair<'a> {
    id: &'a str,
    old: &'a Values<'a>,
    new: &'a Values<'a>,
    /// The sources of either.
    was: &'a BTreeSet<&'a str>,
    is: &'a BTreeSet<&'a str>,
}

impl<'a> Pair<'a> {
    /// Sources that are gone or new, as a whole.
    fn sources(&self) -> Vec<Change> {
        let (old, new) = (self.was, self.is);
        let gone = old.difference(new).map(|name| (Effect::Deleted, *name));
        let added = new.difference(old).map(|name| (Effect::Added, *name));
        let change = |(effect, name): (Effect, &str)| {
            let path = format!("sources.{name}");
            let deletes = |values: &Values<'_>| {
                let prefix = format!("{path}.deletes");
                let found = values.iter().find(|(key, _)| key.starts_with(&prefix));
                found.map(|(key, value)| format!("{}: {value}", &key[path.len() + 1..]))
            };
            Change {
                effect,
                connector: self.id.to_owned(),
                source: Some(name.to_owned()),
                before: deletes(self.old),
                after: deletes(self.new),
                path,
            }
        };
        gone.chain(added).map(change).collect()
    }

    fn value(&self, path: &str) -> Option<Change> {
        let (before, after) = (self.old.get(path).copied(), self.new.get(path).copied());
        if same(before, after) {
            return None;
        }
        let source = within_source(path);
        if let Some((name, _)) = source {
            let both = self.was.contains(name) && self.is.contains(name);
            if !both {
                return None;
            }
        }
        if self.old.is_empty() || self.new.is_empty() {
            return None;
        }
        let effect = match source {
            Some((name, rest)) => self.of_source(name, rest),
            None => self.of_connector(path, before, after),
        };
        Some(Change {
            effect,
            connector: self.id.to_owned(),
            source: source.map(|(name, _)| name.to_owned()),
            path: path.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        })
    }

    fn of_source(&self, name: &str, rest: &str) -> Effect {
        let first = rest.split(['.', '[']).next().unwrap_or_default();
        match first {
            "map" if rest == "map.id" => Effect::Rekeyed,
            "map" if rest.starts_with("map.audience") => Effect::Audience,
            "map" => Effect::Remapped,
            // The kind is part of an item's id.
            "to" => Effect::Rekeyed,
            "deletes" => self.deletes(name),
            "every" => Effect::Schedule,
            _ if matches!(rest.rsplit('.').next(), Some("base" | "host" | "port")) => {
                Effect::Address
            }
            _ => Effect::Refetched,
        }
    }

    /// A change of the delete rule deletes more where the hub sweeps or counts days and did not before,
    /// where it waits a shorter time, or where another rule decides.
    fn deletes(&self, name: &str) -> Effect {
        let rule = |values: &Values<'_>| {
            let prefix = format!("sources.{name}.deletes");
            let found = values.iter().find(|(path, _)| path.starts_with(&prefix))?;
            let key = found.0[prefix.len()..].trim_start_matches('.');
            let (word, value) = match key {
                "" => (*found.1, ""),
                key => (key, *found.1),
            };
            let word = if word.starts_with("sweep") {
                "sweep"
            } else {
                word
            };
            Some((word.to_owned(), value.to_owned()))
        };
        match (rule(self.old), rule(self.new)) {
            (_, Some((now, _))) if now == "never" => Effect::DeletesLess,
            (Some((was, before)), Some((now, after))) if was == "ttl" && now == "ttl" => {
                match parse_duration(&after) < parse_duration(&before) {
                    true => Effect::DeletesMore,
                    false => Effect::DeletesLess,
                }
            }
            (Some((was, _)), Some((now, _))) if was == "sweep" && now == "sweep" => {
                Effect::DeletesLess
            }
            _ => Effect::DeletesMore,
        }
    }

    fn of_connector(&self, path: &str, before: Option<&str>, after: Option<&str>) -> Effect {
        let mut steps = path.split(['.', '[']);
        match (
            steps.next().unwrap_or_default(),
            steps.next().unwrap_or_default(),
        ) {
            ("privacy", "audience") => self.audience(),
            ("privacy", what) => privacy(what, before, after),
            ("app", "upstreams" | "hosts" | "host" | "send_host" | "networks") => Effect::Address,
            ("app", "sso" | "rules") | ("auth", _) => Effect::Access,
            // Times without a zone are other moments then, and the texts are of another language.
            ("metadata", "zone" | "lang") => Effect::Remapped,
            _ => Effect::Setting,
        }
    }

    /// Widened where anybody is named now who was not named before.
    fn audience(&self) -> Effect {
        let members = |values: &Values<'_>| -> BTreeSet<(String, String)> {
            values
                .iter()
                .filter_map(|(path, value)| Some((path.strip_prefix("privacy.audience")?, value)))
                .map(|(path, value)| {
                    let key = path.split('[').next().unwrap_or_default();
                    (key.to_owned(), (*value).to_owned())
                })
                .collect()
        };
        let (old, new) = (members(self.old), members(self.new));
        let is_all = |set: &BTreeSet<(String, String)>| {
            set.iter()
                .any(|(key, value)| key.is_empty() && value == "everyone")
        };
        match (is_all(&old), is_all(&new)) {
            (true, false) => Effect::Tightened,
            (false, true) => Effect::Widened,
            _ if new.is_subset(&old) && !new.is_empty() => Effect::Tightened,
            _ => Effect::Widened,
        }
    }
}

fn names<'a>(values: &Values<'a>) -> BTreeSet<&'a str> {
    let named = values.keys().filter_map(|path| within_source(path));
    named.map(|(name, _)| name).collect()
}

fn privacy(what: &str, before: Option<&str>, after: Option<&str>) -> Effect {
    let wider = match what {
        "class" => rank::<Sensitivity>(after) < rank(before),
        "personal_data" => rank::<PersonalData>(after) < rank(before),
        "pii" => pii(after) < pii(before),
        "retain" => {
            let long = |text: Option<&str>| text.and_then(parse_duration);
            return match (long(before), long(after)) {
                (Some(_), None) => Effect::Widened,
                (Some(before), Some(after)) if after > before => Effect::Widened,
                _ => Effect::ShorterKept,
            };
        }
        _ => return Effect::Setting,
    };
    if wider {
        Effect::Widened
    } else {
        Effect::Tightened
    }
}

/// A word that is not ranked counts as the strictest before, and so as widened after.
fn rank<T: std::str::FromStr>(word: Option<&str>) -> Option<T> {
    word?.parse().ok()
}

/// How well a field is hidden; not at all where no rule names it.
fn pii(word: Option<&str>) -> Pii {
    let known = word.and_then(|word| Pii::ALL.iter().find(|(known, _)| *known == word));
    known.map_or(Pii::Keep, |(_, pii)| *pii)
}

/// Tells whether two values mean the same: `15m` and `900s` do.
fn same(before: Option<&str>, after: Option<&str>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return before == after;
    };
    let durations = (parse_duration(before), parse_duration(after));
    let sizes = (parse_size(before), parse_size(after));
    before == after
        || matches!(durations, (Some(b), Some(a)) if a == b)
        || matches!(sizes, (Some(b), Some(a)) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_manifest::{LoadOptions, load_str};

    const BASE: &str = r#"
metadata: { name: surat, title: Surat, owner: "011301" }
app: { upstreams: ["https://surat.example"] }
sources:
  masuk:
    rest: { get: /api/surat }
    every: 15m
    deletes: never
    to: letter
    map: { id: nomor, title: perihal, from: dari }
privacy: { class: restricted, pii: { from: mask }, retain: 365d, audience: { unit: "011301" } }
"#;

    fn explained(yaml: &str) -> Vec<Explained> {
        let loaded = load_str("surat.yaml", yaml, LoadOptions::default());
        assert!(loaded.is_clean(), "{:?}", loaded.faults);
        loaded.explain("surat").expect("a tree")
    }

    #[test]
    fn each_difference_has_its_effect() {
        let old = explained(BASE);
        for (from, to, effect) in [
            ("id: nomor", "id: kode", Effect::Rekeyed),
            ("  masuk:", "  keluar:", Effect::Deleted),
            ("class: restricted", "class: internal", Effect::Widened),
            (
                "pii: { from: mask }",
                "pii: { from: keep }",
                Effect::Widened,
            ),
            (
                "pii: { from: mask }",
                "pii: { from: drop }",
                Effect::Tightened,
            ),
            (
                "audience: { unit: \"011301\" }",
                "audience: everyone",
                Effect::Widened,
            ),
            ("retain: 365d", "retain: 400d", Effect::Widened),
            ("retain: 365d", "retain: 30d", Effect::ShorterKept),
            ("deletes: never", "deletes: sweep", Effect::DeletesMore),
            ("title: perihal", "title: perihal | upper", Effect::Remapped),
            ("get: /api/surat", "get: /api/v2/surat", Effect::Refetched),
            ("every: 15m", "every: 1h", Effect::Schedule),
            (
                "https://surat.example",
                "https://baru.example",
                Effect::Address,
            ),
            ("title: Surat,", "title: Surat Dinas,", Effect::Setting),
        ] {
            assert!(BASE.contains(from), "{from}");
            let new = explained(&BASE.replace(from, to));
            let mut changes = compare("surat", Some(&old), Some(&new));
            changes.sort_by_key(|change| change.effect);
            assert_eq!(
                changes.first().map(|c| c.effect),
                Some(effect),
                "{from} → {to}: {changes:?}"
            );
        }
    }

    #[test]
    fn the_same_meaning_is_no_difference() {
        let (old, new) = (explained(BASE), explained(&BASE.replace("15m", "900s")));
        assert_eq!(compare("surat", Some(&old), Some(&new)), []);
    }
}
