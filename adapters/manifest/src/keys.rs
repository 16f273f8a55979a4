//! Every key of the grammar, with what it means. One table for all who need it; see `grammar.rs`.

use crate::grammar::{Field, Type};
use crate::problem::Form;

const fn key(name: &'static str, ty: Type, doc: &'static str) -> Field {
    Field::new(name, ty, doc)
}

static TEXT: Type = Type::Text(Some(Form::NotEmpty));
static ANY: Type = Type::Any;
static EXPR: Type = Type::Expr;
static PATTERN: Type = Type::Pattern;
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

static SLA: &[Field] = &[key(
    "fresh",
    Type::Duration(1000),
    "Data older than this is called stale; three times the longest `every` and at least 1h where absent.",
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
];

/// `app:`
pub(crate) static APP: &[Field] = &[
    key(
        "host",
        Type::Text(Some(Form::AppId)),
        "The label of its virtual host; the app's id where absent.",
    ),
    key("upstreams", Type::OneOrMany(&URL), "Where the app runs.").operator(),
    key(
        "hosts",
        Type::OneOrMany(&HOST),
        "The app's own public hosts, for its links and redirects.",
    )
    .operator(),
    key(
        "send_host",
        Type::Text(Some(Form::Host)),
        "The Host header that the app is sent.",
    )
    .operator(),
    key(
        "open",
        Type::Text(Some(Form::UrlPath)),
        "The path that the launcher opens.",
    )
    .default("/"),
    key(
        "timeouts",
        Type::Record(TIMEOUTS),
        "How long the hub waits.",
    )
    .operator(),
    key(
        "breaker",
        Type::Record(BREAKER),
        "When the hub leaves a failing app alone.",
    )
    .operator(),
    key("limits", Type::Record(LIMITS), "What the app is spared.").operator(),
    key(
        "retries",
        Type::Int(0, 10),
        "How often a safe data request is tried again.",
    )
    .default("3")
    .operator(),
    key(
        "networks",
        Type::OneOrMany(&Type::Text(Some(Form::Cidr))),
        "Private address ranges that this app may be called in.",
    )
    .operator_only(),
    key(
        "sso",
        Type::Choice(SSO_WORDS, SSO),
        "How a person is signed in to the app.",
    )
    .default("none"),
    key(
        "policy",
        Type::List(&RULE_TYPE),
        "Who may open what. What no rule allows is denied. Absent: everyone who is signed in (anyone at all with `sso: public`).",
    ),
];

/// `app.timeouts:`
pub(crate) static TIMEOUTS: &[Field] = &[
    key("connect", Type::Duration(1), "For a connection.")
        .default("3s")
        .operator(),
    key(
        "total",
        Type::Duration(1),
        "For a whole answer to a data request, all attempts together.",
    )
    .default("15s")
    .operator(),
    key(
        "idle",
        Type::Duration(1),
        "For the next bytes of a proxied answer.",
    )
    .default("60s")
    .operator(),
];

/// `app.breaker:`
pub(crate) static BREAKER: &[Field] = &[
    key("failures", Type::Int(1, 1000), "This many failures …")
        .default("5")
        .operator(),
    key("window", Type::Duration(1), "… within this time …")
        .default("1m")
        .operator(),
    key(
        "open",
        Type::Duration(1),
        "… and the app is left alone for so long.",
    )
    .default("30s")
    .operator(),
];

/// `app.limits:`
pub(crate) static LIMITS: &[Field] = &[
    key(
        "body",
        Type::Size,
        "The largest answer that is read as data.",
    )
    .default("32MB")
    .operator(),
    key("upload", Type::Size, "The largest proxied request body.")
        .default("1GB")
        .operator(),
    key(
        "requests_in_flight",
        Type::Int(1, 100_000),
        "Proxied requests at a time.",
    )
    .default("256")
    .operator(),
    key(
        "reads_in_flight",
        Type::Int(1, 100),
        "Data requests at a time.",
    )
    .default("2")
    .operator(),
    key(
        "requests_per_minute",
        Type::Int(1, 1_000_000),
        "Proxied requests of one person in a minute.",
    )
    .default("1200")
    .operator(),
];

static NONE: &[(&str, &str)] = &[("none", "No credentials.")];
static SSO_WORDS: &[(&str, &str)] = &[
    (
        "none",
        "Reachable when signed in at the hub; the app learns nothing.",
    ),
    ("public", "Reachable by anyone."),
];
static SSO: &[Field] = &[
    key(
        "headers",
        Type::Record(SSO_HEADERS),
        "The app trusts headers behind the proxy.",
    ),
    key(
        "jwt",
        Type::Record(SSO_JWT),
        "The app trusts a short-lived JWT.",
    ),
    key(
        "basic",
        Type::Record(SSO_BASIC),
        "HTTP Basic, injected by the hub.",
    ),
];
static SSO_HEADERS: &[Field] = &[key(
    "set",
    Type::Map(&ATTRIBUTE, Some(Form::HeaderName)),
    "Header → what of the person it carries.",
)
.required()];
/// `app.sso.jwt:`
pub(crate) static SSO_JWT: &[Field] = &[
    key(
        "header",
        Type::Text(Some(Form::HeaderName)),
        "The header that carries it; in `Authorization` it follows `Bearer `.",
    )
    .default("X-Divos-Assertion"),
    key(
        "audience",
        Type::Text(Some(Form::NotEmpty)),
        "The `aud` claim; the app's id where absent.",
    ),
    key("lifetime", Type::Duration(1000), "How long it lives.").default("60s"),
    key(
        "claims",
        Type::OneOrMany(&ATTRIBUTE),
        "What of the person it tells.",
    ),
];
static SSO_BASIC: &[Field] = &[
    key(
        "username",
        Type::Text(Some(Form::NotEmpty)),
        "The user name, the same for all.",
    ),
    key(
        "person",
        Type::Words(ATTRIBUTES),
        "What of the person is the user name, instead of `username`.",
    ),
    key("password", Type::Secret { strict: true }, "The password.")
        .required()
        .operator(),
];

static RULE_TYPE: Type = Type::Record(RULE);
static RULE: &[Field] = &[
    key(
        "path",
        Type::Text(Some(Form::UrlPath)),
        "A path and everything below it; the longest one that fits decides.",
    )
    .required(),
    key(
        "methods",
        Type::OneOrMany(&Type::Text(Some(Form::Method))),
        "Only for these methods.",
    ),
    key("allow", Type::Choice(ALLOW_WORDS, ALLOW), "Who may.").required(),
];
static ALLOW_TYPE: Type = Type::Choice(ALLOW_WORDS, ALLOW);
static ALLOW_WORDS: &[(&str, &str)] = &[
    ("public", "Anyone, signed in or not."),
    ("signed_in", "Anyone who is signed in."),
    ("nobody", "Nobody."),
];
static ALLOW: &[Field] = &[
    key(
        "role",
        Type::OneOrMany(&TEXT),
        "Holders of one of these roles.",
    ),
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
        "all",
        Type::List(&ALLOW_TYPE),
        "Those for whom all of these hold.",
    ),
    key(
        "any",
        Type::List(&ALLOW_TYPE),
        "Those for whom any of these holds.",
    ),
];

