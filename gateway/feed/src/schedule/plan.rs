//! The schedule as a state machine: what is due, what runs, what comes next. No task, no clock, no
//! network: the driver hands it the time and does what it says.

use super::limits::ScheduleLimits;
use super::ready::{Ready, SourceKey};
use rand::rngs::StdRng;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Says how long to wait for the next time at which a source may be read: office hours, a cron expression.
#[derive(Clone)]
pub(crate) struct Timetable(Arc<dyn Fn(Option<Duration>) -> Duration + Send + Sync>);

impl Timetable {
    /// `wait` is handed how long a read that failed should wait to be tried again, `None` for the next regular one.
    pub(crate) fn new(wait: impl Fn(Option<Duration>) -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(wait))
    }
}

impl std::fmt::Debug for Timetable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Timetable").finish_non_exhaustive()
    }
}

/// A source that is to be read, with what a run needs.
#[derive(Debug, Clone)]
pub(crate) struct Planned<T> {
    pub(crate) key: SourceKey,
    pub(crate) every: Duration,
    /// At which times only; around the clock where it is `None`.
    pub(crate) timetable: Option<Timetable>,
    /// Runs of its app at a time, as far as the app itself says.
    pub(crate) cap: usize,
    /// The server that it asks, which may have many apps.
    pub(crate) server: Option<Arc<str>>,
    /// Anything different means that the source is read anew.
    pub(crate) stamp: [u8; 32],
    /// How long ago it was last read; `None` for never, or where it has to be read anew.
    pub(crate) age: Option<Duration>,
    pub(crate) payload: T,
}

/// A run that has to be started now.
#[derive(Debug)]
pub(crate) struct Start<T> {
    pub(crate) key: SourceKey,
    pub(crate) payload: T,
    pub(crate) cancel: CancellationToken,
}

/// How a run ended, as far as the schedule cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok,
    Failed { retry_after: Option<Duration> },
    Cancelled,
}

/// What became of a wish to run a source now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunNow {
    /// It waits for a slot.
    Queued,
    /// It runs, and runs once more afterwards.
    Running,
    /// Too many sources wait; try again later.
    Full,
    /// There is no such source.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Waiting,
    Queued,
    Running,
}

#[derive(Debug)]
struct Entry<T> {
    planned: Planned<T>,
    phase: Phase,
    next: Instant,
    ticket: u64,
    failures: u32,
    again: bool,
}

#[derive(Debug)]
struct Running {
    cancel: CancellationToken,
    server: Option<Arc<str>>,
}

/// Everything that the schedule knows.
#[derive(Debug)]
pub(crate) struct Plan<T> {
    limits: ScheduleLimits,
    rng: StdRng,
    entries: HashMap<SourceKey, Entry<T>>,
    due: BinaryHeap<Reverse<(Instant, u64, SourceKey)>>,
    ready: Ready,
    running: HashMap<SourceKey, Running>,
    tickets: u64,
    touched: Vec<SourceKey>,
}

impl<T: Clone> Plan<T> {
    pub(crate) fn new(limits: ScheduleLimits, rng: StdRng) -> Self {
        Self {
            limits,
            rng,
            entries: HashMap::new(),
            due: BinaryHeap::new(),
            ready: Ready::default(),
            running: HashMap::new(),
            tickets: 0,
            touched: Vec::new(),
        }
    }

    /// Swaps the whole set. A source whose stamp is the same keeps its place, a changed one is read
    /// anew (after its present run, if it runs), a removed one is cancelled.
    pub(crate) fn replace(&mut self, set: Vec<Planned<T>>, now: Instant) {
        let kept: HashSet<SourceKey> = set.iter().map(|planned| planned.key.clone()).collect();
        let gone: Vec<_> = self
            .entries
            .keys()
            .filter(|key| !kept.contains(key))
            .cloned()
            .collect();
        for key in gone {
            self.remove(&key);
        }
        for planned in set {
            self.put(planned, now);
        }
    }

    fn remove(&mut self, key: &SourceKey) {
        self.entries.remove(key);
        self.ready.forget(key);
        if let Some(running) = self.running.get(key) {
            running.cancel.cancel();
        }
    }

    fn put(&mut self, planned: Planned<T>, now: Instant) {
        let key = planned.key.clone();
        match self.entries.get_mut(&key) {
            Some(entry) if entry.planned.stamp == planned.stamp => entry.planned = planned,
            Some(entry) => {
                entry.planned = planned;
                entry.failures = 0;
                match entry.phase {
                    Phase::Running => entry.again = true,
                    Phase::Queued => {}
                    Phase::Waiting => self.wait(&key, now, Duration::ZERO),
                }
            }
            None => self.add(planned, now),
        }
    }

    fn add(&mut self, planned: Planned<T>, now: Instant) {
        let key = planned.key.clone();
        let first = self.limits.first(planned.every, &mut self.rng);
        let wait = match planned.age {
            Some(age) => match &planned.timetable {
                Some(Timetable(wait)) => wait(None).max(first),
                None => {
                    let regular = self.limits.regular(planned.every, &mut self.rng);
                    regular.saturating_sub(age).max(first)
                }
            },
            None => first,
        };
        // A source that was removed and came back while its cancelled run still ends.
        let ending = self.running.contains_key(&key);
        let phase = if ending {
            Phase::Running
        } else {
            Phase::Waiting
        };
        let entry = Entry {
            planned,
            phase,
            next: now,
            ticket: 0,
            failures: 0,
            again: ending,
        };
        self.entries.insert(key.clone(), entry);
        if !ending {
            self.wait(&key, now, wait);
        }
    }

