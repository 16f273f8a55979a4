//! The apps of the demo that push: each posts its events to the hub's own door, as a real app would.
//!
//! Owns the client that trusts the demo's authority. What is pushed, and its proof, is made by the city.

use super::world::Pushed;
use crate::run::Running;
use anyhow::Context;

/// Posts events to the hub.
pub(super) struct Pusher {
    client: reqwest::Client,
    origin: String,
}

impl Pusher {
    /// A client for this hub, which trusts no other authority than the hub's own.
    pub(super) fn of(running: &Running) -> anyhow::Result<Self> {
        let origin = running.address.origin();
        let mut client = reqwest::Client::builder().no_proxy();
        if let Some(path) = &running.authority {
            let pem = std::fs::read(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            client = client.tls_certs_only([reqwest::Certificate::from_pem(&pem)?]);
        }
        let origin_url: url::Url = origin.parse()?;
        let host = origin_url.host_str().context("the hub has a name")?;
        let client = client
            .resolve(host, std::net::SocketAddr::from(([127, 0, 0, 1], 0)))
            .build()?;
        Ok(Self { client, origin })
    }

    /// Posts one batch after the other; each is acknowledged before the next.
    pub(super) async fn push_all(&self, all: impl Iterator<Item = Pushed>) -> anyhow::Result<()> {
        for (app, push) in all {
            let mut request = self
                .client
                .post(format!("{}/api/v1/ingest/{app}", self.origin));
            for (name, value) in push.headers {
                request = request.header(name, value);
            }
            let answer = request.body(push.body).send().await?;
            let status = answer.status();
            anyhow::ensure!(
                status.is_success(),
                "{app}: what it pushed was answered {status}: {}",
                answer.text().await.unwrap_or_default()
            );
        }
        Ok(())
    }
}
