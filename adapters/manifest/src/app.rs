//! How an app is reached, how people are signed in to it, and who may open what in it.

use crate::Secret;
use divos_model::UnitCode;
use std::time::Duration;
use url::Url;

/// The app behind its virtual host `<host>.<domain>`.
#[derive(Debug, Clone)]
pub struct AppDef {
    /// The label of its virtual host; the connector's id unless the file says otherwise.
    pub host: String,
    /// Where it runs. Empty: the app is not proxied, and a source needs a `base` of its own.
    pub upstreams: Vec<Url>,
    /// The app's own public hosts (and hosts of its links and redirects), lower case, without ports.
    pub hosts: Vec<String>,
    /// The `Host` header the app is sent; the virtual host unless the file says otherwise.
    pub send_host: Option<String>,
    /// The path that the launcher opens; `/` unless the file says otherwise.
    pub open: String,
    /// How long the hub waits.
    pub timeouts: Timeouts,
    /// When the hub leaves a failing app alone.
    pub breaker: Breaker,
    /// What the app is spared.
    pub limits: Limits,
    /// How often a safe request is tried again; 3 unless the file says otherwise.
    pub retries: u32,
    /// Private or link-local address ranges (CIDR) that the operator allowed for this app.
    /// Only the operator's overlay can say so.
    pub networks: Vec<String>,
    /// How a person is signed in to it.
    pub sso: Sso,
    /// Who may open what; what no rule allows is denied. See [`decide`].
    pub rules: Vec<Rule>,
}

/// How long the hub waits for the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection; 3 s.
    pub connect: Duration,
    /// For a whole answer to a data request, all attempts together; 15 s.
    pub total: Duration,
    /// For the next bytes of a proxied answer; 60 s. WebSockets and event streams are exempt.
    pub idle: Duration,
}

/// When the hub leaves a failing app alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// This many failures; 5.
    pub failures: u32,
    /// Within this time; 1 min.
    pub window: Duration,
    /// Open the breaker for this long; 30 s.
    pub open: Duration,
}

/// What the app is spared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest answer that is read as data, in bytes; 32 MB.
    pub body: u64,
    /// The largest proxied request body, in bytes; 1 GB.
    pub upload: u64,
    /// Proxied requests at a time; 256.
    pub requests_in_flight: usize,
    /// Reads at a time (data requests, pages of a database or of a mailbox); 2.
    pub reads_in_flight: usize,
    /// Reads in a minute, over all sources; `None`: as many as it answers.
    pub reads_per_minute: Option<u32>,
    /// Proxied requests of one person in a minute; 1200.
    pub requests_per_minute: u32,
}

/// How a person is signed in to the app.
#[derive(Debug, Clone)]
pub enum Sso {
    /// Reachable when signed in at the hub; the app learns nothing.
    None,
    /// Reachable by anyone.
    Public,
    /// The app trusts headers behind the proxy: header name → what of the person it carries.
    Headers {
        /// In the order of the file.
        set: Vec<(String, Attribute)>,
    },
    /// The app trusts a short-lived JWT bound to its audience.
    Jwt {
        /// The header that carries it; `X-Divos-Assertion`. In `Authorization` it follows `Bearer `.
        header: String,
        /// The `aud` claim; the connector's id.
        audience: String,
        /// How long it lives; 60 s.
        lifetime: Duration,
        /// The claims besides `iss`, `sub`, `aud`, `iat`, `exp` and `jti`.
        claims: Vec<Claim>,
    },
    /// HTTP Basic (RFC 7617), injected by the hub.
    Basic {
        /// Who it is.
        username: BasicUser,
        /// The password.
        password: Secret,
    },
}

/// The user name that HTTP Basic carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BasicUser {
    /// The same for all.
    Fixed(String),
    /// Something of the person.
    Person(Attribute),
}

/// A claim of the JWT: the same words as [`Attribute`].
pub type Claim = Attribute;

/// Something of the signed-in person that an app may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// The opaque person id.
    Id,
    /// The name the person signs in with.
    Login,
    /// The full name.
    Name,
    /// The e-mail address.
    Email,
    /// The civil servant number.
    Nip,
    /// The code of the unit of the first post.
    Unit,
    /// The name of that unit.
    UnitName,
    /// The title of the first post.
    Post,
    /// The roles, comma-separated.
    Roles,
}

impl Attribute {
    /// Every attribute with the word that the YAML uses.
    pub const ALL: &'static [(&'static str, Attribute)] = &[
        ("id", Self::Id),
        ("login", Self::Login),
        ("name", Self::Name),
        ("email", Self::Email),
        ("nip", Self::Nip),
        ("unit", Self::Unit),
        ("unit_name", Self::UnitName),
        ("post", Self::Post),
        ("roles", Self::Roles),
    ];

    /// Returns the word that the YAML uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("", |(word, _)| word)
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, attribute)| *attribute)
    }
}

/// One rule of the app's policy: under this path, for these methods, these may.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// A normalised path prefix that ends at a segment: `/a` covers `/a` and `/a/b`, not `/ab`.
    pub path: String,
    /// Upper-case methods; empty means all.
    pub methods: Vec<String>,
    /// Who may.
    pub allow: Allow,
}

/// Who may.
#[derive(Debug, Clone, PartialEq)]
pub enum Allow {
    /// Anyone, signed in or not.
    Public,
    /// Anyone who is signed in.
    SignedIn,
    /// Nobody.
    Nobody,
    /// Holders of one of these roles.
    Role(Vec<String>),
    /// Holders of a post in one of these units, or below where `subtree` says so.
    Unit(Vec<(UnitCode, bool)>),
    /// Those for whom all of these hold.
    All(Vec<Allow>),
    /// Those for whom any of these holds.
    Any(Vec<Allow>),
}

/// Finds the rule that decides: the one with the longest path that covers `path` and whose methods
/// hold `method`; `None` means denied. A rule that names methods wins over one that does not. `path` must
/// already be normalised.
#[must_use]
pub fn decide<'a>(rules: &'a [Rule], method: &str, path: &str) -> Option<&'a Rule> {
    rules
        .iter()
        .filter(|rule| covers(&rule.path, path))
        .filter(|rule| rule.methods.is_empty() || rule.methods.iter().any(|m| m == method))
        .max_by_key(|rule| (rule.path.len(), !rule.methods.is_empty()))
}

/// Tells whether a path lies under a prefix, by whole segments.
fn covers(prefix: &str, path: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
