//! The feed for other programs: JSON Feed, Atom, iCalendar, by personal feed token or session.

use super::feed::private;
use super::{ApiParts, Problem, address};
use crate::phases::lang_of;
use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use divos_feed::exports::{
    ExportInfo, atom as write_atom, icalendar, json_feed as write_json_feed,
};
use divos_feed::{FeedPage, Filter};
use divos_model::Lang;
use divos_sso::{Caller, Reader};
use http::request::Parts;
use http::{HeaderName, header};
use std::sync::Arc;

/// How many items an export holds.
const ITEMS: usize = 100;
/// How far a calendar looks back and ahead, in days.
const BACK: i64 = 31;
const AHEAD: i64 = 365;

/// Whose feed is asked for, by token or session, and in which language.
pub(super) struct Owner {
    reader: Arc<Reader>,
    lang: Lang,
}

impl FromRequestParts<ApiParts> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(request: &mut Parts, parts: &ApiParts) -> Result<Self, Problem> {
        let query = request.uri.query().unwrap_or_default();
        let mut tokens = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name == "token")
            .map(|(_, token)| token);
        let reader = match (tokens.next(), tokens.next()) {
            (Some(token), None) => parts.sso.feed_reader(&token).await?,
            (None, _) => request
                .extensions
                .get::<Caller>()
                .and_then(|caller| caller.reader().cloned()),
            (Some(_), Some(_)) => None,
        };
        let lang = lang_of(&request.headers);
        reader
            .map(|reader| Self { reader, lang })
            .ok_or_else(Problem::sign_in_needed)
    }
}

pub(super) async fn json_feed(
    State(parts): State<ApiParts>,
    owner: Owner,
) -> Result<Response, Problem> {
    let page = newest(&parts, &owner).await?;
    let written = write_json_feed(&page, &info(&parts, &owner, "/feed.json"));
    Ok(sent("application/feed+json; charset=utf-8", written))
}

pub(super) async fn atom(State(parts): State<ApiParts>, owner: Owner) -> Result<Response, Problem> {
    let page = newest(&parts, &owner).await?;
    let written = write_atom(&page, &info(&parts, &owner, "/feed.atom"));
    Ok(sent("application/atom+xml; charset=utf-8", written))
}

pub(super) async fn calendar(
    State(parts): State<ApiParts>,
    owner: Owner,
) -> Result<Response, Problem> {
    let now = parts.clock.now();
    let (from, until) = (now - TimeDelta::days(BACK), now + TimeDelta::days(AHEAD));
    let page = parts
        .timeline
        .calendar(&owner.reader.reads, from, until, 1000)
        .await?;
    let page = address::page(&*parts.launcher, page);
    let written = icalendar(&page, &info(&parts, &owner, "/agenda.ics"));
    Ok(sent("text/calendar; charset=utf-8", written))
}

async fn newest(parts: &ApiParts, owner: &Owner) -> Result<FeedPage, Problem> {
    let filter = Filter::default();
    let page = parts
        .timeline
        .page(&owner.reader.reads, &filter, None, ITEMS)
        .await?;
    Ok(address::page(&*parts.launcher, page))
}

fn info(parts: &ApiParts, owner: &Owner, path: &str) -> ExportInfo {
    let home = parts.address.origin();
    ExportInfo {
        title: format!("{}: {}", parts.name, owner.reader.name),
        feed_url: format!("{home}{path}"),
        home,
        lang: owner.lang,
    }
}

fn sent(kind: &'static str, body: String) -> Response {
    // An address with a token in it must not travel on in a Referer.
    let headers: [(HeaderName, &str); 2] = [
        (header::CONTENT_TYPE, kind),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    private((headers, body).into_response())
}
