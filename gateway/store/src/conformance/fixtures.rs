//! Items, readers and times for the suite. All data is made up.

use crate::{Change, ChangesQuery, Commit, Entry, Order, PageQuery, Reader, Store, Upserted};
use chrono::{DateTime, TimeDelta, Utc};
use divos_model::{AppId, Audience, AudienceKey, Body, Item, ItemId, Kind, PersonId, State};
use uuid::Uuid;

/// Returns the suite's present moment plus some minutes.
#[must_use]
pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_500_000, 0).expect("a time") + TimeDelta::minutes(minutes)
}

/// Returns an app's id.
#[must_use]
pub fn app(slug: &str) -> AppId {
    slug.parse().expect("a slug")
}

/// Returns the person of a number.
#[must_use]
pub fn person(number: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(0xd1f0 << 64 | number))
}

/// Returns a reader with the person's own key and that of everyone.
#[must_use]
pub fn reader(number: u128) -> Reader {
    Reader::new(person(number), [AudienceKey::Everyone])
}

/// Returns a reader with a role besides.
#[must_use]
pub fn reader_in(number: u128, role: &str) -> Reader {
    let role = AudienceKey::Role(role.to_owned());
    Reader::new(person(number), [AudienceKey::Everyone, role])
}

/// Returns an announcement for everyone.
#[must_use]
pub fn item(slug: &str, native_id: &str) -> Item {
    let body = Body::empty(Kind::Announcement);
    let mut item = Item::new(
        app(slug),
        native_id,
        &format!("Contoh {native_id}"),
        at(0).fixed_offset(),
        body,
    );
    item.state = State::Active;
    item.audience = Audience::everyone();
    item.hash = item.content_hash();
    item
}

/// Returns an item for the holders of a role.
#[must_use]
pub fn item_for(slug: &str, native_id: &str, role: &str) -> Item {
    let mut item = item(slug, native_id);
    item.audience = Audience {
        roles: vec![role.to_owned()],
        ..Audience::default()
    };
    sealed(item)
}

/// Sets an item's hash anew.
#[must_use]
pub fn sealed(mut item: Item) -> Item {
    item.hash = item.content_hash();
    item
}

/// Returns an item's entry from the source `utama`.
#[must_use]
pub fn entry(item: Item) -> Entry {
    Entry::new(item, "utama")
}

/// Admits items of one app from the source `utama`.
pub async fn admit(store: &Store, items: impl IntoIterator<Item = Item>) -> Upserted {
    let entries: Vec<_> = items.into_iter().map(entry).collect();
    let app = entries[0].item.app.clone();
    let commit = Commit {
        entries,
        ..Commit::new(app, "utama", at(0))
    };
    store.items.commit(commit).await.expect("a commit")
}

/// Returns the titles of everything that a reader sees, newest first.
pub async fn titles(store: &Store, reader: &Reader) -> Vec<String> {
    let query = PageQuery {
        order: Order::Newest,
        limit: 500,
        ..PageQuery::ranked(reader.clone(), at(0))
    };
    let page = store.items.page(query).await.expect("a page");
    page.rows.into_iter().map(|row| row.item.title).collect()
}

/// Returns all changes for a reader after a `seq`.
pub async fn changes(store: &Store, reader: &Reader, after: u64) -> Vec<Change> {
    let query = ChangesQuery {
        reader: reader.clone(),
        after,
        limit: 1_000,
    };
    let changes = store.items.changes(query).await.expect("changes");
    assert!(!changes.more);
    changes.changes
}

/// Writes changes short: `+title` for an item, `-reason` for one that is gone.
#[must_use]
pub fn brief(changes: &[Change]) -> Vec<String> {
    let one = |change: &Change| match change {
        Change::Item(row) => format!("+{}", row.item.title),
        Change::Gone { reason, .. } => format!("-{}", reason.as_str()),
    };
    changes.iter().map(one).collect()
}

/// Returns the id of an announcement.
#[must_use]
pub fn id(slug: &str, native_id: &str) -> ItemId {
    ItemId::of(&app(slug), Kind::Announcement, native_id)
}
