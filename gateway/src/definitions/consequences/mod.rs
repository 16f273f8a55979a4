//! What a difference between two definitions does to the data: judged value by value, and said in words. For
//! `divos connector diff` and the editor. Pure; it must never know a file or a page.

mod effect;
mod words;

pub(crate) use effect::{Change, Effect, compare};
pub(crate) use words::sentence;

/// Compares two states of one connector as they were loaded; the worst comes first.
pub(crate) fn between(
    id: &str,
    old: &divos_manifest::Loaded,
    new: &divos_manifest::Loaded,
) -> Vec<Change> {
    let mut changes = compare(id, old.explain(id).as_ref(), new.explain(id).as_ref());
    changes.sort_by(|a, b| (a.effect, &a.path).cmp(&(b.effect, &b.path)));
    changes
}
