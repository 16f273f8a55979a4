//! `divos demo`: the hub and a simulated city on loopback, with made-up data.

mod pusher;
mod world;

use super::args::DemoArgs;
use super::{Outcome, progress, serve};
use crate::config::{self, Origin, Overrides};
use crate::run::{self, Extras, Running};
use anyhow::Context;
use divos_city::{DEMO_PASSWORD, Given};
use divos_model::Lang;
use divos_sso::ImportOptions;
use indicatif::ProgressBar;
use pusher::Pusher;
use secrecy::SecretString;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use world::{Plan, World};

/// How long the demo waits for its slow app before it says that it is ready.
const FILL: Duration = Duration::from_secs(10);
/// How often something happens in the city.
const HAPPENS: Duration = Duration::from_secs(45);

/// The published passwords of the demo, which no other hub accepts.
pub(super) fn passwords() -> Vec<SecretString> {
    vec![SecretString::from(DEMO_PASSWORD)]
}

pub(super) fn run(args: &DemoArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(demo(args, lang))
}

async fn demo(args: &DemoArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let place = Place::open(args.data.as_deref())?;
    let (connectors, overlay) = (place.dir.join("connectors.d"), place.dir.join("overlay"));
    let plan = Plan {
        seed: args.seed,
        whole: args.city || args.full,
        full: args.full,
        shipped: &args.connectors,
        databases: Given {
            postgres: args.postgres.clone(),
            mysql: args.mysql.clone(),
        },
        lang,
    };
    let city = World::start(&plan, &connectors, &overlay).await?;
    let overrides = overrides(args, &place.dir);
    let loaded = config::load(None, &overrides)?;
    let settings = loaded.settings;
    let telemetry = run::telemetry(&settings)?;
    let extras = Extras {
        file: None,
        overrides,
        merged: loaded.merged,
        secrets: city.secrets(),
        allow_private: true,
        refused_passwords: Vec::new(),
    };
    let running = run::start(&settings, extras, telemetry).await?;
    people(&running, args.json, lang).await?;
    let pusher = Pusher::of(&running)?;
    let (pushed, ()) = tokio::join!(
        pusher.push_all(city.pushes()),
        fill(&running, city.apps(), args.json, lang)
    );
    pushed?;
    for line in city.missing(lang) {
        progress::note(line);
    }
    tell(&running, &place, args.json, lang)?;
    let happening = CancellationToken::new();
    let city_life = live(&city, &pusher, happening.clone());
    tokio::select! {
        told = serve::until_told(&running) => told?,
        () = city_life => {}
    }
    if !args.json {
        progress::note(lang.pick("\nBerhenti…", "\nStopping…"));
    }
    happening.cancel();
    running.finish().await;
    city.stop().await;
    Ok(Outcome::Fine)
}

/// Where the demo keeps its data.
struct Place {
    dir: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

impl Place {
    fn open(given: Option<&Path>) -> anyhow::Result<Self> {
        if let Some(dir) = given {
            std::fs::create_dir_all(dir)
                .with_context(|| format!("{} cannot be made", dir.display()))?;
            return Ok(Self {
                dir: dir.to_owned(),
                _temporary: None,
            });
        }
        let temporary = tempfile::Builder::new().prefix("divos-demo-").tempdir()?;
        Ok(Self {
            dir: temporary.path().to_owned(),
            _temporary: Some(temporary),
        })
    }
}

fn overrides(args: &DemoArgs, dir: &Path) -> Overrides {
    let flag = |path: &str, value: String| (path.to_owned(), value, Origin::Flag("demo"));
    let quiet = std::env::var("DIVOS_LOG__FILTER").unwrap_or_else(|_| "warn".to_owned());
    let mut overrides = vec![
        flag("data", dir.join("data").display().to_string()),
        flag(
            "connectors.dir",
            dir.join("connectors.d").display().to_string(),
        ),
        flag(
            "connectors.overlay",
            dir.join("overlay").display().to_string(),
        ),
        flag("listen.https", format!("127.0.0.1:{}", args.port)),
        flag("listen.admin", format!("127.0.0.1:{}", args.admin_port)),
        flag("log.filter", quiet),
        flag("connectors.two_persons", args.two_persons.to_string()),
    ];
    if let Some(endpoint) = &args.otlp {
        overrides.push(flag("otlp.endpoint", endpoint.clone()));
        overrides.push(flag("otlp.every", "2s".to_owned()));
    }
    overrides
}

async fn people(running: &Running, quiet: bool, lang: Lang) -> anyhow::Result<()> {
    let units = divos_city::units_csv();
    let people = divos_city::people_csv();
    running
        .hub
        .sso
        .import_units(units.as_bytes(), ImportOptions::default(), &mut |_| {})
        .await?;
    let total = divos_city::people().len() as u64;
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        progress::bar(total, lang.pick("Pegawai", "People"))
    };
    let report = running
        .hub
        .sso
        .import_people(people.as_bytes(), ImportOptions::default(), &mut |p| {
            bar.set_position(p.done as u64)
        })
        .await?;
    bar.finish_and_clear();
    for fault in &report.faults {
        progress::note(fault.sentence(lang));
    }
    anyhow::ensure!(
        report.faults.is_empty(),
        "the demo's people could not be imported"
    );
    Ok(())
}

