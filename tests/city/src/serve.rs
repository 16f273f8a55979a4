//! The accept loop of one app: plain HTTP/1.1 on loopback, every request counted, breakages applied first.
//!
//! Owns connections; never knows what a request means.

use crate::app::Make;
use crate::knobs::Break;
use crate::state::{AppState, Seen};
use crate::{broken, make};
use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Serves one app until it is told to stop; then every connection ends at once.
pub(crate) async fn run(listener: TcpListener, state: Arc<AppState>, stopping: CancellationToken) {
    let router = make::router(state.clone());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, router.clone(), state.clone()));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, router: Router, state: Arc<AppState>) {
    let service = service_fn(move |request| answer(request, router.clone(), state.clone()));
    // A connection that ends in an error is what several breakages are for.
    http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await
        .ok();
}

async fn answer(
    request: Request<Incoming>,
    router: Router,
    state: Arc<AppState>,
) -> io::Result<Response<Body>> {
    let path = request.uri().path().to_owned();
    let turn = state.saw(Seen {
        method: request.method().to_string(),
        target: request
            .uri()
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        headers: request.headers().clone(),
    });
    let what = if state.is_data(&path) {
        state.broken().or_else(|| by_nature(&state, turn))
    } else {
        None
    };
    if what == Some(Break::HangUp) {
        return Err(io::Error::other("the app hangs up"));
    }
    if let Some(instead) = what.as_ref().and_then(broken::instead) {
        return instead.await;
    }
    let response = router
        .oneshot(request.map(Body::new))
        .await
        .unwrap_or_else(|never| match never {});
    match what {
        Some(what) => broken::twist(&what, response).await,
        None => Ok(response),
    }
}

/// What the slow and the failing app do of themselves: the failing one answers well on every fourth request.
fn by_nature(state: &AppState, turn: u64) -> Option<Break> {
    match (state.spec.make, turn % 4) {
        (Make::Slow, _) => Some(Break::Late(state.slow)),
        (Make::Failing, 1) => Some(Break::HtmlForJson),
        (Make::Failing, 0 | 2) => Some(Break::Status(500)),
        _ => None,
    }
}
