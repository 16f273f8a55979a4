//! Turns HTML into plain text, and cleans plain text. Scripts never survive.
//!
//! Owns a small tokenizer (WHATWG HTML, section 13.2.5, as far as text needs it). Pure, linear, and
//! never panics, whatever it is given.

use quick_xml::escape::resolve_html5_entity;
use std::borrow::Cow;

/// Elements whose content is no text for people.
const SILENT: &[&str] = &[
    "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "head", "title",
    "textarea", "select",
];
/// Elements that keep their text apart from what surrounds them.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];
/// Elements that put a blank around their text.
const CELLS: &[&str] = &["td", "th", "option"];

/// Returns the text of an HTML fragment or page: entities decoded, blank space collapsed, blocks on
/// lines of their own.
pub(crate) fn html_text(html: &str) -> String {
    let mut out = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_encoded(&rest[..at]);
        rest = &rest[at..];
        rest = match Tag::read(rest) {
            Some(tag) => {
                out.mark(&tag);
                skip_silent(&tag, &rest[tag.len..])
            }
            None => match rest.strip_prefix("<!--") {
                Some(comment) => after(comment, "-->"),
                None if rest.starts_with("<!") || rest.starts_with("<?") => after(rest, ">"),
                None => {
                    out.push_encoded("<");
                    &rest[1..]
                }
            },
        };
    }
    out.push_encoded(rest);
    out.finish()
}

/// Tells whether a text holds a tag or a comment.
pub(crate) fn looks_like_html(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if Tag::read(rest).is_some_and(|tag| tag.closed) || rest.starts_with("<!--") {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// Cleans plain text: entities decoded, blank space collapsed to single blanks, control and invisible
/// direction characters removed.
pub(crate) fn plain_text(text: &str) -> String {
    one_line(&decode(text))
}

/// Collapses blank space and removes control characters; entities stay as they are.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = Text::default();
    out.push(text);
    out.finish().replace('\n', " ")
}

/// Decodes character references (WHATWG HTML, section 13.5); unknown ones stay as they are.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let used = reference(rest, &mut out);
        if used == 0 {
            out.push('&');
        }
        rest = &rest[used.max(1)..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Decodes the reference at the front; returns how many bytes it took.
fn reference(text: &str, out: &mut String) -> usize {
    let end = text.bytes().take(34).position(|b| b == b';');
    let Some(end) = end else { return 0 };
    let name = &text[1..end];
    let decoded = match name.strip_prefix('#') {
        Some(number) => numeric(number).map(|c| out.push(c)),
        None => resolve_html5_entity(name).map(|s| out.push_str(s)),
    };
    if decoded.is_some() { end + 1 } else { 0 }
}

/// Decodes a number as browsers do: windows-1252 for 128 to 159.
fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    if let (128..160, Ok(byte)) = (code, u8::try_from(code)) {
        let (text, _, _) = encoding_rs::WINDOWS_1252
            .decode(std::slice::from_ref(&byte))
            .clone();
        return text.chars().next();
    }
    char::from_u32(code).filter(|c| *c != '\0')
}

/// A start or end tag at the front of a text.
struct Tag {
    name: String,
    end: bool,
    len: usize,
    /// Whether its `>` is there.
    closed: bool,
}

impl Tag {
    fn read(text: &str) -> Option<Self> {
        let body = text.strip_prefix('<')?;
        let end = body.starts_with('/');
        let named = body.strip_prefix('/').unwrap_or(body);
        if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let name: String = named
            .chars()
            .take_while(|c| !c.is_whitespace() && !matches!(c, '>' | '/'))
            .take(32)
            .collect::<String>()
            .to_ascii_lowercase();
        let (len, closed) = tag_end(text);
        Some(Self {
            name,
            end,
            len,
            closed,
        })
    }
}

/// Finds the end of a tag, over `>` inside quoted attribute values.
fn tag_end(text: &str) -> (usize, bool) {
    let mut quote = None;
    let mut last = b'<';
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return (at + 1, true),
            (None, b'"' | b'\'') if last == b'=' => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    // A tag that is never closed: nothing of it is text.
    (text.len(), false)
}

/// Skips the content of an element that holds no text for people.
fn skip_silent<'a>(tag: &Tag, rest: &'a str) -> &'a str {
    if tag.end || !SILENT.contains(&tag.name.as_str()) {
        return rest;
    }
    let bytes = rest.as_bytes();
    let name = tag.name.as_bytes();
    let mut at = 0;
    while let Some(found) = rest[at..].find("</") {
        at += found + 2;
        let ends = bytes
            .get(at..at + name.len())
            .is_some_and(|b| b.eq_ignore_ascii_case(name));
        if ends {
            return after(&rest[at..], ">");
        }
    }
    // Never closed: browsers show nothing of the rest of a script; nor do we.
    if matches!(
        tag.name.as_str(),
        "head" | "select" | "svg" | "math" | "object" | "noscript"
    ) {
        rest
    } else {
        ""
    }
}

fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.find(mark).map_or("", |at| &text[at + mark.len()..])
}

/// Collects text and collapses its blanks.
#[derive(Default)]
struct Text {
    out: String,
    blank: bool,
    line: bool,
}

impl Text {
    fn push_encoded(&mut self, text: &str) {
        self.push(&decode(text));
    }

    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if c.is_whitespace() {
                self.blank = true;
            } else if !is_unseen(c) {
                self.part();
                self.out.push(c);
            }
        }
    }

    fn mark(&mut self, tag: &Tag) {
        let name = tag.name.as_str();
        self.line |= BLOCKS.contains(&name);
        self.blank |= CELLS.contains(&name);
    }

    /// Writes what keeps the next letter apart from the last.
    fn part(&mut self) {
        if !self.out.is_empty() {
            if self.line {
                self.out.push('\n');
            } else if self.blank {
                self.out.push(' ');
            }
        }
        self.line = false;
        self.blank = false;
    }

    fn finish(self) -> String {
        self.out
    }
}

/// Control characters, and those that turn the direction of what follows (a way to disguise text).
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_of_html() {
        for (html, text) in [
            (
                "Rapat &#8211; Koordinasi &amp; Evaluasi",
                "Rapat – Koordinasi & Evaluasi",
            ),
            (
                "<p>Satu</p><p>Dua <b>tebal</b>nya</p>",
                "Satu\nDua tebalnya",
            ),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<td>1</td><td>2</td>", "1 2"),
            ("x<script>alert('</p>')</script>y", "xy"),
            ("x<SCRIPT src='a>b'>evil", "x"),
            ("<style>p{}</style>isi", "isi"),
            ("<!-- <b>x</b> -->isi<!doctype html>", "isi"),
            ("5 < 6 dan a<b>c</b>", "5 < 6 dan ac"),
            ("<a title=\"x > y\" href='/'>tautan</a>", "tautan"),
            (
                "&lt;script&gt;alert(1)&lt;/script&gt;",
                "<script>alert(1)</script>",
            ),
            ("&nbsp;&hellip;&eacute;&tidakada;&", "…é&tidakada;&"),
            ("&#150;&#x2014;&#0;", "–—&#0;"),
            ("  banyak \n\t spasi ", "banyak spasi"),
            ("<img src=x onerror=alert(1)", ""),
            ("<", "<"),
            ("", ""),
        ] {
            assert_eq!(html_text(html), text, "{html}");
        }
    }

    #[test]
    fn knows_markup_from_arithmetic() {
        for (text, html) in [
            ("<p>x", true),
            ("a <b 3", false),
            ("5<6>4", false),
            ("</i>", true),
            ("<!--x", true),
        ] {
            assert_eq!(looks_like_html(text), html, "{text}");
        }
    }

    #[test]
    fn removes_what_disguises() {
        assert_eq!(plain_text("a\u{202e}b\u{0}\u{7}c\u{200b}d"), "abcd");
    }

    proptest! {
        #[test]
        fn never_panics_and_never_leaves_a_script(text in ".{0,200}") {
            html_text(&text);
            let wrapped = format!("<script>{text}</script>");
            prop_assert!(!html_text(&wrapped).to_lowercase().contains("<script"));
            plain_text(&text);
            looks_like_html(&text);
        }

        #[test]
        fn never_panics_on_markup(text in "[<>/!a-b\"'=& ;#x\u{e9}-]{0,60}") {
            html_text(&text);
            decode(&text);
        }
    }
}
