//! The feed for other programs: JSON Feed 1.1, Atom and iCalendar. Pure functions from a page to a
//! text; they never read a store, ask the time or know who reads.

mod atom;
mod icalendar;
mod json_feed;

use crate::FeedItem;
use divos_model::Lang;

pub use atom::atom;
pub use icalendar::icalendar;
pub use json_feed::json_feed;

/// What a feed says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportInfo {
    /// Its title, for example `DIVOS: Ni Luh Ayu`.
    pub title: String,
    /// The hub's own address without a slash at the end, for example `https://divos.example`.
    pub home: String,
    /// The address of this feed, without the reader's token.
    pub feed_url: String,
    /// The language of the hub's own words in it.
    pub lang: Lang,
}

impl ExportInfo {
    fn page_of(&self, shown: &FeedItem) -> String {
        format!("{}/items/{}", self.home, shown.item.id)
    }
}

/// Returns an item's own address where it is absolute; a path belongs to the app's virtual host, to
/// which the hub's page of the item leads.
fn external(shown: &FeedItem) -> Option<&str> {
    let web = shown.item.links.web.as_str();
    (web.starts_with("https://") || web.starts_with("http://")).then_some(web)
}

/// Returns the name of whoever wrote an item, where it is told.
fn author(shown: &FeedItem) -> Option<&str> {
    let actors = &shown.item.actors;
    let wrote = actors
        .iter()
        .find(|actor| matches!(actor.role.as_str(), "author" | "sender"));
    wrote
        .or(actors.first())
        .map(|actor| actor.label.as_str())
        .filter(|label| !label.is_empty())
}

#[cfg(test)]
pub(crate) mod samples {
    //! Items with everything that is hard to write down.

    use super::*;
    use crate::{FeedPage, Mark};
    use divos_model::{Actor, Body, EventBody, Item, Kind, Priority, Time};

    pub(crate) fn time(text: &str) -> Time {
        chrono::DateTime::parse_from_rfc3339(text).expect("a time")
    }

    pub(crate) fn info() -> ExportInfo {
        ExportInfo {
            title: "DIVOS: <Ayu> & \"kawan\"".into(),
            home: "https://divos.example".into(),
            feed_url: "https://divos.example/feed.json".into(),
            lang: Lang::Id,
        }
    }

    pub(crate) fn item(native_id: &str, title: &str, body: Body) -> Item {
        let app = "surat".parse().expect("a slug");
        Item::new(
            app,
            native_id,
            title,
            time("2026-11-24T08:00:00+08:00"),
            body,
        )
    }

    pub(crate) fn page(items: Vec<Item>) -> FeedPage {
        FeedPage {
            items: items
                .into_iter()
                .map(|item| FeedItem {
                    masked: false,
                    also: Vec::new(),
                    item,
                    mark: Mark::default(),
                })
                .collect(),
            next: None,
            more: false,
            gone: Vec::new(),
            as_of: time("2026-11-24T09:00:00+08:00"),
            stale_apps: Vec::new(),
        }
    }

    pub(crate) fn hard() -> Vec<Item> {
        let event = EventBody {
            place: Some("Ruang Rapat; Lantai 2, Puspem".into()),
            ..Default::default()
        };
        let mut meeting = item(
            "1",
            "Rapat <koordinasi> & \"evaluasi\"; 1, 2\\3",
            Body::Event(Box::new(event)),
        );
        meeting.starts_at = Some(time("2026-11-25T09:00:00+08:00"));
        meeting.ends_at = Some(time("2026-11-25T11:00:00+08:00"));
        meeting.summary = Some(format!("Baris satu\nBaris dua {}", "é日".repeat(60)));
        meeting.links.web = "https://surat.example/1?a=1&b=2".into();
        let label = "Kadis <PU>".into();
        meeting.actors = vec![Actor {
            role: "author".into(),
            person: None,
            unit: None,
            label,
        }];
        let mut task = item("2", "Isi laporan", Body::empty(Kind::Task));
        task.due_at = Some(time("2026-12-01T16:00:00+08:00"));
        task.priority = Some(Priority::Urgent);
        task.links.web = "/tugas/2".into();
        let mut letter = item("3", "Surat edaran", Body::empty(Kind::Letter));
        letter.due_at = Some(time("2026-11-30T00:00:00+08:00"));
        letter.time_quality = Some(divos_model::TimeQuality::DateOnly);
        let plain = item("4", "Tanpa tanggal", Body::empty(Kind::Announcement));
        vec![meeting, task, letter, plain]
    }
}
