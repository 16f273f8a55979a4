//! Which apps do the same: pairs of connectors, why, and how sure that is.
//!
//! Owns the judgement over what the connectors say and what their data has in common (counted by the caller). Pure.

use crate::Connector;
use divos_model::AppId;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Pairs below this score are not told.
const TOLD: f64 = 0.5;

/// Two apps that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// The one that comes first by id.
    pub one: AppId,
    /// The other.
    pub other: AppId,
    /// What they are to each other.
    pub relation: Relation,
    /// How sure that is, 0 to 1.
    pub score: f64,
    /// The capability of both.
    pub capability: Option<String>,
    /// The kinds of items that both have.
    pub kinds: Vec<&'static str>,
    /// Items that both have, by an exact key.
    pub shared_items: u64,
    /// How alike their titles are, 0 to 1.
    pub titles: f64,
}

/// What two apps are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They do the same for the same people: one may be enough.
    Duplicate,
    /// The same product for different agencies or places: one installation may serve all.
    Instance,
    /// Two ways to the same data of one agency: a site and its feed, a form and its list.
    Channel,
}

/// Compares every two connectors. `shared` counts the items that two apps (the lesser id first) have in common.
/// Returns the pairs worth a look, the surest first.
#[must_use]
pub fn overlaps<'a>(
    connectors: impl IntoIterator<Item = &'a Connector>,
    shared: &BTreeMap<(AppId, AppId), u64>,
) -> Vec<Overlap> {
    let mut apps: Vec<App<'_>> = connectors.into_iter().map(App::of).collect();
    apps.sort_by(|a, b| a.connector.id.cmp(&b.connector.id));
    let mut found = Vec::new();
    for (at, one) in apps.iter().enumerate() {
        for other in &apps[at + 1..] {
            let ids = (one.connector.id.clone(), other.connector.id.clone());
            let items = shared.get(&ids).copied().unwrap_or_default();
            found.extend(judge(one, other, items));
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.one.cmp(&b.one)));
    found
}

/// What of a connector is compared, taken apart once.
struct App<'a> {
    connector: &'a Connector,
    words: BTreeSet<String>,
    kinds: BTreeSet<&'static str>,
    product: Option<String>,
}

impl<'a> App<'a> {
    fn of(connector: &'a Connector) -> Self {
        let words = words(&connector.title);
        Self {
            connector,
            product: product(connector),
            kinds: connector.sources.iter().map(|s| s.to.as_str()).collect(),
            words,
        }
    }
}

/// Words that say nothing about what an app does.
const EMPTY_WORDS: &[&str] = &[
    "sistem",
    "informasi",
    "aplikasi",
    "online",
    "web",
    "website",
    "kota",
    "denpasar",
    "dan",
    "portal",
    "software",
    "data",
    "dinas",
    "manajemen",
    "elektronik",
    "the",
    "of",
    "contoh",
];

fn words(title: &str) -> BTreeSet<String> {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let telling = |word: &&str| word.len() > 1 && !EMPTY_WORDS.contains(word);
    words.filter(telling).map(str::to_owned).collect()
}

/// The product's name: a title's first word where it is written in capitals, as in `SIMADE (…)`.
fn product(connector: &Connector) -> Option<String> {
    let first = connector.title.split_whitespace().next()?;
    let name = first.trim_matches(|c: char| !c.is_alphanumeric());
    let capitals = name.len() >= 4 && name.chars().all(|c| !c.is_lowercase());
    capitals.then(|| name.to_lowercase())
}

