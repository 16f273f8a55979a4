//! The settings and certificates, read again. What can change while the hub runs changes; for the rest the
//! operator is told that a restart is needed.

use crate::config::{self, ConfigError, HubFile, HubSecrets, Overrides};
use crate::tls::{self, CertificateFiles, ServerCerts};
use divos_manifest::{Format, render};
use divos_model::Lang;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What takes effect at once.
const AT_ONCE: [&str; 2] = ["connectors.secrets", "tls.certificates"];

/// Where settings come from, and what they govern while the hub runs.
pub struct SettingsSource {
    /// The file, where there is one.
    pub file: Option<PathBuf>,
    /// What the environment and flags say.
    pub overrides: Overrides,
    /// Connectors' secrets.
    pub secrets: Arc<HubSecrets>,
    /// The certificates in use.
    pub certs: Arc<ServerCerts>,
    /// The files that they came from.
    pub files: Vec<CertificateFiles>,
}

/// Why settings were not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is faulty; the text says where.
    #[error("the settings are faulty: {0}")]
    Faulty(String),
    /// The settings cannot be read.
    #[error("the settings cannot be read: {0}")]
    Unreadable(String),
    /// A certificate cannot be used.
    #[error("{0}")]
    Certificate(String),
}

/// Reads settings again and again.
pub struct Settings {
    source: SettingsSource,
    started: Mutex<Value>,
}

impl Settings {
    /// Remembers with which settings the hub was started.
    #[must_use]
    pub fn new(source: SettingsSource, merged: Value) -> Self {
        Self {
            source,
            started: Mutex::new(merged),
        }
    }

    /// Reads the file and the certificates again. Returns the settings that differ from those the hub runs
    /// with and need a restart. Reads files: call it where blocking is allowed.
    ///
    /// # Errors
    /// Where the file or a certificate is faulty; nothing is taken then.
    pub fn take(&self) -> Result<Vec<String>, SettingsError> {
        let source = &self.source;
        let loaded = config::load(source.file.as_deref(), &source.overrides).map_err(said)?;
        let certificates = self.certificates(&loaded.settings)?;
        source.secrets.replace(&loaded.settings.connectors.secrets);
        if let Some(certificates) = certificates {
            source.certs.swap(certificates);
        }
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let mut differ = Vec::new();
        compare(&started, &loaded.merged, String::new(), &mut differ);
        differ.retain(|path| !AT_ONCE.iter().any(|at_once| path.starts_with(at_once)));
        Ok(differ)
    }

    fn certificates(&self, settings: &HubFile) -> Result<Option<tls::Certificates>, SettingsError> {
        let named = &settings.tls.certificates;
        let files: Vec<CertificateFiles> = if named.is_empty() {
            self.source.files.clone()
        } else {
            let pair = |pair: &config::CertificateFiles| CertificateFiles {
                cert: pair.cert.clone(),
                key: pair.key.clone(),
            };
            named.iter().map(pair).collect()
        };
        if files.is_empty() {
            return Ok(None);
        }
        tls::load(&files).map(Some).map_err(|errors| {
            let says: Vec<String> = errors.iter().map(ToString::to_string).collect();
            SettingsError::Certificate(says.join("; "))
        })
    }

    /// Returns the file, for watching it.
    #[must_use]
    pub fn file(&self) -> Option<&PathBuf> {
        self.source.file.as_ref()
    }
}

fn said(error: ConfigError) -> SettingsError {
    match error {
        ConfigError::Faults(faults) => {
            SettingsError::Faulty(render(&faults, Lang::Id, Format::Human))
        }
        ConfigError::Unreadable { path, source } => {
            SettingsError::Unreadable(format!("{}: {source}", path.display()))
        }
        ConfigError::Override { origin, says } => {
            SettingsError::Unreadable(format!("{origin}: {says}"))
        }
    }
}

/// Lists the dotted paths at which two settings differ.
fn compare(one: &Value, other: &Value, path: String, differ: &mut Vec<String>) {
    match (one.as_object(), other.as_object()) {
        (Some(one), Some(other)) => {
            let keys: std::collections::BTreeSet<&String> =
                one.keys().chain(other.keys()).collect();
            for key in keys {
                let dot = if path.is_empty() { "" } else { "." };
                let (a, b) = (
                    one.get(key).unwrap_or(&Value::Null),
                    other.get(key).unwrap_or(&Value::Null),
                );
                compare(a, b, format!("{path}{dot}{key}"), differ);
            }
        }
        _ if one == other => {}
        _ => differ.push(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn differences_are_named_by_their_path() {
        let one = json!({"listen": {"admin": "a", "https": ["b"]}, "data": "x"});
        let other = json!({"listen": {"admin": "c", "https": ["b"]}, "data": "x", "log": {"filter": "info"}});
        let mut differ = Vec::new();
        compare(&one, &other, String::new(), &mut differ);
        assert_eq!(differ, ["listen.admin", "log"]);
    }
}
