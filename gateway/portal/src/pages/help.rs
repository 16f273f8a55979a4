//! Help: open to everybody, since who cannot sign in needs it most.

use crate::frame::{Frame, Tab};
use crate::views::help::HelpView;
use crate::visit::{Site, Visit, here};
use crate::{language, respond};
use axum::extract::{FromRequestParts, Request, State};
use axum::response::Response;
use http::StatusCode;
use std::sync::Arc;

/// `GET /help`.
pub(super) async fn show(State(site): State<Arc<Site>>, request: Request) -> Response {
    let (mut request, _) = request.into_parts();
    let visit = Visit::from_request_parts(&mut request, &site).await;
    let f = match visit {
        Ok(visit) => visit.frame(Tab::Help),
        Err(_) => Frame {
            lang: language::of(&request),
            now: site.parts.clock.now(),
            who: None,
            tab: Tab::Help,
            csrf: String::new(),
            here: here(&request),
            notice: None,
            base: String::new(),
        },
    };
    respond::show(&HelpView::of(f, &site.parts.face.contact), StatusCode::OK)
}
