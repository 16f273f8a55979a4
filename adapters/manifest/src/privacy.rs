//! How private an app's data is. Tightened by whoever extends, never loosened.

use crate::fault::Note;
use crate::findings::Findings;
use crate::keys::{CLASSES, PERSONAL, PII_WORDS};
use crate::node::{Entry, Node, Span, Value};
use crate::parse_duration;
use crate::problem::Problem;
use divos_model::{Audience, PersonalData, Sensitivity};
use std::collections::BTreeSet;
use std::time::Duration;

/// The privacy of everything that a connector reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Privacy {
    /// Who may read it at most; `internal` unless the file says otherwise.
    pub class: Sensitivity,
    /// What personal data it holds (UU 27/2022); `none`, or `general` where `pii` names a field.
    pub personal_data: PersonalData,
    /// What happens to a target field that holds personal data, for example `actors.reporter` → mask.
    pub pii: Vec<(String, Pii)>,
    /// Why the hub reads it, in a sentence.
    pub purpose: Option<String>,
    /// On what basis.
    pub basis: Basis,
    /// How long an item is kept after its last change; `None` means as long as its source has it.
    pub retain: Option<Duration>,
    /// Who may see an item whose mapping does not say. Never empty unless the mapping says.
    pub audience: Audience,
}

impl Privacy {
    /// Tells what happens to a target of a mapping, by its full name: what is said of itself, else of the nearest
    /// field that it lies in. `None` where nothing is.
    #[must_use]
    pub fn pii_of(&self, target: &str) -> Option<Pii> {
        let said = self.pii.iter().filter(|(name, _)| covers(name, target));
        said.max_by_key(|(name, _)| name.len()).map(|(_, pii)| *pii)
    }
}

/// Tells whether a target is a field, or lies in it.
pub(crate) fn covers(field: &str, target: &str) -> bool {
    let rest = target.strip_prefix(field);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// On what basis personal data is processed (UU 27/2022, article 20, paragraph 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person agreed (a).
    Consent,
    /// A contract with the person (b).
    Contract,
    /// A legal obligation of the controller (c).
    LegalObligation,
    /// A vital interest of the person (d).
    VitalInterest,
    /// A task in the public interest, a public service or an authority that the law gives (e).
    PublicTask,
    /// Another legitimate interest (f).
    LegitimateInterest,
}

impl Basis {
    pub(crate) fn of(word: Option<&str>) -> Self {
        match word {
            Some("consent") => Self::Consent,
            Some("contract") => Self::Contract,
            Some("legal_obligation") => Self::LegalObligation,
            Some("vital_interest") => Self::VitalInterest,
            Some("legitimate_interest") => Self::LegitimateInterest,
            _ => Self::PublicTask,
        }
    }
}

/// What happens to a field with personal data, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pii {
    /// It is kept; stated so that it is known.
    Keep,
    /// It is masked for readers who have no need to know: whoever the item names in person, by post or by role, and
    /// who holds a post in the unit that it belongs to (the app's owner where it says none) reads it whole.
    MaskForOthers,
    /// It is masked: `I K*** S***`.
    Mask,
    /// It is replaced by a keyed hash.
    Hash,
    /// It is left out.
    Drop,
}

impl Pii {
    /// Every way with the word that the YAML uses.
    pub const ALL: &'static [(&'static str, Pii)] = &[
        ("keep", Self::Keep),
        ("mask_for_others", Self::MaskForOthers),
        ("mask", Self::Mask),
        ("hash", Self::Hash),
        ("drop", Self::Drop),
    ];
}

/// Reports whatever of `said` is looser than what a template `stated`.
pub(crate) fn tightened(stated: &Node, said: &Node, findings: &mut Findings) {
    if matches!(said.value, Value::Null) {
        return findings.note(
            loosened("privacy", "", ""),
            &said.span,
            vec![(Note::StatedHere, stated.span.clone())],
        );
    }
    for entry in said.entries() {
        let Some(before) = stated.entry(&entry.key) else {
            continue;
        };
        match &*entry.key {
            "class" => ranked(before, entry, CLASSES, "privacy.class", findings),
            "personal_data" => ranked(before, entry, PERSONAL, "privacy.personal_data", findings),
            "retain" => retained(before, entry, findings),
            "pii" => {
                for field in entry.node.entries() {
                    if let Some(before) = before.node.entry(&field.key) {
                        let name = format!("privacy.pii.{}", field.key);
                        ranked(before, field, PII_WORDS, &name, findings);
                    }
                }
                gone(before, entry, findings);
            }
            "audience" => narrowed(before, entry, findings),
            _ => {}
        }
    }
}

