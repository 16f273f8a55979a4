//! `divos connector …`: look at, test, try, run and compare connectors.
//!
//! Owns what the verbs print. It must never store what it reads. Each verb has a file of its own.

mod args;
mod credential;
mod diff;
mod doctor;
mod drift;
mod fetch;
mod fmt;
mod infer;
mod injection;
mod look;
mod record;
mod registry;
mod repl;
mod replay;
mod templates;

pub(crate) use args::ConnectorVerb;
pub(super) use diff::text as read_text;

use super::args::HubArgs;
use super::{Outcome, progress, settings};
use divos_manifest::{Connector, Loaded, render};
use divos_model::Lang;
use std::sync::Arc;

pub(super) fn run(verb: ConnectorVerb, lang: Lang) -> anyhow::Result<Outcome> {
    match verb {
        ConnectorVerb::List { hub, json } => look::list(&hub, lang, json),
        ConnectorVerb::Show { hub, id } => look::show(&hub, lang, &id),
        ConnectorVerb::Explain { hub, id, json } => look::explain(&hub, lang, &id, json),
        ConnectorVerb::Templates { hub, names, json } => templates::run(&hub, lang, &names, json),
        ConnectorVerb::Test {
            hub,
            ids,
            faults,
            json,
        } => match faults {
            true => block_on(injection::run(&hub, lang, &ids, json)),
            false => block_on(replay::run(&hub, lang, &ids, json)),
        },
        ConnectorVerb::Run {
            hub,
            id,
            source,
            limit,
            allow_private,
        } => {
            let asked = fetch::Asked {
                source,
                limit,
                allow_private,
            };
            block_on(fetch::run(&hub, lang, &id, &asked))
        }
        ConnectorVerb::Credential(verb) => block_on(credential::run(verb, lang)),
        ConnectorVerb::Diff(args) => diff::run(&args, lang),
        ConnectorVerb::Drift(args) => block_on(drift::run(&args, lang)),
        ConnectorVerb::Doctor(args) => block_on(doctor::run(&args, lang)),
        ConnectorVerb::Fmt(args) => fmt::run(&args, lang),
        ConnectorVerb::Infer(args) => block_on(infer::run(&args, lang)),
        ConnectorVerb::Record(args) => block_on(record::run(&args, lang)),
        ConnectorVerb::Overlap(args) => registry::overlap(&args, lang),
        ConnectorVerb::Processing(args) => registry::processing(&args, lang),
        ConnectorVerb::Repl(args) => repl::run(&args, lang),
    }
}

/// Runs what waits.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work)
}

/// Loads the definitions and prints the faults of those that were asked for.
fn load(hub: &HubArgs, lang: Lang) -> anyhow::Result<Loaded> {
    Ok(settings::definitions(&hub.load(lang)?))
}

/// Finds the connectors that are asked for; all where none is named.
fn chosen(loaded: &Loaded, ids: &[String], lang: Lang) -> anyhow::Result<Vec<Arc<Connector>>> {
    if ids.is_empty() {
        return Ok(loaded.connectors.clone());
    }
    ids.iter().map(|id| find(loaded, id, lang)).collect()
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
