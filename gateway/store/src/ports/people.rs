//! The port of people: persons, what they sign in with, units, posts and who holds them.

use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use divos_model::{AudienceKey, PersonId, PostId, UnitCode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// What kind of name somebody signs in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The 18-digit number of a civil servant (PNS or PPPK).
    Nip,
    /// An e-mail address.
    Email,
    /// A plain user name.
    Username,
}

/// A name somebody signs in with. Unique among all people once normalised.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// Its kind.
    pub kind: IdentifierKind,
    /// As normalised by [`Identifier::new`].
    pub value: String,
}

impl Identifier {
    /// Normalises what was written: no blanks; a NIP without dots and hyphens, others in lower case.
    #[must_use]
    pub fn new(kind: IdentifierKind, written: &str) -> Self {
        let bare = written.chars().filter(|c| !c.is_whitespace());
        let value = match kind {
            IdentifierKind::Nip => bare.filter(|c| !matches!(c, '.' | '-')).collect(),
            IdentifierKind::Email | IdentifierKind::Username => {
                bare.flat_map(char::to_lowercase).collect()
            }
        };
        Self { kind, value }
    }

    /// Guesses the kind of what was typed into a sign-in form: with `@` an e-mail address, of digits
    /// alone a NIP, else a user name.
    #[must_use]
    pub fn guess(written: &str) -> Self {
        let nip = Self::new(IdentifierKind::Nip, written);
        if written.contains('@') {
            Self::new(IdentifierKind::Email, written)
        } else if !nip.value.is_empty() && nip.value.bytes().all(|c| c.is_ascii_digit()) {
            nip
        } else {
            Self::new(IdentifierKind::Username, written)
        }
    }
}

impl std::fmt::Debug for Identifier {
    /// Shows the kind alone: a NIP holds a birth date.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identifier({:?})", self.kind)
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// `PNS`, `PPPK` or another word; `None` where unknown.
    pub status: Option<String>,
    /// Whether they may not sign in.
    pub disabled: bool,
    /// Grows when everything issued to them so far has to end.
    pub epoch: u64,
    /// Their roles, sorted.
    pub roles: Vec<String>,
    /// What they sign in with, sorted.
    pub identifiers: Vec<Identifier>,
    /// Whether a password is set.
    pub has_password: bool,
}

/// A person as an import or the command line names them. Found by any of the identifiers.
#[derive(Debug, Clone)]
pub struct PersonRecord {
    /// The row in what is imported, for faults.
    pub row: usize,
    /// The id; `None` = found by an identifier, else a new one.
    pub id: Option<PersonId>,
    /// Their name.
    pub name: String,
    /// `PNS`, `PPPK` or another word.
    pub status: Option<String>,
    /// All that they sign in with.
    pub identifiers: Vec<Identifier>,
    /// All their roles; `None` leaves those they have.
    pub roles: Option<Vec<String>>,
    /// A password hash (PHC string); `None` leaves what they have.
    pub password: Option<SecretString>,
    /// All the posts they hold; `None` leaves those they have.
    pub assignments: Option<Vec<Assignment>>,
    /// Whether they may not sign in; `None` leaves it.
    pub disabled: Option<bool>,
}

impl PersonRecord {
    /// Begins a record with a name and nothing else.
    #[must_use]
    pub fn new(row: usize, name: &str, identifiers: Vec<Identifier>) -> Self {
        Self {
            row,
            id: None,
            name: name.to_owned(),
            status: None,
            identifiers,
            roles: None,
            password: None,
            assignments: None,
            disabled: None,
        }
    }
}

/// A row that could not be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFault {
    /// The record's row.
    pub row: usize,
    /// The field, for example `identifiers` or `assignments.post`.
    pub field: &'static str,
    /// What is wrong, in Indonesian; without personal data.
    pub message_id: String,
    /// What is wrong, in English; without personal data.
    pub message_en: String,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Persons that are new.
    pub added: u32,
    /// Persons that changed.
    pub changed: u32,
    /// Persons that were as written.
    pub unchanged: u32,
    /// Rows that were left out.
    pub faults: Vec<ImportFault>,
    /// The person of each good row: `(row, person)`.
    pub persons: Vec<(usize, PersonId)>,
}

/// A work unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its code.
    pub code: UnitCode,
    /// The unit above it.
    pub parent: Option<UnitCode>,
    /// Its name.
    pub name: String,
}

/// A post (jabatan) in a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Its unit.
    pub unit: UnitCode,
    /// Its title.
    pub title: String,
    /// Its type, for example `struktural`, `fungsional`, `pelaksana`.
    pub kind: String,
}