static AUTH: &[Field] = &[
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
static AUTH_BASIC: &[Field] = &[
    key("username", Type::Secret { strict: false }, "The user name.")
        .required()
        .operator(),
    key("password", Type::Secret { strict: true }, "The password.")
        .required()
        .operator(),
];
static AUTH_BEARER: &[Field] = &[key("token", Type::Secret { strict: true }, "The token.")
    .required()
    .operator()];
static AUTH_HEADER: &[Field] = &[
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
static AUTH_KEY: &[Field] = &[
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

static SOURCE_TYPE: Type = Type::Record(SOURCE);
/// `sources.*:`
pub(crate) static SOURCE: &[Field] = &[
    key(
        "rest",
        Type::Record(REQUEST),
        "A JSON API. Exactly one of `rest` and `feed`.",
    ),
    key("feed", Type::Record(REQUEST), "An RSS, Atom or JSON feed."),
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
        Type::Duration(1000),
        "How often: an interval such as `15m`.",
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

/// `sources.*.rest:` and `sources.*.feed:`
pub(crate) static REQUEST: &[Field] = &[
    key(
        "get",
        Type::Pattern,
        "The path of a GET request; short for `path`.",
    ),
    key("path", Type::Pattern, "The path, instead of `get`."),
    key(
        "method",
        Type::Words(&["GET", "POST"]),
        "The method, with `path`.",
    )
    .default("GET"),
    key(
        "base",
        Type::Text(Some(Form::Url)),
        "An address of its own, where it is not the app's.",
    )
    .operator(),
    key(
        "query",
        Type::Map(&PATTERN, None),
        "Query parameters. One that mentions `${cursor}` is left out while there is none.",
    ),
    key(
        "headers",
        Type::Map(&PATTERN, Some(Form::HeaderName)),
        "Request headers; credentials belong in `auth`.",
    ),
    key("body", Type::PatternTree, "A JSON body for POST."),
    key(
        "charset",
        Type::Text(Some(Form::Charset)),
        "The character set, whatever the answer says.",
    ),
    key(
        "fail",
        Type::Record(FAIL),
        "How an error inside an answer with status 200 is recognised.",
    ),
];
static FAIL: &[Field] = &[
    key("when", Type::Expr, "True of a document that is an error.").required(),
    key("message", Type::Path, "Where the document says why."),
];

static PAGINATE: &[Field] = &[
    key("page", Type::Record(PAGE), "A page number."),
    key(
        "offset",
        Type::Record(OFFSET),
        "An offset that grows by `size`.",
    ),
    key(
        "link",
        Type::Record(LINK),
        "The next page's address, in the Link header or the document.",
    ),
    key(
        "cursor",
        Type::Record(TOKEN),
        "An opaque token from the document.",
    ),
    key(
        "header",
        Type::Record(HEADER),
        "A page number, with the number of pages in a header.",
    ),
];
const MAX_PAGES: Field = key(
    "max_pages",
    Type::Int(1, 1_000_000),
    "The most pages of one pass; reaching it is a fault.",
)
.default("1000")
.operator();
const SIZE: Field = key("size", Type::Int(1, 100_000), "Records on a full page.");
const SIZE_PARAM: Field = key(
    "size_param",
    Type::Text(Some(Form::NotEmpty)),
    "The query parameter that carries `size`.",
);
static UNTIL: &[&str] = &["empty", "short", "total"];
/// `paginate.page:`
pub(crate) static PAGE: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter; absent where `${page}` is written in the request.",
    ),
    SIZE_PARAM,
    SIZE,
    key("start", Type::Int(0, 1_000_000), "The first page.").default("1"),
    key(
        "until",
        Type::Words(UNTIL),
        "The last page is one that is empty, one shorter than `size`, or when `total` is reached.",
    )
    .default("empty"),
    key(
        "total",
        Type::Path,
        "Where the document declares its total.",
    ),
    MAX_PAGES,
];
/// `paginate.offset:`
pub(crate) static OFFSET: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter.",
    )
    .default("offset"),
    key(
        "size_param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter that carries `size`.",
    )
    .default("limit"),
    key("size", Type::Int(1, 100_000), "Records on a full page.").default("100"),
    key("start", Type::Int(0, 1_000_000), "The first offset.").default("0"),
    key("until", Type::Words(UNTIL), "As for `page`.").default("short"),
    key(
        "total",
        Type::Path,
        "Where the document declares its total.",
    ),
    MAX_PAGES,
];
/// `paginate.link:`
pub(crate) static LINK: &[Field] = &[
    key(
        "rel",
        Type::Text(Some(Form::NotEmpty)),
        "The relation in the Link header.",
    )
    .default("next"),
    key(
        "path",
        Type::Path,
        "Where the document says the next address, instead of the header.",
    ),
    MAX_PAGES,
];
/// `paginate.cursor:`
pub(crate) static TOKEN: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter that carries the token.",
    )
    .required(),
    key(
        "path",
        Type::Path,
        "Where the document says the next token.",
    )
    .required(),
    key(
        "more",
        Type::Path,
        "Where the document says whether there is more.",
    ),
    SIZE_PARAM,
    SIZE,
    MAX_PAGES,
];
/// `paginate.header:`
pub(crate) static HEADER: &[Field] = &[
    key(
        "param",
        Type::Text(Some(Form::NotEmpty)),
        "The query parameter.",
    )
    .default("page"),
    SIZE_PARAM,
    SIZE,
    key("start", Type::Int(0, 1_000_000), "The first page.").default("1"),
    key(
        "pages",
        Type::Text(Some(Form::HeaderName)),
        "The header with the number of pages.",
    )
    .required(),
    key(
        "total",
        Type::Text(Some(Form::HeaderName)),
        "The header with the number of records.",
    ),
    MAX_PAGES,
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
        "A record is gone this long after it was last seen.",
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
pub(crate) static PII_WORDS: &[&str] = &["keep", "mask", "hash", "drop"];
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

/// The words and keys of `allow`, the one type that contains itself.
pub(crate) fn allow() -> (&'static [(&'static str, &'static str)], &'static [Field]) {
    (ALLOW_WORDS, ALLOW)
}
