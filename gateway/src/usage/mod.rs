//! How much each app is used: pages opened and about how many people, pushes taken and refused, day by day.
//!
//! Owns the counting. A request adds to numbers in memory, without a lock; they are saved from time to time and go on
//! after a restart. Of a person nothing is kept but bits of a sketch under a salt that lives as long as the day. It must
//! never know a page, and never tell of so few people that one of them could be meant.

mod sketch;

use arc_swap::ArcSwap;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use divos_model::{AppId, Clock, wita};
use divos_store::{MetaStore, OpenUsage, Store, StoreError, UsageDay, UsageStore};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::{Digest, Sha256};
use sketch::Sketch;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How long days are kept: a year and a month, so that one year can be compared with the last.
const KEPT: TimeDelta = TimeDelta::days(400);
/// Of fewer people than these nothing is told: in a small unit everybody would know who it was.
pub const FEW: u64 = 5;
/// The name under which the day's salt is kept.
const SALT: &str = "usage.salt";

/// Counts what is used. One for the hub.
pub struct Usage {
    kept: Arc<dyn UsageStore>,
    meta: Arc<dyn MetaStore>,
    clock: Arc<dyn Clock>,
    today: ArcSwap<Day>,
    /// One save at a time.
    saving: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usage").finish_non_exhaustive()
    }
}

/// One day that goes on.
struct Day {
    date: NaiveDate,
    salt: [u8; 16],
    /// Rises by the number of apps of the hub, no further: only their ids come here.
    apps: ArcSwap<BTreeMap<Arc<str>, Arc<Tally>>>,
}

/// The counts of one app.
#[derive(Default)]
struct Tally {
    opens: AtomicU64,
    pushed: AtomicU64,
    refused: AtomicU64,
    people: Sketch,
    /// Whether anything came since it was last saved.
    fresh: AtomicBool,
}

/// How much an app was used on one day, as it may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Which day.
    pub day: NaiveDate,
    /// Pages opened and about how many people opened them; `None` where there were fewer than [`FEW`].
    pub opened: Option<(u64, u64)>,
    /// Events that were pushed and taken.
    pub pushed: u64,
    /// Pushes that were refused.
    pub refused: u64,
}

impl Usage {
    /// Goes on with what was saved of today.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn open(store: &Store, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let (kept, meta) = (Arc::clone(&store.usage), Arc::clone(&store.meta));
        let date = date_of(clock.now());
        let salt = salt_of(&*meta, date).await?;
        let saved = kept.open_usage(date).await?;
        let apps = saved.into_iter().map(|row| {
            (
                row.so_far.app.as_str().into(),
                Arc::new(Tally::resume(&row)),
            )
        });
        let day = Day {
            date,
            salt,
            apps: ArcSwap::from_pointee(apps.collect()),
        };
        Ok(Self {
            kept,
            meta,
            clock,
            today: ArcSwap::from_pointee(day),
            saving: tokio::sync::Mutex::default(),
        })
    }

    /// Counts a page of an app that a signed-in person opened.
    pub fn opened(&self, app: &str, who: &str) {
        let day = self.today.load();
        let tally = day.of(app);
        tally.opens.fetch_add(1, Ordering::Relaxed);
        tally.people.add(hash(&day.salt, who));
        tally.fresh.store(true, Ordering::Release);
    }

    /// Counts a request with pushes: how many events were taken, how many were refused or faulty.
    pub fn pushed(&self, app: &str, taken: u64, refused: u64) {
        let day = self.today.load();
        let tally = day.of(app);
        tally.pushed.fetch_add(taken, Ordering::Relaxed);
        tally.refused.fetch_add(refused, Ordering::Relaxed);
        tally.fresh.store(true, Ordering::Release);
    }

    /// Saves what came since the last time, and begins a new day where one began: what comes in the moments between
    /// midnight and then is counted for the day before.
    ///
    /// # Errors
    /// Where the store failed; nothing is lost, it is saved the next time.
    pub async fn save(&self) -> Result<(), StoreError> {
        let _one = self.saving.lock().await;
        let day = self.today.load_full();
        let now = date_of(self.clock.now());
        self.save_day(&day).await?;
        if now == day.date {
            return Ok(());
        }
        let salt = salt_of(&*self.meta, now).await?;
        self.today.store(Arc::new(Day {
            date: now,
            salt,
            apps: ArcSwap::default(),
        }));
        // What was counted while the day changed.
        self.save_day(&day).await?;
        self.kept.save_usage(now, Vec::new(), now - KEPT).await
    }

    async fn save_day(&self, day: &Day) -> Result<(), StoreError> {
        let apps = day.apps.load_full();
        let fresh: Vec<_> = apps
            .iter()
            .filter(|(_, tally)| tally.fresh.swap(false, Ordering::AcqRel))
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        let rows = fresh
            .iter()
            .filter_map(|(app, tally)| Some(tally.row(app.parse().ok()?, day.date)));
        let saved = self
            .kept
            .save_usage(day.date, rows.collect(), day.date - KEPT);
        let saved = saved.await;
        if saved.is_err() {
            for (_, tally) in fresh {
                tally.fresh.store(true, Ordering::Release);
            }
        }
        saved
    }

    /// Returns an app's last days, the newest first, today's as far as it is counted. Days without any use are left out.
    ///
    /// # Errors
    /// Where the store failed.
    pub async fn last_days(&self, app: &AppId, days: u32) -> Result<Vec<Told>, StoreError> {
        let today = self.today.load_full();
        let from = today.date - TimeDelta::days(i64::from(days.saturating_sub(1)));
        let mut list = self.kept.usage(app, from).await?;
        if let Some(tally) = today.apps.load().get(app.as_str()) {
            list.retain(|day| day.day != today.date);
            list.insert(0, tally.row(app.clone(), today.date).so_far);
        }
        Ok(list.iter().map(tell).collect())
    }
}

