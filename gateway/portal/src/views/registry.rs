//! The operator's pages over all apps together: which overlap, and the record of processing.

use super::Badge;
use crate::frame::Frame;
use crate::registry::{
    UnitNames, audience, basis, done, kind_word, purpose, purpose_in_short, relation, retain,
    strength, why,
};
use askama::Template;
use divos_manifest::{Overlap, Processing, Relation, SourceProcessing};
use divos_model::{PersonalData, Sensitivity};

/// The most pairs that one page shows; the CSV holds all.
const SHOWN: usize = 200;

/// Two apps that overlap.
pub(crate) struct PairRow {
    pub(crate) one: Named,
    pub(crate) other: Named,
    pub(crate) is: Badge,
    pub(crate) strength: String,
    pub(crate) why: Vec<String>,
}

/// An app of a pair.
pub(crate) struct Named {
    pub(crate) app: String,
    pub(crate) title: String,
    pub(crate) owner: Option<String>,
}

/// A choice of what is shown.
pub(crate) struct Chip {
    pub(crate) href: String,
    pub(crate) word: String,
    pub(crate) current: bool,
}

/// `GET /ops/overlap`.
#[derive(Template)]
#[template(path = "overlap.html")]
pub(crate) struct OverlapView {
    pub(crate) f: Frame,
    pub(crate) chips: Vec<Chip>,
    pub(crate) rows: Vec<PairRow>,
    /// Pairs beyond those that are shown.
    pub(crate) more: usize,
}

impl OverlapView {
    pub(crate) fn of(
        f: Frame,
        found: &[Overlap],
        names: &UnitNames,
        only: Option<Relation>,
    ) -> Self {
        let chosen = |is: Option<Relation>| {
            let fits = move |o: &&Overlap| is.is_none_or(|is| o.relation == is);
            found.iter().filter(fits)
        };
        let chip = |is: Option<Relation>, word: String, href: String| Chip {
            word: format!("{word} ({})", chosen(is).count()),
            current: only == is,
            href,
        };
        let mut chips = vec![chip(None, f.t("chip-all"), "/ops/overlap".to_owned())];
        chips.extend(Relation::ALL.map(|(word, is)| {
            chip(
                Some(is),
                relation(is, f.lang),
                format!("/ops/overlap?is={word}"),
            )
        }));
        let pairs = chosen(only).count();
        let rows = chosen(only).take(SHOWN).map(|o| pair(o, names, &f));
        Self {
            rows: rows.collect(),
            chips,
            more: pairs.saturating_sub(SHOWN),
            f,
        }
    }
}

fn pair(o: &Overlap, names: &UnitNames, f: &Frame) -> PairRow {
    let named = |side: &divos_manifest::Side| Named {
        app: side.app.to_string(),
        title: side.title.clone(),
        owner: side.owner.as_deref().map(|code| names.with_code(code)),
    };
    let (tone, icon) = match o.relation {
        Relation::Duplicate => ("warn", "warn"),
        Relation::Instance => ("note", "apps"),
        Relation::Channel => ("", "open"),
    };
    PairRow {
        one: named(&o.one),
        other: named(&o.other),
        is: Badge {
            word: relation(o.relation, f.lang),
            tone,
            icon,
        },
        strength: strength(o),
        why: why(o, f.lang),
    }
}

/// An app in the record of processing.
pub(crate) struct RecordRow {
    pub(crate) app: String,
    pub(crate) title: String,
    pub(crate) purpose: String,
    pub(crate) class: Badge,
    pub(crate) personal: Badge,
    pub(crate) audience: String,
    pub(crate) retain: String,
}

impl RecordRow {
    fn of(record: &Processing, names: &UnitNames, f: &Frame) -> Self {
        let (class, class_icon) = match record.class {
            Sensitivity::Public => ("ok", "done"),
            Sensitivity::Internal => ("note", "me"),
            Sensitivity::Restricted => ("warn", "warn"),
        };
        let (held, held_icon) = match record.personal_data {
            PersonalData::None => ("", "dash"),
            PersonalData::General => ("note", "me"),
            PersonalData::Specific => ("bad", "warn"),
        };
        let badge = |word: &str, tone, icon| Badge {
            word: word.to_owned(),
            tone,
            icon,
        };
        Self {
            app: record.app.clone(),
            title: record.title.clone(),
            purpose: purpose_in_short(record, f.lang),
            class: badge(record.class.label(f.lang), class, class_icon),
            personal: badge(record.personal_data.label(f.lang), held, held_icon),
            audience: audience(&record.audience, names, f.lang),
            retain: retain(record, f.lang),
        }
    }
}

/// `GET /ops/processing`.
#[derive(Template)]
#[template(path = "processing.html")]
pub(crate) struct ProcessingView {
    pub(crate) f: Frame,
    pub(crate) rows: Vec<RecordRow>,
    /// How many of them hold personal data.
    pub(crate) personal: usize,
}

impl ProcessingView {
    pub(crate) fn of(f: Frame, records: &[Processing], names: &UnitNames) -> Self {
        let holds = |record: &&Processing| record.personal_data != PersonalData::None;
        Self {
            personal: records.iter().filter(holds).count(),
            rows: records
                .iter()
                .map(|record| RecordRow::of(record, names, &f))
                .collect(),
            f,
        }
    }
}

/// A source in an app's record.
pub(crate) struct SourceRecord {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) deletes: String,
    pub(crate) reads: String,
    pub(crate) drops: String,
    pub(crate) fields: Vec<FieldRecord>,
}

/// A field in a source's record.
pub(crate) struct FieldRecord {
    pub(crate) target: String,
    pub(crate) from: String,
    /// What is done because it holds personal data.
    pub(crate) done: Option<String>,
}

/// `GET /ops/processing/{app}`.
#[derive(Template)]
#[template(path = "processing_app.html")]
pub(crate) struct ProcessingAppView {
    pub(crate) f: Frame,
    pub(crate) record: RecordRow,
    pub(crate) purpose: String,
    pub(crate) owner: String,
    pub(crate) basis: String,
    pub(crate) version: String,
    pub(crate) sources: Vec<SourceRecord>,
}

impl ProcessingAppView {
    pub(crate) fn of(f: Frame, record: &Processing, names: &UnitNames) -> Self {
        Self {
            record: RecordRow::of(record, names, &f),
            purpose: purpose(record, f.lang),
            owner: record
                .owner
                .as_deref()
                .map_or_else(|| "–".to_owned(), |code| names.with_code(code)),
            basis: basis(record.basis, f.lang),
            version: record.version.clone(),
            sources: record
                .sources
                .iter()
                .map(|source| read(source, &f))
                .collect(),
            f,
        }
    }
}

fn read(source: &SourceProcessing, f: &Frame) -> SourceRecord {
    let deletes = match source.deletes {
        "sweep" => "processing-deletes-sweep",
        "tombstone" => "processing-deletes-tombstone",
        "ttl" => "processing-deletes-ttl",
        _ => "processing-deletes-never",
    };
    let listed = |names: &[String]| match names {
        [] => f.t("processing-nothing"),
        names => names.join(", "),
    };
    SourceRecord {
        name: source.name.clone(),
        kind: kind_word(source.kind, f.lang),
        deletes: f.t(deletes),
        reads: listed(&source.reads),
        drops: listed(&source.drops),
        fields: source
            .fields
            .iter()
            .map(|field| FieldRecord {
                target: field.target.clone(),
                from: match field.from.as_slice() {
                    [] => f.t("processing-constant"),
                    names => names.join(", "),
                },
                done: field.personal.map(|word| done(word, f.lang)),
            })
            .collect(),
    }
}
