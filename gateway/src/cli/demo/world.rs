//! What the demo shows: a small city with a bit of everything, or all 143 apps at once.
//!
//! Owns how either is started and described to the hub. It must never know the hub's insides.

use anyhow::Context;
use divos_city::{City, CityOptions, Size, WholeCity, WholeOptions};
use divos_model::Lang;
use secrecy::SecretString;
use std::path::Path;

/// A simulated city.
pub(super) enum World {
    /// A few apps of every make, one slow, one failing, one down.
    Small(City),
    /// Every app of the register.
    Whole(Box<WholeCity>),
}

/// How the city is built.
pub(super) struct Plan<'a> {
    pub(super) seed: u64,
    pub(super) whole: bool,
    pub(super) full: bool,
    /// The shipped connectors, for the whole city.
    pub(super) shipped: &'a Path,
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
        // No database is started, so the apps that are views in one wait for the operator as they are shipped.
        for app in city.apps().iter().filter(|app| city.sql(app.id).is_some()) {
            std::fs::remove_file(overlay.join(format!("{}.yaml", app.id)))?;
        }
        Ok(Self::Whole(Box::new(city)))
    }

    pub(super) fn secrets(&self) -> Vec<(String, SecretString)> {
        match self {
            Self::Small(city) => {
                let one = |s: &divos_city::Secret| (s.path.to_owned(), SecretString::from(s.value));
                city.secrets().iter().map(one).collect()
            }
            Self::Whole(city) => {
                let all = city.apps().iter().flat_map(|app| city.secrets(app.id));
                all.map(|(path, value)| (path, SecretString::from(value)))
                    .collect()
            }
        }
    }

    pub(super) fn apps(&self) -> usize {
        match self {
            Self::Small(city) => city.apps().len(),
            Self::Whole(city) => city.apps().len(),
        }
    }

    /// Lets a little happen.
    pub(super) fn happen(&self, turn: u64) {
        match self {
            Self::Small(city) => {
                city.happen(turn);
            }
            Self::Whole(city) => {
                city.happen(turn);
            }
        }
    }

    pub(super) async fn stop(self) {
        match self {
            Self::Small(city) => city.stop().await,
            Self::Whole(city) => city.stop().await,
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
