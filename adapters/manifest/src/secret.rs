//! Secrets: written as `${secret:path}`, resolved through a port, printed never.

use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Where secrets come from. `hub.yaml` maps the paths to `${env:NAME}` and `${file:/path}`.
pub trait SecretSource: Send + Sync {
    /// Returns the secret that a connector calls `path`, for example `redmine/key`.
    fn get(&self, path: &str) -> Option<SecretString>;
}

/// Secrets held in memory, for tests and small tools.
#[derive(Default)]
pub struct StaticSecrets(BTreeMap<String, SecretString>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for StaticSecrets {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(
            pairs
                .map(|(path, value)| (path.into(), SecretString::from(value.into())))
                .collect(),
        )
    }
}

impl SecretSource for StaticSecrets {
    fn get(&self, path: &str) -> Option<SecretString> {
        self.0.get(path).cloned()
    }
}

/// A text that may hold secrets. Its `Debug` shows references only.
#[derive(Clone)]
pub struct Secret {
    /// As written, for example `Token ${secret:app/token}`: references, never the secret itself.
    pub(crate) written: Arc<str>,
    /// Resolved; `None` where no source of secrets was given.
    pub(crate) value: Option<SecretString>,
}

/// A secret was asked for although the definitions were read without a source of secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("secret `{0}` was not resolved")]
pub struct MissingSecret(pub String);

impl Secret {
    /// Makes a secret that is known already; `written` is what may be shown of it.
    #[must_use]
    pub fn known(written: &str, value: &str) -> Self {
        Self {
            written: written.into(),
            value: Some(SecretString::from(value)),
        }
    }

    /// Returns the resolved text, for putting it on the wire and nowhere else.
    ///
    /// # Errors
    /// Where the definitions were loaded without a [`SecretSource`].
    pub fn reveal(&self) -> Result<&str, MissingSecret> {
        match &self.value {
            Some(value) => Ok(value.expose_secret()),
            None => Err(MissingSecret(self.written.to_string())),
        }
    }

    /// Returns the text as written, with references in place of secrets. Safe to show.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.written)
    }
}
