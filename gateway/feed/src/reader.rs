//! Who reads, and what they ask for. Knows nothing of sign-in: the gateway says who the reader is.

use chrono::{DateTime, Utc};
use divos_model::{AppId, Kind, State, UnitCode};
use divos_store::Reader;
use sha2::{Digest, Sha256};

/// The most characters of a search text.
const Q_MAX: usize = 200;

/// Digests a reader, person and keys: a cursor is bound to it, so that it dies with a right that is
/// lost or won.
pub(crate) fn digest(reader: &Reader) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(reader.person.to_string());
    for key in reader.keys() {
        hash.update([0]);
        hash.update(key.to_string());
    }
    cut(hash)
}

/// What of the feed is asked for; the default is everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only from this app.
    pub app: Option<AppId>,
    /// Only in this state.
    pub state: Option<State>,
    /// Only what belongs to this unit.
    pub unit: Option<UnitCode>,
    /// Only what the reader has not seen since it last changed.
    pub unread: bool,
    /// Only what the reader pinned.
    pub pinned: bool,
    /// Only what the reader marked done; otherwise that is left out, unless `q` searches.
    pub done: bool,
    /// Only what the reader put off; otherwise that is left out, unless `q` searches.
    pub snoozed: bool,
    /// Only what holds these words; at most 200 characters count.
    pub q: Option<String>,
    /// Sync instead of the screen's order: what changed since, in order of `seq`, with tombstones.
    pub since: Option<Since>,
}

/// From where a sync begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// After this `seq`; 0 is the beginning.
    Seq(u64),
    /// From this moment on, by when the hub learned of the change.
    Time(DateTime<Utc>),
}

impl std::str::FromStr for Since {
    type Err = FilterFault;

    /// Reads a `seq` in decimal or an RFC 3339 time.
    fn from_str(text: &str) -> Result<Self, FilterFault> {
        if let Ok(seq) = text.parse() {
            return Ok(Self::Seq(seq));
        }
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self::Time(at.with_timezone(&Utc)))
            .map_err(|_| FilterFault {
                field: "since",
                expected: "a sequence number or an RFC 3339 time",
            })
    }
}

/// A filter that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is not {expected}")]
pub struct FilterFault {
    /// The query parameter.
    pub field: &'static str,
    /// What it has to be.
    pub expected: &'static str,
}

impl Filter {
    /// Reads one query parameter of `GET /api/v1/feed`; an empty value is as if it were absent.
    /// Unknown names are left to the caller (`Ok(false)`).
    ///
    /// # Errors
    /// Where the value does not fit; the fault names the parameter.
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool, FilterFault> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(is_filter(name));
        }
        match name {
            "kind" => self.kind = Some(word("kind", "a kind of item", value)?),
            "app" => self.app = Some(word("app", "an app's id", value)?),
            "state" => self.state = Some(word("state", "a state", value)?),
            "unit" => self.unit = Some(word("unit", "a unit's code", value)?),
            "unread" => self.unread = flag("unread", value)?,
            "pinned" => self.pinned = flag("pinned", value)?,
            "done" => self.done = flag("done", value)?,
            "snoozed" => self.snoozed = flag("snoozed", value)?,
            "q" => self.q = Some(value.chars().take(Q_MAX).collect()),
            "since" => self.since = Some(value.parse()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Digests everything that decides which items a page may hold.
    pub(crate) fn digest(&self) -> [u8; 16] {
        let mut hash = Sha256::new();
        let words = [
            self.kind.map(|k| k.as_str().to_owned()),
            self.app.as_ref().map(ToString::to_string),
            self.state.map(|s| s.as_str().to_owned()),
            self.unit.as_ref().map(ToString::to_string),
            self.unread.then(|| "unread".to_owned()),
            self.pinned.then(|| "pinned".to_owned()),
            self.done.then(|| "done".to_owned()),
            self.snoozed.then(|| "snoozed".to_owned()),
            self.q.clone(),
            self.since.map(|_| "sync".to_owned()),
        ];
        for word in words {
            let word = word.unwrap_or_default();
            hash.update((word.len() as u64).to_be_bytes());
            hash.update(word);
        }
        cut(hash)
    }
}

fn is_filter(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "kind", "app", "state", "unit", "unread", "pinned", "done", "snoozed", "q", "since",
    ];
    NAMES.contains(&name)
}

fn word<T: std::str::FromStr>(
    field: &'static str,
    expected: &'static str,
    value: &str,
) -> Result<T, FilterFault> {
    value.parse().map_err(|_| FilterFault { field, expected })
}

fn flag(field: &'static str, value: &str) -> Result<bool, FilterFault> {
    match value {
        "1" | "true" | "on" => Ok(true),
        "0" | "false" | "off" => Ok(false),
        _ => Err(FilterFault {
            field,
            expected: "true or false",
        }),
    }
}

fn cut(hash: Sha256) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&hash.finalize()[..16]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::{AudienceKey, PersonId};
    use std::collections::BTreeSet;

    #[test]
    fn filters_read_their_words_or_name_what_is_wrong() {
        for (name, value, fits) in [
            ("kind", "letter", Ok(true)),
            ("kind", "brief", Err("kind")),
            ("state", "done", Ok(true)),
            ("app", "Not An App", Err("app")),
            ("unread", "maybe", Err("unread")),
            ("since", "17", Ok(true)),
            ("since", "2026-11-24T08:00:00+08:00", Ok(true)),
            ("since", "yesterday", Err("since")),
            ("q", "", Ok(true)),
            ("limit", "20", Ok(false)),
        ] {
            let got = Filter::default()
                .set(name, value)
                .map_err(|fault| fault.field);
            assert_eq!(got, fits, "{name}={value}");
        }
    }

    #[test]
    fn the_digest_tells_every_filter_apart() {
        let mut seen = BTreeSet::new();
        for (name, value) in [
            ("kind", "letter"),
            ("app", "letter"),
            ("state", "done"),
            ("unit", "done"),
            ("unread", "1"),
            ("pinned", "1"),
            ("done", "1"),
            ("snoozed", "1"),
            ("q", "unread"),
            ("since", "0"),
        ] {
            let mut filter = Filter::default();
            filter.set(name, value).expect("a filter");
            assert!(seen.insert(filter.digest()), "{name}={value}");
        }
        assert!(seen.insert(Filter::default().digest()));
    }

    #[test]
    fn a_lost_key_changes_the_readers_digest() {
        let person = PersonId::random();
        let with = Reader::new(person, [AudienceKey::Role("operator".into())]);
        assert_ne!(digest(&with), digest(&Reader::new(person, [])));
    }
}
