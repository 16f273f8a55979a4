//! How long the hub waits: for all attempts together, and for each alone.
//!
//! Owns the two limits. Reads time from tokio only, so that tests can pause it.

use crate::{Call, Reply, Trouble};
use futures::future::BoxFuture;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;
use tower::{Layer, Service};

/// Ends a call when all attempts together took too long, and tells them when that will be.
#[derive(Clone, Copy)]
pub(crate) struct WholeCallLayer(Duration);

/// Ends one attempt when it alone took too long.
#[derive(Clone, Copy)]
pub(crate) struct AttemptLayer(Duration);

/// A service that has to answer in time.
#[derive(Clone)]
pub(crate) struct Within<S> {
    inner: S,
    limit: Duration,
    whole: bool,
}

impl WholeCallLayer {
    pub(crate) fn new(limit: Duration) -> Self {
        Self(limit)
    }
}

impl AttemptLayer {
    pub(crate) fn new(limit: Duration) -> Self {
        Self(limit)
    }
}

impl<S> Layer<S> for WholeCallLayer {
    type Service = Within<S>;

    fn layer(&self, inner: S) -> Within<S> {
        Within {
            inner,
            limit: self.0,
            whole: true,
        }
    }
}

impl<S> Layer<S> for AttemptLayer {
    type Service = Within<S>;

    fn layer(&self, inner: S) -> Within<S> {
        Within {
            inner,
            limit: self.0,
            whole: false,
        }
    }
}

impl<S> Service<Call> for Within<S>
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

    fn call(&mut self, mut call: Call) -> Self::Future {
        let limit = self.limit;
        if self.whole {
            call.deadline = Some(Instant::now() + limit);
        }
        let answer = self.inner.call(call);
        Box::pin(async move {
            let in_time = tokio::time::timeout(limit, answer).await;
            in_time.unwrap_or(Err(Trouble::TimedOut { after: limit }))
        })
    }
}