/// Leaves out what would tell of a few people.
fn tell(day: &UsageDay) -> Told {
    Told {
        day: day.day,
        opened: (day.people >= FEW).then_some((day.opens, day.people)),
        pushed: day.pushed,
        refused: day.refused,
    }
}

impl Day {
    /// Returns an app's counts; made the first time.
    fn of(&self, app: &str) -> Arc<Tally> {
        if let Some(tally) = self.apps.load().get(app) {
            return Arc::clone(tally);
        }
        let fresh = Arc::new(Tally::default());
        let mut counts = Arc::clone(&fresh);
        self.apps.rcu(|apps| {
            let mut apps = BTreeMap::clone(apps);
            counts = Arc::clone(apps.entry(app.into()).or_insert_with(|| Arc::clone(&fresh)));
            apps
        });
        counts
    }
}

impl Tally {
    fn resume(row: &OpenUsage) -> Self {
        let so_far = &row.so_far;
        Self {
            opens: so_far.opens.into(),
            pushed: so_far.pushed.into(),
            refused: so_far.refused.into(),
            people: Sketch::read(&row.sketch),
            fresh: false.into(),
        }
    }

    fn row(&self, app: AppId, day: NaiveDate) -> OpenUsage {
        let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
        OpenUsage {
            so_far: UsageDay {
                app,
                day,
                opens: count(&self.opens),
                people: self.people.count(),
                pushed: count(&self.pushed),
                refused: count(&self.refused),
            },
            sketch: self.people.written(),
        }
    }
}

fn date_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&wita()).date_naive()
}

fn hash(salt: &[u8; 16], who: &str) -> u64 {
    let digest = Sha256::new()
        .chain_update(salt)
        .chain_update(who)
        .finalize();
    let (first, _) = digest.as_chunks::<8>();
    first.first().map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// Returns the salt of a day; that of the day before is overwritten.
async fn salt_of(meta: &dyn MetaStore, day: NaiveDate) -> Result<[u8; 16], StoreError> {
    let name = day.to_string();
    if let Some(kept) = meta.value(SALT).await?
        && let Some(salt) = kept.expose_secret().strip_prefix(name.as_bytes())
        && let Ok(salt) = salt.try_into()
    {
        return Ok(salt);
    }
    let salt: [u8; 16] = rand::random();
    let kept = [name.as_bytes(), &salt].concat();
    meta.set_value(SALT, SecretSlice::from(kept)).await?;
    Ok(salt)
}

#[cfg(test)]
mod tests;
