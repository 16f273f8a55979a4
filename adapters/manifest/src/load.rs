//! Reads folders of definitions, and only what changed since. The only module that reads files.

mod build;
mod built_in;
mod files;

use crate::fault::{Fault, Note};
use crate::findings::Findings;
use crate::node::{File, Node};
use crate::problem::Problem;
use crate::template::Library;
use crate::{Connector, Explained, SecretSource, Severity, TemplateInfo, explain};
use build::{Built, Shelf};
use files::{Files, Held, Scan};
use std::collections::BTreeMap;
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
    trees: BTreeMap<String, Arc<Node>>,
    texts: BTreeMap<String, Arc<File>>,
}

impl Loaded {
    /// Finds a connector by id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Connector>> {
        self.connectors
            .iter()
            .find(|connector| connector.id.as_str() == id)
    }

    /// Lists every id that has a file, those with faults too.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        self.trees.keys().map(String::as_str).collect()
    }

    /// Tells whether nothing at all is wrong, warnings aside.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.faults
            .iter()
            .all(|fault| fault.severity() < Severity::Error)
    }

    /// Lists what is wrong with one connector.
    pub fn faults_of<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Fault> {
        self.faults
            .iter()
            .filter(move |fault| fault.connector.as_deref() == Some(id))
    }

    /// Returns the text of a connector's own file.
    #[must_use]
    pub fn text(&self, id: &str) -> Option<&str> {
        self.texts.get(id).map(|file| file.text.as_str())
    }

    /// Lists every value of a connector's definition after templates, overlay and defaults; `None`
    /// where there is no such file or it cannot be read. Works for connectors with faults too.
    #[must_use]
    pub fn explain(&self, id: &str) -> Option<Vec<Explained>> {
        self.trees.get(id).map(|tree| explain::explain(tree))
    }
}

/// Loads folders again and again, doing only what changed.
pub struct Loader {
    files: Files,
    options: LoadOptions,
    shelf: Option<Shelf>,
    built: BTreeMap<PathBuf, Built>,
}

impl Loader {
    /// Prepares to load `<dir>/*.yaml`, `<dir>/templates/*.yaml` and `<overlay>/*.yaml`.
    #[must_use]
    pub fn new(dir: &Path, overlay: Option<&Path>, options: LoadOptions) -> Self {
        Self {
            files: Files::new(dir, overlay),
            options,
            shelf: None,
            built: BTreeMap::new(),
        }
    }

    /// Loads everything. A connector whose file, templates, overlay and secrets mean what they meant keeps
    /// the very same `Arc`.
    pub fn load(&mut self) -> Loaded {
        let scan = self.files.scan();
        self.load_scan(&scan)
    }

    /// Loads everything twice: as it is, and as it would be if a connector's file held `text`, or were not there.
    /// The text need not be on the disk; what is kept for the next load stays as it is.
    pub fn suppose(&mut self, id: &str, text: Option<&str>) -> (Loaded, Loaded) {
        let mut scan = self.files.scan();
        let before = self.load_scan(&scan);
        let at = scan.connectors.iter().position(|(known, _)| known == id);
        let path = match at {
            Some(at) => scan.connectors.remove(at).1.file.path.clone(),
            None => self.files.dir().join(id).with_extension("yaml"),
        };
        let kept = self.built.remove(&path);
        let Some(shelf) = self.shelf.take() else {
            return (before.clone(), before);
        };
        if let Some(text) = text {
            let held = Held::new(path.clone(), text.to_owned());
            let (overlay, dir) = (scan.overlays.get(id), self.files.dir());
            let built =
                build::connector(id, &held, overlay, &shelf.library, &self.options, dir, None);
            self.built.insert(path.clone(), built);
            scan.connectors.push((id.to_owned(), held));
        }
        let after = self.gather(around(&scan, &shelf), &shelf.library);
        self.shelf = Some(shelf);
        self.built.remove(&path);
        if let Some(kept) = kept {
            self.built.insert(path, kept);
        }
        (before, after)
    }

