//! The handover of a session from the hub's host to an app's: redirects, no page.
//!
//! It begins in the guard, goes on at `/handover` on the hub's host and ends at `/.divos/session` on the app's.

use super::identify::known;
use crate::phases::{Caller, RequestInfo};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use divos_sso::{HANDOVER_PATH, HandoverRequest, HostSet, REDEEM_PATH, RedeemError, Sso};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::sync::Arc;

/// What the handover can reach.
#[derive(Clone)]
pub struct DoorParts {
    /// Sign-in.
    pub sso: Arc<Sso>,
    /// The hosts that are the hub's, as of now.
    pub hosts: Arc<dyn Fn() -> Arc<HostSet> + Send + Sync>,
}

/// Builds the handover's routes.
pub fn router(parts: DoorParts) -> Router {
    Router::new()
        .route(HANDOVER_PATH, get(hand_over))
        .route(REDEEM_PATH, get(redeem))
        .with_state(parts)
}

type Info = axum::Extension<RequestInfo>;
type Who = axum::Extension<Caller>;

async fn hand_over(
    State(parts): State<DoorParts>,
    axum::Extension(caller): Who,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let Some(request) = HandoverRequest::parse(&query, &(parts.hosts)()) else {
        return go("/apps", None);
    };
    let caller = known(&caller);
    let Some(person) = caller.signed_in() else {
        let back: String =
            url::form_urlencoded::byte_serialize(format!("{HANDOVER_PATH}?{query}").as_bytes())
                .collect();
        return go(&format!("/login?return={back}"), None);
    };
    match parts.sso.hand_over(person, &request).await {
        Ok(location) => go(&location, None),
        Err(error) => {
            tracing::error!(%error, "a session cannot be handed over");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn redeem(
    State(parts): State<DoorParts>,
    axum::Extension(info): Info,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    match parts
        .sso
        .redeem(&info.authority, &query.unwrap_or_default(), &headers)
        .await
    {
        Ok(arrival) => go(&arrival.location, Some(arrival.set_cookie)),
        // A ticket that was used before, for example by the browser's back button: begin again.
        Err(RedeemError::Refused) => go("/", None),
        Err(RedeemError::NoNonce) => no_cookies(),
        Err(error) => {
            tracing::error!(%error, "a ticket cannot be taken");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// A browser that keeps no cookies would go round for ever.
fn no_cookies() -> Response {
    let words = "Peramban Anda menolak kuki, sehingga tidak bisa masuk. Izinkan kuki untuk alamat ini, lalu muat ulang.\n\
         Your browser refuses cookies, so you cannot be signed in. Allow cookies for this address, then reload.\n";
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
    (StatusCode::BAD_REQUEST, [kind], words).into_response()
}

fn go(location: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    match HeaderValue::from_str(location) {
        Ok(location) => headers.insert(header::LOCATION, location),
        Err(_) => headers.insert(header::LOCATION, HeaderValue::from_static("/")),
    };
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
