//! Where a program's reader opens an item: the hub's address of the app, never the app's own.

use divos_feed::{FeedItem, FeedPage, LiveEvent};
use divos_portal::ports::Apps;

/// Puts the address through the hub in the place of an item's own link; a link that leads to no app that
/// can be opened becomes empty.
pub(super) fn item(apps: &dyn Apps, shown: &mut FeedItem) {
    let links = &mut shown.item.links;
    links.web = apps.open(&shown.item.app, &links.web).unwrap_or_default();
    // The app's API is the hub's to call; its address is nobody's business.
    links.api = None;
}

/// Does so for a page.
pub(super) fn page(apps: &dyn Apps, mut page: FeedPage) -> FeedPage {
    page.items.iter_mut().for_each(|shown| item(apps, shown));
    page
}

/// Does so for a live event.
pub(super) fn event(apps: &dyn Apps, mut event: LiveEvent) -> LiveEvent {
    if let LiveEvent::Item(shown) = &mut event {
        item(apps, shown);
    }
    event
}
