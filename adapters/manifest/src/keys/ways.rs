//! The ways to read an app, one table each.

use super::source::FAIL;
use super::{PATTERN, TEXT, key};
use crate::grammar::{Field, Type};
use crate::problem::Form;

const GET: Field = key(
    "get",
    Type::Pattern,
    "The path of a GET request; short for `path`.",
);
const PATH: Field = key("path", Type::Pattern, "The path, instead of `get`.");
const METHOD: Field = key(
    "method",
    Type::Words(&["GET", "POST"]),
    "The method, with `path`.",
)
.default("GET");
const BASE: Field = key(
    "base",
    Type::Text(Some(Form::Url)),
    "An address of its own, where it is not the app's.",
)
.operator();
const QUERY: Field = key(
    "query",
    Type::Map(&PATTERN, None),
    "Query parameters. One that mentions `${cursor}` is left out while there is none.",
);
const HEADERS: Field = key(
    "headers",
    Type::Map(&PATTERN, Some(Form::HeaderName)),
    "Request headers; credentials belong in `auth`.",
);
const BODY: Field = key("body", Type::PatternTree, "A JSON body for POST.");
const CHARSET: Field = key(
    "charset",
    Type::Text(Some(Form::Charset)),
    "The character set, whatever the answer says.",
);
const FAILS: Field = key(
    "fail",
    Type::Record(FAIL),
    "How an error inside an answer with status 200 is recognised.",
);
const FILES: Field = key(
    "files",
    Type::Text(Some(Form::Files)),
    "Files of a watched folder instead of a request: a path whose last part may hold `*`.",
)
.operator_only();

/// The keys of an HTTP request, and more.
macro_rules! request {
    ($($more:expr),* $(,)?) => {
        &[GET, PATH, METHOD, BASE, QUERY, HEADERS, BODY, CHARSET, FAILS, FILES, $($more),*]
    };
}

/// `rest:`, `feed:` and `xml:`
pub(crate) static REQUEST: &[Field] = request!();

/// `soap:`
pub(crate) static SOAP: &[Field] = &[
    key("endpoint", Type::Pattern, "The path of the service.").required(),
    key(
        "action",
        Type::Text(Some(Form::NotEmpty)),
        "The `SOAPAction`.",
    ),
    key(
        "version",
        Type::Words(&["1.1", "1.2"]),
        "The version of SOAP.",
    )
    .default("1.1"),
    key("ns", Type::Map(&TEXT, None), "Prefix → namespace."),
    key(
        "header",
        Type::SecretTree,
        "The entries of the Header, in this order; secrets are allowed.",
    ),
    key(
        "body",
        Type::PatternTree,
        "The entries of the Body, in this order.",
    )
    .required(),
    key(
        "fault",
        Type::Record(SOAP_FAULT),
        "Which faults are worth another try.",
    ),
    BASE,
    HEADERS,
    CHARSET,
    FAILS,
];
/// `soap.fault:`
pub(crate) static SOAP_FAULT: &[Field] = &[
    key(
        "retry",
        Type::OneOrMany(&TEXT),
        "Patterns with `*` over a fault's code and words: worth another try.",
    ),
    key(
        "fatal",
        Type::OneOrMany(&TEXT),
        "The same: no retry mends it.",
    ),
];

const GUARD_COLUMNS: Field = key(
    "columns",
    Type::List(&TEXT),
    "Headers that must be there: a renamed column is a fault, not an empty field.",
);
const MIN_ROWS: Field = key(
    "min_rows",
    Type::Int(0, 10_000_000),
    "Rows that must be there at least.",
);
/// `guard:`
pub(crate) static GUARD: &[Field] = &[GUARD_COLUMNS, MIN_ROWS];
const GUARD_KEY: Field = key(
    "guard",
    Type::Record(GUARD),
    "What must be there, or the source is at fault.",
);

static SELECTOR: Type = Type::Text(Some(Form::Selector));
/// `html:`
pub(crate) static HTML: &[Field] = request![
    key(
        "rows",
        Type::Text(Some(Form::Selector)),
        "A CSS selector of the rows."
    )
    .required(),
    key(
        "cells",
        Type::Map(&SELECTOR, Some(Form::NotEmpty)),
        "Field → CSS selector within the row, perhaps with `@attribute`: `td a@href`."
    ),
    key(
        "columns",
        Type::Map(&TEXT, Some(Form::NotEmpty)),
        "Field → the text of its column's header, instead of `cells`."
    ),
    GUARD_KEY,
];