/// Waits until every source was tried once, at most [`FILL`].
async fn fill(running: &Running, apps: usize, quiet: bool, lang: Lang) {
    let sources = running.hub.feed.operations().sources().len() as u64;
    let words = match lang {
        Lang::Id => format!("{apps} aplikasi kota"),
        Lang::En => format!("{apps} city apps"),
    };
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        progress::bar(sources, &words)
    };
    let all_tried = async {
        loop {
            let sources = running.hub.feed.operations().sources();
            let tried = sources
                .iter()
                .filter(|s| s.last_ok.is_some() || s.failures > 0)
                .count();
            bar.set_position(tried as u64);
            if tried == sources.len() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let _ = tokio::time::timeout(FILL, all_tried).await;
    bar.finish_and_clear();
}

fn tell(running: &Running, place: &Place, as_json: bool, lang: Lang) -> anyhow::Result<()> {
    let people = divos_city::people();
    let accounts: Vec<_> = people
        .iter()
        .map(|p| (p, p.roles.contains(&"operator")))
        .collect();
    let operator = accounts
        .iter()
        .find(|(_, operator)| *operator)
        .map(|(person, _)| *person);
    let employee = accounts
        .iter()
        .find(|(_, operator)| !*operator)
        .map(|(person, _)| *person);
    if as_json {
        progress::say(serde_json::to_string(&json!({
            "origin": running.address.origin(),
            "admin": format!("http://{}", running.admin),
            "ca": running.authority,
            "data": place.dir,
            "password": DEMO_PASSWORD,
            "operator": operator.map(|p| &p.email),
            "employee": employee.map(|p| &p.email),
        }))?);
        return Ok(());
    }
    let origin = running.address.origin();
    progress::say(format!("\n  DIVOS Hub   {origin}"));
    let role = |person: Option<&divos_city::Person>, what: &str| {
        if let Some(person) = person {
            progress::say(format!("  {what:<11} {} · {}", person.email, person.name));
        }
    };
    role(employee, lang.pick("Pegawai", "Employee"));
    let operators = accounts.iter().filter(|(_, operator)| *operator);
    for (person, _) in operators {
        role(Some(person), lang.pick("Operator", "Operator"));
    }
    progress::say(format!(
        "  {:<11} {DEMO_PASSWORD}",
        lang.pick("Kata sandi", "Password")
    ));
    progress::say(format!(
        "  {:<11} http://{}/metrics",
        "Admin", running.admin
    ));
    progress::say(format!(
        "  {:<11} {}",
        lang.pick("Konektor", "Connectors"),
        place.dir.join("connectors.d").display()
    ));
    if let Some(authority) = &running.authority {
        progress::say(format!("  {:<11} {}", "CA", authority.display()));
    }
    progress::say(lang.pick("\n  Semua data, orang, dan aplikasi di sini contoh buatan. Peramban akan memperingatkan tentang\n  sertifikat buatan sendiri; terima, atau percayai berkas CA di atas. Ctrl-C untuk berhenti.\n",
        "\n  All data, people and apps here are made up. The browser will warn of a self-made certificate:\n  accept it, or trust the CA file above. Ctrl-C to stop.\n",
    ));
    Ok(())
}

/// Lets a little happen in the city, so that the feed is seen to live.
async fn live(city: &World, pusher: &Pusher, stop: CancellationToken) {
    for turn in 0.. {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(HAPPENS) => {}
        }
        let Some(pushed) = city.happen(turn) else {
            continue;
        };
        if let Err(error) = pusher.push_all(std::iter::once(pushed)).await {
            tracing::warn!(error = format!("{error:#}"), "an app could not push");
        }
    }
}
