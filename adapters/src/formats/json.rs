//! Reads JSON answers, and tells what came instead.

use super::{Document, charset};
use crate::fault::Came;
use crate::{Trouble, mapping::html};
use serde_json::error::Category;

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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn came(body: &str) -> String {
        read(None, body.as_bytes())
            .map_or_else(|trouble| trouble.to_string(), |_| "read".to_owned())
    }

    #[test]
    fn tells_what_came_instead() {
        for (body, told) in [
            ("{\"a\": 1}", "read"),
            ("", "the answer is empty"),
            (" \n", "the answer is empty"),
            ("{\"a\": [1, 2", "the answer is cut off"),
            ("{\"a\": \"x", "the answer is cut off"),
            (
                "<!DOCTYPE html><html><head><TITLE>Masuk &amp; Daftar</TITLE></head><input type=\"password\">",
                "not JSON: an HTML page titled “Masuk & Daftar”, perhaps a login page: check the credentials",
            ),
            ("<html><body>x", "not JSON: an HTML page"),
            (
                "<br />\n<b>Warning</b>: mysql_connect()",
                "not JSON: an HTML page",
            ),
            ("<?xml version='1.0'?><Fault/>", "not JSON: an XML document"),
            (
                "Fatal error",
                "not JSON: something unreadable (line 1, column 1)",
            ),
            (
                "{\"a\": 1} trailing",
                "not JSON: something unreadable (line 1, column 10)",
            ),
        ] {
            assert_eq!(came(body), told, "{body}");
        }
        assert_eq!(
            came(&"[".repeat(5000)),
            "not JSON: something unreadable (line 1, column 128)"
        );
    }

    #[test]
    fn an_html_page_in_another_charset_is_told_as_such() {
        let body = b"<html><title>Masuk caf\xe9</title>";
        let told = read(Some("utf-8"), body).map_err(|t| t.code());
        assert_eq!(told.err(), Some("not_json"));
    }

    proptest! {
        #[test]
        fn never_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(None, &body);
            let _ = read(Some("utf-16le"), &body);
        }
    }
}
