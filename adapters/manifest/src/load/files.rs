//! Finds and reads the files of a load, and keeps those that did not change.

use crate::fault::Fault;
use crate::node::{File, Span};
use crate::problem::Problem;
use crate::yaml::{self, Read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// No definition is larger.
const MAX_BYTES: u64 = 1_000_000;

/// A file with what reading its YAML gave.
#[derive(Clone)]
pub(super) struct Held {
    pub file: Arc<File>,
    pub read: Arc<Read>,
}

impl Held {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        let file = Arc::new(File { path, text });
        let read = Arc::new(yaml::read(&file));
        Self { file, read }
    }

    /// The first line of the file.
    pub(super) fn start(&self) -> Span {
        let end = self.file.text.find('\n').unwrap_or(self.file.text.len());
        Span {
            file: Arc::clone(&self.file),
            start: 0,
            end,
        }
    }
}

/// Everything that one load stands on.
#[derive(Default)]
pub(super) struct Scan {
    /// In the order of file names.
    pub connectors: Vec<(String, Held)>,
    pub templates: BTreeMap<String, Held>,
    pub overlays: BTreeMap<String, Held>,
    pub faults: Vec<Fault>,
}

/// Where the files are.
pub(super) struct Files {
    dir: PathBuf,
    overlay: Option<PathBuf>,
    held: BTreeMap<PathBuf, Held>,
    /// Texts in place of folders.
    texts: bool,
}

impl Files {
    pub(super) fn new(dir: &Path, overlay: Option<&Path>) -> Self {
        Self {
            dir: dir.to_owned(),
            overlay: overlay.map(Path::to_owned),
            held: BTreeMap::new(),
            texts: false,
        }
    }

    pub(super) fn of_texts(
        connectors: &[(&str, &str)],
        templates: &[(&str, &str)],
        overlays: &[(&str, &str)],
    ) -> Self {
        let mut files = Self::new(Path::new("connectors.d"), Some(Path::new("overlay.d")));
        files.texts = true;
        let folders = [
            (files.dir.clone(), connectors),
            (files.dir.join("templates"), templates),
            (PathBuf::from("overlay.d"), overlays),
        ];
        for (folder, texts) in folders {
            for (name, text) in texts {
                let path = folder.join(name);
                files
                    .held
                    .insert(path.clone(), Held::new(path, (*text).to_owned()));
            }
        }
        files
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Reads every file; one that did not change is kept as it is.
    pub(super) fn scan(&mut self) -> Scan {
        let mut scan = Scan::default();
        let mut next = BTreeMap::new();
        let dir = self.dir.clone();
        scan.connectors = self.folder(&dir, true, &mut next, &mut scan.faults);
        let templates = self.folder(&dir.join("templates"), false, &mut next, &mut scan.faults);
        let overlays = match self.overlay.clone() {
            Some(folder) => self.folder(&folder, true, &mut next, &mut scan.faults),
            None => Vec::new(),
        };
        let connectors = std::mem::take(&mut scan.connectors);
        scan.connectors = distinct(connectors, &mut scan.faults);
        scan.templates = distinct(templates, &mut scan.faults).into_iter().collect();
        scan.overlays = distinct(overlays, &mut scan.faults).into_iter().collect();
        self.held = next;
        scan
    }

    fn folder(
        &self,
        folder: &Path,
        needed: bool,
        next: &mut BTreeMap<PathBuf, Held>,
        faults: &mut Vec<Fault>,
    ) -> Vec<(String, Held)> {
        let mut found = Vec::new();
        let paths = if self.texts {
            Ok(self.names(folder))
        } else {
            list(folder)
        };
        let paths = match paths {
            Ok(paths) => paths,
            Err(error) if !needed && error.kind() == std::io::ErrorKind::NotFound => return found,
            Err(error) => {
                faults.push(unreadable(folder, &error.to_string()));
                return found;
            }
        };
        for path in paths {
            match self.file(&path) {
                Ok(held) => {
                    let stem = path
                        .file_stem()
                        .unwrap_or_default()
                        .to_string_lossy()
                        .into_owned();
                    next.insert(path, held.clone());
                    found.push((stem, held));
                }
                Err(says) => faults.push(unreadable(&path, &says)),
            }
        }
        found
    }

    fn names(&self, folder: &Path) -> Vec<PathBuf> {
        self.held
            .keys()
            .filter(|path| path.parent() == Some(folder))
            .cloned()
            .collect()
    }

    fn file(&self, path: &Path) -> Result<Held, String> {
        let held = self.held.get(path);
        if let (true, Some(held)) = (self.texts, held) {
            return Ok(held.clone());
        }
        let size = std::fs::metadata(path).map_err(|e| e.to_string())?.len();
        if size > MAX_BYTES {
            return Err(format!("{size} B > {MAX_BYTES} B"));
        }
        let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
        let text = text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text);
        match held {
            Some(held) if held.file.text == text => Ok(held.clone()),
            _ => Ok(Held::new(path.to_owned(), text)),
        }
    }
}

/// Lists the YAML files of a folder by name; hidden files and editors' copies do not count.
fn list(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        if yaml && !name.starts_with('.') && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// Of `a.yaml` and `a.yml` the first counts.
fn distinct(found: Vec<(String, Held)>, faults: &mut Vec<Fault>) -> Vec<(String, Held)> {
    let mut kept: Vec<(String, Held)> = Vec::with_capacity(found.len());
    for (id, held) in found {
        match kept.iter().find(|(known, _)| *known == id) {
            Some((_, first)) => {
                let mut findings = crate::findings::Findings::default();
                let notes = vec![(crate::Note::First, first.start())];
                findings.note(
                    Problem::DuplicateId { id: id.clone() },
                    &held.start(),
                    notes,
                );
                faults.extend(findings.finish(Some(&id), None));
            }
            None => kept.push((id, held)),
        }
    }
    kept
}

fn unreadable(path: &Path, says: &str) -> Fault {
    let problem = Problem::Unreadable {
        path: path.to_string_lossy().into_owned(),
        says: says.to_owned(),
    };
    let yaml = path.extension().is_some();
    let connector = yaml.then(|| {
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    });
    Fault {
        connector,
        problem,
        place: None,
        notes: Vec::new(),
    }
}
