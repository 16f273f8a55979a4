//! The kinds of item, with the words people see for them.

use crate::{Lang, UnknownWord};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $word:literal $id:literal $en:literal;)*) => {
        /// What an item is. The word decides the shape of its body.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind, in the order of the model note.
            pub const ALL: &'static [Kind] = &[$(Kind::$name,)*];

            /// Returns the word that the API and the YAML use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Kind::$name => $word,)* }
            }

            /// Returns the word that people see.
            #[must_use]
            pub fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((Kind::$name, Lang::Id) => $id, (Kind::$name, Lang::En) => $en,)*
                }
            }
        }
    };
}

kinds! {
    /// Something to be done (tugas).
    Task "task" "Tugas" "Task";
    /// An official letter (surat, naskah dinas).
    Letter "letter" "Surat" "Letter";
    /// A filed document (arsip).
    Document "document" "Arsip" "Document";
    /// Something that waits for a decision (persetujuan).
    Approval "approval" "Persetujuan" "Approval";
    /// News for many (pengumuman).
    Announcement "announcement" "Pengumuman" "Announcement";
    /// A meeting or other date (agenda).
    Event "event" "Agenda" "Event";
    /// A performance report (laporan kinerja).
    Report "report" "Laporan kinerja" "Performance report";
    /// A complaint, suggestion or request for information (aduan).
    Ticket "ticket" "Aduan" "Ticket";
    /// An application for a public service (permohonan).
    ServiceRequest "service_request" "Permohonan" "Service request";
    /// One person's presence on one day (presensi).
    Attendance "attendance" "Presensi" "Attendance";
    /// A published dataset (set data).
    Dataset "dataset" "Set data" "Dataset";
    /// A legal document (produk hukum), with the JDIHN fields.
    Regulation "regulation" "Produk hukum" "Regulation";
}

impl FromStr for Kind {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| UnknownWord::new("kind", word))
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