    fn load_scan(&mut self, scan: &Scan) -> Loaded {
        let shelf = match self
            .shelf
            .take()
            .filter(|shelf| shelf.same(&scan.templates))
        {
            Some(shelf) => shelf,
            None => {
                // Everything that stands on a template stands on new ground.
                self.built.values_mut().for_each(Built::outdate);
                Shelf::new(&scan.templates)
            }
        };
        let mut next = BTreeMap::new();
        for (id, held) in &scan.connectors {
            let overlay = scan.overlays.get(id);
            let old = self.built.remove(&held.file.path);
            let built = build::connector(
                id,
                held,
                overlay,
                &shelf.library,
                &self.options,
                self.files.dir(),
                old,
            );
            next.insert(held.file.path.clone(), built);
        }
        self.built = next;
        let loaded = self.gather(around(scan, &shelf), &shelf.library);
        self.shelf = Some(shelf);
        loaded
    }

    /// Puts the parts together and finds what is wrong between them. Of two that clash the first, by file name, stays.
    fn gather(&self, mut faults: Vec<Fault>, library: &Library) -> Loaded {
        let mut loaded = Loaded {
            templates: library.values().map(|t| t.info.clone()).collect(),
            ..Loaded::default()
        };
        let mut hosts: BTreeMap<String, &Built> = BTreeMap::new();
        for built in self.built.values() {
            faults.extend(built.faults.iter().cloned());
            if let Some(tree) = &built.tree {
                loaded.trees.insert(built.id.clone(), Arc::clone(tree));
            }
            if let Some(file) = built.file() {
                loaded.texts.insert(built.id.clone(), Arc::clone(file));
            }
            let Some(connector) = &built.connector else {
                continue;
            };
            match hosts.get(&connector.app.host) {
                Some(first) => faults.extend(clash(first, built, &connector.app.host)),
                None => {
                    hosts.insert(connector.app.host.clone(), built);
                    loaded.connectors.push(Arc::clone(connector));
                }
            }
        }
        loaded.connectors.sort_by(|a, b| a.id.cmp(&b.id));
        loaded.faults = build::in_order(faults);
        loaded
    }
}

/// What is wrong besides the connectors themselves.
fn around(scan: &Scan, shelf: &Shelf) -> Vec<Fault> {
    let mut faults = scan.faults.clone();
    faults.extend(shelf.faults.iter().cloned());
    faults.extend(orphans(&scan.overlays, &scan.connectors));
    faults
}

fn clash(first: &Built, second: &Built, host: &str) -> Vec<Fault> {
    let mut findings = Findings::default();
    if let (Some(here), Some(there)) = (second.host_place(), first.host_place()) {
        let problem = Problem::DuplicateHost {
            host: host.to_owned(),
            other: first.id.clone(),
        };
        findings.note(problem, here, vec![(Note::First, there.clone())]);
    }
    findings.finish(Some(&second.id), None)
}

/// Reports overlays that belong to no connector.
fn orphans(overlays: &BTreeMap<String, Held>, connectors: &[(String, Held)]) -> Vec<Fault> {
    let known = || connectors.iter().map(|(id, _)| id.as_str());
    let lost = overlays
        .iter()
        .filter(|(id, _)| !known().any(|known| known == id.as_str()));
    let fault = |(id, held): (&String, &Held)| {
        let mut findings = Findings::default();
        let similar = crate::similar::similar(id, known());
        findings.at(
            Problem::OverlayForNobody {
                id: id.clone(),
                similar,
            },
            &held.start(),
        );
        findings.finish(None, None)
    };
    lost.flat_map(fault).collect()
}

/// Loads folders once.
#[must_use]
pub fn load_dir(dir: &Path, overlay: Option<&Path>, options: LoadOptions) -> Loaded {
    Loader::new(dir, overlay, options).load()
}

/// Loads one connector from text, with the compiled-in templates; `name` stands for the file's name
/// (`berita.yaml`). For tests and editors.
#[must_use]
pub fn load_str(name: &str, yaml: &str, options: LoadOptions) -> Loaded {
    load_texts(&[(name, yaml)], &[], &[], options)
}

/// Loads definitions from texts: connectors, templates and overlays, each with the file's name.
#[must_use]
pub fn load_texts(
    connectors: &[(&str, &str)],
    templates: &[(&str, &str)],
    overlays: &[(&str, &str)],
    options: LoadOptions,
) -> Loaded {
    let mut loader = Loader {
        files: Files::of_texts(connectors, templates, overlays),
        options,
        shelf: None,
        built: BTreeMap::new(),
    };
    loader.load()
}

/// Lists the compiled-in templates.
#[must_use]
pub fn template_list() -> Vec<TemplateInfo> {
    Shelf::new(&BTreeMap::new())
        .library
        .values()
        .map(|template| template.info.clone())
        .collect()
}
