//! `divos connector test`: replays the fixtures of connectors, offline.

use super::{chosen, load};
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, progress};
use divos_adapters::test_connector;
use divos_model::Lang;
use serde_json::json;

pub(super) async fn run(
    hub: &HubArgs,
    lang: Lang,
    ids: &[String],
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let chosen = chosen(&loaded, ids, lang)?;
    let mut passed = true;
    let mut reports = Vec::new();
    for connector in chosen
        .iter()
        .filter(|connector| !connector.tests.is_empty())
    {
        let report = test_connector(connector).await;
        passed &= report.passed();
        for case in &report.cases {
            let fixture = case.fixture.display().to_string();
            let says: Vec<String> = case.failures.iter().map(|f| f.sentence(lang)).collect();
            if as_json {
                reports.push(json!({
                    "connector": report.connector,
                    "fixture": fixture,
                    "source": case.source,
                    "items": case.items,
                    "passed": case.passed(),
                    "failures": says,
                }));
                continue;
            }
            let mark = if case.passed() { "ok  " } else { "FAIL" };
            progress::say(format!(
                "{mark} {}/{} {} ({} items)",
                report.connector, case.source, fixture, case.items
            ));
            for line in says {
                progress::say(format!("     {line}"));
            }
        }
    }
    if as_json {
        progress::say(serde_json::to_string_pretty(&reports)?);
    }
    Ok(if passed {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}
