//! How each make answers: one router per app, its data in its own format, its pages shared.
//!
//! Owns the choice of router; the formats are below, the pages in `page`, odd endpoints in `edges`.

mod feeds;
mod legacy;
mod letters;
mod redmine;
mod regulation;
mod rest;
mod wordpress;

use crate::app::Make;
use crate::state::{AppState, Record};
use crate::{edges, page};
use axum::Router;
use chrono::{DateTime, FixedOffset};
use std::sync::Arc;

pub(crate) use rest::{may_enter, unentered};

/// Everything one app answers.
pub(crate) fn router(state: Arc<AppState>) -> Router {
    let data = match state.spec.make {
        Make::Wordpress => wordpress::router(),
        Make::Redmine => redmine::router(),
        Make::Letters => letters::router(),
        Make::Legacy => legacy::router(),
        Make::Regulation => regulation::router(),
        Make::Rss => feeds::rss(),
        Make::Atom => feeds::atom(),
        Make::JsonFeed => feeds::json_feed(),
        Make::OffsetJson => rest::offset(),
        Make::CursorJson => rest::cursor(),
        Make::LinkJson => rest::linked(),
        Make::Basic => rest::documents(),
        Make::Identity => rest::approvals().merge(edges::router()),
        Make::PagedJson => rest::attendance(),
        Make::Slow => rest::archive(),
        Make::Failing | Make::Down => rest::warnings(),
    };
    data.merge(page::router()).with_state(state)
}

/// Path of the page on which a person opens one record.
pub(crate) fn web_path(make: Make, record: &Record) -> String {
    match make {
        Make::Wordpress => format!("/{}/", slug(record)),
        Make::Redmine => format!("/issues/{}", record.id),
        Make::Legacy => format!("/detail.php?id={}", record.id),
        _ => format!("/lihat/{}", record.id),
    }
}

/// Lower-case words of the title joined by hyphens, with the id so that no two are equal.
pub(crate) fn slug(record: &Record) -> String {
    let words: String = record
        .title
        .to_lowercase()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                ' '
            }
        })
        .collect();
    format!(
        "{}-{}",
        words.split_whitespace().collect::<Vec<_>>().join("-"),
        record.id
    )
}

/// Text made safe inside HTML and XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// RFC 3339 in UTC with a `Z`.
pub(crate) fn utc(time: DateTime<FixedOffset>) -> String {
    time.to_utc().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// RFC 3339 with the city's offset.
pub(crate) fn wita(time: DateTime<FixedOffset>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// The part of a list that starts at `from` and holds at most `size` records.
pub(crate) fn slice(records: &[Record], from: usize, size: usize) -> &[Record] {
    let from = from.min(records.len());
    &records[from..(from + size).min(records.len())]
}
