//! The body of an answer, whatever document it is: text in its own character set, trees, markup, calendars, workbooks.
//!
//! Owns how each kind is learned from and written down so that a source reads it as before.

use super::{Learner, Masker};
use divos_adapters::fixture::Exchange;
use divos_formats::charset::Whole;
use divos_formats::html::Page;
use divos_formats::spreadsheet::{self, Sheet};
use divos_manifest::{Fetch, Source};
use serde_json::Value as Json;
use std::io::Cursor;

/// The most bytes of the cells of a workbook.
const CELLS: usize = 32 * 1024 * 1024;
/// The ways in which a long line of a calendar is folded (RFC 5545, section 3.1), within XML too.
const FOLDS: [&str; 6] = ["\r\n ", "\r\n\t", "&#13;\n ", "&#13;\n\t", "\n ", "\n\t"];

/// A document that a source reads.
pub(in crate::cli::connector) struct Document<'a> {
    source: &'a Source,
    content_type: Option<&'a str>,
    bytes: &'a [u8],
}

impl<'a> Document<'a> {
    /// The body of an answer.
    pub(in crate::cli::connector) fn of(source: &'a Source, exchange: &'a Exchange) -> Self {
        let content_type = exchange.headers.get("content-type");
        Self {
            source,
            content_type: content_type.and_then(|value| value.to_str().ok()),
            bytes: &exchange.body,
        }
    }

    /// A file of a watched folder.
    pub(in crate::cli::connector) fn of_file(source: &'a Source, bytes: &'a [u8]) -> Self {
        Self {
            source,
            content_type: None,
            bytes,
        }
    }

    fn text(&self) -> Option<Whole> {
        let request = self.source.request();
        let stated = request.and_then(|request| request.charset.as_deref());
        Whole::read(stated, self.content_type, self.bytes)
    }

    /// The sheet that is read, where it is a workbook and no text under a workbook's name.
    fn sheet(&self) -> Option<Sheet> {
        let Fetch::Xlsx(_, sheet) = &self.source.fetch else {
            return None;
        };
        spreadsheet::is_workbook(self.bytes).then(|| Sheet::of(sheet.sheet.as_deref()))
    }

    fn input(&self) -> Box<Cursor<Vec<u8>>> {
        Box::new(Cursor::new(self.bytes.to_vec()))
    }
}

impl Learner {
    /// Learns from a document.
    pub(in crate::cli::connector) fn document(&mut self, document: &Document<'_>) {
        if let Some(sheet) = document.sheet() {
            // What cannot be read is not written either.
            let _ = spreadsheet::rewrite(document.input(), &sheet, CELLS, &mut |cell| {
                self.json(cell);
            });
            return;
        }
        let Some(whole) = document.text() else {
            return;
        };
        if let Ok(json) = serde_json::from_str::<Json>(&whole.text) {
            self.tree(&json);
            return;
        }
        if is_markup(&whole.text)
            && let Ok(page) = Page::read(document.bytes, document.content_type)
        {
            self.page(&page);
        }
        self.text(&unfolded(&whole.text));
    }
}

impl Masker {
    /// Masks a document; `None` where it is neither text nor a workbook.
    pub(in crate::cli::connector) fn document(&self, document: &Document<'_>) -> Option<Vec<u8>> {
        if let Some(sheet) = document.sheet() {
            let masked = spreadsheet::rewrite(document.input(), &sheet, CELLS, &mut |cell| {
                self.json(cell);
            });
            return masked.ok();
        }
        let whole = document.text()?;
        if let Ok(mut json) = serde_json::from_str::<Json>(&whole.text) {
            self.json(&mut json);
            return serde_json::to_string_pretty(&json)
                .ok()
                .map(|text| whole.write(&text));
        }
        let text = unfolded(&whole.text);
        let masked = match is_markup(&text) {
            true => self.markup(&text),
            false => self.text(&text),
        };
        Some(whole.write(&masked))
    }

