//! A person's own data.

use crate::frame::Tab;
use crate::respond;
use crate::views::own_data::OwnDataView;
use crate::visit::Visit;
use axum::response::Response;
use http::StatusCode;

/// `GET /me/data`.
pub(super) async fn show(visit: Visit) -> Result<Response, Response> {
    let parts = &visit.site.parts;
    let sheet = parts.own_data.sheet(&visit.visitor).await;
    let sheet = sheet.map_err(|error| visit.failed(error))?;
    let view = OwnDataView::of(visit.frame(Tab::Me), &sheet, &parts.face.contact);
    Ok(respond::show(&view, StatusCode::OK))
}
