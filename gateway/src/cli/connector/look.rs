//! `divos connector list|show|explain`: what the definitions say.

use super::{find, load};
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, progress, table};
use divos_manifest::Connector;
use divos_model::Lang;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn list(hub: &HubArgs, lang: Lang, as_json: bool) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let row = |connector: &Arc<Connector>| {
        let sources: Vec<String> = connector
            .sources
            .iter()
            .map(|source| format!("{} → {}", source.name, source.to))
            .collect();
        json!({
            "id": connector.id,
            "title": connector.title,
            "owner": connector.owner,
            "capability": connector.capability,
            "templates": connector.templates,
            "sources": sources,
            "connected": !connector.app.upstreams.is_empty(),
            "version": connector.version,
        })
    };
    let rows: Vec<Value> = loaded.connectors.iter().map(row).collect();
    if as_json {
        progress::say(serde_json::to_string_pretty(&rows)?);
    } else {
        let cells = |row: &Value| {
            let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            let many = |key: &str| {
                let all = row[key]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str);
                all.collect::<Vec<_>>().join(", ")
            };
            let connected = if row["connected"] == true {
                "yes"
            } else {
                "no"
            };
            vec![
                text("id"),
                text("title"),
                text("owner"),
                many("templates"),
                many("sources"),
                connected.to_owned(),
            ]
        };
        let heading = ["id", "title", "owner", "templates", "sources", "connected"];
        progress::say(table::write(&heading, rows.iter().map(cells).collect()));
    }
    let faulty = loaded.faults.len();
    if faulty > 0 {
        progress::note(match lang {
            Lang::Id => format!("{faulty} kesalahan; lihat `divos check`"),
            Lang::En => format!("{faulty} fault(s); see `divos check`"),
        });
    }
    Ok(Outcome::Fine)
}

/// Shows what the files say of a connector; `explain` shows the hub's own defaults too.
pub(super) fn show(hub: &HubArgs, lang: Lang, id: &str) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let connector = find(&loaded, id, lang)?;
    progress::say(format!(
        "{} · {} · {}",
        connector.id, connector.title, connector.version
    ));
    for source in &connector.sources {
        let fields = source.lineage().join(", ");
        progress::say(format!(
            "  {} → {} every {} s, reads: {fields}",
            source.name,
            source.to,
            source.every.as_secs()
        ));
    }
    let said = loaded
        .explain(id)
        .into_iter()
        .flatten()
        .filter(|value| value.origin.is_some());
    for value in said {
        progress::say(format!("{}: {}", value.path, value.value));
    }
    Ok(Outcome::Fine)
}

pub(super) fn explain(
    hub: &HubArgs,
    lang: Lang,
    id: &str,
    as_json: bool,
) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let Some(explained) = loaded.explain(id) else {
        find(&loaded, id, lang)?;
        anyhow::bail!("{id} cannot be explained");
    };
    let from = |origin: &Option<(std::path::PathBuf, usize)>| match origin {
        Some((file, line)) => format!("{}:{line}", file.display()),
        None => "default".to_owned(),
    };
    if as_json {
        let rows: Vec<Value> = explained
            .iter()
            .map(|e| json!({ "path": e.path, "value": e.value, "from": from(&e.origin) }))
            .collect();
        progress::say(serde_json::to_string_pretty(&rows)?);
    } else {
        let rows = explained
            .iter()
            .map(|e| vec![e.path.clone(), e.value.clone(), from(&e.origin)]);
        progress::say(table::write(&["setting", "value", "from"], rows.collect()));
    }
    Ok(Outcome::Fine)
}
