//! Shows every page with made-up data on loopback, for whoever works on templates and style.
//!
//! `cargo run -p divos-portal --example preview -- 8099`; everybody is signed in as an operator, unless
//! a second argument says `guest`.
//! Knows no store and no app: the ports are filled by `sample`.

mod sample;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::io::Write;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args()
        .nth(1)
        .and_then(|port| port.parse().ok())
        .unwrap_or(0_u16);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let address = listener.local_addr()?;
    let origin = format!("http://{address}");
    writeln!(std::io::stdout(), "{origin}")?;
    let world = sample::World {
        always_signed_in: std::env::args().nth(2).is_none_or(|who| who != "guest"),
        ..sample::World::new(&origin)
    };
    // The hub is only ever reached by https; the preview is not, so its own origin is taken away.
    let own = |mut request: axum::extract::Request| {
        request.headers_mut().remove("origin");
        std::future::ready(request)
    };
    let router = divos_portal::router(world.parts()).layer(axum::middleware::map_request(own));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(async move {
            let served = Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
            drop(served);
        });
    }
}
