//! `divos connector …`: look at, test and run connectors.

use super::args::{ConnectorVerb, HubArgs};
use super::{Outcome, progress, settings, table};
use anyhow::Context;
use divos_adapters::{AddressPolicy, Ask, Outbound, Pseudonym, Reader, World, test_connector};
use divos_manifest::{Connector, Loaded, render};
use divos_model::{Lang, SystemClock};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn run(verb: ConnectorVerb, lang: Lang) -> anyhow::Result<Outcome> {
    match verb {
        ConnectorVerb::List { hub, json } => list(&hub, lang, json),
        ConnectorVerb::Show { hub, id } => show(&hub, lang, &id),
        ConnectorVerb::Explain { hub, id, json } => explain(&hub, lang, &id, json),
        ConnectorVerb::Templates { hub } => templates(&hub, lang),
        ConnectorVerb::Test { hub, ids, json } => test(&hub, lang, &ids, json),
        ConnectorVerb::Run {
            hub,
            id,
            source,
            limit,
            allow_private,
        } => {
            let asked = Asked {
                source,
                limit,
                allow_private,
            };
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            runtime.block_on(fetch(&hub, lang, &id, &asked))
        }
    }
}

/// Loads the definitions and prints the faults of those that were asked for.
fn load(hub: &HubArgs, lang: Lang) -> anyhow::Result<Loaded> {
    Ok(settings::definitions(&hub.load(lang)?))
}

/// Finds a connector; says its faults, or which ids there are.
fn find(loaded: &Loaded, id: &str, lang: Lang) -> anyhow::Result<Arc<Connector>> {
    if let Some(connector) = loaded.get(id) {
        return Ok(Arc::clone(connector));
    }
    let faults: Vec<_> = loaded.faults_of(id).cloned().collect();
    if !faults.is_empty() {
        progress::note(render(&faults, lang, settings::human()));
        anyhow::bail!("{id}: {} fault(s)", faults.len());
    }
    let mut known = loaded.ids();
    known.sort_by_key(|known| strsim::damerau_levenshtein(known, id));
    known.truncate(5);
    if known.is_empty() {
        match lang {
            Lang::Id => {
                anyhow::bail!("tidak ada konektor sama sekali; beri foldernya dengan --connectors")
            }
            Lang::En => {
                anyhow::bail!("there are no connectors at all; name their folder with --connectors")
            }
        }
    }
    match lang {
        Lang::Id => anyhow::bail!(
            "tidak ada konektor `{id}`; yang mirip: {}",
            known.join(", ")
        ),
        Lang::En => anyhow::bail!(
            "there is no connector `{id}`; similar: {}",
            known.join(", ")
        ),
    }
}

