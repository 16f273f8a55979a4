//! The feed as one thing: wired once, swapped whole, stopped in order.

use crate::admit::Admission;
use crate::board::{Board, addressed};
use crate::live::Live;
use crate::operations::Operations;
use crate::ring_key::CursorKey;
use crate::schedule::{Plan, Planned, ScheduleLimits, Scheduler, SourceKey, Timetable};
use crate::sync::{Inbox, Job, Opens, Sync, Witness};
use crate::timeline::Timeline;
use crate::units::UnitCache;
use crate::upkeep::Upkeep;
use chrono::TimeDelta;
use divos_manifest::Connector;
use divos_model::Clock;
use divos_store::{SourceStatus as Kept, Store, StoreError};
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The shortest wait between two runs of a source, whatever its connector says.
const SHORTEST: Duration = Duration::from_secs(1);

/// What the feed is handed: the outside world, as far as it may see it.
pub struct FeedWorld {
    /// The hub's memory.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The way out to the apps.
    pub outside: Arc<dyn Opens>,
    /// Who hears of runs; `Arc::new(())` where nobody does.
    pub witness: Arc<dyn Witness>,
    /// The key that signs cursors.
    pub cursor_key: CursorKey,
    /// The bounds of the schedule.
    pub limits: ScheduleLimits,
    /// The seed of jitter; `None` takes one from the machine.
    pub seed: Option<u64>,
}

/// The running feed. Cheap to clone; every clone is the same feed.
#[derive(Clone)]
pub struct Feed {
    timeline: Timeline,
    live: Live,
    operations: Operations,
    inbox: Inbox,
    scheduler: Scheduler<Arc<Job>>,
    board: Arc<Board>,
    store: Store,
    clock: Arc<dyn Clock>,
    outside: Arc<dyn Opens>,
    swap: Arc<tokio::sync::Mutex<()>>,
    in_force: watch::Sender<Vec<Arc<Connector>>>,
    stop: CancellationToken,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Feed {
    /// Starts the schedule with these connectors; needs a running tokio runtime.
    ///
    /// # Errors
    /// Where the store cannot say how the sources fared.
    pub async fn start(
        world: FeedWorld,
        connectors: Vec<Arc<Connector>>,
    ) -> Result<Self, StoreError> {
        let FeedWorld {
            store,
            clock,
            outside,
            witness,
            cursor_key,
            limits,
            seed,
        } = world;
        let board = Arc::new(Board::default());
        let sync = Arc::new(Sync {
            admission: Admission::new(Arc::clone(&store.items)),
            items: Arc::clone(&store.items),
            runs: Arc::clone(&store.runs),
            units: UnitCache::new(Arc::clone(&store.people)),
            clock: Arc::clone(&clock),
            outside: Arc::clone(&outside),
            board: Arc::clone(&board),
            witness,
            limit: limits.run,
        });
        let rng = seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        let inbox = Inbox::new(Arc::clone(&sync));
        let scheduler = Scheduler::start(Plan::new(limits, rng), sync, limits.grace);
        let timeline = Timeline {
            store: store.clone(),
            clock: Arc::clone(&clock),
            key: cursor_key,
            board: Arc::clone(&board),
        };
        let operations = Operations {
            board: Arc::clone(&board),
            scheduler: scheduler.clone(),
            runs: Arc::clone(&store.runs),
            clock: Arc::clone(&clock),
            outside: Arc::clone(&outside),
        };
        let live = Live {
            store: store.clone(),
        };
        let stop = CancellationToken::new();
        let feed = Self {
            timeline,
            live,
            operations,
            inbox,
            scheduler,
            board,
            store,
            clock,
            outside,
            swap: Arc::default(),
            in_force: watch::Sender::new(Vec::new()),
            stop,
        };
        feed.replace(connectors).await?;
        let upkeep = Upkeep {
            store: feed.store.clone(),
            clock: Arc::clone(&feed.clock),
            connectors: feed.in_force.subscribe(),
            stop: feed.stop.clone(),
        };
        tokio::spawn(upkeep.run());
        Ok(feed)
    }

    /// Swaps the whole set of connectors at once. Only what changed is read anew; runs of removed
    /// sources are cancelled, others finish. Items of a removed app stay where they are. A source without
    /// an address is as if it were not there.
    ///
    /// # Errors
    /// Where the store cannot say how new sources fared; nothing is swapped then.
    pub async fn replace(&self, connectors: Vec<Arc<Connector>>) -> Result<(), StoreError> {
        let _one_swap_at_a_time = self.swap.lock().await;
        let kept = self.kept(&connectors).await?;
        let removed = self.board.put(&connectors, &kept);
        let set = connectors
            .iter()
            .flat_map(|connector| planned(connector, &kept, &self.clock, &*self.outside))
            .collect();
        self.scheduler.replace(set).await;
        removed.iter().for_each(|app| self.outside.forget(app));
        self.in_force.send_replace(connectors);
        Ok(())
    }

    /// Returns how those sources fared that are not up yet, with how many items the store holds of each
    /// now. Of the others the board knows better; where there are no others the store is not asked.
    async fn kept(
        &self,
        connectors: &[Arc<Connector>],
    ) -> Result<BTreeMap<SourceKey, Kept>, StoreError> {
        let keys = connectors.iter().flat_map(|connector| {
            addressed(connector).map(|source| SourceKey::new(&connector.id, &source.name))
        });
        let new: BTreeSet<SourceKey> = self.board.unknown(keys);
        if new.is_empty() {
            return Ok(BTreeMap::new());
        }
        let kept = self.store.runs.statuses().await?;
        let mut kept: BTreeMap<SourceKey, Kept> = kept
            .into_iter()
            .map(|kept| (SourceKey::new(&kept.app, &kept.source), kept))
            .collect();
        for key in new {
            let items = self.store.items.count_of(&key.app, &key.source).await?;
            let fresh = Kept::new(key.app.clone(), &key.source);
            kept.entry(key).or_insert(fresh).items = items;
        }
        Ok(kept)
    }

    /// Returns the reading side.
    #[must_use]
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Returns the live side.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Returns the operator's side.
    #[must_use]
    pub fn operations(&self) -> &Operations {
        &self.operations
    }

    /// Returns the side that apps push to.
    #[must_use]
    pub fn inbox(&self) -> &Inbox {
        &self.inbox
    }

    /// Stops in order: starts no more runs, lets those under way finish for a while, cancels the rest.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.scheduler.stop().await;
    }
}

