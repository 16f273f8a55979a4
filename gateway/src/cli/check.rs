//! `divos check`: the configuration and every connector, all faults at once.

use super::args::{CheckArgs, CheckFormat};
use super::{Outcome, progress, settings};
use crate::config::{ConfigError, HubSecrets, Loaded, Origin};
use divos_manifest::{Fault, Fold, Format, LoadOptions, Severity, fold, load_dir, render};
use divos_model::Lang;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn run(args: &CheckArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let mut faults = Vec::new();
    let loaded = match args.hub.try_load() {
        Ok(loaded) => Some(loaded),
        Err(ConfigError::Faults(found)) => {
            faults.extend(found);
            // The connectors are checked all the same, where flags and defaults say they are.
            crate::config::load(None, &args.hub.overrides()).ok()
        }
        Err(error) => return Err(error.into()),
    };
    let mut says = Vec::new();
    let mut connectors = 0;
    if let Some(loaded) = &loaded {
        let secrets = HubSecrets::new(&loaded.settings.connectors.secrets, "connectors.secrets");
        says.extend(secrets.faults().iter().map(ToString::to_string));
        let found = connectors_of(args, loaded, secrets)?;
        connectors = found.connectors.len();
        faults.extend(found.faults);
    }
    let clean = says.is_empty() && faults.iter().all(|f| f.severity() < Severity::Error);
    show(args, lang, &faults, &says);
    if args.origins
        && let Some(loaded) = &loaded
    {
        origins(loaded);
    }
    if args.format == CheckFormat::Human {
        let errors = faults
            .iter()
            .filter(|f| f.severity() == Severity::Error)
            .count()
            + says.len();
        let warnings = faults
            .iter()
            .filter(|f| f.severity() == Severity::Warning)
            .count();
        progress::note(summary(lang, connectors, errors, warnings));
    }
    Ok(if clean {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

/// Loads the definitions, only those under the given paths where there are any. Templates, overlays
/// and clashes between files are seen all the same, since each path's whole folder is loaded.
fn connectors_of(
    args: &CheckArgs,
    loaded: &Loaded,
    secrets: HubSecrets,
) -> anyhow::Result<divos_manifest::Loaded> {
    let settings = &loaded.settings.connectors;
    let options = LoadOptions {
        secrets: Some(Arc::new(secrets)),
    };
    if args.paths.is_empty() {
        return Ok(load_dir(
            &settings.dir,
            settings.overlay.as_deref(),
            options,
        ));
    }
    let mut all = divos_manifest::Loaded::default();
    let mut folders = BTreeSet::new();
    for path in &args.paths {
        anyhow::ensure!(path.exists(), "{} does not exist", path.display());
        let folder = if path.is_dir() {
            path.clone()
        } else {
            parent(path)
        };
        folders.insert(folder);
    }
    for folder in folders {
        let found = load_dir(&folder, settings.overlay.as_deref(), options.clone());
        let asked = |file: &Path| args.paths.iter().any(|p| file.starts_with(p) || file == p);
        all.connectors
            .extend(found.connectors.into_iter().filter(|c| asked(&c.file)));
        let concerns = |fault: &Fault| fault.place.as_ref().is_none_or(|place| asked(&place.file));
        all.faults.extend(found.faults.into_iter().filter(concerns));
    }
    Ok(all)
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn show(args: &CheckArgs, lang: Lang, faults: &[Fault], says: &[String]) {
    match args.format {
        CheckFormat::Human if args.verbose => human(faults, &[], lang),
        CheckFormat::Human => {
            let (whole, folds) = fold(faults);
            human(&whole, &folds, lang);
        }
        CheckFormat::Json => progress::say(render(faults, lang, Format::Json).trim_end()),
        CheckFormat::Github => {
            let text = render(faults, lang, Format::Github);
            if !text.is_empty() {
                progress::say(text.trim_end());
            }
        }
    }
    for line in says {
        match args.format {
            CheckFormat::Github => progress::say(format!("::error::{line}")),
            CheckFormat::Human | CheckFormat::Json => progress::note(format!("error: {line}")),
        }
    }
}

/// Prints faults to people, and of folds one sentence each.
fn human(faults: &[Fault], folds: &[Fold], lang: Lang) {
    let text = render(faults, lang, settings::human());
    if !text.is_empty() {
        progress::note(text.trim_end());
    }
    for fold in folds {
        progress::note(fold.sentence(lang));
    }
    if !folds.is_empty() {
        progress::note(match lang {
            Lang::Id => "Peringatan yang sama disebut sekali; `--verbose` menampilkan semuanya.",
            Lang::En => "Warnings of one kind are told once; `--verbose` shows them all.",
        });
    }
}

/// Prints every setting with where it came from; secrets stay references.
fn origins(loaded: &Loaded) {
    let mut leaves = Vec::new();
    walk(&loaded.merged, String::new(), &mut leaves);
    let rows = leaves
        .into_iter()
        .map(|(path, value)| {
            let origin = loaded
                .origins
                .get(&path)
                .cloned()
                .unwrap_or(Origin::Default);
            vec![path, value, origin.to_string()]
        })
        .collect();
    progress::say(super::table::write(&["setting", "value", "from"], rows));
}

fn walk(value: &serde_json::Value, path: String, leaves: &mut Vec<(String, String)>) {
    match value.as_object() {
        Some(map) if !map.is_empty() => {
            for (key, inner) in map {
                let dot = if path.is_empty() { "" } else { "." };
                walk(inner, format!("{path}{dot}{key}"), leaves);
            }
        }
        _ => leaves.push((path, value.to_string())),
    }
}

fn summary(lang: Lang, connectors: usize, errors: usize, warnings: usize) -> String {
    let (what, none, errors_word, warnings_word) = match lang {
        Lang::Id => (
            "konektor dapat dipakai",
            "tidak ada kesalahan",
            "kesalahan",
            "peringatan",
        ),
        Lang::En => (
            "connectors can be used",
            "no faults",
            "fault(s)",
            "warning(s)",
        ),
    };
    let errors = if errors == 0 {
        none.to_owned()
    } else {
        format!("{errors} {errors_word}")
    };
    let warnings = if warnings == 0 {
        String::new()
    } else {
        format!(", {warnings} {warnings_word}")
    };
    format!("{connectors} {what}, {errors}{warnings}")
}
