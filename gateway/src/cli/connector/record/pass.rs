//! One live pass of a source, kept in memory as it came: exchanges, a file of a watched folder, or records.

use super::super::fetch;
use crate::config::Loaded as Settings;
use anyhow::Context;
use divos_adapters::fixture::{self, Fixture, Recorder};
use divos_adapters::{Ask, LiveTransport, Outbound, Reader, World, last_watched};
use divos_manifest::{Auth, Connector, Fetch, KeyPlace, Source};
use divos_model::{Clock, Lang, SystemClock};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most that a recording may hold, in bytes.
const MOST: usize = 16 * 1024 * 1024;
/// The most records that are looked at, or recorded where they come without a request.
pub(super) const ROWS: usize = 50_000;

/// What came, unmasked: it must never be written.
pub(super) enum Taken {
    Exchanges(Fixture),
    /// The last file of a watched folder, and where it lies.
    File(Vec<u8>, PathBuf),
    Records(Vec<Json>),
}

/// The whole source, from the beginning.
pub(super) fn all() -> Ask {
    Ask {
        full: true,
        ..Ask::default()
    }
}

/// How the name of a recording ends: exchanges, records that come without a request, or the file itself.
pub(in crate::cli::connector) fn kind(source: &Source) -> &'static str {
    match source.request() {
        None => "json",
        Some(request) if request.files.is_none() => "http",
        Some(_) => match &source.fetch {
            Fetch::Csv(..) => "csv",
            Fetch::Xlsx(..) => "xlsx",
            Fetch::Html(..) => "html",
            Fetch::Ical(..) => "ics",
            Fetch::Rest(_) => "json",
            _ => "xml",
        },
    }
}

/// Makes the pass; gives what came, and what opened the app besides the connector's own secrets.
pub(super) async fn take(
    connector: &Arc<Connector>,
    source: &Source,
    hub: &Settings,
    allow_private: bool,
    lang: Lang,
) -> anyhow::Result<(Taken, Vec<String>)> {
    if source.fetch.is_push() {
        let says = lang.pick(
            "aplikasi mendorong datanya, jadi tidak ada yang dapat diminta; tulis contohnya sendiri sebagai rows.json dari data buatan",
            "the app pushes its data, so there is nothing to ask for; write an example as rows.json by hand, from made-up data",
        );
        anyhow::bail!("{}/{}: {says}", connector.id, source.name);
    }
    let files = source.request().and_then(|request| request.files.as_ref());
    if let Some(pattern) = files {
        let (bytes, last) = file(connector, source, pattern, lang)?;
        return Ok((Taken::File(bytes, last), Vec::new()));
    }
    if source.request().is_some() {
        let policy = fetch::policy(hub, allow_private)?;
        let live = Arc::new(LiveTransport::new(policy));
        let (fixture, secrets) = exchanges(connector, source, live, lang).await?;
        return Ok((Taken::Exchanges(fixture), secrets));
    }
    let world = fetch::live_world(hub, allow_private)?;
    let reader = Reader::new(Arc::clone(connector), &source.name)?;
    let rows = reader.raw(&all(), &world, ROWS).await;
    let rows = rows.map_err(|error| said(connector, source, &error, lang))?;
    Ok((Taken::Records(rows), Vec::new()))
}

fn said(
    connector: &Connector,
    source: &Source,
    error: &divos_adapters::FetchError,
    lang: Lang,
) -> anyhow::Error {
    let (sentence, code) = (error.sentence(lang), error.code());
    let hint = fetch::hint(code, lang);
    anyhow::anyhow!(
        "{}/{}: {sentence} [{code}]{hint}",
        connector.id,
        source.name
    )
}

/// Reads the last file of a watched folder: exports are called by their day.
fn file(
    connector: &Connector,
    source: &Source,
    pattern: &Path,
    lang: Lang,
) -> anyhow::Result<(Vec<u8>, PathBuf)> {
    let last = last_watched(&source.fetch, pattern, SystemClock.now());
    let last = last.map_err(|trouble| said(connector, source, &trouble.of(&connector.id), lang))?;
    let none = lang.pick(
        "tidak ada berkas yang utuh di folder itu",
        "no whole file lies in that folder",
    );
    let last = last.with_context(|| format!("{}: {none}", pattern.display()))?;
    let length = std::fs::metadata(&last)?.len();
    anyhow::ensure!(length <= MOST as u64, "{}", too_large(lang));
    let bytes = std::fs::read(&last).with_context(|| last.display().to_string())?;
    Ok((bytes, last))
}

fn too_large(lang: Lang) -> &'static str {
    lang.pick(
        "rekaman lebih besar dari 16 MB; persempit sumbernya",
        "the recording is larger than 16 MB; narrow the source",
    )
}

async fn exchanges(
    connector: &Arc<Connector>,
    source: &Source,
    live: Arc<LiveTransport>,
    lang: Lang,
) -> anyhow::Result<(Fixture, Vec<String>)> {
    let hidden = match &connector.auth {
        Auth::ApiKey {
            name,
            place: KeyPlace::Query,
            ..
        } => vec![name.clone()],
        _ => Vec::new(),
    };
    let recorder = Arc::new(Recorder::new(live, hidden));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let at = clock.now();
    let world = World {
        http: Arc::new(Outbound::new(recorder.clone(), clock.clone())),
        clock,
        pseudonym: fixture::world(&Fixture::still()).pseudonym,
    };
    let mut pages = Reader::open(Arc::clone(connector), &source.name, all(), &world)?;
    let mut total = 0;
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| said(connector, source, &error, lang))?;
        total += page.bytes;
        anyhow::ensure!(total <= MOST, "{}", too_large(lang));
    }
    Ok((recorder.fixture(at), recorder.secrets()))
}
