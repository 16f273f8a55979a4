//! What bytes are that are not what was expected, in a few words for a person.
//!
//! Owns magic numbers and first words. Reads no more than it is given.

/// The longest title that is shown, in characters.
const TITLE: usize = 80;

/// Names a well-known other format from the first bytes; `None` if it may be text in rows.
pub(crate) fn other_than_text(head: &[u8]) -> Option<String> {
    if let Some(found) = binary(head) {
        return Some(found.to_owned());
    }
    if let Some(page) = html(head) {
        return Some(page);
    }
    let start = without_bom(head).trim_ascii_start();
    if start.starts_with(b"<?xml") {
        return Some("an XML document".to_owned());
    }
    let mut words = start.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (words.next(), words.next()) {
        (Some(b'{'), Some(b'"')) | (Some(b'['), Some(b'{')) => Some("a JSON document".to_owned()),
        _ => None,
    }
}

/// Names a binary format by its magic number.
pub(crate) fn binary(head: &[u8]) -> Option<&'static str> {
    let found = match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => zip(head),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => "an old Excel workbook (.xls)",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [0x1f, 0x8b, ..] => "gzip data",
        [0x89, b'P', b'N', b'G', ..] => "a picture",
        [0xff, 0xd8, 0xff, ..] => "a picture",
        _ => return None,
    };
    Some(found)
}

fn zip(head: &[u8]) -> &'static str {
    let has = |word: &[u8]| head.windows(word.len()).any(|window| window == word);
    if is_opendocument(head) {
        "an OpenDocument spreadsheet (.ods)"
    } else if has(b"[Content_Types].xml") || has(b"xl/") {
        "an XLSX workbook"
    } else {
        "a ZIP archive"
    }
}

/// Whether an archive is an OpenDocument spreadsheet: its first part says so, unpacked (ISO/IEC 26300-2, 3.3).
pub(crate) fn is_opendocument(head: &[u8]) -> bool {
    const KIND: &[u8] = b"opendocument.spreadsheet";
    head.windows(KIND.len()).any(|window| window == KIND)
}

/// Names an HTML page, with its title if it has one.
pub(crate) fn html(head: &[u8]) -> Option<String> {
    const BEGINNINGS: [&str; 9] = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<meta",
        "<title",
        "<script",
        "<table",
        "<div",
    ];
    let text = String::from_utf8_lossy(without_bom(head)).to_ascii_lowercase();
    let start = after_comments(text.trim_start());
    if !BEGINNINGS.iter().any(|word| start.starts_with(word)) {
        return None;
    }
    // Lower case keeps every byte in its place, so the title is cut out of the text as it was written.
    let written = String::from_utf8_lossy(without_bom(head));
    Some(match title(&text, &written) {
        Some(title) => format!("an HTML page \"{title}\""),
        None => "an HTML page".to_owned(),
    })
}

fn after_comments(mut text: &str) -> &str {
    while let Some((_, rest)) = text
        .strip_prefix("<!--")
        .and_then(|rest| rest.split_once("-->"))
    {
        text = rest.trim_start();
    }
    text
}

fn title(lower: &str, written: &str) -> Option<String> {
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let words: Vec<&str> = written.get(start..end)?.split_whitespace().collect();
    let title: String = words.join(" ").chars().take(TITLE).collect();
    (!title.is_empty()).then_some(title)
}

fn without_bom(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_named() {
        for (bytes, found) in [
            (
                &b"\xef\xbb\xbf\r\n<!-- x --><!DOCTYPE html><html><Title a=b>\n Masuk \xe2\x80\x93  SIPD</TITLE>"[..],
                Some("an HTML page \"Masuk – SIPD\""),
            ),
            (b"<TABLE border=1><tr><td>1", Some("an HTML page")),
            (b"<?xml version='1.0'?><a/>", Some("an XML document")),
            (b" {\n \"error\": 1}", Some("a JSON document")),
            (b"PK\x03\x04zzzz[Content_Types].xml", Some("an XLSX workbook")),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Some("an OpenDocument spreadsheet (.ods)")),
            (b"PK\x03\x04readme.txt", Some("a ZIP archive")),
            (b"%PDF-1.7", Some("a PDF document")),
            (b"nama;<html>", None),
            (b"[catatan],nilai", None),
            (b"", None),
        ] {
            assert_eq!(other_than_text(bytes).as_deref(), found);
        }
    }
}
