//! A watched folder that OpenSSH fills: uploads that are slow, that break off and go on, that are renamed when they are
//! done. No half file is read.

use super::*;
use divos_adapters::{Page, Summary, World};
use divos_manifest::{LoadOptions, load_texts};
use divos_model::{Clock as _, FixedClock};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Rows of a made-up export; of them no two ends lie on the blocks that are sent.
const ROWS: usize = 3000;
const ROW: usize = 101;

/// The folder, and what its owner has at home.
struct Folder {
    watched: TempDir,
    home: TempDir,
}

/// An upload that runs; it ends with this value.
struct Upload(Child);

impl Drop for Upload {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Folder {
    fn new() -> Self {
        let dir = || tempfile::tempdir().expect("a folder");
        let (watched, home) = (dir(), dir());
        Self { watched, home }
    }

    fn own(&self, name: &str, text: &str) {
        std::fs::write(self.home.path().join(name), text).expect("written");
    }

    /// Starts OpenSSH's client on OpenSSH's server, as `sshd` would; `kilobits` a second where the line is slow.
    fn start(&self, commands: &str, kilobits: u32) -> Upload {
        let batch = self.home.path().join("batch");
        let (home, folder) = (self.home.path().display(), self.watched.path().display());
        let text = format!("lcd {home}\ncd {folder}\n{commands}\n");
        std::fs::write(&batch, text).expect("written");
        let mut command = Command::new("sftp");
        command.args([
            "-q",
            "-R",
            "1",
            "-B",
            "4096",
            "-D",
            "/usr/lib/openssh/sftp-server",
            "-b",
        ]);
        command.arg(&batch);
        if kilobits > 0 {
            command.args(["-l", &kilobits.to_string()]);
        }
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = quiet
            .spawn()
            .unwrap_or_else(|error| panic!("OpenSSH is needed: {error}; see tests/run"));
        Upload(child)
    }

    fn run(&self, commands: &str) {
        let status = self.start(commands, 0).0.wait().expect("it ends");
        assert!(status.success(), "{commands}: {status}");
    }

    fn size(&self, name: &str) -> u64 {
        let about = std::fs::metadata(self.watched.path().join(name));
        about.map(|about| about.len()).unwrap_or_default()
    }

