//! `divos connector test --faults`: every fixture once more with what goes wrong in the field, offline.

use super::{chosen, load};
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, progress, table};
use divos_adapters::inject_faults;
use divos_adapters::injection::{InjectionReport, Trial};
use divos_model::Lang;
use serde_json::{Value, json};

pub(super) async fn run(
    hub: &HubArgs,
    lang: Lang,
    ids: &[String],
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let mut reports = Vec::new();
    for connector in chosen(&loaded, ids, lang)? {
        reports.push(inject_faults(&connector).await);
    }
    if as_json {
        let rows: Vec<Value> = reports
            .iter()
            .flat_map(|report| rows(report, lang))
            .collect();
        progress::say(serde_json::to_string_pretty(&rows)?);
    } else {
        reports.iter().for_each(|report| show(report, lang));
        progress::note(total(&reports, lang));
    }
    Ok(match reports.iter().all(InjectionReport::stands) {
        true => Outcome::Fine,
        false => Outcome::NotFine,
    })
}

fn rows(report: &InjectionReport, lang: Lang) -> Vec<Value> {
    let row = |trial: &Trial| {
        let findings = trial.findings.iter().map(|finding| finding.sentence(lang));
        json!({
            "connector": report.connector,
            "source": trial.source,
            "fixture": trial.fixture,
            "fault": trial.fault.code(),
            "must": trial.fault.must(lang),
            "stands": trial.stands(),
            "findings": findings.collect::<Vec<_>>(),
            "remedy": trial.remedy.map(|remedy| remedy.sentence(lang)),
        })
    };
    report.trials.iter().map(row).collect()
}

/// Shows what was tried on a connector, and below it what it does not stand.
fn show(report: &InjectionReport, lang: Lang) {
    if report.trials.is_empty() {
        return;
    }
    let cells = |trial: &Trial| {
        let fixture = trial.fixture.file_name().unwrap_or_default();
        vec![
            (if trial.stands() { "ok" } else { "FAIL" }).to_owned(),
            format!("{}/{}", report.connector, trial.source),
            fixture.to_string_lossy().into_owned(),
            trial.fault.what(lang).to_owned(),
            trial.fault.must(lang).to_owned(),
        ]
    };
    let heading = match lang {
        Lang::Id => ["", "sumber", "rekaman", "gangguan", "yang harus terjadi"],
        Lang::En => ["", "source", "fixture", "fault", "what must happen"],
    };
    progress::say(table::write(
        &heading,
        report.trials.iter().map(cells).collect(),
    ));
    for trial in report.trials.iter().filter(|trial| !trial.stands()) {
        let what = trial.fault.what(lang);
        progress::say(format!(
            "FAIL {}/{}, {what}:",
            report.connector, trial.source
        ));
        for finding in &trial.findings {
            progress::say(format!("     {}", finding.sentence(lang)));
        }
        if let Some(remedy) = trial.remedy {
            progress::say(format!("     => {}", remedy.sentence(lang)));
        }
    }
}

fn total(reports: &[InjectionReport], lang: Lang) -> String {
    let trials = || reports.iter().flat_map(|report| &report.trials);
    let (tried, failed) = (
        trials().count(),
        trials().filter(|trial| !trial.stands()).count(),
    );
    let bare = reports
        .iter()
        .filter(|report| report.trials.is_empty())
        .count();
    match lang {
        Lang::Id => format!(
            "{tried} gangguan dicoba, {failed} tidak tertahan; {bare} konektor tanpa rekaman."
        ),
        Lang::En => {
            format!("{tried} faults tried, {failed} not stood; {bare} connectors have no fixture.")
        }
    }
}
