//! What the doctor says: one line a step, and what to do where something is wrong.

use super::Origin;
use crate::cli::{Outcome, progress};
use divos_model::Lang;
use serde_json::{Value, json};

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It works; somebody should know.
    Note,
    /// It keeps the connector from working well.
    Fault,
}

/// The steps so far; said at once for people, at the end for programs.
pub(super) struct Report {
    pub(super) lang: Lang,
    json: bool,
    rows: Vec<Value>,
    faulty: bool,
}

impl Report {
    pub(super) fn new(lang: Lang, json: bool) -> Self {
        Self {
            lang,
            json,
            rows: Vec::new(),
            faulty: false,
        }
    }

    /// Says what is as it should be, in Indonesian and English.
    pub(super) fn ok(&mut self, step: &str, of: &str, says: (String, String)) {
        self.line(State::Ok, step, of, says, None);
    }

    /// Says what works and should be known, and what to do.
    pub(super) fn note(
        &mut self,
        step: &str,
        of: &str,
        says: (String, String),
        todo: (&str, &str),
    ) {
        self.line(State::Note, step, of, says, Some(todo));
    }

    /// Says what is wrong and what to do.
    pub(super) fn fault(
        &mut self,
        step: &str,
        of: &str,
        says: (String, String),
        todo: (&str, &str),
    ) {
        self.line(State::Fault, step, of, says, Some(todo));
    }

    fn line(
        &mut self,
        state: State,
        step: &str,
        of: &str,
        (id, en): (String, String),
        todo: Option<(&str, &str)>,
    ) {
        self.faulty |= state == State::Fault;
        let word = match state {
            State::Ok => "OK",
            State::Note => "NOTE",
            State::Fault => "FAULT",
        };
        let says = self.lang.pick(&id, &en);
        let todo = todo.map(|(id, en)| self.lang.pick(id, en));
        if self.json {
            self.rows.push(json!({
                "state": word.to_ascii_lowercase(), "step": step, "of": of, "says": says, "todo": todo,
            }));
            return;
        }
        progress::say(format!("{word:<5} {step:<7} {of}: {says}"));
        if let Some(todo) = todo {
            progress::say(format!("      → {todo}"));
        }
    }

    /// The connector has no address yet.
    pub(super) fn no_address(&mut self) {
        let says = (
            "konektor belum punya alamat".to_owned(),
            "the connector has no address yet".to_owned(),
        );
        let todo = (
            "isi `app.upstreams` dalam berkas overlay operator",
            "say `app.upstreams` in the operator's overlay",
        );
        self.fault("address", "app.upstreams", says, todo);
    }

    /// A step took too long.
    pub(super) fn slow(&mut self, step: &str, origin: &Origin) {
        let says = (
            "tidak menjawab dalam waktunya".to_owned(),
            "does not answer in time".to_owned(),
        );
        let todo = (
            "periksa apakah aplikasi hidup dan tembok api membuka jalannya; atau naikkan `app.timeouts`",
            "check that the app runs and the firewall lets the hub through; or raise `app.timeouts`",
        );
        self.fault(step, &origin.name(), says, todo);
    }

    /// Ends the report.
    pub(super) fn finish(self) -> anyhow::Result<Outcome> {
        if self.json {
            progress::say(serde_json::to_string_pretty(&self.rows)?);
        }
        Ok(if self.faulty {
            Outcome::NotFine
        } else {
            Outcome::Fine
        })
    }
}

/// The same words in both languages.
pub(super) fn both(words: impl Into<String>) -> (String, String) {
    let words = words.into();
    (words.clone(), words)
}
