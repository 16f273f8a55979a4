//! Lays the file, the environment and the flags over the defaults, and remembers who said what.

use super::{DEFAULTS, HubFile, schema};
use divos_manifest::{Fault, read_document};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a setting came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The compiled-in defaults.
    Default,
    /// A file, at this line.
    File {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
    },
    /// An environment variable.
    Environment(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// Why there are no settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The file is wrong; each fault says where.
    #[error("the configuration has {} fault(s)", .0.len())]
    Faults(Vec<Fault>),
    /// An environment variable or flag does not fit.
    #[error("{origin}: {says}")]
    Override {
        /// Which.
        origin: Origin,
        /// What is wrong.
        says: String,
    },
}

/// Settings from outside the file: dotted path, value as text, origin. Later ones win.
pub type Overrides = Vec<(String, String, Origin)>;

/// The settings, and where each came from.
#[derive(Debug)]
pub struct Loaded {
    /// The settings.
    pub settings: HubFile,
    /// Dotted path → where from, for every value that is not a default.
    pub origins: BTreeMap<String, Origin>,
    /// The merged settings as JSON, secrets still as references.
    pub merged: Value,
}

/// Reads the settings: the defaults, then `file`, then `overrides` (environment first, flags last).
///
/// # Errors
/// Where the file cannot be read or is wrong, or an override does not fit.
pub fn load(file: Option<&Path>, overrides: &Overrides) -> Result<Loaded, ConfigError> {
    let schema = schema();
    let defaults = read_document(Path::new("<defaults>"), DEFAULTS, &schema);
    debug_assert!(defaults.faults.is_empty(), "{:?}", defaults.faults);
    let mut merged = defaults.value.unwrap_or_default();
    let mut origins = BTreeMap::new();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        let written = read_document(path, &text, &schema);
        if !written.faults.is_empty() {
            return Err(ConfigError::Faults(written.faults));
        }
        for (setting, place) in &written.places {
            let origin = Origin::File {
                path: path.to_owned(),
                line: place.line,
            };
            origins.insert(setting.clone(), origin);
        }
        lay_over(&mut merged, written.value.unwrap_or_default());
    }
    for (setting, text, origin) in overrides {
        place(&mut merged, setting, text).map_err(|says| ConfigError::Override {
            origin: origin.clone(),
            says,
        })?;
        origins.insert(setting.clone(), origin.clone());
    }
    let settings = serde_json::from_value(merged.clone()).map_err(|error| {
        let origin = overrides
            .last()
            .map_or(Origin::Default, |(.., origin)| origin.clone());
        ConfigError::Override {
            origin,
            says: error.to_string(),
        }
    })?;
    Ok(Loaded {
        settings,
        origins,
        merged,
    })
}

/// Reads the overrides of the environment: `DIVOS_LISTEN__ADMIN` is `listen.admin`.
pub fn environment(vars: impl Iterator<Item = (String, String)>) -> Overrides {
    const NOT_SETTINGS: [&str; 4] = ["DIVOS_CONFIG", "DIVOS_DATA", "DIVOS_LANG", "DIVOS_BIN"];
    let mut found: Overrides = vars
        .filter(|(name, _)| !NOT_SETTINGS.contains(&name.as_str()))
        .filter_map(|(name, value)| {
            let path = name
                .strip_prefix("DIVOS_")?
                .to_ascii_lowercase()
                .replace("__", ".");
            path.contains('.')
                .then_some((path, value, Origin::Environment(name)))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Maps merge, everything else replaces.
fn lay_over(below: &mut Value, above: Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, value) in above {
                lay_over(below.entry(key).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

/// Puts a text where the settings have a value, in that value's type.
fn place(settings: &mut Value, path: &str, text: &str) -> Result<(), String> {
    let pointer = format!("/{}", path.replace('.', "/"));
    if let Some(slot) = settings.pointer_mut(&pointer) {
        *slot =
            typed(slot, text).ok_or_else(|| format!("`{text}` does not fit the setting {path}"))?;
        return Ok(());
    }
    // A new entry of an open map, such as connectors.secrets.
    let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = format!("/{}", parent.replace('.', "/"));
    match settings
        .pointer_mut(&pointer)
        .and_then(Value::as_object_mut)
    {
        Some(map) if matches!(parent, "connectors.secrets" | "otlp.headers") => {
            map.insert(key.to_owned(), text.into());
            Ok(())
        }
        _ => Err(format!("there is no setting {path}")),
    }
}

fn typed(slot: &Value, text: &str) -> Option<Value> {
    Some(match slot {
        Value::Bool(_) => text.parse::<bool>().ok()?.into(),
        Value::Number(_) => serde_json::from_str::<serde_json::Number>(text)
            .ok()?
            .into(),
        Value::Array(_) => text
            .split(',')
            .map(str::trim)
            .filter(|t| !t.is_empty())
            .collect(),
        Value::Object(_) => return None,
        Value::Null => serde_json::from_str::<u16>(text).map_or_else(|_| text.into(), Value::from),
        Value::String(_) => text.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_whole() {
        let loaded = load(None, &Vec::new()).expect("the defaults");
        assert_eq!(loaded.settings.hub.domain, "divos.localhost");
        assert!(loaded.origins.is_empty());
    }

    #[test]
    fn the_environment_wins_over_the_file_and_a_flag_over_both() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("hub.yaml");
        std::fs::write(
            &file,
            "listen:\n  admin: 127.0.0.1:1\nlog: { access: false }\n",
        )
        .expect("written");
        let vars = [("DIVOS_LISTEN__ADMIN".to_owned(), "127.0.0.1:2".to_owned())];
        let mut overrides = environment(vars.into_iter());
        let loaded = load(Some(&file), &overrides).expect("settings");
        assert_eq!(loaded.settings.listen.admin.0.port(), 2);
        assert!(!loaded.settings.log.access);
        assert_eq!(
            loaded.origins["listen.admin"].to_string(),
            "$DIVOS_LISTEN__ADMIN"
        );
        assert_eq!(
            loaded.origins["log.access"].to_string(),
            format!("{}:3", file.display())
        );
        overrides.push(("data".into(), "/tmp/x".into(), Origin::Flag("--data")));
        let loaded = load(Some(&file), &overrides).expect("settings");
        assert_eq!(loaded.settings.data, PathBuf::from("/tmp/x"));
    }

    #[test]
    fn a_wrong_setting_is_shown_with_its_place_and_a_suggestion() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("hub.yaml");
        std::fs::write(&file, "listen:\n  htpps: []\nsessions: { idle: soon }\n").expect("written");
        let Err(ConfigError::Faults(faults)) = load(Some(&file), &Vec::new()) else {
            panic!("the faults are seen");
        };
        let codes: Vec<_> = faults.iter().map(Fault::code).collect();
        assert_eq!(codes, ["DV0102", "DV0106"]);
        let help = faults[0].help(divos_model::Lang::En).expect("help");
        assert!(help.contains("https"), "{help}");
        assert_eq!(
            faults[0].place.as_ref().map(|p| (p.line, p.column)),
            Some((2, 3))
        );
    }

    #[test]
    fn an_unknown_variable_is_said() {
        let vars = [("DIVOS_LISTEN__ADMN".to_owned(), "x".to_owned())];
        let error = load(None, &environment(vars.into_iter())).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "$DIVOS_LISTEN__ADMN: there is no setting listen.admn"
        );
    }
}
