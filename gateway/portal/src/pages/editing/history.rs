//! The history of a definition: what was in force, what changed, and bringing a version back.

use super::{Desk, after, bad, failed, notice_of};
use crate::frame::{Notice, Tab};
use crate::ports::editing::{EditFault, Findings};
use crate::respond;
use crate::views::editing::{FindingsPart, HistoryView, ProposalRow, VersionRow, VersionView};
use crate::visit::{Posted, Visit};
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

/// `GET /ops/{app}/history`.
pub(in crate::pages) async fn list(
    Path(app): Path<String>,
    visit: Visit,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    let before = visit.query("before").and_then(|number| number.parse().ok());
    let versions = desk.port().versions(desk.who, &desk.app, before).await;
    let versions = versions.map_err(|fault| failed(&visit, fault))?;
    let proposals = desk.port().proposals(desk.who, &desk.app).await;
    let proposals = proposals.map_err(|fault| failed(&visit, fault))?;
    let f = visit.frame_saying(Tab::Ops, notice_of(&visit));
    let view = HistoryView {
        app: desk.app.to_string(),
        older: versions.last().map(|line| line.number).filter(|n| *n > 1),
        versions: versions
            .iter()
            .map(|line| VersionRow::of(line, &f))
            .collect(),
        proposals: proposals
            .iter()
            .map(|line| ProposalRow::of(line, &f))
            .collect(),
        f,
    };
    Ok(respond::show(&view, StatusCode::OK))
}

/// `GET /ops/{app}/edit/versions/{number}`.
pub(in crate::pages) async fn version(
    Path((app, number)): Path<(String, u64)>,
    visit: Visit,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    page(&desk, number, None, false).await
}

async fn page(
    desk: &Desk<'_>,
    number: u64,
    told: Option<Notice>,
    no_reason: bool,
) -> Result<Response, Response> {
    let sheet = desk.port().version(desk.who, &desk.app, number).await;
    let sheet = sheet.map_err(|fault| failed(desk.visit, fault))?;
    let mut f = desk.visit.frame_saying(Tab::Ops, told);
    f.here = format!("/ops/{}/edit/versions/{number}", desk.app);
    let findings = Findings {
        effects: sheet.effects.clone(),
        good: true,
        ..Findings::default()
    };
    let part = FindingsPart {
        f: &f,
        findings: &findings,
        jumps: false,
        verdict: false,
    };
    let effects = super::rendered(&part, desk.visit)?;
    let view = VersionView {
        no_reason,
        ..VersionView::of(f, desk.app.to_string(), &sheet, effects)
    };
    Ok(respond::show(&view, StatusCode::OK))
}

/// `POST /ops/{app}/edit/versions/{number}`: proposes to bring the version back.
pub(in crate::pages) async fn restore(
    Path((app, number)): Path<(String, u64)>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    let reason = fields.get("reason");
    let restored = desk
        .port()
        .restore(desk.who, &desk.app, number, reason)
        .await;
    match restored {
        Ok(saved) => Ok(after(&desk.app, saved)),
        Err(EditFault::Told(sentence)) => {
            let no_reason = reason.trim().is_empty();
            page(&desk, number, Some(bad(sentence)), no_reason).await
        }
        Err(fault) => Err(failed(&visit, fault)),
    }
}
