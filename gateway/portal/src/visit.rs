//! Who asks, in which language, and what their form says.
//!
//! Owns the two extractors that stand before every page: [`Visit`] for somebody who is signed in, and
//! [`Posted`] for a form of theirs whose token was checked. A handler that takes one of them cannot
//! forget the check.

use crate::error_page::{ErrorKind, ErrorView};
use crate::frame::{Frame, Notice, Tab, Who};
use crate::ports::{PortError, Visitor};
use crate::wire::RequestFacts;
use crate::{PortalParts, language, respond};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use chrono::{DateTime, Utc};
use divos_model::Lang;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the pages share.
pub(crate) struct Site {
    pub(crate) parts: PortalParts,
}

/// Somebody who is signed in asks for a page.
pub(crate) struct Visit {
    pub(crate) site: Arc<Site>,
    pub(crate) request: Parts,
    pub(crate) visitor: Visitor,
    pub(crate) lang: Lang,
    pub(crate) now: DateTime<Utc>,
    /// Whether htmx asks, and wants a fragment.
    pub(crate) htmx: bool,
}

impl Visit {
    /// Begins the frame of a page.
    pub(crate) fn frame(&self, tab: Tab) -> Frame {
        Frame {
            lang: self.lang,
            now: self.now,
            who: Some(Who {
                name: self.visitor.name.clone(),
                operator: self.visitor.operator,
            }),
            tab,
            csrf: self.visitor.csrf.clone(),
            here: here(&self.request),
            notice: None,
            base: String::new(),
        }
    }

    /// Begins the frame of a page with a notice above it.
    pub(crate) fn frame_saying(&self, tab: Tab, notice: Option<Notice>) -> Frame {
        Frame {
            notice,
            ..self.frame(tab)
        }
    }

    /// Shows why something could not be done.
    pub(crate) fn failed(&self, error: PortError) -> Response {
        respond::failed(&error, self.lang, request_id(&self.request))
    }

    /// Reads one parameter of the address; empty counts as absent.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        query(&self.request, name)
    }
}

/// Reads one parameter of an address; empty counts as absent.
pub(crate) fn query(request: &Parts, name: &str) -> Option<String> {
    let pairs = url::form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
    let value = pairs
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value.trim().to_owned())
        .next();
    value.filter(|value| !value.is_empty())
}

/// Returns the page's own path and query, without what is only for once (`lang`, `did`, `item`).
pub(crate) fn here(request: &Parts) -> String {
    let pairs = url::form_urlencoded::parse(request.uri.query().unwrap_or_default().as_bytes());
    let kept = pairs
        .filter(|(name, value)| !value.is_empty() && !matches!(&**name, "lang" | "did" | "item"));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    let path = request.uri.path();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// Returns the id by which the log knows a request.
pub(crate) fn request_id(request: &Parts) -> Option<String> {
    let facts = request.extensions.get::<RequestFacts>()?;
    Some(facts.request_id.to_string())
}

fn is_htmx(headers: &HeaderMap) -> bool {
    headers
        .get("hx-request")
        .is_some_and(|value| value == "true")
}

impl FromRequestParts<Arc<Site>> for Visit {
    type Rejection = Response;

    async fn from_request_parts(request: &mut Parts, site: &Arc<Site>) -> Result<Self, Response> {
        let lang = language::of(request);
        let found = site.parts.door.visitor(request).await;
        let visitor = found.map_err(|error| respond::failed(&error, lang, request_id(request)))?;
        let Some(visitor) = visitor else {
            return Err(to_sign_in(request));
        };
        Ok(Self {
            site: Arc::clone(site),
            request: request.clone(),
            visitor,
            lang,
            now: site.parts.clock.now(),
            htmx: is_htmx(&request.headers),
        })
    }
}

/// A person is sent to the sign-in page and back; a script is told 401, never redirected.
fn to_sign_in(request: &Parts) -> Response {
    let back = if request.method.is_safe() {
        here(request)
    } else {
        "/feed".to_owned()
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return", &back)
        .finish();
    let place = format!("/login?{query}");
    let mode = request
        .headers
        .get("sec-fetch-mode")
        .and_then(|mode| mode.to_str().ok());
    if is_htmx(&request.headers) || mode.is_some_and(|mode| mode != "navigate") {
        return respond::leave(&place, StatusCode::UNAUTHORIZED);
    }
    respond::see(&place)
}

/// The fields of a form.
pub(crate) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads an `application/x-www-form-urlencoded` body; of a repeated field the first counts.
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields
                .entry(name.into_owned())
                .or_insert_with(|| value.into_owned());
        }
        Self(fields)
    }

    /// Returns a field; empty where it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Goes through all fields, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// A form of somebody who is signed in; its token fits.
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    pub(crate) fields: Fields,
}

impl FromRequest<Arc<Site>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Arc<Site>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, site).await?;
        let body = Bytes::from_request(Request::from_parts(parts, body), site).await;
        let body =
            body.map_err(|_| respond::answer(ErrorView::new(ErrorKind::BadRequest), visit.lang))?;
        let fields = Fields::read(&body);
        if !site
            .parts
            .door
            .csrf_fits(&visit.request, fields.get("csrf"))
            .await
        {
            return Err(respond::answer(
                ErrorView::new(ErrorKind::FormRefused),
                visit.lang,
            ));
        }
        Ok(Self { visit, fields })
    }
}