/// Lists the sources of a connector as the schedule takes them; those without an address are left out.
fn planned(
    connector: &Arc<Connector>,
    kept: &BTreeMap<SourceKey, Kept>,
    clock: &Arc<dyn Clock>,
    outside: &dyn Opens,
) -> Vec<Planned<Arc<Job>>> {
    let now = clock.now();
    let one = |source: &divos_manifest::Source| {
        let key = SourceKey::new(&connector.id, &source.name);
        // A source that failed is tried soon after a start: perhaps that is why the hub was started.
        let fine = kept.get(&key).filter(|kept| kept.failures == 0);
        let age = fine.and_then(|kept| (now - kept.ended_at?).to_std().ok());
        let payload = Arc::new(Job {
            connector: Arc::clone(connector),
            source: source.name.clone(),
        });
        Planned {
            key,
            every: source.every.max(SHORTEST),
            timetable: timetable(connector, source, clock),
            cap: connector.app.limits.reads_in_flight,
            server: outside.server(connector, source).map(Arc::from),
            stamp: connector.fingerprint(),
            age,
            payload,
        }
    };
    let asked = addressed(connector).filter(|source| !source.fetch.is_push());
    asked.map(one).collect()
}

/// The times of a source that is not read around the clock.
pub(crate) fn timetable(
    connector: &Arc<Connector>,
    source: &divos_manifest::Source,
    clock: &Arc<dyn Clock>,
) -> Option<Timetable> {
    source.hours.as_ref()?;
    let (connector, clock) = (Arc::clone(connector), Arc::clone(clock));
    let name = source.name.clone();
    Some(Timetable::new(move |again| {
        let now = clock.now().with_timezone(&connector.zone);
        let again = again.and_then(|wait| now.checked_add_signed(TimeDelta::from_std(wait).ok()?));
        let next = connector.source(&name).map(|source| match again {
            Some(at) => source.retry_at(at),
            None => source.next_after(now),
        });
        let wait = next.and_then(|next| (next - now).to_std().ok());
        wait.unwrap_or(SHORTEST).max(SHORTEST)
    }))
}
