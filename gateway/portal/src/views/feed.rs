//! The feed and the search: lists of cards under a filter.

use super::card::Card;
use crate::frame::Frame;
use crate::ports::{AppLine, Apps};
use askama::Template;
use divos_feed::{FeedPage, Filter};
use divos_model::{Kind, State};

/// One choice of a select.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// What the filter form shows.
pub(crate) struct FilterForm {
    pub(crate) q: String,
    pub(crate) kinds: Vec<Choice>,
    pub(crate) apps: Vec<Choice>,
    pub(crate) states: Vec<Choice>,
    pub(crate) unread: bool,
    pub(crate) pinned: bool,
    pub(crate) done: bool,
    pub(crate) snoozed: bool,
    /// How many of its fields are set.
    pub(crate) set: usize,
}

impl FilterForm {
    /// Reads the form from a filter.
    pub(crate) fn of(filter: &Filter, apps: &[AppLine], f: &Frame) -> Self {
        let kinds = Kind::ALL.iter().map(|kind| {
            choice(
                kind.as_str(),
                kind.label(f.lang),
                filter.kind == Some(*kind),
            )
        });
        let states = State::ALL.iter().map(|state| {
            choice(
                state.as_str(),
                state.label(f.lang),
                filter.state == Some(*state),
            )
        });
        let apps = apps.iter().map(|app| {
            choice(
                app.id.as_str(),
                &app.title,
                filter.app.as_ref() == Some(&app.id),
            )
        });
        let set = [
            filter.kind.is_some(),
            filter.app.is_some(),
            filter.state.is_some(),
            filter.q.is_some(),
        ];
        Self {
            q: filter.q.clone().unwrap_or_default(),
            kinds: kinds.collect(),
            apps: apps.collect(),
            states: states.collect(),
            unread: filter.unread,
            pinned: filter.pinned,
            done: filter.done,
            snoozed: filter.snoozed,
            set: set.into_iter().filter(|set| *set).count(),
        }
    }
}

impl FilterForm {
    /// Tells whether everything that is open is shown.
    pub(crate) fn plain(&self) -> bool {
        self.set == 0 && !self.unread && !self.pinned && !self.done && !self.snoozed
    }
}

fn choice(value: &str, label: &str, chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        chosen,
    }
}

/// One app whose data is not fresh.
pub(crate) struct StaleLine {
    pub(crate) title: String,
    pub(crate) word: &'static str,
    pub(crate) last: String,
}

/// A list of cards.
pub(crate) struct List {
    pub(crate) cards: Vec<Card>,
    /// The address of what follows.
    pub(crate) more: Option<String>,
    pub(crate) stale: Vec<StaleLine>,
    /// When the list was true.
    pub(crate) as_of: String,
}

impl List {
    /// Makes the list of a page of the feed; `here` is its own address without a cursor.
    pub(crate) fn of(page: &FeedPage, here: &str, f: &Frame, apps: &dyn Apps) -> Self {
        let stale = page.stale_apps.iter().map(|app| StaleLine {
            title: app.title.clone(),
            word: app.state.label(f.lang),
            last: match app.last_ok {
                Some(at) => f.with("stale-last", &f.near(at.into())),
                None => f.t("stale-never"),
            },
        });
        Self {
            cards: page
                .items
                .iter()
                .map(|entry| Card::of(entry, f, apps))
                .collect(),
            more: page.next.as_deref().map(|cursor| with_cursor(here, cursor)),
            stale: stale.collect(),
            as_of: crate::when::clock(page.as_of.into(), f.lang),
        }
    }
}

fn with_cursor(here: &str, cursor: &str) -> String {
    let mark = if here.contains('?') { '&' } else { '?' };
    let value: String = url::form_urlencoded::byte_serialize(cursor.as_bytes()).collect();
    format!("{here}{mark}cursor={value}")
}

/// `GET /feed`.
#[derive(Template)]
#[template(path = "feed.html")]
pub(crate) struct FeedView {
    pub(crate) f: Frame,
    pub(crate) greeting: String,
    pub(crate) today: String,
    pub(crate) filter: FilterForm,
    pub(crate) list: List,
    /// Whether this is not the first page.
    pub(crate) later: bool,
}

/// `GET /search`.
#[derive(Template)]
#[template(path = "search.html")]
pub(crate) struct SearchView {
    pub(crate) f: Frame,
    pub(crate) q: String,
    /// `None` before anything was asked.
    pub(crate) list: Option<List>,
}

/// The cards that follow, for htmx.
#[derive(Template)]
#[template(path = "part/more.html")]
pub(crate) struct More<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) list: &'a List,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_joins_the_address() {
        assert_eq!(with_cursor("/feed", "a=b"), "/feed?cursor=a%3Db");
        assert_eq!(
            with_cursor("/feed?kind=letter", "x"),
            "/feed?kind=letter&cursor=x"
        );
    }
}
