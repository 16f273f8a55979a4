//! How much the schedule may do at a time, and how long it waits. Plain numbers; no time, no tasks.

use rand::Rng;
use std::time::Duration;

/// The bounds of the schedule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScheduleLimits {
    /// Runs at a time, over all apps; 8. Three quarters of them, rounded up, at most ask one server, however many apps
    /// are on it: while it has to be waited for, others are read.
    pub workers: usize,
    /// Runs at a time of one app, however slow it is; 2. An app's own `reads_in_flight` may lower it.
    pub per_app: usize,
    /// Sources that may be due and waiting at a time; 4096. What is due beyond it is looked at later.
    pub queue: usize,
    /// By how much of its length a wait varies, both ways; 0.1.
    pub jitter: f64,
    /// Within how long the first runs of all sources begin; 5 s.
    pub first_spread: Duration,
    /// The wait after a first failure; 30 s, or `every` where that is shorter. It doubles each time.
    pub backoff: Duration,
    /// The longest such wait; 15 min, or `every` where that is longer.
    pub backoff_max: Duration,
    /// The longest `Retry-After` that is honoured; 24 h.
    pub retry_after_max: Duration,
    /// How long one run may take; 30 min.
    pub run: Duration,
    /// How long a stop waits for runs before it cancels them; 10 s.
    pub grace: Duration,
}

impl Default for ScheduleLimits {
    fn default() -> Self {
        Self {
            workers: 8,
            per_app: 2,
            queue: 4096,
            jitter: 0.1,
            first_spread: Duration::from_secs(5),
            backoff: Duration::from_secs(30),
            backoff_max: Duration::from_secs(15 * 60),
            retry_after_max: Duration::from_secs(24 * 3600),
            run: Duration::from_secs(30 * 60),
            grace: Duration::from_secs(10),
        }
    }
}

impl ScheduleLimits {
    /// Runs at a time that ask one server.
    pub(crate) fn per_server(&self) -> usize {
        let workers = self.workers.max(1);
        workers - workers / 4
    }

    /// The wait before the next regular run.
    pub(crate) fn regular(&self, every: Duration, rng: &mut impl Rng) -> Duration {
        self.vary(every, rng)
    }

    /// The wait before a source that was never read is read for the first time.
    pub(crate) fn first(&self, every: Duration, rng: &mut impl Rng) -> Duration {
        self.first_spread.min(every).mul_f64(rng.random::<f64>())
    }

    /// The wait after `failures` failed runs in a row: exponential, bounded, never shorter than what
    /// the app asked for.
    pub(crate) fn after_failure(
        &self,
        every: Duration,
        failures: u32,
        retry_after: Option<Duration>,
        rng: &mut impl Rng,
    ) -> Duration {
        let base = self.backoff.min(every);
        let doublings = failures.saturating_sub(1).min(20);
        let wait = base
            .saturating_mul(1 << doublings)
            .min(self.backoff_max.max(every));
        let asked = retry_after.unwrap_or_default().min(self.retry_after_max);
        self.vary(wait, rng).max(asked)
    }

    fn vary(&self, wait: Duration, rng: &mut impl Rng) -> Duration {
        let jitter = self.jitter.clamp(0.0, 1.0);
        wait.mul_f64(1.0 + jitter * (rng.random::<f64>() * 2.0 - 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn backoff_doubles_up_to_its_bound() {
        let limits = ScheduleLimits {
            jitter: 0.0,
            ..ScheduleLimits::default()
        };
        let mut rng = StdRng::seed_from_u64(1);
        for (every, failures, seconds) in [
            (5 * MINUTE, 1, 30),
            (5 * MINUTE, 2, 60),
            (5 * MINUTE, 3, 120),
            (5 * MINUTE, 6, 900),
            (5 * MINUTE, u32::MAX, 900),
            (Duration::from_secs(10), 1, 10),
            (60 * MINUTE, 20, 3600),
        ] {
            let wait = limits.after_failure(every, failures, None, &mut rng);
            assert_eq!(wait.as_secs(), seconds, "{every:?} {failures}");
        }
    }

    #[test]
    fn retry_after_is_honoured_within_reason() {
        let limits = ScheduleLimits::default();
        let mut rng = StdRng::seed_from_u64(1);
        let mut wait = |asked| limits.after_failure(5 * MINUTE, 1, Some(asked), &mut rng);
        assert_eq!(wait(20 * MINUTE), 20 * MINUTE);
        assert!(wait(Duration::from_secs(1)) > Duration::from_secs(20));
        assert_eq!(wait(Duration::MAX), Duration::from_secs(24 * 3600));
    }

    #[test]
    fn waits_vary_within_the_jitter_and_no_more() {
        let limits = ScheduleLimits::default();
        let mut rng = StdRng::seed_from_u64(1);
        let waits: Vec<_> = (0..200)
            .map(|_| limits.regular(10 * MINUTE, &mut rng))
            .collect();
        assert!(waits.iter().all(|w| (9 * MINUTE..=11 * MINUTE).contains(w)));
        let spread = *waits.iter().max().expect("some") - *waits.iter().min().expect("some");
        assert!(spread > MINUTE, "{spread:?}");
        assert!(limits.first(60 * MINUTE, &mut rng) <= limits.first_spread);
    }
}
