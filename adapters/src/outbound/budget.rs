//! What a server is spared, over all the apps on it: so many reads in a minute, so many at a time, none while it asks to
//! be left alone.
//!
//! Owns whose turn it is: the apps of a server take turns, however much one of them has to ask. Reads time from tokio
//! only, so that tests can pause it. It must never send.

use crate::Trouble;
use divos_model::AppId;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest that a request waits for a server that asked to be left alone, however often it asked; a run ends rather
/// than wait longer.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long a server is left alone that says it is asked too often (429), and not for how long.
const UNSAID: Duration = Duration::from_secs(10);
/// A pace may be ahead of itself by this part of a minute.
const AHEAD: u32 = 12;
/// Beyond so many servers those that nobody asks are forgotten.
const HOSTS: usize = 1024;

/// What a server is spared. The default: nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HostLimit {
    /// Reads in a minute: requests, pages of a query or of a mailbox.
    pub per_minute: Option<u32>,
    /// Reads at a time.
    pub in_flight: Option<usize>,
}

/// The servers, each with what it is spared.
#[derive(Debug, Default)]
pub(crate) struct Budgets {
    limits: BTreeMap<String, HostLimit>,
    hosts: Mutex<BTreeMap<String, Arc<Host>>>,
}

impl Budgets {
    /// `limits` by host, or by `host:port` where the servers of a host differ.
    pub(crate) fn new(limits: BTreeMap<String, HostLimit>) -> Self {
        let lower = |(name, limit): (String, HostLimit)| (name.to_ascii_lowercase(), limit);
        Self {
            limits: limits.into_iter().map(lower).collect(),
            hosts: Mutex::default(),
        }
    }

    /// Names the server at a host and port: all of a host where that has a limit, else the host at that port.
    pub(crate) fn name(&self, (host, port): (&str, u16)) -> String {
        let mut host = host.to_ascii_lowercase();
        if host.contains(':') && !host.starts_with('[') {
            host = format!("[{host}]");
        }
        let server = format!("{host}:{port}");
        match !self.limits.contains_key(&server) && self.limits.contains_key(&host) {
            true => host,
            false => server,
        }
    }

    /// Finds the server at a host and port.
    pub(crate) fn of(&self, place: (&str, u16)) -> Arc<Host> {
        let key = self.name(place);
        let limit = self.limits.get(&key).copied().unwrap_or_default();
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= HOSTS {
            let now = Instant::now();
            hosts.retain(|_, host| Arc::strong_count(host) > 1 || host.is_paused(now));
        }
        let made = || Arc::new(Host::new(limit));
        hosts.entry(key).or_insert_with(made).clone()
    }
}

/// One server.
#[derive(Debug)]
pub(crate) struct Host {
    limit: HostLimit,
    queue: Mutex<Queue>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    pace: Option<Pace>,
    in_flight: usize,
    paused: Option<Instant>,
    /// Who waits, by app, in the order of their coming.
    waiting: BTreeMap<AppId, VecDeque<u64>>,
    /// Whose turn it was last.
    last: Option<AppId>,
    tickets: u64,
}

/// What a request that waits may do.
enum Turn {
    Go,
    /// Look again when something changed, or at this time.
    Wait(Option<Instant>),
    GiveUp(Duration),
}

impl Host {
    fn new(limit: HostLimit) -> Self {
        let queue = Queue {
            pace: limit.per_minute.map(Pace::new),
            ..Queue::default()
        };
        Self {
            limit,
            queue: Mutex::new(queue),
            changed: Notify::new(),
        }
    }

