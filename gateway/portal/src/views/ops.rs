//! The operator's pages: every source, and one app's sources in full.

use super::Badge;
use super::editing::ProposalRow;
use crate::frame::Frame;
use crate::when;
use crate::words::{Value, say};
use askama::Template;
use divos_feed::{Progress, SourceState, SourceStatus, Trouble};
use divos_model::RowFault;

/// One source as the operator sees it.
pub(crate) struct SourceRow {
    pub(crate) app: String,
    pub(crate) title: String,
    pub(crate) source: String,
    pub(crate) state: Badge,
    /// What is wrong, worst first: a sentence, its stable word, and since when.
    pub(crate) troubles: Vec<Wrong>,
    pub(crate) last_run: String,
    pub(crate) took: Option<String>,
    pub(crate) last_ok: String,
    pub(crate) last_full: String,
    pub(crate) next_run: String,
    pub(crate) every: String,
    pub(crate) fresh: Badge,
    pub(crate) fresh_for: String,
    pub(crate) items: String,
    /// How far its first load is.
    pub(crate) load: Option<Load>,
    pub(crate) row_faults: String,
    pub(crate) breaker: Badge,
    pub(crate) failures: u32,
    pub(crate) version: String,
    pub(crate) file: String,
    /// Whether the app pushes: nothing is asked, so nothing is planned.
    pub(crate) pushed: bool,
    pub(crate) busy: bool,
    /// What the operator may accept: the button's words, and when to press it.
    pub(crate) accept: Option<(String, String)>,
    pub(crate) faults: Vec<FaultRow>,
}

/// A first load on its way.
pub(crate) struct Load {
    pub(crate) sentence: String,
    /// Records read, and how many there are, where the app says so.
    pub(crate) share: Option<(u64, u64)>,
}

/// One thing that is wrong.
pub(crate) struct Wrong {
    pub(crate) sentence: String,
    pub(crate) code: String,
    pub(crate) since: String,
    /// Whether the run failed; otherwise a note on one that went well.
    pub(crate) failure: bool,
}

/// One row that could not become an item.
pub(crate) struct FaultRow {
    pub(crate) place: String,
    pub(crate) native_id: String,
    pub(crate) field: String,
    pub(crate) message: String,
}

impl SourceRow {
    /// Makes the row of a source.
    pub(crate) fn of(status: &SourceStatus, f: &Frame) -> Self {
        let near = |at: Option<chrono::DateTime<chrono::Utc>>| {
            at.map_or_else(|| f.t("ops-never"), |at| f.near(at))
        };
        Self {
            app: status.app.to_string(),
            title: status.title.clone(),
            source: status.source.clone(),
            state: state(status, f),
            troubles: status
                .troubles
                .iter()
                .map(|trouble| wrong(trouble, f))
                .collect(),
            last_run: near(status.last_run),
            took: status.took_ms.map(|ms| f.with("ops-took", &seconds(ms, f))),
            last_ok: near(status.last_ok),
            last_full: near(status.last_full),
            next_run: next_run(status, f),
            every: when::span(status.every.as_secs(), f.lang),
            fresh: if status.stale {
                Badge {
                    word: f.t("ops-stale"),
                    tone: "warn",
                    icon: "warn",
                }
            } else {
                Badge {
                    word: f.t("ops-fresh"),
                    tone: "ok",
                    icon: "done",
                }
            },
            fresh_for: match status.fresh {
                Some(fresh) => f.with("ops-fresh-for", &when::span(fresh.as_secs(), f.lang)),
                None => f.t("ops-pushed"),
            },
            items: f.number(status.items),
            load: status.progress.map(|progress| load(&progress, status, f)),
            row_faults: f.number(status.row_faults.into()),
            breaker: breaker(&status.breaker, f),
            failures: status.failures,
            version: status.version.chars().take(12).collect(),
            file: status.file.clone(),
            pushed: status.fresh.is_none(),
            accept: acceptable(status).map(|(word, why)| (f.t(word), f.t(why))),
            busy: matches!(status.state, SourceState::Running | SourceState::Queued),
            faults: status
                .faults
                .iter()
                .map(|fault| fault_row(fault, f))
                .collect(),
        }
    }

    /// Tells whether the operator has something to look at.
    pub(crate) fn is_troubled(&self) -> bool {
        self.failures > 0 || !self.troubles.is_empty() || self.fresh.tone == "warn"
    }
}

/// Names what may be accepted of a source, where something may.
fn acceptable(status: &SourceStatus) -> Option<(&'static str, &'static str)> {
    if status.is_quarantined() {
        return Some(("ops-accept", "ops-accept-why"));
    }
    let held = status.is_held();
    held.then_some(("ops-sweep", "ops-sweep-why"))
}

