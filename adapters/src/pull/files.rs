//! Records of files in a watched folder.
//!
//! Owns which files are read: those that are whole, in the order of their names, and where it is safe only those that
//! changed; and where it stands among them. It must never leave the folder.

use super::folder::{self, Entry};
use super::place::{Mark, Turn};
use super::way::{Chunk, End, Step, Way};
use super::{Ask, Reader, Validators, World};
use crate::formats::{self, Note, Opening, Piece, Rows};
use crate::{Body, Document, Trouble};
use divos_manifest::Deletes;
use divos_model::RowFault;
use std::collections::VecDeque;
use std::fs::File;
use std::path::PathBuf;

/// A pass over a folder.
#[derive(Debug)]
pub(crate) struct Files {
    reader: Reader,
    world: World,
    pattern: PathBuf,
    ask: Ask,
    found: Option<Found>,
    open: Option<Open>,
    /// Whether the end of a file may be missing.
    is_loose: bool,
    /// Where another pass stood.
    turn: Option<Turn>,
    /// Files read, and what they were.
    read: u32,
    done: Mark,
}

/// A file that is read piece by piece.
#[derive(Debug)]
struct Open {
    mark: String,
    rows: Rows,
    /// Bytes that were not counted yet.
    bytes: u64,
    /// Records read of it.
    read: u64,
    /// So many more another pass had read.
    behind: u64,
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

impl Files {
    pub(crate) fn new(reader: Reader, pattern: PathBuf, ask: Ask, world: World) -> Self {
        Self {
            reader,
            world,
            pattern,
            ask,
            found: None,
            open: None,
            is_loose: false,
            turn: None,
            read: 0,
            done: Mark::default(),
        }
    }

    /// The same from where another pass stood.
    pub(crate) fn from(self, turn: Option<&Turn>) -> Self {
        Self {
            turn: turn.cloned(),
            ..self
        }
    }

    /// Looks into the folder and decides what to read; `None` where nothing changed.
    async fn look(&mut self) -> Result<Option<Found>, Trouble> {
        let (pattern, now) = (self.pattern.clone(), self.world.clock.now());
        let fetch = self.reader.source().fetch.clone();
        let listed = tokio::task::spawn_blocking(move || folder::list(&fetch, &pattern, now)).await;
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
        let read: Vec<&str> = known
            .filter(|_| self.may_skip())
            .map(|k| k.lines().collect())
            .unwrap_or_default();
        let all = entries.len();
        let mut left: VecDeque<Entry> = entries
            .into_iter()
            .filter(|entry| !read.contains(&entry.mark().as_str()))
            .collect();
        let skipped = left.len() < all;
        if !skipped {
            self.leave_out(&mut left);
        }
        Ok(Some(Found {
            skipped,
            left,
            mark,
            waiting,
        }))
    }

    /// Leaves out the files that another pass was done with; where one of them is not as it was, all are read.
    fn leave_out(&mut self, left: &mut VecDeque<Entry>) {
        let Some(Turn::Files { read, done, .. }) = &self.turn else {
            return;
        };
        let before = left.iter().take(*read as usize);
        let mark = before.fold(Mark::default(), |mark, entry| mark.and(&entry.mark()));
        if left.len() < *read as usize || mark != *done {
            self.turn = None;
            return;
        }
        left.drain(..*read as usize);
        (self.read, self.done) = (*read, mark);
    }

    /// Tells whether what was read before need not be seen again: a sweep or a lifetime would take it as gone.
    fn may_skip(&self) -> bool {
        matches!(
            self.reader.source().deletes,
            Deletes::Never | Deletes::Tombstone(_)
        )
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
        folder::fault(&self.pattern, why)
    }

