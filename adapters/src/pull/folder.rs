//! What lies in a watched folder.
//!
//! Owns which of it is a file to read: whole, and within the folder. Whoever writes one, over a slow line or one that
//! breaks, tells nobody when he is done: a file that grew a moment ago waits, and so does one that does not end as its
//! format does, until nobody has touched it for long. It must never read one.

use crate::{Body, Trouble, formats, glob};
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::Fetch;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The most files of one pass.
const MOST_FILES: usize = 2000;
/// A file younger than this may still be written.
const YOUNG: TimeDelta = TimeDelta::seconds(2);
/// A file that does not show its end, and is younger than this, may still be written.
const UNFINISHED: TimeDelta = TimeDelta::minutes(10);

/// A file that is whole.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    name: String,
    pub(super) path: PathBuf,
    pub(super) size: u64,
    /// Milliseconds since 1970.
    changed: i64,
}

impl Entry {
    /// What it is known again by.
    pub(super) fn mark(&self) -> String {
        format!("{}\t{}\t{}", self.name, self.size, self.changed)
    }
}

/// Says what is wrong with a file or folder, by its name only.
pub(super) fn fault(path: &Path, why: &str) -> Trouble {
    let name = path.file_name().unwrap_or(path.as_os_str());
    Trouble::Folder {
        name: name.to_string_lossy().into_owned(),
        why: why.to_owned(),
    }
}

/// Lists the files that fit, by name, and the names of those that are still being written.
pub(super) fn list(
    fetch: &Fetch,
    pattern: &Path,
    now: DateTime<Utc>,
) -> Result<(Vec<Entry>, Vec<String>), Trouble> {
    let system = |error: io::Error| fault(pattern, &error.kind().to_string());
    let (Some(folder), Some(wanted)) = (pattern.parent(), pattern.file_name()) else {
        return Err(fault(pattern, "it is no path to files"));
    };
    let wanted = wanted.to_string_lossy();
    let folder = folder.canonicalize().map_err(system)?;
    let (mut entries, mut waiting) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(&folder).map_err(system)? {
        let entry = entry.map_err(system)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let bare = name.strip_suffix(".part").or(name.strip_suffix(".tmp"));
        if !glob::fits(&wanted, bare.unwrap_or(&name)) {
            continue;
        }
        if entries.len() + waiting.len() >= MOST_FILES {
            return Err(fault(pattern, "there are more than 2000 files"));
        }
        // A link may point at another file of the folder, nowhere else.
        let path = match entry.path().canonicalize() {
            Ok(path) if path.starts_with(&folder) => path,
            Ok(_) => return Err(fault(&entry.path(), "it is a link out of the folder")),
            // It was taken away meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(fault(&entry.path(), &error.kind().to_string())),
        };
        let about = path.metadata().map_err(system)?;
        if !about.is_file() {
            continue;
        }
        let changed: DateTime<Utc> = about.modified().map_err(system)?.into();
        let age = now - changed;
        // What is written while this looks is of the future.
        let is_young = || age.abs() < YOUNG;
        let is_cut = || {
            let file = File::open(&path).map(|file| Body::of_file(file, about.len()));
            age.abs() < UNFINISHED && file.is_ok_and(|body| !formats::shows_its_end(fetch, &body))
        };
        if bare.is_some() || is_young() || is_cut() {
            waiting.push(name);
            continue;
        }
        entries.push(Entry {
            name,
            path,
            size: about.len(),
            changed: changed.timestamp_millis(),
        });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    waiting.sort();
    Ok((entries, waiting))
}

/// Finds the last file of a watched folder, in the order of their names; `None` where none is whole.
///
/// # Errors
/// [`Trouble::Folder`] where the folder cannot be read.
pub fn last_watched(
    fetch: &Fetch,
    pattern: &Path,
    now: DateTime<Utc>,
) -> Result<Option<PathBuf>, Trouble> {
    let (entries, _) = list(fetch, pattern, now)?;
    Ok(entries.into_iter().next_back().map(|entry| entry.path))
}
