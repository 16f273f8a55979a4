//! Atom (RFC 4287).

use super::{ExportInfo, author, external};
use crate::{FeedItem, FeedPage};
use chrono::SecondsFormat;
use divos_model::Time;
use std::fmt::Write as _;

/// Writes a page as Atom; media type `application/atom+xml`.
#[must_use]
pub fn atom(page: &FeedPage, info: &ExportInfo) -> String {
    let mut out = String::with_capacity(1024 + page.items.len() * 600);
    let newest = page.items.iter().map(|shown| shown.item.updated_at).max();
    let _ = write!(
        out,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
         <feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{lang}\">\n\
         <id>{url}</id>\n<title>{title}</title>\n<updated>{updated}</updated>\n\
         <link rel=\"self\" type=\"application/atom+xml\" href=\"{url}\"/>\n\
         <link rel=\"alternate\" type=\"text/html\" href=\"{home}/feed\"/>\n\
         <author><name>DIVOS</name></author>\n<generator>DIVOS</generator>\n",
        lang = info.lang.tag(),
        url = xml(&info.feed_url),
        title = xml(&info.title),
        updated = time(newest.unwrap_or(page.as_of)),
        home = xml(&info.home),
    );
    for shown in &page.items {
        entry(&mut out, shown, info);
    }
    out.push_str("</feed>\n");
    out
}

fn entry(out: &mut String, shown: &FeedItem, info: &ExportInfo) {
    let item = &shown.item;
    let _ = write!(
        out,
        "<entry xml:lang=\"{}\">\n<id>urn:uuid:{}</id>\n<title>{}</title>\n<updated>{}</updated>\n",
        xml(&item.lang),
        item.id,
        xml(&item.title),
        time(item.updated_at),
    );
    if let Some(at) = item.created_at {
        let _ = writeln!(out, "<published>{}</published>", time(at));
    }
    let _ = writeln!(
        out,
        "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>",
        xml(&info.page_of(shown))
    );
    if let Some(link) = external(shown) {
        let _ = writeln!(out, "<link rel=\"related\" href=\"{}\"/>", xml(link));
    }
    if let Some(name) = author(shown) {
        let _ = writeln!(out, "<author><name>{}</name></author>", xml(name));
    }
    let kind = item.kind();
    let _ = writeln!(
        out,
        "<category term=\"{kind}\" label=\"{}\"/>\n<category term=\"{}\" scheme=\"{}/apps\"/>",
        xml(kind.label(info.lang)),
        xml(item.app.as_str()),
        xml(&info.home),
    );
    // An entry without content must have an alternate link (section 4.1.2), which each has.
    if let Some(summary) = &item.summary {
        let _ = writeln!(out, "<summary>{}</summary>", xml(summary));
    }
    out.push_str("</entry>\n");
}

fn time(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Escapes text for content and attributes, and leaves out what XML 1.0 (section 2.2) cannot hold.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::{hard, info, item, page};
    use super::*;
    use divos_model::{Body, Kind};
    use quick_xml::events::Event;

    /// Elements by their path, with their text; fails where the document is not well-formed.
    fn read(text: &str) -> Vec<(String, String)> {
        let mut reader = quick_xml::Reader::from_str(text);
        reader.config_mut().check_end_names = true;
        let (mut path, mut found) = (Vec::<String>::new(), Vec::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(e) => {
                    path.push(e.name().as_ref().to_string());
                    found.push((path.join("/"), String::new()));
                    for attribute in e.attributes() {
                        attribute.expect("a good attribute");
                    }
                }
                Event::Empty(e) => {
                    let name = e.name().as_ref().to_string();
                    let attributes = e.attributes().map(|a| {
                        let a = a.expect("a good attribute");
                        format!("{}={}", a.key.as_ref() as &str, a.value)
                    });
                    let attributes: Vec<String> = attributes.collect();
                    found.push((format!("{}/{name}", path.join("/")), attributes.join(" ")));
                }
                Event::End(_) => {
                    path.pop();
                }
                Event::Text(e) => {
                    let at = path.join("/");
                    let raw = e.to_string();
                    if let Some(last) = found.iter_mut().rev().find(|(p, _)| *p == at) {
                        last.1.push_str(&raw);
                    }
                }
                Event::GeneralRef(e) => {
                    let at = path.join("/");
                    let name = e.to_string();
                    let c = match name.as_str() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        other => panic!("an unknown entity {other}"),
                    };
                    if let Some(last) = found.iter_mut().rev().find(|(p, _)| *p == at) {
                        last.1.push(c);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(path.is_empty());
        found
    }

    /// RFC 4287, sections 4.1.1 and 4.1.2: what must be there exactly once.
    fn check(found: &[(String, String)], entries: usize) {
        let all = |path: &str| found.iter().filter(|(p, _)| p == path).collect::<Vec<_>>();
        for once in ["feed/id", "feed/title", "feed/updated", "feed/author"] {
            assert_eq!(all(once).len(), 1, "{once}");
        }
        assert_eq!(all("feed/entry").len(), entries);
        for each in ["feed/entry/id", "feed/entry/title", "feed/entry/updated"] {
            assert_eq!(all(each).len(), entries, "{each}");
        }
        for (path, text) in found {
            if path.ends_with("/updated") || path.ends_with("/published") {
                chrono::DateTime::parse_from_rfc3339(text).expect("RFC 3339");
            }
        }
        let alternate = found.iter().filter(|(p, a)| {
            p == "feed/entry/link" && a.contains("rel=alternate") && a.contains("href=https://")
        });
        assert_eq!(alternate.count(), entries);
        let ids: std::collections::BTreeSet<_> = all("feed/entry/id").into_iter().collect();
        assert_eq!(ids.len(), entries, "ids are unique");
    }

    #[test]
    fn hard_items_make_a_valid_feed() {
        let found = read(&atom(&page(hard()), &info()));
        check(&found, 4);
        let titles: Vec<_> = found
            .iter()
            .filter(|(p, _)| p == "feed/entry/title")
            .map(|(_, t)| t.as_str())
            .collect();
        assert_eq!(titles[0], "Rapat <koordinasi> & \"evaluasi\"; 1, 2\\3");
        assert!(
            found
                .iter()
                .any(|(p, t)| p == "feed/title" && t == "DIVOS: <Ayu> & \"kawan\"")
        );
    }

    #[test]
    fn an_empty_page_and_odd_characters_make_a_valid_feed() {
        check(&read(&atom(&page(vec![]), &info())), 0);
        let odd = item("1", "a\u{1}\u{ffff}]]>b", Body::empty(Kind::Task));
        let found = read(&atom(&page(vec![odd]), &info()));
        assert!(
            found
                .iter()
                .any(|(p, t)| p == "feed/entry/title" && t == "a]]>b")
        );
    }
}
