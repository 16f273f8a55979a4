//! Every key of the grammar, with what it means. One table for all who need it; see `grammar.rs`.

mod app;
mod auth;
mod paging;
mod privacy;
mod recognise;
mod source;
mod ways;

pub(crate) use app::{APP, BREAKER, LIMITS, SSO_JWT, TIMEOUTS, allow};
pub(crate) use paging::{HEADER, KEYSET, LINK, OFFSET, PAGE, TOKEN};
pub(crate) use privacy::{CLASSES, PERSONAL, PII_WORDS, PRIVACY};
#[cfg(test)]
pub(crate) use source::KINDS;
pub(crate) use source::{CURSOR, EVERY, PARENT, SOURCE, SWEEP};
pub(crate) use ways::{
    CKAN, CSV, GUARD, HTML, ICAL, IMAP, JDIH, OAI, REQUEST, SOAP, SOAP_FAULT, SQL, SQL_LIMITS,
    WEBHOOK, WEBHOOK_GITHUB, WEBHOOK_HMAC, XLSX,
};

use crate::grammar::{Field, Type};
use crate::problem::Form;
pub(crate) use auth::AUTH;
use auth::NONE;
pub(crate) use auth::{AUTH_CSRF_COOKIE, AUTH_FORM, AUTH_HMAC, AUTH_OAUTH2, AUTH_TOKEN, AUTH_WSSE};
pub(crate) use recognise::SIGN;
use source::SOURCE_TYPE;

const fn key(name: &'static str, ty: Type, doc: &'static str) -> Field {
    Field::new(name, ty, doc)
}

static TEXT: Type = Type::Text(Some(Form::NotEmpty));
static ANY: Type = Type::Any;
static EXPR: Type = Type::Expr;
static ANY_ADDRESS: Type = Type::Text(Some(Form::PathOrQuery));
static PATTERN: Type = Type::Pattern;
static SCHEME: Type = Type::Text(Some(Form::Slug));
static UNIT: Type = Type::Text(Some(Form::UnitCode));
static URL: Type = Type::Text(Some(Form::Url));
static HOST: Type = Type::Text(Some(Form::Host));
static UUID: Type = Type::Text(Some(Form::Uuid));
static TEMPLATE_NAME: Type = Type::Text(Some(Form::TemplateName));
static ATTRIBUTE: Type = Type::Words(ATTRIBUTES);

/// What of a person an app may be told.
pub(crate) static ATTRIBUTES: &[&str] = &[
    "id",
    "login",
    "name",
    "email",
    "nip",
    "unit",
    "unit_name",
    "post",
    "roles",
];

/// A connector's file.
pub(crate) static CONNECTOR: &[Field] = &[
    key(
        "apiVersion",
        Type::Words(&["divos/v1"]),
        "The version of this grammar.",
    )
    .default("divos/v1"),
    key("kind", Type::Words(&["Connector"]), "What this file is.").default("Connector"),
    key(
        "metadata",
        Type::Record(METADATA),
        "What the app is called and whose it is.",
    )
    .required(),
    key(
        "extends",
        Type::OneOrMany(&TEMPLATE_NAME),
        "Templates to build on, left to right, each pinned: `wordpress@1`.",
    ),
    key(
        "with",
        Type::Map(&ANY, None),
        "The values that the templates ask for.",
    ),
    key(
        "app",
        Type::Record(APP),
        "How the app is reached and opened.",
    ),
    key(
        "auth",
        Type::Choice(NONE, AUTH),
        "How the hub signs in when it reads data.",
    )
    .default("none")
    .operator(),
    key(
        "sources",
        Type::Map(&SOURCE_TYPE, Some(Form::Slug)),
        "What of the app's data is read, by name.",
    ),
    key(
        "privacy",
        Type::Record(PRIVACY),
        "How private the data is. Can only be tightened, never loosened.",
    ),
    key(
        "tests",
        Type::List(&TEST_TYPE),
        "Recorded answers and what must come of them.",
    ),
];

/// A template's file.
pub(crate) static TEMPLATE: &[Field] = &[
    key(
        "apiVersion",
        Type::Words(&["divos/v1"]),
        "The version of this grammar.",
    )
    .default("divos/v1"),
    key("kind", Type::Words(&["Template"]), "What this file is.").required(),
    key(
        "metadata",
        Type::Record(TEMPLATE_METADATA),
        "What the template is called and what it is for.",
    )
    .required(),
    key(
        "extends",
        Type::OneOrMany(&TEMPLATE_NAME),
        "Templates to build on, left to right.",
    ),
    key(
        "with",
        Type::Map(&ANY, None),
        "The values that those templates ask for.",
    ),
    key(
        "params",
        Type::Map(&PARAM_TYPE, Some(Form::Slug)),
        "What the template asks for.",
    ),
    key(
        "recognise",
        Type::List(&SIGN_TYPE),
        "How the product is told from others, for `divos connector infer`: any of these signs.",
    ),
    key(
        "app",
        Type::Record(APP),
        "How the app is reached and opened.",
    ),
    key(
        "auth",
        Type::Choice(NONE, AUTH),
        "How the hub signs in when it reads data.",
    ),
    key(
        "sources",
        Type::Map(&SOURCE_TYPE, Some(Form::Slug)),
        "What of the app's data is read, by name.",
    ),
    key(
        "privacy",
        Type::Record(PRIVACY),
        "How private the data is at least.",
    ),
    key(
        "tests",
        Type::List(&TEST_TYPE),
        "Recorded answers and what must come of them.",
    ),
];

