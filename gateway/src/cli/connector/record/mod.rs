//! `divos connector record`: one live pass as a fixture, personal data masked before anything is written.
//!
//! Owns the order: read, mask in memory, write a draft, read it again for every secret and every masked value,
//! replay it; only then it gets its name.

mod mask;
mod pass;

use super::args::RecordArgs;
use super::find;
use crate::cli::{Outcome, progress, settings};
use crate::config::Loaded as Settings;
use anyhow::Context;
use divos_adapters::fixture::{self, Fixture};
use divos_adapters::{Failure, Reader, TestReport, test_connector};
use divos_formats::charset::Whole;
use divos_formats::html::Page;
use divos_manifest::{Connector, FixtureTest, Source};
use divos_model::{Clock, Lang, SystemClock};
use mask::{Document, Learner, Masker, Said, is_markup};
use pass::Taken;
pub(super) use pass::kind;
use serde_json::{Value as Json, json};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// A recording in memory, masked, and what it was masked by.
pub(super) struct Masked {
    pub(super) bytes: Vec<u8>,
    masker: Masker,
}

impl Masked {
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
    let (taken, opened) = match given {
        Some(fixture) => (Taken::Exchanges(fixture), Vec::new()),
        None => pass::take(connector, source, hub, allow_private, lang).await?,
    };
    let mut learner = Learner::default();
    let known = connector.secrets().into_iter();
    known
        .filter_map(|secret| secret.reveal().ok())
        .for_each(|secret| learner.secret(secret));
    opened.iter().for_each(|token| learner.token(token));
    let sources = lineage(connector, source);
    for above in &sources {
        let rows = rows(connector, above, &taken).await?;
        learner.rows(connector, above, &rows);
    }
    let mut said = Said::default();
    sources.iter().for_each(|source| said.of(source));
    let unmasked = lang.pick(
        "jawaban bukan teks dan bukan buku kerja, jadi tidak dapat disamarkan; rekam dengan tangan dari data buatan",
        "an answer is neither text nor a workbook and cannot be masked; make the fixture by hand from made-up data",
    );
    let unmasked = || format!("{}/{}: {unmasked}", connector.id, source.name);
    let (masker, bytes) = match taken {
        Taken::Exchanges(taken) => {
            learn(&mut learner, source, &taken);
            let masker = learner.masker()?;
            let bytes = exchanges(&masker, source, taken, &said);
            let bytes = bytes.with_context(unmasked)?;
            (masker, bytes)
        }
        Taken::File(bytes, _) => {
            let document = Document::of_file(source, &bytes);
            learner.document(&document);
            let masker = learner.masker()?;
            let bytes = masker.document(&document).with_context(unmasked)?;
            (masker, bytes)
        }
        Taken::Records(mut rows) => {
            let masker = learner.masker()?;
            rows.iter_mut().for_each(|row| masker.json(row));
            let at = SystemClock.now().to_rfc3339();
            let bytes = serde_json::to_vec_pretty(&json!({ "at": at, "rows": rows }))?;
            (masker, bytes)
        }
    };
    Ok(Masked { bytes, masker })
}

/// A source with those whose records it is asked for.
fn lineage<'c>(connector: &'c Connector, source: &'c Source) -> Vec<&'c Source> {
    let above = |source: &&'c Source| connector.source(&source.parent.as_ref()?.source);
    // More generations than are ever read.
    std::iter::successors(Some(source), above).take(8).collect()
}

/// The records of a source in what was taken, before any mapping.
async fn rows(
    connector: &Arc<Connector>,
    source: &Source,
    taken: &Taken,
) -> anyhow::Result<Vec<Json>> {
    match taken {
        Taken::Exchanges(fixture) => {
            let reader = Reader::new(Arc::clone(connector), &source.name)?;
            let world = fixture::world(fixture);
            Ok(reader.raw(&pass::all(), &world, pass::ROWS).await?)
        }
        Taken::Records(rows) => Ok(rows.clone()),
        Taken::File(_, file) => recorded(connector, source, file).await,
    }
}

