//! A proposal that somebody made: what it changes, and the decision over it.

use super::{Desk, bad, failed, notice_of};
use crate::frame::{Notice, Tab};
use crate::ports::PortError;
use crate::ports::editing::{Decided, EditFault};
use crate::respond;
use crate::views::editing::{FindingsPart, ProposalView};
use crate::visit::{Posted, Visit};
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

/// `GET /ops/{app}/edit/proposals/{number}`.
pub(in crate::pages) async fn show(
    Path((app, number)): Path<(String, u64)>,
    visit: Visit,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    page(&desk, number, notice_of(&visit)).await
}

async fn page(desk: &Desk<'_>, number: u64, told: Option<Notice>) -> Result<Response, Response> {
    let sheet = desk.port().proposal(desk.who, number).await;
    let sheet = sheet.map_err(|fault| failed(desk.visit, fault))?;
    if sheet.line.app != desk.app {
        return Err(desk.visit.failed(PortError::Missing));
    }
    let mut f = desk.visit.frame_saying(Tab::Ops, told);
    f.here = format!("/ops/{}/edit/proposals/{number}", desk.app);
    let part = FindingsPart {
        f: &f,
        findings: &sheet.findings,
        jumps: false,
        verdict: sheet.line.state == "waiting",
    };
    let findings = super::rendered(&part, desk.visit)?;
    let view = ProposalView::of(f, sheet, findings);
    Ok(respond::show(&view, StatusCode::OK))
}

/// `POST /ops/{app}/edit/proposals/{number}`: approves, rejects, or takes back.
pub(in crate::pages) async fn decide(
    Path((app, number)): Path<(String, u64)>,
    Posted { visit, fields }: Posted,
) -> Result<Response, Response> {
    let desk = Desk::at(&visit, &app)?;
    let (decided, did) = match fields.get("act") {
        "approve" => (Decided::Approve, "approved"),
        "reject" => (Decided::Reject, "rejected"),
        "withdraw" => (Decided::Withdraw, "withdrawn"),
        _ => return Err(visit.failed(PortError::Missing)),
    };
    let note = fields.get("note");
    match desk.port().decide(desk.who, number, decided, note).await {
        Ok(()) => {
            let place = format!("/ops/{}/edit/proposals/{number}?did={did}", desk.app);
            Ok(respond::see(&place))
        }
        Err(EditFault::Told(sentence)) => page(&desk, number, Some(bad(sentence))).await,
        Err(fault) => Err(failed(&visit, fault)),
    }
}