    /// How many records of the next file another pass had read.
    fn behind(&mut self, mark: &str) -> u64 {
        match self.turn.take() {
            Some(Turn::Files {
                within: Some((file, rows)),
                ..
            }) if file == Mark::of(mark) => rows,
            _ => 0,
        }
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
        let file = file.map_err(|error| folder::fault(&entry.path, &error.kind().to_string()))?;
        let body = Body::of_file(file, entry.size);
        let source = self.reader.source();
        self.is_loose |= !formats::shows_its_end(&source.fetch, &body);
        let setting = self.reader.setting(&self.world);
        formats::open(source, self.reader.html.as_ref(), None, setting, &body).await
    }

    fn chunk(&mut self, piece: Piece, mut open: Open) -> Chunk {
        let Some(end) = piece.end else {
            let mut chunk = Chunk::rows(piece.rows);
            chunk.document.columns = piece.columns;
            chunk.bytes = std::mem::take(&mut open.bytes);
            chunk.turn = self.stand(Some((Mark::of(&open.mark), open.read)));
            self.open = Some(open);
            return chunk;
        };
        let mut document = match end.whole {
            true => Document::tree(end.root, end.notes),
            false => Document::listed(piece.rows, end.root, end.notes),
        };
        document.columns = piece.columns;
        self.ended(document, open.bytes, &open.mark)
    }

    /// A file is read to its end.
    fn ended(&mut self, document: Document, bytes: u64, mark: &str) -> Chunk {
        self.read += 1;
        self.done = self.done.and(mark);
        let mut chunk = Chunk::of(document);
        chunk.bytes = bytes;
        self.close(chunk)
    }

    /// Says where it stands, if every file before that was read.
    fn stand(&self, within: Option<(Mark, u64)>) -> Option<Turn> {
        let found = self.found.as_ref().filter(|found| !found.skipped);
        found.map(|_| Turn::Files {
            read: self.read,
            done: self.done.clone(),
            within,
        })
    }

    /// Ends the pass where no file is left.
    fn close(&mut self, mut chunk: Chunk) -> Chunk {
        let request = self.request();
        // Where it goes on, the next pass has to see everything for what is gone.
        let is_known = self.ask.resume.is_none() || self.may_skip();
        let stand = self.stand(None);
        let Some(found) = self.found.as_mut().filter(|found| found.left.is_empty()) else {
            chunk.turn = stand;
            return chunk;
        };
        chunk.skipped = found.skipped;
        if self.is_loose {
            // What was not written may be behind the cut: nothing is gone.
            chunk.skipped = true;
            chunk.document.notes.push(Note::OpenEnd);
        }
        chunk.missed = found.waiting.drain(..).map(waits).collect();
        let mark = std::mem::take(&mut found.mark);
        chunk.end = Some(End {
            validators: is_known.then_some(Validators {
                request,
                etag: Some(mark),
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
        let mut open = match self.open.take() {
            Some(open) => open,
            None => {
                let next = self.found.as_mut().and_then(|found| found.left.pop_front());
                let Some(entry) = next else {
                    let chunk = self.close(Chunk::rows(Vec::new()));
                    return Ok(Step::Chunk(Box::new(chunk)));
                };
                let mark = entry.mark();
                match self.begin(&entry).await? {
                    Opening::Rows(rows) => Open {
                        behind: self.behind(&mark),
                        mark,
                        rows,
                        bytes: entry.size,
                        read: 0,
                    },
                    Opening::Whole(document) => {
                        let chunk = self.ended(document, entry.size, &mark);
                        return Ok(Step::Chunk(Box::new(chunk)));
                    }
                }
            }
        };
        let piece = open.piece().await?;
        Ok(Step::Chunk(Box::new(self.chunk(piece, open))))
    }
}

impl Open {
    /// Reads the next records that no other pass had read.
    async fn piece(&mut self) -> Result<Piece, Trouble> {
        loop {
            let mut piece = self.rows.piece().await?;
            let rows = piece.rows.len() as u64;
            let behind = self.behind.min(rows);
            piece.rows.drain(..behind as usize);
            (self.read, self.behind) = (self.read + rows, self.behind - behind);
            if self.behind == 0 || piece.end.is_some() {
                return Ok(piece);
            }
        }
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
