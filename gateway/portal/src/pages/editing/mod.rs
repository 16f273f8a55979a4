//! The editor of a definition: text, findings as it is typed, a trial, saving. Only for operators.
//!
//! Whatever is sent here is kept as a draft before anything else is done with it, so that nothing typed is lost.

pub(super) mod history;
pub(super) mod proposals;

use super::ops::only_operators;
use crate::frame::{Frame, Notice, Tab};
use crate::ports::PortError;
use crate::ports::editing::{EditFault, Editing, Editor, Findings, Saved, Sheet, Typed};
use crate::respond;
use crate::views::editing::trial::TrialPart;
use crate::views::editing::{EditorView, FindingsPart, MovedPart, ProposalRow, ToldView};
use crate::visit::{Fields, Posted, Visit};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use divos_model::AppId;
use http::StatusCode;

/// The most bytes of a form with a definition in it: 256 KB, each byte written as three, and the rest.
pub(super) const DEFINITION_LIMIT: usize = 1024 * 1024;

/// What a page of the editor begins with.
struct Desk<'a> {
    visit: &'a Visit,
    app: AppId,
    who: Editor,
}

impl<'a> Desk<'a> {
    fn at(visit: &'a Visit, app: &str) -> Result<Self, Response> {
        only_operators(visit)?;
        let app = app.parse().map_err(|_| visit.failed(PortError::Missing))?;
        let who = editor(visit);
        Ok(Self { visit, app, who })
    }

    fn port(&self) -> &dyn Editing {
        &*self.visit.site.parts.editing
    }

    fn address(&self) -> String {
        format!("/ops/{}/edit", self.app)
    }

    async fn sheet(&self) -> Result<Sheet, Response> {
        let sheet = self.port().open(self.who, &self.app).await;
        sheet.map_err(|fault| failed(self.visit, fault))
    }

    async fn findings(&self, text: &str) -> Result<Findings, EditFault> {
        self.port().check(self.who, &self.app, text).await
    }

    /// Shows the editor, with a sentence about what was just tried.
    async fn page(&self, told: Option<Notice>, no_reason: bool) -> Result<Response, Response> {
        let sheet = self.sheet().await?;
        let mut f = self.visit.frame_saying(Tab::Ops, told);
        f.here = self.address();
        let findings = match self.findings(&sheet.text).await {
            Ok(findings) => findings_part(&f, &findings, self.visit)?,
            Err(EditFault::Told(sentence)) => sentence,
            Err(fault) => return Err(failed(self.visit, fault)),
        };
        let trial = self.trial(&sheet.text, &f, false).await?;
        let view = EditorView {
            app: self.app.to_string(),
            lines: sheet.text.lines().count() + 1,
            draft: sheet.draft.map(|at| f.near(at.min(f.now))),
            moved: sheet
                .moved
                .as_ref()
                .map(|moved| MovedPart::of(moved, &sheet.text)),
            waiting: sheet
                .waiting
                .iter()
                .map(|line| ProposalRow::of(line, &f))
                .collect(),
            findings,
            trial,
            no_reason,
            sheet,
            f,
        };
        Ok(respond::show(&view, StatusCode::OK))
    }

    async fn trial(&self, text: &str, f: &Frame, polled: bool) -> Result<Option<String>, Response> {
        let trial = self.port().trial(self.who, &self.app, text).await;
        let trial = trial.map_err(|fault| failed(self.visit, fault))?;
        let part = |sheet| {
            rendered(
                &TrialPart::of(&sheet, self.app.as_str(), f, polled),
                self.visit,
            )
        };
        trial.map(part).transpose()
    }
}

fn editor(visit: &Visit) -> Editor {
    Editor {
        person: visit.visitor.person,
        operator: visit.visitor.operator,
        lang: visit.lang,
    }
}

/// Shows why something could not be done: a sentence as a page of its own is only for what no form is near to.
fn failed(visit: &Visit, fault: EditFault) -> Response {
    match fault {
        EditFault::Port(error) => visit.failed(error),
        EditFault::Told(sentence) => {
            let f = visit.frame_saying(Tab::Ops, Some(bad(sentence)));
            respond::show(&ToldView { f }, StatusCode::CONFLICT)
        }
    }
}

fn bad(sentence: String) -> Notice {
    Notice {
        tone: "bad",
        text: sentence,
        undo: None,
    }
}

fn rendered(template: &impl Template, visit: &Visit) -> Result<String, Response> {
    let rendered = template.render();
    rendered.map_err(|error| visit.failed(PortError::Unavailable(error.to_string())))
}

fn findings_part(f: &Frame, findings: &Findings, visit: &Visit) -> Result<String, Response> {
    let part = FindingsPart {
        f,
        findings,
        jumps: true,
        verdict: true,
    };
    rendered(&part, visit)
}

/// Lists what waits for a decision, for the operator's first page.
pub(super) async fn waiting(visit: &Visit, f: &Frame) -> Result<Vec<ProposalRow>, Response> {
    let waiting = visit.site.parts.editing.waiting(editor(visit)).await;
    let waiting = waiting.map_err(|fault| failed(visit, fault))?;
    Ok(waiting
        .iter()
        .map(|line| ProposalRow::of(line, f))
        .collect())
}

