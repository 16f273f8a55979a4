//! What a pass came to, told at its end: the scheduler decides on it what may be deleted.

use super::Validators;
use crate::Note;
use crate::drift::Shape;
use divos_model::Lang;

/// What a pass came to so far; final once [`super::Pages::next`] has returned `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// Whether every page was read without an error and nothing is known to be missing.
    pub complete: bool,
    /// Whether everything was asked for, not only changes.
    pub full: bool,
    /// Whether it goes on where another pass stood: what that one saw is not known, so nothing may be taken as gone.
    pub resumed: bool,
    /// Whether the app said that nothing changed (304): there are no pages, and nothing is gone.
    pub not_modified: bool,
    /// Why an otherwise read pass is not complete.
    pub partial: Option<Partial>,
    /// Pages read.
    pub pages: u32,
    /// Records met.
    pub rows: u64,
    /// Records that became items.
    pub items: u64,
    /// Records that did not.
    pub faults: u64,
    /// Records without an id among them: what they are cannot be told, so a sweep would delete them.
    pub nameless: u64,
    /// How many records the app says there are.
    pub total_declared: Option<u64>,
    /// Bytes of answers read, after decompression.
    pub bytes: u64,
    /// The cursor to keep for the next pass; `None` unless the pass is complete and found one.
    pub cursor: Option<String>,
    /// What to keep for the next conditional request; `None` unless the pass is complete and was one page.
    pub validators: Option<Validators>,
    /// What the records look like, those of earlier passes too; what to ask with next time.
    pub shape: Shape,
    /// What was odd about the documents, once each.
    pub notes: Vec<Note>,
}

/// Why a pass that met no error is still not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "partial", rename_all = "snake_case")]
pub enum Partial {
    /// The app declares more records than it gave.
    Shortfall {
        /// What it declares.
        declared: u64,
        /// What it gave, different ids only.
        fetched: u64,
    },
}

impl Partial {
    /// Says it, for the operator's page.
    #[must_use]
    pub fn sentence(self, lang: Lang) -> String {
        let Self::Shortfall { declared, fetched } = self;
        match lang {
            Lang::Id => format!(
                "Aplikasi menyatakan ada {declared} data, tetapi hanya memberi {fetched}; tidak ada yang dihapus."
            ),
            Lang::En => format!(
                "The app declares {declared} records but gave {fetched}; nothing is deleted."
            ),
        }
    }
}

impl Summary {
    /// Tells whether what this pass did not see may be taken as gone: complete, full, changed,
    /// in one go, and every record had an id.
    #[must_use]
    pub fn may_sweep(&self) -> bool {
        self.complete && self.full && !self.resumed && !self.not_modified && self.nameless == 0
    }

    pub(crate) fn note(&mut self, notes: &[Note]) {
        for note in notes {
            if !self.notes.iter().any(|known| known.is_like(note)) {
                self.notes.push(*note);
            }
        }
    }
}
