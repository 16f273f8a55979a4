//! `recognise:` of a template: how its product is told from others.

use super::{ANY_ADDRESS, EXPR, key};
use crate::grammar::{Field, Type};

/// `recognise:`
pub(crate) static SIGN: &[Field] = &[
    key(
        "get",
        Type::OneOrMany(&ANY_ADDRESS),
        "What to ask for, tried in turn: `/path` below the address given, `?query` at that very address. Absent: what lies at that address.",
    ),
    key(
        "method",
        Type::Words(&["GET", "OPTIONS"]),
        "How to ask.",
    )
    .default("GET"),
    key(
        "when",
        Type::OneOrMany(&EXPR),
        "What is true of the answer; all of it. Expressions over `url`, `base`, `path`, `host`, `id`, `status`, `type`, `header`, `json`, `xml` and `text`.",
    )
    .required(),
    key(
        "certainty",
        Type::Int(1, 100),
        "How sure it is that this is the product, in percent.",
    )
    .default("90"),
    key(
        "with",
        Type::Map(&EXPR, None),
        "The template's parameters, from the answer. `base` is filled by itself.",
    ),
];
