//! `privacy:`: how private the data is.

use super::{TEXT, UNIT, UUID, key};
use crate::grammar::{Field, Type};
use crate::problem::Form;

/// `privacy:`
pub(crate) static PRIVACY: &[Field] = &[
    key("class", Type::Words(CLASSES), "Who may read it at most.").default("internal"),
    key(
        "personal_data",
        Type::Words(PERSONAL),
        "What personal data it holds (UU 27/2022); `general` where `pii` names a field.",
    ),
    key(
        "pii",
        Type::Map(&PII, None),
        "What happens to a field of the model that holds personal data.",
    ),
    key(
        "purpose",
        Type::Text(Some(Form::NotEmpty)),
        "Why the hub reads it, in a sentence for the record of processing.",
    ),
    key(
        "basis",
        Type::Words(BASES),
        "On what basis (UU 27/2022, article 20).",
    )
    .default("public_task"),
    key(
        "retain",
        Type::Duration(1000),
        "How long an item is kept after its last change.",
    ),
    key(
        "audience",
        Type::WordOrRecord(AUDIENCE_WORDS, AUDIENCE),
        "Who may see it. Absent: everyone, except with class `restricted`.",
    ),
];
/// Weakest first.
pub(crate) static CLASSES: &[&str] = &["public", "internal", "restricted"];
/// Weakest first.
pub(crate) static PERSONAL: &[&str] = &["none", "general", "specific"];
/// Weakest first.
pub(crate) static PII_WORDS: &[&str] = &["keep", "mask_for_others", "mask", "hash", "drop"];
/// UU 27/2022, article 20, paragraph 2, a to f.
static BASES: &[&str] = &[
    "consent",
    "contract",
    "legal_obligation",
    "vital_interest",
    "public_task",
    "legitimate_interest",
];
static PII: Type = Type::Words(PII_WORDS);
static AUDIENCE_WORDS: &[(&str, &str)] = &[("everyone", "Every civil servant.")];
static AUDIENCE: &[Field] = &[
    key(
        "unit",
        Type::OneOrMany(&UNIT),
        "Holders of a post in exactly one of these units.",
    ),
    key(
        "under",
        Type::OneOrMany(&UNIT),
        "Holders of a post in one of these units or below.",
    ),
    key(
        "role",
        Type::OneOrMany(&TEXT),
        "Holders of one of these roles.",
    ),
    key("person", Type::OneOrMany(&UUID), "These persons, by id."),
    key(
        "post",
        Type::OneOrMany(&UUID),
        "Holders of these posts, by id.",
    ),
];
