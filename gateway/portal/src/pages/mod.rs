//! The routes: each takes who asks, asks the ports, and hands words to a view.
//!
//! Owns the addresses of the pages and the order of the layers around them. Start with [`router`].

#![allow(
    clippy::result_large_err,
    reason = "the error of a page is a page, and axum takes it by value"
)]

mod agenda;
mod apps;
mod editing;
mod feed;
mod help;
mod item;
mod me;
mod ops;
mod own_app;
mod own_data;
mod register;
mod registry;
mod sign_in;

use crate::error_page::{ErrorKind, ErrorView};
use crate::headers::Fixed;
use crate::visit::{Site, Visit};
use crate::{PortalParts, assets, language, respond};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use http::HeaderMap;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// The most bytes of a form.
const FORM_LIMIT: usize = 64 * 1024;

/// What the layers need.
struct Around {
    fixed: Fixed,
    host: String,
}

/// Makes the pages of the hub. Any other path is answered with the page of what is not found.
pub fn router(parts: PortalParts) -> Router {
    let host = parts
        .face
        .origin
        .split_once("://")
        .map_or("", |(_, host)| host)
        .to_owned();
    let around = Arc::new(Around {
        fixed: Fixed::of(&parts.face),
        host,
    });
    let site = Arc::new(Site { parts });
    Router::new()
        .route("/", get(first))
        .route("/login", get(sign_in::form).post(sign_in::try_it))
        .route("/logout", post(sign_in::leave))
        .route("/feed", get(feed::feed))
        .route("/search", get(feed::search))
        .route("/items/{id}", get(item::show))
        .route("/items/{id}/state", post(item::mark))
        .route("/apps", get(apps::show))
        .route("/apps/register", get(register::begin).post(register::first))
        .route(
            "/apps/register/{number}",
            get(register::show).post(register::next),
        )
        .route("/apps/{app}", get(own_app::show))
        .route("/apps/{app}/credentials", post(own_app::make))
        .route(
            "/apps/{app}/credentials/{credential}/revoke",
            post(own_app::revoke),
        )
        .route("/agenda", get(agenda::show))
        .route("/me", get(me::show))
        .route("/me/data", get(own_data::show))
        .route("/me/sessions/end-all", post(me::end_all))
        .route("/me/sessions/{id}/end", post(me::end_one))
        .route("/me/tokens", post(me::make_token))
        .route("/me/tokens/{id}/revoke", post(me::revoke_token))
        .route("/help", get(help::show))
        .route("/ops", get(ops::list))
        .route("/ops/overlap", get(registry::overlap))
        .route("/ops/overlap.csv", get(registry::overlap_file))
        .route("/ops/processing", get(registry::processing))
        .route("/ops/processing.csv", get(registry::processing_file))
        .route("/ops/processing/{app}", get(registry::processing_of))
        .route("/ops/registrations", get(register::list))
        .route(
            "/ops/registrations/{number}",
            get(register::look).post(register::rule),
        )
        .route("/ops/{app}", get(ops::one))
        .route("/ops/{app}/{source}/run", post(ops::run))
        .route("/ops/{app}/{source}/accept", post(ops::accept))
        .route("/ops/{app}/history", get(editing::history::list))
        .route(
            "/ops/{app}/edit/versions/{number}",
            get(editing::history::version).post(editing::history::restore),
        )
        .route(
            "/ops/{app}/edit/proposals/{number}",
            get(editing::proposals::show).post(editing::proposals::decide),
        )
        .merge(editor())
        .route("/assets/{name}", get(assets::serve))
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn_with_state(around, wrap))
        .layer(CompressionLayer::new())
        .with_state(site)
}

/// The pages whose forms hold a whole definition.
fn editor() -> Router<Arc<Site>> {
    Router::new()
        .route("/ops/{app}/edit", get(editing::show).post(editing::act))
        .route("/ops/{app}/edit/findings", post(editing::findings))
        .route("/ops/{app}/edit/trial", get(editing::trial))
        .layer(DefaultBodyLimit::max(editing::DEFINITION_LIMIT))
}

/// `GET /`: the feed, or the sign-in page.
async fn first(_: Visit) -> Response {
    respond::see("/feed")
}

async fn nothing_here(State(_): State<Arc<Site>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    respond::answer(ErrorView::new(ErrorKind::NotFound), language::of(&parts))
}

async fn wrong_method(State(_): State<Arc<Site>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    respond::answer(ErrorView::new(ErrorKind::WrongMethod), language::of(&parts))
}

/// What every request passes: its origin is checked, its language remembered, its answer dressed.
async fn wrap(State(around): State<Arc<Around>>, request: Request, next: Next) -> Response {
    let asked = language::asked(request.uri().query());
    let other_site = !request.method().is_safe()
        && divos_sso::check_origin(request.headers(), &around.host).is_err();
    let response = if other_site {
        let (parts, _) = request.into_parts();
        respond::answer(ErrorView::new(ErrorKind::FormRefused), language::of(&parts))
    } else {
        next.run(request).await
    };
    let chosen = asked.map(language::remember);
    around.fixed.dress(respond::with_cookies(response, chosen))
}

/// Returns the page that a form was on: a path of the hub, else `otherwise`.
fn back_to(wanted: &str, otherwise: &str) -> String {
    divos_sso::safe_path(wanted).unwrap_or(otherwise).to_owned()
}

/// Adds what was just done to an address.
fn saying(place: &str, did: &str, item: Option<&str>) -> String {
    let mark = if place.contains('?') { '&' } else { '?' };
    let item = item.map(|id| format!("&item={id}")).unwrap_or_default();
    format!("{place}{mark}did={did}{item}")
}

/// Returns the page that a link was on, as far as the browser tells it: a path of the hub.
fn referring_path(headers: &HeaderMap, origin: &str) -> Option<String> {
    let referer = headers.get(http::header::REFERER)?.to_str().ok()?;
    let path = referer.strip_prefix(origin)?;
    divos_sso::safe_path(path).map(str::to_owned)
}
