//! How often somebody may try to sign in.
//!
//! Owns the counters of failed attempts. A person's counters are charged *before* an attempt is made, so that many
//! at once count as many, and given back when it succeeds. It must never know passwords or names: keys are hashes.
//!
//! Four counters, each with a number of free failures and then a wait that doubles up to a cap; failures
//! are forgotten by half every fifteen minutes:
//!
//! | counter | free | longest wait | holds against |
//! |---|---|---|---|
//! | person and address | 5 | 15 min | guessing from one place |
//! | person, everywhere | 20 | 30 s | guessing from many places; so short that nobody is locked out |
//! | address | 200 | 1 min | trying many names; an office of a thousand shares one address |
//! | person and known browser | 10 | 15 min | a browser they signed in from: spared the three above |

use chrono::{DateTime, TimeDelta, Utc};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard};

/// Counters held at most; the least recently used goes first.
const COUNTERS: u64 = 200_000;
/// Seconds in which half of the failures are forgotten.
const HALF_LIFE: f64 = 900.0;

/// How one kind of counter answers failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Schedule {
    free: u32,
    cap_seconds: u32,
}

const HERE: Schedule = Schedule {
    free: 5,
    cap_seconds: 900,
};
const ANYWHERE: Schedule = Schedule {
    free: 20,
    cap_seconds: 30,
};
const ADDRESS: Schedule = Schedule {
    free: 200,
    cap_seconds: 60,
};
const DEVICE: Schedule = Schedule {
    free: 10,
    cap_seconds: 900,
};

/// One counter's key.
type Key = [u8; 32];

#[derive(Debug, Clone, Copy, Default)]
struct Counter {
    failures: f64,
    at: DateTime<Utc>,
    blocked_until: DateTime<Utc>,
}

/// Who tries, as far as counting goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The person's id where there is one, else the login in its one spelling: NIP, e-mail and spaced NIP
    /// of one person share a counter.
    pub(crate) subject: &'a str,
    /// Where from.
    pub(crate) address: IpAddr,
    /// The nonce of a device cookie that is known to be this person's.
    pub(crate) device: Option<&'a str>,
}

/// Counts attempts. One for the whole hub.
#[derive(Debug)]
pub(crate) struct Throttle {
    counters: Cache<Key, Counter>,
    gate: Mutex<()>,
}

/// An attempt that was let through: say what came of it by [`Throttle::forgive`], [`Throttle::blame`] or
/// [`Throttle::release`].
#[derive(Debug)]
#[must_use]
pub(crate) struct Charge(Vec<Counted>);

/// One counter of an attempt.
#[derive(Debug, Clone, Copy)]
struct Counted {
    key: Key,
    schedule: Schedule,
    payment: Payment,
}

/// When a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payment {
    /// Before the attempt; success clears it.
    Own,
    /// Before the attempt; success gives this one back.
    Shared,
    /// When the attempt failed: a whole office that signs in at once behind one address has done nothing yet.
    After,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        let counters = Cache::builder()
            .max_capacity(COUNTERS)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self {
            counters,
            gate: Mutex::new(()),
        }
    }

    /// Charges an attempt, or says how long to wait.
    pub(crate) fn charge(
        &self,
        attempt: &Attempt<'_>,
        now: DateTime<Utc>,
    ) -> Result<Charge, TimeDelta> {
        let counted = counters(attempt);
        let _gate = self.gate();
        let blocked = |one: &Counted| Some(self.counters.get(&one.key)?.blocked_until - now);
        let wait = counted.iter().filter_map(blocked).max();
        if let Some(wait) = wait.filter(|wait| *wait > TimeDelta::zero()) {
            return Err(wait);
        }
        for one in counted.iter().filter(|one| one.payment != Payment::After) {
            self.count(one, now);
        }
        Ok(Charge(counted))
    }

    /// The attempt failed: counts it where it was not counted before.
    pub(crate) fn blame(&self, charge: Charge, now: DateTime<Utc>) {
        let _gate = self.gate();
        for one in charge.0.iter().filter(|one| one.payment == Payment::After) {
            self.count(one, now);
        }
    }

    /// The attempt succeeded: the person's own counters start afresh, shared ones give this one back.
    pub(crate) fn forgive(&self, charge: Charge) {
        let _gate = self.gate();
        for one in charge.0 {
            match one.payment {
                Payment::Own => self.counters.invalidate(&one.key),
                Payment::Shared => self.give_back(&one.key),
                Payment::After => {}
            }
        }
    }

    /// The attempt could not be judged: nobody is to blame.
    pub(crate) fn release(&self, charge: Charge) {
        let _gate = self.gate();
        for one in charge.0.iter().filter(|one| one.payment != Payment::After) {
            self.give_back(&one.key);
        }
    }

    fn gate(&self) -> MutexGuard<'_, ()> {
        self.gate
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn count(&self, one: &Counted, now: DateTime<Utc>) {
        let counter = self.counters.get(&one.key).unwrap_or_default();
        self.counters
            .insert(one.key, counter.charged(one.schedule, now));
    }

    fn give_back(&self, key: &Key) {
        if let Some(mut counter) = self.counters.get(key) {
            counter.failures = (counter.failures - 1.0).max(0.0);
            counter.blocked_until = DateTime::UNIX_EPOCH;
            self.counters.insert(*key, counter);
        }
    }
}

impl Counter {
    /// Returns the counter after one more failure.
    fn charged(self, schedule: Schedule, now: DateTime<Utc>) -> Self {
        let age = (now - self.at).num_milliseconds().max(0) as f64 / 1000.0;
        let failures = self.failures * 0.5_f64.powf(age / HALF_LIFE) + 1.0;
        let over = failures - f64::from(schedule.free);
        let wait = if over < 0.5 {
            0.0
        } else {
            2.0_f64
                .powf(over.min(30.0))
                .min(f64::from(schedule.cap_seconds))
        };
        Self {
            failures,
            at: now,
            blocked_until: now + TimeDelta::milliseconds((wait * 1000.0) as i64),
        }
    }
}

/// Names the counters of an attempt.
fn counters(attempt: &Attempt<'_>) -> Vec<Counted> {
    let network = network(attempt.address);
    let one = |parts: &[&str], schedule, payment| Counted {
        key: key(parts),
        schedule,
        payment,
    };
    match attempt.device {
        Some(device) => vec![one(
            &["device", attempt.subject, device],
            DEVICE,
            Payment::Own,
        )],
        None => vec![
            one(&["here", attempt.subject, &network], HERE, Payment::Own),
            one(&["anywhere", attempt.subject], ANYWHERE, Payment::Shared),
            one(&["address", &network], ADDRESS, Payment::After),
        ],
    }
}

fn key(parts: &[&str]) -> Key {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Returns what counts as one place: an IPv4 address (mapped or not), or an IPv6 /64.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

#[cfg(test)]
mod tests;