fn state(status: &SourceStatus, f: &Frame) -> Badge {
    let (word, tone, icon) = match status.state {
        SourceState::Running => ("op-state-running", "note", "play"),
        SourceState::Queued => ("op-state-queued", "note", "clock"),
        SourceState::Waiting | SourceState::Failing if status.is_quarantined() => {
            ("op-state-quarantined", "bad", "x")
        }
        SourceState::Failing => ("op-state-failing", "bad", "x"),
        SourceState::Waiting if status.failures > 0 => ("op-state-failing", "bad", "x"),
        SourceState::Waiting if status.last_ok.is_none() => ("op-state-never", "", "dash"),
        SourceState::Waiting if !status.troubles.is_empty() => ("op-state-notes", "warn", "warn"),
        SourceState::Waiting => ("op-state-fine", "ok", "done"),
    };
    Badge {
        word: f.t(word),
        tone,
        icon,
    }
}

fn wrong(trouble: &Trouble, f: &Frame) -> Wrong {
    Wrong {
        sentence: trouble.sentence(f.lang).to_owned(),
        code: trouble.code.clone(),
        failure: trouble.failure,
        since: f.with("ops-since", &f.near(trouble.at)),
    }
}

fn load(progress: &Progress, status: &SourceStatus, f: &Frame) -> Load {
    let (rows, since) = (f.number(progress.rows), f.near(progress.since));
    let total = progress.total.map(|total| f.number(total));
    let key = match total {
        Some(_) => "ops-load-of",
        None => "ops-load",
    };
    let values = [
        ("rows", Value::Text(&rows)),
        ("total", Value::Text(total.as_deref().unwrap_or_default())),
        ("since", Value::Text(&since)),
    ];
    let mut sentence = say(f.lang, key, &values);
    let running = status.state == SourceState::Running;
    let then = match progress.ends.filter(|_| running) {
        Some(at) => Some(f.with("ops-load-ends", &f.near(at.max(f.now)))),
        None if running => None,
        None => Some(f.t("ops-load-waits")),
    };
    then.iter().for_each(|then| sentence.extend([" ", then]));
    Load {
        sentence,
        share: progress
            .total
            .map(|total| (progress.rows.min(total), total)),
    }
}

fn next_run(status: &SourceStatus, f: &Frame) -> String {
    match (status.next_run, status.state) {
        (Some(at), _) => f.near(at.max(f.now)),
        (None, SourceState::Running) => f.t("ops-running-now"),
        (None, _) => f.t("ops-not-planned"),
    }
}

fn breaker(word: &str, f: &Frame) -> Badge {
    match word {
        "open" => Badge {
            word: f.t("ops-breaker-open"),
            tone: "bad",
            icon: "x",
        },
        "half_open" => Badge {
            word: f.t("ops-breaker-half"),
            tone: "warn",
            icon: "warn",
        },
        _ => Badge {
            word: f.t("ops-breaker-closed"),
            tone: "ok",
            icon: "done",
        },
    }
}

fn seconds(ms: u64, f: &Frame) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!(
            "{} s",
            crate::words::decimal(f.lang, (ms as f64 / 100.0).round() / 10.0)
        )
    }
}

fn fault_row(fault: &RowFault, f: &Frame) -> FaultRow {
    FaultRow {
        place: f.n("ops-place", fault.row as u64 + 1),
        native_id: fault.native_id.clone().unwrap_or_default(),
        field: fault.field.clone(),
        message: fault.message.clone(),
    }
}

/// `GET /ops`.
#[derive(Template)]
#[template(path = "ops.html")]
pub(crate) struct OpsView {
    pub(crate) f: Frame,
    pub(crate) rows: Vec<SourceRow>,
    /// Whether only those with trouble are shown.
    pub(crate) only_trouble: bool,
    pub(crate) all: usize,
    pub(crate) troubled: usize,
    /// Apps whose last changed definition was kept out.
    pub(crate) refused: Vec<(String, String)>,
    /// Proposals that wait for a decision.
    pub(crate) waiting: Vec<ProposalRow>,
    /// Whether an id was asked for that is none.
    pub(crate) no_such_id: bool,
    /// How many registrations wait for a decision.
    pub(crate) registered: usize,
}

/// `GET /ops/{app}`.
#[derive(Template)]
#[template(path = "ops_app.html")]
pub(crate) struct OpsAppView {
    pub(crate) f: Frame,
    pub(crate) app: String,
    pub(crate) title: String,
    pub(crate) status: String,
    pub(crate) reload_fault: Option<String>,
}

/// The part of an app's page that is asked for again while a run goes on.
#[derive(Template)]
#[template(path = "part/sources.html")]
pub(crate) struct SourcesPart<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) app: &'a str,
    pub(crate) rows: &'a [SourceRow],
    pub(crate) busy: bool,
    /// Whether it was asked for again, rather than shown first.
    pub(crate) polled: bool,
}
