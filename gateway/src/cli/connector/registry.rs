//! `divos connector overlap|processing`: what the definitions say of all apps together.

use super::args::{OverlapArgs, ProcessingArgs};
use super::{find, load};
use crate::cli::{Outcome, progress, table};
use crate::wiring::processing_records;
use divos_manifest::{Processing, Shared, overlaps};
use divos_model::Lang;
use divos_portal::registry::{
    overlap_csv, processing_csv, purpose, relation, retain, strength, why,
};

pub(super) fn overlap(args: &OverlapArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let loaded = load(&args.hub, lang)?;
    // What the apps' data has in common only a running hub knows; its page counts that too.
    let found = overlaps(loaded.connectors.iter().map(|c| &**c), &Shared::new());
    if args.json {
        progress::say(serde_json::to_string_pretty(&found)?);
    } else if args.csv {
        progress::say(overlap_csv(&found, lang).trim_end());
    } else {
        let heading = [
            lang.pick("aplikasi", "app"),
            lang.pick("dengan", "with"),
            lang.pick("hubungan", "relation"),
            lang.pick("kekuatan", "strength"),
            lang.pick("alasan", "why"),
        ];
        let rows = found.iter().map(|o| {
            vec![
                o.one.app.to_string(),
                o.other.app.to_string(),
                relation(o.relation, lang),
                strength(o),
                why(o, lang).join("; "),
            ]
        });
        progress::say(table::write(&heading, rows.collect()));
    }
    Ok(Outcome::Fine)
}

pub(super) fn processing(args: &ProcessingArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let loaded = load(&args.hub, lang)?;
    let records = match &args.id {
        Some(id) => vec![Processing::of(&*find(&loaded, id, lang)?)],
        None => processing_records(&loaded.connectors),
    };
    if args.json {
        progress::say(serde_json::to_string_pretty(&records)?);
    } else if args.csv {
        progress::say(processing_csv(&records, lang).trim_end());
    } else {
        let heading = [
            lang.pick("aplikasi", "app"),
            lang.pick("tujuan", "purpose"),
            lang.pick("kelas", "class"),
            lang.pick("data pribadi", "personal data"),
            lang.pick("masa simpan", "kept"),
            lang.pick("kolom yang dibaca", "fields that are read"),
        ];
        let rows = records.iter().map(|record| {
            let reads = record
                .sources
                .iter()
                .flat_map(|source| source.reads.clone());
            vec![
                record.app.clone(),
                purpose(record, lang),
                record.class.label(lang).to_owned(),
                record.personal_data.label(lang).to_owned(),
                retain(record, lang),
                reads.collect::<Vec<_>>().join(", "),
            ]
        });
        progress::say(table::write(&heading, rows.collect()));
    }
    Ok(Outcome::Fine)
}
