//! First steps and frequent questions.

use crate::frame::Frame;
use askama::Template;

/// `GET /help`.
#[derive(Template)]
#[template(path = "help.html")]
pub(crate) struct HelpView {
    pub(crate) f: Frame,
    /// Question and answer.
    pub(crate) faq: Vec<(String, String)>,
    /// Whom people may ask; empty where the operator names nobody.
    pub(crate) contact: String,
}

/// The stems of the questions: `faq-<stem>-q` and `-a`.
const QUESTIONS: [&str; 9] = [
    "password", "missing", "stale", "done", "again", "phone", "calendar", "shared", "privacy",
];

impl HelpView {
    /// Makes the page.
    pub(crate) fn of(f: Frame, contact: &str) -> Self {
        let said = |stem: &&str| (f.t(&format!("faq-{stem}-q")), f.t(&format!("faq-{stem}-a")));
        let faq = QUESTIONS.iter().map(said).collect();
        Self {
            faq,
            contact: contact.to_owned(),
            f,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_has_its_words() {
        for stem in QUESTIONS {
            for part in ["q", "a"] {
                assert!(
                    crate::words::knows(&format!("faq-{stem}-{part}")),
                    "{stem}-{part}"
                );
            }
        }
    }
}