/// The records of a source in a recording, before any mapping.
async fn recorded(
    connector: &Arc<Connector>,
    source: &Source,
    file: &Path,
) -> anyhow::Result<Vec<Json>> {
    let rows = fixture::records(connector, &test(source, file), pass::ROWS).await;
    rows.map_err(|failure: Failure| anyhow::anyhow!("{}", failure.sentence(Lang::En)))
}

fn test(source: &Source, fixture: &Path) -> FixtureTest {
    FixtureTest {
        fixture: fixture.to_owned(),
        source: Some(source.name.clone()),
        count: None,
        expect: Vec::new(),
    }
}

/// Learns from everything that exchanges hold besides their records.
fn learn(learner: &mut Learner, source: &Source, taken: &Fixture) {
    for exchange in &taken.exchanges {
        let target = percent_encoding::percent_decode_str(&exchange.target);
        learner.text(&target.decode_utf8_lossy());
        learner.text(&exchange.target);
        exchange
            .headers
            .values()
            .filter_map(|value| value.to_str().ok())
            .for_each(|value| learner.text(value));
        learner.document(&Document::of(source, exchange));
    }
}

/// Masks exchanges; `None` where one cannot be masked.
fn exchanges(masker: &Masker, source: &Source, mut taken: Fixture, said: &Said) -> Option<Vec<u8>> {
    for exchange in &mut taken.exchanges {
        exchange.target = masker.target(&exchange.target, said);
        exchange.body = masker.document(&Document::of(source, exchange))?;
        for value in exchange.headers.values_mut() {
            let masked = value.to_str().ok().map(|text| masker.text(text));
            if let Some(masked) = masked.and_then(|text| text.parse().ok()) {
                *value = masked;
            }
        }
    }
    let mut bytes = HEAD.as_bytes().to_vec();
    bytes.extend(taken.write());
    Some(bytes)
}

/// Reads a draft of a recording again for whatever must not be in it, and replays it and nothing else.
///
/// # Errors
/// A secret or personal data is still in it.
pub(super) async fn proved(
    connector: &Arc<Connector>,
    source: &Source,
    taken: &Masked,
    draft: &Path,
    lang: Lang,
) -> anyhow::Result<TestReport> {
    let written = std::fs::read(draft)?;
    let mut leaks = match kind(source) {
        "http" => Fixture::parse(&written)?
            .exchanges
            .iter()
            .any(|exchange| taken.holds(exchange)),
        _ => taken.masker.leaks(&String::from_utf8_lossy(&written)),
    };
    for above in lineage(connector, source) {
        let rows = recorded(connector, above, draft).await.unwrap_or_default();
        leaks |= rows.iter().any(|row| taken.masker.leaks(&row.to_string()));
    }
    let says = lang.pick(
        "rahasia atau data pribadi masih ada dalam rekaman; tidak ada yang ditulis",
        "a secret or personal data is still in the recording; nothing is written",
    );
    anyhow::ensure!(!leaks, "{}/{}: {says}", connector.id, source.name);
    let mut tested = Arc::clone(connector);
    Arc::make_mut(&mut tested).tests = vec![test(source, draft)];
    Ok(test_connector(&tested).await)
}

impl Masked {
    /// Tells whether an exchange still holds a secret or a value that was to be masked.
    fn holds(&self, exchange: &fixture::Exchange) -> bool {
        let content_type = exchange.headers.get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let body = Whole::read(None, content_type, &exchange.body);
        let body = body.map_or_else(
            || String::from_utf8_lossy(&exchange.body).into_owned(),
            |whole| whole.text,
        );
        // A name may be spread over several elements.
        let page = is_markup(&body).then(|| Page::read(&exchange.body, content_type));
        let seen = page.and_then(|page| page.ok()?.select_one("html").ok()?);
        let headers = exchange
            .headers
            .values()
            .map(|value| String::from_utf8_lossy(value.as_bytes()));
        self.masker.leaks(&exchange.target)
            || self.masker.leaks(&body)
            || seen.is_some_and(|seen| self.masker.leaks(&seen.text))
            || headers.into_iter().any(|text| self.masker.leaks(&text))
    }
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
    let report = proved(connector, source, taken, draft.path(), lang).await?;
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
    // A temporary file is for its owner alone; a fixture is for whoever may read the folder.
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644))?;
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
