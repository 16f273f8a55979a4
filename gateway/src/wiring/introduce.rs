//! Introduces a request's caller to the hub's own pages and API, in the words of sign-in.

use super::identify::known;
use crate::phases::{Caller, RequestInfo};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use divos_portal::RequestFacts;

/// Puts who calls, and what pages need of the request, among its extensions.
pub async fn introduce(mut request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().map(known);
    let facts = request
        .extensions()
        .get::<RequestInfo>()
        .map(|info| RequestFacts {
            request_id: info.request_id.clone(),
            client: info.client,
        });
    let extensions = request.extensions_mut();
    if let Some(caller) = caller {
        extensions.insert(caller);
    }
    if let Some(facts) = facts {
        extensions.insert(facts);
    }
    next.run(request).await
}
