//! Who an item is for, and the keys by which a reader finds it.

use crate::{PersonId, PostId, UnitCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may see an item. Empty means nobody. Resolved against posts held *now*.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Every civil servant who is signed in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub everyone: bool,
    /// Named persons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub persons: Vec<PersonId>,
    /// Holders of a post in a unit, or in any unit below it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitScope>,
    /// Holders of a post.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub posts: Vec<PostId>,
    /// Holders of a role.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Persons who may not see it although one of the above names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<PersonId>,
}

/// A unit, alone or with everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitScope {
    /// The unit's code.
    pub code: UnitCode,
    /// Whether the units below it count too.
    #[serde(default)]
    pub subtree: bool,
}

/// One way by which a reader may reach an item. An item is visible where one of its keys is among
/// the reader's, and the reader is not excluded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AudienceKey {
    /// Every civil servant.
    Everyone,
    /// One person.
    Person(PersonId),
    /// Those with a post in exactly this unit.
    Unit(UnitCode),
    /// Those with a post in this unit or below it.
    Under(UnitCode),
    /// Those who hold this post.
    Post(PostId),
    /// Those with this role.
    Role(String),
}

impl std::fmt::Display for AudienceKey {
    /// Writes the stable form that the store's index holds, for example `u:030801`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Everyone => f.write_str("*"),
            Self::Person(id) => write!(f, "p:{id}"),
            Self::Unit(code) => write!(f, "u:{code}"),
            Self::Under(code) => write!(f, "s:{code}"),
            Self::Post(id) => write!(f, "o:{id}"),
            Self::Role(role) => write!(f, "r:{role}"),
        }
    }
}

impl Audience {
    /// The audience that holds every signed-in civil servant.
    #[must_use]
    pub fn everyone() -> Self {
        Self {
            everyone: true,
            ..Self::default()
        }
    }

    /// The audience of one unit and all below it.
    #[must_use]
    pub fn under(code: UnitCode) -> Self {
        Self {
            units: vec![UnitScope {
                code,
                subtree: true,
            }],
            ..Self::default()
        }
    }

    /// The audience of one person.
    #[must_use]
    pub fn person(id: PersonId) -> Self {
        Self {
            persons: vec![id],
            ..Self::default()
        }
    }

    /// Returns the keys under which the item is indexed, sorted and without repeats.
    #[must_use]
    pub fn keys(&self) -> Vec<AudienceKey> {
        let mut keys = Vec::new();
        if self.everyone {
            keys.push(AudienceKey::Everyone);
        }
        keys.extend(self.persons.iter().copied().map(AudienceKey::Person));
        keys.extend(self.units.iter().map(|unit| {
            let code = unit.code.clone();
            if unit.subtree {
                AudienceKey::Under(code)
            } else {
                AudienceKey::Unit(code)
            }
        }));
        keys.extend(self.posts.iter().copied().map(AudienceKey::Post));
        keys.extend(self.roles.iter().cloned().map(AudienceKey::Role));
        keys.sort();
        keys.dedup();
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_audience_has_no_key() {
        assert!(Audience::default().keys().is_empty());
    }

    #[test]
    fn keys_are_written_in_a_stable_form() {
        let code: UnitCode = "030801".parse().expect("a code");
        let mut audience = Audience::under(code.clone());
        audience.units.push(UnitScope {
            code,
            subtree: false,
        });
        audience.roles = vec!["operator".into(), "operator".into()];
        let written: Vec<_> = audience.keys().iter().map(ToString::to_string).collect();
        assert_eq!(written, ["u:030801", "s:030801", "r:operator"]);
    }
}
