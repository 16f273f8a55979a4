//! Records of files in a watched folder.
//!
//! Owns which files are read: those that are whole, in the order of their names, and where it is safe only those that
//! changed. It must never leave the folder.

use super::way::{Chunk, End, Step, Way};
use super::{Ask, Reader, Validators, World};
use crate::formats::{self, Opening, Piece, Rows};
use crate::{Body, Document, Trouble, glob};
use chrono::{DateTime, TimeDelta, Utc};
use divos_manifest::Deletes;
use divos_model::RowFault;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The most files of one pass.
const MOST_FILES: usize = 2000;
/// A file younger than this may still be written.
const YOUNG: TimeDelta = TimeDelta::seconds(2);

/// A pass over a folder.
#[derive(Debug)]
pub(crate) struct Files {
    reader: Reader,
    world: World,
    pattern: PathBuf,
    ask: Ask,
    found: Option<Found>,
    open: Option<(Rows, u64)>,
}

/// What lies in the folder.
#[derive(Debug, Default)]
struct Found {
    left: VecDeque<Entry>,
    /// What to recognise an unchanged folder by.
    mark: String,
    skipped: bool,
    waiting: Vec<String>,
}

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    path: PathBuf,
    size: u64,
    /// Milliseconds since 1970.
    changed: i64,
}

impl Entry {
    fn mark(&self) -> String {
        format!("{}\t{}\t{}", self.name, self.size, self.changed)
    }
}

impl Files {
    pub(crate) fn new(reader: Reader, pattern: PathBuf, ask: Ask, world: World) -> Self {
        Self {
            reader,
            world,
            pattern,
            ask,
            found: None,
            open: None,
        }
    }

    /// Looks into the folder and decides what to read; `None` where nothing changed.
    async fn look(&mut self) -> Result<Option<Found>, Trouble> {
        let (pattern, now) = (self.pattern.clone(), self.world.clock.now());
        let listed = tokio::task::spawn_blocking(move || list(&pattern, now)).await;
        let (entries, waiting) = listed.map_err(|_| self.fault("the reading was stopped"))??;
        let marks: Vec<String> = entries.iter().map(Entry::mark).collect();
        let mark = marks.join("\n");
        let request = self.request();
        let known = self
            .ask
            .validators
            .as_ref()
            .filter(|known| known.request == request);
        let known = known
            .filter(|_| !self.ask.full)
            .and_then(|known| known.etag.as_deref());
        if known == Some(mark.as_str()) && waiting.is_empty() {
            return Ok(None);
        }
        // What a sweep or a lifetime would take as gone must be seen again.
        let may_skip = matches!(
            self.reader.source().deletes,
            Deletes::Never | Deletes::Tombstone(_)
        );
        let read: Vec<&str> = known
            .filter(|_| may_skip)
            .map(|k| k.lines().collect())
            .unwrap_or_default();
        let all = entries.len();
        let left: VecDeque<Entry> = entries
            .into_iter()
            .filter(|entry| !read.contains(&entry.mark().as_str()))
            .collect();
        Ok(Some(Found {
            skipped: left.len() < all,
            left,
            mark,
            waiting,
        }))
    }

    /// Names the folder together with the meaning of its connector.
    fn request(&self) -> String {
        format!(
            "{} {}",
            self.pattern.display(),
            self.reader.connector.version
        )
    }

    fn fault(&self, why: &str) -> Trouble {
        fault(&self.pattern, why)
    }

    /// Begins with the next file.
    async fn begin(&mut self, entry: &Entry) -> Result<Opening, Trouble> {
        let limit = self.reader.connector.app.limits.body;
        if entry.size > limit {
            return Err(Trouble::TooLarge { limit });
        }
        let path = entry.path.clone();
        let file = tokio::task::spawn_blocking(move || File::open(path)).await;
        let file = file.map_err(|_| self.fault("the reading was stopped"))?;
        let file = file.map_err(|error| fault(&entry.path, &error.kind().to_string()))?;
        let body = Body::of_file(file, entry.size);
        let source = self.reader.source();
        let setting = self.reader.setting(&self.world);
        formats::open(source, self.reader.html.as_ref(), None, setting, &body).await
    }

    fn chunk(&mut self, piece: Piece, rows: Rows, bytes: u64) -> Chunk {
        match piece.end {
            None => {
                self.open = Some((rows, 0));
                let mut chunk = Chunk::rows(piece.rows);
                chunk.document.columns = piece.columns;
                chunk.bytes = bytes;
                chunk
            }
            Some(end) => {
                let mut document = match end.whole {
                    true => Document::tree(end.root, end.notes),
                    false => Document::listed(piece.rows, end.root, end.notes),
                };
                document.columns = piece.columns;
                self.ended(document, bytes)
            }
        }
    }

    /// A file is read to its end.
    fn ended(&mut self, document: Document, bytes: u64) -> Chunk {
        let mut chunk = Chunk::of(document);
        chunk.bytes = bytes;
        self.close(chunk)
    }

    /// Ends the pass where no file is left.
    fn close(&mut self, mut chunk: Chunk) -> Chunk {
        let request = self.request();
        let Some(found) = self.found.as_mut().filter(|found| found.left.is_empty()) else {
            return chunk;
        };
        chunk.skipped = found.skipped;
        chunk.missed = found.waiting.drain(..).map(waits).collect();
        chunk.end = Some(End {
            validators: Some(Validators {
                request,
                etag: Some(std::mem::take(&mut found.mark)),
                last_modified: None,
            }),
            ..End::default()
        });
        chunk
    }
}

#[async_trait::async_trait]
impl Way for Files {
    async fn next(&mut self) -> Result<Step, Trouble> {
        if self.found.is_none() {
            let Some(found) = self.look().await? else {
                let known = self.ask.validators.take();
                return known
                    .map(Step::Unchanged)
                    .ok_or_else(|| self.fault("nothing is known"));
            };
            self.found = Some(found);
        }
        let (mut rows, bytes) = match self.open.take() {
            Some(open) => open,
            None => {
                let next = self.found.as_mut().and_then(|found| found.left.pop_front());
                let Some(entry) = next else {
                    let chunk = self.close(Chunk::rows(Vec::new()));
                    return Ok(Step::Chunk(Box::new(chunk)));
                };
                match self.begin(&entry).await? {
                    Opening::Rows(rows) => (rows, entry.size),
                    Opening::Whole(document) => {
                        let chunk = self.ended(document, entry.size);
                        return Ok(Step::Chunk(Box::new(chunk)));
                    }
                }
            }
        };
        let piece = rows.piece().await?;
        Ok(Step::Chunk(Box::new(self.chunk(piece, rows, bytes))))
    }
}

fn waits(name: String) -> RowFault {
    RowFault {
        row: 0,
        native_id: None,
        field: "files".to_owned(),
        message: format!("`{name}` is still being written; it is read at the next pass"),
    }
}

fn fault(path: &Path, why: &str) -> Trouble {
    let name = path.file_name().unwrap_or(path.as_os_str());
    Trouble::Folder {
        name: name.to_string_lossy().into_owned(),
        why: why.to_owned(),
    }
}

/// Lists the files that fit, by name, and the names of those that are still being written.
fn list(pattern: &Path, now: DateTime<Utc>) -> Result<(Vec<Entry>, Vec<String>), Trouble> {
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
        if bare.is_some() || (age >= TimeDelta::zero() && age < YOUNG) {
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
