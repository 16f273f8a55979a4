//! Registering an app: step by step, kept on the server at each step, without script.

use super::ops::only_operators;
use crate::frame::Tab;
use crate::ports::{
    AnswerFault, PortError, RegisteringError, RegistrationSheet, RegistrationState, Ruling, Typed,
};
use crate::respond;
use crate::views::register::{Questions, REVIEW, RegisterView, steps};
use crate::views::registrations::{RegisterSheetView, RegistrationsView, Row};
use crate::visit::{Fields, Posted, Visit};
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

/// The longest answer that is kept, in bytes; the reading of answers bounds them tighter, with words.
const KEPT: usize = 8_000;

/// `GET /apps/register`: the first step, and what was begun before.
pub(super) async fn begin(visit: Visit) -> Result<Response, Response> {
    let empty = Typed::new();
    step_page(&visit, None, 1, &empty, &[]).await
}

/// `GET /apps/register/{number}`: a step, or the whole.
pub(super) async fn show(Path(number): Path<u64>, visit: Visit) -> Result<Response, Response> {
    let sheet = sheet(&visit, number).await?;
    let step = visit.query("step").and_then(|step| step.parse().ok());
    let step: u8 = step.unwrap_or(REVIEW);
    if sheet.own && sheet.line.state == RegistrationState::Draft && step < REVIEW {
        return step_page(&visit, Some(number), step, &sheet.typed, &[]).await;
    }
    whole(&visit, &sheet, None).await
}