    /// Waits for an app's turn, for as long as it `may` go.
    ///
    /// # Errors
    /// What `may` says, or how long the server asked to be left alone, where that is too long to wait.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        app: &AppId,
        may: impl Fn() -> Result<(), Trouble>,
    ) -> Result<Room, Trouble> {
        let mut waiting = Waiting::new(self, app);
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            may()?;
            let turn = self.lock().turn(&mut waiting);
            match turn {
                Turn::Go => break,
                Turn::GiveUp(left) => {
                    return Err(Trouble::RateLimited {
                        retry_after: Some(left),
                    });
                }
                Turn::Wait(None) => changed.await,
                Turn::Wait(Some(at)) => {
                    tokio::select! {
                        () = changed => {}
                        () = tokio::time::sleep_until(at) => {}
                    }
                }
            }
        }
        drop(waiting);
        Ok(Room(self.clone()))
    }

    /// Counts a request that is sent once more.
    pub(crate) fn again(&self) {
        if let Some(pace) = &mut self.lock().pace {
            pace.take(Instant::now());
        }
    }

    /// Leaves the server alone, as it asks.
    pub(crate) fn pause(&self, asked: Option<Duration>) {
        let until = Instant::now() + asked.unwrap_or(UNSAID);
        let mut queue = self.lock();
        queue.paused = queue.paused.max(Some(until));
        drop(queue);
        // Whoever waits may not want to wait so long.
        self.changed.notify_waiters();
    }

    fn is_paused(&self, now: Instant) -> bool {
        self.lock().paused.is_some_and(|until| until > now)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn turn(&mut self, waiting: &mut Waiting<'_>) -> Turn {
        let now = Instant::now();
        if let Some(until) = self.paused.filter(|until| *until > now) {
            return match waiting.pause(now, until) {
                asked if asked > LONGEST_WAIT => Turn::GiveUp(until - now),
                _ => Turn::Wait(Some(until)),
            };
        }
        let (app, most) = (waiting.app, waiting.host.limit.in_flight);
        let full = most.is_some_and(|most| self.in_flight >= most);
        if full || self.next() != Some((app, waiting.ticket)) {
            return Turn::Wait(None);
        }
        if let Some(pace) = &mut self.pace {
            let at = pace.next(now);
            if at > now {
                return Turn::Wait(Some(at));
            }
            pace.take(now);
        }
        self.in_flight += 1;
        self.last = Some(app.clone());
        Turn::Go
    }

    /// Whose turn it is: the app behind the one that had it last, and of that the request that came first.
    fn next(&self) -> Option<(&AppId, u64)> {
        let behind = match &self.last {
            Some(last) => (Bound::Excluded(last), Bound::Unbounded),
            None => (Bound::Unbounded, Bound::Unbounded),
        };
        let mut behind = self.waiting.range::<AppId, _>(behind);
        let (app, tickets) = behind.next().or_else(|| self.waiting.iter().next())?;
        Some((app, *tickets.front()?))
    }
}

/// A request that waits; it leaves the queue however it ends.
struct Waiting<'a> {
    host: &'a Host,
    app: &'a AppId,
    ticket: u64,
    /// For how long the server asked to be left alone while it waited, and until when.
    asked: Duration,
    until: Option<Instant>,
}

impl<'a> Waiting<'a> {
    fn new(host: &'a Host, app: &'a AppId) -> Self {
        let mut queue = host.lock();
        queue.tickets += 1;
        let ticket = queue.tickets;
        let own = queue.waiting.entry(app.clone()).or_default();
        own.push_back(ticket);
        Self {
            host,
            app,
            ticket,
            asked: Duration::ZERO,
            until: None,
        }
    }

    /// Notes that the server wants to be left alone until then; returns for how long it wanted that so far.
    fn pause(&mut self, now: Instant, until: Instant) -> Duration {
        let from = self.until.map_or(now, |known| known.max(now));
        self.asked += until.saturating_duration_since(from);
        self.until = Some(until);
        self.asked
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut queue = self.host.lock();
        if let Some(own) = queue.waiting.get_mut(self.app) {
            own.retain(|ticket| *ticket != self.ticket);
            if own.is_empty() {
                queue.waiting.remove(self.app);
            }
        }
        drop(queue);
        self.host.changed.notify_waiters();
    }
}

/// The right to read something of the server.
#[derive(Debug)]
pub(crate) struct Room(Arc<Host>);

impl Drop for Room {
    fn drop(&mut self) {
        self.0.lock().in_flight -= 1;
        self.0.changed.notify_waiters();
    }
}

/// So many in a minute, evenly, a few of them at once: the generic cell rate algorithm (ITU-T I.371).
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    ahead: Duration,
    due: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(per_minute: u32) -> Self {
        let per_minute = per_minute.max(1);
        let interval = Duration::from_secs(60) / per_minute;
        Self {
            interval,
            ahead: interval * (per_minute / AHEAD).saturating_sub(1),
            due: None,
        }
    }

    /// When the next may go.
    fn next(&self, now: Instant) -> Instant {
        let due = self.due.and_then(|due| due.checked_sub(self.ahead));
        due.map_or(now, |at| at.max(now))
    }

    fn take(&mut self, now: Instant) {
        let from = self.due.map_or(now, |due| due.max(now));
        self.due = Some(from + self.interval);
    }

    /// Takes the next one; returns when it may go.
    pub(crate) fn reserve(&mut self, now: Instant) -> Instant {
        let at = self.next(now);
        self.take(now);
        at
    }
}
