//! Which apps do the same: pairs of connectors, the evidence, and how strong it is.
//!
//! Owns the judgement over what the connectors say and what their data has in common (counted by the caller). Pure: it
//! never reads a store, and it holds no words; who shows a pair says why.

use crate::likeness::{Names, jaccard};
use crate::{Connector, Scope};
use divos_model::AppId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Pairs weaker than this are not told.
const TOLD: f64 = 0.45;

/// How many clusters two apps have in common, the lesser id first.
pub type Shared = BTreeMap<(AppId, AppId), u64>;

/// Two apps that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// The one that comes first by id.
    pub one: Side,
    /// The other.
    pub other: Side,
    /// What they are to each other.
    pub relation: Relation,
    /// How strong the evidence is, 0 to 1: one less the product of what each piece of it leaves open.
    pub strength: f64,
    /// The evidence.
    pub evidence: Evidence,
}

/// One app of a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its id.
    pub app: AppId,
    /// What people see.
    pub title: String,
    /// The agency that owns it.
    pub owner: Option<String>,
}

/// What two apps are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They do the same for the same people: one may be enough.
    Duplicate,
    /// The same product for different units, places or subjects: one installation may serve all.
    Instance,
    /// Another way to the same thing: two doors of one site, or a screen and its monitor at one agency.
    Channel,
}

impl Relation {
    /// Every relation with its stable word.
    pub const ALL: [(&'static str, Self); 3] = [
        ("duplicate", Self::Duplicate),
        ("instance", Self::Instance),
        ("channel", Self::Channel),
    ];

    /// Returns the stable word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Instance => "instance",
            Self::Channel => "channel",
        }
    }
}

/// Why two apps overlap.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// The capability of both.
    pub capability: Option<String>,
    /// How many apps have that capability; the fewer, the more it says.
    pub of_capability: usize,
    /// The kinds of items that both have.
    pub kinds: Vec<&'static str>,
    /// How much of their kinds of items is common, 0 to 1.
    pub kinds_alike: f64,
    /// Whether both were made for the same people, by the register or by who may see their items.
    pub same_people: bool,
    /// How alike their names are, 0 to 1: rare words count more.
    pub names: f64,
    /// The product that both are installations of.
    pub product: Option<String>,
    /// The address that both share.
    pub site: Option<String>,
    /// Whether one agency owns both.
    pub same_owner: bool,
    /// Whether one is the city's and the other a ministry's.
    pub city_and_national: bool,
    /// Items that both have, by an exact key.
    pub shared_items: u64,
}

impl Evidence {
    /// Each piece of evidence leaves open that the two have nothing to do with each other.
    fn strength(&self) -> f64 {
        let alike = self.capability.is_some() || !self.kinds.is_empty();
        let pieces = [
            // Of two apps for one purpose that says much, of twenty little.
            match self.of_capability {
                0 | 1 => 0.0,
                many => 0.5 / ((many - 1) as f64).sqrt(),
            },
            0.15 * self.kinds_alike,
            if self.same_people { 0.05 } else { 0.0 },
            // The same name for different things is mostly chance.
            self.names * if alike { 0.8 } else { 0.4 },
            if self.product.is_some() { 0.8 } else { 0.0 },
            if self.site.is_some() { 0.35 } else { 0.0 },
            // What is the same item in both is no guess.
            match self.shared_items {
                0 => 0.0,
                1..10 => 0.8,
                _ => 0.9,
            },
        ];
        1.0 - pieces.iter().map(|piece| 1.0 - piece).product::<f64>()
    }

    fn relation(&self) -> Relation {
        if self.product.is_some() {
            return Relation::Instance;
        }
        let one_site = self.site.is_some();
        let one_desk = self.same_owner && self.names >= 0.5 && self.capability.is_some();
        if one_site || one_desk {
            Relation::Channel
        } else {
            Relation::Duplicate
        }
    }
}

/// Compares every two connectors. Returns the pairs worth a look, the strongest first.
#[must_use]
pub fn overlaps<'a>(
    connectors: impl IntoIterator<Item = &'a Connector>,
    shared: &Shared,
) -> Vec<Overlap> {
    let mut apps: Vec<App<'_>> = connectors.into_iter().map(App::of).collect();
    apps.sort_by(|a, b| a.connector.id.cmp(&b.connector.id));
    let names = Names::of(apps.iter().map(|app| app.connector));
    let mut purposes: BTreeMap<&str, usize> = BTreeMap::new();
    for purpose in apps.iter().filter_map(|app| app.purpose()) {
        *purposes.entry(purpose).or_default() += 1;
    }
    let mut found = Vec::new();
    for (at, one) in apps.iter().enumerate() {
        for (further, other) in apps[at + 1..].iter().enumerate() {
            let ids = (one.connector.id.clone(), other.connector.id.clone());
            let items = shared.get(&ids).copied().unwrap_or_default();
            let names = names.alike(at, at + 1 + further);
            let evidence = one.evidence(other, names, items, &purposes);
            let strength = evidence.strength();
            if strength >= TOLD {
                found.push(Overlap {
                    one: one.side(),
                    other: other.side(),
                    relation: evidence.relation(),
                    strength,
                    evidence,
                });
            }
        }
    }
    found.sort_by(|a, b| {
        let ids = |o: &Overlap| (o.one.app.clone(), o.other.app.clone());
        b.strength
            .total_cmp(&a.strength)
            .then_with(|| ids(a).cmp(&ids(b)))
    });
    found
}

/// What of a connector is compared, taken apart once.
struct App<'a> {
    connector: &'a Connector,
    kinds: BTreeSet<&'static str>,
}

impl<'a> App<'a> {
    fn of(connector: &'a Connector) -> Self {
        let kinds = connector.sources.iter().map(|s| s.to.as_str());
        Self {
            connector,
            kinds: kinds.collect(),
        }
    }

    fn purpose(&self) -> Option<&'a str> {
        self.connector.capability.as_deref()
    }

    fn side(&self) -> Side {
        Side {
            app: self.connector.id.clone(),
            title: self.connector.title.clone(),
            owner: self.connector.owner.as_ref().map(ToString::to_string),
        }
    }

    fn evidence(
        &self,
        other: &Self,
        names: f64,
        shared_items: u64,
        purposes: &BTreeMap<&str, usize>,
    ) -> Evidence {
        let (a, b) = (self.connector, other.connector);
        let capability = self.purpose().filter(|_| self.purpose() == other.purpose());
        let (here, there) = (&a.register, &b.register);
        Evidence {
            of_capability: capability.map_or(0, |purpose| purposes[purpose]),
            capability: capability.map(str::to_owned),
            kinds: self.kinds.intersection(&other.kinds).copied().collect(),
            kinds_alike: jaccard(&self.kinds, &other.kinds),
            same_people: match (here.users, there.users) {
                (Some(one), Some(other)) => one == other,
                _ => a.privacy.audience == b.privacy.audience,
            },
            names,
            product: both(&here.product, &there.product),
            site: both(&here.site, &there.site),
            same_owner: a.owner.is_some() && a.owner == b.owner,
            city_and_national: matches!(
                (here.scope, there.scope),
                (Some(Scope::City), Some(Scope::National))
                    | (Some(Scope::National), Some(Scope::City))
            ),
            shared_items,
        }
    }
}

/// Returns what two say, where they say the same.
fn both(one: &Option<String>, other: &Option<String>) -> Option<String> {
    one.clone().filter(|_| one == other)
}

#[cfg(test)]
mod tests;
