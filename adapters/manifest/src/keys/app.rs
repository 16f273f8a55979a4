//! `app:`: how it is reached and opened, and who may.

use super::{ATTRIBUTE, ATTRIBUTES, HOST, TEXT, UNIT, URL, key};
use crate::grammar::{Field, Type};
use crate::problem::Form;

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
        "Reads at a time: data requests, pages of a database or of a mailbox.",
    )
    .default("2")
    .operator(),
    key(
        "reads_per_minute",
        Type::Int(1, 1_000_000),
        "Reads in a minute over all its sources (data requests, pages of a database or of a mailbox); as many as it answers where absent. What a server is spared over all its apps stands in hub.yaml, `feed.hosts`.",
    )
    .operator(),
    key(
        "requests_per_minute",
        Type::Int(1, 1_000_000),
        "Proxied requests of one person in a minute.",
    )
    .default("1200")
    .operator(),
];

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

/// The words and keys of `allow`, the one type that contains itself.
pub(crate) fn allow() -> (&'static [(&'static str, &'static str)], &'static [Field]) {
    (ALLOW_WORDS, ALLOW)
}
