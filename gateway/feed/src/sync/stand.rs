//! Where a source stands: what the store keeps as its cursor, with what the hub adds to it.

use super::journey::UnderWay;
use chrono::{DateTime, TimeDelta, Utc};
use divos_adapters::drift::Shape;
use divos_adapters::{Ask, Validators};
use divos_manifest::{Deletes, Source};
use divos_model::ItemId;
use divos_store::SourceCursor;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The most items whose last sight is kept for `ttl`; those beyond it are never taken for gone.
const SIGHTS_MAX: usize = 50_000;

/// Where a source stands.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stand {
    /// The adapters' own cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// What the last answer is recognised by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) validators: Option<Validators>,
    /// What its records look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shape: Option<Shape>,
    /// The connector's version that read it.
    #[serde(default)]
    pub(crate) version: String,
    /// When the last full pass was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) full_at: Option<DateTime<Utc>>,
    /// A first load that has not ended; kept beside the rest.
    #[serde(skip)]
    pub(crate) under_way: Option<UnderWay>,
    /// For `ttl`: hours since 1970 → the items last seen then.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) sights: BTreeMap<i64, Vec<ItemId>>,
}

impl Stand {
    /// Reads what the store keeps; anything unreadable means that the source was never read.
    pub(crate) fn read(held: &SourceCursor) -> Self {
        let value = held.value.clone();
        let stand = value.and_then(|value| serde_json::from_value(value).ok());
        let place = held.place.clone();
        Self {
            under_way: place.and_then(|place| serde_json::from_value(place).ok()),
            ..stand.unwrap_or_default()
        }
    }

    /// Writes it for the store.
    pub(crate) fn write(&self) -> SourceCursor {
        SourceCursor {
            value: serde_json::to_value(self).ok(),
            place: self.under_way.as_ref().and_then(UnderWay::write),
            ..SourceCursor::default()
        }
    }

    /// Tells whether the next pass has to ask for everything: the first one, the first with another mapping,
    /// every one without a cursor, and once in `full_every` where deletes are swept.
    pub(crate) fn is_full_due(&self, source: &Source, version: &str, now: DateTime<Utc>) -> bool {
        let Some(full_at) = self.full_at else {
            return true;
        };
        if source.cursor.is_none() || self.version != version || self.cursor.is_none() {
            return true;
        }
        match &source.deletes {
            Deletes::Sweep {
                full_every: Some(every),
            } => TimeDelta::from_std(*every).is_ok_and(|every| now - full_at >= every),
            _ => false,
        }
    }

    /// Tells whether the source was never read to its end by this version of its connector.
    pub(crate) fn is_first(&self, version: &str) -> bool {
        self.full_at.is_none() || self.version != version
    }

    /// Returns the first load that is to go on.
    pub(crate) fn resume(&self, version: &str, now: DateTime<Utc>) -> Option<&UnderWay> {
        self.under_way
            .as_ref()
            .filter(|under_way| self.is_first(version) && under_way.goes_on(version, now))
    }

    /// Says what to ask for. Another mapping begins anew; validators are sent only where an unchanged
    /// answer would teach nothing. Where `any_shape` is accepted, what the records look like is learned anew.
    pub(crate) fn ask(&self, full: bool, forced: bool, any_shape: bool, version: &str) -> Ask {
        let same = self.version == version;
        Ask {
            cursor: self.cursor.clone().filter(|_| same),
            validators: self
                .validators
                .clone()
                .filter(|_| same && !forced && !any_shape),
            shape: self.shape.clone().filter(|_| same && !any_shape),
            full,
            resume: None,
        }
    }

    /// Notes which items were seen now, and returns those of `live` that were not for longer than `ttl`.
    pub(crate) fn expire(
        &mut self,
        live: &[ItemId],
        seen: &HashSet<ItemId>,
        ttl: TimeDelta,
        now: DateTime<Utc>,
    ) -> Vec<ItemId> {
        let hour = now.timestamp().div_euclid(3600);
        let mut last: HashMap<ItemId, i64> = HashMap::new();
        for (at, ids) in std::mem::take(&mut self.sights) {
            last.extend(ids.into_iter().map(|id| (id, at)));
        }
        let oldest = hour - ttl.num_hours();
        let mut gone = Vec::new();
        for id in live {
            let at = if seen.contains(id) {
                hour
            } else {
                last.get(id).copied().unwrap_or(hour)
            };
            if at < oldest {
                gone.push(*id);
            } else {
                self.sights.entry(at).or_default().push(*id);
            }
        }
        self.bound();
        gone
    }

    fn bound(&mut self) {
        let mut count: usize = self.sights.values().map(Vec::len).sum();
        while count > SIGHTS_MAX {
            // The newest sights go: an item without one counts as seen now, and lives on.
            let Some((_, ids)) = self.sights.pop_last() else {
                return;
            };
            count -= ids.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use divos_model::{AppId, Kind};

    fn id(n: usize) -> ItemId {
        let app: AppId = "surat".parse().expect("a slug");
        ItemId::of(&app, Kind::Task, &n.to_string())
    }

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(500_000 + hours)
    }

    #[test]
    fn what_was_written_is_read_again_and_nonsense_means_the_beginning() {
        let mut stand = Stand {
            cursor: Some("x".into()),
            version: "v".into(),
            ..Stand::default()
        };
        stand.full_at = Some(at(0));
        stand.sights.insert(5, vec![id(1)]);
        assert_eq!(Stand::read(&stand.write()), stand);
        let odd = SourceCursor {
            value: Some("17".into()),
            ..SourceCursor::default()
        };
        assert_eq!(Stand::read(&odd), Stand::default());
    }

    #[test]
    fn an_item_expires_when_it_was_not_seen_for_its_ttl_and_no_sooner() {
        let mut stand = Stand::default();
        let live = [id(1), id(2)];
        let ttl = TimeDelta::hours(10);
        let both = live.into_iter().collect();
        let one: HashSet<_> = [id(1)].into_iter().collect();
        assert!(stand.expire(&live, &both, ttl, at(0)).is_empty());
        assert!(stand.expire(&live, &one, ttl, at(10)).is_empty());
        let mut restarted = Stand::read(&stand.write());
        assert_eq!(restarted.expire(&live, &one, ttl, at(11)), [id(2)]);
        assert_eq!(restarted.sights.values().flatten().count(), 1);
    }

    #[test]
    fn an_item_that_was_never_noted_counts_as_seen_now() {
        let mut stand = Stand::default();
        let nothing = HashSet::new();
        assert!(
            stand
                .expire(&[id(1)], &nothing, TimeDelta::hours(1), at(99))
                .is_empty()
        );
    }
}
