//! The operator's pages over all apps together: which overlap, and the record of processing.

use super::ops::only_operators;
use crate::frame::Tab;
use crate::ports::PortError;
use crate::registry::{UnitNames, overlap_csv, processing_csv};
use crate::respond;
use crate::views::registry::{OverlapView, ProcessingAppView, ProcessingView};
use crate::visit::Visit;
use axum::extract::Path;
use axum::response::Response;
use divos_manifest::{Overlap, Processing, Relation};
use http::StatusCode;

async fn found(visit: &Visit) -> Result<Vec<Overlap>, Response> {
    only_operators(visit)?;
    let found = visit.site.parts.registry.overlaps().await;
    found.map_err(|error| visit.failed(error))
}

fn records(visit: &Visit) -> Result<Vec<Processing>, Response> {
    only_operators(visit)?;
    Ok(visit.site.parts.registry.processing())
}

async fn names(visit: &Visit) -> Result<UnitNames, Response> {
    let names = visit.site.parts.registry.unit_names().await;
    names.map_err(|error| visit.failed(error))
}

/// `GET /ops/overlap`.
pub(super) async fn overlap(visit: Visit) -> Result<Response, Response> {
    let found = found(&visit).await?;
    let word = visit.query("is");
    let only = Relation::ALL
        .into_iter()
        .find(|(known, _)| Some(*known) == word.as_deref())
        .map(|(_, relation)| relation);
    let names = names(&visit).await?;
    let view = OverlapView::of(visit.frame(Tab::Ops), &found, &names, only);
    Ok(respond::show(&view, StatusCode::OK))
}

/// `GET /ops/overlap.csv`.
pub(super) async fn overlap_file(visit: Visit) -> Result<Response, Response> {
    let found = found(&visit).await?;
    let name = visit.lang.pick("tumpang-tindih.csv", "overlap.csv");
    Ok(respond::csv(name, overlap_csv(&found, visit.lang)))
}

/// `GET /ops/processing`.
pub(super) async fn processing(visit: Visit) -> Result<Response, Response> {
    let records = records(&visit)?;
    let names = names(&visit).await?;
    let view = ProcessingView::of(visit.frame(Tab::Ops), &records, &names);
    Ok(respond::show(&view, StatusCode::OK))
}

/// `GET /ops/processing.csv`.
pub(super) async fn processing_file(visit: Visit) -> Result<Response, Response> {
    let records = records(&visit)?;
    let name = visit.lang.pick("rekam-pemrosesan.csv", "processing.csv");
    Ok(respond::csv(name, processing_csv(&records, visit.lang)))
}

/// `GET /ops/processing/{app}`.
pub(super) async fn processing_of(
    Path(app): Path<String>,
    visit: Visit,
) -> Result<Response, Response> {
    let records = records(&visit)?;
    let Some(record) = records.iter().find(|record| record.app == app) else {
        return Err(visit.failed(PortError::Missing));
    };
    let names = names(&visit).await?;
    let view = ProcessingAppView::of(visit.frame(Tab::Ops), record, &names);
    Ok(respond::show(&view, StatusCode::OK))
}
