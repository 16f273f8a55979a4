//! `divos connector run`: one live pass, printed and not stored.

use super::find;
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, progress, settings};
use crate::config::Loaded as Settings;
use anyhow::Context;
use divos_adapters::{AddressPolicy, Ask, Outbound, Pseudonym, Reader, World};
use divos_manifest::Connector;
use divos_model::{Lang, SystemClock};
use std::sync::Arc;

/// What of a connector is fetched, and how.
pub(super) struct Asked {
    pub(super) source: Option<String>,
    pub(super) limit: Option<usize>,
    pub(super) allow_private: bool,
}

pub(super) async fn run(
    hub: &HubArgs,
    lang: Lang,
    id: &str,
    asked: &Asked,
) -> anyhow::Result<Outcome> {
    let settings = hub.load(lang)?;
    let loaded = settings::definitions(&settings);
    let connector = find(&loaded, id, lang)?;
    let world = live_world(&settings, asked.allow_private)?;
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
                    "{}/{source}: {} ({}){}",
                    connector.id,
                    error.sentence(lang),
                    error.code(),
                    hint(error.code(), lang)
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

/// What to try where an address was refused because it is private; nothing after any other failure.
pub(super) fn hint(code: &str, lang: Lang) -> &'static str {
    match code {
        "address_refused" => lang.pick(
            " Untuk mencoba sekarang: --allow-private.",
            " To try it now: --allow-private.",
        ),
        _ => "",
    }
}

/// The world of a live pass that stores nothing.
pub(super) fn live_world(settings: &Settings, allow_private: bool) -> anyhow::Result<World> {
    let clock: Arc<dyn divos_model::Clock> = Arc::new(SystemClock);
    let policy = policy(settings, allow_private)?;
    Ok(World {
        http: Arc::new(Outbound::live(policy, Arc::clone(&clock))),
        clock,
        // Nothing is stored: pseudonyms need to agree only within this run.
        pseudonym: Arc::new(Pseudonym::new(rand::random::<[u8; 32]>().to_vec())),
    })
}

/// Which addresses may be called: what the settings permit, private ones too where they were asked for.
pub(super) fn policy(settings: &Settings, allow_private: bool) -> anyhow::Result<AddressPolicy> {
    let policy = if allow_private {
        AddressPolicy::with_private()
    } else {
        AddressPolicy::public_only()
    };
    Ok(policy.with_networks(&settings.settings.connectors.allow_networks)?)
}