/// What a form of the editor says; browsers end lines with CR LF (HTML, section 4.10.22.4).
fn typed(fields: &Fields) -> Typed {
    Typed {
        base: fields.get("base").to_owned(),
        text: fields.get("text").replace("\r\n", "\n"),
        reason: fields.get("reason").to_owned(),
    }
}

/// Where a saved proposal is to be seen.
fn after(app: &AppId, saved: Saved) -> Response {
    match saved.in_force {
        true => respond::see(&format!("/ops/{app}/history?did=in-force")),
        false => respond::see(&format!(
            "/ops/{app}/edit/proposals/{}?did=proposed",
            saved.number
        )),
    }
}

/// `GET /ops/{app}/edit`.
pub(super) async fn show(Path(app): Path<String>, visit: Visit) -> Result<Response, Response> {
    let notice = notice_of(&visit);
    Desk::at(&visit, &app)?.page(notice, false).await
}

/// `POST /ops/{app}/edit`: keeps what was typed, and does what the button says.
pub(super) async fn act(
    Path(app): Path<String>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    let act = fields.get("act");
    if act == "discard" {
        let discarded = desk.port().discard(desk.who, &desk.app).await;
        discarded.map_err(|fault| failed(&visit, fault))?;
        return Ok(respond::see(&format!("{}?did=discarded", desk.address())));
    }
    let mut typed = typed(&fields);
    if act == "mine" {
        fields.get("theirs").clone_into(&mut typed.base);
    }
    let done = match act {
        "save" => save(&desk, typed.clone()).await,
        "remove" => remove(&desk, typed.clone()).await,
        "try" => try_out(&desk, typed.clone()).await,
        _ => keep(&desk, typed.clone()).await,
    };
    match done {
        Ok(response) => Ok(response),
        Err(EditFault::Told(sentence)) => {
            let no_reason = typed.reason.trim().is_empty() && matches!(act, "save" | "remove");
            desk.page(Some(bad(sentence)), no_reason).await
        }
        Err(fault) => Err(failed(&visit, fault)),
    }
}

async fn keep(desk: &Desk<'_>, typed: Typed) -> Result<Response, EditFault> {
    desk.port().keep(desk.who, &desk.app, typed).await?;
    Ok(respond::see(&format!("{}?did=checked", desk.address())))
}

async fn save(desk: &Desk<'_>, typed: Typed) -> Result<Response, EditFault> {
    let saved = desk.port().save(desk.who, &desk.app, typed).await?;
    Ok(after(&desk.app, saved))
}

async fn remove(desk: &Desk<'_>, typed: Typed) -> Result<Response, EditFault> {
    let reason = typed.reason.clone();
    desk.port().keep(desk.who, &desk.app, typed).await?;
    let saved = desk.port().remove(desk.who, &desk.app, &reason).await?;
    Ok(after(&desk.app, saved))
}

async fn try_out(desk: &Desk<'_>, typed: Typed) -> Result<Response, EditFault> {
    let text = typed.text.clone();
    desk.port().keep(desk.who, &desk.app, typed).await?;
    desk.port().try_out(desk.who, &desk.app, &text).await?;
    Ok(respond::see(&format!("{}#trial", desk.address())))
}

/// `POST /ops/{app}/edit/findings`: keeps what is being typed and says what is wrong with it.
pub(super) async fn findings(
    Path(app): Path<String>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    let typed = typed(&fields);
    let text = typed.text.clone();
    let kept = desk.port().keep(desk.who, &desk.app, typed).await;
    let found = match kept {
        Ok(()) => desk.findings(&text).await,
        Err(fault) => Err(fault),
    };
    let findings = found.map_err(|fault| failed(&visit, fault))?;
    let f = visit.frame(Tab::Ops);
    let part = FindingsPart {
        f: &f,
        findings: &findings,
        jumps: true,
        verdict: true,
    };
    Ok(respond::show(&part, StatusCode::OK))
}

/// `GET /ops/{app}/edit/trial`: how the trial goes.
pub(super) async fn trial(Path(app): Path<String>, visit: Visit) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    let sheet = desk.sheet().await?;
    let f = visit.frame(Tab::Ops);
    let part = desk.trial(&sheet.text, &f, true).await?;
    let part = part.ok_or_else(|| visit.failed(PortError::Missing))?;
    Ok(respond::fragment(part))
}

fn notice_of(visit: &Visit) -> Option<Notice> {
    let key = match visit.query("did")?.as_str() {
        "checked" => "did-checked",
        "discarded" => "did-discarded",
        "in-force" => "did-in-force",
        "proposed" => "did-proposed",
        "approved" => "did-approved",
        "rejected" => "did-rejected",
        "withdrawn" => "did-withdrawn",
        _ => return None,
    };
    Some(Notice {
        tone: "ok",
        text: crate::words::say(visit.lang, key, &[]),
        undo: None,
    })
}
