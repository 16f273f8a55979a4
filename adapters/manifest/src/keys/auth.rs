//! `auth:`: how the hub signs in when it reads data.

use super::key;
use crate::grammar::{Field, Type};
use crate::problem::Form;

pub(super) static NONE: &[(&str, &str)] = &[("none", "No credentials.")];
pub(super) static AUTH: &[Field] = &[
    key("basic", Type::Record(AUTH_BASIC), "HTTP Basic.").operator(),
    key(
        "bearer",
        Type::Record(AUTH_BEARER),
        "`Authorization: Bearer …`.",
    )
    .operator(),
    key(
        "header",
        Type::Record(AUTH_HEADER),
        "A header of the app's own.",
    )
    .operator(),
    key(
        "api_key",
        Type::Record(AUTH_KEY),
        "An API key in the query or a header.",
    )
    .operator(),
];
pub(super) static AUTH_BASIC: &[Field] = &[
    key("username", Type::Secret { strict: false }, "The user name.")
        .required()
        .operator(),
    key("password", Type::Secret { strict: true }, "The password.")
        .required()
        .operator(),
];
pub(super) static AUTH_BEARER: &[Field] =
    &[key("token", Type::Secret { strict: true }, "The token.")
        .required()
        .operator()];
pub(super) static AUTH_HEADER: &[Field] = &[
    key(
        "name",
        Type::Text(Some(Form::HeaderName)),
        "The header's name.",
    )
    .required()
    .operator(),
    key(
        "value",
        Type::Secret { strict: true },
        "Its whole value, for example `Token ${secret:app/token}`.",
    )
    .required()
    .operator(),
];
pub(super) static AUTH_KEY: &[Field] = &[
    key(
        "name",
        Type::Text(Some(Form::NotEmpty)),
        "The name of the parameter or header.",
    )
    .required()
    .operator(),
    key("value", Type::Secret { strict: true }, "The key.")
        .required()
        .operator(),
    key("in", Type::Words(&["query", "header"]), "Where it goes.")
        .default("query")
        .operator(),
];
