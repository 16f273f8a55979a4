//! Secrets by reference, as `hub.yaml` maps them: `${env:NAME}` and `${file:/path}`.

use crate::SecretSource;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Looks secrets up in the environment and in files, each time they are asked for.
#[derive(Debug, Default)]
pub struct References(BTreeMap<String, Reference>);

#[derive(Debug)]
enum Reference {
    Env(String),
    File(PathBuf),
}

/// A reference that is neither `${env:NAME}` nor `${file:/path}`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("secret `{path}` must be written as `${{env:NAME}}` or `${{file:/path}}`")]
pub struct ReferenceFault {
    /// Which secret.
    pub path: String,
}

impl References {
    /// Reads references: path of the secret → `${env:NAME}` or `${file:/absolute/path}`.
    ///
    /// # Errors
    /// The first entry that is no reference. Its text is not repeated: it may be a secret.
    pub fn read<K: Into<String>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ReferenceFault> {
        let mut references = BTreeMap::new();
        for (path, reference) in pairs {
            let path = path.into();
            match parse(reference.as_ref().trim()) {
                Some(reference) => references.insert(path, reference),
                None => return Err(ReferenceFault { path }),
            };
        }
        Ok(Self(references))
    }
}

fn parse(text: &str) -> Option<Reference> {
    let inside = text.strip_prefix("${")?.strip_suffix('}')?;
    match inside.split_once(':')? {
        ("env", name) if !name.is_empty() => Some(Reference::Env(name.to_owned())),
        ("file", path) if path.starts_with('/') => Some(Reference::File(path.into())),
        _ => None,
    }
}

impl SecretSource for References {
    fn get(&self, path: &str) -> Option<SecretString> {
        let text = match self.0.get(path)? {
            Reference::Env(name) => std::env::var(name).ok()?,
            Reference::File(path) => std::fs::read_to_string(path).ok()?,
        };
        let text = text.trim_end_matches(['\n', '\r']);
        (!text.is_empty()).then(|| SecretString::from(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn reads_files_without_the_last_line_break() {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("key");
        std::fs::write(&file, "s3cret\n").expect("a file");
        let references =
            References::read([("a/key", format!("${{file:{}}}", file.display()))]).expect("good");
        assert_eq!(
            references.get("a/key").expect("a secret").expose_secret(),
            "s3cret"
        );
        assert!(references.get("other").is_none());
        std::fs::write(&file, "").expect("a file");
        assert!(references.get("a/key").is_none(), "an empty secret is none");
    }

    #[test]
    fn refuses_plain_text_without_repeating_it() {
        let fault = References::read([("a/key", "hunter2")]).expect_err("no reference");
        assert!(!fault.to_string().contains("hunter2"));
        assert!(References::read([("a", "${file:relative}")]).is_err());
        assert!(References::read([("a", "${env:}")]).is_err());
    }
}
