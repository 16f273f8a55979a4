//! What a reader gets: items, their own mark on each, and what is missing from the picture.

use chrono::{DateTime, Utc};
use divos_model::{AppId, Audience, Body, DeletedReason, Ext, Item, ItemId, Sensitivity, Time};
use divos_store::{Row, Twin};
use serde::{Deserialize, Serialize};

/// One page of the feed, in the shape of `GET /api/v1/feed`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedPage {
    /// The items, in the order of the request.
    pub items: Vec<FeedItem>,
    /// The cursor of the next page. On the screen's order `null` means the end; in sync there always
    /// is one, and an empty page without `more` means that nothing is new.
    pub next: Option<String>,
    /// In sync: there may be more after `next`, ask again now. Such a page may be empty where a filter
    /// passes over many changes. Left out where everything was told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// In sync: what is gone for this reader, by rising `seq`. Left out where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<GoneItem>,
    /// The moment that the page shows.
    pub as_of: Time,
    /// Apps whose data is older than they promise, or that cannot be read at all.
    pub stale_apps: Vec<StaleApp>,
}

/// One item as one reader sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedItem {
    /// The item. In lists a restricted one shows its title alone.
    #[serde(flatten)]
    pub item: Item,
    /// What the reader did with it.
    pub mark: Mark,
    /// Whether personal data in it is masked for this reader, who has no need to know it. Left out where not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
    /// Other apps' items that are the same thing, as far as the reader sees them. Left out where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Twin>,
}

/// An item that is gone for a reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoneItem {
    /// Which.
    pub id: ItemId,
    /// The change's place in the sync.
    pub seq: u64,
    /// Why; `access_revoked` where it lives on for others.
    pub reason: DeletedReason,
    /// When.
    pub at: DateTime<Utc>,
}

impl FeedItem {
    /// Shows a row whole, for the item's own page.
    pub(crate) fn whole(row: Row) -> Self {
        let mark = Mark::of(&row);
        let mut item = row.item;
        if row.masked {
            // From the hash of what is masked it could be guessed.
            item.hash = item.content_hash();
        }
        Self {
            item,
            mark,
            masked: row.masked,
            also: row.twins,
        }
    }

    /// Shows a row in a list: of a restricted item the title alone.
    pub(crate) fn listed(row: Row) -> Self {
        let mut shown = Self::whole(row);
        if shown.item.sensitivity == Sensitivity::Restricted {
            title_only(&mut shown.item);
        }
        shown
    }
}

/// Leaves of an item what a list may show of a restricted one: title, place, state and times.
fn title_only(item: &mut Item) {
    item.summary = None;
    item.actors = Vec::new();
    item.audience = Audience::default();
    item.links.api = None;
    item.attachments = Vec::new();
    item.actions = Vec::new();
    item.relations = Vec::new();
    item.dedupe = Vec::new();
    item.body = Body::empty(item.kind());
    item.ext = Ext::new();
}

/// What a reader did with an item; apart from the source's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Seen since it last changed.
    pub seen: bool,
    /// Done, as far as this reader is concerned.
    pub done: bool,
    /// Kept on top.
    pub pinned: bool,
    /// Out of sight until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<DateTime<Utc>>,
}

impl Mark {
    pub(crate) fn of(row: &Row) -> Self {
        Self {
            seen: !row.unread,
            done: row.marks.done_at.is_some(),
            pinned: row.marks.pinned_at.is_some(),
            snoozed_until: row.marks.snoozed_until,
        }
    }
}

/// A change of a reader's mark: what is absent stays as it is. The shape of `PUT …/state`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MarkChange {
    /// Seen, or unread again.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "flag")]
    pub seen: Option<bool>,
    /// Done, or open again.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "flag")]
    pub done: Option<bool>,
    /// Pinned, or not.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "flag")]
    pub pinned: Option<bool>,
    /// Snoozed until then; `null` wakes it.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub snoozed_until: Option<Option<DateTime<Utc>>>,
}

/// A flag that is given is true or false; `null` is neither.
fn flag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    bool::deserialize(deserializer).map(Some)
}

/// Tells `null` from absent.
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<DateTime<Utc>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An app whose data cannot be trusted to be fresh, told to the reader with the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StaleApp {
    /// Which app.
    pub app: AppId,
    /// Its title.
    pub title: String,
    /// `stale`, `failing`, `down` or `never`; see [`crate::AppState`].
    pub state: crate::AppState,
    /// Since when; `None` where nothing was ever read.
    pub since: Option<Time>,
    /// When it was last read completely.
    pub last_ok: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_the_title_alone_of_what_is_restricted() {
        let at = DateTime::parse_from_rfc3339("2026-11-24T08:00:00+08:00").expect("a time");
        let mut body = divos_model::LetterBody {
            from: Some("Dinas X".into()),
            ..Default::default()
        };
        body.number = Some("005/1/UM".into());
        let app = "surat".parse().expect("a slug");
        let mut item = Item::new(app, "1", "Undangan", at, Body::Letter(Box::new(body)));
        item.summary = Some("rahasia dapur".into());
        item.ext.insert("kunci".into(), "rahasia dapur".into());
        let shown = |sensitivity| {
            let item = Item {
                sensitivity,
                ..item.clone()
            };
            let row = Row {
                item,
                marks: divos_store::ReaderState::default(),
                unread: true,
                masked: false,
                twins: Vec::new(),
            };
            serde_json::to_string(&FeedItem::listed(row)).expect("JSON")
        };
        let secret = shown(Sensitivity::Restricted);
        assert!(secret.contains("Undangan"));
        assert!(
            !secret.contains("rahasia dapur") && !secret.contains("005/1/UM"),
            "{secret}"
        );
        assert!(shown(Sensitivity::Internal).contains("rahasia dapur"));
    }

    #[test]
    fn a_change_tells_null_from_absent() {
        let change = |text: &str| serde_json::from_str::<MarkChange>(text);
        assert_eq!(change("{}").expect("a change"), MarkChange::default());
        assert_eq!(
            change(r#"{"snoozed_until":null}"#)
                .expect("a change")
                .snoozed_until,
            Some(None)
        );
        assert!(change(r#"{"sen":true}"#).is_err());
        assert!(change(r#"{"seen":null}"#).is_err());
    }
}