    /// Masks text and attributes; names of elements stay.
    fn markup(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        // The text up to the next tag that ends a line, and the tags within it that do not.
        let mut line: Vec<String> = vec![String::new()];
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            if let Some(last) = line.last_mut() {
                last.push_str(&rest[..at]);
            }
            rest = &rest[at..];
            let (tag, after) = rest.split_at(tag(rest));
            rest = after;
            match tag {
                "<" => line.last_mut().into_iter().for_each(|last| last.push('<')),
                tag if is_inline(tag) => line.extend([self.tag(tag), String::new()]),
                tag => {
                    self.line(&mut line, &mut out);
                    out.push_str(&self.tag(tag));
                }
            }
        }
        if let Some(last) = line.last_mut() {
            last.push_str(rest);
        }
        self.line(&mut line, &mut out);
        out
    }

    /// Masks a tag behind its name.
    fn tag(&self, tag: &str) -> String {
        let name = tag.find(char::is_whitespace).unwrap_or(tag.len());
        format!("{}{}", &tag[..name], self.text(&tag[name..]))
    }

    /// Writes down texts and, between them, tags. A name may be in several of the texts, or have white space in it.
    fn line(&self, line: &mut Vec<String>, out: &mut String) {
        let seen = |text: &dyn Fn(&str) -> String| -> String {
            let piece = |(at, piece): (usize, &String)| match at % 2 {
                0 => text(piece),
                _ if is_break(piece) => "\n".to_owned(),
                _ => String::new(),
            };
            line.iter().enumerate().map(piece).collect()
        };
        match self.leaks(&close(&seen(&|text| self.text(text)))) {
            true => {
                let whole = seen(&str::to_owned);
                out.push_str(&self.text(&close(&whole)));
                line.iter()
                    .skip(1)
                    .step_by(2)
                    .for_each(|tag| out.push_str(tag));
            }
            false => {
                for (at, piece) in line.iter().enumerate() {
                    match at % 2 {
                        0 => out.push_str(&self.text(piece)),
                        _ => out.push_str(piece),
                    }
                }
            }
        }
        *line = vec![String::new()];
    }
}

/// A text as a reader sees it: words with one space between them.
fn close(text: &str) -> String {
    let text = text.replace("&nbsp;", " ").replace('\u{a0}', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_break(tag: &str) -> bool {
    tag.to_ascii_lowercase().starts_with("<br")
}

/// Tells whether a tag leaves its text in the line.
fn is_inline(tag: &str) -> bool {
    const INLINE: [&str; 20] = [
        "a", "abbr", "b", "big", "br", "code", "em", "font", "i", "img", "label", "mark", "small",
        "span", "strong", "sub", "sup", "tt", "u", "wbr",
    ];
    let name = tag.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next();
    name.is_some_and(|name| INLINE.contains(&name.to_ascii_lowercase().as_str()))
}

/// How long the tag at the beginning of a text is; 1 for a stroke that begins none.
fn tag(text: &str) -> usize {
    let begins = text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let mut quote = None;
    for (at, letter) in text.char_indices().filter(|_| begins) {
        match (quote, letter) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    1
}

/// Tells whether a text is a page or an XML document.
pub(in crate::cli::connector) fn is_markup(text: &str) -> bool {
    text.trim_start().starts_with('<')
}

/// Takes the folds out of calendars, so that what a line says is in one piece.
fn unfolded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find("BEGIN:VCALENDAR") {
        let end = rest[begin..].find("END:VCALENDAR");
        let end = end.map_or(rest.len(), |end| begin + end);
        out.push_str(&rest[..begin]);
        let calendar = FOLDS
            .iter()
            .fold(rest[begin..end].to_owned(), |text, fold| {
                text.replace(fold, "")
            });
        out.push_str(&calendar);
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masker() -> Masker {
        let mut learner = Learner::default();
        learner.value(&Json::from("Ni Luh Buatan"));
        learner.masker().expect("few values")
    }

    #[test]
    fn markup_is_masked_between_and_within_its_tags() {
        let page = "<!-- Ni Luh Buatan --><td title=\"a > Ni Luh Buatan\">Ni  Luh\n&nbsp;Buatan</td><Ni Luh Buatan>x\
                    <p>oleh Ni <b class=x>Luh</b><br>Buatan, <i>hadir</i></p>";
        assert_eq!(
            masker().markup(page),
            "<!-- Contoh 1 --><td title=\"a > Contoh 1\">Contoh 1</td><Ni Luh Buatan>x\
             <p>oleh Contoh 1, hadir<b class=x></b><br><i></i></p>"
        );
        for odd in [
            "<",
            "<a",
            "<a title='x",
            "a < b Ni <b>Luh Buatan",
            "<![CDATA[Ni Luh Buatan]]>",
        ] {
            assert!(!masker().markup(odd).contains("Luh"), "{odd}");
        }
    }

    #[test]
    fn a_folded_line_of_a_calendar_is_masked() {
        let text =
            "x\n y\nBEGIN:VCALENDAR\r\nSUMMARY:Rapat Ni L\r\n uh Buatan\r\nEND:VCALENDAR\n z";
        let text = masker().text(&unfolded(text));
        assert_eq!(
            text,
            "x\n y\nBEGIN:VCALENDAR\r\nSUMMARY:Rapat Contoh 1\r\nEND:VCALENDAR\n z"
        );
    }
}
