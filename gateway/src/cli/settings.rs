//! Reads the settings for a verb: file, environment, flags, in that order.

use super::args::HubArgs;
use crate::config::{self, ConfigError, HubSecrets, Loaded, Origin, Overrides};
use divos_manifest::{Format, LoadOptions, render};
use divos_model::Lang;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const USUAL: &str = "config/hub.yaml";

impl HubArgs {
    /// Reads the settings; faults in the file are printed as `divos check` prints them.
    pub(super) fn load(&self, lang: Lang) -> anyhow::Result<Loaded> {
        self.try_load().map_err(|error| match error {
            ConfigError::Faults(faults) => {
                super::progress::note(render(&faults, lang, human()));
                anyhow::anyhow!("{}", many(lang, faults.len()))
            }
            other => other.into(),
        })
    }

    pub(super) fn try_load(&self) -> Result<Loaded, ConfigError> {
        config::load(self.file().as_deref(), &self.overrides())
    }

    /// What the environment and the flags say.
    pub(super) fn overrides(&self) -> Overrides {
        let mut overrides = config::environment(std::env::vars());
        let mut flag = |path: &str, value: &Option<PathBuf>, name: &'static str| {
            if let Some(value) = value {
                let text = value.to_string_lossy().into_owned();
                overrides.push((path.to_owned(), text, Origin::Flag(name)));
            }
        };
        flag("data", &self.data, "--data");
        flag("connectors.dir", &self.connectors, "--connectors");
        overrides
    }

    /// The file that is read: the one that was named, else the usual one where it exists.
    pub(super) fn file(&self) -> Option<PathBuf> {
        let usual = || Path::new(USUAL).exists().then(|| PathBuf::from(USUAL));
        self.config.clone().or_else(usual)
    }
}

/// Faults for people: in colour on a terminal.
pub(super) fn human() -> Format {
    if std::io::stderr().is_terminal() {
        Format::Colour
    } else {
        Format::Human
    }
}

/// Loads the definitions that the settings name, with their secrets.
pub(super) fn definitions(loaded: &Loaded) -> divos_manifest::Loaded {
    let settings = &loaded.settings.connectors;
    let secrets = HubSecrets::new(&settings.secrets, "connectors.secrets");
    let options = LoadOptions {
        secrets: Some(Arc::new(secrets)),
    };
    divos_manifest::load_dir(&settings.dir, settings.overlay.as_deref(), options)
}

fn many(lang: Lang, count: usize) -> String {
    match lang {
        Lang::Id => format!("konfigurasi mengandung {count} kesalahan"),
        Lang::En => format!("the configuration has {count} fault(s)"),
    }
}
