//! What every page shares: language, who looks, which tab is open, a notice.
//!
//! Owns what a template may ask for besides its own page. It must never know a route's business.

use crate::words::{Value, say};
use crate::{assets, when};
use chrono::{DateTime, Utc};
use divos_model::{Lang, TimeQuality};

/// Which entry of the navigation is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    Feed,
    Apps,
    Agenda,
    Search,
    Me,
    Help,
    Ops,
    None,
}

impl Tab {
    fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Apps => "apps",
            Self::Agenda => "agenda",
            Self::Search => "search",
            Self::Me => "me",
            Self::Help => "help",
            Self::Ops => "ops",
            Self::None => "",
        }
    }
}

/// Who looks, as far as the frame shows it.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) operator: bool,
}

/// One message above a page.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// `ok`, `warn`, `bad` or empty.
    pub(crate) tone: &'static str,
    pub(crate) text: String,
    /// What takes it back.
    pub(crate) undo: Option<Undo>,
}

/// A form that takes back what was just done.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    /// Where the form is sent.
    pub(crate) action: String,
    /// The word of what undoes it.
    pub(crate) act: &'static str,
}

/// What every page shares.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub(crate) lang: Lang,
    pub(crate) now: DateTime<Utc>,
    pub(crate) who: Option<Who>,
    pub(crate) tab: Tab,
    /// The token for forms.
    pub(crate) csrf: String,
    /// The path and query of the page, without a choice of language.
    pub(crate) here: String,
    pub(crate) notice: Option<Notice>,
    /// What stands before links: empty, or the hub's origin on a page that is shown on an app's host.
    pub(crate) base: String,
}

impl Frame {
    /// Returns a sentence.
    pub(crate) fn t(&self, key: &str) -> String {
        say(self.lang, key, &[])
    }

    /// Returns a sentence with a number `n`.
    pub(crate) fn n(&self, key: &str, n: impl TryInto<u64>) -> String {
        say(
            self.lang,
            key,
            &[("n", Value::Count(n.try_into().unwrap_or(u64::MAX)))],
        )
    }

    /// Returns a sentence with a word `x`.
    pub(crate) fn with(&self, key: &str, x: &str) -> String {
        say(self.lang, key, &[("x", Value::Text(x))])
    }

    /// Says a moment.
    pub(crate) fn moment(&self, at: DateTime<Utc>, quality: Option<TimeQuality>) -> String {
        when::moment(at, self.now, self.lang, quality)
    }

    /// Says how long ago, or in how long.
    pub(crate) fn near(&self, at: DateTime<Utc>) -> String {
        when::near(at, self.now, self.lang)
    }

    /// Says how long ago something was done; what was done while the page was made is just now.
    pub(crate) fn ago(&self, at: DateTime<Utc>) -> String {
        self.near(at.min(self.now))
    }

    /// Says when something that opens the hub was last used.
    pub(crate) fn used(&self, last: Option<DateTime<Utc>>) -> String {
        match last {
            Some(at) => self.with("token-used", &self.ago(at)),
            None => self.t("token-never-used"),
        }
    }

    /// Writes a whole number.
    pub(crate) fn number(&self, n: u64) -> String {
        crate::words::number(self.lang, n)
    }

    /// Tells whether a tab is open, by its word.
    pub(crate) fn current(&self, word: &str) -> bool {
        self.tab.word() == word
    }

    /// Returns the other language.
    pub(crate) fn other(&self) -> Lang {
        match self.lang {
            Lang::Id => Lang::En,
            Lang::En => Lang::Id,
        }
    }

    /// Returns this page in `lang`.
    pub(crate) fn in_lang(&self, lang: Lang) -> String {
        let mark = if self.here.contains('?') { '&' } else { '?' };
        format!("{}{mark}lang={}", self.here, lang.tag())
    }

    /// Returns the files of the page.
    pub(crate) fn shelf(&self) -> &'static assets::Shelf {
        assets::shelf()
    }

    /// Returns the name without the titles behind it (`S.Kom.`), as people are greeted.
    pub(crate) fn plain_name<'a>(&self, who: &'a Who) -> &'a str {
        who.name.split(',').next().unwrap_or(&who.name).trim()
    }
}
