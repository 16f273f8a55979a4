//! The clock port. Nothing else in the hub may ask the machine what time it is.

use chrono::{DateTime, FixedOffset, Utc};
use std::sync::Mutex;

/// A moment with its offset, as RFC 3339 writes it.
pub type Time = DateTime<FixedOffset>;

/// Tells the time. The one port through which the hub sees it.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// Returns the present moment in UTC.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still until it is told to move; for tests and replayed fixtures.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    /// Stops the clock at `at`.
    #[must_use]
    pub fn at(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(at))
    }

    /// Moves the clock forward by `by`.
    pub fn advance(&self, by: chrono::TimeDelta) {
        let mut now = self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *now += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self
            .0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// Returns the city's offset: WITA (`Asia/Makassar`), UTC+8 all year round.
#[must_use]
pub fn wita() -> FixedOffset {
    FixedOffset::east_opt(8 * 3600).expect("eight hours is a valid offset")
}
