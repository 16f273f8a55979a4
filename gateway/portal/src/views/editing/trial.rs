//! What the template of a trial is given.

use crate::frame::Frame;
use crate::ports::editing::{TrialItem, TrialSheet, TrialSource};
use crate::views::Badge;
use crate::words::size;
use askama::Template;

/// A trial as far as it has come; asked for again while it goes on.
#[derive(Template)]
#[template(path = "edit/trial.html")]
pub(crate) struct TrialPart<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) app: &'a str,
    pub(crate) running: bool,
    pub(crate) same_text: bool,
    pub(crate) began: String,
    pub(crate) sources: Vec<TrialRow>,
    /// Whether it was asked for again, rather than shown first.
    pub(crate) polled: bool,
}

/// One source.
pub(crate) struct TrialRow {
    pub(crate) name: String,
    pub(crate) state: Badge,
    pub(crate) counts: String,
    pub(crate) notes: Vec<String>,
    pub(crate) items: Vec<TrialItem>,
    pub(crate) faults: Vec<(String, String, String, String)>,
}

impl<'a> TrialPart<'a> {
    pub(crate) fn of(sheet: &TrialSheet, app: &'a str, f: &'a Frame, polled: bool) -> Self {
        let row = |source: &TrialSource| row(source, sheet.running, f);
        Self {
            running: sheet.running,
            same_text: sheet.same_text,
            began: f.near(sheet.began),
            sources: sheet.sources.iter().map(row).collect(),
            f,
            app,
            polled,
        }
    }
}

fn row(source: &TrialSource, running: bool, f: &Frame) -> TrialRow {
    let (tone, icon, word) = match &source.ended {
        Some((tone, word)) => {
            let icon = match *tone {
                "ok" => "done",
                "bad" => "x",
                _ => "warn",
            };
            (*tone, icon, word.clone())
        }
        None if running => ("note", "play", f.t("edit-trial-reading")),
        None => ("", "dash", f.t("edit-trial-not-read")),
    };
    let [pages, items, faults, bytes] = source.counts;
    let counts = [
        f.n("edit-trial-pages", pages),
        f.n("edit-trial-items", items),
        f.n("edit-trial-faults", faults),
        size(f.lang, bytes),
    ];
    let fault = |fault: &divos_model::RowFault| {
        let place = f.n("ops-place", fault.row as u64 + 1);
        let native = fault.native_id.clone().unwrap_or_default();
        (place, native, fault.field.clone(), fault.message.clone())
    };
    TrialRow {
        name: source.name.clone(),
        state: Badge { word, tone, icon },
        counts: counts.join(" · "),
        notes: source.notes.clone(),
        items: source.items.clone(),
        faults: source.faults.iter().map(fault).collect(),
    }
}
