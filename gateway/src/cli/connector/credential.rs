//! `divos connector credential …`: what an app proves its pushes with.
//!
//! Owns the words around it. A secret goes to standard output once and nowhere else.

use super::args::{CredentialSort, CredentialVerb};
use super::{find, load};
use crate::cli::args::HubArgs;
use crate::cli::{Outcome, progress, table};
use crate::credentials::{Credentials, Sort};
use anyhow::Context;
use divos_manifest::{Connector, Fetch, Proof};
use divos_model::{AppId, Lang, SystemClock};
use divos_store::StoreError;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) async fn run(verb: CredentialVerb, lang: Lang) -> anyhow::Result<Outcome> {
    match verb {
        CredentialVerb::Make {
            hub,
            id,
            sort,
            label,
        } => make(&hub, lang, &id, sort.into(), &label).await,
        CredentialVerb::List { hub, id, json } => list(&hub, lang, &id, json).await,
        CredentialVerb::Revoke {
            hub,
            id,
            credential,
        } => {
            let credentials = open(&hub, lang).await?;
            credentials
                .revoke(&app(&id)?, credential, None)
                .await
                .with_context(|| id.clone())?;
            Ok(Outcome::Fine)
        }
    }
}

impl From<CredentialSort> for Sort {
    fn from(sort: CredentialSort) -> Self {
        match sort {
            CredentialSort::Token => Self::Token,
            CredentialSort::Hmac => Self::Hmac,
        }
    }
}

async fn open(hub: &HubArgs, lang: Lang) -> anyhow::Result<Credentials> {
    let data = hub.load(lang)?.settings.data;
    let store = divos_store::open(divos_store::Options::beside(&data))
        .with_context(|| format!("the data directory {}", data.display()))?;
    Ok(Credentials::open(&store, Arc::new(SystemClock)).await?)
}

fn app(id: &str) -> anyhow::Result<AppId> {
    id.parse().with_context(|| id.to_owned())
}

async fn make(
    hub: &HubArgs,
    lang: Lang,
    id: &str,
    sort: Sort,
    label: &str,
) -> anyhow::Result<Outcome> {
    let connector = find(&load(hub, lang)?, id, lang)?;
    if !is_given(&connector) {
        anyhow::bail!(lang.pick(
            "tidak ada sumber `{id}` yang memakai kredensial hub; tulis `webhook: { credentials: hub }`",
            "no source of `{id}` takes credentials of the hub; write `webhook: { credentials: hub }`",
        ).replace("{id}", id));
    }
    let credentials = open(hub, lang).await?;
    let made = match credentials.make(&connector.id, sort, label, None).await {
        Err(StoreError::Conflict { .. }) => anyhow::bail!(lang.pick(
            "sudah ada dua; cabut dahulu yang lama: divos connector credential revoke",
            "there are two already; revoke the old one first: divos connector credential revoke",
        )),
        made => made?,
    };
    progress::note(format!(
        "{} {}",
        made.id,
        lang.pick(
            "(rahasianya hanya tampil sekali):",
            "(its secret is shown once):"
        )
    ));
    progress::say(made.secret.expose_secret());
    Ok(Outcome::Fine)
}

/// Tells whether a source of the connector is proved by what the hub gives.
fn is_given(connector: &Connector) -> bool {
    let given = |fetch: &Fetch| matches!(fetch, Fetch::Webhook(hook) if matches!(hook.proof, Proof::Issued));
    connector.sources.iter().any(|source| given(&source.fetch))
}

async fn list(hub: &HubArgs, lang: Lang, id: &str, json: bool) -> anyhow::Result<Outcome> {
    let kept = open(hub, lang).await?.list(&app(id)?).await?;
    if json {
        let rows: Vec<Value> = kept
            .iter()
            .map(|one| {
                json!({
                    "id": one.id, "sort": Sort::of(one).word(), "label": one.label,
                    "created_at": one.created_at, "used_at": one.used_at,
                })
            })
            .collect();
        progress::say(Value::from(rows).to_string());
        return Ok(Outcome::Fine);
    }
    let rows = kept.iter().map(|one| {
        let used = one
            .used_at
            .map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
        let made = one.created_at.to_rfc3339();
        vec![
            one.id.to_string(),
            Sort::of(one).word().to_owned(),
            one.label.clone(),
            made,
            used,
        ]
    });
    let heads = ["id", "sort", "label", "made", "used"];
    progress::say(table::write(&heads, rows.collect()));
    Ok(Outcome::Fine)
}
