//! Writes the draft with its fixtures, and then checks and tests what was written.

use super::Desk;
use crate::cli::connector::record::{self, Masked};
use crate::cli::{Outcome, progress, settings};
use crate::config::HubSecrets;
use anyhow::Context;
use divos_adapters::test_connector;
use divos_manifest::{Connector, LoadOptions, Severity, Source, load_dir, render};
use divos_model::Lang;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A recording that passed its test.
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) items: usize,
    source: String,
    masked: usize,
    bytes: Vec<u8>,
}

impl Recording {
    /// The line of `tests:` that stands for it.
    pub(super) fn line(&self) -> String {
        format!(
            "  - {{ fixture: {}, source: {}, count: {} }}",
            self.name, self.source, self.items
        )
    }
}

/// Replays a masked recording; one that leaks or does not pass is none.
pub(super) async fn tested(
    connector: &Arc<Connector>,
    source: &Source,
    taken: Masked,
    lang: Lang,
) -> anyhow::Result<Recording> {
    let end = record::kind(source);
    let mut draft = tempfile::Builder::new()
        .suffix(&format!(".{end}"))
        .tempfile()?;
    draft.write_all(&taken.bytes)?;
    draft.flush()?;
    let report = record::proved(connector, source, &taken, draft.path(), lang).await?;
    let failures: Vec<String> = report
        .cases
        .iter()
        .flat_map(|case| &case.failures)
        .map(|failure| failure.sentence(lang))
        .take(5)
        .collect();
    let says = lang.pick(
        "rekaman tidak lolos uji",
        "the recording does not pass its test",
    );
    anyhow::ensure!(failures.is_empty(), "{says}: {}", failures.join("; "));
    Ok(Recording {
        name: format!("{}.{end}", source.name),
        items: report.cases.iter().map(|case| case.items).sum(),
        source: source.name.clone(),
        masked: taken.values(),
        bytes: taken.bytes,
    })
}

impl Desk<'_> {
    fn folder(&self) -> PathBuf {
        let usual = || self.hub.settings.connectors.dir.clone();
        self.args.output.clone().unwrap_or_else(usual)
    }

    pub(super) fn file_name(&self) -> PathBuf {
        self.folder().join(format!("{}.yaml", self.id))
    }

    /// Writes everything, or prints it; then checks and tests it.
    pub(super) async fn save(
        &self,
        yaml: &str,
        recordings: Vec<Recording>,
    ) -> anyhow::Result<Outcome> {
        if self.args.stdout() {
            progress::say(yaml.trim_end());
            return Ok(self.judge_text(yaml));
        }
        let fixtures = self.folder().join("fixtures").join(&self.id);
        for recording in &recordings {
            write(
                &fixtures.join(&recording.name),
                &recording.bytes,
                self.args.force,
            )?;
        }
        let file = self.file_name();
        write(&file, yaml.as_bytes(), self.args.force)?;
        let masked: usize = recordings.iter().map(|recording| recording.masked).sum();
        let words = self.lang.pick(
            "ditulis; nilai yang disamarkan dalam rekaman:",
            "written; values masked in the recording:",
        );
        progress::note(format!("{} {words} {masked}", file.display()));
        self.judge().await
    }

    /// Checks a text that lies nowhere.
    fn judge_text(&self, yaml: &str) -> Outcome {
        match self.load(yaml) {
            Some(_) => Outcome::Fine,
            None => {
                progress::note(self.faults(yaml));
                Outcome::NotFine
            }
        }
    }

    /// Checks and tests the file as `divos check` and `divos connector test` would.
    async fn judge(&self) -> anyhow::Result<Outcome> {
        let known = &self.hub.settings.connectors;
        let options = LoadOptions {
            secrets: Some(Arc::new(HubSecrets::new(
                &known.secrets,
                "connectors.secrets",
            ))),
        };
        let loaded = load_dir(&self.folder(), known.overlay.as_deref(), options);
        let faults: Vec<_> = loaded.faults_of(&self.id).cloned().collect();
        if !faults.is_empty() {
            progress::note(render(&faults, self.lang, settings::human()));
        }
        let wrong = faults
            .iter()
            .filter(|fault| fault.severity() == Severity::Error)
            .count();
        let Some(connector) = loaded.get(&self.id).filter(|_| wrong == 0) else {
            let words = self.lang.pick(
                "check: ada yang harus dilengkapi dahulu",
                "check: something has to be completed first",
            );
            progress::note(words);
            return Ok(Outcome::NotFine);
        };
        let report = test_connector(connector).await;
        let items: usize = report.cases.iter().map(|case| case.items).sum();
        for failure in report.cases.iter().flat_map(|case| &case.failures) {
            progress::note(failure.sentence(self.lang));
        }
        let words = match (report.passed(), report.cases.is_empty()) {
            (true, false) => self.lang.pick(
                "check: baik · test: lolos, data:",
                "check: fine · test: passed, items:",
            ),
            (true, true) => self.lang.pick(
                "check: baik · test: belum ada rekaman, data:",
                "check: fine · test: no recording yet, items:",
            ),
            (false, _) => self.lang.pick(
                "check: baik · test: gagal, data:",
                "check: fine · test: failed, items:",
            ),
        };
        progress::note(format!("{words} {items}"));
        if self.args.json {
            progress::say(
                json!({ "check": true, "test": report.passed(), "items": items }).to_string(),
            );
        }
        Ok(if report.passed() {
            Outcome::Fine
        } else {
            Outcome::NotFine
        })
    }
}

fn write(file: &Path, bytes: &[u8], force: bool) -> anyhow::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut draft = tempfile::NamedTempFile::new_in(folder)?;
    draft.write_all(bytes)?;
    if force {
        draft.persist(file)?;
    } else {
        draft
            .persist_noclobber(file)
            .with_context(|| file.display().to_string())?;
    }
    // A temporary file is for its owner alone; a definition is for whoever may read the folder.
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644))?;
    Ok(())
}
