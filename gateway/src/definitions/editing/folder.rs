//! The files of definitions, as the editor reads and writes them.
//!
//! Owns that a file is the old one or the new one at any moment, whatever ends the process, and that nothing outside
//! of the folder is touched. It must never know what a definition means.

use divos_model::AppId;
use std::fs::{File, Metadata, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The largest definition that is edited in a page, in bytes.
pub(crate) const LARGEST: usize = 256 * 1024;

/// What a file is called while it is written; the loader sees no hidden files.
const UNFINISHED: &str = ".divos-new-";

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is a link or a folder of that name.
    #[error("{0} is not a plain file")]
    NotAFile(PathBuf),
    /// It is too large for a page.
    #[error("{0} is larger than 256 KB")]
    TooLarge(PathBuf),
    /// It is not UTF-8.
    #[error("{0} is not UTF-8 text")]
    NotText(PathBuf),
    /// The system refused.
    #[error("{path} cannot be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The folder of definitions.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(dir: &Path) -> Self {
        Self(dir.to_owned())
    }

    /// Reads a definition; `None` where there is none. A byte order mark is no part of it.
    pub(crate) fn read(&self, app: &AppId) -> Result<Option<String>, FolderError> {
        let path = self.path(app);
        let failed = |source| io_error(&path, source);
        match std::fs::metadata(&path) {
            Ok(found) if !found.is_file() => return Err(FolderError::NotAFile(path)),
            Ok(found) if found.len() > LARGEST as u64 => return Err(FolderError::TooLarge(path)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
        let bytes = std::fs::read(&path).map_err(failed)?;
        let text = String::from_utf8(bytes).map_err(|_| FolderError::NotText(path.clone()))?;
        let bare = text.strip_prefix('\u{feff}').map(str::to_owned);
        Ok(Some(bare.unwrap_or(text)))
    }

    /// Puts a text in the place of a definition, or takes the definition away. When this returns, the disk has it.
    pub(crate) fn write(&self, app: &AppId, text: Option<&str>) -> Result<(), FolderError> {
        let path = self.path(app);
        let failed = |source| io_error(&path, source);
        let old = match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Some(found),
            Ok(_) => return Err(FolderError::NotAFile(path)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(failed(error)),
        };
        match (text, &old) {
            (Some(text), _) => self.replace(&path, old.as_ref(), text).map_err(failed)?,
            (None, Some(_)) => std::fs::remove_file(&path).map_err(failed)?,
            (None, None) => return Ok(()),
        }
        let folder = File::open(&self.0).and_then(|folder| folder.sync_all());
        folder.map_err(|source| io_error(&self.0, source))
    }

    fn replace(&self, path: &Path, old: Option<&Metadata>, text: &str) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .tempfile_in(&self.0)?;
        file.write_all(text.as_bytes())?;
        let mode = old.map_or(Permissions::from_mode(0o644), Metadata::permissions);
        file.as_file().set_permissions(mode)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes what a killed hub left half written.
    pub(crate) fn tidy(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.0)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// The file of a definition. An id is a slug: it cannot lead out of the folder.
    pub(crate) fn path(&self, app: &AppId) -> PathBuf {
        let path = |end| self.0.join(app.as_str()).with_extension(end);
        let (usual, short) = (path("yaml"), path("yml"));
        if !usual.exists() && short.exists() {
            short
        } else {
            usual
        }
    }
}

fn io_error(path: &Path, source: io::Error) -> FolderError {
    FolderError::Io {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(name: &str) -> AppId {
        name.parse().expect("a slug")
    }

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_mode() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(dir.path());
        let path = dir.path().join("a.yml");
        std::fs::write(&path, "\u{feff}lama").expect("written");
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("a mode");
        assert_eq!(
            folder.read(&app("a")).expect("read").as_deref(),
            Some("lama")
        );
        folder.write(&app("a"), Some("baru")).expect("written");
        folder.write(&app("b"), Some("b")).expect("written");
        let mode = |name: &str| {
            let found = std::fs::metadata(dir.path().join(name)).expect("a file");
            found.permissions().mode() & 0o777
        };
        assert_eq!((mode("a.yml"), mode("b.yaml")), (0o640, 0o644));
        assert_eq!(
            folder.read(&app("a")).expect("read").as_deref(),
            Some("baru")
        );
        folder.write(&app("a"), None).expect("removed");
        folder.write(&app("a"), None).expect("still gone");
        assert_eq!(folder.read(&app("a")).expect("read"), None);
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn a_link_is_not_written_through() {
        let dir = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        let target = outside.path().join("a.yaml");
        std::fs::write(&target, "di luar").expect("written");
        std::os::unix::fs::symlink(&target, dir.path().join("a.yaml")).expect("a link");
        let folder = Folder::new(dir.path());
        for text in [Some("baru"), None] {
            let refused = folder.write(&app("a"), text);
            assert!(matches!(refused, Err(FolderError::NotAFile(_))));
        }
        assert_eq!(std::fs::read_to_string(target).expect("read"), "di luar");
    }

    #[test]
    fn what_a_killed_hub_left_is_removed_and_never_read() {
        let dir = tempfile::tempdir().expect("a folder");
        let left = dir.path().join(format!("{UNFINISHED}x1"));
        std::fs::write(&left, "separuh").expect("written");
        std::fs::write(dir.path().join("a.yaml"), "a").expect("written");
        Folder::new(dir.path()).tidy().expect("tidied");
        assert!(!left.exists() && dir.path().join("a.yaml").exists());
    }

    #[test]
    fn what_is_too_large_or_no_text_is_not_edited() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(dir.path());
        std::fs::write(dir.path().join("a.yaml"), vec![b' '; LARGEST + 1]).expect("written");
        std::fs::write(dir.path().join("b.yaml"), [0xff, 0xfe]).expect("written");
        std::fs::create_dir(dir.path().join("c.yaml")).expect("made");
        assert!(matches!(
            folder.read(&app("a")),
            Err(FolderError::TooLarge(_))
        ));
        assert!(matches!(
            folder.read(&app("b")),
            Err(FolderError::NotText(_))
        ));
        assert!(matches!(
            folder.read(&app("c")),
            Err(FolderError::NotAFile(_))
        ));
    }
}