/// In what capacity a post is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentKind {
    /// By appointment.
    Definitif,
    /// Pelaksana tugas: acting, the post is vacant.
    Plt,
    /// Pelaksana harian: acting, the holder is away.
    Plh,
    /// Penjabat.
    Pj,
}

/// That somebody holds a post.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assignment {
    /// The post.
    pub post: PostId,
    /// In what capacity.
    pub kind: AssignmentKind,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; `None` = open.
    pub to: Option<NaiveDate>,
}

/// A post that somebody holds on a day, with where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldPost {
    /// The post.
    pub post: Post,
    /// In what capacity.
    pub kind: AssignmentKind,
    /// Its unit's name.
    pub unit_name: String,
    /// Its unit and every unit above, lowest first.
    pub lineage: Vec<UnitCode>,
    /// The last day; `None` = open.
    pub to: Option<NaiveDate>,
}

/// A person with what they hold on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The person.
    pub person: Person,
    /// The posts they hold, definitive ones first.
    pub posts: Vec<HeldPost>,
}

impl Standing {
    /// Returns the keys by which they read: everyone, person, posts, units, units above, roles.
    #[must_use]
    pub fn keys(&self) -> Vec<AudienceKey> {
        let mut keys = vec![AudienceKey::Everyone, AudienceKey::Person(self.person.id)];
        for held in &self.posts {
            keys.push(AudienceKey::Post(held.post.id));
            keys.push(AudienceKey::Unit(held.post.unit.clone()));
            keys.extend(held.lineage.iter().cloned().map(AudienceKey::Under));
        }
        keys.extend(self.person.roles.iter().cloned().map(AudienceKey::Role));
        keys.sort();
        keys.dedup();
        keys
    }
}

/// Asks for a list of people.
#[derive(Debug, Clone, Default)]
pub struct PersonQuery {
    /// Part of the name or the beginning of an identifier.
    pub text: Option<String>,
    /// After this person, in the order of name and id.
    pub after: Option<(String, PersonId)>,
    /// How many at most, 1 to 1000.
    pub limit: usize,
}

/// Keeps people and where they work.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// Adds or changes persons in one transaction. Faulty rows are left out and named; with
    /// `dry_run` nothing is written. A changed password, role or disabling raises the epoch.
    async fn import(
        &self,
        records: Vec<PersonRecord>,
        dry_run: bool,
        at: DateTime<Utc>,
    ) -> Result<Imported, StoreError>;

    /// Returns a person.
    async fn person(&self, id: PersonId) -> Result<Option<Person>, StoreError>;

    /// Returns the person who signs in with this.
    async fn by_identifier(&self, identifier: &Identifier) -> Result<Option<Person>, StoreError>;

    /// Returns people by name.
    async fn persons(&self, query: PersonQuery) -> Result<Vec<Person>, StoreError>;

    /// Returns a person's password hash (PHC string).
    async fn password(&self, id: PersonId) -> Result<Option<SecretString>, StoreError>;

    /// Sets a person's password hash; raises their epoch unless it is a mere rehash of the same
    /// password.
    async fn set_password(
        &self,
        id: PersonId,
        hash: SecretString,
        rehash: bool,
    ) -> Result<(), StoreError>;

    /// Lets a person sign in, or no longer; raises their epoch.
    async fn set_disabled(&self, id: PersonId, disabled: bool) -> Result<(), StoreError>;

    /// Raises a person's epoch and returns it: everything issued to them so far ends.
    async fn raise_epoch(&self, id: PersonId) -> Result<u64, StoreError>;

    /// Returns a person with what they hold on a day; `None` where there is no such person.
    async fn standing(&self, id: PersonId, on: NaiveDate) -> Result<Option<Standing>, StoreError>;

    /// Adds or changes units in one transaction.
    ///
    /// # Errors
    /// `Invalid` where a parent is missing or the tree would hold a cycle; nothing is written.
    async fn put_units(&self, units: Vec<Unit>) -> Result<(), StoreError>;

    /// Returns every unit, by code.
    async fn units(&self) -> Result<Vec<Unit>, StoreError>;

    /// Returns a unit and every unit above it, lowest first; empty where it is unknown.
    async fn lineage(&self, code: &UnitCode) -> Result<Vec<UnitCode>, StoreError>;

    /// Returns a unit and every unit below it.
    async fn subtree(&self, code: &UnitCode) -> Result<Vec<UnitCode>, StoreError>;

    /// Adds or changes posts in one transaction.
    ///
    /// # Errors
    /// `Invalid` where a unit is missing; nothing is written.
    async fn put_posts(&self, posts: Vec<Post>) -> Result<(), StoreError>;

    /// Returns the posts of a unit, or all of them.
    async fn posts(&self, unit: Option<&UnitCode>) -> Result<Vec<Post>, StoreError>;
}
