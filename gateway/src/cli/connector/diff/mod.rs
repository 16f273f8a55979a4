//! `divos connector diff`: two states of definitions, compared by what happens to the data.
//!
//! Owns the loading of the two states and the output; `definitions::consequences` has the judgement.

use super::args::DiffArgs;
use crate::cli::{Outcome, progress, settings};
use crate::definitions::consequences::{Change, compare, sentence};
use anyhow::Context;
use divos_manifest::{Explained, LoadOptions, Loaded, load_dir, load_texts, render};
use divos_model::Lang;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest definition that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// The definitions of one state, value by value.
type State = BTreeMap<String, Vec<Explained>>;

pub(super) fn run(args: &DiffArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let dir = args.hub.load(lang)?.settings.connectors.dir;
    let (old, new) = states(args, &dir, lang)?;
    let mut changes = Vec::new();
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for id in names {
        changes.extend(compare(id, old.get(id), new.get(id)));
    }
    changes
        .sort_by(|a, b| (a.effect, &a.connector, &a.path).cmp(&(b.effect, &b.connector, &b.path)));
    show(&changes, lang, args.json)?;
    Ok(
        match changes.iter().any(|change| change.effect.is_destructive()) {
            true => Outcome::NotFine,
            false => Outcome::Fine,
        },
    )
}

/// Loads both states: an older file or folder, and a file, a folder or the connector in use.
fn states(args: &DiffArgs, dir: &Path, lang: Lang) -> anyhow::Result<(State, State)> {
    let (old, new) = match (&args.against, &args.new) {
        (Some(file), _) => (file.clone(), PathBuf::from(&args.old)),
        (None, Some(new)) => (PathBuf::from(&args.old), new.clone()),
        (None, None) => anyhow::bail!("NEW or --against is needed"),
    };
    there(&old, lang)?;
    if old.is_dir() {
        let after = if new.is_dir() { &*new } else { dir };
        return Ok((folder(&old, lang)?, folder(after, lang)?));
    }
    let new = match new.extension().is_some() || new.exists() {
        true => new,
        false => dir.join(&new).with_extension("yaml"),
    };
    let name = new.file_stem().unwrap_or_default().to_string_lossy();
    Ok((file(&old, &name, dir, lang)?, file(&new, &name, dir, lang)?))
}

fn folder(dir: &Path, lang: Lang) -> anyhow::Result<State> {
    state(&load_dir(dir, None, LoadOptions::default()), lang)
}

/// Loads one file under the name of a connector, with the templates beside it, else those in use.
fn file(path: &Path, name: &str, dir: &Path, lang: Lang) -> anyhow::Result<State> {
    let own = path.parent().unwrap_or(Path::new(".")).join("templates");
    let shelf = if own.is_dir() {
        own
    } else {
        dir.join("templates")
    };
    let mut templates = Vec::new();
    if shelf.is_dir() {
        for entry in std::fs::read_dir(&shelf)? {
            let path = entry?.path();
            if path.extension().is_some_and(|end| end == "yaml") {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                templates.push((name.into_owned(), text(&path)?));
            }
        }
    }
    let templates: Vec<(&str, &str)> = templates.iter().map(|(n, t)| (&**n, &**t)).collect();
    let (name, text) = (format!("{name}.yaml"), text(path)?);
    let loaded = load_texts(&[(&name, &text)], &templates, &[], LoadOptions::default());
    state(&loaded, lang).with_context(|| path.display().to_string())
}

/// Reads a definition, which is never large.
pub(in crate::cli) fn text(path: &Path) -> anyhow::Result<String> {
    let named = || path.display().to_string();
    let size = std::fs::metadata(path).with_context(named)?.len();
    anyhow::ensure!(size <= LARGEST, "{}: larger than 1 MB", path.display());
    std::fs::read_to_string(path).with_context(named)
}

/// Refuses a path where nothing is.
pub(super) fn there(path: &Path, lang: Lang) -> anyhow::Result<()> {
    let says = lang.pick("tidak ada", "does not exist");
    anyhow::ensure!(path.exists(), "{}: {says}", path.display());
    Ok(())
}

/// Refuses definitions with errors: what they would do to the data is not known.
fn state(loaded: &Loaded, lang: Lang) -> anyhow::Result<State> {
    if !loaded.is_clean() {
        progress::note(render(&loaded.faults, lang, settings::human()));
        anyhow::bail!(
            "{}",
            lang.pick(
                "definisi dengan kesalahan tidak dapat dibandingkan",
                "definitions with faults cannot be compared"
            )
        );
    }
    let explained = |id: &str| Some((id.to_owned(), loaded.explain(id)?));
    Ok(loaded.ids().into_iter().filter_map(explained).collect())
}

fn show(changes: &[Change], lang: Lang, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let row = |change: &Change| {
            json!({
                "connector": change.connector,
                "source": change.source,
                "effect": change.effect.word(),
                "destructive": change.effect.is_destructive(),
                "path": change.path,
                "before": change.before,
                "after": change.after,
                "says": sentence(change.effect, lang),
            })
        };
        let rows: Vec<_> = changes.iter().map(row).collect();
        progress::say(serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    if changes.is_empty() {
        progress::say(lang.pick("tidak ada bedanya", "no difference"));
    }
    let mut last = None;
    for change in changes {
        let group = (change.effect, &change.connector, &change.source);
        if last != Some(group) {
            let mark = if change.effect.is_destructive() {
                "!"
            } else {
                " "
            };
            let of = change
                .source
                .as_ref()
                .map_or_else(String::new, |s| format!("/{s}"));
            progress::say(format!(
                "{mark} {}{of}: {}",
                change.connector,
                sentence(change.effect, lang)
            ));
            last = Some(group);
        }
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
        progress::say(format!(
            "    {}: {} → {}",
            change.path,
            value(&change.before),
            value(&change.after)
        ));
    }
    Ok(())
}
