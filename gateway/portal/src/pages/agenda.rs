//! What is coming.

use crate::frame::Tab;
use crate::respond;
use crate::views::agenda::{AgendaView, days};
use crate::visit::Visit;
use crate::when;
use axum::response::Response;
use chrono::{TimeDelta, Utc};
use divos_model::wita;
use http::StatusCode;

/// How far the page looks ahead; the words of the page say so too.
const DAYS: i64 = 60;
/// The most lines of the page.
const LINES: usize = 200;

/// `GET /agenda`: from the beginning of today on.
pub(super) async fn show(visit: Visit) -> Result<Response, Response> {
    let midnight = when::day_of(visit.now)
        .and_hms_opt(0, 0, 0)
        .and_then(|at| at.and_local_timezone(wita()).single());
    let from = midnight.map_or(visit.now, |at| at.with_timezone(&Utc));
    let until = from + TimeDelta::days(DAYS);
    let parts = &visit.site.parts;
    let coming = parts
        .reading
        .coming(&visit.visitor.reader, from, until, LINES)
        .await
        .map_err(|error| visit.failed(error))?;
    let f = visit.frame(Tab::Agenda);
    let days = days(&coming, &f, &*parts.apps);
    Ok(respond::show(&AgendaView { f, days }, StatusCode::OK))
}
