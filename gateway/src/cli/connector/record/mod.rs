//! `divos connector record`: one live pass as a fixture, personal data masked before anything is written.
//!
//! Owns the order: read, mask in memory, write a draft, read it again for every secret and every masked value,
//! replay it; only then it gets its name.

mod mask;

use super::args::RecordArgs;
use super::{fetch, find};
use crate::cli::{Outcome, progress, settings};
use crate::config::Loaded as Settings;
use anyhow::Context;
use divos_adapters::fixture::{self, Fixture, Recorder};
use divos_adapters::{Ask, LiveTransport, Outbound, Reader, TestReport, World, test_connector};
use divos_manifest::{Auth, Connector, FixtureTest, KeyPlace, Part, Source};
use divos_model::{Lang, SystemClock};
use mask::Masker;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most that a recording may hold, in bytes.
const MOST: usize = 16 * 1024 * 1024;
/// The most records whose personal data is looked for.
const ROWS: usize = 50_000;
const HEAD: &str =
    "# Recorded from the app; personal data is masked, what stands for it is made up.\n";

pub(super) async fn run(args: &RecordArgs, lang: Lang) -> anyhow::Result<Outcome> {
    let hub = args.hub.load(lang)?;
    let loaded = settings::definitions(&hub);
    let connector = find(&loaded, &args.id, lang)?;
    let source = match &args.source {
        Some(name) => connector.source(name),
        None => connector.sources.first(),
    };
    let source = source.with_context(|| {
        let says = lang.pick("tidak ada sumber itu", "no such source");
        format!("{}: {says}", connector.id)
    })?;
    let usual = || {
        let folder = hub
            .settings
            .connectors
            .dir
            .join("fixtures")
            .join(connector.id.as_str());
        folder.join(format!("{}.{}", source.name, kind(source)))
    };
    let file = args.output.clone().unwrap_or_else(usual);
    let there = lang.pick(
        "sudah ada; pilih nama lain dengan -o",
        "exists; choose another name with -o",
    );
    anyhow::ensure!(!file.exists(), "{} {there}", file.display());
    let taken = masked(&connector, source, None, &hub, args.allow_private, lang).await?;
    keep(&connector, source, &taken, &file, lang).await
}

/// How the name of a recording ends: exchanges, or records that come without a request.
pub(super) fn kind(source: &Source) -> &'static str {
    match source.request() {
        Some(_) => "http",
        None => "json",
    }
}

/// Replays one recording of a source and nothing else.
pub(super) async fn replayed(
    connector: &Arc<Connector>,
    source: &str,
    fixture: &Path,
) -> TestReport {
    let mut tested = Arc::clone(connector);
    Arc::make_mut(&mut tested).tests = vec![FixtureTest {
        fixture: fixture.to_owned(),
        source: Some(source.to_owned()),
        count: None,
        expect: Vec::new(),
    }];
    test_connector(&tested).await
}

/// A recording in memory, masked, and what it was masked by.
pub(super) struct Masked {
    pub(super) bytes: Vec<u8>,
    masker: Masker,
}

impl Masked {
    /// Whether a secret or a value that was to be masked is still in it.
    pub(super) fn leaks(&self) -> bool {
        self.masker.leaks(&self.bytes)
    }

    /// How many values were masked.
    pub(super) fn values(&self) -> usize {
        self.masker.masked()
    }
}

/// Records one source live, or takes what was recorded already, and masks it.
pub(super) async fn masked(
    connector: &Arc<Connector>,
    source: &Source,
    given: Option<Fixture>,
    hub: &Settings,
    allow_private: bool,
    lang: Lang,
) -> anyhow::Result<Masked> {
    let known = connector.secrets().into_iter();
    let known = known.filter_map(|secret| secret.reveal().ok());
    let mut masker = Masker::new(known.map(str::to_owned).collect());
    let bytes = if source.request().is_some() {
        let taken = match given {
            Some(taken) => taken,
            None => {
                let policy = fetch::policy(hub, allow_private)?;
                pass(
                    connector,
                    source,
                    Arc::new(LiveTransport::new(policy)),
                    lang,
                )
                .await?
            }
        };
        exchanges(connector, source, taken, &mut masker, lang).await?
    } else {
        let world = fetch::live_world(hub, allow_private)?;
        records(connector, source, &world, &mut masker).await?
    };
    Ok(Masked { bytes, masker })
}

/// Makes the pass, and keeps what came in memory.
async fn pass(
    connector: &Arc<Connector>,
    source: &Source,
    live: Arc<LiveTransport>,
    lang: Lang,
) -> anyhow::Result<Fixture> {
    let hidden = match &connector.auth {
        Auth::ApiKey {
            name,
            place: KeyPlace::Query,
            ..
        } => vec![name.clone()],
        _ => Vec::new(),
    };
    let recorder = Arc::new(Recorder::new(
        live,
        hidden,
        Box::new(|_, body| body.to_vec()),
    ));
    let clock: Arc<dyn divos_model::Clock> = Arc::new(SystemClock);
    let at = clock.now();
    let world = World {
        http: Arc::new(Outbound::new(recorder.clone(), clock.clone())),
        clock,
        pseudonym: fixture::world(&Fixture::still()).pseudonym,
    };
    let ask = Ask {
        full: true,
        ..Ask::default()
    };
    let mut pages = Reader::open(Arc::clone(connector), &source.name, ask, &world)?;
    let mut total = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| {
            anyhow::anyhow!(
                "{}/{}: {} [{}]{}",
                connector.id,
                source.name,
                error.sentence(lang),
                error.code(),
                fetch::hint(error.code(), lang)
            )
        })?;
        total += page.bytes;
        let large = lang.pick(
            "rekaman lebih besar dari 16 MB; persempit sumbernya",
            "the recording is larger than 16 MB; narrow the source",
        );
        anyhow::ensure!(total <= MOST, "{large}");
    }
    Ok(recorder.fixture(at))
}

