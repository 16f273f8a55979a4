//! `divos connector fmt`: definitions written the usual way, in place.

use super::args::FmtArgs;
use super::diff;
use crate::cli::{Outcome, progress, settings};
use anyhow::Context;
use divos_manifest::{render, tidy};
use divos_model::Lang;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &FmtArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let mut files = Vec::new();
    if args.paths.is_empty() {
        let dir = args.hub.load(lang)?.settings.connectors.dir;
        gather(&dir, &mut files)?;
    }
    for path in &args.paths {
        diff::there(path, lang)?;
        gather(path, &mut files)?;
    }
    files.sort();
    files.dedup();
    let mut outcome = Outcome::Fine;
    for file in files {
        if !one(&file, args.check, lang)? {
            outcome = Outcome::NotFine;
        }
    }
    Ok(outcome)
}

/// Takes a file, or the definitions and templates of a folder.
fn gather(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for folder in [path.to_owned(), path.join("templates")] {
        if !folder.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_file() && path.extension().is_some_and(|end| end == "yaml") {
                files.push(path);
            }
        }
    }
    Ok(())
}

/// Writes one file the usual way; tells whether it is fine now, or was where only checked.
fn one(file: &Path, check: bool, lang: Lang) -> anyhow::Result<bool> {
    let text = diff::text(file)?;
    let tidied = match tidy(file, &text) {
        Ok(tidied) => tidied,
        Err(faults) => {
            progress::note(render(&faults, lang, settings::human()));
            return Ok(false);
        }
    };
    if tidied == text {
        return Ok(true);
    }
    let name = file.display();
    if check {
        let says = lang.pick("belum rapi", "not written the usual way");
        progress::say(format!("{name}: {says}"));
        return Ok(false);
    }
    replace(file, &tidied).with_context(|| name.to_string())?;
    progress::say(format!(
        "{name}: {}",
        lang.pick("dirapikan", "written anew")
    ));
    Ok(true)
}

/// Puts a text in the place of a file at once, with the file's own permissions.
fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let folder = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(text.as_bytes())?;
    draft
        .as_file()
        .set_permissions(std::fs::metadata(file)?.permissions())?;
    draft.persist(file)?;
    Ok(())
}
