//! The sign-in page.

use crate::frame::Frame;
use askama::Template;

/// `GET /login`, and the answer to a sign-in that failed.
#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct LoginView {
    pub(crate) f: Frame,
    /// What was typed before.
    pub(crate) login: String,
    /// Where to go afterwards.
    pub(crate) back: String,
    /// Why it failed.
    pub(crate) fault: Option<String>,
    /// Whether what was typed is what failed.
    pub(crate) wrong: bool,
}
