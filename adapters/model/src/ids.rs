//! Names of things: apps, items, persons, units, posts. Parsed once, then trusted.

use crate::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The UUIDv5 namespace of item ids. Fixed for ever: changing it re-keys every item of the city.
const ITEM_NAMESPACE: Uuid = Uuid::from_u128(0x6d1f_8a0c_9b1e_5c53_9a53_0f5d_1705_0001);

/// What is wrong with a written id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdFault {
    /// The words do not form a slug that is also a DNS label (RFC 1035, section 2.3.1).
    #[error(
        "`{0}` is not an app id: 1 to 63 of a-z, 0-9 and inner hyphens, a letter or digit first and last"
    )]
    App(String),
    /// The words do not form a unit code.
    #[error("`{0}` is not a unit code: 1 to 32 letters, digits, dots or hyphens")]
    Unit(String),
    /// The words do not form a UUID.
    #[error("`{0}` is not an id")]
    Uuid(String),
}

/// An app's id: a slug that serves as file name, host label and key.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct AppId(#[schemars(regex(pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"))] String);

impl AppId {
    /// Returns the slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AppId {
    type Err = IdFault;

    fn from_str(text: &str) -> Result<Self, IdFault> {
        let label = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let bytes = text.as_bytes();
        let fits = (1..=63).contains(&bytes.len())
            && bytes.iter().all(|&c| label(c) || c == b'-')
            && label(bytes[0])
            && label(bytes[bytes.len() - 1]);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdFault::App(text.chars().take(80).collect()))
        }
    }
}

/// A work unit's code, for example `030801` (Diskominfos).
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(String);

impl UnitCode {
    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitCode {
    type Err = IdFault;

    fn from_str(text: &str) -> Result<Self, IdFault> {
        let fits = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdFault::Unit(text.chars().take(80).collect()))
        }
    }
}

macro_rules! text_id {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdFault;
            fn try_from(text: String) -> Result<Self, IdFault> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}
text_id!(AppId);
text_id!(UnitCode);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that is already known to name such a thing.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Returns the UUID.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdFault;
            fn from_str(text: &str) -> Result<Self, IdFault> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| IdFault::Uuid(text.chars().take(80).collect()))
            }
        }
    };
}
uuid_id! {
    /// An item's id: UUIDv5 (RFC 9562, section 5.5) of app, kind and native id. Stable for ever.
    ItemId
}
uuid_id! {
    /// A person's id: an opaque random UUID, never derived from the NIP.
    PersonId
}
uuid_id! {
    /// A post's (jabatan's) id.
    PostId
}

impl ItemId {
    /// Names the item that `app` knows under `native_id` (already keyed-hashed where it is personal).
    #[must_use]
    pub fn of(app: &AppId, kind: Kind, native_id: &str) -> Self {
        // The slug and the kind hold no slash, so that no two triples share a name.
        let name = format!("{app}/{}/{native_id}", kind.as_str());
        Self(Uuid::new_v5(&ITEM_NAMESPACE, name.as_bytes()))
    }
}

impl PersonId {
    /// Makes a new random id (UUIDv4).
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl PostId {
    /// Makes a new random id (UUIDv4).
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn app_ids_are_dns_labels() {
        for good in ["a", "e-kinerja", "spse4", "0x"] {
            assert!(good.parse::<AppId>().is_ok(), "{good}");
        }
        let long = "a".repeat(64);
        for bad in ["", "-a", "a-", "A", "a_b", "a.b", "é", &long] {
            assert!(bad.parse::<AppId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn item_ids_never_change() {
        let app: AppId = "berita".parse().expect("a slug");
        let id = ItemId::of(&app, Kind::Announcement, "42");
        assert_eq!(id.to_string(), "6afba68c-151a-525a-8293-8ac4832c3ef1");
        assert_ne!(id, ItemId::of(&app, Kind::Document, "42"));
    }
}
