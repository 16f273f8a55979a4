//! One's own page: posts, sessions, personal feed addresses, language.

use crate::frame::Frame;
use crate::ports::{PostHeld, SessionLine, TokenLine, Visitor};
use crate::when;
use crate::words::knows;
use askama::Template;
use divos_model::Lang;

/// One post held now.
pub(crate) struct PostRow {
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) assignment: String,
    pub(crate) until: Option<String>,
}

/// One session.
pub(crate) struct SessionRow {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) since: String,
    pub(crate) seen: String,
    pub(crate) current: bool,
}

/// One personal feed address, which is not shown again.
pub(crate) struct TokenRow {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) since: String,
    pub(crate) used: String,
}

/// One address that was just made.
pub(crate) struct Address {
    pub(crate) id: &'static str,
    pub(crate) label: String,
    pub(crate) url: String,
}

/// `GET /me`.
#[derive(Template)]
#[template(path = "me.html")]
pub(crate) struct MeView {
    pub(crate) f: Frame,
    pub(crate) name: String,
    pub(crate) posts: Vec<PostRow>,
    pub(crate) sessions: Vec<SessionRow>,
    pub(crate) tokens: Vec<TokenRow>,
    /// Shown once, right after they were made.
    pub(crate) made: Vec<Address>,
}

impl MeView {
    /// Makes the page.
    pub(crate) fn of(
        f: Frame,
        visitor: &Visitor,
        sessions: &[SessionLine],
        tokens: &[TokenLine],
    ) -> Self {
        Self {
            name: visitor.name.clone(),
            posts: visitor
                .posts
                .iter()
                .map(|post| post_row(post, &f))
                .collect(),
            sessions: sessions.iter().map(|line| session_row(line, &f)).collect(),
            tokens: tokens.iter().map(|line| token_row(line, &f)).collect(),
            made: Vec::new(),
            f,
        }
    }
}

fn post_row(post: &PostHeld, f: &Frame) -> PostRow {
    PostRow {
        title: post.title.clone(),
        unit: post.unit.clone(),
        assignment: assignment(post, f),
        until: post
            .until
            .map(|day| f.with("me-until", &when::date(day, f.lang))),
    }
}

/// Says in what capacity a post is held: in words where the hub knows it.
pub(super) fn assignment(post: &PostHeld, f: &Frame) -> String {
    let key = format!("assignment-{}", post.assignment);
    match knows(&key) {
        true => f.t(&key),
        false => post.assignment.clone(),
    }
}

/// Says on what somebody is signed in.
pub(super) fn device(label: &str, f: &Frame) -> String {
    match label {
        "" => f.t("me-device-unknown"),
        label => label.to_owned(),
    }
}

/// Says what a token is called.
pub(super) fn token_label(label: &str, f: &Frame) -> String {
    match label {
        "" => f.t("token-unnamed"),
        label => label.to_owned(),
    }
}

fn session_row(line: &SessionLine, f: &Frame) -> SessionRow {
    SessionRow {
        id: line.id.clone(),
        device: device(&line.device, f),
        since: f.with("me-since", &f.moment(line.since, None)),
        seen: f.with("me-seen", &f.ago(line.last_seen)),
        current: line.current,
    }
}

fn token_row(line: &TokenLine, f: &Frame) -> TokenRow {
    TokenRow {
        id: line.id.clone(),
        label: token_label(&line.label, f),
        since: f.with("token-since", &f.moment(line.since, None)),
        used: f.used(line.last_used),
    }
}

/// Writes the addresses that a new token opens.
pub(crate) fn addresses(origin: &str, token: &str, f: &Frame) -> Vec<Address> {
    let address = |id, key, path| Address {
        id,
        label: f.t(key),
        url: format!("{origin}{path}?token={token}"),
    };
    vec![
        address("address-ics", "address-ics", "/agenda.ics"),
        address("address-atom", "address-atom", "/feed.atom"),
        address("address-json", "address-json", "/feed.json"),
    ]
}
