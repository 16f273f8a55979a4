//! Leaves a failing app alone: closed, open, half-open with one probe at a time.
//!
//! Owns one app's recent failures. Reads time from tokio only, so that tests can pause it.

use crate::{Call, Reply, Trouble};
use divos_manifest::Breaker as Limits;
use futures::future::BoxFuture;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;
use tower::{Layer, Service};

/// Where an app's breaker stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BreakerState {
    /// Requests go out.
    Closed {
        /// Failures within the window.
        failures: u32,
    },
    /// Requests are refused.
    Open {
        /// For how much longer.
        #[serde(rename = "for_seconds", serialize_with = "seconds")]
        remaining: Duration,
    },
    /// One request is on its way to see whether the app is well again, or may go.
    HalfOpen,
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(duration.as_secs())
}

impl BreakerState {
    pub(crate) fn closed() -> Self {
        Self::Closed { failures: 0 }
    }

    /// Returns the stable word: `closed`, `open` or `half_open`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed { .. } => "closed",
            Self::Open { .. } => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// One app's breaker.
#[derive(Debug)]
pub(crate) struct Breaker {
    limits: Limits,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
enum Memory {
    Closed { failures: VecDeque<Instant> },
    Open { until: Instant },
    Probing,
}

impl Memory {
    fn shut(&self, now: Instant) -> Option<Duration> {
        match self {
            Self::Open { until } if *until > now => Some(*until - now),
            Self::Probing => Some(Duration::from_secs(1)),
            Self::Closed { .. } | Self::Open { .. } => None,
        }
    }
}

impl Breaker {
    pub(crate) fn new(limits: Limits) -> Self {
        let failures = VecDeque::new();
        Self {
            limits,
            memory: Mutex::new(Memory::Closed { failures }),
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    pub(crate) fn state(&self) -> BreakerState {
        let now = Instant::now();
        match &*self.lock() {
            Memory::Closed { failures } => {
                let recent = |at: &&Instant| now.duration_since(**at) < self.limits.window;
                BreakerState::Closed {
                    failures: failures.iter().filter(recent).count() as u32,
                }
            }
            Memory::Open { until } if *until > now => BreakerState::Open {
                remaining: *until - now,
            },
            Memory::Open { .. } | Memory::Probing => BreakerState::HalfOpen,
        }
    }

    /// Says how long to wait, where no request would be let out.
    pub(crate) fn shut(&self) -> Option<Duration> {
        self.lock().shut(Instant::now())
    }

    /// Lets a request out, or says how long to wait.
    fn admit(self: &Arc<Self>) -> Result<Ticket, Duration> {
        let mut memory = self.lock();
        if let Some(wait) = memory.shut(Instant::now()) {
            return Err(wait);
        }
        let probe = matches!(&*memory, Memory::Open { .. });
        if probe {
            *memory = Memory::Probing;
        }
        Ok(Ticket {
            breaker: self.clone(),
            probe,
            told: false,
        })
    }

    fn succeeded(&self, probe: bool) {
        let mut memory = self.lock();
        match &mut *memory {
            Memory::Closed { .. } => {} // what failed within the window still counts
            Memory::Open { .. } if !probe => {}
            _ => {
                *memory = Memory::Closed {
                    failures: VecDeque::new(),
                }
            }
        }
    }

    fn failed(&self, probe: bool) {
        let now = Instant::now();
        let mut memory = self.lock();
        let open = match &mut *memory {
            Memory::Closed { failures } => {
                failures.retain(|at| now.duration_since(*at) < self.limits.window);
                failures.push_back(now);
                failures.len() >= self.limits.failures.max(1) as usize
            }
            Memory::Probing | Memory::Open { .. } => probe,
        };
        if open {
            *memory = Memory::Open {
                until: now + self.limits.open,
            };
        }
    }

    /// A probe was given up before it had an outcome: the next request may be the probe.
    fn abandoned(&self) {
        let mut memory = self.lock();
        if matches!(*memory, Memory::Probing) {
            *memory = Memory::Open {
                until: Instant::now(),
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// The right to send one request; its outcome has to be told, or the probe is given back on drop.
struct Ticket {
    breaker: Arc<Breaker>,
    probe: bool,
    told: bool,
}

impl Ticket {
    fn tell(mut self, outcome: &Result<Reply, Trouble>) {
        self.told = true;
        match outcome {
            Err(trouble) if trouble.is_illness() => self.breaker.failed(self.probe),
            _ => self.breaker.succeeded(self.probe),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.probe && !self.told {
            self.breaker.abandoned();
        }
    }
}

/// Puts a breaker before a service.
#[derive(Clone)]
pub(crate) struct BreakerLayer(Arc<Breaker>);

impl BreakerLayer {
    pub(crate) fn new(breaker: Arc<Breaker>) -> Self {
        Self(breaker)
    }
}

impl<S> Layer<S> for BreakerLayer {
    type Service = Broken<S>;

    fn layer(&self, inner: S) -> Broken<S> {
        Broken {
            inner,
            breaker: self.0.clone(),
        }
    }
}

/// A service behind a breaker.
pub(crate) struct Broken<S> {
    inner: S,
    breaker: Arc<Breaker>,
}

impl<S> Service<Call> for Broken<S>
where
    S: Service<Call, Response = Reply, Error = Trouble>,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = Trouble;
    type Future = BoxFuture<'static, Result<Reply, Trouble>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Trouble>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        match self.breaker.admit() {
            Err(retry_after) => Box::pin(async move { Err(Trouble::BreakerOpen { retry_after }) }),
            Ok(ticket) => {
                let answer = self.inner.call(call);
                Box::pin(async move {
                    let outcome = answer.await;
                    ticket.tell(&outcome);
                    outcome
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits {
            failures: 3,
            window: Duration::from_secs(60),
            open: Duration::from_secs(30),
        }
    }

    fn fail(breaker: &Arc<Breaker>) {
        let ticket = breaker.admit().unwrap_or_else(|_| panic!("closed"));
        ticket.tell(&Err(Trouble::Refused));
    }

    fn well() -> Result<Reply, Trouble> {
        Ok(Reply {
            status: http::StatusCode::OK,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new().into(),
            url: "http://a.example/".parse().expect("a URL"),
            close_delimited: false,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn opens_probes_once_and_closes() {
        let breaker = Arc::new(Breaker::new(limits()));
        (0..3).for_each(|_| fail(&breaker));
        assert_eq!(breaker.state().as_str(), "open");
        assert_eq!(breaker.admit().err(), Some(Duration::from_secs(30)));
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.admit().unwrap_or_else(|_| panic!("one probe"));
        assert!(breaker.admit().is_err(), "only one probe at a time");
        probe.tell(&well());
        assert_eq!(breaker.state(), BreakerState::closed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_probe_opens_again_and_an_abandoned_one_is_given_back() {
        let breaker = Arc::new(Breaker::new(limits()));
        (0..3).for_each(|_| fail(&breaker));
        tokio::time::advance(Duration::from_secs(31)).await;
        fail(&breaker);
        assert_eq!(breaker.state().as_str(), "open");
        tokio::time::advance(Duration::from_secs(31)).await;
        drop(breaker.admit());
        assert!(breaker.admit().is_ok(), "the dropped probe is given back");
    }

    #[tokio::test(start_paused = true)]
    async fn failures_outside_the_window_and_wrong_credentials_do_not_count() {
        let breaker = Arc::new(Breaker::new(limits()));
        fail(&breaker);
        fail(&breaker);
        tokio::time::advance(Duration::from_secs(61)).await;
        fail(&breaker);
        for _ in 0..5 {
            let ticket = breaker.admit().unwrap_or_else(|_| panic!("closed"));
            ticket.tell(&Err(Trouble::Unauthorized));
        }
        assert_eq!(breaker.state(), BreakerState::Closed { failures: 1 });
    }
}
