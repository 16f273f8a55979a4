//! How private an app's data is. Tightened by whoever extends, never loosened.

use divos_model::{Audience, PersonalData, Sensitivity};
use std::time::Duration;

/// The privacy of everything that a connector reads.
#[derive(Debug, Clone, PartialEq)]
pub struct Privacy {
    /// Who may read it at most; `internal` unless the file says otherwise.
    pub class: Sensitivity,
    /// What personal data it holds (UU 27/2022); `none`, or `general` where `pii` names a field.
    pub personal_data: PersonalData,
    /// What happens to a target field that holds personal data, for example `actors.reporter` → mask.
    pub pii: Vec<(String, Pii)>,
    /// How long an item is kept after its last change; `None` means as long as its source has it.
    pub retain: Option<Duration>,
    /// Who may see an item whose mapping does not say. Never empty unless the mapping says.
    pub audience: Audience,
}

/// What happens to a field with personal data, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pii {
    /// It is kept; stated so that it is known.
    Keep,
    /// It is masked: `I K*** S***`.
    Mask,
    /// It is replaced by a keyed hash.
    Hash,
    /// It is left out.
    Drop,
}

impl Pii {
    /// Every way with the word that the YAML uses.
    pub const ALL: &'static [(&'static str, Pii)] = &[
        ("keep", Self::Keep),
        ("mask", Self::Mask),
        ("hash", Self::Hash),
        ("drop", Self::Drop),
    ];
}
