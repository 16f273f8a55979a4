//! The layers that keep to what an app and its server are spared.
//!
//! Owns where in a call that is looked at: a call waits for its turn before its time begins to run, and every attempt
//! of it counts. It must never know whose turn it is.

use super::budget::Host;
use super::gate::Gate;
use crate::{Call, Reply, Trouble};
use divos_model::AppId;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tower::{Layer, Service, ServiceExt};

/// Lets a call wait for its turn.
pub(crate) struct TurnLayer {
    pub(crate) gate: Arc<Gate>,
    pub(crate) host: Arc<Host>,
    pub(crate) app: AppId,
}

/// A service for one call, which waits for its turn.
pub(crate) struct InTurn<S> {
    inner: Option<S>,
    gate: Arc<Gate>,
    host: Arc<Host>,
    app: AppId,
}

impl<S> Layer<S> for TurnLayer {
    type Service = InTurn<S>;

    fn layer(&self, inner: S) -> InTurn<S> {
        InTurn {
            inner: Some(inner),
            gate: self.gate.clone(),
            host: self.host.clone(),
            app: self.app.clone(),
        }
    }
}

impl<S> Service<Call> for InTurn<S>
where
    S: Service<Call, Response = Reply, Error = Trouble> + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = Trouble;
    type Future = BoxFuture<'static, Result<Reply, Trouble>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Trouble>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let (inner, gate, host) = (self.inner.take(), self.gate.clone(), self.host.clone());
        let app = self.app.clone();
        Box::pin(async move {
            let inner = inner.ok_or(Trouble::Refused)?;
            // Nobody waits for an app that is left alone.
            let may = || match gate.breaker.shut() {
                Some(retry_after) => Err(Trouble::BreakerOpen { retry_after }),
                None => Ok(()),
            };
            let _turn = gate.turn(&app, Some(&host), may).await?;
            inner.oneshot(call).await
        })
    }
}

/// Counts every attempt of a call but the first, which its turn has counted.
pub(crate) fn counting(host: Arc<Host>) -> impl Fn(Call) -> Call + Clone {
    let tried = Arc::new(AtomicBool::new(false));
    move |call| {
        if tried.swap(true, Ordering::Relaxed) {
            host.again();
        }
        call
    }
}

/// Hears when the server asks to be left alone.
pub(crate) fn heeding(
    host: Arc<Host>,
) -> impl Fn(Result<Reply, Trouble>) -> Result<Reply, Trouble> + Clone {
    move |answer| {
        match &answer {
            Err(Trouble::RateLimited { retry_after }) => host.pause(*retry_after),
            Err(Trouble::UpstreamError {
                retry_after: asked @ Some(_),
                ..
            }) => host.pause(*asked),
            _ => {}
        }
        answer
    }
}
