//! The breaker: after enough failures in a row an app is left alone for a while.
//!
//! Owns the counting. It must never know what a failure was, nor block: three atomics, no lock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Instant;

use super::route::BreakerDef;

/// The memory of one app's breaker. Time is monotonic milliseconds since it was made.
#[derive(Debug)]
pub struct Breaker {
    born: Instant,
    failures: AtomicU32,
    open_until: AtomicU64,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            born: Instant::now(),
            failures: AtomicU32::new(0),
            open_until: AtomicU64::new(0),
        }
    }
}

impl Breaker {
    /// Whether a request may go. While open, one request is let through each time the wait is over.
    pub fn admits(&self, def: Option<&BreakerDef>) -> bool {
        self.admits_at(def, self.now_ms())
    }

    /// Tells the breaker how a request went.
    pub fn report(&self, def: Option<&BreakerDef>, ok: bool) {
        self.report_at(def, ok, self.now_ms());
    }

    /// Whether requests are being refused now.
    pub fn is_open(&self) -> bool {
        self.open_until.load(Ordering::Relaxed) > self.now_ms()
    }

    /// Closes the breaker by hand.
    pub fn reset(&self) {
        self.failures.store(0, Ordering::Relaxed);
        self.open_until.store(0, Ordering::Relaxed);
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The one request that is let through moves the end of the wait, so that it alone is the probe and a probe
    /// that never reports blocks nobody for good.
    fn admits_at(&self, def: Option<&BreakerDef>, now: u64) -> bool {
        let until = self.open_until.load(Ordering::Relaxed);
        let Some(def) = def.filter(|_| until != 0) else {
            return true;
        };
        now >= until
            && self
                .open_until
                .compare_exchange(until, after(now, def), Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }

    fn report_at(&self, def: Option<&BreakerDef>, ok: bool, now: u64) {
        let Some(def) = def else { return };
        if ok {
            if self.failures.load(Ordering::Relaxed) != 0 {
                self.reset();
            }
            return;
        }
        let failures = self
            .failures
            .fetch_add(1, Ordering::Relaxed)
            .saturating_add(1);
        if failures >= def.failures {
            self.open_until.store(after(now, def), Ordering::Relaxed);
        }
    }
}

fn after(now: u64, def: &BreakerDef) -> u64 {
    let wait = u64::try_from(def.open_for.as_millis()).unwrap_or(u64::MAX);
    now.saturating_add(wait).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn opens_probes_once_and_closes() {
        let def = BreakerDef {
            failures: 2,
            open_for: Duration::from_millis(100),
        };
        let def = Some(&def);
        let breaker = Breaker::default();
        breaker.report_at(def, false, 0);
        assert!(breaker.admits_at(def, 1));
        breaker.report_at(def, false, 1);
        assert!(!breaker.admits_at(def, 50), "open after two failures");
        assert!(breaker.admits_at(def, 200), "one probe after the wait");
        assert!(!breaker.admits_at(def, 200), "and only one");
        breaker.report_at(def, false, 200);
        assert!(
            !breaker.admits_at(def, 250),
            "a failed probe opens it again"
        );
        assert!(breaker.admits_at(def, 400));
        breaker.report_at(def, true, 401);
        assert!(breaker.admits_at(def, 402) && breaker.admits_at(def, 402));
    }

    #[test]
    fn a_success_forgets_earlier_failures() {
        let def = BreakerDef {
            failures: 2,
            open_for: Duration::from_millis(100),
        };
        let breaker = Breaker::default();
        breaker.report_at(Some(&def), false, 0);
        breaker.report_at(Some(&def), true, 1);
        breaker.report_at(Some(&def), false, 2);
        assert!(breaker.admits_at(Some(&def), 3));
    }
}