    fn connector(&self, way: &str) -> Arc<Connector> {
        let yaml = format!(
            "metadata: {{ name: app, title: App, owner: \"030801\", capability: data }}\n\
             sources:\n  rows:\n    {way}: {{ get: / }}\n    deletes: sweep\n    to: announcement\n\
             \x20   map:\n      id: row['No']\n      title: row['Perihal']\n\
             privacy: {{ class: internal, audience: everyone }}\n"
        );
        let overlay = format!(
            "sources: {{ rows: {{ {way}: {{ files: \"{}/data-*\" }} }} }}\napp: {{ upstreams: \"http://127.0.0.1:9\" }}\n",
            self.watched.path().display()
        );
        let (file, options) = ("app.yaml", LoadOptions::default());
        let loaded = load_texts(&[(file, &yaml)], &[], &[(file, &overlay)], options);
        let found = loaded.get("app").cloned();
        found.unwrap_or_else(|| panic!("{:?}", loaded.faults))
    }
}

fn table() -> String {
    let row = |n: usize| {
        let words = format!("{n};Surat rekaan nomor {n} ");
        format!("{words}{}\n", "x".repeat(ROW - 1 - words.len()))
    };
    format!("No;Perihal\n{}", (1..=ROWS).map(row).collect::<String>())
}

/// What a pass finds so many seconds from now.
async fn pass(connector: &Arc<Connector>, seconds: i64) -> (Vec<Page>, Summary) {
    let at = SystemClock.now() + chrono::TimeDelta::seconds(seconds);
    let world: World = live(Arc::new(FixedClock::at(at)));
    let (pages, error, summary) = read(connector, Ask::default(), &world).await;
    assert_eq!(error, None);
    (pages, summary)
}

fn waits(pages: &[Page], name: &str) -> bool {
    let mut faults = pages.iter().flat_map(|page| &page.batch.faults);
    faults.any(|fault| {
        fault
            .message
            .contains(&format!("`{name}` is still being written"))
    })
}

#[tokio::test]
async fn what_openssh_uploads_slowly_and_in_parts_is_read_when_it_is_whole() {
    let place = Folder::new();
    let text = table();
    place.own("surat.csv", &text);
    let connector = place.connector("csv");
    {
        // 303 kB at 160 kB a second, given up in the middle.
        let _upload = place.start("put surat.csv data-1.csv", 1280);
        let mut seen = 0;
        while place.size("data-1.csv") == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        while place.size("data-1.csv") < text.len() as u64 / 2 {
            let (pages, summary) = pass(&connector, 0).await;
            assert!(
                ids(&pages).is_empty() && !summary.may_sweep(),
                "{summary:?}"
            );
            seen += usize::from(waits(&pages, "data-1.csv"));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(seen > 0);
    }
    let half = place.size("data-1.csv");
    assert!(half < text.len() as u64, "{half}");
    // Nobody writes any more, and still it is not whole: five seconds and five minutes later.
    for seconds in [5, 300] {
        let (pages, summary) = pass(&connector, seconds).await;
        assert!(
            waits(&pages, "data-1.csv") && ids(&pages).is_empty(),
            "{summary:?}"
        );
    }
    place.run("reput surat.csv data-1.csv");
    assert_eq!(place.size("data-1.csv"), text.len() as u64);
    let (pages, summary) = pass(&connector, 5).await;
    assert_eq!((ids(&pages).len(), summary.faults), (ROWS, 0));
    assert!(summary.may_sweep());
}

#[tokio::test]
async fn what_openssh_renames_when_it_is_done_waits_until_then() {
    let place = Folder::new();
    place.own("surat.csv", "No;Perihal\n1;Satu\n");
    let connector = place.connector("csv");
    place.run("put surat.csv data-1.csv.part");
    let (pages, summary) = pass(&connector, 3600).await;
    assert!(waits(&pages, "data-1.csv.part") && ids(&pages).is_empty() && !summary.may_sweep());
    place.run("rename data-1.csv.part data-1.csv");
    let (pages, summary) = pass(&connector, 5).await;
    assert_eq!(
        (titles(&pages), summary.may_sweep()),
        (vec!["Satu".to_owned()], true)
    );
    // The last line has no end: the program that wrote it may be like that, or it was cut. It is read when nobody has
    // touched it for long, and nothing is taken as gone.
    place.own("surat.csv", "No;Perihal\n2;Dua");
    place.run("put surat.csv data-1.csv");
    assert!(waits(&pass(&connector, 590).await.0, "data-1.csv"));
    let (pages, summary) = pass(&connector, 610).await;
    assert_eq!(
        (titles(&pages), summary.may_sweep()),
        (vec!["Dua".to_owned()], false)
    );
}

#[tokio::test]
async fn a_workbook_of_openpyxl_is_read_when_openssh_has_brought_it_whole() {
    let place = Folder::new();
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/.venv/bin/python");
    let book = place.home.path().join("surat.xlsx");
    let script = "import sys, openpyxl\nbook = openpyxl.Workbook()\nsheet = book.active\nsheet.append(['No', 'Perihal'])\n\
                  for n in range(1, 4001): sheet.append([n, f'Surat rekaan {n * 7919 % 4001} – contoh'])\nbook.save(sys.argv[1])";
    let made = Command::new(python)
        .args(["-c", script])
        .arg(&book)
        .status();
    assert!(made.expect("see tests/run").success());
    let connector = place.connector("xlsx");
    let whole = std::fs::metadata(&book).expect("the workbook").len();
    {
        let _upload = place.start("put surat.xlsx data-1.xlsx", 320);
        while place.size("data-1.xlsx") < whole / 3 {
            assert!(ids(&pass(&connector, 0).await.0).is_empty());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(place.size("data-1.xlsx") < whole);
    assert!(waits(&pass(&connector, 300).await.0, "data-1.xlsx"));
    place.run("reput surat.xlsx data-1.xlsx");
    let (pages, summary) = pass(&connector, 5).await;
    assert_eq!((ids(&pages).len(), summary.faults), (4000, 0));
    assert!(summary.may_sweep() && titles(&pages)[0].ends_with("\u{2013} contoh"));
}
