//! The feed for other programs: JSON Feed, Atom, iCalendar, by personal feed token or session.

use super::feed::private;
use super::{ApiParts, Problem, address};
use crate::phases::lang_of;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use divos_feed::exports::{
    ExportInfo, atom as write_atom, icalendar, json_feed as write_json_feed,
};
use divos_feed::{FeedPage, Filter};
use divos_model::Lang;
use divos_sso::{Caller, Reader};
use http::{HeaderMap, HeaderName, header};
use std::sync::Arc;

/// How many items an export holds.
const ITEMS: usize = 100;
/// How far a calendar looks back and ahead, in days.
const BACK: i64 = 31;
const AHEAD: i64 = 365;

/// Whose feed it is, and in which language.
struct Owner {
    reader: Arc<Reader>,
    lang: Lang,
}

pub(super) async fn json_feed(
    State(parts): State<ApiParts>,
    caller: axum::Extension<Caller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let owner = owner(&parts, &caller, query.as_deref(), &headers).await?;
    let page = newest(&parts, &owner).await?;
    let info = info(&parts, &owner, "/feed.json");
    Ok(sent(
        "application/feed+json; charset=utf-8",
        write_json_feed(&page, &info),
    ))
}

pub(super) async fn atom(
    State(parts): State<ApiParts>,
    caller: axum::Extension<Caller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let owner = owner(&parts, &caller, query.as_deref(), &headers).await?;
    let page = newest(&parts, &owner).await?;
    let info = info(&parts, &owner, "/feed.atom");
    Ok(sent(
        "application/atom+xml; charset=utf-8",
        write_atom(&page, &info),
    ))
}

pub(super) async fn calendar(
    State(parts): State<ApiParts>,
    caller: axum::Extension<Caller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let owner = owner(&parts, &caller, query.as_deref(), &headers).await?;
    let now = parts.clock.now();
    let (from, until) = (now - TimeDelta::days(BACK), now + TimeDelta::days(AHEAD));
    let page = parts
        .timeline
        .calendar(&owner.reader.reads, from, until, 1000)
        .await?;
    let page = address::page(&*parts.launcher, page);
    let info = info(&parts, &owner, "/agenda.ics");
    Ok(sent(
        "text/calendar; charset=utf-8",
        icalendar(&page, &info),
    ))
}

/// Finds whose feed is asked for: the token's owner, or who is signed in.
async fn owner(
    parts: &ApiParts,
    caller: &Caller,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Owner, Problem> {
    let lang = lang_of(headers);
    let mut tokens = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| name == "token")
        .map(|(_, token)| token);
    let reader = match (tokens.next(), tokens.next()) {
        (Some(token), None) => parts.sso.feed_reader(&token).await?,
        (None, _) => caller.reader().cloned(),
        (Some(_), Some(_)) => None,
    };
    reader
        .map(|reader| Owner { reader, lang })
        .ok_or_else(Problem::sign_in_needed)
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
