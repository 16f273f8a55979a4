//! What each template is given: plain words, already in the reader's language.
//!
//! Owns the view models. They are made from what the ports return and from nothing else; a template
//! only places them.

pub(crate) mod agenda;
pub(crate) mod apps;
pub(crate) mod card;
pub(crate) mod editing;
pub(crate) mod facts;
pub(crate) mod feed;
pub(crate) mod help;
pub(crate) mod item;
pub(crate) mod login;
pub(crate) mod me;
pub(crate) mod ops;
pub(crate) mod own_app;
pub(crate) mod own_data;
pub(crate) mod register;
pub(crate) mod registrations;
pub(crate) mod registry;

use divos_feed::AppState;
use divos_model::State;

/// A word with the tone and the icon that go with it: never colour alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Badge {
    /// What people read.
    pub(crate) word: String,
    /// `ok`, `note`, `warn`, `bad` or empty.
    pub(crate) tone: &'static str,
    /// The name of the icon.
    pub(crate) icon: &'static str,
}

impl Badge {
    /// The badge of an item's state.
    pub(crate) fn of_state(state: State, word: String) -> Self {
        let (tone, icon) = match state {
            State::Draft => ("", "draft"),
            State::Pending | State::Waiting => ("note", "clock"),
            State::Active => ("note", "play"),
            State::Done => ("ok", "done"),
            State::Rejected | State::Cancelled | State::Withdrawn => ("bad", "x"),
            State::Unknown => ("", "dash"),
        };
        Self { word, tone, icon }
    }

    /// The badge of an app's health.
    pub(crate) fn of_app(state: AppState, word: String) -> Self {
        let (tone, icon) = match state {
            AppState::Up => ("ok", "done"),
            AppState::Failing | AppState::Stale => ("warn", "warn"),
            AppState::Down => ("bad", "x"),
            AppState::Never => ("", "dash"),
        };
        Self { word, tone, icon }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    //! What the tests of the views begin with.

    use crate::frame::{Frame, Tab};
    use divos_model::Lang;

    /// A frame at a fixed moment.
    pub(crate) fn frame(lang: Lang) -> Frame {
        let now =
            chrono::DateTime::parse_from_rfc3339("2026-11-24T10:00:00+08:00").expect("a time");
        Frame {
            lang,
            now: now.into(),
            who: None,
            tab: Tab::None,
            csrf: String::new(),
            here: String::new(),
            notice: None,
            base: String::new(),
        }
    }
}
