//! `divos connector overlap|processing`: what the definitions say of all apps together, and what a running hub knows that
//! their items have in common.

use super::args::{OverlapArgs, ProcessingArgs};
use super::{find, load};
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, control, progress, table};
use crate::wiring::processing_records;
use divos_manifest::{Processing, Shared, overlaps};
use divos_model::Lang;
use divos_portal::registry::{
    overlap_csv, processing_csv, purpose, relation, retain, strength, why,
};

pub(super) fn overlap(args: &OverlapArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let loaded = load(&args.hub, lang)?;
    let shared = match shared(&args.hub, lang) {
        Ok(shared) => shared,
        Err(error) => {
            let without = lang.pick(
                "butir yang sama di beberapa aplikasi tidak dihitung",
                "items that apps have in common are not counted",
            );
            progress::note(format!("{without}: {error:#}"));
            Shared::new()
        }
    };
    let found = overlaps(loaded.connectors.iter().map(|c| &**c), &shared);
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

/// Asks the running hub how many items every two apps have in common.
fn shared(hub: &HubArgs, lang: Lang) -> anyhow::Result<Shared> {
    let (status, answer) = control::ask(hub, lang, "GET", "/admin/v1/shared")?;
    anyhow::ensure!(status == 200, "{}", answer["detail"]);
    let pairs = answer["pairs"].as_array().into_iter().flatten();
    let pair = |pair: &serde_json::Value| {
        let app = |side: &str| pair[side].as_str().and_then(|id| id.parse().ok());
        Some(((app("one")?, app("other")?), pair["items"].as_u64()?))
    };
    Ok(pairs.filter_map(pair).collect())
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
