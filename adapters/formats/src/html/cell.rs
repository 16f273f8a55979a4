//! What a cell's words mean: a selector, and what of the element is taken.

use super::SelectorFault;
use super::text;
use scraper::{ElementRef, Selector};

/// What is taken of an element.
enum Taken {
    Text,
    Html,
    Attribute(String),
}

/// A selector within a row; `None` is the row itself.
pub(super) struct Cell {
    selector: Option<Selector>,
    taken: Taken,
}

impl Cell {
    pub(super) fn new(written: &str) -> Result<Self, SelectorFault> {
        let (css, taken) = split(written.trim());
        let selector = match css.trim() {
            "" | "." => None,
            css => Some(selector(css)?),
        };
        Ok(Self { selector, taken })
    }

    /// Reads the cell; `None` if the row does not have it.
    pub(super) fn read(&self, row: ElementRef<'_>) -> Option<String> {
        let element = match &self.selector {
            Some(selector) => row.select(selector).next()?,
            None => row,
        };
        match &self.taken {
            Taken::Text => Some(text::of(element)),
            Taken::Html => Some(element.inner_html().trim().to_owned()),
            Taken::Attribute(name) => element.attr(name).map(|value| value.trim().to_owned()),
        }
    }
}

/// Reads a selector; one that begins with a combinator is relative to the row.
pub(super) fn selector(css: &str) -> Result<Selector, SelectorFault> {
    let css = css.trim();
    let scoped = match css.starts_with(['>', '+', '~']) {
        true => format!(":scope {css}"),
        false => css.to_owned(),
    };
    Selector::parse(&scoped).map_err(|error| SelectorFault {
        selector: css.to_owned(),
        why: error.to_string(),
    })
}

/// Parts the selector from what is taken. An `@` within brackets or quotes is followed by what no name can hold.
fn split(written: &str) -> (&str, Taken) {
    let named = written.rsplit_once('@').filter(|(_, name)| {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        !name.is_empty() && name.chars().all(good)
    });
    match named {
        None => (written, Taken::Text),
        Some((css, "text")) => (css, Taken::Text),
        Some((css, "html")) => (css, Taken::Html),
        Some((css, name)) => (css, Taken::Attribute(name.to_ascii_lowercase())),
    }
}