    fn wait(&mut self, key: &SourceKey, now: Instant, wait: Duration) {
        if let Some(entry) = self.entries.get_mut(key) {
            self.tickets += 1;
            entry.phase = Phase::Waiting;
            entry.ticket = self.tickets;
            entry.next = now + wait;
            self.touched.push(key.clone());
            self.due
                .push(Reverse((entry.next, entry.ticket, key.clone())));
        }
        self.compact();
    }

    /// Drops tickets that no longer count, so that the heap stays as small as the set.
    fn compact(&mut self) {
        if self.due.len() > 2 * self.entries.len() + 64 {
            let entries = &self.entries;
            self.due.retain(|Reverse((_, ticket, key))| {
                entries
                    .get(key)
                    .is_some_and(|entry| entry.ticket == *ticket)
            });
        }
    }

    /// Moves what is due into the queue and returns the runs that have to start now.
    pub(crate) fn tick(&mut self, now: Instant) -> Vec<Start<T>> {
        self.collect_due(now);
        let mut starts = Vec::new();
        while self.ready.in_flight() < self.limits.workers.max(1) {
            let (entries, running) = (&self.entries, &self.running);
            let (per_app, per_server) = (self.limits.per_app.max(1), self.limits.per_server());
            let at = |server: &Arc<str>| {
                let there = |run: &&Running| run.server.as_ref() == Some(server);
                running.values().filter(there).count()
            };
            let may = |key: &SourceKey, of_app: usize| {
                let planned = entries.get(key).map(|entry| &entry.planned);
                let server = planned.and_then(|planned| planned.server.as_ref());
                of_app < planned.map_or(per_app, |planned| planned.cap.clamp(1, per_app))
                    && server.is_none_or(|server| at(server) < per_server)
            };
            let Some(key) = self.ready.take(may) else {
                break;
            };
            if let Some(start) = self.start(key) {
                starts.push(start);
            }
        }
        starts
    }

    fn collect_due(&mut self, now: Instant) {
        while self.ready.len() < self.limits.queue.max(1) {
            match self.due.peek() {
                Some(Reverse((at, _, _))) if *at <= now => {}
                _ => return,
            }
            let Some(Reverse((_, ticket, key))) = self.due.pop() else {
                return;
            };
            let Some(entry) = self.entries.get_mut(&key) else {
                continue;
            };
            if entry.ticket == ticket && entry.phase == Phase::Waiting {
                entry.phase = Phase::Queued;
                self.touched.push(key.clone());
                self.ready.push(key, false);
            }
        }
    }

    fn start(&mut self, key: SourceKey) -> Option<Start<T>> {
        let Some(entry) = self.entries.get_mut(&key) else {
            self.ready.release(&key.app);
            return None;
        };
        entry.phase = Phase::Running;
        self.touched.push(key.clone());
        let cancel = CancellationToken::new();
        let running = Running {
            cancel: cancel.clone(),
            server: entry.planned.server.clone(),
        };
        self.running.insert(key.clone(), running);
        Some(Start {
            key,
            payload: entry.planned.payload.clone(),
            cancel,
        })
    }

    /// Notes that a run ended and plans the next one.
    pub(crate) fn ended(&mut self, key: &SourceKey, verdict: Verdict, now: Instant) {
        if self.running.remove(key).is_some() {
            self.ready.release(&key.app);
        }
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let every = entry.planned.every;
        let again = std::mem::take(&mut entry.again);
        if verdict == Verdict::Ok {
            entry.failures = 0;
        }
        let wait = match verdict {
            Verdict::Ok | Verdict::Cancelled => match &entry.planned.timetable {
                Some(Timetable(wait)) => wait(None),
                None => self.limits.regular(every, &mut self.rng),
            },
            Verdict::Failed { retry_after } => {
                entry.failures = entry.failures.saturating_add(1);
                let failures = entry.failures;
                let again = self
                    .limits
                    .after_failure(every, failures, retry_after, &mut self.rng);
                match &entry.planned.timetable {
                    Some(Timetable(wait)) => wait(Some(again)),
                    None => again,
                }
            }
        };
        self.wait(key, now, if again { Duration::ZERO } else { wait });
    }

    /// Puts a source at the head of its app's queue.
    pub(crate) fn run_now(&mut self, key: &SourceKey) -> RunNow {
        let full = self.ready.len() >= self.limits.queue.max(1);
        let Some(entry) = self.entries.get_mut(key) else {
            return RunNow::Unknown;
        };
        match entry.phase {
            Phase::Running => {
                entry.again = true;
                return RunNow::Running;
            }
            Phase::Queued => self.ready.forget(key),
            Phase::Waiting if full => return RunNow::Full,
            Phase::Waiting => {}
        }
        entry.phase = Phase::Queued;
        self.touched.push(key.clone());
        self.ready.push(key.clone(), true);
        RunNow::Queued
    }

    /// Returns when something is due next; `None` where only the end of a run can change anything.
    pub(crate) fn next_wake(&self) -> Option<Instant> {
        if self.ready.len() >= self.limits.queue.max(1) {
            return None;
        }
        self.due.peek().map(|Reverse((at, _, _))| *at)
    }

    /// Returns the sources whose phase changed since the last call.
    pub(crate) fn touched(&mut self) -> Vec<SourceKey> {
        std::mem::take(&mut self.touched)
    }

    /// Tells what each source is doing: its phase, when it is due, and its failures in a row.
    pub(crate) fn phase(&self, key: &SourceKey) -> Option<(Phase, Instant, u32)> {
        self.entries
            .get(key)
            .map(|entry| (entry.phase, entry.next, entry.failures))
    }

    /// Counts the tickets that wait for their time.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.due.len()
    }

    /// Cancels every run.
    pub(crate) fn cancel_all(&self) {
        for running in self.running.values() {
            running.cancel.cancel();
        }
    }
}
