//! Makes one recorded page look as if another one followed, by whatever rule its source pages.

use crate::fixture::Exchange;
use divos_manifest::{Fetch, Paginate, Path, Segment, Source, Until};
use http::{HeaderName, HeaderValue, header};
use serde_json::Value as Json;

/// More than any recording holds.
const MANY: u32 = 1000;

/// Changes a source and its first answer, which holds so many records; `false` where they cannot be changed so.
pub(super) fn prepare(source: &mut Source, answer: &mut Exchange, rows: usize) -> bool {
    if rows == 0 {
        return false;
    }
    let full = u32::try_from(rows).unwrap_or(u32::MAX);
    let is_harvest = matches!(source.fetch, Fetch::Oai(_));
    match &mut source.paginate {
        None if is_harvest => token_of_harvest(&mut answer.body),
        None | Some(Paginate::Keyset { .. }) => false,
        Some(Paginate::Page { size, until, .. }) => match until {
            Until::Empty => true,
            Until::Short => {
                *size = Some(full);
                true
            }
            Until::Total(path) => put(&mut answer.body, path, MANY.into()),
        },
        Some(Paginate::Offset { size, until, .. }) => match until {
            Until::Empty => true,
            Until::Short => {
                *size = full;
                true
            }
            Until::Total(path) => put(&mut answer.body, path, MANY.into()),
        },
        Some(Paginate::Header { pages, .. }) => match pages.parse::<HeaderName>() {
            Ok(name) => {
                answer.headers.insert(name, MANY.into());
                true
            }
            Err(_) => false,
        },
        Some(Paginate::Link { rel, path, .. }) => {
            let again = format!("{}#lagi", answer.target);
            match path {
                Some(path) => put(&mut answer.body, path, again.into()),
                None => link(answer, &again, rel),
            }
        }
        Some(Paginate::Cursor { path, more, .. }) => {
            let goes_on = match more {
                Some(more) => put(&mut answer.body, more, true.into()),
                None => true,
            };
            goes_on && put(&mut answer.body, path, "lagi".into())
        }
    }
}

fn link(answer: &mut Exchange, target: &str, rel: &str) -> bool {
    match HeaderValue::from_str(&format!("<{target}>; rel=\"{rel}\"")) {
        Ok(value) => {
            answer.headers.insert(header::LINK, value);
            true
        }
        Err(_) => false,
    }
}

/// Sets a value in a JSON document.
fn put(body: &mut Vec<u8>, path: &Path, value: Json) -> bool {
    let Ok(mut root) = serde_json::from_slice::<Json>(body) else {
        return false;
    };
    let mut place = Some(&mut root);
    for step in path.segments() {
        place = match (place, step) {
            (Some(Json::Object(fields)), Segment::Field(name)) => {
                Some(fields.entry(name.clone()).or_insert(Json::Null))
            }
            (Some(Json::Array(list)), Segment::Index(at)) => list.get_mut(*at),
            _ => None,
        };
    }
    let Some(place) = place else {
        return false;
    };
    *place = value;
    *body = root.to_string().into_bytes();
    true
}

/// Puts a token at the end of a list of records (OAI-PMH 2.0, section 3.5), in the place of the one that is there.
fn token_of_harvest(body: &mut Vec<u8>) -> bool {
    const END: &str = "</ListRecords>";
    let Ok(text) = std::str::from_utf8(body) else {
        return false;
    };
    let Some(end) = text.find(END) else {
        return false;
    };
    let before = &text[..end];
    let before = before
        .find("<resumptionToken")
        .map_or(before, |at| &before[..at]);
    let token = "<resumptionToken>lagi</resumptionToken>";
    *body = format!("{before}{token}{}", &text[end..]).into_bytes();
    true
}
