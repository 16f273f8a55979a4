//! What the connectors say of all apps together, in words and as CSV (RFC 4180): which apps overlap and why, and the
//! record of processing.
//!
//! Owns those sentences for pages, downloads and the command line alike. It must never judge: the manifest did.

use crate::when;
use crate::words::{Value, knows, say};
use divos_manifest::{Basis, Overlap, Processing, Relation};
use divos_model::{Audience, Kind, Lang};
use std::collections::BTreeMap;

/// What units are called, by their codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitNames(BTreeMap<String, String>);

impl FromIterator<(String, String)> for UnitNames {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(named: I) -> Self {
        Self(named.into_iter().collect())
    }
}

impl UnitNames {
    /// Returns the name of a unit; nothing where the directory does not hold it.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(String::as_str)
    }

    /// Returns the name with the code behind it; the code alone where the directory does not hold the unit.
    #[must_use]
    pub fn with_code(&self, code: &str) -> String {
        match self.get(code) {
            Some(name) => format!("{name} ({code})"),
            None => code.to_owned(),
        }
    }
}

/// Says what two apps are to each other.
#[must_use]
pub fn relation(relation: Relation, lang: Lang) -> String {
    let key = match relation {
        Relation::Duplicate => "overlap-duplicate",
        Relation::Instance => "overlap-instance",
        Relation::Channel => "overlap-channel",
    };
    say(lang, key, &[])
}

/// Says how strong the evidence is, in whole percent.
#[must_use]
pub fn strength(overlap: &Overlap) -> String {
    percent(overlap.strength)
}

/// Says why two apps overlap, the weightiest reason first.
#[must_use]
pub fn why(overlap: &Overlap, lang: Lang) -> Vec<String> {
    let evidence = &overlap.evidence;
    let with = |key: &str, x: &str| say(lang, key, &[("x", Value::Text(x))]);
    let mut said = Vec::new();
    if evidence.shared_items > 0 {
        let n = [("n", Value::Count(evidence.shared_items))];
        said.push(say(lang, "overlap-why-items", &n));
    }
    said.extend(
        evidence
            .product
            .iter()
            .map(|x| with("overlap-why-product", x)),
    );
    said.extend(evidence.site.iter().map(|x| with("overlap-why-site", x)));
    if let Some(purpose) = &evidence.capability {
        let purpose = capability(purpose, lang);
        let of = u64::try_from(evidence.of_capability).unwrap_or(u64::MAX);
        let values = [("x", Value::Text(&purpose)), ("n", Value::Count(of))];
        said.push(say(lang, "overlap-why-capability", &values));
    }
    if evidence.names >= 0.2 {
        said.push(with("overlap-why-names", &percent(evidence.names)));
    }
    if !evidence.kinds.is_empty() {
        let kinds = evidence.kinds.iter().map(|kind| kind_word(kind, lang));
        said.push(with(
            "overlap-why-kinds",
            &kinds.collect::<Vec<_>>().join(", "),
        ));
    }
    for (is, key) in [
        (evidence.same_owner, "overlap-why-owner"),
        (evidence.same_people, "overlap-why-people"),
        (evidence.city_and_national, "overlap-why-national"),
    ] {
        if is {
            said.push(say(lang, key, &[]));
        }
    }
    said
}

/// Writes the overlaps as CSV, with a heading in the reader's language.
#[must_use]
pub fn overlap_csv(overlaps: &[Overlap], lang: Lang) -> String {
    let heading = [
        "overlap-col-one",
        "overlap-col-one-title",
        "overlap-col-one-owner",
        "overlap-col-other",
        "overlap-col-other-title",
        "overlap-col-other-owner",
        "overlap-col-relation",
        "overlap-col-strength",
        "overlap-col-items",
        "overlap-col-why",
    ];
    let row = |o: &Overlap| {
        vec![
            o.one.app.to_string(),
            o.one.title.clone(),
            o.one.owner.clone().unwrap_or_default(),
            o.other.app.to_string(),
            o.other.title.clone(),
            o.other.owner.clone().unwrap_or_default(),
            relation(o.relation, lang),
            strength(o),
            o.evidence.shared_items.to_string(),
            why(o, lang).join("; "),
        ]
    };
    table(&heading, overlaps.iter().map(row), lang)
}

/// Writes the record of processing as CSV: one row for each field of each source.
#[must_use]
pub fn processing_csv(records: &[Processing], lang: Lang) -> String {
    let heading = [
        "processing-col-app",
        "processing-col-title",
        "processing-col-owner",
        "processing-col-purpose",
        "processing-col-basis",
        "processing-col-class",
        "processing-col-personal",
        "processing-col-audience",
        "processing-col-retain",
        "processing-col-source",
        "processing-col-kind",
        "processing-col-target",
        "processing-col-from",
        "processing-col-done",
        "processing-col-version",
    ];
    let rows = records.iter().flat_map(|record| {
        let whole = vec![
            record.app.clone(),
            record.title.clone(),
            record.owner.clone().unwrap_or_default(),
            purpose(record, lang),
            basis(record.basis, lang),
            record.class.label(lang).to_owned(),
            record.personal_data.label(lang).to_owned(),
            audience(&record.audience, &UnitNames::default(), lang),
            retain(record, lang),
        ];
        record.sources.iter().flat_map(move |source| {
            let whole = whole.clone();
            source.fields.iter().map(move |field| {
                let mut row = whole.clone();
                row.extend([
                    source.name.clone(),
                    kind_word(source.kind, lang),
                    field.target.clone(),
                    field.from.join(", "),
                    field
                        .personal
                        .map_or_else(String::new, |word| done(word, lang)),
                    record.version.clone(),
                ]);
                row
            })
        })
    });
    table(&heading, rows, lang)
}

