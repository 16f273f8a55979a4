//! Small helpers that several suites share: a quick city, sources by name, a short connector.
//!
//! Owns no test.

use anyhow::Context;
use divos_city::{City, CityOptions};
use divos_tests::{Hub, eventually};
use http::Method;
use serde_json::Value;
use std::time::Duration;

/// Long enough for a busy machine with two cores.
pub(crate) const SOON: Duration = Duration::from_secs(45);

/// A city whose slow app takes a second.
pub(crate) async fn city() -> anyhow::Result<City> {
    Ok(City::start(CityOptions {
        slow: Duration::from_secs(1),
        ..CityOptions::default()
    })
    .await?)
}

/// The status of every source, as the operator sees it.
pub(crate) async fn sources(hub: &Hub) -> anyhow::Result<Vec<Value>> {
    let answer = hub
        .admin(Method::GET, "/admin/v1/sources")
        .await?
        .expect(200)?
        .json()?;
    Ok(answer["sources"]
        .as_array()
        .context("a list of sources")?
        .clone())
}

/// The status of the one source of an app.
pub(crate) async fn source(hub: &Hub, app: &str) -> anyhow::Result<Value> {
    let all = sources(hub).await?;
    all.into_iter()
        .find(|source| source["app"] == app)
        .with_context(|| format!("no source of {app}"))
}

/// The codes of what is wrong with an app's source.
pub(crate) fn codes(source: &Value) -> Vec<&str> {
    source["troubles"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|trouble| trouble["code"].as_str())
        .collect()
}

/// Asks for a run of an app's one source now.
pub(crate) async fn run_now(hub: &Hub, app: &str) -> anyhow::Result<()> {
    let name = source(hub, app).await?["source"]
        .as_str()
        .context("a name")?
        .to_owned();
    let answer = hub
        .admin(Method::POST, &format!("/admin/v1/sources/{app}/{name}/run"))
        .await?;
    anyhow::ensure!(answer.status.is_success(), "{answer}");
    Ok(())
}

/// Waits until an app's source is as wanted, asking for a run each time it has come to rest.
pub(crate) async fn source_until(
    hub: &Hub,
    app: &str,
    what: &str,
    wanted: impl Fn(&Value) -> bool,
) -> anyhow::Result<Value> {
    eventually(&format!("{what} of {app}"), SOON, || async {
        let found = source(hub, app).await.ok()?;
        if wanted(&found) {
            return Some(found);
        }
        if found["next_run"].is_string() {
            run_now(hub, app).await.ok();
        }
        None
    })
    .await
    .with_context(|| hub.log())
}

/// A connector for a plain JSON array at `/permohonan`-like paths of a loopback app.
pub(crate) fn plain_connector(id: &str, base: &str, more: &str) -> String {
    format!(
        "metadata: {{ name: {id}, title: Aplikasi {id} }}
app: {{ upstreams: [\"{base}\"], retries: 0, timeouts: {{ total: 2s }}, limits: {{ body: 1MB }} }}
sources:
  isi:
    rest: {{ get: /permohonan, query: {{ per_page: \"50\" }} }}
    every: 1h
    deletes: sweep
    to: task
    map: {{ id: no_permohonan, title: perihal, updated_at: tgl_ubah | datetime, web: url }}
{more}"
    )
}

/// The titles of items.
pub(crate) fn titles(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .filter_map(|item| item["title"].as_str())
        .collect()
}
