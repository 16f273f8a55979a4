//! A page that was read: what a sign-in and a message to a person need of it.

use super::form::{self, Form};
use super::{SelectorFault, cell, parse, text};
use crate::{FormatFault, Input, Oddities};
use scraper::{ElementRef, Html, Selector};
use std::io::Cursor;

/// How much of a page is looked at for its title.
const HEAD: usize = 64 << 10;
/// The longest title, in characters.
const TITLE: usize = 120;

/// A page that was read.
pub struct Page {
    pub(super) html: Html,
    pub(super) odd: Oddities,
}

/// An element of a page. Its values may be secrets: it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name in lower case.
    pub name: String,
    /// Its attributes, decoded, by name.
    pub attributes: Vec<(String, String)>,
    /// Its text with white space collapsed.
    pub text: String,
}

impl Element {
    /// Finds an attribute.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let mut found = self.attributes.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// [`crate::Reason::TooMuch`], or [`crate::Reason::NotThis`] for bytes that are no text.
    pub fn read(page: &[u8], content_type: Option<&str>) -> Result<Self, FormatFault> {
        Self::of(Box::new(Cursor::new(page.to_vec())), None, content_type)
    }

    pub(super) fn of(
        input: Box<dyn Input>,
        charset: Option<&str>,
        content_type: Option<&str>,
    ) -> Result<Self, FormatFault> {
        let odd = Oddities::default();
        let html = parse::parse(input, charset, content_type, &odd)?;
        Ok(Self { html, odd })
    }

    /// The page's title, or its first heading.
    #[must_use]
    pub fn title(&self) -> Option<String> {
        let said = |css: &str| {
            let element = self.first(&Selector::parse(css).ok()?)?;
            let text = text::of(element);
            (!text.is_empty()).then(|| text.chars().take(TITLE).collect())
        };
        said("title").or_else(|| said("h1, h2"))
    }

    /// The first element that a selector finds.
    ///
    /// # Errors
    /// The selector is none.
    pub fn select_one(&self, selector: &str) -> Result<Option<Element>, SelectorFault> {
        let selector = cell::selector(selector)?;
        Ok(self.first(&selector).map(element))
    }

    /// The content of the `<meta>` of this name or property, whatever its case: `csrf-token`.
    #[must_use]
    pub fn meta(&self, name: &str) -> Option<String> {
        let all = Selector::parse("meta[content]").ok()?;
        let mut found = self.html.select(&all).filter(|meta| {
            let named = meta.attr("name").or(meta.attr("property"));
            named.is_some_and(|known| known.trim().eq_ignore_ascii_case(name))
        });
        found.next()?.attr("content").map(str::to_owned)
    }

    /// The tokens against forgery that the page holds for its scripts, by the usual names.
    pub fn forgery_tokens(&self) -> impl Iterator<Item = String> {
        ["csrf-token", "_csrf", "csrf"]
            .into_iter()
            .filter_map(|name| self.meta(name))
    }

    /// The forms of the page in their order, as a browser would submit them untouched. `base` is the address of the
    /// page.
    #[must_use]
    pub fn forms(&self, base: &str) -> Vec<Form> {
        form::all(&self.html, base)
    }

    pub(super) fn first(&self, selector: &Selector) -> Option<ElementRef<'_>> {
        self.html.select(selector).next()
    }
}

fn element(found: ElementRef<'_>) -> Element {
    let attributes = found.value().attrs();
    Element {
        name: found.value().name().to_owned(),
        attributes: attributes
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        text: text::of(found),
    }
}

/// The title of what may be a page, for a message: a sign-in page, an error page.
#[must_use]
pub fn title(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(HEAD)];
    if !head.trim_ascii_start().starts_with(b"<") && !head.starts_with(b"\xef\xbb\xbf") {
        return None;
    }
    Page::read(head, None).ok()?.title()
}
