//! Attachments, as a letter's `BODYSTRUCTURE` names them (RFC 3501, section 7.4.2); none is fetched.
//!
//! Owns what counts as an attachment. Knows no text of a letter.

use imap_codec::imap_types::body::{Body, BodyStructure, Disposition, SpecificFields};
use imap_codec::imap_types::core::{IString, NString};
use mail_parser::{MessageParser, MimeHeaders as _};
use serde_json::{Value as Json, json};

/// The most attachments of one letter.
const MOST: usize = 200;

type Parameters<'a> = [(IString<'a>, IString<'a>)];

/// Lists the attachments: `name`, `type`, `size` (bytes as sent, encoded) and `part`, the number to fetch it by.
pub(crate) fn attachments(structure: &BodyStructure<'_>) -> Vec<Json> {
    let mut found = Vec::new();
    match structure {
        // A letter without parts has one, with the number 1.
        BodyStructure::Single { .. } => walk(structure, "1", &mut found),
        BodyStructure::Multi { .. } => walk(structure, "", &mut found),
    }
    found
}

fn walk(structure: &BodyStructure<'_>, part: &str, found: &mut Vec<Json>) {
    if found.len() >= MOST {
        return;
    }
    match structure {
        BodyStructure::Single {
            body,
            extension_data,
        } => {
            let disposition = extension_data.as_ref().and_then(|data| data.tail.as_ref());
            found.extend(attachment(body, disposition, part));
        }
        BodyStructure::Multi { bodies, .. } => {
            for (place, child) in bodies.as_ref().iter().enumerate() {
                let number = place + 1;
                let part = match part {
                    "" => number.to_string(),
                    part => format!("{part}.{number}"),
                };
                walk(child, &part, found);
            }
        }
    }
}

fn attachment(body: &Body<'_>, disposition: Option<&Disposition<'_>>, part: &str) -> Option<Json> {
    let kind = kind(&body.specific);
    let disposition = disposition.and_then(|disposition| disposition.disposition.as_ref());
    let stated = disposition.map(|(word, _)| text(word).to_ascii_lowercase());
    let name = disposition
        .and_then(|(_, parameters)| name(parameters, "filename"))
        .or_else(|| name(&body.basic.parameter_list, "name"));
    let is_text = kind == "text/plain" || kind == "text/html";
    if is_text && name.is_none() && stated.as_deref() != Some("attachment") {
        return None;
    }
    Some(json!({ "name": name, "type": kind, "size": body.basic.size, "part": part }))
}

fn kind(specific: &SpecificFields<'_>) -> String {
    let kind = match specific {
        SpecificFields::Basic { r#type, subtype } => format!("{}/{}", text(r#type), text(subtype)),
        SpecificFields::Message { .. } => "message/rfc822".to_owned(),
        SpecificFields::Text { subtype, .. } => format!("text/{}", text(subtype)),
    };
    kind.to_ascii_lowercase()
}

/// The name of a file among parameters. It may be in RFC 2231 pieces or in RFC 2047 words, so a header is made of it
/// again for the parser that knows both.
fn name(parameters: &Parameters<'_>, key: &str) -> Option<String> {
    let mut header = "Content-Disposition: attachment".to_owned();
    for (name, value) in parameters {
        let name = text(name).to_ascii_lowercase();
        let Some(piece) = name
            .strip_prefix(key)
            .filter(|piece| piece.is_empty() || piece.starts_with('*'))
        else {
            continue;
        };
        let value: String = text(value).chars().filter(|c| !c.is_control()).collect();
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        let value = match piece.ends_with('*') {
            true => value,
            false => format!("\"{value}\""),
        };
        header.push_str(&format!("; filename{piece}={value}"));
    }
    header.push_str("\r\n\r\n");
    let message = MessageParser::default().parse(header.as_bytes())?;
    let name = message.root_part().attachment_name()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A string of the server as text; bytes that are not UTF-8 are replaced.
fn text(string: &IString<'_>) -> String {
    String::from_utf8_lossy(string.as_ref()).into_owned()
}

/// The bytes of a string that may be absent.
pub(crate) fn bytes(string: &NString<'_>) -> Vec<u8> {
    string
        .0
        .as_ref()
        .map(|string| string.as_ref().to_vec())
        .unwrap_or_default()
}