fn judge(one: &App<'_>, other: &App<'_>, items: u64) -> Option<Overlap> {
    let (a, b) = (one.connector, other.connector);
    let capability = a
        .capability
        .as_ref()
        .filter(|c| b.capability.as_ref() == Some(c));
    let kinds: Vec<_> = one.kinds.intersection(&other.kinds).copied().collect();
    let titles = likeness(&one.words, &other.words);
    let product = one.product.is_some() && one.product == other.product;
    let same_owner = a.owner.is_some() && a.owner == b.owner;
    let audience = a.privacy.audience == b.privacy.audience;
    let score = 0.35 * f64::from(u8::from(capability.is_some()))
        + 0.2 * likeness(&one.kinds, &other.kinds)
        + 0.1 * f64::from(u8::from(audience))
        + 0.35 * titles;
    // What is the same item in both is no guess.
    let score = match (items > 0, product) {
        (true, _) => score.max(0.9),
        (false, true) => score.max(0.8),
        (false, false) => score,
    };
    let relation = match (product, same_owner) {
        (true, false) => Relation::Instance,
        (_, true) if titles >= 0.5 => Relation::Channel,
        _ => Relation::Duplicate,
    };
    (score >= TOLD).then(|| Overlap {
        one: a.id.clone(),
        other: b.id.clone(),
        relation,
        score,
        capability: capability.cloned(),
        kinds,
        shared_items: items,
        titles,
    })
}

/// Jaccard's index of two sets; 0 where both are empty.
fn likeness<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f64 {
    let all = one.union(other).count();
    if all == 0 {
        return 0.0;
    }
    one.intersection(other).count() as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LoadOptions, load_str};
    use std::sync::Arc;

    fn app(id: &str, title: &str, owner: &str, capability: &str, kind: &str) -> Arc<Connector> {
        let yaml = format!(
            "apiVersion: divos/v1\nkind: Connector\nmetadata: {{ name: {id}, title: \"{title}\", owner: \"{owner}\", capability: {capability} }}\n\
             app: {{ upstreams: [\"http://127.0.0.1:9\"] }}\nsources:\n  s:\n    rest: {{ get: / }}\n    deletes: never\n    to: {kind}\n    map: {{ id: id, title: t }}\n\
             privacy: {{ class: internal, audience: everyone }}\n"
        );
        let loaded = load_str(&format!("{id}.yaml"), &yaml, LoadOptions::default());
        Arc::clone(loaded.get(id).expect("a connector"))
    }

    #[test]
    fn duplicates_instances_and_channels_are_told_apart() {
        let apps = [
            app("antrian", "Antrian Online", "030601", "queue", "ticket"),
            app("antrian-dua", "Sistem Antrian", "140018", "queue", "ticket"),
            app("harga", "Harga Pasar", "030801", "market", "dataset"),
            app(
                "simade-a",
                "SIMADE (Kelurahan Sumerta)",
                "150001",
                "village",
                "report",
            ),
            app(
                "simade-b",
                "SIMADE (Kelurahan Dangin Puri)",
                "150002",
                "village",
                "report",
            ),
            app(
                "pengumuman",
                "Pengumuman Pendidikan",
                "020101",
                "news",
                "announcement",
            ),
            app(
                "web-pengumuman",
                "Web Pengumuman Pendidikan",
                "020101",
                "news",
                "announcement",
            ),
        ];
        let found = overlaps(apps.iter().map(|app| &**app), &BTreeMap::new());
        let told: Vec<(&str, &str, Relation)> = found
            .iter()
            .map(|o| (o.one.as_str(), o.other.as_str(), o.relation))
            .collect();
        assert!(
            told.contains(&("antrian", "antrian-dua", Relation::Duplicate)),
            "{found:#?}"
        );
        assert!(
            told.contains(&("simade-a", "simade-b", Relation::Instance)),
            "{found:#?}"
        );
        assert!(
            told.contains(&("pengumuman", "web-pengumuman", Relation::Channel)),
            "{found:#?}"
        );
        assert_eq!(told.len(), 3, "{found:#?}");
    }

    #[test]
    fn the_same_items_in_both_are_no_guess() {
        let apps = [
            app("lapor", "Lapor", "030801", "complaint", "ticket"),
            app("tugas", "Tugas Harian", "140018", "work", "task"),
        ];
        let ids = (apps[0].id.clone(), apps[1].id.clone());
        let none = overlaps(apps.iter().map(|app| &**app), &BTreeMap::new());
        assert!(none.is_empty(), "{none:?}");
        let shared = BTreeMap::from([(ids, 3)]);
        let found = overlaps(apps.iter().map(|app| &**app), &shared);
        assert_eq!(found[0].shared_items, 3);
        assert!(found[0].score >= 0.9);
    }
}
