//! The page of an error: what happened, whose fault it is, what to do, and the request's id.
//!
//! Owns every error page of the hub, also those that the edge shows on an app's host. It must never
//! show a stack trace, an address of an upstream, or words that an upstream sent.

use crate::frame::{Frame, Tab};
use crate::when;
use askama::Template;
use chrono::DateTime;
use divos_model::Lang;
use http::StatusCode;
use std::time::Duration;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request cannot be understood (400).
    BadRequest,
    /// The reader may not (403).
    Forbidden,
    /// The form came from elsewhere or was too old (403).
    FormRefused,
    /// There is no such page, or it is not for this reader (404).
    NotFound,
    /// The method does not fit the page (405).
    WrongMethod,
    /// What was asked for is not there any more (410).
    Expired,
    /// What was sent is too large (413).
    TooLarge,
    /// Too many requests (429).
    TooMany,
    /// The hub itself failed (500).
    HubFailed,
    /// The app answered with something that is no answer (502).
    AppBroken,
    /// The app does not answer at all (503).
    AppDown,
    /// The app did not answer in time (504).
    AppSlow,
    /// The app has no address yet (503).
    AppUnlinked,
    /// The hub is stopping or full (503).
    HubBusy,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::BadRequest,
        Self::Forbidden,
        Self::FormRefused,
        Self::NotFound,
        Self::WrongMethod,
        Self::Expired,
        Self::TooLarge,
        Self::TooMany,
        Self::HubFailed,
        Self::AppBroken,
        Self::AppDown,
        Self::AppSlow,
        Self::AppUnlinked,
        Self::HubBusy,
    ];

    /// Returns the status of the answer.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Forbidden | Self::FormRefused => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Expired => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::HubFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::AppBroken => StatusCode::BAD_GATEWAY,
            Self::AppDown | Self::AppUnlinked | Self::HubBusy => StatusCode::SERVICE_UNAVAILABLE,
            Self::AppSlow => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// Returns the stem of the words: `error-<stem>-title`, `-what`, `-do`.
    fn stem(self) -> &'static str {
        match self {
            Self::BadRequest => "bad-request",
            Self::Forbidden => "forbidden",
            Self::FormRefused => "form",
            Self::NotFound => "not-found",
            Self::WrongMethod => "method",
            Self::Expired => "expired",
            Self::TooLarge => "too-large",
            Self::TooMany => "too-many",
            Self::HubFailed => "hub",
            Self::AppBroken => "app-broken",
            Self::AppDown => "app-down",
            Self::AppSlow => "app-slow",
            Self::AppUnlinked => "app-unlinked",
            Self::HubBusy => "hub-busy",
        }
    }

    /// Returns the key of whose fault it is.
    fn fault(self) -> &'static str {
        match self {
            Self::HubFailed | Self::HubBusy => "fault-hub",
            Self::AppBroken | Self::AppDown | Self::AppSlow => "fault-app",
            Self::AppUnlinked => "fault-unlinked",
            _ => "fault-none",
        }
    }
}

/// What an error page says.
#[derive(Debug, Clone)]
pub struct ErrorView {
    /// What went wrong.
    pub kind: ErrorKind,
    /// The status of the answer, where it is another than the kind's.
    pub status: Option<StatusCode>,
    /// The app's title, where an app is concerned.
    pub app: Option<String>,
    /// How long to wait before the next try, where that is known.
    pub wait: Option<Duration>,
    /// The id by which the log knows the request.
    pub request_id: Option<String>,
    /// The hub's origin, for example `https://divos.localhost:8443`, where the page is shown on another
    /// host; empty on the hub's own. The answer's policy has to allow `style-src` and `img-src` from it.
    pub hub: String,
}

impl ErrorView {
    /// Begins the page of an error on the hub's own host.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self {
            kind,
            status: None,
            app: None,
            wait: None,
            request_id: None,
            hub: String::new(),
        }
    }
}

/// The page as its template sees it.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct Page {
    f: Frame,
    code: u16,
    title: String,
    what: String,
    fault: String,
    way_out: String,
    wait: Option<String>,
    request_id: Option<String>,
}

/// Makes the page of an error.
pub(crate) fn page(view: &ErrorView, lang: Lang) -> Page {
    let f = Frame {
        lang,
        now: DateTime::UNIX_EPOCH,
        who: None,
        tab: Tab::None,
        csrf: String::new(),
        here: String::new(),
        notice: None,
        base: view.hub.clone(),
    };
    let app = view.app.clone().unwrap_or_else(|| f.t("error-some-app"));
    let stem = view.kind.stem();
    let words = |part: &str| f.with(&format!("error-{stem}-{part}"), &app);
    Page {
        code: view.status.unwrap_or(view.kind.status()).as_u16(),
        title: words("title"),
        what: words("what"),
        way_out: words("do"),
        fault: f.with(view.kind.fault(), &app),
        wait: view
            .wait
            .map(|wait| f.with("error-wait", &when::span(wait.as_secs(), lang))),
        request_id: view.request_id.clone(),
        f,
    }
}

/// Renders the page of an error: a whole HTML document for a browser.
#[must_use]
pub fn error_page(view: &ErrorView, lang: Lang) -> String {
    let page = page(view, lang);
    page.render().unwrap_or_else(|_| page.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_whose_and_what_to_do_in_both_languages() {
        for &kind in ErrorKind::ALL {
            for lang in [Lang::Id, Lang::En] {
                let view = ErrorView {
                    app: Some("Surat <b>".into()),
                    wait: Some(Duration::from_secs(120)),
                    request_id: Some("req-7".into()),
                    hub: "https://hub.test".into(),
                    ..ErrorView::new(kind)
                };
                let html = error_page(&view, lang);
                assert!(html.contains(&format!("<html lang=\"{}\"", lang.tag())));
                assert!(html.contains("req-7") && html.contains(kind.status().as_str()));
                assert!(html.contains("href=\"https://hub.test/assets/portal."));
                assert!(
                    !html.contains("error-") && !html.contains("fault-"),
                    "{kind:?}: {html}"
                );
                assert!(!html.contains("Surat <b>"), "{kind:?}");
            }
        }
    }
}
