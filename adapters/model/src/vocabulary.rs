//! The closed vocabularies of the envelope: state, priority, sensitivity and their like.

use crate::Lang;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A word that a closed vocabulary does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a {vocabulary}")]
pub struct UnknownWord {
    /// Which vocabulary was asked, for example `state`.
    pub vocabulary: &'static str,
    /// The word as written, cut at 80 characters.
    pub word: String,
}

impl UnknownWord {
    pub(crate) fn new(vocabulary: &'static str, word: &str) -> Self {
        Self {
            vocabulary,
            word: word.chars().take(80).collect(),
        }
    }
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident $noun:literal { $($(#[$vdoc:meta])* $variant:ident $word:literal $id:literal $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            /// Returns the word that the API and the YAML use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// Returns the word that people see.
            #[must_use]
            pub fn label(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $(($name::$variant, Lang::Id) => $id, ($name::$variant, Lang::En) => $en,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|known| known.as_str() == word)
                    .ok_or_else(|| UnknownWord::new($noun, word))
            }
        }
    };
}

vocabulary! {
    /// Where an item stands; one vocabulary for every kind.
    State "state" {
        /// Not yet sent or published.
        Draft "draft" "Konsep" "Draft";
        /// Sent, not yet taken up.
        Pending "pending" "Menunggu diproses" "Pending";
        /// Being worked on, or in force.
        Active "active" "Berjalan" "Active";
        /// Waits for somebody else.
        Waiting "waiting" "Menunggu pihak lain" "Waiting";
        /// Finished.
        Done "done" "Selesai" "Done";
        /// Refused.
        Rejected "rejected" "Ditolak" "Rejected";
        /// Called off.
        Cancelled "cancelled" "Dibatalkan" "Cancelled";
        /// Taken back by its sender.
        Withdrawn "withdrawn" "Ditarik" "Withdrawn";
        /// The source's word is not mapped.
        Unknown "unknown" "Tidak diketahui" "Unknown";
    }
}

impl State {
    /// Tells whether somebody may still have to act on an item in this state.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Pending | Self::Active | Self::Waiting | Self::Unknown
        )
    }
}

vocabulary! {
    /// How pressing an item is; the order of the words is the order of rank.
    Priority "priority" {
        /// Can wait (iCalendar 9).
        Low "low" "Rendah" "Low";
        /// As it comes (iCalendar 5).
        Normal "normal" "Normal" "Normal";
        /// Before others (iCalendar 3).
        High "high" "Tinggi" "High";
        /// At once (iCalendar 1).
        Urgent "urgent" "Mendesak" "Urgent";
    }
}

impl Priority {
    /// Returns the iCalendar number (RFC 5545, section 3.8.1.9).
    #[must_use]
    pub fn icalendar(self) -> u8 {
        match self {
            Self::Low => 9,
            Self::Normal => 5,
            Self::High => 3,
            Self::Urgent => 1,
        }
    }
}

vocabulary! {
    /// Who may read an item at most. Anything above `restricted` is refused by the hub.
    Sensitivity "sensitivity" {
        /// For everybody.
        Public "public" "Umum" "Public";
        /// For civil servants.
        Internal "internal" "Internal" "Internal";
        /// For the audience alone; only the title shows in lists and search.
        Restricted "restricted" "Terbatas" "Restricted";
    }
}

vocabulary! {
    /// What personal data an item holds (UU 27/2022, article 4); drives masking.
    PersonalData "personal data class" {
        /// None.
        None "none" "Tidak ada" "None";
        /// General personal data, such as names.
        General "general" "Umum" "General";
        /// Specific personal data, such as health.
        Specific "specific" "Spesifik" "Specific";
    }
}

vocabulary! {
    /// How far an item's times can be trusted.
    TimeQuality "time quality" {
        /// With zone, to the second.
        Exact "exact" "Tepat" "Exact";
        /// The day is known, the hour is not.
        DateOnly "date_only" "Tanggal saja" "Date only";
        /// The zone was missing and was assumed.
        Guessed "guessed" "Perkiraan" "Guessed";
    }
}

vocabulary! {
    /// Why an item is gone.
    DeletedReason "reason" {
        /// The source no longer has it.
        Removed "removed" "Dihapus di sumber" "Removed at the source";
        /// Its sender took it back.
        Withdrawn "withdrawn" "Ditarik" "Withdrawn";
        /// The reader lost the right to see it.
        AccessRevoked "access_revoked" "Hak akses berakhir" "Access revoked";
        /// Its retention ended.
        Retention "retention" "Masa simpan berakhir" "Retention ended";
    }
}
