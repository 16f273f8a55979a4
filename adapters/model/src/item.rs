//! The item: an envelope that is the same for every kind, around a body that is not.

use crate::{
    AppId, Audience, Body, ContentHash, DeletedReason, Ext, ItemId, Kind, PersonId, PersonalData,
    Priority, Sensitivity, State, Time, TimeQuality, UnitCode, body::Related, canonical,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The schema's name and version, the value of every item's `schema`.
pub const SCHEMA: &str = "divos/1";

/// One thing that concerns somebody: a pointer into its app, with enough in it to act on, find and
/// prove. The hub never replaces the source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// `divos/1`.
    pub schema: String,
    /// UUIDv5 of app, kind and native id.
    pub id: ItemId,
    /// The app it came from.
    pub app: AppId,
    /// What the app calls it (keyed-hashed where it is personal).
    pub native_id: String,
    /// The hub's own count, monotonic: the cursor for sync. 0 until the item is admitted.
    #[serde(default)]
    pub seq: u64,
    /// The hash of what the item says; an unchanged hash means that nothing happened. All zeros until
    /// the item is admitted.
    #[serde(default)]
    pub hash: ContentHash,
    /// At most 300 characters of plain text.
    pub title: String,
    /// At most 2000 characters of plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// BCP 47: `id`, `ban` or `en`.
    pub lang: String,
    /// Where it stands.
    pub state: State,
    /// The source's own word for where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_label: Option<String>,
    /// How pressing it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Who may read it at most.
    pub sensitivity: Sensitivity,
    /// What personal data it holds.
    pub personal_data: PersonalData,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// When it last changed at its source.
    pub updated_at: Time,
    /// Until when it has to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Time>,
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Time>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Time>,
    /// When it stops to matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// How far the times can be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_quality: Option<TimeQuality>,
    /// The unit it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_unit: Option<UnitCode>,
    /// Who has a part in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actors: Vec<Actor>,
    /// Who may see it.
    pub audience: Audience,
    /// Where it is in its app.
    pub links: Links,
    /// Its files, fetched on demand through the hub.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What its reader may do from the feed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// The items it belongs with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// `scheme:value` keys that other apps' items may share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dedupe: Vec<String>,
    /// How the hub came by it.
    pub provenance: Provenance,
    /// `kind` and `body`.
    #[serde(flatten)]
    pub body: Body,
    /// Source fields that no field of the model takes.
    #[serde(default, skip_serializing_if = "Ext::is_empty")]
    pub ext: Ext,
    /// Set on a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Deleted>,
    /// The same item where nothing is masked, for those who have a need to know. Never written with the item.
    #[serde(skip)]
    pub whole: Option<Box<Item>>,
}

impl Item {
    /// Begins an item with what none may lack; everything else is absent, its audience is nobody.
    #[must_use]
    pub fn new(app: AppId, native_id: &str, title: &str, updated_at: Time, body: Body) -> Self {
        let id = ItemId::of(&app, body.kind(), native_id);
        let provenance = Provenance {
            connector: app.to_string(),
            version: String::new(),
            fetched_at: updated_at,
            method: Method::Poll,
            confidence: 1.0,
        };
        Self {
            schema: SCHEMA.to_owned(),
            id,
            app,
            native_id: native_id.to_owned(),
            seq: 0,
            hash: ContentHash::default(),
            title: title.to_owned(),
            summary: None,
            lang: "id".to_owned(),
            state: State::Unknown,
            state_label: None,
            priority: None,
            sensitivity: Sensitivity::Internal,
            personal_data: PersonalData::None,
            created_at: None,
            updated_at,
            due_at: None,
            starts_at: None,
            ends_at: None,
            expires_at: None,
            time_quality: None,
            owner_unit: None,
            actors: Vec::new(),
            audience: Audience::default(),
            links: Links::default(),
            attachments: Vec::new(),
            actions: Vec::new(),
            relations: Vec::new(),
            dedupe: Vec::new(),
            provenance,
            body,
            ext: Ext::new(),
            deleted: None,
            whole: None,
        }
    }

    /// Returns what the item is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// Returns the hash of what the item says: SHA-256 of its canonical JSON (RFC 8785) without the
    /// volatile fields `seq`, `hash`, `provenance.fetched_at` and `provenance.version`.
    #[must_use]
    pub fn content_hash(&self) -> ContentHash {
        canonical::hash_item(self)
    }
}

/// Somebody who has a part in an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// `author`, `signer`, `reporter`, `assignee` …
    pub role: String,
    /// The person, where the hub knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Their unit, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// What people see, masked where the connector says so.
    pub label: String,
}

/// Where an item is in its app; only the app's own hosts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Links {
    /// Opens the item in its app, through single sign-on. Absolute, or a path on the app's host.
    #[serde(default)]
    pub web: String,
    /// The item's address in the app's API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
}

/// A file of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime: String,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its SHA-256 in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Where it is in its app.
    pub url: String,
}

/// Something that a reader may do from the feed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// Its name in the API.
    pub name: String,
    /// What people see.
    pub label: String,
    /// JSON Schema of its input.
    pub input_schema: serde_json::Value,
    /// Whether doing it twice is the same as once.
    pub idempotent: bool,
    /// Until when it may be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
}

/// A link to another item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relation {
    /// `reply`, `part`, `duplicate` or `replaces`.
    pub rel: String,
    /// The other item.
    pub id: Related,
}

/// How the hub came by an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// The connector's id.
    pub connector: String,
    /// The connector's version: a hash of its meaning. Not part of the content hash.
    pub version: String,
    /// When the document was fetched. Not part of the content hash.
    pub fetched_at: Time,
    /// By which way.
    pub method: Method,
    /// How sure the mapping is, 0 to 1.
    pub confidence: f32,
}

/// By which way an item came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The hub asked the app.
    Poll,
    /// The app told the hub.
    Push,
}

/// What is left of an item that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deleted {
    /// Since when.
    pub at: Time,
    /// Why.
    pub reason: DeletedReason,
}
