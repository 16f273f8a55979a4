//! An app's own page: how it is, how fresh, how much it is used, and what it proves its pushes with.

use super::Badge;
use super::ops::SourceRow;
use crate::frame::Frame;
use crate::ports::{CredentialLine, OwnAppSheet, UsageLine};
use crate::when;
use askama::Template;
use divos_feed::AppState;

/// One day of use.
pub(crate) struct DayRow {
    pub(crate) day: String,
    pub(crate) opens: String,
    pub(crate) people: String,
    pub(crate) pushed: String,
    pub(crate) refused: String,
}

impl DayRow {
    fn of(line: &UsageLine, f: &Frame) -> Self {
        let told = |number: Option<u64>| match number {
            Some(number) => f.number(number),
            None => f.t("own-few"),
        };
        Self {
            day: when::full_day(line.day, f.lang),
            opens: told(line.opened.map(|(opens, _)| opens)),
            people: told(line.opened.map(|(_, people)| people)),
            pushed: f.number(line.pushed),
            refused: f.number(line.refused),
        }
    }
}

/// One credential.
pub(crate) struct CredentialRow {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) sort: String,
    pub(crate) since: String,
    pub(crate) used: String,
}

impl CredentialRow {
    fn of(line: &CredentialLine, f: &Frame) -> Self {
        Self {
            id: line.id.clone(),
            label: match line.label.as_str() {
                "" => line.id.chars().take(8).collect(),
                label => label.to_owned(),
            },
            sort: f.t(if line.signs { "own-hmac" } else { "own-token" }),
            since: f.with("token-since", &f.ago(line.since)),
            used: f.used(line.last_used),
        }
    }
}

/// `GET /apps/{id}`.
#[derive(Template)]
#[template(path = "own_app.html")]
pub(crate) struct OwnAppView {
    pub(crate) f: Frame,
    pub(crate) app: String,
    pub(crate) title: String,
    pub(crate) owner: Option<String>,
    pub(crate) operator: bool,
    pub(crate) connected: bool,
    pub(crate) health: Badge,
    pub(crate) broken: bool,
    pub(crate) troubles: Vec<String>,
    pub(crate) sources: Vec<SourceRow>,
    pub(crate) kinds: Vec<(String, String)>,
    pub(crate) usage: Vec<DayRow>,
    pub(crate) manages: bool,
    pub(crate) credentials: Vec<CredentialRow>,
    pub(crate) ingest: String,
    /// A secret that was just made; shown once.
    pub(crate) made: String,
    pub(crate) said: Option<String>,
}

impl OwnAppView {
    pub(crate) fn of(f: Frame, sheet: &OwnAppSheet, operator: bool) -> Self {
        let health = sheet.health.as_ref();
        let credentials = sheet.credentials.as_deref();
        Self {
            app: sheet.app.to_string(),
            title: sheet.title.clone(),
            owner: sheet.owner.clone(),
            operator,
            connected: sheet.connected,
            health: badge(health.map(|health| health.state), &f),
            broken: health.is_some_and(|health| health.breaker_open),
            troubles: health
                .map_or(&[][..], |health| &health.troubles)
                .iter()
                .map(|trouble| trouble.sentence(f.lang).to_owned())
                .collect(),
            sources: sheet
                .sources
                .iter()
                .map(|source| SourceRow::of(source, &f))
                .collect(),
            kinds: sheet
                .kinds
                .iter()
                .map(|(kind, count)| (kind.label(f.lang).to_owned(), f.number(*count)))
                .collect(),
            usage: sheet.usage.iter().map(|day| DayRow::of(day, &f)).collect(),
            manages: credentials.is_some(),
            credentials: credentials
                .unwrap_or_default()
                .iter()
                .map(|one| CredentialRow::of(one, &f))
                .collect(),
            ingest: sheet.ingest.clone(),
            made: String::new(),
            said: None,
            f,
        }
    }
}

fn badge(state: Option<AppState>, f: &Frame) -> Badge {
    match state {
        Some(state) => Badge::of_app(state, state.label(f.lang).to_owned()),
        None => Badge {
            word: f.t("own-waits"),
            tone: "",
            icon: "dash",
        },
    }
}
