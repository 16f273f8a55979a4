//! What a page seems to list: its tables with their headers, and where it links to; for drafting a source.

use super::header::{self, Header};
use super::{Page, text};
use scraper::{ElementRef, Selector};

/// The most tables and links that are told.
const TABLES: usize = 50;
const LINKS: usize = 2000;

/// A table with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSketch {
    /// A CSS selector of the table; the page may have other tables that it finds too.
    pub selector: String,
    /// What stands above its columns.
    pub columns: Vec<String>,
    /// Whether the header is marked as such and not only the first row.
    pub marked: bool,
    /// How many rows are no header.
    pub rows: usize,
    /// How many of them hold a link.
    pub links: usize,
}

/// A link of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where to, as it is written.
    pub href: String,
    /// Its relation: `next`, or nothing.
    pub rel: String,
    /// The media type that it states, or nothing.
    pub media: String,
    /// Its text.
    pub text: String,
}

impl Page {
    /// The tables that have a header and rows, in their order.
    #[must_use]
    pub fn tables(&self) -> Vec<TableSketch> {
        let all = header::tables(&self.html);
        all.into_iter().filter_map(sketch).take(TABLES).collect()
    }

    /// The links of the page, those of its head too.
    #[must_use]
    pub fn links(&self) -> Vec<Link> {
        let Ok(all) = Selector::parse("a[href], link[href]") else {
            return Vec::new();
        };
        let link = |element: ElementRef<'_>| {
            let said = |name: &str| element.attr(name).unwrap_or_default().trim().to_owned();
            Link {
                href: said("href"),
                rel: said("rel").to_lowercase(),
                media: said("type").to_lowercase(),
                text: text::of(element),
            }
        };
        self.html.select(&all).take(LINKS).map(link).collect()
    }
}

fn sketch(table: ElementRef<'_>) -> Option<TableSketch> {
    let header = Header::of(table);
    let (Ok(rows), Ok(link)) = (Selector::parse("tr"), Selector::parse("a[href]")) else {
        return None;
    };
    let body: Vec<ElementRef<'_>> = table
        .select(&rows)
        .filter(|row| !header.rows.contains(&row.id()))
        .collect();
    let columns = header.names();
    let named = columns.iter().filter(|name| !name.is_empty()).count();
    (named >= 2 && !body.is_empty()).then(|| TableSketch {
        selector: selector(table),
        columns,
        marked: header.marked,
        rows: body.len(),
        links: body
            .iter()
            .filter(|row| row.select(&link).next().is_some())
            .count(),
    })
}

/// By its id, else by its class, else by its name alone. Words that CSS would have to escape are not used.
fn selector(table: ElementRef<'_>) -> String {
    let plain = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    if let Some(id) = table.attr("id").filter(plain) {
        return format!("table#{id}");
    }
    let classes = table.attr("class").unwrap_or_default();
    match classes.split_whitespace().find(plain) {
        Some(class) => format!("table.{class}"),
        None => "table".to_owned(),
    }
}