fn loosened(field: &str, from: &str, to: &str) -> Problem {
    let quoted = |text: &str| {
        if text.is_empty() {
            "–".to_owned()
        } else {
            format!("`{text}`")
        }
    };
    Problem::Loosened {
        field: field.to_owned(),
        from: quoted(from),
        to: quoted(to),
    }
}

fn say(field: &str, before: &Entry, after: &Entry, findings: &mut Findings) {
    let problem = loosened(field, &shown(&before.node), &shown(&after.node));
    findings.note(
        problem,
        &place(after),
        vec![(Note::StatedHere, place(before))],
    );
}

/// A value in a few words.
fn shown(node: &Node) -> String {
    let member = |(key, value): (String, String)| format!("{key}: {value}");
    match node.scalar() {
        Some(word) => word.to_owned(),
        None => members(node)
            .into_iter()
            .map(member)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// The place of a value; of its key where it is a whole map.
fn place(entry: &Entry) -> Span {
    match entry.node.value {
        Value::Map(_) | Value::Null => entry.key_span.clone(),
        _ => entry.node.span.clone(),
    }
}

/// Refuses a word that stands before the stated one, weakest first, and `null`.
fn ranked(before: &Entry, after: &Entry, words: &[&str], field: &str, findings: &mut Findings) {
    let rank = |entry: &Entry| {
        words
            .iter()
            .position(|word| Some(*word) == entry.node.text())
    };
    let gone = matches!(after.node.value, Value::Null);
    if gone || matches!((rank(before), rank(after)), (Some(b), Some(a)) if a < b) {
        say(field, before, after, findings);
    }
}

fn retained(before: &Entry, after: &Entry, findings: &mut Findings) {
    let long = |entry: &Entry| entry.node.text().and_then(parse_duration);
    let gone = matches!(after.node.value, Value::Null);
    if gone || matches!((long(before), long(after)), (Some(b), Some(a)) if a > b) {
        say("privacy.retain", before, after, findings);
    }
}

/// Refuses `pii: null`.
fn gone(before: &Entry, after: &Entry, findings: &mut Findings) {
    if matches!(after.node.value, Value::Null) {
        say(&format!("privacy.{}", before.key), before, after, findings);
    }
}

/// Refuses an audience that names anybody the stated one does not. Since maps merge, an added key or a
/// replaced list must stay within what was stated.
fn narrowed(before: &Entry, after: &Entry, findings: &mut Findings) {
    if before.node.text() == Some("everyone") && !matches!(after.node.value, Value::Null) {
        return;
    }
    let (stated, said) = (members(&before.node), members(&after.node));
    let gone = matches!(after.node.value, Value::Null);
    if gone || after.node.text() == Some("everyone") || !said.is_subset(&stated) {
        say("privacy.audience", before, after, findings);
    }
}

fn members(audience: &Node) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for entry in audience.entries() {
        let one = entry.node.scalar().into_iter();
        let many = entry.node.items().iter().filter_map(Node::scalar);
        found.extend(
            one.chain(many)
                .map(|value| (entry.key.to_string(), value.to_owned())),
        );
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_covers_what_lies_in_its_field_and_the_nearest_rule_counts() {
        let rules = [
            ("actors.reporter", Pii::Mask),
            ("actors.reporter.nik", Pii::Drop),
        ];
        let privacy = Privacy {
            class: Sensitivity::Internal,
            personal_data: PersonalData::General,
            pii: rules.map(|(name, way)| (name.to_owned(), way)).into(),
            purpose: None,
            basis: Basis::PublicTask,
            retain: None,
            audience: Audience::default(),
        };
        for (target, way) in [
            ("actors.reporter", Some(Pii::Mask)),
            ("actors.reporter.name", Some(Pii::Mask)),
            ("actors.reporter.nik", Some(Pii::Drop)),
            ("actors.reporters", None),
            ("actors", None),
        ] {
            assert_eq!(privacy.pii_of(target), way, "{target}");
        }
    }
}
