//! `sources:`: what is asked for, how often, and what becomes of it.

use super::ways::{CKAN, CSV, HTML, ICAL, IMAP, JDIH, OAI, REQUEST, SOAP, SQL, WEBHOOK, XLSX};
use super::{EXPR, key, paging::PAGINATE};
use crate::grammar::{Field, Type};
use crate::problem::Form;

pub(super) static SOURCE_TYPE: Type = Type::Record(SOURCE);
/// `sources.*:`
pub(crate) static SOURCE: &[Field] = &[
    key(
        "rest",
        Type::Record(REQUEST),
        "A JSON API. Exactly one of the ways to read: `rest`, `feed`, `soap`, `xml`, `html`, `csv`, `xlsx`, `ical`, `oai`, `ckan`, `jdih`, `sql`, `imap`, `webhook`.",
    ),
    key("feed", Type::Record(REQUEST), "An RSS, Atom or JSON feed."),
    key("soap", Type::Record(SOAP), "A SOAP operation."),
    key("xml", Type::Record(REQUEST), "An XML document."),
    key("html", Type::Record(HTML), "Rows of an HTML page."),
    key("csv", Type::Record(CSV), "Separated text."),
    key(
        "xlsx",
        Type::Record(XLSX),
        "A sheet of a workbook: XLSX, ODS or XLS; a page or separated text under such a name is read too.",
    ),
    key("ical", Type::Record(ICAL), "A calendar (RFC 5545)."),
    key("oai", Type::Record(OAI), "An OAI-PMH 2.0 repository."),
    key("ckan", Type::Record(CKAN), "Datasets of a CKAN portal."),
    key(
        "jdih",
        Type::Record(JDIH),
        "Legal documents in the JSON of the national network (JDIHN).",
    ),
    key("sql", Type::Record(SQL), "A read-only query."),
    key("imap", Type::Record(IMAP), "Letters of a mailbox."),
    key(
        "webhook",
        Type::Record(WEBHOOK),
        "Events that the app pushes to `/api/v1/ingest/{app}`.",
    ),
    key(
        "parent",
        Type::Record(PARENT),
        "The source for each of whose records this one is asked, with `${parent}` in the request.",
    ),
    key(
        "select",
        Type::Select,
        "Where in the document the records are: a dotted path with `[*]`, or a JSONPath that starts with `$`. Absent: the document itself.",
    ),
    key(
        "paginate",
        Type::Choice(&[], PAGINATE),
        "How to get the next page.",
    ),
    key(
        "cursor",
        Type::Record(CURSOR),
        "How to ask for changes only.",
    ),
    key(
        "every",
        Type::DurationOr(1000, EVERY),
        "How often: an interval such as `15m`, `{ cron: \"*/15 7-17 * * 1-5\" }`, or `{ every: 15m, office: 7-17 }`.",
    )
    .default("15m")
    .operator(),
    key(
        "deletes",
        Type::Choice(DELETES_WORDS, DELETES),
        "How the hub learns that a record is gone.",
    )
    .required(),
    key("to", Type::Words(KINDS), "What a record becomes.").required(),
    key(
        "map",
        Type::Map(&EXPR, None),
        "How: a field of the model → an expression over the record's fields.",
    )
    .required(),
];

/// `sources.*.parent:`
pub(crate) static PARENT: &[Field] = &[
    key(
        "source",
        Type::Text(Some(Form::Slug)),
        "The source whose records are walked over.",
    )
    .required(),
    key(
        "field",
        Type::Path,
        "The field of its record that fills `${parent}`.",
    )
    .required(),
];

/// The kinds of the model; held equal to it by a test.
pub(crate) static KINDS: &[&str] = &[
    "task",
    "letter",
    "document",
    "approval",
    "announcement",
    "event",
    "report",
    "ticket",
    "service_request",
    "attendance",
    "dataset",
    "regulation",
];

pub(super) static FAIL: &[Field] = &[
    key("when", Type::Expr, "True of a document that is an error.").required(),
    key("message", Type::Path, "Where the document says why."),
];

/// `sources.*.cursor:`
pub(crate) static CURSOR: &[Field] = &[
    key(
        "field",
        Type::Path,
        "The record's field whose greatest value is the next cursor.",
    )
    .required(),
    key(
        "start",
        Type::Scalar,
        "The cursor of the first pass and of full passes.",
    ),
    key(
        "overlap",
        Type::Duration(0),
        "How far back of the last value to ask.",
    )
    .default("0s")
    .operator(),
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter that carries it; absent where `${cursor}` is written in the request.",
    ),
    key(
        "format",
        Type::Text(Some(Form::NotEmpty)),
        "How it is written: `rfc3339`, `date`, `epoch`, `epoch_ms`, `raw` or a strftime pattern.",
    )
    .default("rfc3339"),
];

/// `sources.*.every:` as a map
pub(crate) static EVERY: &[Field] = &[
    key(
        "cron",
        Type::Text(Some(Form::NotEmpty)),
        "The times: minute, hour, day of the month, month and day of the week, in the app's zone: `*/15 7-17 * * 1-5`.",
    )
    .operator(),
    key(
        "every",
        Type::Duration(1000),
        "How often: an interval, with `office`.",
    )
    .operator(),
    key(
        "office",
        Type::Text(Some(Form::Office)),
        "Monday to Friday only, between these hours of the app's zone: `7-17`.",
    )
    .operator(),
];

static DELETES_WORDS: &[(&str, &str)] = &[
    (
        "sweep",
        "What a full pass no longer holds is gone. With a `cursor`, a full pass is made every 6h.",
    ),
    ("never", "Records are never deleted."),
];
static DELETES: &[Field] = &[
    key(
        "sweep",
        Type::Record(SWEEP),
        "What a full pass no longer holds is gone.",
    ),
    key(
        "tombstone",
        Type::Expr,
        "A record for which this is true is gone.",
    ),
    key(
        "ttl",
        Type::Duration(1000),
        "A record is gone this long after it was last seen; one that is pushed, after it last changed.",
    ),
];
/// `deletes.sweep:`
pub(crate) static SWEEP: &[Field] = &[key(
    "full_every",
    Type::Duration(1000),
    "How often a full pass is made, where there is a `cursor`.",
)
.default("6h")
.operator()];
