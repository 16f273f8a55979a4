//! The record of processing (UU 27/2022, article 31): what of an app's data the hub reads, what becomes of it, for how
//! long and for whom; from the mapping itself, so that it cannot differ from what happens.

use crate::{Basis, Connector, Deletes, Pii, Privacy, Source};
use divos_model::{Audience, PersonalData, Sensitivity};
use serde::Serialize;

/// What the hub does with one app's data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Processing {
    /// The app.
    pub app: String,
    /// What people see.
    pub title: String,
    /// The agency that answers for the data.
    pub owner: Option<String>,
    /// What the app is for.
    pub capability: Option<String>,
    /// Why the hub reads it, in the connector's own words.
    pub purpose: Option<String>,
    /// On what basis.
    pub basis: Basis,
    /// How private it is.
    pub class: Sensitivity,
    /// What personal data it holds.
    pub personal_data: PersonalData,
    /// Who may see it where an item does not say.
    pub audience: Audience,
    /// How long an item is kept after its last change, in seconds; `None`: as long as its source has it.
    pub retain_seconds: Option<u64>,
    /// What is read, source by source.
    pub sources: Vec<SourceProcessing>,
    /// The meaning that this is a record of ([`Connector::version`]).
    pub version: String,
}

/// What the hub does with one source.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceProcessing {
    /// Its name.
    pub name: String,
    /// What a record becomes.
    pub kind: &'static str,
    /// Every field of the app that is read. All others are dropped where they are met.
    pub reads: Vec<String>,
    /// Fields of the app that are read and then left out (`drop`): nothing of them is kept.
    pub drops: Vec<String>,
    /// What they become.
    pub fields: Vec<FieldProcessing>,
    /// How the hub learns that a record is gone: `sweep`, `tombstone`, `never`, `ttl`.
    pub deletes: &'static str,
}

/// What one field of an item comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldProcessing {
    /// The field of the common model.
    pub target: String,
    /// The app's fields that it comes from; empty for a constant.
    pub from: Vec<String>,
    /// What is done to it because it holds personal data: a word of [`Pii::ALL`].
    pub personal: Option<&'static str>,
}

impl Processing {
    /// Writes the record of one connector.
    #[must_use]
    pub fn of(connector: &Connector) -> Self {
        let privacy = &connector.privacy;
        Self {
            app: connector.id.to_string(),
            title: connector.title.clone(),
            owner: connector.owner.as_ref().map(ToString::to_string),
            capability: connector.capability.clone(),
            purpose: privacy.purpose.clone(),
            basis: privacy.basis,
            class: privacy.class,
            personal_data: privacy.personal_data,
            audience: privacy.audience.clone(),
            retain_seconds: privacy.retain.map(|retain| retain.as_secs()),
            sources: connector
                .sources
                .iter()
                .map(|source| SourceProcessing::of(source, privacy))
                .collect(),
            version: connector.version.clone(),
        }
    }
}

impl SourceProcessing {
    fn of(source: &Source, privacy: &Privacy) -> Self {
        let field = |(target, expr): &(String, crate::Expr)| FieldProcessing {
            target: target.clone(),
            from: expr.lineage().to_vec(),
            personal: personal(target, privacy),
        };
        let dropped =
            |(target, _): &&(String, crate::Expr)| privacy.pii_of(target) == Some(Pii::Drop);
        let mut drops: Vec<String> = source
            .map
            .fields
            .iter()
            .filter(dropped)
            .flat_map(|(_, expr)| expr.lineage().to_vec())
            .collect();
        drops.sort();
        drops.dedup();
        Self {
            drops,
            name: source.name.clone(),
            kind: source.to.as_str(),
            reads: source.lineage(),
            fields: source.map.fields.iter().map(field).collect(),
            deletes: match source.deletes {
                Deletes::Sweep { .. } => "sweep",
                Deletes::Tombstone(_) => "tombstone",
                Deletes::Never => "never",
                Deletes::Ttl(_) => "ttl",
            },
        }
    }
}

/// The word for what is done to a target.
fn personal(target: &str, privacy: &Privacy) -> Option<&'static str> {
    let said = privacy.pii_of(target)?;
    let (word, _) = Pii::ALL.iter().find(|(_, way)| *way == said)?;
    Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadOptions, load_str};

    #[test]
    fn the_record_says_what_is_read_and_what_becomes_of_it() {
        let yaml = r#"
apiVersion: divos/v1
kind: Connector
metadata: { name: surat, title: Surat, owner: "011301", capability: letter }
app: { upstreams: ["http://127.0.0.1:9"] }
sources:
  inbox:
    rest: { get: /inbox.json }
    deletes: never
    to: letter
    map:
      id: nomor
      title: perihal | text
      actors.author: pengirim.nama
      summary: "'tetap'"
      ext.nik: pengirim.nik
privacy: { class: restricted, pii: { actors.author: mask, ext.nik: drop }, retain: 365d, audience: { unit: "011301" } }
"#;
        let loaded = load_str("surat.yaml", yaml, LoadOptions::default());
        let connector = loaded.get("surat").expect("a connector");
        let record = Processing::of(connector);
        assert_eq!(record.retain_seconds, Some(365 * 86_400));
        assert_eq!(record.capability.as_deref(), Some("letter"));
        assert_eq!(record.basis, Basis::PublicTask);
        let source = &record.sources[0];
        assert_eq!(
            source.reads,
            ["nomor", "pengirim.nama", "pengirim.nik", "perihal"]
        );
        assert_eq!(source.drops, ["pengirim.nik"]);
        let field = |name: &str| {
            let found = source.fields.iter().find(|field| field.target == name);
            found.expect("a field").clone()
        };
        assert_eq!(field("actors.author").personal, Some("mask"));
        assert_eq!(field("title").personal, None);
        assert!(field("summary").from.is_empty());
    }
}
