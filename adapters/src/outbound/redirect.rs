//! Follows redirects by hand, held to the app's own hosts, so that credentials never leave them.
//!
//! Owns the rules of RFC 9110, section 15.4. It must never connect.

use crate::{Call, Reply, Trouble};
use futures::future::BoxFuture;
use http::{Method, StatusCode, header};
use std::task::{Context, Poll};
use tower::{Layer, Service};

const LIMIT: u32 = 5;

/// Follows redirects within the app's own hosts.
#[derive(Clone, Copy)]
pub(crate) struct FollowLayer;

/// A service whose redirects are followed.
#[derive(Clone)]
pub(crate) struct Follow<S>(S);

impl<S> Layer<S> for FollowLayer {
    type Service = Follow<S>;

    fn layer(&self, inner: S) -> Follow<S> {
        Follow(inner)
    }
}

impl<S> Service<Call> for Follow<S>
where
    S: Service<Call, Response = Reply, Error = Trouble> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = Trouble;
    type Future = BoxFuture<'static, Result<Reply, Trouble>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Trouble>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut call: Call) -> Self::Future {
        let mut service = self.0.clone();
        Box::pin(async move {
            for _ in 0..=LIMIT {
                std::future::poll_fn(|cx| service.poll_ready(cx)).await?;
                let reply = service.call(call.clone()).await?;
                match next(&call, &reply)? {
                    Some(onward) => call = onward,
                    None => return Ok(reply),
                }
            }
            Err(Trouble::TooManyRedirects { limit: LIMIT })
        })
    }
}

/// Returns the call that a redirect asks for; `None` where the reply is no redirect.
fn next(call: &Call, reply: &Reply) -> Result<Option<Call>, Trouble> {
    if !matches!(reply.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = reply
        .header(header::LOCATION.as_str())
        .ok_or(Trouble::BadHttp)?;
    let url = call.url.join(location).map_err(|_| Trouble::BadHttp)?;
    if !call.reach.may_follow(&call.url, &url) {
        let host = url.host_str().unwrap_or("?").to_owned();
        return Err(Trouble::RedirectedAway { host });
    }
    let mut onward = Call {
        url,
        ..call.clone()
    };
    let drops_body = reply.status == StatusCode::SEE_OTHER
        || (call.method == Method::POST && matches!(reply.status.as_u16(), 301 | 302));
    if drops_body && call.method != Method::HEAD {
        onward.method = Method::GET;
        onward.body = None;
        onward.headers.remove(header::CONTENT_TYPE);
    }
    if onward.url.host_str() != call.url.host_str() {
        onward.headers.remove(header::HOST);
    }
    Ok(Some(onward))
}
