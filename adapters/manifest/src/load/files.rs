//! Finds and reads the files of a load, and keeps those that did not change.

use crate::fault::Fault;
use crate::node::{File, Span};
use crate::problem::Problem;
use crate::yaml::{self, Read};
use std::collections::BTreeMap;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// No definition is larger.
const MAX_BYTES: u64 = 1_000_000;

/// A file that was written longer ago than this cannot be written again without a new time.
const SETTLED: Duration = Duration::from_secs(2);

/// A file with what reading its YAML gave.
#[derive(Clone)]
pub(super) struct Held {
    pub file: Arc<File>,
    pub read: Arc<Read>,
    /// What the file system said of it before it was read, where that can be trusted.
    stamp: Option<Stamp>,
}

/// What the file system says of a file; equal while nobody writes it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: SystemTime,
    #[cfg(unix)]
    inode: (u64, i64, i64),
}

impl Stamp {
    /// Takes a stamp; `None` where a write right after it could leave the same: clocks of file systems
    /// tick slowly.
    fn of(metadata: &Metadata) -> Option<Self> {
        let modified = metadata.modified().ok()?;
        let stamp = Self {
            size: metadata.len(),
            modified,
            #[cfg(unix)]
            inode: {
                use std::os::unix::fs::MetadataExt;
                (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
            },
        };
        let settled = |at: SystemTime| at.elapsed().is_ok_and(|age| age > SETTLED);
        #[cfg(unix)]
        let changed =
            SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(stamp.inode.1).ok()?);
        #[cfg(not(unix))]
        let changed = modified;
        (settled(modified) && settled(changed)).then_some(stamp)
    }
}

impl Held {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        let file = Arc::new(File { path, text });
        let read = Arc::new(yaml::read(&file));
        Self {
            file,
            read,
            stamp: None,
        }
    }

    /// Tells whether a file of this stamp need not be read.
    fn stands(&self, stamp: Option<Stamp>) -> bool {
        stamp.is_some() && self.stamp == stamp
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
        let metadata = std::fs::metadata(path).map_err(|e| e.to_string())?;
        let stamp = Stamp::of(&metadata);
        if let Some(held) = held.filter(|held| held.stands(stamp)) {
            return Ok(held.clone());
        }
        let size = metadata.len();
        if size > MAX_BYTES {
            return Err(format!("{size} B > {MAX_BYTES} B"));
        }
        let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
        let text = text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text);
        let held = match held {
            Some(held) if held.file.text == text => held.clone(),
            _ => Held::new(path.to_owned(), text),
        };
        Ok(Held { stamp, ..held })
    }
}

/// Lists the YAML files of a folder by name; hidden files and editors' copies do not count.
fn list(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        // Asking for the type costs nothing where the folder itself says it.
        let file = || entry.file_type().is_ok_and(|t| t.is_file()) || path.is_file();
        if yaml && !name.starts_with('.') && file() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text(files: &mut Files) -> String {
        let scan = files.scan();
        scan.connectors[0].1.file.text.clone()
    }

    #[test]
    fn a_write_of_the_same_size_is_seen_at_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.yaml");
        let mut files = Files::new(dir.path(), None);
        for turn in 0..20 {
            let says = format!("a: {}", turn % 10);
            std::fs::write(&path, &says).expect("written");
            assert_eq!(text(&mut files), says);
        }
    }

    #[test]
    fn a_stamp_is_trusted_only_once_the_file_has_settled() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.yaml");
        std::fs::write(&path, "a: 1").expect("written");
        let metadata = || std::fs::metadata(&path).expect("a file");
        assert!(Stamp::of(&metadata()).is_none());
        // As `cp -p` leaves it: an old time on a file that has just been written.
        let old = SystemTime::now() - Duration::from_secs(3600);
        let file = std::fs::File::options().write(true).open(&path);
        file.and_then(|file| file.set_modified(old))
            .expect("a time");
        assert!(cfg!(not(unix)) || Stamp::of(&metadata()).is_none());
    }

    #[test]
    fn a_settled_file_is_not_read_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.yaml");
        std::fs::write(&path, "a: 1").expect("written");
        let metadata = std::fs::metadata(&path).expect("a file");
        let stamp = Stamp {
            size: metadata.len(),
            modified: metadata.modified().expect("a time"),
            #[cfg(unix)]
            inode: (7, 0, 0),
        };
        let held = Held::new(path, "a: 1".to_owned());
        let settled = Held {
            stamp: Some(stamp),
            ..held
        };
        assert!(settled.stands(Some(stamp)));
        assert!(!settled.stands(None));
        assert!(!settled.stands(Some(Stamp { size: 5, ..stamp })));
    }
}
