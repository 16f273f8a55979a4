//! Who is calling, and what a reader may see.
//!
//! Owns the answer of `identify` and the person as the rest of the hub knows them: name, posts held *now*, roles,
//! audience keys. It must never know cookies, tokens or apps.

use crate::Nip;
use chrono::{DateTime, Utc};
use divos_model::{PersonId, UnitCode};
use divos_store::{HeldPost, IdentifierKind, Standing, TokenHash};
use std::fmt;
use std::sync::Arc;

/// Who is calling.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody we know; says why, for the words on the sign-in page.
    Anonymous(Why),
    /// A person with a session on this host.
    Person(Arc<SignedIn>),
    /// A machine client with an API token.
    Machine(Arc<Machine>),
}

/// Why a caller is anonymous.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// No credential was sent.
    NoCredential,
    /// A cookie or token that is malformed, oversized or there twice.
    Malformed,
    /// A credential that was never given, or that ended.
    Unknown,
    /// The session was idle too long, or is too old.
    Expired,
    /// The account is disabled.
    Disabled,
}

/// A person with a session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session on this host.
    pub session: SessionRef,
    /// The person, as of at most five seconds ago.
    pub reader: Arc<Reader>,
    /// When the person proved who they are.
    pub since: DateTime<Utc>,
    /// When the session ends whatever happens.
    pub until: DateTime<Utc>,
}

/// One session, by what may be shown of it. It opens nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionRef {
    pub(crate) hash: TokenHash,
    pub(crate) parent: Option<TokenHash>,
    pub(crate) host: Arc<str>,
}

impl SessionRef {
    /// Returns the host that the session is for.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Returns the name by which pages and logs speak of the session: 16 hexadecimal digits.
    #[must_use]
    pub fn public_id(&self) -> String {
        public_id(&self.hash)
    }

    /// Tells whether it is the child, on an app's host, of a portal session.
    #[must_use]
    pub fn is_child(&self) -> bool {
        self.parent.is_some()
    }

    /// Returns the portal session's hash: the session itself, or its parent.
    pub(crate) fn root(&self) -> TokenHash {
        self.parent.unwrap_or(self.hash)
    }
}

/// Names a session in public: the first eight bytes of its hash, which cannot be turned back.
#[must_use]
pub fn public_id(hash: &TokenHash) -> String {
    hex::encode(&hash.bytes()[..8])
}

impl fmt::Debug for SessionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({} on {})", self.public_id(), self.host)
    }
}

/// A machine client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// The token's public id.
    pub id: String,
    /// What the operator called it.
    pub name: String,
    /// What it may do, for example `feed:read` or `ingest:surat`.
    pub scopes: Vec<String>,
}

impl Machine {
    /// Tells whether it may do what `scope` says.
    #[must_use]
    pub fn may(&self, scope: &str) -> bool {
        self.scopes.iter().any(|held| held == scope)
    }
}

/// A person as the hub knows them now: what they are called, hold and may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The opaque id: the only name of theirs that may be logged.
    pub person: PersonId,
    /// The full name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The civil servant number; masks itself.
    pub nip: Option<Nip>,
    /// What apps may call them: their user name, else the e-mail address, else the person id. Never the NIP.
    pub username: String,
    /// The roles, sorted.
    pub roles: Vec<String>,
    /// The posts held now, the definitive ones first.
    pub posts: Vec<HeldPost>,
    /// The units of those posts, without repeats.
    pub units: Vec<UnitCode>,
    /// The units of those posts and every unit above them, without repeats.
    pub under: Vec<UnitCode>,
    /// The person and the keys by which they read, as feed and store are handed them.
    pub reads: divos_store::Reader,
    /// Another one whenever anything above is another: part of the key of whatever is cached per reader.
    pub version: u64,
    pub(crate) disabled: bool,
    pub(crate) epoch: u64,
}

impl Reader {
    /// Makes the reader of what the store says of a person today.
    pub(crate) fn of(standing: Standing) -> Self {
        let version = version_of(&standing);
        let reads = divos_store::Reader::new(standing.person.id, standing.keys());
        let Standing { person, posts } = standing;
        let named = |kind| {
            person
                .identifiers
                .iter()
                .find(|name| name.kind == kind)
                .map(|name| name.value.clone())
        };
        let email = named(IdentifierKind::Email);
        let username = named(IdentifierKind::Username)
            .or_else(|| email.clone())
            .unwrap_or_else(|| person.id.to_string());
        Self {
            person: person.id,
            nip: named(IdentifierKind::Nip).and_then(|nip| Nip::parse(&nip).ok()),
            email,
            username,
            units: distinct(posts.iter().map(|held| &held.post.unit)),
            under: distinct(posts.iter().flat_map(|held| &held.lineage)),
            reads,
            version,
            name: person.name,
            roles: person.roles,
            posts,
            disabled: person.disabled,
            epoch: person.epoch,
        }
    }

    /// Tells whether the person has a role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|held| held == role)
    }

    /// Returns the post that comes first: a definitive one where there is one.
    #[must_use]
    pub fn first_post(&self) -> Option<&HeldPost> {
        self.posts.first()
    }
}

/// Keeps the first of each, in order.
fn distinct<'a>(codes: impl Iterator<Item = &'a UnitCode>) -> Vec<UnitCode> {
    let mut kept: Vec<UnitCode> = Vec::new();
    for code in codes {
        if !kept.contains(code) {
            kept.push(code.clone());
        }
    }
    kept
}

/// Hashes all that a reader is made of. Only for caches of this process.
fn version_of(standing: &Standing) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hash = DefaultHasher::new();
    let Standing { person, posts } = standing;
    (
        &person.id,
        &person.name,
        person.disabled,
        person.epoch,
        &person.roles,
        &person.identifiers,
    )
        .hash(&mut hash);
    for held in posts {
        (
            held.post.id,
            &held.post.unit,
            &held.post.title,
            &held.post.kind,
        )
            .hash(&mut hash);
        (held.kind, &held.unit_name, &held.lineage, held.to).hash(&mut hash);
    }
    hash.finish()
}

impl Caller {
    /// Makes the caller that a person would be, for asking what they may open: there is no session behind it, and it
    /// opens nothing.
    #[must_use]
    pub fn of_reader(reader: Arc<Reader>) -> Self {
        let session = SessionRef {
            hash: crate::TokenHash::from_bytes([0; 32]),
            parent: None,
            host: Arc::from(""),
        };
        Self::Person(Arc::new(SignedIn {
            session,
            reader,
            since: DateTime::UNIX_EPOCH,
            until: DateTime::UNIX_EPOCH,
        }))
    }

    /// Returns the person, where the caller is one.
    #[must_use]
    pub fn signed_in(&self) -> Option<&Arc<SignedIn>> {
        match self {
            Self::Person(person) => Some(person),
            Self::Anonymous(_) | Self::Machine(_) => None,
        }
    }

    /// Returns what the caller may read as a person.
    #[must_use]
    pub fn reader(&self) -> Option<&Arc<Reader>> {
        self.signed_in().map(|person| &person.reader)
    }

    /// Returns the name for logs: `anonymous`, the person id or `token:<id>`.
    #[must_use]
    pub fn log_name(&self) -> String {
        match self {
            Self::Anonymous(_) => "anonymous".into(),
            Self::Person(person) => person.reader.person.to_string(),
            Self::Machine(machine) => format!("token:{}", machine.id),
        }
    }
}
