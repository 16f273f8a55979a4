//! `divos connector record` for every kind of source, against running servers: nothing personal and no secret is written,
//! and the recording replays as it is, without any server.
//!
//! Owns the order: record all, take every server's address away, test all.

mod app;
mod databases;
mod kinds;
mod signed;
mod workbooks;

use anyhow::{Context, ensure};
use divos_city::{Databases, Given, Size, Technology, WholeApp, WholeCity, WholeOptions};
use divos_tests::Tried;
use dovecot::{Dovecot, PASSWORD};
use kinds::Kind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

#[path = "../../adapters/mail/tests/server/mod.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the mailbox's own tests use the rest"
)]
mod dovecot;

/// How many apps of each technology of the city are recorded.
const OF_EACH: usize = 3;

/// A folder with definitions, their secrets, and what is recorded of them.
struct Desk {
    root: tempfile::TempDir,
    secrets: Vec<(String, String)>,
}

impl Desk {
    fn new() -> anyhow::Result<Self> {
        let desk = Self {
            root: tempfile::tempdir()?,
            secrets: Vec::new(),
        };
        for folder in ["connectors.d/fixtures", "overlay", "secrets"] {
            std::fs::create_dir_all(desk.path(folder))?;
        }
        Ok(desk)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn secret(&mut self, path: &str, value: &str) -> anyhow::Result<()> {
        let file = self.path("secrets").join(self.secrets.len().to_string());
        std::fs::write(&file, value)?;
        self.secrets
            .push((path.to_owned(), file.display().to_string()));
        Ok(())
    }

    /// A definition without its `tests:`, and what the operator says of it.
    fn define(&self, id: &str, yaml: &str, overlay: &str) -> anyhow::Result<()> {
        std::fs::write(self.path(&format!("connectors.d/{id}.yaml")), yaml)?;
        std::fs::write(self.path(&format!("overlay/{id}.yaml")), overlay)?;
        Ok(())
    }

    fn settings(&self) -> anyhow::Result<()> {
        let secrets: Vec<String> = self
            .secrets
            .iter()
            .map(|(path, file)| format!("    \"{path}\": \"${{file:{file}}}\"\n"))
            .collect();
        let text = format!(
            "connectors:\n  dir: connectors.d\n  overlay: overlay\n  secrets:\n    \"tak/ada\": \"${{env:TAK_ADA}}\"\n{}",
            secrets.concat()
        );
        Ok(std::fs::write(self.path("hub.yaml"), text)?)
    }

    fn run(&self, words: &[&str]) -> anyhow::Result<Output> {
        let child = Command::new(divos_tests::binary())
            .args(words)
            .args(["-c", "hub.yaml"])
            .current_dir(self.root.path())
            .env_clear()
            .env("DIVOS_LANG", "en")
            .env("TAK_ADA", "tidak-dipakai")
            .stdin(Stdio::null())
            .output()?;
        Ok(child)
    }

    /// Records the first source and puts what is said of it into the definition; gives the number of items and the bytes.
    fn record(&self, id: &str) -> anyhow::Result<(u64, Vec<u8>)> {
        let done = self.run(&["connector", "record", id, "--allow-private"])?;
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "{id}: {complaint}");
        let field = |name: &str| {
            let rest = said.split_once(&format!("{name}: "))?.1;
            rest.split([',', ' ']).next()
        };
        let count = field("count").context("a count")?.parse()?;
        let name = field("fixture").context("a name")?;
        let file = self.path(&format!("connectors.d/fixtures/{id}/{name}"));
        let definition = self.path(&format!("connectors.d/{id}.yaml"));
        let mut text = std::fs::read_to_string(&definition)?;
        if !text.contains("\ntests:") {
            text.push_str("tests:\n");
        }
        text.push_str(&said);
        std::fs::write(&definition, text)?;
        Ok((count, std::fs::read(&file)?))
    }

    /// Replays everything after every address is gone: nothing can be asked.
    fn test(&self, ids: &[String]) -> Tried {
        for id in ids {
            std::fs::remove_file(self.path(&format!("overlay/{id}.yaml")))?;
        }
        let mut words = vec!["connector", "test"];
        words.extend(ids.iter().map(String::as_str));
        let done = self.run(&words)?;
        let said = String::from_utf8_lossy(&done.stdout);
        let complaint = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "{said}\n{complaint}");
        let passed = said.lines().filter(|line| line.starts_with("ok  ")).count();
        ensure!(
            passed >= ids.len(),
            "only {passed} of {}: {said}",
            ids.len()
        );
        Ok(())
    }
}

/// Looks for words in a recording as it lies there, decoded, and unpacked.
fn held<'w>(bytes: &[u8], words: &[&'w str]) -> Vec<&'w str> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut all = vec![text.clone()];
    for block in text.split("Content-Transfer-Encoding: base64\n\n").skip(1) {
        let packed: String = block.lines().take_while(|line| *line != "###").collect();
        let engine = base64::engine::general_purpose::STANDARD;
        let body = base64::Engine::decode(&engine, packed).unwrap_or_default();
        all.push(String::from_utf8_lossy(&unpacked(&body)).into_owned());
    }
    all.push(String::from_utf8_lossy(&unpacked(bytes)).into_owned());
    let is_held = |word: &&&str| all.iter().any(|text| text.contains(**word));
    words.iter().filter(is_held).copied().collect()
}

