//! What the editor's templates are given.

pub(crate) mod difference;
pub(crate) mod trial;

use super::Badge;
use crate::frame::Frame;
use crate::ports::editing::{
    Findings, Moved, ProposalLine, ProposalSheet, Sheet, VersionLine, VersionSheet,
};
use askama::Template;
use difference::DiffLine;

/// A sentence about what could not be done, where no form is near to it.
#[derive(Template)]
#[template(path = "edit/told.html")]
pub(crate) struct ToldView {
    pub(crate) f: Frame,
}

/// What is wrong with a text and what it does to the data; asked for again while somebody types.
#[derive(Template)]
#[template(path = "edit/findings.html")]
pub(crate) struct FindingsPart<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) findings: &'a Findings,
    /// Whether a click on a place may jump into the text on the same page.
    pub(crate) jumps: bool,
    /// Whether to say that the text may come into force, or may not; of what is decided only the effects are told.
    pub(crate) verdict: bool,
}

/// `GET /ops/{app}/edit`.
#[derive(Template)]
#[template(path = "edit/editor.html")]
pub(crate) struct EditorView {
    pub(crate) f: Frame,
    pub(crate) app: String,
    pub(crate) sheet: Sheet,
    /// The numbers of the lines, and one more to write on.
    pub(crate) lines: usize,
    pub(crate) draft: Option<String>,
    pub(crate) findings: String,
    pub(crate) trial: Option<String>,
    pub(crate) moved: Option<MovedPart>,
    pub(crate) waiting: Vec<ProposalRow>,
    /// Whether a reason is missing, so that the field says so.
    pub(crate) no_reason: bool,
}

/// A file that changed while somebody wrote: what others changed, and what this person changed.
pub(crate) struct MovedPart {
    pub(crate) hash: String,
    pub(crate) gone: bool,
    pub(crate) theirs: Vec<DiffLine>,
    pub(crate) yours: Vec<DiffLine>,
}

impl MovedPart {
    pub(crate) fn of(moved: &Moved, text: &str) -> Self {
        Self {
            hash: moved.hash.clone(),
            gone: moved.hash.is_empty(),
            theirs: difference::lines(&moved.base, &moved.theirs),
            yours: difference::lines(&moved.base, text),
        }
    }
}

/// A proposal in a list.
pub(crate) struct ProposalRow {
    pub(crate) number: u64,
    pub(crate) app: String,
    pub(crate) what: String,
    pub(crate) state: Badge,
    pub(crate) author: String,
    pub(crate) reason: String,
    pub(crate) at: String,
    pub(crate) decided: Option<String>,
    pub(crate) note: Option<String>,
}

impl ProposalRow {
    pub(crate) fn of(line: &ProposalLine, f: &Frame) -> Self {
        let (tone, icon) = match line.state {
            "waiting" => ("warn", "clock"),
            "in_force" => ("ok", "done"),
            "rejected" => ("bad", "x"),
            "applying" => ("note", "play"),
            _ => ("", "dash"),
        };
        Self {
            number: line.number,
            app: line.app.to_string(),
            what: match (line.kind, line.restores) {
                (_, Some(version)) => f.n("edit-what-restoration", version),
                ("removal", _) => f.t("edit-what-removal"),
                ("registration", _) => f.t("edit-what-registration"),
                _ => f.t("edit-what-change"),
            },
            state: Badge {
                word: f.t(&format!("proposal-{}", line.state.replace('_', "-"))),
                tone,
                icon,
            },
            author: line.author.clone(),
            reason: line.reason.clone(),
            at: f.near(line.at),
            decided: line
                .decided_by
                .as_ref()
                .map(|by| f.with("edit-decided-by", by)),
            note: line.note.clone(),
        }
    }
}

/// A version in a list.
pub(crate) struct VersionRow {
    pub(crate) number: u64,
    pub(crate) at: String,
    pub(crate) who: String,
    pub(crate) decided: Option<String>,
    pub(crate) why: String,
}

impl VersionRow {
    pub(crate) fn of(line: &VersionLine, f: &Frame) -> Self {
        let why = match (line.author.is_some(), line.restores) {
            (_, Some(version)) => format!("{} {}", f.n("edit-brought-back", version), line.reason),
            (false, None) if line.number == 1 => f.t("edit-first-seen"),
            (false, None) if line.removed => f.t("edit-gone-by-hand"),
            (false, None) => f.t("edit-by-hand"),
            (true, None) if line.removed => format!("{} {}", f.t("edit-taken-away"), line.reason),
            (true, None) => line.reason.clone(),
        };
        Self {
            number: line.number,
            at: f.moment(line.at, None),
            who: line.author.clone().unwrap_or_else(|| f.t("edit-nobody")),
            decided: line
                .decided_by
                .as_ref()
                .map(|by| f.with("edit-decided-by", by)),
            why,
        }
    }
}

/// `GET /ops/{app}/history`.
#[derive(Template)]
#[template(path = "edit/history.html")]
pub(crate) struct HistoryView {
    pub(crate) f: Frame,
    pub(crate) app: String,
    pub(crate) versions: Vec<VersionRow>,
    pub(crate) older: Option<u64>,
    pub(crate) proposals: Vec<ProposalRow>,
}

/// `GET /ops/{app}/edit/versions/{number}`.
#[derive(Template)]
#[template(path = "edit/version.html")]
pub(crate) struct VersionView {
    pub(crate) f: Frame,
    pub(crate) app: String,
    pub(crate) row: VersionRow,
    pub(crate) newest: bool,
    pub(crate) effects: String,
    pub(crate) difference: Vec<DiffLine>,
    pub(crate) no_reason: bool,
}

impl VersionView {
    pub(crate) fn of(f: Frame, app: String, sheet: &VersionSheet, effects: String) -> Self {
        Self {
            row: VersionRow::of(&sheet.line, &f),
            newest: sheet.newest,
            difference: difference::lines(&sheet.old, &sheet.new),
            effects,
            app,
            f,
            no_reason: false,
        }
    }
}

/// `GET /ops/{app}/edit/proposals/{number}`.
#[derive(Template)]
#[template(path = "edit/proposal.html")]
pub(crate) struct ProposalView {
    pub(crate) f: Frame,
    pub(crate) app: String,
    pub(crate) row: ProposalRow,
    pub(crate) waits: bool,
    pub(crate) barred: Option<String>,
    pub(crate) own: bool,
    pub(crate) moved: bool,
    pub(crate) good: bool,
    pub(crate) findings: String,
    pub(crate) difference: Vec<DiffLine>,
}

impl ProposalView {
    pub(crate) fn of(f: Frame, sheet: ProposalSheet, findings: String) -> Self {
        Self {
            row: ProposalRow::of(&sheet.line, &f),
            app: sheet.line.app.to_string(),
            waits: sheet.line.state == "waiting",
            barred: sheet.barred,
            own: sheet.own,
            moved: sheet.moved,
            good: sheet.findings.good,
            difference: difference::lines(&sheet.old, &sheet.new),
            findings,
            f,
        }
    }
}
