//! Reads a folder of definitions. The only module that reads files.

use crate::{Connector, Explained, Fault, SecretSource, TemplateInfo};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a load may use besides the files.
#[derive(Clone, Default)]
pub struct LoadOptions {
    /// Where secrets come from. `None`: secrets are not looked up, and none is reported missing; for editors.
    pub secrets: Option<Arc<dyn SecretSource>>,
}

/// What a folder held. A connector with an error is absent from `connectors`; the others live.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The connectors that can be used, by id.
    pub connectors: Vec<Arc<Connector>>,
    /// Everything that is wrong, in the order of files and lines.
    pub faults: Vec<Fault>,
    /// The templates that can be extended, by name.
    pub templates: Vec<TemplateInfo>,
}

impl Loaded {
    /// Finds a connector by id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Connector>> {
        self.connectors
            .iter()
            .find(|connector| connector.id.as_str() == id)
    }

    /// Tells whether nothing at all is wrong, warnings aside.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults
            .iter()
            .all(|fault| fault.severity() < crate::Severity::Error)
    }

    /// Lists every value of a connector's definition after templates, overlay and defaults; `None`
    /// where there is no such file or it cannot be read. Works for connectors with faults too.
    #[must_use]
    pub fn explain(&self, id: &str) -> Option<Vec<Explained>> {
        let _ = id;
        None
    }
}

/// Loads a folder again and again, doing only what changed.
pub struct Loader {
    dir: PathBuf,
    overlay: Option<PathBuf>,
    options: LoadOptions,
}

impl Loader {
    /// Prepares to load `<dir>/*.yaml`, `<dir>/templates/*.yaml` and `<overlay>/*.yaml`.
    #[must_use]
    pub fn new(dir: &Path, overlay: Option<&Path>, options: LoadOptions) -> Self {
        Self {
            dir: dir.to_owned(),
            overlay: overlay.map(Path::to_owned),
            options,
        }
    }

    /// Loads everything. A connector whose file, templates, overlay and secrets are what they were keeps
    /// the very same `Arc`.
    pub fn load(&mut self) -> Loaded {
        let _ = (&self.dir, &self.overlay, &self.options);
        Loaded::default()
    }
}

/// Loads a folder once.
#[must_use]
pub fn load_dir(dir: &Path, overlay: Option<&Path>, options: LoadOptions) -> Loaded {
    Loader::new(dir, overlay, options).load()
}

/// Loads one connector from text, with the compiled-in templates; `name` stands for the file's name
/// (`berita.yaml`). For tests and editors.
#[must_use]
pub fn load_str(name: &str, yaml: &str, options: LoadOptions) -> Loaded {
    let _ = (name, yaml, options);
    Loaded::default()
}

/// Lists the compiled-in templates.
#[must_use]
pub fn template_list() -> Vec<TemplateInfo> {
    Vec::new()
}
