//! The operator's pages. Only for those who hold the role `operator`.

use super::editing;
use crate::frame::{Notice, Tab};
use crate::ports::{PortError, RegistrationLine, RegistrationState, RunAnswer};
use crate::respond;
use crate::views::ops::{OpsAppView, OpsView, SourceRow, SourcesPart};
use crate::visit::{Posted, Visit};
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use divos_feed::SourceStatus;
use divos_model::AppId;
use http::StatusCode;

pub(super) fn only_operators(visit: &Visit) -> Result<(), Response> {
    if visit.visitor.operator {
        Ok(())
    } else {
        Err(visit.failed(PortError::Refused))
    }
}

async fn sources(visit: &Visit) -> Result<Vec<SourceStatus>, Response> {
    only_operators(visit)?;
    visit
        .site
        .parts
        .operating
        .sources()
        .await
        .map_err(|error| visit.failed(error))
}

/// `GET /ops`.
pub(super) async fn list(visit: Visit) -> Result<Response, Response> {
    let sources = sources(&visit).await?;
    let wanted = visit.query("open").map(|id| id.to_lowercase());
    let wanted: Option<Result<AppId, _>> = wanted.map(|id| id.parse());
    if let Some(Ok(app)) = &wanted {
        return Ok(respond::see(&format!("/ops/{app}/edit")));
    }
    let f = visit.frame_saying(Tab::Ops, notice_of(&visit));
    let waiting = editing::waiting(&visit, &f).await?;
    let refused = visit
        .site
        .parts
        .operating
        .reload_faults()
        .into_iter()
        .map(|(app, fault)| (app.to_string(), fault))
        .collect();
    let sent = visit.site.parts.registering.sent(&visit.visitor).await;
    let sent = sent.map_err(|error| visit.failed(error))?;
    let waits = |line: &&RegistrationLine| line.state == RegistrationState::Waiting;
    let registered = sent.iter().filter(waits).count();
    let rows: Vec<SourceRow> = sources
        .iter()
        .map(|status| SourceRow::of(status, &f))
        .collect();
    let (all, troubled) = (
        rows.len(),
        rows.iter().filter(|row| row.is_troubled()).count(),
    );
    let only_trouble = visit.query("only").as_deref() == Some("trouble");
    let mut rows: Vec<SourceRow> = rows
        .into_iter()
        .filter(|row| !only_trouble || row.is_troubled())
        .collect();
    // What needs attention comes first; within that, by title.
    rows.sort_by(|a, b| {
        (!a.is_troubled(), &a.title, &a.source).cmp(&(!b.is_troubled(), &b.title, &b.source))
    });
    Ok(respond::show(
        &OpsView {
            f,
            rows,
            only_trouble,
            all,
            troubled,
            refused,
            waiting,
            registered,
            no_such_id: wanted.is_some(),
        },
        StatusCode::OK,
    ))
}

/// `GET /ops/{app}`; for htmx the part that changes while a run goes on.
pub(super) async fn one(Path(app): Path<String>, visit: Visit) -> Result<Response, Response> {
    let sources = sources(&visit).await?;
    let f = visit.frame_saying(Tab::Ops, notice_of(&visit));
    let id: AppId = app.parse().map_err(|_| visit.failed(PortError::Missing))?;
    let rows: Vec<SourceRow> = sources
        .iter()
        .filter(|status| status.app == id)
        .map(|status| SourceRow::of(status, &f))
        .collect();
    let reload_fault = visit
        .site
        .parts
        .operating
        .reload_faults()
        .into_iter()
        .find(|(app, _)| *app == id)
        .map(|(_, fault)| fault);
    let Some(first) = rows.first() else {
        return Err(visit.failed(PortError::Missing));
    };
    let title = first.title.clone();
    // A run that was just asked for may not have reached the table yet: look at least once more.
    let asked = matches!(visit.query("did").as_deref(), Some("run" | "running"));
    let busy = asked || rows.iter().any(|row| row.busy);
    let part = SourcesPart {
        f: &f,
        app: id.as_str(),
        rows: &rows,
        busy,
        polled: visit.htmx,
    };
    if visit.htmx {
        return Ok(respond::show(&part, StatusCode::OK));
    }
    let status = part
        .render()
        .map_err(|error| visit.failed(PortError::Unavailable(error.to_string())))?;
    Ok(respond::show(
        &OpsAppView {
            app: id.to_string(),
            title,
            status,
            reload_fault,
            f,
        },
        StatusCode::OK,
    ))
}

/// `POST /ops/{app}/{source}/run`: asks for a run; the app's page then shows how it goes.
pub(super) async fn run(
    Path((app, source)): Path<(String, String)>,
    Posted { visit, .. }: Posted,
) -> Result<Response, Response> {
    only_operators(&visit)?;
    let id: AppId = app.parse().map_err(|_| visit.failed(PortError::Missing))?;
    let answer = visit.site.parts.operating.run_now(&id, &source).await;
    queued(&visit, &id, answer)
}

/// `POST /ops/{app}/{source}/accept`: takes a source as it is now; the app's page then shows how its run goes.
pub(super) async fn accept(
    Path((app, source)): Path<(String, String)>,
    Posted { visit, .. }: Posted,
) -> Result<Response, Response> {
    only_operators(&visit)?;
    let id: AppId = app.parse().map_err(|_| visit.failed(PortError::Missing))?;
    let operating = &visit.site.parts.operating;
    let answer = operating.accept(&id, &source).await;
    queued(&visit, &id, answer)
}

fn queued(
    visit: &Visit,
    app: &AppId,
    answer: Result<RunAnswer, PortError>,
) -> Result<Response, Response> {
    let did = match answer.map_err(|error| visit.failed(error))? {
        RunAnswer::Queued => "run",
        RunAnswer::Running => "running",
        RunAnswer::Full => "full",
    };
    Ok(respond::see(&format!("/ops/{app}?did={did}")))
}

fn notice_of(visit: &Visit) -> Option<Notice> {
    let (key, tone) = match visit.query("did")?.as_str() {
        "run" => ("did-run", "ok"),
        "running" => ("did-running", "ok"),
        "full" => ("did-full", "warn"),
        _ => return None,
    };
    Some(Notice {
        tone,
        text: crate::words::say(visit.lang, key, &[]),
        undo: None,
    })
}
