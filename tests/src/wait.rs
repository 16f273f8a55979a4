//! Waiting for something to become true, with a bound and a name for what never came.
//!
//! Owns the only pause of the harness.

use anyhow::Context;
use std::future::Future;
use std::time::{Duration, Instant};

/// Asks again and again until there is an answer; fails with `what` after `limit`.
///
/// # Errors
/// When `limit` has passed; the message names `what`.
pub async fn eventually<T, F>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> F,
) -> anyhow::Result<T>
where
    F: Future<Output = Option<T>>,
{
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return Ok(answer);
        }
        anyhow::ensure!(
            start.elapsed() < limit,
            "{what} did not come within {limit:?}"
        );
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}

/// Runs something that must end within `limit`.
///
/// # Errors
/// When it does not; the message names `what`.
pub async fn within<T>(
    what: &str,
    limit: Duration,
    work: impl Future<Output = T>,
) -> anyhow::Result<T> {
    tokio::time::timeout(limit, work)
        .await
        .with_context(|| format!("{what} took longer than {limit:?}"))
}
