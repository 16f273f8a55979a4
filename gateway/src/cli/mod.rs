//! The command line: one binary, `divos`. Owns the verbs and what they print; nothing below it prints.
//!
//! Exit codes: 0 fine, 1 what was checked is not fine, 2 wrong use, 3 could not do it.

mod args;
mod check;
mod connector;
mod control;
mod demo;
mod lsp;
mod people;
mod progress;
mod schema;
mod serve;
mod settings;
mod table;
mod token;

pub use args::Cli;
pub(crate) use control::SOCKET;

use args::Verb;
use std::process::ExitCode;

/// What a verb came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All is fine.
    Fine,
    /// What was checked is not fine; it was said.
    NotFine,
}

/// Runs the verb and says what went wrong, in one sentence with its causes.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let lang = cli.lang();
    let done = match cli.verb {
        Verb::Serve(verb) => serve::run(&verb, lang),
        Verb::Demo(verb) => demo::run(&verb, lang),
        Verb::Check(verb) => check::run(&verb, lang),
        Verb::Schema(verb) => schema::run(&verb),
        Verb::Connector(verb) => connector::run(verb, lang),
        Verb::Lsp => lsp::run(lang),
        Verb::User(verb) => people::run(verb, lang),
        Verb::Token(verb) => token::run(verb, lang),
        Verb::Reload(verb) => control::reload(&verb, lang),
        Verb::Status(verb) => control::status(&verb, lang),
        Verb::Completions { shell } => args::completions(shell),
    };
    match done {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::NotFine) => ExitCode::from(1),
        Err(error) => {
            progress::complain(&error);
            ExitCode::from(3)
        }
    }
}
