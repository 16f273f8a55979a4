//! The launcher: every app, how it is doing, and the button that opens it.

use super::Badge;
use crate::frame::Frame;
use crate::ports::AppLine;
use crate::registry::capability;
use askama::Template;

/// One app as a tile.
pub(crate) struct Tile {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) owner: Option<String>,
    pub(crate) about: Option<String>,
    pub(crate) open: Option<String>,
    pub(crate) health: Badge,
    /// When its data was last read.
    pub(crate) read: Option<String>,
    /// How many of its items are open and unread.
    pub(crate) unread: u64,
}

impl Tile {
    /// Makes the tile of an app.
    pub(crate) fn of(app: &AppLine, unread: u64, f: &Frame) -> Self {
        let health = match (app.open.is_some(), app.health) {
            (false, None) => Badge {
                word: f.t("app-unlinked"),
                tone: "",
                icon: "dash",
            },
            (true, None) => Badge {
                word: f.t("app-open-only"),
                tone: "",
                icon: "open",
            },
            (_, Some(state)) => Badge::of_app(state, state.label(f.lang).to_owned()),
        };
        Self {
            id: app.id.to_string(),
            title: app.title.clone(),
            owner: app.owner.clone(),
            about: app.about.clone(),
            open: app.open.clone(),
            health,
            read: app.last_ok.map(|at| f.with("app-read", &f.near(at))),
            unread,
        }
    }
}

/// Says what an app is for: a capability that the hub knows in words, anything else as it is written.
pub(crate) fn in_words(mut app: AppLine, f: &Frame) -> AppLine {
    app.about = app.about.map(|about| capability(&about, f.lang));
    app
}

/// Tells whether an app has all the words of a search, in any of its texts.
pub(crate) fn matches(app: &AppLine, q: &str) -> bool {
    let texts = [
        Some(app.title.as_str()),
        Some(app.id.as_str()),
        app.owner.as_deref(),
        app.about.as_deref(),
    ];
    let all = texts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    q.to_lowercase()
        .split_whitespace()
        .all(|word| all.contains(word))
}

/// `GET /apps`.
#[derive(Template)]
#[template(path = "apps.html")]
pub(crate) struct AppsView {
    pub(crate) f: Frame,
    pub(crate) q: String,
    /// Apps that can be opened.
    /// The apps that the visitor looks after: id and title.
    pub(crate) own: Vec<(String, String)>,
    pub(crate) linked: Vec<Tile>,
    /// Apps that have no address yet.
    pub(crate) unlinked: Vec<Tile>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_goes_over_every_text_of_an_app() {
        let app = AppLine {
            id: "e-surat".parse().expect("a slug"),
            title: "Surat Kota".into(),
            owner: Some("Sekretariat Daerah".into()),
            about: None,
            open: None,
            health: None,
            last_ok: None,
        };
        for (q, expected) in [
            ("", true),
            ("SURAT", true),
            ("daerah surat", true),
            ("e-s", true),
            ("surat pajak", false),
        ] {
            assert_eq!(matches(&app, q), expected, "{q}");
        }
    }
}