fn list(hub: &HubArgs, lang: Lang, as_json: bool) -> anyhow::Result<Outcome> {
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
fn show(hub: &HubArgs, lang: Lang, id: &str) -> anyhow::Result<Outcome> {
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

fn explain(hub: &HubArgs, lang: Lang, id: &str, as_json: bool) -> anyhow::Result<Outcome> {
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

fn templates(hub: &HubArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let mut rows = Vec::new();
    for template in &loaded.templates {
        rows.push(vec![
            template.name.clone(),
            String::new(),
            String::new(),
            template.title.clone(),
        ]);
        for param in &template.params {
            let needed = if param.required { "required" } else { "" };
            rows.push(vec![
                String::new(),
                param.name.clone(),
                needed.to_owned(),
                param.description.clone(),
            ]);
        }
    }
    progress::say(table::write(
        &["template", "parameter", "", "meaning"],
        rows,
    ));
    Ok(Outcome::Fine)
}

fn test(hub: &HubArgs, lang: Lang, ids: &[String], as_json: bool) -> anyhow::Result<Outcome> {
    let loaded = load(hub, lang)?;
    let chosen: Vec<Arc<Connector>> = if ids.is_empty() {
        loaded.connectors.clone()
    } else {
        ids.iter()
            .map(|id| find(&loaded, id, lang))
            .collect::<anyhow::Result<_>>()?
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut passed = true;
    let mut reports = Vec::new();
    for connector in chosen
        .iter()
        .filter(|connector| !connector.tests.is_empty())
    {
        let report = runtime.block_on(test_connector(connector));
        passed &= report.passed();
        for case in &report.cases {
            let fixture = case.fixture.display().to_string();
            let says: Vec<String> = case.failures.iter().map(|f| f.sentence(lang)).collect();
            if as_json {
                reports.push(json!({
                    "connector": report.connector,
                    "fixture": fixture,
                    "source": case.source,
                    "items": case.items,
                    "passed": case.passed(),
                    "failures": says,
                }));
                continue;
            }
            let mark = if case.passed() { "ok  " } else { "FAIL" };
            progress::say(format!(
                "{mark} {}/{} {} ({} items)",
                report.connector, case.source, fixture, case.items
            ));
            for line in says {
                progress::say(format!("     {line}"));
            }
        }
    }
    if as_json {
        progress::say(serde_json::to_string_pretty(&reports)?);
    }
    Ok(if passed {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

/// What of a connector is fetched, and how.
struct Asked {
    source: Option<String>,
    limit: Option<usize>,
    allow_private: bool,
}

async fn fetch(hub: &HubArgs, lang: Lang, id: &str, asked: &Asked) -> anyhow::Result<Outcome> {
    let settings = hub.load(lang)?;
    let loaded = settings::definitions(&settings);
    let connector = find(&loaded, id, lang)?;
    let policy = if asked.allow_private {
        AddressPolicy::with_private()
    } else {
        AddressPolicy::public_only()
    };
    let policy = policy.with_networks(&settings.settings.connectors.allow_networks)?;
    let clock: Arc<dyn divos_model::Clock> = Arc::new(SystemClock);
    let world = World {
        http: Arc::new(Outbound::live(policy, Arc::clone(&clock))),
        clock,
        // Nothing is stored: pseudonyms need to agree only within this run.
        pseudonym: Arc::new(Pseudonym::new(rand::random::<[u8; 32]>().to_vec())),
    };
    let sources = connector.sources.iter().map(|source| source.name.clone());
    let wanted: Vec<String> = match &asked.source {
        Some(name) => vec![name.clone()],
        None => sources.collect(),
    };
    anyhow::ensure!(!wanted.is_empty(), "{id} has no source to read");
    let mut fine = true;
    let mut left = asked.limit.unwrap_or(usize::MAX);
    for source in wanted {
        fine &= one(&connector, &source, &world, lang, &mut left).await?;
    }
    Ok(if fine {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

async fn one(
    connector: &Arc<Connector>,
    source: &str,
    world: &World,
    lang: Lang,
    left: &mut usize,
) -> anyhow::Result<bool> {
    let ask = Ask {
        full: true,
        ..Ask::default()
    };
    let mut pages = Reader::open(Arc::clone(connector), source, ask, world)
        .with_context(|| format!("{}/{source}", connector.id))?;
    let mut fine = true;
    while *left > 0 {
        let page = match pages.next().await {
            None => break,
            Some(Ok(page)) => page,
            Some(Err(error)) => {
                progress::note(format!(
                    "{}/{source}: {} ({})",
                    connector.id,
                    error.sentence(lang),
                    error.code()
                ));
                return Ok(false);
            }
        };
        for fault in &page.batch.faults {
            fine = false;
            let row = fault.row;
            progress::note(format!(
                "{}/{source}: row {row}: {}: {}",
                connector.id, fault.field, fault.message
            ));
        }
        for item in page.batch.items.iter().take(*left) {
            progress::say(serde_json::to_string(item)?);
        }
        *left = left.saturating_sub(page.batch.items.len());
    }
    let summary = pages.summary();
    progress::note(format!(
        "{}/{source}: {} pages, {} items, {} faults",
        connector.id, summary.pages, summary.items, summary.faults
    ));
    Ok(fine)
}
