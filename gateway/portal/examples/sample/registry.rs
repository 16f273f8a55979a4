//! Made-up apps that overlap, and the record of what is done with their data.

use super::World;
use async_trait::async_trait;
use divos_manifest::{
    Basis, Evidence, FieldProcessing, Overlap, Processing, Relation, Side, SourceProcessing,
};
use divos_model::{Audience, PersonalData, Sensitivity};
use divos_portal::ports::{PortError, Registry};
use divos_portal::registry::UnitNames;

fn side(app: &str, title: &str, owner: &str) -> Side {
    Side {
        app: app.parse().expect("a slug"),
        title: format!("{title} (contoh)"),
        owner: Some(owner.into()),
    }
}

/// Three pairs, one of each relation.
pub fn pairs() -> Vec<Overlap> {
    vec![
        Overlap {
            one: side("balai-a", "Balai <Sumerta>", "170001"),
            other: side("balai-b", "Balai Sanur", "170002"),
            relation: Relation::Instance,
            strength: 0.91,
            evidence: Evidence {
                product: Some("balai".into()),
                kinds: vec!["announcement"],
                kinds_alike: 1.0,
                ..Evidence::default()
            },
        },
        Overlap {
            one: side("antre", "Antrean Loket", "030601"),
            other: side("loket", "Loket Antrean", "140018"),
            relation: Relation::Duplicate,
            strength: 0.734,
            evidence: Evidence {
                capability: Some("queue".into()),
                of_capability: 3,
                names: 0.61,
                same_people: true,
                shared_items: 2,
                ..Evidence::default()
            },
        },
        Overlap {
            one: side("kamera", "Kamera Jalan", "030701"),
            other: side("pantau-kamera", "Pemantau Kamera", "030701"),
            relation: Relation::Channel,
            strength: 0.52,
            evidence: Evidence {
                site: Some("kamera".into()),
                same_owner: true,
                ..Evidence::default()
            },
        },
    ]
}

/// One app that holds personal data, and one that does not.
pub fn records() -> Vec<Processing> {
    let field = |target: &str, from: &[&str], personal| FieldProcessing {
        target: target.into(),
        from: from.iter().map(|name| (*name).into()).collect(),
        personal,
    };
    let record = |app: &str, title: &str, personal_data, fields, drops| Processing {
        app: app.into(),
        title: format!("{title} (contoh)"),
        owner: Some("030801".into()),
        capability: Some("complaint".into()),
        purpose: None,
        basis: Basis::PublicTask,
        class: Sensitivity::Restricted,
        personal_data,
        audience: Audience::under("030801".parse().expect("a code")),
        retain_seconds: (personal_data != PersonalData::None).then_some(730 * 86_400),
        sources: vec![SourceProcessing {
            name: "aduan".into(),
            kind: "ticket",
            reads: vec!["isi".into(), "pelapor.nama".into(), "pelapor.nik".into()],
            drops,
            fields,
            deletes: "sweep",
        }],
        version: "0123456789abcdef".into(),
    };
    vec![
        record(
            "aduan",
            "Aduan Warga",
            PersonalData::General,
            vec![
                field("title", &["isi"], None),
                field("body.reporter", &["pelapor.nama"], Some("mask_for_others")),
                field("ext.nik", &["pelapor.nik"], Some("drop")),
            ],
            vec!["pelapor.nik".into()],
        ),
        record(
            "berita",
            "Berita Kota",
            PersonalData::None,
            vec![field("title", &["judul"], None), field("lang", &[], None)],
            Vec::new(),
        ),
    ]
}

#[async_trait]
impl Registry for World {
    async fn overlaps(&self) -> Result<Vec<Overlap>, PortError> {
        Ok(pairs())
    }

    fn processing(&self) -> Vec<Processing> {
        records()
    }

    async fn unit_names(&self) -> Result<UnitNames, PortError> {
        let named = [
            ("030801", "Diskominfos (contoh)"),
            ("011301", "Bagian Umum (contoh)"),
        ];
        Ok(named
            .map(|(code, name)| (code.to_owned(), name.to_owned()))
            .into_iter()
            .collect())
    }
}