/// The parts of a ZIP archive one after the other, names included.
fn unpacked(archive: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut out = archive.to_vec();
    let starts = archive.windows(4).enumerate();
    let starts = starts.filter(|(_, mark)| *mark == b"PK\x03\x04");
    for (at, _) in starts.collect::<Vec<_>>() {
        let Some(head) = archive.get(at..at + 30) else {
            continue;
        };
        let length = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
        let begin = (at + 30 + length(26) + length(28)).min(archive.len());
        let mut part = Vec::new();
        // Stored parts are in the archive as they are.
        let _ = flate2::read::DeflateDecoder::new(&archive[begin..]).read_to_end(&mut part);
        out.extend(part);
    }
    out
}

fn defined(desk: &mut Desk, kind: &Kind) -> Tried {
    for (path, value) in &kind.secrets {
        desk.secret(path, value)?;
    }
    desk.define(kind.name, &kind.yaml, &kind.overlay)
}

#[test]
fn every_kind_is_recorded_without_people_and_secrets_and_replays_offline() -> Tried {
    let mut desk = Desk::new()?;
    let mut kinds = kinds::all(desk.root.path())?;
    kinds.push(databases::sqlite(desk.root.path())?);
    let dovecot = Dovecot::start();
    kinds.push(mailbox(&dovecot));
    for kind in &kinds {
        defined(&mut desk, kind)?;
    }
    desk.settings()?;
    let mut ids = Vec::new();
    for kind in &kinds {
        let (count, bytes) = desk.record(kind.name)?;
        let held = held(&bytes, &kind.hidden);
        ensure!(
            held.is_empty(),
            "{}: {held:?} in {}",
            kind.name,
            String::from_utf8_lossy(&bytes)
        );
        ensure!(count == kind.items, "{}: {count} items", kind.name);
        ids.push(kind.name.to_owned());
    }
    desk.test(&ids)
}

/// A mailbox in a real Dovecot.
fn mailbox(dovecot: &Dovecot) -> Kind {
    let letter = "From: =?utf-8?Q?I_Made_=C3=89ka?= <eka.buatan@kota.example>\r\nTo: \"Umum\" <umum@kota.example>\r\nSubject: Undangan dari I Made =?utf-8?Q?=C3=89ka?=\r\n\
                  Message-ID: <1@kota.example>\r\nDate: Mon, 2 Nov 2026 09:00:00 +0800\r\n\r\nHubungi 081234567890, NIK 5171010101850001.\r\n";
    dovecot.deliver("INBOX", 1, letter.as_bytes());
    Kind {
        name: "imap",
        yaml: format!(
            "metadata: {{ name: imap, title: Surat Contoh, owner: \"011301\", capability: letter }}\n\
             sources:\n  data:\n    imap: {{ host: localhost, port: {}, tls: none, user: \"${{secret:imap/user}}\", password: \"${{secret:imap/password}}\" }}\n\
             \x20   every: 1h\n    deletes: never\n    to: letter\n    map: {{ id: message_id, title: subject, from: from.name, created_at: date | datetime }}\n\
             privacy: {{ class: internal, audience: everyone, pii: {{ from: mask }} }}\n",
            dovecot.plain
        ),
        overlay: "app: { retries: 0 }\n".to_owned(),
        secrets: vec![
            ("imap/user", "made".to_owned()),
            ("imap/password", PASSWORD.to_owned()),
        ],
        hidden: vec![
            "Éka",
            "eka.buatan",
            "umum@",
            "08123",
            "5171010101850001",
            PASSWORD,
        ],
        items: 1,
    }
}

/// Without its tests, which are recorded anew.
fn untested(yaml: &str) -> &str {
    yaml.split_once("\ntests:").map_or(yaml, |(rest, _)| rest)
}

#[tokio::test]
async fn apps_of_every_technology_of_the_city_are_recorded_and_replay_offline() -> Tried {
    let options = WholeOptions {
        size: Size::Each(20),
        ..WholeOptions::default()
    };
    let city = WholeCity::start(options).await?;
    let databases = Databases::open(&city, &Given::default()).await;
    ensure!(databases.missing().is_empty(), "{:?}", databases.missing());
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors.d");
    let mut desk = Desk::new()?;
    let mut chosen: Vec<WholeApp> = Vec::new();
    for (_, technology) in Technology::ALL {
        let of_it = city
            .apps()
            .iter()
            .filter(|app| app.technology == *technology);
        chosen.extend(
            of_it
                .filter(|_| *technology != Technology::Webhook)
                .take(OF_EACH)
                .cloned(),
        );
    }
    for app in &chosen {
        let yaml = std::fs::read_to_string(shipped.join(format!("{}.yaml", app.id)))?;
        let overlay = city.overlay(app.id).context("an overlay")?;
        desk.define(app.id, &format!("{}\n", untested(&yaml)), &overlay)?;
        for (path, value) in city.secrets(app.id) {
            desk.secret(&path, &value)?;
        }
        if let Some(dsn) = databases.dsn(app.id) {
            databases::secrets(&mut desk, app.id, &yaml, dsn)?;
        }
    }
    desk.settings()?;
    let desk = Arc::new(desk);
    let mut ids = Vec::new();
    for app in &chosen {
        let (recording, id) = (Arc::clone(&desk), app.id);
        let recorded = tokio::task::spawn_blocking(move || recording.record(id)).await?;
        let (count, bytes) = recorded?;
        ensure!(Some(count) == city.expected(id), "{id}: {count} items");
        let secrets: Vec<String> = city
            .secrets(id)
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        let mut hidden: Vec<&str> = secrets.iter().map(String::as_str).collect();
        hidden.extend(["kunci-contoh-basis-data", "PHPSESSID"]);
        let held = held(&bytes, &hidden);
        ensure!(held.is_empty(), "{id}: {held:?}");
        ids.push(id.to_owned());
    }
    ensure!(ids.len() >= 2 * Technology::ALL.len(), "only {ids:?}");
    city.stop().await;
    drop(databases);
    desk.test(&ids)
}
