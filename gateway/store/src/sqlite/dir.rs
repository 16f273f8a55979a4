//! The data directory: its modes, its files, and the lock that keeps a second hub out.

use crate::StoreError;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A data directory that is ours until this is dropped. The kernel lets go of the lock when the
/// process dies, however it dies.
#[derive(Debug)]
pub(crate) struct DataDir {
    path: PathBuf,
    _lock: Option<File>,
}

impl DataDir {
    /// Makes the directory where it is missing (mode 0700); takes no lock.
    pub(crate) fn share(path: &Path) -> Result<Self, StoreError> {
        make(path)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: None,
        })
    }

    /// Makes the directory where it is missing (mode 0700) and takes its lock.
    pub(crate) fn take(path: &Path) -> Result<Self, StoreError> {
        make(path)?;
        let path = path
            .canonicalize()
            .map_err(|error| refused("find the data directory", error))?;
        let mut file = open_private(&path.join("divos.lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = holder(&mut file);
                return Err(StoreError::Locked { path, pid });
            }
            Err(TryLockError::Error(error)) => {
                return Err(refused("lock the data directory", error));
            }
        }
        // Where the disk is full the lock holds all the same; only the number is missing.
        let _ = sign(&mut file);
        Ok(Self {
            path,
            _lock: Some(file),
        })
    }

    /// Returns the path of the database, made with mode 0600 where it is missing. SQLite gives its
    /// companion files the same mode.
    pub(crate) fn database(&self) -> Result<PathBuf, StoreError> {
        let path = self.path.join("divos.db");
        open_private(&path)?;
        Ok(path)
    }
}

fn make(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| refused("make the data directory", error))?;
    // The umask can only take away, so the mode is what was asked or less; make it exact.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))
        .map_err(|error| refused("make the data directory", error))
}

pub(crate) fn open_private(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(|error| refused("open a file in the data directory", error))
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn sign(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

fn refused(what: &'static str, error: std::io::Error) -> StoreError {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull => StoreError::Full,
        PermissionDenied | ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::failed(what, error),
    }
}
