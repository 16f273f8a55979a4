//! The innermost service: sends one call and gives its status a meaning.

use super::retry::retry_after;
use crate::{Call, Reply, Transport, Trouble};
use divos_model::Clock;
use futures::future::BoxFuture;
use http::header;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::Service;

/// Sends calls through a transport.
#[derive(Clone)]
pub(crate) struct Send {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Send {
    pub(crate) fn new(transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { transport, clock }
    }
}

impl Service<Call> for Send {
    type Response = Reply;
    type Error = Trouble;
    type Future = BoxFuture<'static, Result<Reply, Trouble>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Trouble>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let Self { transport, clock } = self.clone();
        Box::pin(async move {
            let reply = transport.send(&call).await?;
            if let Some(trouble) = call.verdict.as_ref().and_then(|v| v.on(&reply)) {
                return Err(trouble);
            }
            judge(reply, clock.as_ref())
        })
    }
}

/// Lets 2xx, 304 and redirects through; every other status is an error.
fn judge(reply: Reply, clock: &dyn Clock) -> Result<Reply, Trouble> {
    let asked = || {
        let header = reply.header(header::RETRY_AFTER.as_str())?;
        retry_after(header, clock.now())
    };
    match reply.status.as_u16() {
        200..=299 | 301..=304 | 307 | 308 => Ok(reply),
        401 => Err(Trouble::Unauthorized),
        403 => Err(Trouble::Forbidden),
        status @ (404 | 410) => Err(Trouble::NotFound { status }),
        429 => Err(Trouble::RateLimited {
            retry_after: asked(),
        }),
        status @ 400..500 => Err(Trouble::Rejected { status }),
        status => Err(Trouble::UpstreamError {
            status,
            retry_after: asked(),
        }),
    }
}
