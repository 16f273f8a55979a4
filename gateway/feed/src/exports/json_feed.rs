//! JSON Feed 1.1 (<https://jsonfeed.org/version/1.1>).

use super::{ExportInfo, author, external};
use crate::{FeedItem, FeedPage};
use serde_json::{Map, Value, json};

/// Writes a page as JSON Feed 1.1; media type `application/feed+json`.
#[must_use]
pub fn json_feed(page: &FeedPage, info: &ExportInfo) -> String {
    let items: Vec<Value> = page.items.iter().map(|shown| entry(shown, info)).collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": info.title,
        "home_page_url": format!("{}/feed", info.home),
        "feed_url": info.feed_url,
        "language": info.lang.tag(),
        "items": items,
    });
    feed.to_string()
}

fn entry(shown: &FeedItem, info: &ExportInfo) -> Value {
    let item = &shown.item;
    let mut entry = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            entry.insert(name.to_owned(), value);
        }
    };
    put("id", Some(item.id.to_string().into()));
    put("url", Some(info.page_of(shown).into()));
    put("external_url", external(shown).map(Into::into));
    put("title", Some(item.title.as_str().into()));
    // Every item must have content (section "Items"); a title alone still is one.
    let text = item.summary.as_deref().unwrap_or(&item.title);
    put("content_text", Some(text.into()));
    put(
        "date_published",
        item.created_at.map(|at| at.to_rfc3339().into()),
    );
    put("date_modified", Some(item.updated_at.to_rfc3339().into()));
    put(
        "authors",
        author(shown).map(|name| json!([{ "name": name }])),
    );
    put(
        "tags",
        Some(json!([item.kind().label(info.lang), item.app.as_str()])),
    );
    put("language", Some(item.lang.as_str().into()));
    let mut own = json!({
        "about": format!("{}/docs", info.home),
        "app": item.app,
        "kind": item.kind(),
        "state": item.state,
    });
    if let Some(due) = item.due_at {
        own["due_at"] = due.to_rfc3339().into();
    }
    put("_divos", Some(own));
    Value::Object(entry)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{hard, info, page};
    use super::*;

    /// What the specification demands of each item, checked without our own types.
    fn check(feed: &Value) {
        assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
        assert!(feed["title"].is_string());
        for url in ["home_page_url", "feed_url"] {
            assert!(feed[url].as_str().expect("a text").starts_with("https://"));
        }
        let mut ids = std::collections::BTreeSet::new();
        for item in feed["items"].as_array().expect("items") {
            assert!(
                ids.insert(item["id"].as_str().expect("an id")),
                "ids are unique"
            );
            assert!(item["content_text"].is_string() || item["content_html"].is_string());
            for date in ["date_published", "date_modified"] {
                if let Some(date) = item.get(date) {
                    chrono::DateTime::parse_from_rfc3339(date.as_str().expect("a text"))
                        .expect("RFC 3339");
                }
            }
            for (name, value) in item.as_object().expect("an object") {
                const KNOWN: [&str; 11] = [
                    "id",
                    "url",
                    "external_url",
                    "title",
                    "content_text",
                    "date_published",
                    "date_modified",
                    "authors",
                    "tags",
                    "language",
                    "_divos",
                ];
                assert!(KNOWN.contains(&name.as_str()), "{name}");
                assert!(!value.is_null(), "{name} is left out rather than null");
            }
            assert!(
                item["tags"]
                    .as_array()
                    .expect("tags")
                    .iter()
                    .all(Value::is_string)
            );
        }
    }

    #[test]
    fn hard_items_make_a_valid_feed() {
        let text = json_feed(&page(hard()), &info());
        let feed: Value = serde_json::from_str(&text).expect("JSON");
        check(&feed);
        let first = &feed["items"][0];
        assert_eq!(first["title"], "Rapat <koordinasi> & \"evaluasi\"; 1, 2\\3");
        assert_eq!(first["external_url"], "https://surat.example/1?a=1&b=2");
        assert_eq!(first["authors"][0]["name"], "Kadis <PU>");
        assert!(
            feed["items"][1].get("external_url").is_none(),
            "a path is no address"
        );
        assert_eq!(feed["items"].as_array().expect("items").len(), 4);
    }

    #[test]
    fn an_empty_page_makes_a_valid_feed() {
        let feed: Value = serde_json::from_str(&json_feed(&page(vec![]), &info())).expect("JSON");
        check(&feed);
    }
}
