//! A letter as a row.
//!
//! Owns the keys of a row and the bounds of its values. Knows no connection.

use crate::structure;
use imap_codec::imap_types::fetch::MessageDataItem as Item;
use imap_codec::imap_types::flag::FlagFetch;
use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders as _};
use serde_json::{Map, Value as Json, json};

/// The most bytes of a letter's text in a row.
pub const TEXT_BYTES: usize = 64 * 1024;
/// The most bytes fetched of one letter: header and text, encoded.
pub(crate) const FETCH_BYTES: u32 = 192 * 1024;
/// The most people or references of one list.
const MOST: usize = 500;
/// The most parts that may hold parts.
const PARTS: usize = 20;

/// What the server says of a letter.
#[derive(Default)]
pub(crate) struct Letter {
    pub(crate) uid: u32,
    flags: Vec<String>,
    size: u32,
    received: Option<String>,
    attachments: Option<Vec<Json>>,
    bytes: Vec<u8>,
}

impl Letter {
    /// Takes in a `FETCH` response; `None` if it lacks the uid or the letter (as one that only tells new flags).
    pub(crate) fn of(items: &[Item<'_>]) -> Option<Self> {
        let mut letter = Self::default();
        let mut whole = false;
        for item in items {
            match item {
                Item::Uid(uid) => letter.uid = uid.get(),
                Item::Flags(flags) => letter.flags = flags.iter().map(flag).collect(),
                Item::Rfc822Size(size) => letter.size = *size,
                Item::InternalDate(date) => letter.received = Some(date.as_ref().to_rfc3339()),
                Item::BodyStructure(found) => {
                    letter.attachments = Some(structure::attachments(found))
                }
                Item::BodyExt { data, .. } => {
                    // NIL stands for a letter that is gone by now.
                    whole = data.0.is_some();
                    letter.bytes = structure::bytes(data);
                }
                _ => {}
            }
        }
        (letter.uid > 0 && whole).then_some(letter)
    }

    /// A letter of which the server says nothing.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn holding(bytes: Vec<u8>) -> Self {
        Self {
            uid: 1,
            bytes,
            ..Self::default()
        }
    }

    /// The row: `uid`, `message_id`, `subject`, `from`, `to`, `cc`, `date` (of the header, else when it arrived), `text`,
    /// `attachments`, `in_reply_to`, `references`, `flags`, `size`; what the letter does not say is absent. `cut` is true
    /// where the text is longer than the row holds.
    pub(crate) fn row(self) -> Json {
        let parser = MessageParser::default();
        let mut row = Map::new();
        if let Some(message) = parser.parse(&self.bytes) {
            let ends = missing_ends(&message, &self.bytes);
            let mended;
            let message = if ends.is_empty() {
                Some(message)
            } else {
                mended = [self.bytes.as_slice(), &ends].concat();
                parser.parse(&mended)
            };
            if let Some(message) = message {
                headers(&message, &mut row);
                text(&message, &mut row);
            }
        }
        if let (false, Some(received)) = (row.contains_key("date"), self.received) {
            row.insert("date".to_owned(), Json::from(received));
        }
        row.insert("uid".to_owned(), Json::from(self.uid));
        row.insert("flags".to_owned(), Json::from(self.flags));
        row.insert("size".to_owned(), Json::from(self.size));
        row.insert(
            "attachments".to_owned(),
            Json::from(self.attachments.unwrap_or_default()),
        );
        Json::Object(row)
    }
}

/// The ends of parts that a letter lacks because it was fetched or stored in part: the parser does not decode a part
/// that never ends.
fn missing_ends(message: &Message<'_>, bytes: &[u8]) -> Vec<u8> {
    let boundaries = message
        .parts
        .iter()
        .filter_map(|part| part.content_type()?.attribute("boundary"));
    let ends: Vec<String> = boundaries
        .take(PARTS)
        .map(|boundary| format!("--{boundary}--"))
        .collect();
    let has = |end: &String| {
        bytes
            .windows(end.len())
            .any(|window| window == end.as_bytes())
    };
    if ends.first().is_none_or(has) {
        return Vec::new();
    }
    ends.iter()
        .rev()
        .flat_map(|end| format!("\r\n{end}").into_bytes())
        .collect()
}

fn flag(flag: &FlagFetch<'_>) -> String {
    match flag {
        FlagFetch::Flag(flag) => flag.to_string(),
        FlagFetch::Recent => "\\Recent".to_owned(),
    }
}

fn headers(message: &Message<'_>, row: &mut Map<String, Json>) {
    let mut say = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            row.insert(key.to_owned(), value);
        }
    };
    say("message_id", message.message_id().map(Json::from));
    say(
        "subject",
        message.subject().map(|subject| Json::from(subject.trim())),
    );
    say("from", people(message.from()).into_iter().next());
    say("to", Some(Json::from(people(message.to()))));
    say("cc", Some(Json::from(people(message.cc()))));
    let date = message.date().filter(|date| date.is_valid());
    say("date", date.map(|date| Json::from(date.to_rfc3339())));
    say("in_reply_to", ids(message.in_reply_to()).into_iter().next());
    say("references", Some(Json::from(ids(message.references()))));
}

fn people(addresses: Option<&Address<'_>>) -> Vec<Json> {
    let each = addresses.into_iter().flat_map(Address::iter).take(MOST);
    each.map(|address| json!({ "name": address.name(), "email": address.address() }))
        .collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<Json> {
    match value {
        HeaderValue::Text(id) => vec![Json::from(id.as_ref())],
        HeaderValue::TextList(ids) => ids
            .iter()
            .take(MOST)
            .map(|id| Json::from(id.as_ref()))
            .collect(),
        _ => Vec::new(),
    }
}

/// The first text, plain or stripped of its HTML.
fn text(message: &Message<'_>, row: &mut Map<String, Json>) {
    let Some(text) = message.body_text(0) else {
        return;
    };
    let text = text.trim();
    let end = text.floor_char_boundary(TEXT_BYTES);
    row.insert("text".to_owned(), Json::from(&text[..end]));
    if end < text.len() {
        row.insert("cut".to_owned(), Json::from(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(bytes: &[u8]) -> Json {
        Letter {
            uid: 1,
            bytes: bytes.to_vec(),
            ..Letter::default()
        }
        .row()
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let row = row(format!(
            "Content-Type: text/plain; charset=utf-8\r\n\r\n{}",
            "é€".repeat(30_000)
        )
        .as_bytes());
        let text = row["text"].as_str().unwrap();
        assert!(text.len() <= TEXT_BYTES && text.len() > TEXT_BYTES - 4);
        assert_eq!(row["cut"], true);
    }

    #[test]
    fn mime_that_stops_in_the_middle_gives_what_is_there() {
        let row = row(b"Subject: =?utf-8?Q?Undangan_=F0=9F?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
            --x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nU2VsYW1hdCBwYWdp");
        assert_eq!(row["text"], "Selamat pagi");
        assert!(row["subject"].as_str().unwrap().starts_with("Undangan"));
    }

    proptest! {
        #[test]
        fn no_letter_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), head in "(Subject: =\\?[a-z0-9-]{1,12}\\?[qb]\\?.{0,20}\\?=\r\n|Date: .{0,30}\r\n|From: .{0,30}\r\n|Content-Type: multipart/(mixed|alternative); boundary=x\r\n|Content-Transfer-Encoding: (base64|quoted-printable)\r\n){0,5}") {
            let _ = row(&[head.as_bytes(), b"\r\n", &bytes].concat());
        }
    }
}
