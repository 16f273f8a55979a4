//! Every shipped definition with everything that goes wrong in the field, and definitions that do not stand it.

use crate::fake::connector;
use divos_adapters::inject_faults;
use divos_adapters::injection::{Injected, InjectionReport, Trial};
use divos_manifest::{Connector, LoadOptions, load_dir};
use divos_model::Lang;
use std::path::Path;
use std::sync::Arc;

const PAGE: &str = "# at: 2026-11-24T08:00:00+08:00\nGET /surat.php\n\nHTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\n\n\
    <html><table id=\"data\"><tr><td>No</td><td>Nomor</td><td>Perihal</td></tr>\
    <tr class=\"r\"><td>1</td><td>005/1</td><td>Satu \u{2013} contoh</td></tr><tr class=\"r\"><td>2</td><td>005/2</td><td>Dua</td></tr></table></html>\n";

/// A table page whose source says this besides.
fn table(guard: &str, deletes: &str, title: &str) -> (tempfile::TempDir, Arc<Connector>) {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("surat.http");
    std::fs::write(&path, PAGE).expect("written");
    let yaml = format!(
        "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: app, title: App, owner: \"030801\", capability: letter }}\n\
         app: {{ upstreams: \"http://app.example\" }}\nsources:\n  surat:\n    html: {{ get: /surat.php, rows: \"table#data tr.r\", cells: {{ nomor: \"td:nth-child(2)\", perihal: \"td:nth-child(3)\" }}{guard} }}\n\
         \x20   every: 5m\n    deletes: {deletes}\n    to: letter\n    map: {{ id: nomor, title: \"{title}\", number: nomor }}\n\
         privacy: {{ class: internal, audience: everyone }}\ntests: [{{ fixture: surat.http, count: 2 }}]\n"
    );
    let mut made = connector(&yaml).as_ref().clone();
    made.tests[0].fixture = path;
    (dir, Arc::new(made))
}

fn of(report: &InjectionReport, fault: Injected) -> &Trial {
    let found = report.trials.iter().find(|trial| trial.fault == fault);
    found.unwrap_or_else(|| panic!("{} was not tried", fault.code()))
}

fn shipped() -> Vec<Arc<Connector>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors.d");
    load_dir(&dir, None, LoadOptions::default()).connectors
}

fn told(report: &InjectionReport) -> Vec<String> {
    let failed = report.trials.iter().filter(|trial| !trial.stands());
    let told = failed.flat_map(|trial| {
        trial.findings.iter().map(|finding| {
            let (code, said) = (trial.fault.code(), finding.sentence(Lang::En));
            format!("{}/{} {code}: {said}", report.connector, trial.source)
        })
    });
    told.collect()
}

#[tokio::test]
async fn every_shipped_definition_stands_what_goes_wrong_in_the_field() {
    let (mut trials, mut findings) = (0, Vec::new());
    let connectors = shipped();
    assert!(connectors.len() >= 143, "only {}", connectors.len());
    for connector in &connectors {
        let report = inject_faults(connector).await;
        trials += report.trials.len();
        findings.extend(told(&report));
        let lost =
            |trial: &Trial| matches!(trial.fault, Injected::TimedOut | Injected::LostConnection);
        let tried = connector.tests.is_empty() || report.trials.iter().any(lost);
        assert!(tried, "{}: nothing was tried", connector.id);
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    assert!(trials > 1500, "only {trials}");
}

#[tokio::test]
async fn a_table_without_a_guard_does_not_stand_a_new_first_column() {
    let (_dir, connector) = table("", "sweep", "perihal");
    let report = inject_faults(&connector).await;
    let moved = of(&report, Injected::MovedColumn);
    assert!(!report.stands() && !moved.stands(), "{moved:?}");
    let remedy = moved.remedy.expect("what to change");
    assert!(remedy.sentence(Lang::Id).contains("guard: { columns:"));
    assert!(remedy.sentence(Lang::En).contains("guard: { columns:"));
    for fault in [
        Injected::Unauthorized,
        Injected::TimedOut,
        Injected::RateLimited,
    ] {
        let trial = of(&report, fault);
        assert!(trial.stands(), "{}: {:?}", fault.code(), trial.findings);
    }
}

#[tokio::test]
async fn a_recording_that_is_not_read_is_told_and_nothing_else_is_tried() {
    let (_dir, connector) = table("", "sweep", "perihal");
    let mut connector = connector.as_ref().clone();
    connector.tests[0].fixture.set_extension("gone");
    let report = inject_faults(&Arc::new(connector)).await;
    assert_eq!(report.trials.len(), 1);
    assert!(!of(&report, Injected::Nothing).stands());
}

#[test]
fn every_fault_is_told_in_both_languages_by_a_code_of_its_own() {
    let mut codes = std::collections::BTreeSet::new();
    for fault in Injected::ALL {
        assert!(codes.insert(fault.code()), "{}", fault.code());
        for said in [fault.what(Lang::Id), fault.must(Lang::Id)] {
            assert!(!said.is_empty());
        }
        assert_ne!(fault.must(Lang::Id), fault.must(Lang::En));
    }
}
