//! The launcher.

use crate::frame::Tab;
use crate::respond;
use crate::views::apps::{AppsView, Tile, in_words, matches};
use crate::visit::Visit;
use axum::response::Response;
use http::StatusCode;
use std::collections::BTreeMap;

/// `GET /apps`.
pub(super) async fn show(visit: Visit) -> Result<Response, Response> {
    let f = visit.frame(Tab::Apps);
    let q: String = visit
        .query("q")
        .unwrap_or_default()
        .chars()
        .take(100)
        .collect();
    let parts = &visit.site.parts;
    let apps = parts
        .apps
        .apps(&visit.visitor)
        .await
        .map_err(|error| visit.failed(error))?;
    let unread = parts
        .reading
        .unread(&visit.visitor.reader)
        .await
        .unwrap_or_else(|error| {
            // The launcher is worth more than its counts.
            tracing::warn!(%error, "unread items could not be counted");
            Vec::new()
        });
    let own = parts.own_apps.mine(&visit.visitor).await;
    let own = own.map_err(|error| visit.failed(error))?.into_iter();
    let own = own.map(|(id, title)| (id.to_string(), title)).collect();
    let unread: BTreeMap<_, _> = unread.into_iter().collect();
    let found = apps
        .into_iter()
        .map(|app| in_words(app, &f))
        .filter(|app| matches(app, &q));
    let tiles = found.map(|app| Tile::of(&app, unread.get(&app.id).copied().unwrap_or(0), &f));
    let (linked, unlinked) = tiles.partition(|tile| tile.open.is_some());
    Ok(respond::show(
        &AppsView {
            f,
            q,
            own,
            linked,
            unlinked,
        },
        StatusCode::OK,
    ))
}