async fn whole(
    visit: &Visit,
    sheet: &RegistrationSheet,
    said: Option<String>,
) -> Result<Response, Response> {
    let choices = choices(visit).await?;
    let status = match said {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let view = RegisterSheetView::of(visit.frame(Tab::Apps), sheet, &choices, None, said);
    Ok(respond::show(&view, status))
}

/// `POST /apps/register`: keeps the first step under a new number.
pub(super) async fn first(Posted { visit, fields }: Posted) -> Result<Response, Response> {
    keep(&visit, None, Typed::new(), &fields).await
}

/// `POST /apps/register/{number}`: keeps a step, sends the whole, or takes it back.
pub(super) async fn next(
    Path(number): Path<u64>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let registering = &visit.site.parts.registering;
    match fields.get("go") {
        "send" => match registering.send(&visit.visitor, number, visit.lang).await {
            Ok(()) => Ok(respond::see(&format!("/apps/register/{number}"))),
            Err(RegisteringError::Port(error)) => Err(visit.failed(error)),
            Err(RegisteringError::Said(said)) => {
                let sheet = sheet(&visit, number).await?;
                whole(&visit, &sheet, Some(said)).await
            }
            // The sheet shows them.
            Err(RegisteringError::Faults(_)) => {
                Ok(respond::see(&format!("/apps/register/{number}")))
            }
        },
        "withdraw" => {
            let withdrawn = registering.withdraw(&visit.visitor, number).await;
            withdrawn.map_err(|error| visit.failed(error))?;
            Ok(respond::see("/apps/register"))
        }
        _ => {
            let sheet = sheet(&visit, number).await?;
            keep(&visit, Some(number), sheet.typed, &fields).await
        }
    }
}

/// Keeps what a step says beside what the others said, then goes on, or shows what is wrong in this step.
async fn keep(
    visit: &Visit,
    number: Option<u64>,
    mut typed: Typed,
    fields: &Fields,
) -> Result<Response, Response> {
    let step: u8 = fields.get("step").parse().unwrap_or(1);
    for (name, value) in fields.iter() {
        if !matches!(name, "csrf" | "step" | "go") {
            typed.insert(name.to_owned(), cut(value));
        }
    }
    let registering = &visit.site.parts.registering;
    let kept = registering
        .keep(&visit.visitor, number, typed.clone(), visit.lang)
        .await;
    let number = match kept {
        Ok(number) => number,
        Err(RegisteringError::Port(error)) => return Err(visit.failed(error)),
        Err(RegisteringError::Said(said)) => {
            let fault = AnswerFault {
                field: "name".to_owned(),
                sentence: said,
            };
            return step_page(visit, number, step, &typed, &[fault]).await;
        }
        Err(RegisteringError::Faults(faults)) => {
            return step_page(visit, number, step, &typed, &faults).await;
        }
    };
    if fields.get("go") == "later" {
        return Ok(respond::see("/apps/register"));
    }
    let sheet = sheet(visit, number).await?;
    let choices = choices(visit).await?;
    let asked = Questions {
        f: &visit.frame(Tab::Apps),
        typed: &sheet.typed,
        choices: &choices,
        faults: &sheet.faults,
    };
    let here = asked.of(step);
    let is_new = |name: &str| !sheet_had(fields, name);
    if here.iter().any(|field| !field.fault.is_empty()) {
        // A question that this very answer brought up was not answered wrongly yet.
        if here
            .iter()
            .all(|field| field.fault.is_empty() || is_new(&field.name))
        {
            return step_page(visit, Some(number), step, &sheet.typed, &[]).await;
        }
        return step_page(visit, Some(number), step, &sheet.typed, &sheet.faults).await;
    }
    let more = step == 4
        && here
            .iter()
            .any(|field| is_new(&field.name) && field.value.is_empty());
    let next = if more { step } else { (step + 1).min(REVIEW) };
    Ok(respond::see(&format!(
        "/apps/register/{number}?step={next}"
    )))
}

/// Tells whether the form that was sent asked for a field. A radio button that was left alone sends nothing.
fn sheet_had(fields: &Fields, name: &str) -> bool {
    fields.iter().any(|(sent, _)| sent == name)
        || matches!(name, "sign_in" | "readers" | "personal" | "way")
}

fn cut(value: &str) -> String {
    let mut end = value.len().min(KEPT);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    value[..end].to_owned()
}

async fn sheet(visit: &Visit, number: u64) -> Result<RegistrationSheet, Response> {
    let registering = &visit.site.parts.registering;
    let sheet = registering.sheet(&visit.visitor, number, visit.lang).await;
    sheet.map_err(|error| visit.failed(error))
}

async fn choices(visit: &Visit) -> Result<crate::ports::Choices, Response> {
    let registering = &visit.site.parts.registering;
    let choices = registering.choices(&visit.visitor, visit.lang).await;
    choices.map_err(|error| visit.failed(error))
}

async fn step_page(
    visit: &Visit,
    number: Option<u64>,
    step: u8,
    typed: &Typed,
    faults: &[AnswerFault],
) -> Result<Response, Response> {
    let f = visit.frame(Tab::Apps);
    let choices = choices(visit).await?;
    let questions = Questions {
        f: &f,
        typed,
        choices: &choices,
        faults,
    };
    let fields = questions.of(step);
    let wrong = fields
        .iter()
        .filter(|field| !field.fault.is_empty())
        .count();
    let mine = match number {
        Some(_) => Vec::new(),
        None => visit
            .site
            .parts
            .registering
            .mine(&visit.visitor)
            .await
            .map_err(|error| visit.failed(error))?,
    };
    let action = match number {
        Some(number) => format!("/apps/register/{number}"),
        None => "/apps/register".to_owned(),
    };
    let view = RegisterView {
        mine: mine.iter().map(|line| Row::of(line, &f)).collect(),
        no_unit: choices.units.is_empty(),
        steps: steps(number, step, &f),
        step,
        heading: f.t(&format!("ask-step-{step}")),
        action,
        fields,
        wrong,
        f,
    };
    let status = match wrong {
        0 => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(respond::show(&view, status))
}

/// `GET /ops/registrations`.
pub(super) async fn list(visit: Visit) -> Result<Response, Response> {
    only_operators(&visit)?;
    let sent = visit.site.parts.registering.sent(&visit.visitor).await;
    let sent = sent.map_err(|error| visit.failed(error))?;
    let f = visit.frame(Tab::Ops);
    let rows = sent.iter().map(|line| Row::of(line, &f)).collect();
    Ok(respond::show(
        &RegistrationsView { f, rows },
        StatusCode::OK,
    ))
}

/// `GET /ops/registrations/{number}`.
pub(super) async fn look(Path(number): Path<u64>, visit: Visit) -> Result<Response, Response> {
    only_operators(&visit)?;
    ruling_page(&visit, number, &Typed::new(), None).await
}

async fn ruling_page(
    visit: &Visit,
    number: u64,
    typed: &Typed,
    said: Option<String>,
) -> Result<Response, Response> {
    let sheet = sheet(visit, number).await?;
    let choices = choices(visit).await?;
    let f = visit.frame(Tab::Ops);
    let status = match said {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let view = RegisterSheetView::of(f, &sheet, &choices, Some(typed), said);
    Ok(respond::show(&view, status))
}

/// `POST /ops/registrations/{number}`: approves or rejects.
pub(super) async fn rule(
    Path(number): Path<u64>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    only_operators(&visit)?;
    let given = |name: &str| fields.get(name).trim().to_owned();
    let ruling = match fields.get("go") {
        "approve" => Ruling::Approve {
            address: given("give-address"),
            networks: given("give-networks"),
            text: fields.get("give-text").replace("\r\n", "\n"),
            note: given("give-note"),
        },
        "reject" => Ruling::Reject {
            note: given("give-note"),
        },
        _ => return Err(visit.failed(PortError::Missing)),
    };
    let registering = &visit.site.parts.registering;
    let ruled = registering
        .rule(&visit.visitor, number, ruling, visit.lang)
        .await;
    let said = match ruled {
        Ok(()) => return Ok(respond::see(&format!("/ops/registrations/{number}"))),
        Err(RegisteringError::Port(error)) => return Err(visit.failed(error)),
        Err(RegisteringError::Said(said)) => said,
        Err(RegisteringError::Faults(faults)) => {
            let all: Vec<String> = faults.into_iter().map(|fault| fault.sentence).collect();
            all.join(" ")
        }
    };
    let typed = fields
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    ruling_page(&visit, number, &typed.collect(), Some(said)).await
}
