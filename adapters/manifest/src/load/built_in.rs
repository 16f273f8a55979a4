//! The templates that are compiled in, as read.

#![allow(
    clippy::disallowed_types,
    reason = "compiled-in text, parsed once: a constant, not a state"
)]

use super::build::{Reading, read};
use super::files::Held;
use std::sync::LazyLock;

/// Name and text, found by `build.rs`.
const WRITTEN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Compiled-in text, parsed once: a constant, not a state.
pub(super) static READ: LazyLock<Vec<(&str, Reading)>> = LazyLock::new(|| {
    let whole = |(name, text): &(&'static str, &str)| {
        let held = Held::new(format!("<{name}>").into(), (*text).to_owned());
        (*name, read(name, &held, true))
    };
    WRITTEN.iter().map(whole).collect()
});
