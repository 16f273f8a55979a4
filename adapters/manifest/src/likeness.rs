//! How alike two apps are called: the words of their titles, rare ones counting more. Pure.

use crate::Connector;
use std::collections::{BTreeMap, BTreeSet};

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
    "terpadu",
    "pelaporan",
    "pelaksanaan",
];

/// A word shorter than this is not looked for inside others.
const STEM: usize = 5;

/// The names of some apps, taken apart.
pub(crate) struct Names {
    words: Vec<BTreeSet<String>>,
    /// How many apps use a word.
    used: BTreeMap<String, usize>,
}

impl Names {
    pub(crate) fn of<'a>(connectors: impl Iterator<Item = &'a Connector>) -> Self {
        let words: Vec<_> = connectors.map(|app| words(&app.title)).collect();
        let mut used = BTreeMap::new();
        for word in words.iter().flatten() {
            *used.entry(word.clone()).or_default() += 1;
        }
        Self { words, used }
    }

    /// Tells how alike two of them are, 0 to 1: the cosine of their words, each weighed by how rare it is. A word
    /// that is inside another (`dapodik` in `sinkrondapodik`) counts three quarters.
    pub(crate) fn alike(&self, one: usize, other: usize) -> f64 {
        let (a, b) = (&self.words[one], &self.words[other]);
        let (small, large) = (self.length(a), self.length(b));
        if small == 0.0 || large == 0.0 {
            return 0.0;
        }
        let met: f64 = a
            .iter()
            .filter_map(|word| {
                let best = b.iter().map(|other| self.match_of(word, other));
                best.max_by(f64::total_cmp)
            })
            .sum();
        (met / (small * large).sqrt()).min(1.0)
    }

    fn match_of(&self, one: &str, other: &str) -> f64 {
        if one == other {
            return self.weight(one).powi(2);
        }
        let inside = |part: &str, whole: &str| part.len() >= STEM && whole.contains(part);
        if inside(one, other) || inside(other, one) {
            return 0.75 * self.weight(one) * self.weight(other);
        }
        0.0
    }

    fn length(&self, words: &BTreeSet<String>) -> f64 {
        words.iter().map(|word| self.weight(word).powi(2)).sum()
    }

    /// The rarer, the heavier; a word that all use weighs little, but never nothing.
    fn weight(&self, word: &str) -> f64 {
        let used = self.used.get(word).copied().unwrap_or(1) as f64;
        (1.0 + self.words.len() as f64 / used).ln()
    }
}

fn words(title: &str) -> BTreeSet<String> {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let telling = |word: &&str| word.len() > 1 && !EMPTY_WORDS.contains(word);
    words.filter(telling).map(str::to_owned).collect()
}

/// Jaccard's index of two sets; 0 where both are empty.
pub(crate) fn jaccard<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f64 {
    let all = one.union(other).count();
    if all == 0 {
        return 0.0;
    }
    one.intersection(other).count() as f64 / all as f64
}
