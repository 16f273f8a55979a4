//! Registering an app by program: the same answers as the form's, the same faults, the same rights.

use super::feed::private;
use super::items::is_json;
use super::problem::{FieldError, reply};
use super::who::Who;
use super::{ApiParts, Problem};
use crate::definitions::editing::EditError;
use crate::registration::{Applicant, Case, RegisterError, Typed};
use crate::wiring::{applicant, known_fields};
use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use divos_model::Lang;
use divos_store::ProposalState;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// The largest body, in bytes.
const BODY_MAX: usize = 64 << 10;

async fn by(parts: &ApiParts, who: &Who) -> Result<Applicant, Problem> {
    Ok(applicant(&*parts.people, &who.person).await?)
}

/// `GET /api/v1/registrations`: one's own; for operators also those that were sent.
pub(super) async fn list(State(parts): State<ApiParts>, who: Who) -> Response {
    let listed = async {
        let by = by(&parts, &who).await?;
        let mut cases = parts.registrations.mine(&by).await?;
        if by.operator {
            let sent = parts.registrations.sent().await?.into_iter();
            cases.extend(sent.filter(|case| case.registration.person != by.person));
        }
        let shown: Vec<Value> = cases.iter().map(brief).collect();
        Ok(private(Json(json!({ "registrations": shown }))))
    };
    reply(who.lang, listed.await)
}

/// `GET /api/v1/registrations/{number}`.
pub(super) async fn get(
    State(parts): State<ApiParts>,
    who: Who,
    Path(number): Path<String>,
) -> Response {
    let found = async {
        let number = number.parse().map_err(|_| Problem::not_found())?;
        let by = by(&parts, &who).await?;
        let case = parts.registrations.case(&by, number).await?;
        Ok(private(Json(whole(&case))))
    };
    reply(who.lang, found.await)
}

/// `POST /api/v1/registrations`: keeps answers and sends them, or says every fault and keeps nothing.
pub(super) async fn send(State(parts): State<ApiParts>, who: Who, request: Request) -> Response {
    let sent = async {
        let typed = read(request).await?;
        let by = by(&parts, &who).await?;
        let registrations = &parts.registrations;
        let (_, preview) = registrations.preview(&by, &typed, who.lang).await?;
        if !preview.good {
            return Err(draft_faulty(&preview.check));
        }
        let number = registrations.keep(&by, None, typed).await?;
        registrations.send(&by, number, who.lang).await?;
        let case = registrations.case(&by, number).await?;
        let mut answer = (StatusCode::CREATED, private(Json(whole(&case)))).into_response();
        let place = format!("/api/v1/registrations/{number}");
        if let Ok(place) = HeaderValue::try_from(place) {
            answer.headers_mut().insert(header::LOCATION, place);
        }
        Ok(answer)
    };
    reply(who.lang, sent.await)
}

async fn read(request: Request) -> Result<Typed, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::not_json());
    }
    let body = axum::body::to_bytes(request.into_body(), BODY_MAX).await;
    let body = body.map_err(|_| Problem::too_large(BODY_MAX))?;
    let typed: Typed = serde_json::from_slice(&body).map_err(|error| {
        Problem::bad_request(
            format!("Isi harus objek JSON dari teks: {error}."),
            format!("The body must be a JSON object of texts: {error}."),
        )
    })?;
    let (all, known) = (typed.len(), known_fields(typed));
    match known.len() == all {
        true => Ok(known),
        false => Err(Problem::bad_request(
            "Ada isian yang tidak dikenal; lihat /openapi.json.",
            "There is a field that is not known; see /openapi.json.",
        )),
    }
}

fn draft_faulty(check: &str) -> Problem {
    Problem::answers(vec![FieldError {
        field: "draft".to_owned(),
        says: (check.to_owned(), check.to_owned()),
    }])
}

fn state(case: &Case) -> &'static str {
    match case.state() {
        None | Some(ProposalState::Draft) => "draft",
        Some(ProposalState::Waiting | ProposalState::Applying) => "waiting",
        Some(ProposalState::InForce) => "approved",
        Some(ProposalState::Rejected) => "rejected",
        Some(ProposalState::Withdrawn) => "withdrawn",
    }
}

fn brief(case: &Case) -> Value {
    let registration = &case.registration;
    let proposal = case.proposal.as_ref().map(|(proposal, _)| proposal);
    json!({
        "number": registration.number,
        "name": registration.typed.get("name"),
        "app": proposal.map(|one| &one.app),
        "state": state(case),
        "note": proposal.and_then(|one| one.note.as_ref()),
        "created_at": registration.created_at,
        "changed_at": proposal.map_or(registration.changed_at, |one| one.changed_at),
    })
}

fn whole(case: &Case) -> Value {
    let mut whole = brief(case);
    whole["answers"] = json!(case.registration.typed);
    let texts = case.proposal.as_ref().map(|(_, texts)| texts);
    whole["draft"] = json!(texts.and_then(|texts| texts.text.as_ref()));
    whole
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        let both = |error: &RegisterError| {
            let say = |lang| crate::wiring::registering_sentence(error, lang);
            say(Lang::Id).zip(say(Lang::En))
        };
        match error {
            RegisterError::Missing | RegisterError::Edit(EditError::Missing) => Self::not_found(),
            RegisterError::Answers(faults) => {
                let error = |fault: crate::registration::AnswerFault| FieldError {
                    field: fault.field,
                    says: fault.says,
                };
                Self::answers(faults.into_iter().map(error).collect())
            }
            RegisterError::Store(error) => error.into(),
            error => match both(&error) {
                Some((id, en)) => Self::conflict(id, en),
                None => Self::unavailable(),
            },
        }
    }
}
