//! Everything that is wrong with a document, each at its exact place.

use super::sheet::Sheet;
use super::text::range;
use divos_manifest::{Fault, Place, Severity};
use divos_model::Lang;
use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, Range};
use std::path::Path;

pub(super) fn of(sheet: &Sheet, lang: Lang) -> Vec<Diagnostic> {
    let loaded = sheet.loaded();
    let faults = loaded.faults.iter();
    faults
        .filter_map(|fault| diagnostic(sheet, fault, lang))
        .collect()
}

fn diagnostic(sheet: &Sheet, fault: &Fault, lang: Lang) -> Option<Diagnostic> {
    let range = place(sheet, fault)?;
    let mut message = fault.message(lang);
    if let Some(help) = fault.help(lang) {
        message.push('\n');
        message.push_str(&help);
    }
    Some(Diagnostic {
        range,
        severity: Some(match fault.severity() {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(fault.code().to_owned())),
        source: Some("divos".to_owned()),
        message,
        ..Diagnostic::default()
    })
}

/// Where the document has to do with a fault; at its beginning for a fault of this connector that stands in a
/// template, `None` for a fault of another file.
fn place(sheet: &Sheet, fault: &Fault) -> Option<Range> {
    let here = |place: &&Place| place.file.file_name() == Path::new(&sheet.name).file_name();
    let own = fault.place.as_ref().filter(here);
    let noted = || fault.notes.iter().map(|(_, place)| place).find(here);
    match own.or_else(noted) {
        Some(place) => Some(range(
            &sheet.text,
            place.line - 1,
            place.column - 1,
            place.length,
        )),
        None if fault.connector.as_deref() == Some(sheet.id()) => Some(range(&sheet.text, 0, 0, 1)),
        None => None,
    }
}