const HEADER_LINE: Field = key(
    "header",
    Type::Int(0, 1000),
    "The line of the header, from 1; 0: there is none. Absent: found out.",
);
const FOOTER: Field = key(
    "footer",
    Type::Int(0, 255),
    "Lines at the end that are no records: totals, signatures.",
)
.default("0");
/// `csv:`
pub(crate) static CSV: &[Field] = request![
    key(
        "delimiter",
        Type::Text(Some(Form::Delimiter)),
        "The separator: one character, or `tab`. Absent: found out."
    ),
    HEADER_LINE,
    GUARD_KEY,
    FOOTER,
];
/// `xlsx:`
pub(crate) static XLSX: &[Field] = request![
    key(
        "sheet",
        Type::Scalar,
        "The sheet by name, or by number from 1. Absent: the first."
    ),
    HEADER_LINE,
    GUARD_KEY,
    FOOTER,
];
/// `ical:`
pub(crate) static ICAL: &[Field] = request![
    key(
        "past",
        Type::Duration(0),
        "How far back occurrences are wanted."
    )
    .default("30d"),
    key("ahead", Type::Duration(0), "How far ahead.").default("365d"),
    key(
        "z_is_local",
        Type::Flag,
        "Whether times marked `Z` are local times in truth."
    )
    .default("false"),
    key(
        "caldav",
        Type::Flag,
        "Whether the address is a CalDAV collection, asked by REPORT."
    )
    .default("false"),
];
/// `oai:`
pub(crate) static OAI: &[Field] = &[
    key("get", Type::Pattern, "The path of the repository.").required(),
    key(
        "prefix",
        Type::Text(Some(Form::NotEmpty)),
        "`metadataPrefix`.",
    )
    .default("oai_dc"),
    key("set", Type::Text(Some(Form::NotEmpty)), "One set only."),
    BASE,
    HEADERS,
    CHARSET,
];
/// `ckan:`
pub(crate) static CKAN: &[Field] = &[
    key("get", Type::Pattern, "The path of `package_search`.")
        .default("/api/3/action/package_search"),
    key("rows", Type::Int(1, 1000), "Datasets on a page.").default("100"),
    BASE,
    QUERY,
    HEADERS,
];
/// `jdih:`
pub(crate) static JDIH: &[Field] = &[
    key("get", Type::Pattern, "The path of the integration.").required(),
    BASE,
    QUERY,
    HEADERS,
    CHARSET,
];
const fn dsn(name: &'static str, doc: &'static str) -> Field {
    key(name, Type::Secret { strict: true }, doc).operator()
}
/// `sql:`
pub(crate) static SQL: &[Field] = &[
    dsn(
        "postgres",
        "`postgres://user:password@host/database`, as a secret.",
    ),
    dsn("mysql", "`mysql://…` or `mariadb://…`, as a secret."),
    dsn("sqlite", "`sqlite:///path`, as a secret."),
    key(
        "query",
        Type::Text(Some(Form::NotEmpty)),
        "One SELECT, with `:cursor`, `:last_key` and `:size` as bound parameters.",
    )
    .required(),
    key("limits", Type::Record(SQL_LIMITS), "How long and how much.").operator(),
];
/// `sql.limits:`
pub(crate) static SQL_LIMITS: &[Field] = &[
    key(
        "statement",
        Type::Duration(1),
        "The longest run of the statement.",
    )
    .default("10s")
    .operator(),
    key(
        "rows",
        Type::Int(1, 100_000_000),
        "The most rows of one page.",
    )
    .default("100000")
    .operator(),
];
/// `imap:`
pub(crate) static IMAP: &[Field] = &[
    key("host", Type::Text(Some(Form::Host)), "The server.")
        .required()
        .operator(),
    key("port", Type::Int(1, 65_535), "Its port.")
        .default("993")
        .operator(),
    key(
        "tls",
        Type::Words(&["implicit", "starttls", "none"]),
        "How the connection is protected.",
    )
    .default("implicit")
    .operator(),
    key("user", Type::Secret { strict: false }, "The user.")
        .required()
        .operator(),
    key("password", Type::Secret { strict: true }, "The password.")
        .required()
        .operator(),
    key("folder", Type::Text(Some(Form::NotEmpty)), "The mailbox.")
        .default("INBOX")
        .operator(),
];
/// `webhook:`
pub(crate) static WEBHOOK: &[Field] = &[
    key(
        "types",
        Type::List(&TEXT),
        "The CloudEvents types that it takes, perhaps with `*` at the end. Absent: all.",
    ),
    key(
        "token",
        Type::Secret { strict: true },
        "The app proves itself by this token.",
    )
    .operator(),
    key(
        "credentials",
        Type::Words(&["hub"]),
        "`hub`: the app proves itself by a token or a signing secret that the hub gave it, on the app's page or by `divos connector credential`.",
    )
    .operator(),
    key(
        "hmac",
        Type::Record(WEBHOOK_HMAC),
        "The app signs time and body.",
    )
    .operator(),
    key(
        "standard_webhooks",
        Type::Record(WEBHOOK_STANDARD),
        "The app signs as Standard Webhooks says, in `webhook-signature`; each delivery is an event, CloudEvents or not.",
    )
    .operator(),
    key(
        "github",
        Type::Record(WEBHOOK_GITHUB),
        "The app signs the body alone, as GitHub, Gitea and Forgejo do; each delivery is an event, and the same body is taken once.",
    )
    .operator(),
    key(
        "tolerance",
        Type::Duration(1000),
        "How far a signature's time may be from the hub's.",
    )
    .default("5m")
    .operator(),
];
const SHARED: Field = key(
    "secret",
    Type::Secret { strict: true },
    "The shared secret.",
)
.required()
.operator();
/// `webhook.standard_webhooks:`
pub(crate) static WEBHOOK_STANDARD: &[Field] = &[key(
    "secret",
    Type::Secret { strict: true },
    "The shared secret: base64, perhaps behind `whsec_`.",
)
.required()
.operator()];
/// `webhook.github:`
pub(crate) static WEBHOOK_GITHUB: &[Field] = &[
    SHARED,
    key(
        "header",
        Type::Text(Some(Form::HeaderName)),
        "The header with the signature: HMAC-SHA-256 of the body, hexadecimal.",
    )
    .default("X-Hub-Signature-256")
    .operator(),
];
/// `webhook.hmac:`
pub(crate) static WEBHOOK_HMAC: &[Field] = &[
    SHARED,
    key(
        "header",
        Type::Text(Some(Form::HeaderName)),
        "The header with the signature: HMAC-SHA-256 of `timestamp.body`, hexadecimal or base64.",
    )
    .default("X-Signature")
    .operator(),
    key(
        "timestamp",
        Type::Text(Some(Form::HeaderName)),
        "The header with the time in seconds since 1970.",
    )
    .default("X-Timestamp")
    .operator(),
];
