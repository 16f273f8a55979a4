//! One item in a list, and what its reader can do with it.

use super::Badge;
use crate::frame::Frame;
use crate::ports::Apps;
use crate::when::{Due, Snooze, due};
use askama::Template;
use chrono::{DateTime, Utc};
use divos_feed::FeedItem;
use divos_model::{Item, Priority, Sensitivity};

/// One item in a list.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) lang: &'static str,
    pub(crate) summary: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) icon: &'static str,
    pub(crate) app: String,
    pub(crate) state: Badge,
    /// Only where it is not normal.
    pub(crate) priority: Option<Badge>,
    pub(crate) due: Option<Due>,
    /// When it begins, else when it last changed.
    pub(crate) when: String,
    pub(crate) restricted: bool,
    pub(crate) marks: Marks,
}

/// What the reader did with an item, and may do next.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) unread: bool,
    pub(crate) done: bool,
    pub(crate) pinned: bool,
    /// Until when it is out of sight.
    pub(crate) snoozed: Option<String>,
    /// Word of the form → what people read.
    pub(crate) snoozes: Vec<(&'static str, String)>,
}

impl Marks {
    /// Reads the marks of an item.
    pub(crate) fn of(entry: &FeedItem, f: &Frame) -> Self {
        let until = entry.mark.snoozed_until.filter(|until| *until > f.now);
        let choices = Snooze::ALL
            .into_iter()
            .filter_map(|choice| Some((choice, choice.at(f.now)?)));
        Self {
            id: entry.item.id.to_string(),
            title: entry.item.title.clone(),
            unread: !entry.mark.seen,
            done: entry.mark.done,
            pinned: entry.mark.pinned,
            snoozed: until.map(|until| f.moment(until, None)),
            snoozes: choices
                .map(|(choice, at)| (choice.word(), f.moment(at, None)))
                .collect(),
        }
    }
}

impl Card {
    /// Makes the card of an item.
    pub(crate) fn of(entry: &FeedItem, f: &Frame, apps: &dyn Apps) -> Self {
        let item = &entry.item;
        Self {
            id: item.id.to_string(),
            title: item.title.clone(),
            lang: tag(&item.lang),
            summary: item.summary.as_deref().map(|text| cut(text, 180)),
            kind: item.kind().label(f.lang),
            icon: item.kind().as_str(),
            app: apps
                .title(&item.app)
                .unwrap_or_else(|| item.app.to_string()),
            state: state(item, f),
            priority: priority(item, f),
            due: item
                .due_at
                .filter(|_| item.state.is_open())
                .map(|at| due(at.into(), f.now, f.lang, item.time_quality)),
            when: when(item, f),
            restricted: item.sensitivity == Sensitivity::Restricted,
            marks: Marks::of(entry, f),
        }
    }
}

/// Returns the language of an item's words, for the screen reader's voice.
pub(crate) fn tag(lang: &str) -> &'static str {
    match lang {
        "en" => "en",
        "ban" => "ban",
        _ => "id",
    }
}

/// The badge of an item's state, in the source's own word where it has one.
pub(crate) fn state(item: &Item, f: &Frame) -> Badge {
    let own = item
        .state_label
        .as_deref()
        .map(str::trim)
        .filter(|word| !word.is_empty());
    Badge::of_state(
        item.state,
        own.unwrap_or(item.state.label(f.lang)).to_owned(),
    )
}

/// The badge of a priority that is not normal.
pub(crate) fn priority(item: &Item, f: &Frame) -> Option<Badge> {
    let priority = item.priority?;
    let (tone, icon) = match priority {
        Priority::Urgent => ("bad", "warn"),
        Priority::High => ("warn", "up"),
        Priority::Low => ("", "down"),
        Priority::Normal => return None,
    };
    Some(Badge {
        word: f.with("card-priority", priority.label(f.lang)),
        tone,
        icon,
    })
}

fn when(item: &Item, f: &Frame) -> String {
    match item.starts_at {
        Some(at) => f.with("card-starts", &f.moment(at.into(), item.time_quality)),
        None => {
            let at: DateTime<Utc> = item.updated_at.into();
            f.moment(at, item.time_quality)
        }
    }
}

/// Cuts a text at a word.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let head: String = text.chars().take(longest).collect();
    let end = head
        .rfind(char::is_whitespace)
        .filter(|&at| at > longest / 2)
        .unwrap_or(head.len());
    format!("{}…", head[..end].trim_end())
}

/// A card alone, for htmx.
#[derive(Template)]
#[template(path = "part/card_only.html")]
pub(crate) struct CardOnly<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) c: &'a Card,
}

/// What stands in a card's place once it is done or snoozed, with the way back.
#[derive(Template)]
#[template(path = "part/gone.html")]
pub(crate) struct Gone<'a> {
    pub(crate) f: &'a Frame,
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) act: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_a_word() {
        assert_eq!(cut("pendek", 10), "pendek");
        assert_eq!(cut("satu dua tiga empat", 10), "satu dua…");
        assert_eq!(cut(&"x".repeat(12), 10), format!("{}…", "x".repeat(10)));
        assert_eq!(cut("éééééééééééé", 10).chars().count(), 11);
    }
}
