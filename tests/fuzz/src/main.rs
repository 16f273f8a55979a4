//! Every parser of the hub under libFuzzer: one program, in which `DIVOS_FUZZ` names the parser. One program, because
//! each would link the same hundreds of crates again.
//!
//! Owns the list of parsers. What each of them must hold beside not to panic is beside it. Start it by `tests/fuzz/run`.

#![no_main]

mod calendars;
mod definitions;
mod exchanges;
mod letters;
mod queries;
mod tables;
mod trees;

use libfuzzer_sys::fuzz_target;
use std::cell::OnceCell;

/// Reads bytes as one parser does, and panics where it gives what it must not.
type Target = fn(&[u8]);

const TARGETS: &[(&str, Target)] = &[
    ("calendar", calendars::calendar),
    ("caldav", calendars::caldav),
    ("challenge", exchanges::challenge),
    ("charset", tables::charset),
    ("cookies", exchanges::cookies),
    ("csv", tables::csv),
    ("cursor", exchanges::cursor),
    ("date", definitions::date),
    ("definition", definitions::definition),
    ("dsn", queries::dsn),
    ("event", exchanges::event),
    ("expression", definitions::expression),
    ("feed", exchanges::feed),
    ("forms", tables::forms),
    ("html", tables::html),
    ("imap", letters::imap),
    ("json", exchanges::json),
    ("letter", letters::letter),
    ("oai", trees::oai),
    ("recording", exchanges::recording),
    ("schedule", definitions::schedule),
    ("sheet", tables::sheet),
    ("soap", trees::soap),
    ("sql", queries::sql),
    ("template", definitions::template),
    ("wsdl", trees::wsdl),
    ("xls", tables::xls),
    ("xlsx", tables::xlsx),
    ("xml", trees::xml),
];

thread_local! {
    static CHOSEN: OnceCell<Target> = const { OnceCell::new() };
}

fn chosen() -> Target {
    let name = std::env::var("DIVOS_FUZZ").unwrap_or_default();
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    let names = || TARGETS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    found.map_or_else(
        || panic!("DIVOS_FUZZ is one of {}", names().join(" ")),
        |(_, target)| *target,
    )
}

fuzz_target!(|bytes: &[u8]| CHOSEN.with(|target| target.get_or_init(chosen)(bytes)));
