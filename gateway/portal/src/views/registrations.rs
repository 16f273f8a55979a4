//! Registrations as a whole: in a list, and one in full, for its author or for an operator.
//!
//! Owns what is shown of each. It must never know what an answer means.

use super::register::{Field, Form, Questions, REVIEW};
use crate::frame::Frame;
use crate::ports::{Choices, RegistrationLine, RegistrationSheet, RegistrationState, Typed};
use askama::Template;

/// One registration in a list.
pub(crate) struct Row {
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) author: String,
    pub(crate) state: String,
    pub(crate) tone: &'static str,
    pub(crate) changed: String,
}

impl Row {
    pub(crate) fn of(line: &RegistrationLine, f: &Frame) -> Self {
        let (key, tone) = state(line.state);
        Self {
            number: line.number,
            name: name(line, f),
            unit: line.unit.clone().unwrap_or_default(),
            author: line.author.clone().unwrap_or_default(),
            state: f.t(key),
            tone,
            changed: f.near(line.changed_at),
        }
    }
}

fn name(line: &RegistrationLine, f: &Frame) -> String {
    match line.name.trim() {
        "" => f.t("reg-nameless"),
        name => name.to_owned(),
    }
}

fn state(state: RegistrationState) -> (&'static str, &'static str) {
    match state {
        RegistrationState::Draft => ("reg-state-draft", ""),
        RegistrationState::Waiting => ("reg-state-waiting", "note"),
        RegistrationState::Approved => ("reg-state-approved", "ok"),
        RegistrationState::Rejected => ("reg-state-rejected", "bad"),
        RegistrationState::Withdrawn => ("reg-state-withdrawn", ""),
    }
}

/// One answer in the whole.
pub(crate) struct Answer {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) fault: String,
    pub(crate) href: Option<String>,
}

/// A registration in full, for its author or for an operator.
#[derive(Template)]
#[template(path = "register_sheet.html")]
pub(crate) struct RegisterSheetView {
    pub(crate) f: Frame,
    pub(crate) number: u64,
    pub(crate) name: String,
    pub(crate) back: &'static str,
    pub(crate) back_label: String,
    pub(crate) state: String,
    pub(crate) tone: &'static str,
    pub(crate) changed: String,
    pub(crate) author: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) note: Option<String>,
    pub(crate) said: Option<String>,
    pub(crate) approved: bool,
    pub(crate) app: String,
    pub(crate) answers: Vec<Answer>,
    pub(crate) draft: String,
    pub(crate) check: String,
    pub(crate) good: bool,
    pub(crate) editable: bool,
    pub(crate) withdrawable: bool,
    pub(crate) rules: bool,
    pub(crate) address: Field,
    pub(crate) networks: Field,
    pub(crate) text: Field,
    pub(crate) word: Field,
}

impl RegisterSheetView {
    /// Shows a registration. `ruling` is what an operator typed to decide it; it is there where one looks.
    pub(crate) fn of(
        f: Frame,
        sheet: &RegistrationSheet,
        choices: &Choices,
        ruling: Option<&Typed>,
        said: Option<String>,
    ) -> Self {
        let line = &sheet.line;
        let (key, tone) = state(line.state);
        let for_operator = ruling.is_some();
        let editable = sheet.own && line.state == RegistrationState::Draft;
        let questions = Questions {
            f: &f,
            typed: &sheet.typed,
            choices,
            faults: &sheet.faults,
        };
        let answers = answers(&questions, editable.then_some(line.number));
        let field = |name: &str, value: &str| Field {
            label: f.t(&super::register::label_of(name)),
            hint: f.t(&super::register::hint_of(name)),
            value: ruling
                .and_then(|typed| typed.get(name))
                .map_or(value, String::as_str)
                .to_owned(),
            name: name.to_owned(),
            form: Form::Text,
            fault: String::new(),
            options: Vec::new(),
        };
        let address = sheet.typed.get("address").map_or("", String::as_str);
        Self {
            number: line.number,
            name: name(line, &f),
            back: if for_operator {
                "/ops/registrations"
            } else {
                "/apps/register"
            },
            back_label: f.t(if for_operator {
                "reg-ops-title"
            } else {
                "reg-title"
            }),
            state: f.t(key),
            tone,
            changed: f.near(line.changed_at),
            author: line.author.clone(),
            unit: line.unit.clone(),
            note: sheet.note.clone().filter(|note| !note.is_empty()),
            said,
            approved: line.state == RegistrationState::Approved,
            app: sheet
                .app
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            answers,
            draft: sheet.draft.clone(),
            check: sheet.check.clone(),
            good: sheet.good,
            editable,
            withdrawable: sheet.own && !for_operator && line.state == RegistrationState::Waiting,
            rules: for_operator && line.state == RegistrationState::Waiting,
            address: field("give-address", address),
            networks: field("give-networks", ""),
            text: field("give-text", &sheet.draft),
            word: field("give-note", ""),
            f,
        }
    }
}

fn answers(questions: &Questions<'_>, number: Option<u64>) -> Vec<Answer> {
    let of = |step: u8| {
        let fields = questions.of(step).into_iter();
        fields
            .map(|field| Answer {
                value: questions.said(&field),
                href: number
                    .map(|number| format!("/apps/register/{number}?step={step}#{}", field.name)),
                label: field.label,
                fault: field.fault,
            })
            .collect::<Vec<_>>()
    };
    (1..REVIEW).flat_map(of).collect()
}

/// `GET /ops/registrations`.
#[derive(Template)]
#[template(path = "registrations.html")]
pub(crate) struct RegistrationsView {
    pub(crate) f: Frame,
    pub(crate) rows: Vec<Row>,
}
