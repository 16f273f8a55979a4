//! Secrets by reference: `${env:NAME}` and `${file:/path}`. Values are held, never shown.

use arc_swap::ArcSwap;
use divos_manifest::SecretSource;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A reference that leads to no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// The setting holds a plain value.
    #[error(
        "`{setting}` must be a reference: ${{env:NAME}} or ${{file:/path}}; a secret never stands in the file"
    )]
    NotAReference {
        /// The setting's dotted path.
        setting: String,
    },
    /// The environment variable is not set.
    #[error("`{setting}` names the environment variable {name}, which is not set")]
    NoVariable {
        /// The setting's dotted path.
        setting: String,
        /// The variable.
        name: String,
    },
    /// The file cannot be read.
    #[error("`{setting}` names the file {path}, which cannot be read: {says}")]
    NoFile {
        /// The setting's dotted path.
        setting: String,
        /// The file.
        path: String,
        /// What the system says.
        says: String,
    },
}

/// The secrets that connectors may use, by path. A reference is followed each time it is asked for, so
/// that a reload sees a changed file.
#[derive(Default)]
pub struct HubSecrets {
    section: String,
    references: ArcSwap<BTreeMap<String, String>>,
    made: BTreeMap<String, SecretString>,
}

impl HubSecrets {
    /// Takes the references of a section of the settings, for example `connectors.secrets`.
    #[must_use]
    pub fn new(references: &BTreeMap<String, String>, section: &str) -> Self {
        Self {
            section: section.to_owned(),
            references: ArcSwap::from_pointee(references.clone()),
            made: BTreeMap::new(),
        }
    }

    /// Lists every reference that leads to no secret.
    #[must_use]
    pub fn faults(&self) -> Vec<SecretFault> {
        let references = self.references.load();
        references
            .iter()
            .filter_map(|(path, to)| self.follow(path, to).err())
            .collect()
    }

    /// Takes other references, from settings that were read again.
    pub fn replace(&self, references: &BTreeMap<String, String>) {
        self.references.store(Arc::new(references.clone()));
    }

    /// Adds a secret that was made here, for example by the demo.
    pub fn insert(&mut self, path: &str, secret: SecretString) {
        self.made.insert(path.to_owned(), secret);
    }

    /// Resolves every reference, for settings that are not connectors'.
    ///
    /// # Errors
    /// The first one that leads to no secret.
    pub fn reveal_all(&self) -> Result<BTreeMap<String, SecretString>, SecretFault> {
        let references = self.references.load();
        references
            .iter()
            .map(|(path, to)| Ok((path.clone(), self.follow(path, to)?)))
            .collect()
    }

    fn follow(&self, path: &str, reference: &str) -> Result<SecretString, SecretFault> {
        follow(&format!("{}.{path}", self.section), reference)
    }
}

impl std::fmt::Debug for HubSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set()
            .entries(self.references.load().keys().chain(self.made.keys()))
            .finish()
    }
}

impl SecretSource for HubSecrets {
    fn get(&self, path: &str) -> Option<SecretString> {
        let made = self.made.get(path).cloned();
        let references = self.references.load();
        made.or_else(|| self.follow(path, references.get(path)?).ok())
    }
}

fn follow(setting: &str, reference: &str) -> Result<SecretString, SecretFault> {
    let setting = setting.to_owned();
    let inner = reference
        .strip_prefix("${")
        .and_then(|rest| rest.strip_suffix('}'));
    match inner.and_then(|inner| inner.split_once(':')) {
        Some(("env", name)) => {
            std::env::var(name)
                .map(SecretString::from)
                .map_err(|_| SecretFault::NoVariable {
                    setting,
                    name: name.to_owned(),
                })
        }
        Some(("file", path)) => std::fs::read_to_string(path)
            .map(|text| SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
            .map_err(|e| SecretFault::NoFile {
                setting,
                path: path.to_owned(),
                says: e.to_string(),
            }),
        _ => Err(SecretFault::NotAReference { setting }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn references_are_followed_and_plain_values_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("key");
        std::fs::write(&file, "s3cret\n").expect("written");
        let references = BTreeMap::from([
            ("a".to_owned(), format!("${{file:{}}}", file.display())),
            ("b".to_owned(), "s3cret".to_owned()),
            ("c".to_owned(), "${env:DIVOS_SURELY_NOT_SET}".to_owned()),
            ("d".to_owned(), "${file:/nowhere/at/all}".to_owned()),
        ]);
        let secrets = HubSecrets::new(&references, "connectors.secrets");
        let faults = secrets.faults();
        assert_eq!(secrets.get("a").expect("held").expose_secret(), "s3cret");
        assert_eq!(faults.len(), 3);
        assert!(
            faults
                .iter()
                .all(|fault| !fault.to_string().contains("s3cret"))
        );
        assert_eq!(format!("{secrets:?}"), "{\"a\", \"b\", \"c\", \"d\"}");
    }
}
