//! `divos connector drift`: each live app asked once, compared with its recording.

use super::args::DriftArgs;
use super::{chosen, fetch};
use crate::cli::{Outcome, progress, settings};
use divos_adapters::{Difference, Look, World};
use divos_manifest::{Connector, Source};
use divos_model::Lang;
use serde_json::json;
use std::sync::Arc;

/// What came of one source.
enum Outlook {
    /// It has no recording.
    Bare,
    /// It could not be read.
    Failed(String),
    /// It was compared.
    Compared(Vec<Difference>),
}

pub(super) async fn run(args: &DriftArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let settings = args.hub.load(lang)?;
    let loaded = settings::definitions(&settings);
    let world = fetch::live_world(&settings, args.allow_private)?;
    let (mut fine, mut asked, mut rows) = (true, 0, Vec::new());
    for connector in chosen(&loaded, &args.ids, lang)? {
        for source in divos_feed::addressed(&connector).filter(|source| !source.fetch.is_push()) {
            let outlook = look(&connector, source, &world, lang).await;
            fine &= outlook.is_fine();
            asked += 1;
            let name = format!("{}/{}", connector.id, source.name);
            match args.json {
                true => rows.push(outlook.json(&name, lang)),
                false => outlook.show(&name, lang),
            }
        }
    }
    if args.json {
        progress::say(serde_json::to_string_pretty(&rows)?);
    } else if asked == 0 {
        progress::note(lang.pick(
            "Tidak ada yang ditanya: tidak satu pun dari aplikasi ini punya alamat. Beri `app.upstreams` di overlay, lalu sebut konfigurasi hub dengan -c.",
            "Nothing was asked: none of these apps has an address. Give `app.upstreams` in the overlay, and name the hub's configuration with -c.",
        ));
    }
    Ok(if fine {
        Outcome::Fine
    } else {
        Outcome::NotFine
    })
}

async fn look(connector: &Arc<Connector>, source: &Source, world: &World, lang: Lang) -> Outlook {
    let recorded = match Look::recorded(connector, &source.name).await {
        Ok(Some(recorded)) => recorded,
        Ok(None) => return Outlook::Bare,
        Err(failure) => return Outlook::Failed(failure.sentence(lang)),
    };
    match Look::live(connector, &source.name, world).await {
        Ok(live) => Outlook::Compared(live.differences(&recorded, source)),
        Err(divos_adapters::LookError::Fetch(error)) => {
            let hint = fetch::hint(error.code(), lang);
            Outlook::Failed(format!("{} [{}]{hint}", error.sentence(lang), error.code()))
        }
        Err(error) => Outlook::Failed(error.to_string()),
    }
}

impl Outlook {
    fn is_fine(&self) -> bool {
        match self {
            Self::Bare => true,
            Self::Failed(_) => false,
            Self::Compared(differences) => !differences.iter().any(Difference::is_drift),
        }
    }

    fn show(&self, name: &str, lang: Lang) {
        match self {
            Self::Bare => {
                let none = lang.pick("tidak ada rekaman", "no fixture to compare with");
                progress::say(format!("-    {name}: {none}"));
            }
            Self::Failed(why) => progress::say(format!("FAIL {name}: {why}")),
            Self::Compared(differences) => {
                let mark = if self.is_fine() { "ok  " } else { "FAIL" };
                progress::say(format!("{mark} {name}"));
                for difference in differences {
                    let mark = if difference.is_drift() { "!" } else { " " };
                    progress::say(format!("   {mark} {}", difference.words(lang)));
                }
            }
        }
    }

    fn json(&self, name: &str, lang: Lang) -> serde_json::Value {
        let (failure, differences) = match self {
            Self::Bare => (None, None),
            Self::Failed(why) => (Some(why), None),
            Self::Compared(differences) => {
                let told = differences.iter().map(|difference| {
                    json!({ "drift": difference.is_drift(), "words": difference.words(lang) })
                });
                (None, Some(told.collect::<Vec<_>>()))
            }
        };
        json!({ "source": name, "fine": self.is_fine(), "failure": failure, "differences": differences })
    }
}