/// Says why the hub reads an app's data: the connector's own sentence, else what the app is for.
#[must_use]
pub fn purpose(record: &Processing, lang: Lang) -> String {
    let stated = record.purpose.clone();
    stated.unwrap_or_else(|| match &record.capability {
        Some(word) => say(
            lang,
            "processing-purpose",
            &[("x", Value::Text(&capability(word, lang)))],
        ),
        None => say(lang, "processing-purpose-none", &[]),
    })
}

/// Says it in a word or two where that says as much: what the app is for.
pub(crate) fn purpose_in_short(record: &Processing, lang: Lang) -> String {
    match (&record.purpose, &record.capability) {
        (None, Some(word)) => capability(word, lang),
        _ => purpose(record, lang),
    }
}

/// Says how long an item is kept.
#[must_use]
pub fn retain(record: &Processing, lang: Lang) -> String {
    match record.retain_seconds {
        Some(seconds) => when::span(seconds, lang),
        None => say(lang, "processing-retain-source", &[]),
    }
}

pub(crate) fn basis(basis: Basis, lang: Lang) -> String {
    let key = match basis {
        Basis::Consent => "processing-basis-consent",
        Basis::Contract => "processing-basis-contract",
        Basis::LegalObligation => "processing-basis-obligation",
        Basis::VitalInterest => "processing-basis-vital",
        Basis::PublicTask => "processing-basis-task",
        Basis::LegitimateInterest => "processing-basis-interest",
    };
    say(lang, key, &[])
}

/// Says what is done to a field with personal data, by the grammar's word.
pub(crate) fn done(word: &str, lang: Lang) -> String {
    let key = match word {
        "keep" => "processing-done-keep",
        "mask_for_others" => "processing-done-others",
        "mask" => "processing-done-mask",
        "hash" => "processing-done-hash",
        "drop" => "processing-done-drop",
        _ => return word.to_owned(),
    };
    say(lang, key, &[])
}

/// Says who it is for, without naming persons.
pub(crate) fn audience(audience: &Audience, names: &UnitNames, lang: Lang) -> String {
    let mut parts = Vec::new();
    let with = |key: &str, x: &str| say(lang, key, &[("x", Value::Text(x))]);
    if audience.everyone {
        parts.push(say(lang, "audience-everyone", &[]));
    }
    parts.extend(audience.units.iter().map(|unit| {
        let key = match unit.subtree {
            true => "audience-under",
            false => "audience-unit",
        };
        with(key, &names.with_code(unit.code.as_str()))
    }));
    for (key, n) in [
        ("audience-persons", audience.persons.len()),
        ("audience-posts", audience.posts.len()),
    ] {
        if n > 0 {
            parts.push(say(lang, key, &[("n", Value::Count(n as u64))]));
        }
    }
    parts.extend(
        audience
            .roles
            .iter()
            .map(|role| with("audience-role", role)),
    );
    parts.join("; ")
}

/// Says what an app is for: a capability that the hub knows in words, anything else as it is written.
pub(crate) fn capability(word: &str, lang: Lang) -> String {
    let key = format!("capability-{word}");
    if knows(&key) {
        say(lang, &key, &[])
    } else {
        word.to_owned()
    }
}

/// Says a kind of item.
pub(crate) fn kind_word(word: &str, lang: Lang) -> String {
    let kind: Option<Kind> = word.parse().ok();
    kind.map_or(word, |kind| kind.label(lang)).to_owned()
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Writes a table. A cell that a spreadsheet would run as a formula is led by an apostrophe.
fn table(heading: &[&str], rows: impl Iterator<Item = Vec<String>>, lang: Lang) -> String {
    let mut written = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let heading = heading.iter().map(|key| say(lang, key, &[]));
    let rows = std::iter::once(heading.collect()).chain(rows);
    for row in rows {
        let cells = row.iter().map(|cell| plain(cell));
        // Memory takes every row.
        let _ = written.write_record(cells.collect::<Vec<String>>());
    }
    String::from_utf8(written.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn plain(cell: &str) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_and_never_a_formula() {
        let rows = [vec!["=1+1".to_owned(), "a, \"b\"\nc".to_owned()]];
        let written = table(
            &["overlap-col-one", "overlap-col-other"],
            rows.into_iter(),
            Lang::Id,
        );
        let mut lines = written.splitn(2, "\r\n");
        assert!(
            lines
                .next()
                .is_some_and(|line| !line.contains("overlap-col"))
        );
        assert_eq!(lines.next(), Some("'=1+1,\"a, \"\"b\"\"\nc\"\r\n"));
    }
}
