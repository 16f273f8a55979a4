//! Reads RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287) and JSON Feed 1.1 into entries of one shape.
//!
//! Owns the finding of entries; times stay as written, for the mapping to read.

use super::entry::Entry;
use super::xml::{self, Element, XmlFault};
use super::{Document, charset, json};
use crate::Trouble;
use crate::fault::Came;
use serde_json::Value as Json;

/// Reads a feed.
pub(crate) fn read(stated: Option<&str>, body: &[u8]) -> Result<Document, Trouble> {
    let (text, notes) = charset::lenient(stated, body);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if text.is_empty() {
        return Err(Trouble::Empty);
    }
    let entries = if text.starts_with('{') {
        json_feed(text)?
    } else {
        xml_feed(text)?
    };
    let rows = entries.into_iter().map(Entry::into_json).collect();
    Ok(Document::listed(rows, Json::Null, notes))
}

fn xml_feed(text: &str) -> Result<Vec<Entry>, Trouble> {
    let feed = ["<rss", "<feed", "<rdf:RDF"]
        .iter()
        .any(|tag| text.contains(tag));
    match json::markup(text) {
        Some(came @ Came::Html { .. }) if !feed => return Err(Trouble::NotFeed { came }),
        _ => {}
    }
    let root = xml::parse(text).map_err(|fault| match fault {
        XmlFault::Empty if text.starts_with('<') => Trouble::Empty,
        XmlFault::CutOff => Trouble::Truncated,
        XmlFault::Broken(at) => other(text, at),
        XmlFault::Empty => other(text, 0),
    })?;
    match root.name.to_ascii_lowercase().as_str() {
        "rss" => Ok(rss(&root)),
        "rdf" => Ok(items(&root, &root)),
        "feed" => Ok(atom(&root)),
        _ => Err(Trouble::NotFeed { came: Came::Xml }),
    }
}

/// Tells where a text stops to make sense.
fn other(text: &str, at: usize) -> Trouble {
    let before = text.get(..at.min(text.len())).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    Trouble::NotFeed {
        came: Came::Other { line, column },
    }
}

fn rss(root: &Element) -> Vec<Entry> {
    match root.child("channel") {
        // RSS 0.90 and 1.0 put items beside the channel.
        Some(channel) if channel.child("item").is_some() => items(channel, channel),
        Some(channel) => items(root, channel),
        None => items(root, root),
    }
}

fn items(parent: &Element, channel: &Element) -> Vec<Entry> {
    let language = channel
        .child("language")
        .and_then(Element::said)
        .map(str::to_owned);
    let items = parent
        .children
        .iter()
        .filter(|child| child.name.eq_ignore_ascii_case("item"));
    items
        .map(|item| Entry::of_rss(item, language.as_deref()))
        .collect()
}

fn atom(root: &Element) -> Vec<Entry> {
    let language = root.attribute("xml:lang").map(str::to_owned);
    let author = root.child("author");
    let entries = root
        .children
        .iter()
        .filter(|child| child.name.eq_ignore_ascii_case("entry"));
    entries
        .map(|entry| Entry::of_atom(entry, author, language.as_deref()))
        .collect()
}

fn json_feed(text: &str) -> Result<Vec<Entry>, Trouble> {
    let root: Json = serde_json::from_str(text).map_err(|error| match error.is_eof() {
        true => Trouble::Truncated,
        false => Trouble::NotFeed {
            came: Came::Other {
                line: error.line(),
                column: error.column(),
            },
        },
    })?;
    let items = root.get("items").and_then(Json::as_array);
    let language = root.get("language").and_then(Json::as_str);
    let items = items.ok_or(Trouble::NotFeed { came: Came::Json })?;
    Ok(items
        .iter()
        .map(|item| Entry::of_json(item, language))
        .collect())
}

#[cfg(test)]
#[path = "feed_test.rs"]
mod tests;