/// Masks exchanges; refuses what cannot be masked.
async fn exchanges(
    connector: &Arc<Connector>,
    source: &Source,
    mut taken: Fixture,
    masker: &mut Masker,
    lang: Lang,
) -> anyhow::Result<Vec<u8>> {
    let replayed = fixture::world(&taken);
    let reader = Reader::new(Arc::clone(connector), &source.name)?;
    let rows = reader
        .raw(
            &Ask {
                full: true,
                ..Ask::default()
            },
            &replayed,
            ROWS,
        )
        .await?;
    masker.learn(connector, source, &rows);
    let said = said(source);
    for exchange in &mut taken.exchanges {
        let ending = masker.ending(&exchange.target, &said);
        exchange.target = masker.target(ending);
        let binary = lang.pick("jawaban bukan teks UTF-8 dan tidak dapat disamarkan; rekam dengan tangan dari data buatan",
            "an answer is no UTF-8 text and cannot be masked; make the fixture by hand from made-up data",
        );
        let Some(body) = masker.body(&exchange.body) else {
            anyhow::bail!("{}/{}: {binary}", connector.id, source.name);
        };
        exchange.body = body;
        for value in exchange.headers.values_mut() {
            let masked = value.to_str().ok().map(|text| masker.text(text));
            if let Some(masked) = masked.and_then(|text| text.parse().ok()) {
                *value = masked;
            }
        }
    }
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend(taken.write());
    Ok(bytes)
}

/// The parts of the path that a definition says itself.
fn said(source: &Source) -> Vec<&str> {
    let parts = source.request().map(|request| request.path.parts());
    let texts = parts
        .unwrap_or_default()
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.split('/')),
            _ => None,
        });
    texts.flatten().collect()
}

/// Masks records that come without a request.
async fn records(
    connector: &Arc<Connector>,
    source: &Source,
    world: &World,
    masker: &mut Masker,
) -> anyhow::Result<Vec<u8>> {
    let reader = Reader::new(Arc::clone(connector), &source.name)?;
    let ask = Ask {
        full: true,
        ..Ask::default()
    };
    let mut rows = reader.raw(&ask, world, ROWS).await?;
    masker.learn(connector, source, &rows);
    rows.iter_mut().for_each(|row| masker.json(row));
    let at = world.clock.now().to_rfc3339();
    Ok(serde_json::to_vec_pretty(
        &json!({ "at": at, "rows": rows }),
    )?)
}

/// Writes a draft, reads it again, replays it, and gives it its name.
async fn keep(
    connector: &Arc<Connector>,
    source: &Source,
    taken: &Masked,
    file: &PathBuf,
    lang: Lang,
) -> anyhow::Result<Outcome> {
    let folder = file
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), PathBuf::from);
    std::fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let mut draft = tempfile::Builder::new()
        .suffix(&format!(".{}", kind(source)))
        .tempfile_in(&folder)?;
    draft.write_all(&taken.bytes)?;
    draft.flush()?;
    let again = std::fs::read(draft.path())?;
    let leak = lang.pick(
        "rahasia atau data pribadi masih ada dalam rekaman; tidak ada yang ditulis",
        "a secret or personal data is still in the recording; nothing is written",
    );
    anyhow::ensure!(
        !taken.masker.leaks(&again),
        "{}/{}: {leak}",
        connector.id,
        source.name
    );
    let report = replayed(connector, &source.name, draft.path()).await;
    let failures = report.cases.iter().flat_map(|case| &case.failures);
    let failures: Vec<String> = failures.map(|failure| failure.sentence(lang)).collect();
    if !failures.is_empty() {
        failures.iter().for_each(progress::note);
        progress::note(lang.pick(
            "rekaman tidak lolos uji; tidak ada yang ditulis",
            "the recording does not pass its test; nothing is written",
        ));
        return Ok(Outcome::NotFine);
    }
    let items: usize = report.cases.iter().map(|case| case.items).sum();
    draft.persist_noclobber(file)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let (masked, words) = (
        taken.values(),
        lang.pick(
            "nilai disamarkan; tambahkan di bawah `tests:`",
            "values masked; add under `tests:`",
        ),
    );
    progress::note(format!("{}: {masked} {words}", file.display()));
    progress::say(format!(
        "  - {{ fixture: {name}, source: {}, count: {items} }}",
        source.name
    ));
    Ok(Outcome::Fine)
}
