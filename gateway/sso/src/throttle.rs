//! How often somebody may try to sign in.
//!
//! Owns the counters of failed attempts. An attempt is charged *before* it is made, so that many at once
//! count as many, and given back when it succeeds. It must never know passwords or names: keys are hashes.
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
use std::sync::Mutex;

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

/// An attempt that was charged: give it back by [`Throttle::forgive`] when it succeeded.
#[derive(Debug)]
#[must_use]
pub(crate) struct Charge(Vec<(Key, bool)>);

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
        let keys = keys(attempt);
        let _one_at_a_time = self
            .gate
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let wait = keys
            .iter()
            .filter_map(|(key, ..)| Some(self.counters.get(key)?.blocked_until - now))
            .max();
        if let Some(wait) = wait.filter(|wait| *wait > TimeDelta::zero()) {
            return Err(wait);
        }
        for (key, schedule, _) in &keys {
            let counter = self
                .counters
                .get(key)
                .unwrap_or_default()
                .charged(*schedule, now);
            self.counters.insert(*key, counter);
        }
        Ok(Charge(
            keys.into_iter().map(|(key, _, own)| (key, own)).collect(),
        ))
    }

    /// Gives an attempt back that succeeded: the person's own counters start afresh, shared ones lose one.
    pub(crate) fn forgive(&self, charge: Charge) {
        let _one_at_a_time = self
            .gate
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        for (key, own) in charge.0 {
            if own {
                self.counters.invalidate(&key);
            } else if let Some(mut counter) = self.counters.get(&key) {
                counter.failures = (counter.failures - 1.0).max(0.0);
                counter.blocked_until = DateTime::UNIX_EPOCH;
                self.counters.insert(key, counter);
            }
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

/// Names the counters of an attempt, each with its schedule and whether it is the person's own.
fn keys(attempt: &Attempt<'_>) -> Vec<(Key, Schedule, bool)> {
    let network = network(attempt.address);
    match attempt.device {
        Some(device) => vec![(key(&["device", attempt.subject, device]), DEVICE, true)],
        None => vec![
            (key(&["here", attempt.subject, &network]), HERE, true),
            (key(&["anywhere", attempt.subject]), ANYWHERE, false),
            (key(&["address", &network]), ADDRESS, false),
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
mod tests {
    use super::*;

    fn attempt(subject: &'static str, address: &str) -> Attempt<'static> {
        Attempt {
            subject,
            address: address.parse().expect("an address"),
            device: None,
        }
    }

    fn moment(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
    }

    /// Fails until told to wait; returns how many tries that took.
    fn tries(throttle: &Throttle, attempt: &Attempt<'_>, now: DateTime<Utc>) -> u32 {
        (0..1000)
            .find(|_| throttle.charge(attempt, now).is_err())
            .expect("a wait at last")
    }

    #[test]
    fn one_place_is_slowed_after_five_failures_and_longer_each_time() {
        let throttle = Throttle::new();
        let guess = attempt("p", "192.0.2.1");
        assert_eq!(tries(&throttle, &guess, moment(0)), 6);
        let first = throttle.charge(&guess, moment(0)).expect_err("a wait");
        let later = moment(first.num_seconds() + 1);
        let _ = throttle.charge(&guess, later).expect("one more try");
        let second = throttle.charge(&guess, later).expect_err("a wait");
        assert!(second > first, "{second} after {first}");
    }

    #[test]
    fn the_victim_is_never_locked_out() {
        let throttle = Throttle::new();
        // An attacker with a thousand addresses who never stops for an hour.
        for second in 0..3600_u32 {
            let address = IpAddr::from([198, 51, (second / 250 % 250) as u8, (second % 250) as u8]);
            let _ = throttle.charge(
                &Attempt {
                    subject: "victim",
                    address,
                    device: None,
                },
                moment(second.into()),
            );
        }
        let wait = throttle
            .charge(&attempt("victim", "203.0.113.9"), moment(3600))
            .err()
            .unwrap_or_default();
        assert!(wait.num_seconds() <= 30, "from a new place: {wait}");
        let known = Attempt {
            device: Some("nonce"),
            ..attempt("victim", "203.0.113.9")
        };
        assert!(
            throttle.charge(&known, moment(3600)).is_ok(),
            "from a known browser: at once"
        );
    }

    #[test]
    fn many_at_once_count_as_many() {
        let throttle = std::sync::Arc::new(Throttle::new());
        let allowed: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..50)
                .map(|_| {
                    scope.spawn(|| {
                        usize::from(
                            throttle
                                .charge(&attempt("p", "192.0.2.1"), moment(0))
                                .is_ok(),
                        )
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("a thread"))
                .sum()
        });
        assert_eq!(allowed, 6);
    }

    #[test]
    fn success_forgives_and_time_forgets() {
        let throttle = Throttle::new();
        let guess = attempt("p", "192.0.2.1");
        for _ in 0..5 {
            let _ = throttle.charge(&guess, moment(0)).expect("free");
        }
        throttle.forgive(throttle.charge(&guess, moment(0)).expect("free"));
        assert_eq!(tries(&throttle, &guess, moment(0)), 6);
        assert_eq!(tries(&throttle, &guess, moment(86_400)), 6);
    }

    #[test]
    fn an_ipv6_customer_is_one_place_and_a_mapped_address_is_ipv4() {
        assert_eq!(
            network("2001:db8::1".parse().expect("ip")),
            network("2001:db8::ffff:2".parse().expect("ip"))
        );
        assert_eq!(
            network("::ffff:192.0.2.1".parse().expect("ip")),
            "192.0.2.1"
        );
    }
}
