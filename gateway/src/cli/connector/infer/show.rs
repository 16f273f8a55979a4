//! What was decided, for people as a table, for programs as JSON.

use super::Desk;
use crate::cli::{progress, table};
use divos_adapters::infer::{Draft, Recognised};
use serde_json::json;

/// The longest expression that is shown to people, in characters.
const SHOWN: usize = 60;

/// Shows what became of an unknown app.
pub(super) fn draft(desk: &Desk<'_>, draft: &Draft) {
    let lang = desk.lang;
    let findings = draft.findings();
    if desk.args.json {
        let rows: Vec<_> = findings
            .iter()
            .map(|finding| json!({ "field": finding.field, "from": finding.from, "confidence": finding.confidence, "why": finding.why.in_lang(lang) }))
            .collect();
        progress::say(
            json!({ "id": desk.id, "findings": rows, "notes": draft.notes(lang) }).to_string(),
        );
        return;
    }
    let rows = findings.iter().map(|finding| {
        let from = match finding.from.chars().count() > SHOWN {
            true => finding.from.chars().take(SHOWN - 1).chain(['…']).collect(),
            false => finding.from.clone(),
        };
        vec![
            finding.field.clone(),
            from,
            format!("{} %", finding.confidence),
            finding.why.in_lang(lang).to_owned(),
        ]
    });
    let heading = match lang {
        divos_model::Lang::Id => ["isian", "dari", "yakin", "sebab"],
        divos_model::Lang::En => ["field", "from", "sure", "why"],
    };
    said(desk, &table::write(&heading, rows.collect()));
    for note in draft.notes(lang) {
        progress::note(format!("{}: {note}", lang.pick("periksa", "check")));
    }
}

/// Shows which product it is.
pub(super) fn product(desk: &Desk<'_>, found: &Recognised, unread: &[String]) {
    if desk.args.json {
        let row = json!({ "id": desk.id, "template": found.template, "confidence": found.certainty, "with": found.with, "why": found.because });
        progress::say(row.to_string());
    } else {
        said(
            desk,
            &format!(
                "{} · {} % · {}",
                found.template, found.certainty, found.because
            ),
        );
    }
    self::unread(desk, unread);
}

/// Says what could not be read or recorded; the draft stands without it.
pub(super) fn unread(desk: &Desk<'_>, unread: &[String]) {
    for line in unread {
        progress::note(format!(
            "{}: {line}",
            desk.lang.pick("tidak terekam", "not recorded")
        ));
    }
}

/// On standard output, unless the definition itself goes there.
fn said(desk: &Desk<'_>, text: &str) {
    match desk.args.stdout() {
        true => progress::note(text),
        false => progress::say(text),
    }
}
