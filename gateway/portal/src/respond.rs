//! Turns a template into an answer.
//!
//! Owns statuses, redirects and what htmx has to be told. It must never know a page.

use crate::error_page::{ErrorKind, ErrorView, page};
use crate::ports::PortError;
use askama::Template;
use axum::response::{IntoResponse, Response};
use divos_model::Lang;
use http::{HeaderName, HeaderValue, StatusCode, header};

/// Renders a page or a fragment.
pub(crate) fn show(template: &impl Template, status: StatusCode) -> Response {
    match template.render() {
        Ok(html) => (
            status,
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            html,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Answers with a fragment that is rendered already.
pub(crate) fn fragment(html: String) -> Response {
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    ([kind], html).into_response()
}

/// Sends a table as a file.
pub(crate) fn csv(name: &str, text: String) -> Response {
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
    let named = format!("attachment; filename=\"{name}\"");
    let headers = [kind, (header::CONTENT_DISPOSITION, named)];
    (headers, text).into_response()
}

/// Sends the browser on with GET (RFC 9110, section 15.4.4).
pub(crate) fn see(place: &str) -> Response {
    match HeaderValue::try_from(place) {
        Ok(place) => (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response(),
        Err(_) => (StatusCode::SEE_OTHER, [(header::LOCATION, "/feed")]).into_response(),
    }
}

/// Tells htmx to leave the page for `place`.
pub(crate) fn leave(place: &str, status: StatusCode) -> Response {
    let place = HeaderValue::try_from(place).unwrap_or(HeaderValue::from_static("/login"));
    (status, [(HeaderName::from_static("hx-redirect"), place)]).into_response()
}

/// Adds cookies to an answer.
pub(crate) fn with_cookies(
    mut response: Response,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response {
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Shows why something could not be done.
pub(crate) fn failed(error: &PortError, lang: Lang, request_id: Option<String>) -> Response {
    let kind = match error {
        PortError::Missing => ErrorKind::NotFound,
        PortError::Expired => ErrorKind::Expired,
        PortError::Refused => ErrorKind::Forbidden,
        PortError::Unavailable(_) => {
            tracing::error!(%error, "a page could not be made");
            ErrorKind::HubFailed
        }
    };
    answer(
        ErrorView {
            request_id,
            ..ErrorView::new(kind)
        },
        lang,
    )
}

/// Shows an error as a page of the hub.
pub(crate) fn answer(view: ErrorView, lang: Lang) -> Response {
    let mut response = show(&page(&view, lang), view.kind.status());
    if let Some(wait) = view.wait {
        response.headers_mut().insert(
            header::RETRY_AFTER,
            HeaderValue::from(wait.as_secs().max(1)),
        );
    }
    response
}
