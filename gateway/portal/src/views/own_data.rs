//! A person's own data: what, why, how long, and whom to ask.

use super::me;
use crate::frame::Frame;
use crate::own_data::{About, about};
use crate::ports::{OwnDataSheet, OwnEvent, OwnSession, OwnToken, PostHeld};
use crate::registry::{purpose_in_short, retain};
use crate::when;
use crate::words::knows;
use askama::Template;
use chrono::NaiveDate;
use divos_manifest::Processing;

/// One part of the page.
pub(crate) struct Part {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) about: About,
    /// Names and what stands behind them.
    pub(crate) facts: Vec<(String, String)>,
    /// A list, each with what is said more quietly.
    pub(crate) rows: Vec<(String, String)>,
    /// What is said below.
    pub(crate) after: Option<String>,
    /// Where it can be changed, and the word for that.
    pub(crate) change: Option<(&'static str, String)>,
}

/// An app from which personal data is read.
pub(crate) struct AppRow {
    pub(crate) title: String,
    pub(crate) owner: String,
    pub(crate) purpose: String,
    pub(crate) held: &'static str,
    pub(crate) retain: String,
}

/// `GET /me/data`.
#[derive(Template)]
#[template(path = "own_data.html")]
pub(crate) struct OwnDataView {
    pub(crate) f: Frame,
    pub(crate) parts: Vec<Part>,
    pub(crate) apps: Vec<AppRow>,
    pub(crate) contact: Option<String>,
}

impl OwnDataView {
    /// Makes the page; `contact` is empty where the operator names nobody.
    pub(crate) fn of(f: Frame, sheet: &OwnDataSheet, contact: &str) -> Self {
        let told = about(f.lang, sheet.lives).into_iter();
        Self {
            parts: told.map(|about| part(about, sheet, &f)).collect(),
            apps: sheet.apps.iter().map(|app| app_row(app, &f)).collect(),
            contact: (!contact.is_empty()).then(|| contact.to_owned()),
            f,
        }
    }
}

fn part(about: About, sheet: &OwnDataSheet, f: &Frame) -> Part {
    let name = about.part;
    let mut part = Part {
        title: f.t(&format!("about-{name}")),
        name,
        about,
        facts: Vec::new(),
        rows: Vec::new(),
        after: None,
        change: None,
    };
    let counted = |pairs: &[(&str, u64)]| {
        let said = pairs.iter().map(|(key, n)| (f.t(key), f.number(*n)));
        said.collect::<Vec<_>>()
    };
    match name {
        "account" => part.facts = account(sheet, f),
        "posts" => part.rows = sheet.posts.iter().map(|post| post_row(post, f)).collect(),
        "sessions" => {
            part.rows = sheet
                .sessions
                .iter()
                .map(|one| session_row(one, f))
                .collect();
            part.change = Some(("/me", f.t("data-sessions-end")));
        }
        "tokens" => {
            part.rows = sheet.tokens.iter().map(|one| token_row(one, f)).collect();
            part.change = Some(("/me#feeds", f.t("data-tokens-revoke")));
        }
        "marks" => {
            let marks = &sheet.marks;
            part.facts = counted(&[
                ("data-marks-seen", marks.seen),
                ("data-marks-done", marks.done),
                ("data-marks-pinned", marks.pinned),
                ("data-marks-snoozed", marks.snoozed),
                ("data-marks-muted", marks.muted),
            ]);
        }
        "items" => {
            part.facts = counted(&[("data-items-addressed", sheet.addressed)]);
            part.after = Some(f.t("data-items-more"));
        }
        "work" => {
            let [registrations, proposals, credentials] = sheet.work;
            part.facts = counted(&[
                ("data-work-registrations", registrations),
                ("data-work-proposals", proposals),
                ("data-work-credentials", credentials),
            ]);
        }
        _ => {
            part.rows = sheet.log.iter().map(|event| event_row(event, f)).collect();
            part.after = sheet.more_log.then(|| f.t("data-log-more"));
        }
    }
    part
}

fn account(sheet: &OwnDataSheet, f: &Frame) -> Vec<(String, String)> {
    let mut facts = vec![(f.t("data-name"), sheet.name.clone())];
    let identifiers = sheet.identifiers.iter();
    facts.extend(identifiers.map(|(kind, value)| {
        let word = match *kind {
            "nip" => f.t("data-nip"),
            "email" => f.t("data-email"),
            _ => f.t("data-username"),
        };
        (word, value.clone())
    }));
    if let Some(status) = &sheet.status {
        facts.push((f.t("data-status"), status.clone()));
    }
    let roles = match sheet.roles.as_slice() {
        [] => f.t("data-roles-none"),
        roles => roles.join(", "),
    };
    let password = match sheet.has_password {
        true => f.t("data-password-set"),
        false => f.t("data-password-none"),
    };
    facts.extend([
        (f.t("data-roles"), roles),
        (f.t("data-password"), password),
        (
            f.t("data-since"),
            when::date(when::day_of(sheet.since), f.lang),
        ),
        (f.t("data-id"), sheet.id.clone()),
    ]);
    facts
}

fn post_row((from, post): &(NaiveDate, PostHeld), f: &Frame) -> (String, String) {
    let from = f.with("data-from", &when::date(*from, f.lang));
    let span = match post.until {
        Some(until) => format!("{from} {}", f.with("me-until", &when::date(until, f.lang))),
        None => from,
    };
    let assignment = me::assignment(post, f);
    (
        post.title.clone(),
        format!("{} · {assignment} · {span}", post.unit),
    )
}

fn session_row(session: &OwnSession, f: &Frame) -> (String, String) {
    let device = me::device(&session.device, f);
    let since = f.with("me-since", &f.moment(session.since, None));
    let seen = f.with("me-seen", &f.ago(session.last_seen));
    (device, format!("{} · {since} · {seen}", session.host))
}

fn token_row(token: &OwnToken, f: &Frame) -> (String, String) {
    let label = me::token_label(&token.label, f);
    let since = f.with("token-since", &f.moment(token.since, None));
    let used = f.used(token.last_used);
    let ended = match token.ended {
        true => format!(" · {}", f.t("data-token-ended")),
        false => String::new(),
    };
    (label, format!("{since} · {used}{ended}"))
}

/// Says an event that the hub knows in words, another as it is written.
fn event_row(event: &OwnEvent, f: &Frame) -> (String, String) {
    let key = format!("event-{}", event.event.replace('.', "-"));
    let said = match knows(&key) {
        true => f.t(&key),
        false => event.event.clone(),
    };
    let by = match event.by_self {
        Some(true) => f.t("data-by-self"),
        Some(false) => f.t("data-by-other"),
        None => f.t("data-by-hub"),
    };
    let at = f.moment(event.at, None);
    let from = event.address.as_ref();
    let from = from.map_or_else(String::new, |address| {
        format!(" · {}", f.with("data-address", address))
    });
    (said, format!("{at} · {by}{from}"))
}

fn app_row(app: &Processing, f: &Frame) -> AppRow {
    AppRow {
        title: app.title.clone(),
        owner: app.owner.clone().unwrap_or_else(|| "–".to_owned()),
        purpose: purpose_in_short(app, f.lang),
        held: app.personal_data.label(f.lang),
        retain: retain(app, f.lang),
    }
}
