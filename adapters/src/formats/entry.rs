//! One entry of a feed, whatever the feed's format: the record that mappings see.

use super::xml::Element;
use serde_json::{Value as Json, json};

/// An entry. What the feed does not say is null, so that a mapping may name every field.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Entry {
    id: Option<String>,
    title: Option<String>,
    summary: Option<String>,
    content: Option<String>,
    link: Option<String>,
    published: Option<String>,
    updated: Option<String>,
    authors: Vec<String>,
    categories: Vec<String>,
    enclosures: Vec<Json>,
    lang: Option<String>,
}

impl Entry {
    /// Reads an RSS item: `guid`, else `link`, is its id.
    pub(crate) fn of_rss(item: &Element, language: Option<&str>) -> Self {
        let text = |name: &str| plain(item, name);
        let dc = |name: &str| {
            item.prefixed("dc", name)
                .and_then(Element::said)
                .map(str::to_owned)
        };
        let about = item.attribute("rdf:about").map(str::to_owned);
        let link = text("link")
            .or_else(|| permalink(item))
            .or_else(|| atom_link(item));
        let published = text("pubDate").or_else(|| dc("date"));
        let dcterms = || {
            item.prefixed("dcterms", "modified")
                .and_then(Element::said)
                .map(str::to_owned)
        };
        Self {
            id: text("guid").or(about).or_else(|| link.clone()),
            title: text("title").or_else(|| dc("title")),
            summary: text("description").or_else(|| dc("description")),
            content: item
                .prefixed("content", "encoded")
                .and_then(Element::said)
                .map(str::to_owned),
            updated: prefixed(item, &["atom", "a10"], "updated")
                .or_else(dcterms)
                .or_else(|| published.clone()),
            published,
            authors: [dc("creator"), text("author")]
                .into_iter()
                .flatten()
                .take(1)
                .collect(),
            categories: named(item, "category"),
            enclosures: item
                .children
                .iter()
                .filter(|c| c.name.eq_ignore_ascii_case("enclosure"))
                .filter_map(enclosure)
                .collect(),
            lang: dc("language").or(language.map(str::to_owned)),
            link,
        }
    }

    /// Reads an Atom entry (RFC 4287, section 4.1.2).
    pub(crate) fn of_atom(
        entry: &Element,
        author: Option<&Element>,
        language: Option<&str>,
    ) -> Self {
        let text = |name: &str| entry.child(name).and_then(content);
        let own: Vec<&Element> = entry
            .children
            .iter()
            .filter(|c| c.name == "author")
            .collect();
        let authors = if own.is_empty() {
            author.into_iter().collect()
        } else {
            own
        };
        let updated = text("updated").or_else(|| text("modified"));
        let lang = entry.attribute("xml:lang").or(language);
        Self {
            id: text("id"),
            title: text("title"),
            summary: text("summary"),
            content: text("content"),
            link: atom_link(entry),
            published: text("published")
                .or_else(|| text("issued"))
                .or_else(|| updated.clone()),
            updated,
            authors: authors
                .iter()
                .filter_map(|a| Some(a.child("name")?.said()?.to_owned()))
                .collect(),
            categories: named(entry, "category"),
            enclosures: links(entry, "enclosure").filter_map(enclosure).collect(),
            lang: lang.map(str::to_owned),
        }
    }

    /// Reads an item of a JSON Feed (version 1.1).
    pub(crate) fn of_json(item: &Json, language: Option<&str>) -> Self {
        let text = |name: &str| match item.get(name) {
            Some(Json::String(text)) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
            Some(Json::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let list = |name: &str| {
            item.get(name)
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
        };
        let name = |author: &Json| Some(author.get("name")?.as_str()?.to_owned());
        let one = item.get("author").and_then(name);
        let attachment = |a: &Json| {
            Some(
                json!({"url": a.get("url")?.as_str()?, "mime": a.get("mime_type"), "bytes": a.get("size_in_bytes"), "name": a.get("title")}),
            )
        };
        Self {
            id: text("id").or_else(|| text("url")),
            title: text("title"),
            summary: text("summary"),
            content: text("content_html").or_else(|| text("content_text")),
            link: text("url").or_else(|| text("external_url")),
            published: text("date_published"),
            updated: text("date_modified").or_else(|| text("date_published")),
            authors: list("authors").filter_map(name).chain(one).collect(),
            categories: list("tags")
                .filter_map(|tag| tag.as_str().map(str::to_owned))
                .collect(),
            enclosures: list("attachments").filter_map(attachment).collect(),
            lang: text("language").or(language.map(str::to_owned)),
        }
    }

    /// Returns the record that mappings see.
    pub(crate) fn into_json(self) -> Json {
        json!({
            "id": self.id, "title": self.title, "summary": self.summary, "content": self.content,
            "link": self.link, "published": self.published, "updated": self.updated,
            "author": self.authors.first(), "authors": self.authors, "categories": self.categories,
            "enclosures": self.enclosures, "lang": self.lang,
        })
    }
}

/// Returns the text of an unprefixed child; media and iTunes elements have names of their own.
fn plain(item: &Element, name: &str) -> Option<String> {
    let is = |child: &&Element| child.prefix.is_empty() && child.name.eq_ignore_ascii_case(name);
    item.children.iter().find(is).and_then(content)
}

fn prefixed(item: &Element, prefixes: &[&str], name: &str) -> Option<String> {
    prefixes
        .iter()
        .find_map(|prefix| item.prefixed(prefix, name)?.said().map(str::to_owned))
}

/// Returns an element's text; markup that is not escaped (XHTML) is read as its text.
fn content(element: &Element) -> Option<String> {
    match element.said() {
        Some(text) if element.children.is_empty() => Some(text.to_owned()),
        said => {
            let inner: Vec<String> = element.children.iter().filter_map(content).collect();
            let all = said
                .map(str::to_owned)
                .into_iter()
                .chain(inner)
                .collect::<Vec<_>>()
                .join(" ");
            (!all.is_empty()).then_some(all)
        }
    }
}

/// A `guid` that says it is a permalink, or does not say that it is none, is a link.
fn permalink(item: &Element) -> Option<String> {
    let guid = item.child("guid")?;
    let is_link = guid.attribute("isPermaLink") != Some("false");
    guid.said()
        .filter(|text| is_link && text.starts_with("http"))
        .map(str::to_owned)
}

fn links<'a>(entry: &'a Element, rel: &'a str) -> impl Iterator<Item = &'a Element> {
    entry.children.iter().filter(move |child| {
        child.name == "link" && child.attribute("rel").unwrap_or("alternate") == rel
    })
}

fn atom_link(entry: &Element) -> Option<String> {
    links(entry, "alternate").find_map(|link| link.attribute("href").map(str::to_owned))
}

/// Category names: RSS writes them as text, Atom as `label` or `term`.
fn named(entry: &Element, name: &str) -> Vec<String> {
    let categories = entry
        .children
        .iter()
        .filter(|child| child.name.eq_ignore_ascii_case(name));
    let words =
        categories.filter_map(|c| c.said().or(c.attribute("label")).or(c.attribute("term")));
    words.map(str::to_owned).collect()
}

fn enclosure(element: &Element) -> Option<Json> {
    let url = element.attribute("url").or(element.attribute("href"))?;
    let bytes = element
        .attribute("length")
        .and_then(|length| length.trim().parse::<u64>().ok());
    Some(
        json!({"url": url, "mime": element.attribute("type"), "bytes": bytes.filter(|b| *b > 0), "name": element.attribute("title")}),
    )
}
