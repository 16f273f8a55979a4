//! Reads JSON answers, and tells what came instead.
//!
//! Owns the way from `select` to a list that is read record by record. A JSONPath may look anywhere, so that it needs
//! the whole document, which then must be small.

use super::rows::{Parsed, of};
use super::table::Source;
use super::{Document, charset};
use crate::fault::Came;
use crate::{Body, Trouble, mapping::html};
use divos_formats::json::{Options, Rest, Step, WHOLE};
use divos_formats::{FormatFault, Reason};
use divos_manifest::{Segment, Select};
use serde_json::Value as Json;
use serde_json::error::Category;
use std::io::Read;

/// How much of an answer is looked at to tell what came instead of JSON, in bytes.
const HEAD: u64 = 64 * 1024;

/// Opens an answer whose records lie at `select`, which is no JSONPath.
pub(super) fn open(
    select: &Select,
    stated: Option<&str>,
    input: Source<'_>,
) -> Result<Parsed, Trouble> {
    let steps = match select {
        Select::Path(path) => Some(steps(path.segments())),
        _ => None,
    };
    recognise(stated, input)?;
    let several = match (select, &steps) {
        (Select::Path(path), Some(way)) if way.contains(&Step::All) => Some(path.to_string()),
        _ => None,
    };
    let options = Options {
        path: steps,
        charset: stated.map(str::to_owned),
    };
    let document = divos_formats::json::open(input(), &options).map_err(told)?;
    let rest = document.rest.clone();
    let finish = move |fault| end(&rest, fault, several.as_deref());
    Ok(Parsed::new(document.opened, Box::new(finish)))
}

/// Reads an answer in which a JSONPath looks for the records.
pub(super) async fn whole(stated: Option<&str>, body: &Body) -> Result<Document, Trouble> {
    if body.len() > WHOLE as u64 {
        return Err(of(FormatFault::whole(Reason::TooMuch {
            of: JSON_PATH,
            limit: WHOLE as u64,
        })));
    }
    read(stated, &body.whole().await?)
}

/// What there is too much of where a document is read whole.
pub(crate) const JSON_PATH: &str = "bytes for a JSONPath";

/// The way to the list; a list at its end is what it leads to in any case.
fn steps(segments: &[Segment]) -> Vec<Step> {
    let way = match segments.split_last() {
        Some((Segment::All, way)) => way,
        _ => segments,
    };
    let step = |segment: &Segment| match segment {
        Segment::Field(name) => Step::Field(name.clone()),
        Segment::Index(at) => Step::Index(*at),
        Segment::All => Step::All,
    };
    way.iter().map(step).collect()
}

/// Takes what surrounds the records. Where the place is not there it is looked for in what is, so that the app's own
/// words about it are heard first; not where it lies in `several` lists, of which only the first is left.
fn end(
    rest: &Rest,
    fault: Option<FormatFault>,
    several: Option<&str>,
) -> Result<(Json, bool), Trouble> {
    let missed = match (fault, several) {
        (None, _) => false,
        (Some(fault), _) if !matches!(fault.reason, Reason::Missing { .. }) => {
            return Err(told(fault));
        }
        (Some(_), None) => true,
        (Some(_), Some(path)) => {
            let path = path.to_owned();
            return Err(Trouble::SelectMissed { path });
        }
    };
    let around = rest.take().ok_or(Trouble::Truncated)?;
    Ok((around.root, around.whole || missed))
}

fn told(fault: FormatFault) -> Trouble {
    match (&fault.reason, fault.line, fault.byte) {
        (Reason::Truncated, ..) => Trouble::Truncated,
        (Reason::Unexpected { column }, Some(line), _) => Trouble::NotJson {
            came: Came::Other {
                line: usize::try_from(line).unwrap_or(usize::MAX),
                column: usize::try_from(*column).unwrap_or(usize::MAX),
            },
        },
        (Reason::Misfit { charset }, _, at) => Trouble::BadEncoding {
            charset: (*charset).to_owned(),
            at: usize::try_from(at.unwrap_or(0)).unwrap_or(usize::MAX),
        },
        _ => of(fault),
    }
}

/// Refuses what is no JSON by its first letters.
fn recognise(stated: Option<&str>, input: Source<'_>) -> Result<(), Trouble> {
    let mut head = Vec::new();
    let read = input().take(HEAD).read_to_end(&mut head);
    read.map_err(|error| of(FormatFault::whole(Reason::Io(error.to_string()))))?;
    if head.len() < HEAD as usize && head.iter().all(u8::is_ascii_whitespace) {
        return Err(Trouble::Empty);
    }
    let (text, _) = charset::lenient(stated, &head);
    match markup(&text) {
        Some(came) => Err(Trouble::NotJson { came }),
        None if text.trim().is_empty() && head.len() < HEAD as usize => Err(Trouble::Empty),
        None => Ok(()),
    }
}

/// Reads a JSON document.
pub(crate) fn read(stated: Option<&str>, body: &[u8]) -> Result<Document, Trouble> {
    if body.iter().all(|b| b.is_ascii_whitespace()) {
        return Err(Trouble::Empty);
    }
    let (text, notes) = match charset::strict(stated, body) {
        Ok(read) => read,
        // A page for people is told as such, whatever its character set.
        Err(trouble) => match markup(&String::from_utf8_lossy(body)) {
            Some(came) => return Err(Trouble::NotJson { came }),
            None => return Err(trouble),
        },
    };
    if text.trim().is_empty() {
        return Err(Trouble::Empty);
    }
    match serde_json::from_str(&text) {
        Ok(root) => Ok(Document::tree(root, notes)),
        Err(error) => Err(match (markup(&text), error.classify()) {
            (Some(came), _) => Trouble::NotJson { came },
            (None, Category::Eof) => Trouble::Truncated,
            (None, _) => Trouble::NotJson {
                came: Came::Other {
                    line: error.line(),
                    column: error.column(),
                },
            },
        }),
    }
}

/// Recognises HTML and XML; `None` for anything else.
pub(crate) fn markup(text: &str) -> Option<Came> {
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let head: String = text
        .chars()
        .take(16_384)
        .collect::<String>()
        .to_ascii_lowercase();
    let html = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<title",
        "<form",
        "<div",
        "<br",
        "<b>",
        "<p>",
        "<h1",
    ];
    if head.starts_with("<?xml") && !head.contains("<html") {
        return Some(Came::Xml);
    }
    if !html.iter().any(|tag| head.contains(tag)) {
        return Some(Came::Xml);
    }
    let login = head.contains("type=\"password\"")
        || head.contains("type='password'")
        || head.contains("type=password");
    Some(Came::Html {
        title: title(text, &head),
        login,
    })
}

/// Returns the page's title, at most 80 characters of plain text.
fn title(text: &str, head: &str) -> Option<String> {
    let from = head.find("<title")?;
    // `head` differs from `text` by letter case only, which ASCII keeps in place.
    let inner = text.get(from..)?.split_once('>')?.1;
    let inner = inner.split('<').next()?;
    let title: String = html::plain_text(inner).chars().take(80).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
#[path = "json_test.rs"]
mod tests;
