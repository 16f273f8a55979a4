//! One open document, and what its folder knows: templates, and the fields of its recordings.

use crate::cli::connector::read_text;
use divos_adapters::fixture;
use divos_manifest::{LoadOptions, Loaded, load_dir, load_texts};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use url::Url;

/// So many records are looked at for their fields.
const RECORDS: usize = 5;

/// An open document.
pub(super) struct Sheet {
    /// The file's name.
    pub(super) name: String,
    pub(super) text: String,
    /// Whether it is a template's file.
    pub(super) template: bool,
    path: PathBuf,
    templates: Vec<(String, String)>,
    /// Source → the fields of its recorded records.
    pub(super) fields: BTreeMap<String, BTreeSet<String>>,
}

impl Sheet {
    /// Opens a document; `None` where its address is no file's.
    pub(super) fn open(uri: &str, text: String) -> Option<Self> {
        let path = Url::parse(uri).ok()?.to_file_path().ok()?;
        let name = path.file_name()?.to_string_lossy().into_owned();
        let in_templates = path
            .parent()
            .and_then(Path::file_name)
            .is_some_and(|f| f == "templates");
        let mut sheet = Self {
            name,
            text,
            template: in_templates,
            path,
            templates: Vec::new(),
            fields: BTreeMap::new(),
        };
        sheet.look_around();
        Some(sheet)
    }

    /// The same document with another text.
    pub(super) fn with(self, text: String) -> Self {
        Self { text, ..self }
    }

    /// The connector's id.
    pub(super) fn id(&self) -> &str {
        self.name.trim_end_matches(".yaml")
    }

    /// Reads templates and recordings from the folder anew.
    pub(super) fn look_around(&mut self) {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let shelf = if self.template {
            folder.to_owned()
        } else {
            folder.join("templates")
        };
        let entries = std::fs::read_dir(shelf).into_iter().flatten().flatten();
        self.templates = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "yaml") && *path != self.path)
            .filter_map(|path| {
                let name = path.file_name()?.to_string_lossy().into_owned();
                Some((name, read_text(&path).ok()?))
            })
            .collect();
        self.fields = if self.template {
            BTreeMap::new()
        } else {
            recorded(folder, self.id())
        };
    }

    /// Loads the document as it stands.
    pub(super) fn loaded(&self) -> Loaded {
        let mut templates: Vec<(&str, &str)> = self
            .templates
            .iter()
            .map(|(name, text)| (&**name, &**text))
            .collect();
        let own = [(self.name.as_str(), self.text.as_str())];
        let connectors: &[(&str, &str)] = if self.template {
            templates.extend(own);
            &[]
        } else {
            &own
        };
        load_texts(connectors, &templates, &[], LoadOptions::default())
    }

    /// The value at a path of the definition after templates, faulty or not.
    pub(super) fn value(&self, loaded: &Loaded, path: &str) -> Option<String> {
        let values = loaded.explain(self.id())?;
        values
            .into_iter()
            .find(|value| value.path == path)
            .map(|value| value.value)
    }
}

/// Reads the fields of the first records of each recorded source, as the folder has them on disk.
fn recorded(folder: &Path, id: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let loaded = load_dir(folder, None, LoadOptions::default());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let (Some(connector), Ok(runtime)) = (loaded.get(id), runtime) else {
        return found;
    };
    for test in &connector.tests {
        let first = connector.sources.first().map(|source| source.name.clone());
        let Some(source) = test.source.clone().or(first) else {
            continue;
        };
        let rows = runtime.block_on(fixture::records(connector, test, RECORDS));
        let rows = rows.unwrap_or_default();
        let names = rows
            .iter()
            .filter_map(|row| row.as_object())
            .flat_map(|row| row.keys().cloned());
        found
            .entry(source)
            .or_insert_with(BTreeSet::new)
            .extend(names);
    }
    found
}
