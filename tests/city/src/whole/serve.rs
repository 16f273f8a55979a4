//! The accept loop of one app of the whole city: HTTP/1.1 on loopback, breakages before answers.
//!
//! Owns connections and the bound on what is sent to an app; never knows what a request means.

use super::answer::{self, Asked};
use super::shelf::Shelf;
use crate::broken;
use crate::knobs::Break;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// The most bytes of a request's body.
const BODY: usize = 1 << 20;

/// Serves one app until it is told to stop; then every connection ends at once.
pub(crate) async fn run(listener: TcpListener, shelf: Arc<Shelf>, stopping: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    let shelf = shelf.clone();
                    connections.spawn(async move {
                        let service = service_fn(move |request| reply(request, shelf.clone()));
                        // A connection that ends in an error is what several breakages are for.
                        http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
                    });
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn reply(request: Request<Incoming>, shelf: Arc<Shelf>) -> io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    shelf.saw();
    let body = axum::body::to_bytes(Body::new(body), BODY)
        .await
        .map_err(io::Error::other)?;
    let asked = Asked::new(parts, body);
    let what = shelf
        .broken()
        .filter(|_| asked.path == shelf.entry.option("path"));
    if what == Some(Break::HangUp) {
        return Err(io::Error::other("the app hangs up"));
    }
    if let Some(instead) = what.as_ref().and_then(broken::instead) {
        return instead.await;
    }
    let response = answer::answer(&shelf, &asked);
    match what {
        Some(what) => broken::twist(&what, response).await,
        None => Ok(response),
    }
}