/// `metadata:`
pub(crate) static METADATA: &[Field] = &[
    key(
        "name",
        Type::Text(Some(Form::AppId)),
        "The app's id: the file's name without `.yaml`.",
    )
    .required(),
    key(
        "title",
        Type::Text(Some(Form::NotEmpty)),
        "What people see.",
    )
    .required(),
    key(
        "owner",
        Type::Text(Some(Form::UnitCode)),
        "The code of the agency that owns the app; in quotes.",
    ),
    key(
        "capability",
        Type::Text(Some(Form::Slug)),
        "What the app is for, for example `portal` or `letter`.",
    ),
    key(
        "contract",
        Type::Words(&["assumed", "documented", "known"]),
        "How well the app's interface is known: seen, documented by its product, or a plausible guess.",
    )
    .default("known"),
    key(
        "register",
        Type::Record(REGISTER),
        "What the city's register of apps says of it.",
    ),
    key(
        "authority",
        Type::OneOrMany(&SCHEME),
        "The schemes of dedupe keys for which this app is the authority: its items stand for other apps' same ones.",
    ),
    key("sla", Type::Record(SLA), "What is promised."),
    key(
        "zone",
        Type::Text(Some(Form::Zone)),
        "The zone of times that are written without one.",
    )
    .default("Asia/Makassar"),
    key(
        "lang",
        Type::Text(Some(Form::Language)),
        "The language of what the app holds.",
    )
    .default("id"),
];

static TEMPLATE_METADATA: &[Field] = &[
    key(
        "name",
        Type::Text(Some(Form::TemplateName)),
        "The template's name and version: the file's name without `.yaml`.",
    )
    .required(),
    key(
        "title",
        Type::Text(Some(Form::NotEmpty)),
        "What product it is for.",
    )
    .required(),
    key(
        "capability",
        Type::Text(Some(Form::Slug)),
        "What such an app is for.",
    ),
    key("sla", Type::Record(SLA), "What is promised."),
    key(
        "zone",
        Type::Text(Some(Form::Zone)),
        "The zone of times that are written without one.",
    ),
    key(
        "lang",
        Type::Text(Some(Form::Language)),
        "The language of what such an app holds.",
    ),
];

/// `metadata.register:`
pub(crate) static REGISTER: &[Field] = &[
    key(
        "users",
        Type::Words(&["internal", "public"]),
        "For whom it was made: civil servants, or everybody.",
    ),
    key(
        "scope",
        Type::Words(&["city", "national"]),
        "Whose it is: the city's own, or a ministry's.",
    ),
    key(
        "medium",
        Type::Words(&["web", "desktop", "mobile", "other"]),
        "How it is used.",
    ),
    key(
        "site",
        Type::Text(Some(Form::Slug)),
        "A name for the address that it shares with other apps.",
    ),
    key(
        "product",
        Type::Text(Some(Form::Slug)),
        "A name for the product that it is an installation of.",
    ),
];

static SLA: &[Field] = &[key(
    "fresh",
    Type::Duration(1000),
    "Data older than this is called stale. Absent: two more reads than the longest pause between them, at least 1h.",
)
.operator()];

static PARAM_TYPE: Type = Type::Record(PARAM);
static PARAM: &[Field] = &[
    key(
        "type",
        Type::Words(&["text", "secret", "number", "flag", "list", "map"]),
        "What the value must be.",
    )
    .default("text"),
    key("default", Type::Any, "The value where none is given."),
    key("required", Type::Flag, "Whether a value must be given.").default("false"),
    key("description", Type::Text(None), "What the value means.").required(),
    key(
        "example",
        Type::Any,
        "A value that could be given, for those who read what the template asks for.",
    ),
];
static SIGN_TYPE: Type = Type::Record(SIGN);
static TEST_TYPE: Type = Type::Record(TEST);
static TEST: &[Field] = &[
    key(
        "fixture",
        Type::Text(Some(Form::FileName)),
        "The recorded answers, in `fixtures/<id>/` beside this file.",
    )
    .required(),
    key(
        "source",
        Type::Text(Some(Form::Slug)),
        "Which source reads it, where there are several.",
    ),
    key(
        "count",
        Type::Int(0, 1_000_000),
        "How many items must come of it.",
    ),
    key(
        "expect",
        Type::List(&EXPECT),
        "What the first items must hold.",
    ),
];
static EXPECT: Type = Type::Map(&ANY, None);
