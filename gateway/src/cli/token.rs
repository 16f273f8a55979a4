//! `divos token …`: the tokens of programs.

use super::args::TokenVerb;
use super::{Outcome, people, progress, table};
use chrono::TimeDelta;
use divos_model::Lang;
use secrecy::ExposeSecret;
use uuid::Uuid;

pub(super) fn run(verb: TokenVerb, lang: Lang) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match verb {
            TokenVerb::Create {
                hub,
                label,
                person,
                scopes,
                days,
            } => {
                let sso = people::open(&hub, lang).await?;
                let made = match person {
                    Some(who) => {
                        let person = sso.find_person(&who).await?;
                        sso.create_feed_token_for(&person, &label).await?
                    }
                    None => {
                        sso.create_api_token(&label, &scopes, days.map(TimeDelta::days))
                            .await?
                    }
                };
                progress::note(match lang {
                    Lang::Id => "token (hanya tampil sekali):",
                    Lang::En => "token (shown once):",
                });
                progress::say(made.secret.expose_secret());
            }
            TokenVerb::List { hub } => {
                let sso = people::open(&hub, lang).await?;
                let rows = sso.api_tokens().await?.into_iter().map(|token| {
                    let end = token
                        .expires_at
                        .map_or_else(|| "-".to_owned(), |at| at.to_rfc3339());
                    vec![
                        token.id.to_string(),
                        token.label,
                        token.scopes.join(","),
                        end,
                    ]
                });
                progress::say(table::write(
                    &["id", "label", "scopes", "expires"],
                    rows.collect(),
                ));
            }
            TokenVerb::Revoke { hub, id } => {
                let id: Uuid = id.parse()?;
                people::open(&hub, lang).await?.revoke_api_token(id).await?;
            }
        }
        Ok(Outcome::Fine)
    })
}
