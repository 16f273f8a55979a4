//! One's own page.

use crate::frame::{Notice, Tab};
use crate::respond;
use crate::views::me::{Address, MeView, addresses};
use crate::visit::{Posted, Visit};
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

/// `GET /me`.
pub(super) async fn show(visit: Visit) -> Result<Response, Response> {
    let did = match visit.query("did").as_deref() {
        Some("session") => Some("did-session"),
        Some("token") => Some("did-token"),
        _ => None,
    };
    let notice = did.map(|key| Notice {
        tone: "ok",
        text: crate::words::say(visit.lang, key, &[]),
        undo: None,
    });
    page(&visit, notice, Vec::new()).await
}

async fn page(
    visit: &Visit,
    notice: Option<Notice>,
    made: Vec<Address>,
) -> Result<Response, Response> {
    let door = &visit.site.parts.door;
    let sessions = door
        .sessions(&visit.request)
        .await
        .map_err(|error| visit.failed(error))?;
    let tokens = door
        .tokens(&visit.request)
        .await
        .map_err(|error| visit.failed(error))?;
    let mut f = visit.frame_saying(Tab::Me, notice);
    f.here = "/me".to_owned();
    let view = MeView {
        made,
        ..MeView::of(f, &visit.visitor, &sessions, &tokens)
    };
    Ok(respond::show(&view, StatusCode::OK))
}

/// `POST /me/sessions/{id}/end`.
pub(super) async fn end_one(
    Path(id): Path<String>,
    Posted { visit, .. }: Posted,
) -> Result<Response, Response> {
    let ended = visit.site.parts.door.end_session(&visit.request, &id).await;
    ended.map_err(|error| visit.failed(error))?;
    Ok(respond::see("/me?did=session"))
}

/// `POST /me/sessions/end-all`.
pub(super) async fn end_all(Posted { visit, .. }: Posted) -> Result<Response, Response> {
    let cookies = visit
        .site
        .parts
        .door
        .end_all(&visit.request)
        .await
        .map_err(|error| visit.failed(error))?;
    Ok(respond::with_cookies(
        respond::see("/login?did=signed-out"),
        cookies,
    ))
}

/// `POST /me/tokens`: the one form that is answered with a page at once, since the addresses that it
/// makes are shown once and must not pass through an address bar.
pub(super) async fn make_token(Posted { visit, fields }: Posted) -> Result<Response, Response> {
    let label: String = fields
        .get("label")
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    let parts = &visit.site.parts;
    let token = parts
        .door
        .create_token(&visit.request, &label)
        .await
        .map_err(|error| visit.failed(error))?;
    let made = addresses(&parts.face.origin, &token, &visit.frame(Tab::Me));
    page(&visit, None, made).await
}

/// `POST /me/tokens/{id}/revoke`.
pub(super) async fn revoke_token(
    Path(id): Path<String>,
    Posted { visit, .. }: Posted,
) -> Result<Response, Response> {
    let revoked = visit
        .site
        .parts
        .door
        .revoke_token(&visit.request, &id)
        .await;
    revoked.map_err(|error| visit.failed(error))?;
    Ok(respond::see("/me?did=token"))
}
