//! What the demo shows: a small city with a bit of everything, or all 143 apps at once.
//!
//! Owns how either is started and described to the hub. It must never know the hub's insides.

use anyhow::Context;
use divos_city::{
    City, CityOptions, Databases, Given, Push, Size, Technology, WholeCity, WholeOptions,
};
use divos_model::Lang;
use secrecy::SecretString;
use std::path::Path;

/// A simulated city.
pub(super) enum World {
    /// A few apps of every make, one slow, one failing, one down.
    Small(City),
    /// Every app of the register, and the databases of those that are a view.
    Whole(Box<WholeCity>, Databases),
}

/// What an app pushes, with its slug.
pub(super) type Pushed = (&'static str, Push);

/// How many events an app pushes at once.
const BATCH: usize = 500;

/// How the city is built.
pub(super) struct Plan<'a> {
    pub(super) seed: u64,
    pub(super) whole: bool,
    pub(super) full: bool,
    /// The shipped connectors, for the whole city.
    pub(super) shipped: &'a Path,
    /// Database servers to use instead of own ones.
    pub(super) databases: Given,
    pub(super) lang: Lang,
}

impl World {
    /// Starts the city, and writes its connectors to `connectors` and their overlays to `overlay`.
    pub(super) async fn start(
        plan: &Plan<'_>,
        connectors: &Path,
        overlay: &Path,
    ) -> anyhow::Result<Self> {
        for dir in [connectors, overlay] {
            std::fs::create_dir_all(dir)
                .with_context(|| format!("{} cannot be made", dir.display()))?;
        }
        if !plan.whole {
            let city = City::start(CityOptions {
                seed: plan.seed,
                ..CityOptions::default()
            })
            .await?;
            city.write_connectors(connectors)?;
            return Ok(Self::Small(city));
        }
        let city = WholeCity::start(WholeOptions {
            seed: plan.seed,
            size: match plan.full {
                true => Size::Full,
                false => Size::Each(20),
            },
            ..WholeOptions::default()
        })
        .await?;
        let missing = plan.lang.pick(
            "tidak ada; sebut folder konektor kota dengan --connectors",
            "does not exist: name the folder of the city's connectors with --connectors",
        );
        anyhow::ensure!(
            plan.shipped.is_dir(),
            "{}: {missing}",
            plan.shipped.display()
        );
        copy(plan.shipped, connectors)?;
        city.write_overlays(overlay)?;
        let databases = Databases::open(&city, &plan.databases).await;
        // An app whose database is missing waits for the operator, as it is shipped.
        let views = city.apps().iter().filter(|app| city.sql(app.id).is_some());
        for app in views.filter(|app| databases.dsn(app.id).is_none()) {
            std::fs::remove_file(overlay.join(format!("{}.yaml", app.id)))?;
        }
        Ok(Self::Whole(Box::new(city), databases))
    }

    pub(super) fn secrets(&self) -> Vec<(String, SecretString)> {
        match self {
            Self::Small(city) => {
                let one = |s: &divos_city::Secret| (s.path.to_owned(), SecretString::from(s.value));
                city.secrets().iter().map(one).collect()
            }
            Self::Whole(city, databases) => {
                let all = city.apps().iter().flat_map(|app| city.secrets(app.id));
                let dsns = city.apps().iter().filter_map(|app| {
                    let dsn = databases.dsn(app.id)?;
                    Some((format!("{}/dsn", app.id), dsn.to_owned()))
                });
                all.chain(dsns)
                    .map(|(path, value)| (path, SecretString::from(value)))
                    .collect()
            }
        }
    }

    pub(super) fn apps(&self) -> usize {
        match self {
            Self::Small(city) => city.apps().len(),
            Self::Whole(city, _) => city.apps().len(),
        }
    }

    /// Why apps in databases wait, a line each.
    pub(super) fn missing(&self, lang: Lang) -> Vec<String> {
        let Self::Whole(_, databases) = self else {
            return Vec::new();
        };
        let line = |(product, error): &(divos_city::Product, divos_city::DatabaseError)| {
            let name = product.name();
            let causes = std::iter::successors(std::error::Error::source(error), |e| e.source());
            let why = causes.fold(error.to_string(), |all, cause| format!("{all}: {cause}"));
            match lang {
                Lang::Id => format!(
                    "{name} tidak dapat dipakai, aplikasinya menunggu ({why}). Pasang {name}, atau sebut server dengan --postgres / --mysql."
                ),
                Lang::En => format!(
                    "{name} cannot be used, its apps wait ({why}). Install {name}, or name a server with --postgres / --mysql."
                ),
            }
        };
        databases.missing().iter().map(line).collect()
    }

    /// Everything that apps push by themselves, app after app.
    pub(super) fn pushes(&self) -> impl Iterator<Item = Pushed> {
        let city = match self {
            Self::Whole(city, _) => Some(city),
            Self::Small(_) => None,
        };
        let apps = city.into_iter().flat_map(|city| {
            let pushing = |app: &&divos_city::WholeApp| app.technology == Technology::Webhook;
            city.apps()
                .iter()
                .filter(pushing)
                .map(move |app| (city, app.id))
        });
        apps.flat_map(|(city, id)| {
            let all = city.pushes(id, BATCH, chrono::Utc::now());
            all.into_iter().map(move |push| (id, push))
        })
    }

    /// Lets a little happen; returns what an app has to push by it.
    pub(super) fn happen(&self, turn: u64) -> Option<Pushed> {
        match self {
            Self::Small(city) => {
                city.happen(turn);
                None
            }
            Self::Whole(city, _) => {
                let app = city.happen(turn)?;
                Some((app, city.newest_push(app, chrono::Utc::now())?))
            }
        }
    }

    pub(super) async fn stop(self) {
        match self {
            Self::Small(city) => city.stop().await,
            Self::Whole(city, _) => city.stop().await,
        }
    }
}

/// Copies a folder of connectors: its definitions and templates.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(from).with_context(|| format!("{} cannot be read", from.display()))?;
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), &target)
                .with_context(|| format!("{} cannot be written", target.display()))?;
        } else if entry.file_name() == "templates" {
            std::fs::create_dir_all(&target)
                .with_context(|| format!("{} cannot be made", target.display()))?;
            copy(&entry.path(), &target)?;
        }
    }
    Ok(())
}
